"""Files of deals that partners send (C13), and what became of each of their rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.models import Site, User, public_id
from identity.tenancy import OWN_SITE, OWN_USER, PARTNERS, guarded, may

from .referrals import Referral

MINE = f"{OWN_SITE} and {OWN_USER}"


class UploadStatus(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("upload", "Waiting")
    RUNNING = "running", pgettext_lazy("upload", "Being worked on")
    DONE = "done", pgettext_lazy("upload", "Done")
    STOPPED = "stopped", pgettext_lazy("upload", "Stopped")


class UploadProblem(models.TextChoices):
    """Why no further row was looked at."""

    NO_ACCESS = "no_access", _("You may no longer change deals.")
    GIVEN_UP = "given_up", _("Something went wrong on our side, several times over.")
    FILE_GONE = "file_gone", _("The file could not be read any more.")


class Outcome(models.TextChoices):
    CREATED = "created", pgettext_lazy("row", "Created")
    UPDATED = "updated", pgettext_lazy("row", "Updated")
    UNCHANGED = "unchanged", pgettext_lazy("row", "Nothing to change")
    UNPROCESSED = "unprocessed", pgettext_lazy("row", "Not processed")


LIVE_UPLOADS = (UploadStatus.WAITING, UploadStatus.RUNNING)


@guarded(
    may(PARTNERS, "select", MINE),
    may(PARTNERS, "insert", f"{MINE} and status = 'waiting'"),
)
class ReferralUpload(models.Model):
    """A file of deals that somebody sent: theirs alone, worked on by a job with their rights of then.

    How far it is, the rows tell (`UploadRow`); the figures are written down when it is over.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    # With which key it was sent, if with one: the deeds are then no more than the key may do.
    key_id = models.BigIntegerField(null=True)
    file_name = models.CharField(max_length=120)
    stored = models.CharField(max_length=64, blank=True)  # its name in the store; empty once it has expired
    size = models.PositiveBigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    styles = models.JSONField(default=dict)  # how its numbers and dates are written, found when it was sent
    language = models.CharField(max_length=8)  # in which what is wrong is told
    rows = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=UploadStatus.choices, default=UploadStatus.WAITING)
    problem = models.CharField(max_length=12, choices=UploadProblem.choices, blank=True, default="")
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    unprocessed = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()  # the file and what is said of its rows are then forgotten
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "user", "id"], name="upload_of_site_and_user"),
            models.CheckConstraint(condition=Q(status__in=UploadStatus.values), name="upload_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=LIVE_UPLOADS, finished_at__isnull=True)
                | ~Q(status__in=LIVE_UPLOADS) & Q(finished_at__isnull=False),
                name="upload_finished_at",
            ),
        ]
        indexes = [
            models.Index(fields=["site", "user", "-id"], name="upload_newest"),
            models.Index(fields=["id"], condition=Q(status__in=LIVE_UPLOADS), name="upload_live"),
            models.Index(fields=["expires_at"], condition=~Q(stored=""), name="upload_kept"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_UPLOADS


@guarded(may(PARTNERS, "select insert", MINE))
class UploadRow(models.Model):
    """What became of a row: written in the transaction of the deed, and once, so that no row is done twice."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The constraints of both include the site (migrations/0009): neither leads to another tenant's row.
    upload = models.ForeignKey(
        ReferralUpload, on_delete=models.CASCADE, related_name="results", db_index=False, db_constraint=False
    )
    number = models.PositiveIntegerField()  # of the row, as a person counts in the file
    outcome = models.CharField(max_length=11, choices=Outcome.choices)
    name = models.CharField(max_length=120, blank=True, default="")  # of the deal, as the row says
    referral = models.ForeignKey(
        Referral, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    flaws = models.JSONField(default=list)  # of a row that was not processed: [[column's title, sentence], …]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="upload_row_once"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="upload_row_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of {self.upload_id}"
