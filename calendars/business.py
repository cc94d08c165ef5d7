"""Reckoning in business days and opening hours. Pure arithmetic: no database, no clock of its own.

Moments are aware datetimes in any zone; days and hours are those of the calendar's own zone. What is given back is
in UTC. Opening hours are half-open: at closing time the day is over, so that 17:00 and the next opening are one and
the same point in business time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When somebody works. `weekend` has the days of the week off, Monday 0 to Sunday 6; at most six of them.

    >>> cairo = Calendar(frozenset({4, 5}), frozenset({date(2026, 10, 6)}), ZoneInfo("Africa/Cairo"))
    >>> cairo.is_business_day(date(2026, 10, 4))  # a Sunday
    True
    >>> cairo.is_business_day(date(2026, 10, 6))  # Armed Forces Day
    False
    """

    weekend: frozenset[int]
    holidays: frozenset[date]
    zone: ZoneInfo
    opens: time = time(9)
    closes: time = time(17)

    def __post_init__(self) -> None:
        if not self.weekend < frozenset(range(7)):
            raise ValueError("A weekend is of days from 0 to 6, and leaves at least one to work on.")
        if self.opens >= self.closes:
            raise ValueError("Closing time comes after opening time.")

    def is_business_day(self, day: date) -> bool:
        """Whether anybody works on this day at all."""
        return day.weekday() not in self.weekend and day not in self.holidays

    @property
    def hours_a_day(self) -> timedelta:
        """How long it is open on a business day: what "one business day" of a countdown stands for."""
        return datetime.combine(date.min, self.closes) - datetime.combine(date.min, self.opens)


def next_opening(moment: datetime, calendar: Calendar) -> datetime:
    """The moment itself while it is open, else when it opens next; in UTC.

    With Monday to Friday, 09:00 to 17:00 in UTC: Tuesday 10:00 is itself, Tuesday 17:00 is Wednesday 09:00, and
    Saturday noon is Monday 09:00.
    """
    local = moment.astimezone(calendar.zone)
    day = local.date()
    if calendar.is_business_day(day):
        opening = _at(day, calendar.opens, calendar.zone)
        if moment < opening:
            return opening
        if moment < _at(day, calendar.closes, calendar.zone):
            return moment.astimezone(UTC)
    return _at(_business_day_after(day, calendar), calendar.opens, calendar.zone)


def after_business_days(moment: datetime, days: int, calendar: Calendar) -> datetime:
    """When so many business days have passed: the same time by the wall's clock, in UTC.

    What comes outside opening hours, or on a day off, counts from the next opening. With Monday to Friday, 09:00 to
    17:00 in UTC, two business days after

    - Tuesday 10:30 is Thursday 10:30;
    - Thursday 16:00 is Monday 16:00, over the weekend;
    - Friday 17:00 is Wednesday 09:00, since it counts from Monday's opening, and so is Saturday noon.

    In Warsaw, one business day after Friday 27 March 2026, 12:00 (11:00 UTC), is Monday 12:00 (10:00 UTC): summer
    time began in between, and people read the clock on the wall. Raises ValueError for a negative number.
    """
    if days < 0:
        raise ValueError("A promise is never made for the past.")
    begin = next_opening(moment, calendar)
    if not days:
        return begin
    local = begin.astimezone(calendar.zone)
    day = local.date()
    for _ in range(days):
        day = _business_day_after(day, calendar)
    return _at(day, local.time(), calendar.zone)


def business_time_between(a: datetime, b: datetime, calendar: Calendar) -> timedelta:
    """How long it is open between two moments; negative when `b` comes first, as when a promise is overdue.

    With Monday to Friday, 09:00 to 17:00 in UTC: from Friday 16:00 to Monday 10:00 it is two hours, from Saturday to
    Sunday none, and from Monday 10:00 back to Friday 16:00 minus two hours. Between a moment and
    `after_business_days(moment, 2, calendar)` there are always two days' opening hours, 16 hours here.
    """
    if b < a:
        return -business_time_between(b, a, calendar)
    day, last = a.astimezone(calendar.zone).date(), b.astimezone(calendar.zone).date()
    passed = timedelta()
    while day <= last:
        if calendar.is_business_day(day):
            opening, closing = _hours_of(day, calendar.opens, calendar.closes, calendar.zone)
            passed += max(min(b, closing) - max(a, opening), timedelta())
        day += DAY
    return passed


@lru_cache(maxsize=4096)
def _hours_of(day: date, opens: time, closes: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a day begins and ends; kept, since everything on a list is reckoned over the same few days."""
    return _at(day, opens, zone), _at(day, closes, zone)


def _business_day_after(day: date, calendar: Calendar) -> date:
    day += DAY
    while not calendar.is_business_day(day):
        day += DAY
    return day


def _at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """A time by the wall's clock, in UTC. One that is skipped in spring is as much later; of one that comes twice in
    autumn, the first.
    """
    return datetime.combine(day, hour.replace(fold=0), zone).astimezone(UTC)
