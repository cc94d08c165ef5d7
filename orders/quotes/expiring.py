"""Letting quotes run out."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from celery import shared_task
from django.utils import timezone

from identity import tenancy
from identity.actors import Actor
from notifications.clock import once_per_slot

from ..models import ORDERABLE, Quote
from ..notices import tell_of_expired
from .actions import expire_quote

BATCH = 200
#: No place on earth is later than this: whoever's day is over there has it behind them everywhere.
AHEAD = timedelta(hours=14)


@shared_task(name="orders.expire_quotes")
def expire_quotes(every: int = 600) -> None:
    """Let quotes run out whose last day is over where their site is."""
    now = timezone.now()
    if once_per_slot("orders.expire_quotes", timedelta(seconds=every), now):
        expire_due(now=now)


def expire_due(*, now: datetime, batch: int = BATCH) -> int:
    """Expire what is due, a batch and a transaction at a time; returns how many. Run a second time: none.

    A quote that somebody holds is left for the next run, and one that was ordered meanwhile is not found any more.
    """
    expired, after = 0, 0
    while True:
        with tenancy.as_system():
            found = _due(now, batch, after)
            for quote in found:
                after = quote.id
                if _is_over(quote, now):
                    expire_quote(quote, by=Actor.system(), now=now)
                    tell_of_expired(quote, by=Actor.system(), now=now)
                    expired += 1
        if len(found) < batch:
            return expired


def _due(now: datetime, batch: int, after: int) -> list[Quote]:
    """Quotes whose last day is over somewhere; those of sites further west follow hours later."""
    latest = (now + AHEAD).date() - timedelta(days=1)
    found = Quote.objects.filter(status__in=ORDERABLE, valid_until__lte=latest, id__gt=after)
    locked = found.select_for_update(of=("self",), skip_locked=True).select_related("site")
    return list(locked.order_by("id")[:batch])


def _is_over(quote: Quote, now: datetime) -> bool:
    today = now.astimezone(ZoneInfo(quote.site.time_zone)).date()
    return quote.valid_until is not None and quote.valid_until < today
