"""The times a deal runs by. Business days are Monday to Friday; the vendor's calendar comes with its
settings.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

VALID_FOR = timedelta(days=90)  # from approval
EXPIRING_SOON = timedelta(days=30)
DECISION_PROMISED = 2  # business days from submission
MONDAY_TO_FRIDAY = range(5)


def promised_by(submitted_at: datetime) -> datetime:
    """When a decision is promised: two business days later, at the same time of day.

    What comes in at a weekend counts from Monday's first minute (UTC, by which submissions are timed).
    """
    moment = submitted_at
    while moment.weekday() not in MONDAY_TO_FRIDAY:
        moment = datetime.combine(moment.date() + timedelta(days=1), time.min, moment.tzinfo)
    remaining = DECISION_PROMISED
    while remaining:
        moment += timedelta(days=1)
        remaining -= moment.weekday() in MONDAY_TO_FRIDAY
    return moment


def valid_until(approved_at: datetime, time_zone: str) -> datetime:
    """When an approval runs out: at the end of the 90th day, as the partner's site counts its days."""
    zone = ZoneInfo(time_zone)
    last_day = approved_at.astimezone(zone).date() + VALID_FOR
    return datetime.combine(last_day, time(23, 59, 59), zone)
