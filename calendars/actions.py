"""Every change of a calendar. Each is audited; a change that was begun on an older version is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction

from identity.access import demand
from identity.actors import Actor
from identity.audit import record
from identity.privileges import Privilege

from .models import Holiday, WorkingCalendar

MOST_HOLIDAYS = 400  # pasted at once


class CalendarChanged(Exception):
    """Somebody changed it after it was shown; `now` is how it is now."""

    def __init__(self, now: WorkingCalendar) -> None:
        super().__init__(now.public_id)
        self.now = now


class HolidayChanged(Exception):
    """Somebody changed the holiday after it was shown; `now` is how it is now."""

    def __init__(self, now: Holiday) -> None:
        super().__init__(now.public_id)
        self.now = now


class CountryTaken(Exception):
    """The country has a calendar already."""


class DefaultStays(Exception):
    """The calendar for all other countries cannot be removed."""


class DatesTaken(Exception):
    """These dates are days off in the calendar already."""

    def __init__(self, dates: Iterable[date]) -> None:
        self.dates = sorted(dates)
        super().__init__(", ".join(map(str, self.dates)))


@dataclass(frozen=True, slots=True)
class Day:
    """A holiday to be."""

    on: date
    name: str
    every_year: bool = False


@transaction.atomic
def add_calendar(
    *,
    country: str,
    name: str = "",
    time_zone: str,
    weekend: Iterable[int],
    opens: time,
    closes: time,
    by: Actor,
    now: datetime,
) -> WorkingCalendar:
    """A calendar of its own for a country (ISO 3166-1). Raises CountryTaken, PrivilegeMissing."""
    demand(by, Privilege.SETTING_EDIT)
    columns = {"country": country, "name": name, "time_zone": time_zone, "opens": opens, "closes": closes}
    try:
        with transaction.atomic():
            calendar = WorkingCalendar.objects.create(weekend=sorted(set(weekend)), **columns)
    except IntegrityError:
        raise CountryTaken from None
    _record("calendar.added", calendar, by=by, now=now, **_plain(columns | {"weekend": calendar.weekend}))
    return calendar


@transaction.atomic
def change_calendar(
    public_id: str, changes: Mapping[str, Any], *, version: int, by: Actor, now: datetime
) -> WorkingCalendar:
    """Other days, hours, time zone or name. Raises DoesNotExist, CalendarChanged, PrivilegeMissing."""
    demand(by, Privilege.SETTING_EDIT)
    calendar = _seen(public_id, version)
    changed = {name: value for name, value in changes.items() if getattr(calendar, name) != value}
    if not changed:
        return calendar
    before = {name: getattr(calendar, name) for name in changed}
    _write(calendar, changed)
    pairs = {name: [_plain(before)[name], value] for name, value in _plain(changed).items()}
    _record("calendar.changed", calendar, by=by, now=now, changes=pairs)
    return calendar


@transaction.atomic
def remove_calendar(public_id: str, *, version: int, by: Actor, now: datetime) -> WorkingCalendar:
    """The country goes by the default one again. Raises DoesNotExist, DefaultStays, CalendarChanged."""
    demand(by, Privilege.SETTING_EDIT)
    calendar = _seen(public_id, version)
    if not calendar.country:
        raise DefaultStays
    days = {str(day.on): day.name for day in calendar.holidays.order_by("on")}
    _record("calendar.removed", calendar, by=by, now=now, holidays=days)
    WorkingCalendar.objects.filter(id=calendar.id).delete()
    return calendar


@transaction.atomic
def add_holidays(public_id: str, days: Iterable[Day], *, by: Actor, now: datetime) -> list[Holiday]:
    """All of these days off, or none. Raises DoesNotExist, DatesTaken (also for a date given twice)."""
    demand(by, Privilege.SETTING_EDIT)
    return _add(_locked(public_id), list(days), by=by, now=now)


def _add(calendar: WorkingCalendar, days: list[Day], *, by: Actor, now: datetime) -> list[Holiday]:
    dates = [day.on for day in days]
    taken = set(calendar.holidays.filter(on__in=dates).values_list("on", flat=True))
    taken |= {on for on, times in Counter(dates).items() if times > 1}
    if taken:
        raise DatesTaken(taken)
    added = Holiday.objects.bulk_create(
        Holiday(calendar=calendar, on=day.on, name=day.name, every_year=day.every_year) for day in days
    )
    _record("calendar.holidays_added", calendar, by=by, now=now, holidays=_listed(added))
    return added


@transaction.atomic
def change_holiday(
    public_id: str, changes: Mapping[str, Any], *, version: int, by: Actor, now: datetime
) -> Holiday:
    """Another date or name. Raises DoesNotExist, HolidayChanged, DatesTaken."""
    demand(by, Privilege.SETTING_EDIT)
    holiday = _seen_holiday(public_id, version)
    changed = {name: value for name, value in changes.items() if getattr(holiday, name) != value}
    if not changed:
        return holiday
    on = changed.get("on", holiday.on)
    if Holiday.objects.filter(calendar_id=holiday.calendar_id, on=on).exclude(id=holiday.id).exists():
        raise DatesTaken([on])
    before = _listed([holiday])
    _write(holiday, changed)
    _record(
        "calendar.holiday_changed",
        holiday.calendar,
        by=by,
        now=now,
        before=before,
        after=_listed([holiday]),
    )
    return holiday


@transaction.atomic
def remove_holiday(public_id: str, *, version: int, by: Actor, now: datetime) -> Holiday:
    """The day is a business day again. Raises DoesNotExist, HolidayChanged."""
    demand(by, Privilege.SETTING_EDIT)
    holiday = _seen_holiday(public_id, version)
    _record("calendar.holiday_removed", holiday.calendar, by=by, now=now, holidays=_listed([holiday]))
    Holiday.objects.filter(id=holiday.id).delete()
    return holiday


@transaction.atomic
def copy_year(public_id: str, year: int, *, by: Actor, now: datetime) -> list[Holiday]:
    """What is on the same date every year is a day off in the next year, too, where it is not yet.

    Doing so again adds nothing. Raises DoesNotExist.
    """
    demand(by, Privilege.SETTING_EDIT)
    calendar = _locked(public_id)
    taken = set(calendar.holidays.filter(on__year=year + 1).values_list("on", flat=True))
    fixed = calendar.holidays.filter(on__year=year, every_year=True).order_by("on")
    days = [
        Day(on, holiday.name, True)
        for holiday in fixed
        if (on := _next_year(holiday.on)) is not None and on not in taken
    ]
    return _add(calendar, days, by=by, now=now) if days else []


def _next_year(day: date) -> date | None:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return None  # 29 February


# ---------------------------------------------------------------------------------------------- pieces


def _locked(public_id: str) -> WorkingCalendar:
    return WorkingCalendar.objects.select_for_update(no_key=True).get(public_id=public_id)


def _seen(public_id: str, version: int) -> WorkingCalendar:
    calendar = _locked(public_id)
    if calendar.version != version:
        raise CalendarChanged(calendar)
    return calendar


def _seen_holiday(public_id: str, version: int) -> Holiday:
    """The holiday, with its calendar locked: two dates are compared by one at a time."""
    calendar_id = Holiday.objects.values_list("calendar__public_id", flat=True).get(public_id=public_id)
    calendar = _locked(calendar_id)
    holiday = Holiday.objects.select_for_update().get(public_id=public_id)
    holiday.calendar = calendar
    if holiday.version != version:
        raise HolidayChanged(holiday)
    return holiday


def _write(row: WorkingCalendar | Holiday, changed: Mapping[str, Any]) -> None:
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*changed, "version"])


def _plain(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns as JSON has them."""
    return {
        name: value.isoformat("minutes") if isinstance(value, time) else value
        for name, value in columns.items()
    }


def _listed(days: Iterable[Holiday]) -> dict[str, str]:
    return {str(day.on): day.name for day in days}


def _record(event: str, calendar: WorkingCalendar, *, by: Actor, now: datetime, **detail: Any) -> None:
    record(
        event,
        by=by,
        now=now,
        object_type="calendar",
        object_id=calendar.public_id,
        label=calendar.country or "default",
        **detail,
    )
