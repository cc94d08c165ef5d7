"""What happens to leads by themselves: their people are told that one came, and that a customer waits still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db.models import QuerySet

from identity import tenancy

from ..models import Lead
from . import notices
from .listing import waiting_of
from .states import Stage

BATCH = 100


def tell_due(*, now: datetime, batch: int = BATCH) -> int:
    """Tell of what came, and of who waits. Safe to run twice, at once, and to be killed. Returns of how many."""
    return _each("told_at", _untold, notices.tell_received, now, batch) + _each(
        "reminded_at", _waiting, notices.tell_waiting, now, batch
    )


def _untold(now: datetime) -> QuerySet[Lead]:
    return Lead.objects.filter(told_at__isnull=True)


def _waiting(now: datetime) -> QuerySet[Lead]:
    return Lead.objects.filter(waiting_of(now), reminded_at__isnull=True)


def _each(
    stamp: str,
    due: Callable[[datetime], QuerySet[Lead]],
    tell: Callable[..., None],
    now: datetime,
    batch: int,
) -> int:
    """Tell of all that is due, a batch in a transaction; rows that another worker holds are left to it."""
    told = 0
    while True:
        with tenancy.as_system():
            held = due(now).select_for_update(skip_locked=True, of=("self",)).select_related("location")
            leads = list(held.order_by("id")[:batch])
            for lead in leads:
                if lead.stage == Stage.RECEIVED:  # what was turned away at once concerns nobody
                    tell(lead, now=now)
            Lead.objects.filter(id__in=[lead.id for lead in leads]).update(**{stamp: now})
        told += len(leads)
        if len(leads) < batch:
            return told
