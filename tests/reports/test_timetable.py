"""When a report is due: once on each of its days, on its owner's clock, whatever clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.models import Every
from reports.timetable import LONGEST, Timetable

WARSAW, CAIRO = ZoneInfo("Europe/Warsaw"), ZoneInfo("Africa/Cairo")


def times(table: Timetable, start: datetime, number: int) -> list[datetime]:
    found = []
    for _ in range(number):
        start = table.after(start)
        found.append(start)
    return found


def test_every_day_at_the_hour_on_the_owners_clock() -> None:
    found = times(Timetable(Every.DAY, 8, WARSAW), datetime(2026, 3, 27, 12, tzinfo=UTC), 3)
    assert [f"{at.astimezone(WARSAW):%d %H:%M}" for at in found] == ["28 08:00", "29 08:00", "30 08:00"]
    assert [f"{at:%H:%M}" for at in found] == ["07:00", "06:00", "06:00"]  # summer time began


def test_every_week_on_its_day() -> None:
    found = times(Timetable(Every.WEEK, 8, CAIRO, weekday=6), datetime(2026, 3, 2, tzinfo=UTC), 2)
    assert [f"{at.astimezone(CAIRO):%a %d}" for at in found] == ["Sun 08", "Sun 15"]


def test_every_month_on_its_day_or_the_last() -> None:
    found = times(Timetable(Every.MONTH, 0, ZoneInfo("UTC"), day=31), datetime(2026, 1, 31, tzinfo=UTC), 3)
    assert [f"{at:%m-%d}" for at in found] == ["02-28", "03-31", "04-30"]


def test_an_hour_that_is_skipped_comes_an_hour_later() -> None:
    [at] = times(Timetable(Every.DAY, 2, WARSAW), datetime(2026, 3, 28, 12, tzinfo=UTC), 1)
    assert f"{at.astimezone(WARSAW):%d %H:%M}" == "29 03:00"


def test_an_hour_that_comes_twice_is_taken_once() -> None:
    first, second = times(Timetable(Every.DAY, 2, WARSAW), datetime(2026, 10, 24, 12, tzinfo=UTC), 2)
    assert f"{first.astimezone(WARSAW):%d %H:%M}" == "25 02:00"
    assert second - first == timedelta(hours=25)


def test_exactly_its_time_is_not_after_it() -> None:
    table = Timetable(Every.DAY, 8, WARSAW)
    at = table.after(datetime(2026, 6, 1, tzinfo=UTC))
    assert table.after(at) > at
    assert table.after(at - timedelta(microseconds=1)) == at


@given(
    st.sampled_from(Every),
    st.integers(0, 23),
    st.sampled_from(["UTC", "Europe/Warsaw", "Africa/Cairo", "Pacific/Apia", "Australia/Lord_Howe"]),
    st.integers(0, 6),
    st.integers(1, 31),
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),
)
def test_no_day_is_had_twice_and_none_left_out(
    every: Every, hour: int, zone: str, weekday: int, day: int, start: datetime
) -> None:
    table = Timetable(every, hour, ZoneInfo(zone), weekday, day)
    found = times(table, start, 4)
    days = [at.astimezone(table.zone).date() for at in found]
    assert len(set(days)) == 4
    for before, after in pairwise(found):
        assert timedelta(hours=22) <= after - before <= LONGEST[every]


@pytest.mark.parametrize("every", Every)
def test_a_bad_clock_is_noticed(every: Every) -> None:
    now = datetime(2026, 5, 5, tzinfo=UTC)
    assert Timetable(every, 8, CAIRO, day=31).after(now) <= now + LONGEST[every]
