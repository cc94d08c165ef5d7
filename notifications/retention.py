"""What is forgotten in time: mails, what was in inboxes, and the notices behind both. The audit trail is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Model, QuerySet

from identity import tenancy

from .models import InboxItem, Mail, MailStatus, Notice, NoticeStatus

BATCH = 500  # rows in one transaction, so that nobody waits for it
# An uncertain mail waits for an operator's word, however long that takes.
OVER = (MailStatus.SENT, MailStatus.FAILED, MailStatus.DROPPED)


def forget_old(now: datetime) -> dict[str, int]:
    """Delete what is older than MAILS_KEPT_DAYS and INBOX_KEPT_DAYS (0: never); returns how much of each.

    A notice goes once nobody has it any more, and not before its inbox rows would: until then its key keeps the same
    thing from being told again.
    """
    found: dict[str, QuerySet[Model]] = {}
    if settings.MAILS_KEPT_DAYS:
        found["mails"] = Mail.objects.filter(
            status__in=OVER, created_at__lt=now - timedelta(days=settings.MAILS_KEPT_DAYS)
        )
    if settings.INBOX_KEPT_DAYS:
        before = now - timedelta(days=settings.INBOX_KEPT_DAYS)
        found["inbox items"] = InboxItem.objects.filter(created_at__lt=before)
        found["notices"] = Notice.objects.filter(created_at__lt=before, inbox_items=None, mails=None).exclude(
            status=NoticeStatus.WAITING
        )
    return {name: _deleted(rows) for name, rows in found.items()}


def _deleted(rows: QuerySet[Model]) -> int:
    """The oldest first, each batch in a transaction of its own."""
    total = 0
    while True:
        with tenancy.as_system():
            batch = list(rows.order_by("id").values_list("id", flat=True)[:BATCH])
            rows.model._default_manager.filter(pk__in=batch).delete()
        total += len(batch)
        if len(batch) < BATCH:
            return total
