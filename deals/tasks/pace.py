"""How quick the deal desk is, worked out once a day and shown to everybody who waits for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from statistics import median

from celery import shared_task
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from calendars.business import business_time_between
from calendars.queries import calendars_for
from identity import tenancy
from notifications.clock import once_per_slot

from ..models import Deal, DealEvent, DecisionPace

WINDOW = 90  # days
# Fewer would tell of single deals, or of one partner's.
ENOUGH_DECISIONS, ENOUGH_SITES = 20, 5
HOUR = timedelta(hours=1)


@shared_task(name="deals.pace")
def pace() -> None:
    """Work out today's pace, unless that was done; tried every hour, so that a day is not left out."""
    now = timezone.now()
    if once_per_slot("deals.pace", HOUR, now):
        measure_pace(now=now)


def measure_pace(*, now: datetime) -> DecisionPace | None:
    """Work out how long the decisions of the last 90 days took, of the vendor's working time, and how many promises
    were kept; none on too few decisions. What a day has is not worked out again.
    """
    today = now.astimezone(UTC).date()
    with tenancy.as_system():
        found = DecisionPace.objects.filter(on=today).first()
        return found or _measured(now)


def _measured(now: datetime) -> DecisionPace | None:
    # Handed in again since the decision, at whatever moment, a deal waits for the next one.
    decided = Deal.objects.filter(
        decided_at__gt=now - timedelta(days=WINDOW), decided_at__lte=now, waiting_since__lt=F("decided_at")
    )
    escalated = DealEvent.objects.filter(
        deal=OuterRef("id"),
        kind=DealEvent.Kind.ESCALATED,
        at__gt=OuterRef("waiting_since"),  # else it was of the promise before
        at__lte=OuterRef("decided_at"),
    )
    found = decided.values_list("site_id", "site__country", "waiting_since", "decided_at", Exists(escalated))
    rows: list[tuple[int, str, datetime, datetime, bool]] = list(found)
    if len(rows) < ENOUGH_DECISIONS or len({site for site, *_ in rows}) < ENOUGH_SITES:
        return None
    calendars = calendars_for({country for _, country, *_ in rows})
    hours = [
        business_time_between(since, until, calendars[country]) / HOUR for _, country, since, until, _ in rows
    ]
    broken = sum(late for *_, late in rows)
    measured = DecisionPace(
        on=now.astimezone(UTC).date(),
        days=WINDOW,
        median_hours=round(median(hours)),
        kept_percent=100 * (len(rows) - broken) // len(rows),
    )
    DecisionPace.objects.bulk_create([measured], ignore_conflicts=True)  # by another one at the same moment
    return measured
