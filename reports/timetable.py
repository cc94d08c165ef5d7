"""When a scheduled report is due: pure reckoning, on the clocks of its owner's time zone."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .models import Every

# No two times of a schedule are further apart.
LONGEST = {Every.DAY: timedelta(days=2), Every.WEEK: timedelta(days=8), Every.MONTH: timedelta(days=32)}


@dataclass(frozen=True, slots=True)
class Timetable:
    """Every day, every week on a weekday (Monday is 0), or every month on a day (its last, where it is shorter)."""

    every: str  # of Every
    hour: int
    zone: ZoneInfo
    weekday: int = 0
    day: int = 1

    def after(self, now: datetime) -> datetime:
        """The first time after `now`, in UTC.

        Once on each of its days, whatever clocks do: an hour that is skipped is had an hour later, and of one that
        comes twice the first is taken.
        """
        on = now.astimezone(self.zone).date()
        while True:
            if self._is_on(on) and (moment := self._moment(on)) > now:
                return moment
            on += timedelta(days=1)

    def _is_on(self, on: date) -> bool:
        match self.every:
            case Every.WEEK:
                return on.weekday() == self.weekday
            case Every.MONTH:
                return on.day == min(self.day, monthrange(on.year, on.month)[1])
        return True

    def _moment(self, on: date) -> datetime:
        return datetime.combine(on, time(self.hour), self.zone).astimezone(UTC)
