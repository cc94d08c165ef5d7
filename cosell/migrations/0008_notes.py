"""How automatic notes fare (C12)."""

import django.db.models.deletion
from django.db import migrations, models

import identity.models


class Migration(migrations.Migration):
    dependencies = [("cosell", "0007_told")]

    operations = [
        migrations.CreateModel(
            name="NotesDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=identity.models.public_id, editable=False, max_length=12, unique=True
                    ),
                ),
                ("generator", models.CharField(max_length=80)),
                ("language", models.CharField(max_length=5)),
                ("made_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("begun", "Begun"),
                            ("made", "Made"),
                            ("failed", "Failed"),
                            ("left", "Cancelled by its reader"),
                        ],
                        default="begun",
                        max_length=6,
                    ),
                ),
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("away", "The writing service cannot be reached."),
                            ("slow", "The writing service took too long."),
                            ("busy", "The writing service has too much to do at the moment."),
                            (
                                "untrusted",
                                "The writing service does not know this portal. The vendor has to mend that.",
                            ),
                            ("refused", "The writing service declined to write about this deal."),
                            ("nonsense", "The writing service answered something that cannot be read."),
                            ("broken_off", "The writing service broke off in the middle."),
                            ("too_much", "The writing service answered far too much."),
                            ("empty", "The writing service wrote nothing that can be used."),
                            ("portal", "Something went wrong in the portal."),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("milliseconds", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "feeling",
                    models.CharField(
                        blank=True, choices=[("good", "🙂"), ("bad", "🙁")], default="", max_length=4
                    ),
                ),
                ("comment", models.CharField(blank=True, default="", max_length=500, verbose_name="comment")),
                ("felt_at", models.DateTimeField(blank=True, null=True)),
                (
                    "site",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.site",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["site", "-id"], name="notes_of_site"),
                    models.Index(fields=["made_at"], name="notes_by_time"),
                    models.Index(
                        condition=models.Q(("feeling", ""), _negated=True),
                        fields=["-felt_at"],
                        name="notes_felt",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["begun", "made", "failed", "left"])),
                        name="notes_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "failure__in",
                                    [
                                        "away",
                                        "slow",
                                        "busy",
                                        "untrusted",
                                        "refused",
                                        "nonsense",
                                        "broken_off",
                                        "too_much",
                                        "empty",
                                        "portal",
                                    ],
                                ),
                                ("outcome", "failed"),
                            ),
                            models.Q(models.Q(("outcome", "failed"), _negated=True), ("failure", "")),
                            _connector="OR",
                        ),
                        name="notes_failed_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("feeling__in", ["", "good", "bad"])), name="notes_feeling_known"
                    ),
                ],
            },
        ),
    ]
