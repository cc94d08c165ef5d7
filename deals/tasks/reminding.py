"""Partners are reminded before an approval runs out: `Deal.remind_at` says when next."""

from __future__ import annotations

from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from identity.actors import Actor
from notifications.clock import once_per_slot

from ..actions import remind_of_expiry
from ..models import Deal
from .due import each_due


@shared_task(name="deals.remind")
def remind(every: int = 60) -> None:
    """Remind partners of what expires soon."""
    now = timezone.now()
    if once_per_slot("deals.remind", timedelta(seconds=every), now):
        remind_due(now=now)


def remind_due(*, now: datetime) -> int:
    """Remind of every expiry that it is time for; returns how many were looked at."""
    due = Deal.objects.filter(remind_at__lte=now).order_by("remind_at", "id")
    return each_due(due, lambda deal: remind_of_expiry(deal, by=Actor.system(), now=now))
