"""Reckoning in business days, against examples, and against a model that walks minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.business import Calendar, after_business_days, business_time_between, next_opening

MINUTE = timedelta(minutes=1)
OFFICE = Calendar(frozenset({5, 6}), frozenset({date(2026, 3, 18)}), ZoneInfo("UTC"))
WARSAW = Calendar(frozenset({5, 6}), frozenset(), ZoneInfo("Europe/Warsaw"))
CAIRO = Calendar(frozenset({4, 5}), frozenset({date(2026, 10, 6)}), ZoneInfo("Africa/Cairo"))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


class TestABusinessDay:
    def test_is_none_of_the_weekend_and_no_holiday(self) -> None:
        days = [date(2026, 10, day) for day in range(1, 8)]  # Thursday to Wednesday
        assert [CAIRO.is_business_day(day) for day in days] == [True, False, False, True, True, False, True]

    def test_has_so_many_hours(self) -> None:
        assert OFFICE.hours_a_day == timedelta(hours=8)

    @pytest.mark.parametrize(
        "wrong", [{"weekend": frozenset(range(7))}, {"weekend": frozenset({7})}, {"opens": time(17)}]
    )
    def test_comes_in_every_calendar(self, wrong: dict) -> None:
        with pytest.raises(ValueError):
            Calendar(**{"weekend": frozenset(), "holidays": frozenset(), "zone": ZoneInfo("UTC")} | wrong)


class TestAPromise:
    @pytest.mark.parametrize(
        ("asked", "days", "promised"),
        [
            (utc(2026, 3, 3, 10, 30), 2, utc(2026, 3, 5, 10, 30)),  # Tuesday to Thursday
            (utc(2026, 3, 5, 16), 2, utc(2026, 3, 9, 16)),  # Thursday to Monday
            (utc(2026, 3, 6, 17), 2, utc(2026, 3, 11, 9)),  # Friday's closing counts from Monday's opening
            (utc(2026, 3, 7, 12), 2, utc(2026, 3, 11, 9)),  # so does Saturday noon
            (utc(2026, 3, 9, 3), 2, utc(2026, 3, 11, 9)),  # and the night before Monday
            (utc(2026, 3, 17, 11), 1, utc(2026, 3, 19, 11)),  # over the holiday
            (utc(2026, 3, 18, 11), 1, utc(2026, 3, 20, 9)),  # on the holiday
            (utc(2026, 3, 3, 10), 0, utc(2026, 3, 3, 10)),
            (utc(2026, 3, 7, 10), 0, utc(2026, 3, 9, 9)),
        ],
    )
    def test_counts_business_days(self, asked: datetime, days: int, promised: datetime) -> None:
        assert after_business_days(asked, days, OFFICE) == promised

    def test_keeps_the_time_on_the_wall_when_summer_begins_and_ends(self) -> None:
        assert after_business_days(utc(2026, 3, 27, 11), 1, WARSAW) == utc(2026, 3, 30, 10)
        assert after_business_days(utc(2026, 10, 23, 10), 1, WARSAW) == utc(2026, 10, 26, 11)

    def test_is_in_utc_wherever_it_was_asked_for(self) -> None:
        asked = datetime(
            2026, 10, 1, 12, tzinfo=ZoneInfo("America/Sao_Paulo")
        )  # 18:00 in Cairo, and Thursday
        promised = after_business_days(asked, 1, CAIRO)
        assert promised == utc(2026, 10, 5, 6)
        assert promised.tzinfo is UTC

    def test_is_not_made_for_the_past(self) -> None:
        with pytest.raises(ValueError):
            after_business_days(utc(2026, 3, 3, 10), -1, OFFICE)


class TestBusinessTime:
    @pytest.mark.parametrize(
        ("a", "b", "hours"),
        [
            (utc(2026, 3, 6, 16), utc(2026, 3, 9, 10), 2),
            (utc(2026, 3, 7, 1), utc(2026, 3, 8, 23), 0),
            (utc(2026, 3, 9, 10), utc(2026, 3, 6, 16), -2),
            (utc(2026, 3, 16, 9), utc(2026, 3, 20, 17), 32),  # a week with a holiday
            (utc(2026, 3, 3, 10), utc(2026, 3, 3, 10), 0),
        ],
    )
    def test_is_what_passes_while_it_is_open(self, a: datetime, b: datetime, hours: int) -> None:
        assert business_time_between(a, b, OFFICE) == timedelta(hours=hours)


# -------------------------------------------------------------------------------- against the slow model

ZONES = [
    "UTC", "Africa/Cairo", "Asia/Riyadh", "Asia/Kathmandu", "Africa/Casablanca", "Europe/Warsaw", "Europe/London",
    "America/Sao_Paulo", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati",
]  # fmt: skip
BEGIN, END = date(2026, 1, 1), date(2026, 12, 31)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any calendar that is not open while clocks are changed, which happens at night."""
    minutes = st.integers(4 * 60, 23 * 60 + 59)
    opens, closes = sorted(draw(st.lists(minutes, min_size=2, max_size=2, unique=True)))
    return Calendar(
        weekend=draw(st.frozensets(st.integers(0, 6), max_size=6)),
        holidays=draw(st.frozensets(st.dates(BEGIN, END), max_size=40)),
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        opens=time(*divmod(opens, 60)),
        closes=time(*divmod(closes, 60)),
    )


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
)
spans = st.integers(0, 12 * 24 * 60).map(lambda minutes: minutes * MINUTE)
numbers = st.integers(0, 30)


def is_open(moment: datetime, calendar: Calendar) -> bool:
    local = moment.astimezone(calendar.zone)
    works = local.weekday() not in calendar.weekend and local.date() not in calendar.holidays
    return works and calendar.opens <= local.time() < calendar.closes


def slow_between(a: datetime, b: datetime, calendar: Calendar) -> timedelta:
    passed = timedelta()
    while a < b:
        passed += is_open(a, calendar) * MINUTE
        a += MINUTE
    return passed


def slow_after(moment: datetime, days: int, calendar: Calendar) -> datetime:
    while not is_open(moment, calendar):
        moment += MINUTE
    begin = moment.astimezone(calendar.zone)
    while days:
        moment += MINUTE
        local = moment.astimezone(calendar.zone)
        days -= is_open(moment, calendar) and local.time() == begin.time() and local.date() != begin.date()
    return moment


class TestForAnyCalendar:
    @given(calendars(), moments, spans)
    @settings(max_examples=40, deadline=None)
    def test_time_is_what_walking_minute_by_minute_finds(self, calendar, a, span) -> None:
        assert business_time_between(a, a + span, calendar) == slow_between(a, a + span, calendar)

    @given(calendars(), moments, st.integers(0, 4))
    @settings(max_examples=40, deadline=None)
    def test_a_promise_is_what_walking_minute_by_minute_finds(self, calendar, moment, days) -> None:
        assert after_business_days(moment, days, calendar) == slow_after(moment, days, calendar)

    @given(calendars(), moments)
    @settings(deadline=None)
    def test_it_opens_next_where_no_time_has_passed_and_some_begins_to(self, calendar, moment) -> None:
        opening = next_opening(moment, calendar)
        assert opening >= moment
        assert is_open(opening, calendar)
        assert business_time_between(moment, opening, calendar) == timedelta()

    @given(calendars(), moments, spans, numbers)
    @settings(deadline=None)
    def test_who_comes_later_is_promised_no_earlier(self, calendar, moment, span, days) -> None:
        promised = after_business_days(moment, days, calendar)
        assert promised <= after_business_days(moment + span, days, calendar)
        assert promised <= after_business_days(moment, days + 1, calendar)

    @given(calendars(), moments, numbers)
    @settings(deadline=None)
    def test_a_promise_of_days_lasts_so_many_days_opening_hours(self, calendar, moment, days) -> None:
        promised = after_business_days(moment, days, calendar)
        assert business_time_between(moment, promised, calendar) == days * calendar.hours_a_day

    @given(calendars(), moments, numbers, numbers)
    @settings(deadline=None)
    def test_promises_add_up(self, calendar, moment, first, second) -> None:
        halfway = after_business_days(moment, first, calendar)
        assert after_business_days(halfway, second, calendar) == after_business_days(
            moment, first + second, calendar
        )

    @given(calendars(), moments, moments, moments)
    @settings(deadline=None, max_examples=50)
    def test_times_add_up_in_whatever_order(self, calendar, a, b, c) -> None:
        assert business_time_between(a, b, calendar) + business_time_between(
            b, c, calendar
        ) == business_time_between(a, c, calendar)
        assert business_time_between(a, b, calendar) == -business_time_between(b, a, calendar)
