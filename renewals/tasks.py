"""What happens to renewals by itself. When the jobs run is in portal/celery.py; each is safe to run twice."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from customers.standing import renew_days
from identity import tenancy
from notifications.clock import once_per_slot

from .ordered import give_back_due
from .reminders.reminding import remind_due
from .settling import BUDGET, settle_due

HOUR = timedelta(hours=1)


@shared_task(name="renewals.remind")
def remind(every: int = 60) -> None:
    """Remind partners of what is due, in the morning where they are."""
    now = timezone.now()
    if once_per_slot("renewals.remind", timedelta(seconds=every), now):
        remind_due(now=now)


@shared_task(name="renewals.settle")
def settle() -> None:
    """Bring who sees what in line with the day, and settle what nobody ordered."""
    now = timezone.now()
    if once_per_slot("renewals.settle", HOUR, now):
        with tenancy.as_system():
            renew_days(now)
        give_back_due(now=now)
        settle_due(now=now, budget=BUDGET)
