"""What is to be told (the outbox), whom it reached in the portal (the inbox), and what is mailed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Cast, NullIf
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity.models import public_id
from identity.tenancy import ANONYMOUS, GUEST, OWN_USER, OWNER, PARTNERS, SITE, STAFF, USER, guarded, may

# The site of the transaction that writes: whoever writes a row cannot get it wrong.
CURRENT_SITE = Cast(
    NullIf(
        Func(Value("portal.site"), Value(True), function="current_setting", output_field=models.CharField()),
        Value(""),
    ),
    models.BigIntegerField(),
)


class Priority(models.IntegerChoices):
    AWAITED = 0  # somebody sits before a form waiting for it
    NOTICE = 1
    DIGEST = 2
    BULK = 3  # one of very many told at once (see actions.tell_many): whatever else there is goes first


class NoticeStatus(models.TextChoices):
    WAITING = "waiting"
    DONE = "done"  # everybody concerned has their inbox row and mail row
    FAILED = "failed"  # given up after MAX_ATTEMPTS; the log says why


@guarded(
    # Insert only: nobody reads what others are told (RETURNING and conflict targets would need that right).
    # No role but the jobs' attaches a file: nobody could be held to their own.
    may((ANONYMOUS, STAFF), "insert", "status = 'waiting' and site_id is null and attachment is null"),
    may(
        (*PARTNERS, GUEST),  # what the holder of a link does is of the site whose order it is about
        "insert",
        f"status = 'waiting' and (site_id = {SITE} or site_id is null) and attachment is null",
    ),
)
class Notice(models.Model):
    """The outbox: something to tell, written in the transaction of the deed, expanded to people by a job."""

    kind = models.CharField(max_length=60)
    audiences = models.JSONField()  # of notifications.actions.Audience
    context = models.JSONField(default=dict)  # packed by notifications.values
    href = models.CharField(max_length=500, blank=True)
    dedupe_key = models.CharField(max_length=200, unique=True)
    site = models.ForeignKey(
        "identity.Site", null=True, db_default=CURRENT_SITE, on_delete=models.PROTECT, related_name="+"
    )
    actor_user_id = models.BigIntegerField(null=True)  # is not told of their own deed
    # A stored file that its mails bring along (a letters.Attachment), for notices to one person.
    attachment = models.JSONField(null=True)
    created_at = models.DateTimeField()
    priority = models.PositiveSmallIntegerField(
        choices=Priority.choices, default=Priority.NOTICE, db_default=Priority.NOTICE
    )
    status = models.CharField(max_length=10, choices=NoticeStatus.choices, default=NoticeStatus.WAITING)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=NoticeStatus.values), name="notice_status_known")
        ]
        indexes = [
            # In the order in which they are taken; with the id, since many told at once are due at once.
            models.Index(
                fields=["priority", "due_at", "id"], condition=Q(status="waiting"), name="notice_next"
            ),
        ]

    def __str__(self) -> str:
        return self.dedupe_key


OWN_INBOX = f"user_id = {USER} and not for_staff and (site_id = {SITE} or site_id is null)"


@guarded(
    may((ANONYMOUS, *PARTNERS), "select", OWN_INBOX),
    may(STAFF, "select", f"user_id = {USER} and site_id is null"),
    may((ANONYMOUS, *PARTNERS), "update", OWN_INBOX, columns=("read_at",)),
    may(STAFF, "update", f"user_id = {USER} and site_id is null", columns=("read_at",)),
)
class InboxItem(models.Model):
    """A notice in somebody's inbox, at one of their sites (or at none).

    It carries what it needs to be shown, since no partner may read the outbox. `for_staff` says that it was
    told to the vendor's people: whoever leaves them does not take it along.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="inbox_items")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey("identity.Site", null=True, on_delete=models.CASCADE, related_name="+")
    for_staff = models.BooleanField(default=False)
    kind = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    href = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    # The daily mail that will list it, for those who chose that.
    digest = models.ForeignKey(
        "notifications.Mail", null=True, on_delete=models.SET_NULL, related_name="digest_items"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "user", "site"], nulls_distinct=False, name="inbox_item_once"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="inbox_by_user"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="inbox_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"

    @property
    def path(self) -> str:
        """Opens it: marks it read and leads to what it is about."""
        return reverse("notifications:open", args=[self.public_id])


class MailStatus(models.TextChoices):
    WAITING = "waiting"
    SENDING = "sending"  # handed over up to the last byte; whether the server took it is not known yet
    SENT = "sent"
    UNCERTAIN = "uncertain"  # nobody will ever know whether the server took it
    FAILED = "failed"  # refused for good, or given up
    DROPPED = "dropped"  # its reader has left, or has read everything in it already


@guarded(
    # Account mails are written by whoever asks for them; notices' mails by the job that expands notices.
    may(
        (ANONYMOUS, *PARTNERS, STAFF, GUEST),
        "insert",
        "status = 'waiting' and user_id is null and site_id is null and notice_id is null"
        " and attachment is null",
    ),
)
class Mail(models.Model):
    """One mail to one address. The README tells its life, and why it is neither lost nor doubled."""

    dedupe_key = models.CharField(max_length=250, unique=True, default=uuid.uuid4)
    # Of its Message-ID. Not made of the row's id or key: a database made anew would use them again.
    reference = models.UUIDField(default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, null=True, on_delete=models.CASCADE, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey("identity.Site", null=True, on_delete=models.CASCADE, related_name="+")
    to = models.EmailField(_("e-mail"))
    language = models.CharField(max_length=8)
    # What it says (a letters.Letter). Cleared when sensitive and sent; a daily mail's is made when it is due.
    letter = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    attachment = models.JSONField(null=True)  # a letters.Attachment, read when the mail is sent
    sensitive = models.BooleanField(default=False)
    is_digest = models.BooleanField(default=False)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NOTICE)
    status = models.CharField(max_length=10, choices=MailStatus.choices, default=MailStatus.WAITING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempt_id = models.UUIDField(null=True)  # whose hands it is in; a worker that lost it can change nothing
    attempts = models.PositiveSmallIntegerField(default=0)
    receiver_dedupes = models.BooleanField(default=False)  # the server said so in this attempt
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=MailStatus.values), name="mail_status_known"),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | ~Q(status="sent"), name="mail_sent_at"
            ),
            models.CheckConstraint(
                condition=~Q(sensitive=True, status__in=["sent", "uncertain", "failed", "dropped"])
                | Q(letter={}),
                name="mail_secret_cleared",
            ),
        ]
        indexes = [
            models.Index(fields=["priority", "due_at"], condition=Q(status="waiting"), name="mail_waiting"),
            models.Index(fields=["lease_until"], condition=Q(status="sending"), name="mail_sending"),
        ]

    def __str__(self) -> str:
        return self.dedupe_key

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that whoever receives it twice can tell."""
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
        return f"<{self.reference.hex}@{domain}>"


class Choice(models.TextChoices):
    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day")
    NONE = "none", _("Not by e-mail")


@guarded(
    may((ANONYMOUS, *PARTNERS, STAFF), "select insert update delete", OWN_USER),
    may(OWNER, "select"),  # for the function that tells colleagues who is mailed about a deal
)
class Preference(models.Model):
    """When somebody wants mail of one kind, where that differs from the kind's default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    choice = models.CharField(max_length=10, choices=Choice.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="preference_once"),
            models.CheckConstraint(condition=Q(choice__in=Choice.values), name="preference_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.choice}"


@guarded()
class JobRun(models.Model):
    """That a periodic job was taken on for one slot of time: a second clock finds it taken."""

    job = models.CharField(max_length=60)
    slot = models.DateTimeField()
    started_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "slot"], name="job_run_once_per_slot")]

    def __str__(self) -> str:
        return f"{self.job} {self.slot}"
