"""Working days of the vendor: Monday to Friday, by UTC. One calendar for all, or a promised date would tell
which country a site number belongs to.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

MONDAY_TO_FRIDAY = range(5)


def add_working_days(moment: datetime, days: int) -> datetime:
    """The same time of day, so many working days later. What comes at a weekend counts from Monday's first
    minute.
    """
    while moment.weekday() not in MONDAY_TO_FRIDAY:
        moment = datetime.combine(moment.date() + timedelta(days=1), time.min, moment.tzinfo)
    while days:
        moment += timedelta(days=1)
        days -= moment.weekday() in MONDAY_TO_FRIDAY
    return moment
