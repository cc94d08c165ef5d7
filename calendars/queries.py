"""The calendars, as the arithmetic wants them."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from .business import Calendar
from .models import WorkingCalendar

DEFAULT = ""  # the country of the calendar for all countries without one
PLAIN = Calendar(weekend=frozenset({5, 6}), holidays=frozenset(), zone=ZoneInfo("UTC"))  # where there is none


def calendar_for(country: str = DEFAULT) -> Calendar:
    """The calendar of a country (ISO 3166-1), else the default one. One query."""
    return calendars_for([country])[country]


def calendars_for(countries: Iterable[str]) -> dict[str, Calendar]:
    """The same for several countries, as a list needs them: each one's calendar. One query."""
    wanted = set(countries)
    rows = WorkingCalendar.objects.filter(country__in={DEFAULT, *wanted}).annotate(
        days_off=ArrayAgg("holidays__on", filter=Q(holidays__isnull=False), default=[])
    )
    found = {row.country: _calendar(row) for row in rows}
    otherwise = found.get(DEFAULT, PLAIN)
    return {country: found.get(country, otherwise) for country in wanted}


def _calendar(row: WorkingCalendar) -> Calendar:
    return Calendar(
        weekend=frozenset(row.weekend),
        holidays=frozenset(row.days_off),  # type: ignore[attr-defined]
        zone=ZoneInfo(row.time_zone),
        opens=row.opens,
        closes=row.closes,
    )
