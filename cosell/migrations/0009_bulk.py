"""Files of deals that partners send (C13)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import identity.models

# Keys stand above policies: with the site in the key, no row can lead to another tenant's.
KEYS = """
ALTER TABLE cosell_uploadrow
    ADD CONSTRAINT upload_row_of_upload FOREIGN KEY (site_id, user_id, upload_id)
        REFERENCES cosell_referralupload (site_id, user_id, id),
    ADD CONSTRAINT upload_row_referral_of_site FOREIGN KEY (site_id, referral_id)
        REFERENCES cosell_referral (site_id, id);
"""
NO_KEYS = """
ALTER TABLE cosell_uploadrow DROP CONSTRAINT upload_row_of_upload, DROP CONSTRAINT upload_row_referral_of_site;
"""


class Migration(migrations.Migration):
    dependencies = [("cosell", "0008_notes"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="ReferralUpload",
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
                ("key_id", models.BigIntegerField(null=True)),
                ("file_name", models.CharField(max_length=120)),
                ("stored", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("styles", models.JSONField(default=dict)),
                ("language", models.CharField(max_length=8)),
                ("rows", models.PositiveIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Being worked on"),
                            ("done", "Done"),
                            ("stopped", "Stopped"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_access", "You may no longer change deals."),
                            ("given_up", "Something went wrong on our side, several times over."),
                            ("file_gone", "The file could not be read any more."),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("created", models.PositiveIntegerField(default=0)),
                ("updated", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("unprocessed", models.PositiveIntegerField(default=0)),
                ("sent_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "site",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.site",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["site", "user", "-id"], name="upload_newest"),
                    models.Index(
                        condition=models.Q(("status__in", ("waiting", "running"))),
                        fields=["id"],
                        name="upload_live",
                    ),
                    models.Index(
                        condition=models.Q(("stored", ""), _negated=True),
                        fields=["expires_at"],
                        name="upload_kept",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("site", "user", "id"), name="upload_of_site_and_user"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["waiting", "running", "done", "stopped"])),
                        name="upload_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("status__in", ("waiting", "running"))),
                            models.Q(
                                models.Q(("status__in", ("waiting", "running")), _negated=True),
                                ("finished_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="upload_finished_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("created", "Created"),
                            ("updated", "Updated"),
                            ("unchanged", "Nothing to change"),
                            ("unprocessed", "Not processed"),
                        ],
                        max_length=11,
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=120)),
                ("flaws", models.JSONField(default=list)),
                (
                    "referral",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cosell.referral",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.site",
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="results",
                        to="cosell.referralupload",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("upload", "number"), name="upload_row_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["created", "updated", "unchanged", "unprocessed"])
                        ),
                        name="upload_row_outcome_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEYS, NO_KEYS),
    ]
