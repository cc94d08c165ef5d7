"""Time-driven work: each slot of a periodic job once, and when it is morning where somebody lives."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from identity import tenancy

from .models import JobRun

MORNING = time(8, 0)
KEPT = timedelta(days=2)


def once_per_slot(job: str, every: timedelta, now: datetime) -> bool:
    """Whether this call is the first for `job` in the slot of length `every` that `now` falls into.

    With two clocks running, the second one's call finds the slot taken. Has a transaction of its own.
    """
    slot = datetime.fromtimestamp(now.timestamp() // every.total_seconds() * every.total_seconds(), UTC)
    with tenancy.as_system():
        _, first = JobRun.objects.get_or_create(job=job, slot=slot, defaults={"started_at": now})
        if first:
            JobRun.objects.filter(job=job, slot__lt=slot - KEPT).delete()
    return first


def zone(name: str) -> ZoneInfo:
    """The time zone of that name; UTC for a name nobody knows (any more)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def next_morning(zone_name: str, now: datetime) -> datetime:
    """The first 08:00 after `now` on the clocks of that time zone, in UTC."""
    local = now.astimezone(zone(zone_name))
    morning = datetime.combine(local.date(), MORNING, local.tzinfo)
    if morning.astimezone(UTC) <= now:
        morning = datetime.combine(local.date() + timedelta(days=1), MORNING, local.tzinfo)
    return morning.astimezone(UTC)
