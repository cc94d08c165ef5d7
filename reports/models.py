"""Named views of lists, files that are made in the background, and reports that are sent by themselves."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identity.models import Site, User, public_id
from identity.tenancy import OWN_SITE, OWN_USER, PARTNERS, STAFF, USER, guarded, may

from .files import Format
from .listings import LONGEST_QUERY

# One's own at this site; the vendor's people belong to no site. Shared: with the colleagues there.
OF_PARTNER = f"{OWN_USER} and {OWN_SITE}"
OF_STAFF = f"{OWN_USER} and site_id is null"


@guarded(
    # Colleagues see what is shared, and their managers may clear it away; see `actions.delete_view`.
    may(PARTNERS, "select delete", f"{OWN_SITE} and (user_id = {USER} or shared)"),
    may(PARTNERS, "insert update", OF_PARTNER),
    may(STAFF, "select delete", f"site_id is null and (user_id = {USER} or shared)"),
    may(STAFF, "insert update", OF_STAFF),
)
class SavedView(models.Model):
    """A view of a list that somebody named, for themselves or for their colleagues as well.

    `query` is the address's, as `Listing.normalised` writes it. It holds no result and no right: whoever opens a
    shared view sees of it what they may see themselves.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner_name = models.CharField(max_length=120)
    listing = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    shared = models.BooleanField(_("shared with colleagues"), default=False)
    version = models.PositiveIntegerField(default=1)  # raised by every change
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "listing", "user", "name"], name="saved_view_name", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name


@guarded(
    may(PARTNERS, "select insert update delete", OF_PARTNER),
    may(STAFF, "select insert update delete", OF_STAFF),
)
class DefaultView(models.Model):
    """With which view somebody's list opens. It may be a colleague's; it goes with it (see migrations/0001)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    listing = models.CharField(max_length=40)
    view = models.ForeignKey(
        SavedView, on_delete=models.DO_NOTHING, related_name="defaults", db_constraint=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "listing", "user"], name="default_view_once", nulls_distinct=False
            )
        ]


# ------------------------------------------------------------------------------------------------ exports


class ExportStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


class Problem(models.TextChoices):
    """Why there is no file (any more)."""

    NO_ACCESS = "no_access", _("You may no longer see this.")
    BAD_FILTER = "bad_filter", _("The filters ask for something that is not there any more.")
    SHEET_FULL = "sheet_full", _("A sheet of Excel has room for 1,048,575 rows, and this is more.")
    TOO_SLOW = "too_slow", _("The database took longer over it than it is given.")
    DISK_FULL = "disk_full", _("The portal had no room left to store the file.")
    GIVEN_UP = "given_up", _("Something went wrong on our side, several times over.")
    TIME = "time", _("Its time was over.")
    LEFT = "left", _("Its owner has left the site.")


LIVE = (ExportStatus.WAITING, ExportStatus.RUNNING)


IS_LIVE = "status in ('waiting', 'running')"


@guarded(
    may(PARTNERS, "select", OF_PARTNER),
    may(PARTNERS, "insert", f"{OF_PARTNER} and status = 'waiting'"),
    # Whoever asked for a file may cancel it while it is made; all else is the job's.
    may(
        PARTNERS,
        "update",
        f"{OF_PARTNER} and {IS_LIVE}",
        check=f"{OF_PARTNER} and status = 'cancelled'",
        columns=("status", "finished_at"),
    ),
    may(STAFF, "select", OF_STAFF),
    may(STAFF, "insert", f"{OF_STAFF} and status = 'waiting'"),
    may(
        STAFF,
        "update",
        f"{OF_STAFF} and {IS_LIVE}",
        check=f"{OF_STAFF} and status = 'cancelled'",
        columns=("status", "finished_at"),
    ),
)
class Export(models.Model):
    """A table that somebody wants as a file, made by a job with their rights, for them alone.

    It holds no right: what may be in it is decided when it is made, and whether it may still be had whenever somebody
    wants it. The README tells its life; the database holds to it (see migrations/0002).
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # With which key it was asked for, if with one: the file then has no more than the key may see.
    key_id = models.BigIntegerField(null=True)
    source = models.CharField(max_length=60)  # a report's key, or a list's
    level = models.CharField(max_length=10)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    format = models.CharField(max_length=8)  # of files.Format
    title = models.CharField(max_length=200)  # in the owner's language
    language = models.CharField(max_length=8)
    time_zone = models.CharField(max_length=64)
    # Which schedule it was made for, and for which of its times. A schedule that is deleted leaves its files.
    schedule_id = models.BigIntegerField(null=True)
    slot = models.DateTimeField(null=True)
    attached = models.BooleanField(default=False)  # the mail that tells of it is to bring it along

    status = models.CharField(max_length=10, choices=ExportStatus.choices, default=ExportStatus.WAITING)
    problem = models.CharField(max_length=12, choices=Problem.choices, blank=True)
    rows_done = models.PositiveBigIntegerField(default=0)
    rows_expected = models.PositiveBigIntegerField(null=True)  # the database's guess
    # Of the file: what may be in it, as it was when it was made.
    kind = models.CharField(max_length=12, blank=True)  # of actors.Kind
    columns = ArrayField(models.CharField(max_length=60), default=list)
    stored = models.CharField(max_length=48, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()  # when to try, or to try again
    lease_until = models.DateTimeField(
        null=True
    )  # how long the worker that has it in hand is believed to live
    attempt_id = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ExportStatus.values), name="export_status_known"),
            models.CheckConstraint(
                condition=Q(format__in=[each.value for each in Format]), name="export_format_known"
            ),
            models.CheckConstraint(
                condition=Q(status="ready", expires_at__isnull=False) & ~Q(stored="")
                | ~Q(status="ready") & Q(stored=""),
                name="export_file_when_ready",
            ),
            models.UniqueConstraint(fields=["schedule_id", "slot", "user"], name="export_once_per_slot"),
        ]
        indexes = [
            models.Index(fields=["user", "site", "-id"], name="export_by_owner"),
            models.Index(fields=["due_at", "id"], condition=Q(status__in=LIVE), name="export_live"),
            models.Index(fields=["expires_at"], condition=Q(status="ready"), name="export_ready"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.format})"

    @property
    def is_live(self) -> bool:
        return self.status in LIVE


# ------------------------------------------------------------------------------------------------ schedules


class Every(models.TextChoices):
    DAY = "day", _("Every day")
    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")


class ScheduleStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")  # by itself: its owner may no longer see what it sends


@guarded(
    may(PARTNERS, "select insert update delete", OF_PARTNER),
    may(STAFF, "select insert update delete", OF_STAFF),
)
class Schedule(models.Model):
    """A report that is made and sent again and again: to its owner, and to colleagues who may see it as well.

    `next_due_at` is the moment of its next time, reckoned on the clocks of `time_zone`. `colleagues` are the ids of
    their memberships; each is sent what they may see themselves.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner_name = models.CharField(max_length=120)
    name = models.CharField(_("name"), max_length=80)
    source = models.CharField(max_length=60)
    level = models.CharField(max_length=10)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    format = models.CharField(max_length=8)
    every = models.CharField(max_length=5, choices=Every.choices)
    weekday = models.PositiveSmallIntegerField(default=0)  # Monday is 0; for Every.WEEK
    day = models.PositiveSmallIntegerField(
        default=1
    )  # of the month, its last if it is shorter; for Every.MONTH
    hour = models.PositiveSmallIntegerField()
    time_zone = models.CharField(max_length=64)
    attached = models.BooleanField(default=False)
    to_owner = models.BooleanField(default=True)
    colleagues = ArrayField(models.BigIntegerField(), default=list)
    status = models.CharField(max_length=10, choices=ScheduleStatus.choices, default=ScheduleStatus.ACTIVE)
    problem = models.CharField(max_length=12, choices=Problem.choices, blank=True)  # why it stopped
    next_due_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)  # somebody wants it now, besides
    last_sent_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ScheduleStatus.values, every__in=Every.values),
                name="schedule_values_known",
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, day__gte=1, day__lte=31, hour__lte=23),
                name="schedule_time_possible",
            ),
            models.CheckConstraint(
                condition=Q(format__in=[each.value for each in Format]), name="schedule_format_known"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "site"], name="schedule_by_owner"),
            models.Index(fields=["next_due_at"], condition=Q(status="active"), name="schedule_due"),
            models.Index(fields=["asked_at"], condition=Q(asked_at__isnull=False), name="schedule_asked"),
        ]

    def __str__(self) -> str:
        return self.name
