"""The times a deal runs by: by the vendor's calendar where the vendor promises, by the partner's where it counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from calendars.business import Calendar, after_business_days

EXPIRING_SOON = timedelta(days=30)
MORNING = time(9)  # at the partner's site: when reminders are due


def promised_by(handed_in: datetime, *, days: int, calendar: Calendar) -> datetime:
    """When a decision is promised: so many business days of the vendor's later."""
    return after_business_days(handed_in, days, calendar)


def valid_until(since: datetime, time_zone: str, *, days: int) -> datetime:
    """When an approval or an extension runs out: at the end of its last day, as the partner's site counts its days."""
    zone = ZoneInfo(time_zone)
    return datetime.combine(since.astimezone(zone).date() + timedelta(days=days), time(23, 59, 59), zone)


def days_ahead_of(moment: datetime, time_zone: str, *, days: int) -> datetime:
    """The beginning of the day so many days before, as the partner's site counts its days."""
    zone = ZoneInfo(time_zone)
    return datetime.combine(moment.astimezone(zone).date() - timedelta(days=days), time.min, zone)


def reminders(expires_at: datetime, time_zone: str, days_before: Iterable[int]) -> list[tuple[datetime, int]]:
    """When to remind of an expiry, the earliest first: (moment, days before), in the morning at the partner's site."""
    zone = ZoneInfo(time_zone)
    last = expires_at.astimezone(zone).date()
    return [
        (datetime.combine(last - timedelta(days=days), MORNING, zone), days)
        for days in sorted(set(days_before), reverse=True)
    ]


def next_reminder(
    expires_at: datetime, time_zone: str, days_before: Iterable[int], *, after: datetime
) -> datetime | None:
    """The first reminder that is due later than `after`; None when none is left."""
    times = reminders(expires_at, time_zone, days_before)
    return next((moment for moment, _days in times if moment > after), None)
