"""Days and months of coverage. Coverage begins on a day and has a *last* day; the next begins on the day after."""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months on, or that month's last: 31 January and one month is 28 February."""
    first = _first_of_month(day, months)
    return first.replace(day=min(day.day, _length(first)))


def last_day(starts_on: date, months: int) -> date:
    """The last day of so many whole months: the one before the same day of the month, or the month's last.

    From 15 March, one month is until 14 April. From 31 January it is until 28 February (29 in a leap year), since
    there is no 30 February; from 29 February, twelve months are until 28 February.
    """
    if starts_on.day == 1:
        return _first_of_month(starts_on, months) - ONE_DAY
    first = _first_of_month(starts_on, months)
    return first.replace(day=min(starts_on.day - 1, _length(first)))


def months_covered(starts_on: date, ends_on: date) -> int:
    """How many months these days are, both included; a month that has begun counts as a whole one.

    The end must not be before the start.
    """
    if ends_on < starts_on:
        raise ValueError("Coverage ends before it starts.")
    months = (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month
    # In the month of the end, the last month that began there has ended already or goes on into the next.
    return months if months and last_day(starts_on, months) >= ends_on else months + 1


def next_start(ends_on: date) -> date:
    """When the coverage that follows begins: renewing early loses not a day. Nothing follows the end of time."""
    return ends_on if ends_on == date.max else ends_on + ONE_DAY


def coterm_end(starts_on: date, anniversary: date) -> date:
    """The last day of coverage that is brought in line with an anniversary: the day before it next comes round.

    Of the anniversary only day and month count. From the anniversary itself, it is a whole year. One on 29 February
    is 1 March in years that have none, so that coverage always ends on 28 February.
    """
    for year in (starts_on.year, starts_on.year + 1):
        end = _in_year(anniversary, year) - ONE_DAY
        if end >= starts_on:
            return end
    raise AssertionError("An anniversary comes round every year.")


def _in_year(anniversary: date, year: int) -> date:
    if (anniversary.month, anniversary.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1)
    return anniversary.replace(year=year)


def _first_of_month(day: date, months: int) -> date:
    """The first of the month so many months on."""
    months += day.year * 12 + day.month - 1
    return date(months // 12, months % 12 + 1, 1)


def _length(day: date) -> int:
    return monthrange(day.year, day.month)[1]
