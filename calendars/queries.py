"""The calendars, as the arithmetic wants them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Max

from identity import places
from identity.models import AuditEvent

from .business import Calendar
from .models import Holiday, WorkingCalendar

DEFAULT = ""  # the country of the calendar for all countries without one
YEAR = timedelta(days=366)
PLAIN = Calendar(weekend=frozenset({5, 6}), holidays=frozenset(), zone=ZoneInfo("UTC"))  # where there is none


def calendar_for(country: str = DEFAULT) -> Calendar:
    """The calendar of a country (ISO 3166-1), else the default one. One query."""
    return calendars_for([country])[country]


def calendars_for(countries: Iterable[str]) -> dict[str, Calendar]:
    """The same for several countries, as a list needs them: each one's calendar. One query."""
    wanted = set(countries)
    with connection.cursor() as cursor:
        cursor.execute(CALENDARS, [[DEFAULT, *wanted]])
        found = {country: _calendar(*row) for country, *row in cursor.fetchall()}
    otherwise = found.get(DEFAULT, PLAIN)
    return {country: found.get(country, otherwise) for country in wanted}


# In plain SQL and as the database writes it down, since the deal desk asks with each page: a calendar is made out once,
# and again when anything in it has changed.
CALENDARS = """
    SELECT country, weekend::text, time_zone, opens, closes,
        ARRAY(SELECT "on" FROM calendars_holiday WHERE calendar_id = calendars_workingcalendar.id ORDER BY "on")::text
    FROM calendars_workingcalendar WHERE country = ANY(%s)
"""


@lru_cache(maxsize=512)
def _calendar(weekend: str, time_zone: str, opens: time, closes: time, days_off: str) -> Calendar:
    """A calendar of what the database wrote: arrays as texts, {5,6} and {2026-01-01,2026-12-25}."""
    return Calendar(
        weekend=frozenset(int(day) for day in _written(weekend)),
        holidays=frozenset(date.fromisoformat(day) for day in _written(days_off)),
        zone=ZoneInfo(time_zone),
        opens=opens,
        closes=closes,
    )


def _written(array: str) -> list[str]:
    return [each for each in array.strip("{}").split(",") if each]


# ------------------------------------------------------------------------------------------ for the pages


@dataclass(frozen=True, slots=True)
class Overview:
    """A calendar in the list, with its next days off."""

    calendar: WorkingCalendar
    next_days: list[Holiday]
    holidays_until: date | None  # the last day off that was entered


def overview(today: date, *, days: int = 3) -> list[Overview]:
    """Every calendar, the default one first, then by the country's name. Two queries."""
    found = WorkingCalendar.objects.annotate(last=Max("holidays__on"))
    coming: dict[int, list[Holiday]] = {}
    for day in Holiday.objects.filter(on__gte=today, on__lt=today + YEAR).order_by("on"):
        coming.setdefault(day.calendar_id, []).append(day)
    rows = [Overview(calendar, coming.get(calendar.id, [])[:days], calendar.last) for calendar in found]
    order = list(places.countries())
    return sorted(
        rows,
        key=lambda row: order.index(row.calendar.country) if row.calendar.country in order else -1,
    )


def years_of(calendar: WorkingCalendar) -> list[int]:
    """The years in which the calendar has days off."""
    return [found.year for found in calendar.holidays.dates("on", "year")]


def history_of(calendar: WorkingCalendar, *, limit: int = 20) -> list[AuditEvent]:
    """What was done to the calendar, the newest first."""
    events = AuditEvent.objects.filter(object_type="calendar", object_id=calendar.public_id)
    return list(events.order_by("-at", "-id")[:limit])
