"""How a promise stands: how much of the vendor's working time is left of it, or how late it is, and in which words.

The words are chosen here for pages as the server writes them, and once more by static/js/desk.js for pages that stay
open: `clock_for_scripts` hands it the same words and hours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from django.utils.translation import get_language, gettext, ngettext, to_locale

from calendars.business import Calendar, business_time_between, next_opening

HOUR = timedelta(hours=1)
NEAR = timedelta(days=30)  # beyond that a date says more than a number of days, and is sooner reckoned
AHEAD = 12  # so many working days a page that stays open can count on
MIDNIGHT = timedelta(minutes=30)  # before and after it, a time of day says the wrong day to most readers
FAR, OPENING, LATE = "far", "opening", "late"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of a promise. `kind` names the words for it, `count` is the number in them."""

    kind: str
    count: int
    left: int  # seconds of working time; negative when late, 0 when far from now

    @property
    def is_late(self) -> bool:
        return self.kind.startswith(LATE)

    @property
    def tone(self) -> str:
        if self.is_late:
            return "bad"
        return "warn" if self.kind in ("today", "minutes", OPENING) else "neutral"

    @property
    def words(self) -> str:
        """Empty for what is far from now: there the date is to be shown."""
        return in_words(self.kind, self.count)


def standing(due_at: datetime, now: datetime, calendar: Calendar) -> Standing:
    """How a promise stands by a calendar. Less than a business day is told in hours, less than one in minutes."""
    if abs(due_at - now) > NEAR:
        return Standing("late_far" if due_at < now else FAR, 0, 0)
    left = business_time_between(now, due_at, calendar)
    seconds = int(left.total_seconds())
    day = int(calendar.hours_a_day.total_seconds())
    if due_at < now:
        return Standing(*_late(-seconds, day), left=seconds)
    if seconds >= day:
        return Standing("days", int(seconds / day + 0.5), seconds)
    if seconds >= 3600:
        today = due_at.astimezone(calendar.zone).date() == now.astimezone(calendar.zone).date()
        return Standing("today" if today else "hours", seconds // 3600, seconds)
    return Standing("minutes", max(1, seconds // 60), seconds) if seconds else Standing(OPENING, 0, 0)


def _late(seconds: int, day: int) -> tuple[str, int]:
    if seconds >= day:
        return "late_days", int(seconds / day + 0.5)
    if seconds >= 3600:
        return "late_hours", seconds // 3600
    return ("late_minutes", seconds // 60) if seconds >= 60 else (LATE, 0)


def in_words(kind: str, count: int) -> str:
    """The words of a Standing, in the reader's language."""
    return _in_words(get_language(), kind, count)


@lru_cache(maxsize=2048)
def _in_words(language: str | None, kind: str, count: int) -> str:
    """`language` is the current one, and here for the cache."""
    match kind:
        case "days":
            words = ngettext("%(num)s business day left", "%(num)s business days left", count)
        case "today":
            words = ngettext(
                "%(num)s hour left of the working day", "%(num)s hours left of the working day", count
            )
        case "hours":
            words = ngettext("%(num)s working hour left", "%(num)s working hours left", count)
        case "minutes":
            words = ngettext("%(num)s minute left", "%(num)s minutes left", count)
        case "opening":
            words = gettext("Due when the working day begins")
        case "late_days":
            words = ngettext("late by %(num)s business day", "late by %(num)s business days", count)
        case "late_hours":
            words = ngettext("late by %(num)s working hour", "late by %(num)s working hours", count)
        case "late_minutes":
            words = ngettext("late by %(num)s minute", "late by %(num)s minutes", count)
        case "late":
            words = gettext("late")
        case _:
            return ""
    return words % {"num": count}


# ------------------------------------------------------------------------------------------ pages left open

COUNTED = ("days", "today", "hours", "minutes", "late_days", "late_hours", "late_minutes")
PLAIN = (OPENING, LATE)


def clock_for_scripts(calendars: Mapping[str, Calendar], now: datetime) -> str:
    """What a script needs to go on counting, as JSON: the words by plural form, and when each country's days begin
    and end.
    """
    # Put together of parts that are kept, since the desk's page is asked for all day.
    each = [
        f'"{country}": {_calendar_for_scripts(calendar, now.astimezone(calendar.zone).date())}'
        for country, calendar in calendars.items()
    ]
    words = _words_for_scripts(get_language() or "en")
    return f'{{"now": {int(now.timestamp())}, "words": {words}, "calendars": {{{", ".join(each)}}}}}'


@lru_cache(maxsize=16)
def _words_for_scripts(language: str) -> str:
    plural = Locale.parse(to_locale(language)).plural_form
    samples = {plural(count): count for count in range(120, -1, -1)}  # the least number of each form
    words: dict[str, Any] = {
        kind: {form: in_words(kind, count).replace(str(count), "{}", 1) for form, count in samples.items()}
        for kind in COUNTED
    }
    return json.dumps(words | {kind: in_words(kind, 0) for kind in PLAIN})


@lru_cache(maxsize=512)
def _calendar_for_scripts(calendar: Calendar, day: date) -> str:
    hours = _open_hours(calendar, day)
    length = int(calendar.hours_a_day.total_seconds())
    return json.dumps({"zone": calendar.zone.key, "day": length, "open": hours})


def _open_hours(calendar: Calendar, day: date) -> list[tuple[int, int]]:
    """The working hours from a day on, as seconds since 1970."""
    found = []
    moment = datetime.combine(day, time(), calendar.zone)
    for _day in range(AHEAD):
        opens = next_opening(moment, calendar)
        local = opens.astimezone(calendar.zone)
        moment = datetime.combine(local.date(), calendar.closes, calendar.zone).astimezone(UTC)
        found.append((int(opens.timestamp()), int(moment.timestamp())))
    return found


# ------------------------------------------------------------------------------------------ told to the partner


@dataclass(frozen=True, slots=True)
class Moment:
    """A promised time for people: near midnight only the day is said, since "00:00" is read as a day too late."""

    day: datetime  # some time of the day meant, in the reader's zone
    at: datetime | None  # None: the end of that day


def for_people(moment: datetime, zone: Any) -> Moment:
    """How to say a moment to somebody in that time zone."""
    local = moment.astimezone(zone)
    earlier, later = local - MIDNIGHT, local + MIDNIGHT
    if earlier.date() != local.date():
        return Moment(earlier, None)
    if later.date() != local.date():
        return Moment(local, None)
    return Moment(local, local)


@dataclass(frozen=True, slots=True)
class Promise:
    """A decision that a partner waits for, as its page tells of it."""

    due: Moment
    standing: Standing | None  # None for a reader who does not see by which calendar it is counted
    country: str  # whose calendar; empty for such a reader
    opens: time | None = None
    closes: time | None = None
    zone: str = ""


def promise_of(
    due_at: datetime, now: datetime, *, reader_zone: Any, country: str, calendar: Calendar | None
) -> Promise:
    """What to say of a decision due then; without a calendar, only when."""
    due = for_people(due_at, reader_zone)
    if calendar is None:
        return Promise(due, None, "")
    zone: ZoneInfo = calendar.zone
    return Promise(due, standing(due_at, now, calendar), country, calendar.opens, calendar.closes, zone.key)
