"""How automatic notes fare (C12): that one was made, how it went, and what people thought of it; never its text."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.models import Site, public_id
from identity.tenancy import OWN_SITE, PARTNERS, STAFF, guarded, may


class NotesOutcome(models.TextChoices):
    BEGUN = (
        "begun",
        pgettext_lazy("draft", "Begun"),
    )  # being written; or nobody was there to tell how it ended
    MADE = "made", pgettext_lazy("draft", "Made")
    FAILED = "failed", pgettext_lazy("draft", "Failed")
    LEFT = "left", pgettext_lazy("draft", "Cancelled by its reader")


class NotesFailure(models.TextChoices):
    """Why no draft was made, in few enough kinds to be counted."""

    AWAY = "away", _("The writing service cannot be reached.")
    SLOW = "slow", _("The writing service took too long.")
    BUSY = "busy", _("The writing service has too much to do at the moment.")
    UNTRUSTED = "untrusted", _("The writing service does not know this portal. The vendor has to mend that.")
    REFUSED = "refused", _("The writing service declined to write about this deal.")
    NONSENSE = "nonsense", _("The writing service answered something that cannot be read.")
    BROKEN_OFF = "broken_off", _("The writing service broke off in the middle.")
    TOO_MUCH = "too_much", _("The writing service answered far too much.")
    EMPTY = "empty", _("The writing service wrote nothing that can be used.")
    PORTAL = "portal", _("Something went wrong in the portal.")


class Feeling(models.TextChoices):
    GOOD = "good", _("Of use")
    BAD = "bad", _("Of no use")


@guarded(
    may(PARTNERS, "select insert", OWN_SITE),
    may(PARTNERS, "update", OWN_SITE, columns=(
        "outcome", "failure", "milliseconds", "feeling", "comment", "felt_at",
    )),
    may(STAFF, "select"),
)  # fmt: skip
class NotesDraft(models.Model):
    """One draft that was asked for. Neither its text nor its facts nor who asked are kept: only how it went."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    generator = models.CharField(max_length=80)  # "built-in", or the model that an endpoint was asked for
    language = models.CharField(max_length=5)
    made_at = models.DateTimeField()
    outcome = models.CharField(max_length=6, choices=NotesOutcome.choices, default=NotesOutcome.BEGUN)
    failure = models.CharField(max_length=10, choices=NotesFailure.choices, blank=True, default="")
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    feeling = models.CharField(max_length=4, choices=Feeling.choices, blank=True, default="")
    comment = models.CharField(_("comment"), max_length=500, blank=True, default="")
    felt_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=NotesOutcome.values), name="notes_outcome_known"),
            models.CheckConstraint(
                condition=Q(outcome="failed", failure__in=NotesFailure.values)
                | (~Q(outcome="failed") & Q(failure="")),
                name="notes_failed_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(feeling__in=["", *Feeling.values]), name="notes_feeling_known"
            ),
        ]
        indexes = [
            models.Index(fields=["site", "-id"], name="notes_of_site"),
            models.Index(fields=["made_at"], name="notes_by_time"),
            models.Index(fields=["-felt_at"], condition=~Q(feeling=""), name="notes_felt"),
        ]

    def __str__(self) -> str:
        return f"{self.generator}, {self.made_at:%Y-%m-%d}"
