"""Files that were sent, and how their headers were matched."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identity.models import User, public_id
from identity.tenancy import STAFF, guarded, may


class Source(models.TextChoices):
    PAGE = "page", _("Page")
    API = "api", _("API")
    FOLDER = "folder", _("Watched folder")
    BUCKET = "bucket", _("Watched bucket")


class Status(models.TextChoices):
    RECEIVED = "received", _("Received")
    CHECKING = "checking", _("Being checked")
    NEEDS_MAPPING = "needs_mapping", _("Columns to be matched")
    INVALID = "invalid", _("Has errors")
    READY = "ready", _("Waits for confirmation")
    LOADING = "loading", _("Being loaded")
    LOADED = "loaded", _("Loaded")
    UNCHANGED = "unchanged", _("Nothing to change")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    REFUSED = "refused", _("Refused")


TERMINAL = (Status.LOADED, Status.UNCHANGED, Status.FAILED, Status.CANCELLED, Status.REFUSED)
AT_WORK = (Status.RECEIVED, Status.CHECKING, Status.LOADING)  # a worker has it, or is to take it
WAITING = (Status.NEEDS_MAPPING, Status.INVALID, Status.READY)  # somebody is to say how to go on


@guarded(may(STAFF, "select insert update"))
class Delivery(models.Model):
    """A file sent for one feed, from its arrival to its end. What has ended is never changed (a trigger sees to it).

    The row is the truth of what is to be done with it. A worker that takes it on holds it until `lease_until`, and
    says so again every few seconds; one that is killed does not, and another takes it up.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    feed = models.CharField(max_length=40)  # a declared feed's key
    source = models.CharField(max_length=8, choices=Source.choices)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.RECEIVED)
    version = models.PositiveIntegerField(default=1)  # raised by every step, not by progress

    # The file
    file_name = models.CharField(max_length=120)
    stored = models.CharField(max_length=64)  # its name in the store
    size = models.BigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)  # encoding, delimiter, sheet
    headers: ArrayField[Any, Any] = ArrayField(models.CharField(max_length=200), default=list)
    header_row = models.PositiveIntegerField(default=1)  # as a person counts
    preview = models.JSONField(default=list)  # the first rows: [[row, [text, …]], …]

    # What whoever sends it says
    options = models.JSONField(default=dict)  # encoding and sheet, where they were chosen
    complete = models.BooleanField(default=False)  # what the file lacks is to be removed
    mapping = models.JSONField(default=dict)  # column: index of the header
    styles = models.JSONField(
        default=dict
    )  # column: how its numbers or dates are written, where that was asked
    questions = models.JSONField(
        default=list
    )  # columns that have to be matched or explained: [[column, why], …]

    # What was found
    rows = models.PositiveIntegerField(default=0)
    error_count = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)  # the first ones
    error_file = models.CharField(max_length=64, blank=True)  # all of them, in the store
    staged = models.CharField(max_length=64, blank=True)  # the valid rows, in the store
    staged_columns: ArrayField[Any, Any] = ArrayField(models.CharField(max_length=63), default=list)
    staged_rows = models.PositiveIntegerField(default=0)
    summary = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64, blank=True)  # of what the summary says
    renewed = models.BooleanField(
        default=False
    )  # the summary is not the one that was confirmed: data changed
    problem = models.JSONField(default=dict)  # why it was refused or has failed, for whoever reads it

    # Work
    step = models.CharField(max_length=20, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    # Who and when
    sender = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sender_name = models.CharField(max_length=120)
    sender_key = models.BigIntegerField(null=True)  # the API key it came by
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_name = models.CharField(max_length=120, blank=True)
    confirmed_key = models.BigIntegerField(null=True)
    received_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="delivery_status_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="delivery_source_known"),
            models.CheckConstraint(
                condition=Q(status__in=TERMINAL, finished_at__isnull=False)
                | (~Q(status__in=TERMINAL) & Q(finished_at__isnull=True)),
                name="delivery_finished_at",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(Status.LOADING, Status.LOADED)) | Q(confirmed_at__isnull=False),
                name="delivery_confirmed_before_loading",
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="delivery_newest"),
            models.Index(fields=["feed", "-received_at", "-id"], name="delivery_by_feed"),
            models.Index(
                fields=["lease_until"], condition=Q(status__in=AT_WORK), name="delivery_to_be_worked_on"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_over(self) -> bool:
        return self.status in TERMINAL

    @property
    def at_work(self) -> bool:
        return self.status in AT_WORK


@guarded(may(STAFF, "select insert update"))
class ColumnMapping(models.Model):
    """How somebody matched the headers of a feed's file by hand: taken for the next file with the same headers."""

    feed = models.CharField(max_length=40)
    signature = models.CharField(max_length=64)  # of the headers, in their order
    columns = models.JSONField(default=dict)  # column: the header's text
    styles = models.JSONField(default=dict)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed", "signature"], name="column_mapping_once"),
        ]

    def __str__(self) -> str:
        return f"{self.feed} {self.signature[:8]}"


@guarded()
class FolderFile(models.Model):
    """A file of a watched folder or bucket that was taken: once, by whichever worker comes first."""

    place = models.CharField(
        max_length=500
    )  # its name, size and times: a file put there later is another one
    name = models.CharField(max_length=300, default="")
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.CASCADE, related_name="+")
    taken_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True)  # moved to done/ or failed/

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place"], name="folder_file_once")]

    def __str__(self) -> str:
        return self.place
