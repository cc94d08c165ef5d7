"""What the demo world's people were told while its history went by: in their inboxes, mostly read by now."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F

from identity.demo import World

from .expansion import expand_due
from .models import InboxItem, Mail, MailStatus

LATELY = timedelta(days=2)


def build(world: World) -> None:
    """Bring every notice to its readers. What is older than two days they have read, and no mail of it goes out now:
    a new demo would else begin with hundreds of old mails."""
    while expand_due():
        pass
    before = world.now - LATELY
    InboxItem.objects.filter(created_at__lt=before).update(read_at=F("created_at") + timedelta(hours=3))
    Mail.objects.filter(notice__created_at__lt=before, status=MailStatus.WAITING).update(
        status=MailStatus.DROPPED, letter={}, error="Part of the demo's history."
    )
