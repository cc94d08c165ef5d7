"""The calendars there are: what a new portal begins with, and whose calendar counts."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calendars import beginning
from calendars.models import WorkingCalendar
from calendars.queries import calendar_for, calendars_for
from identity import tenancy
from tests.cast import Cast, actor

pytestmark = pytest.mark.django_db


class TestTheCalendarOfACountry:
    def test_has_its_weekend_and_holidays(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.deal_desk)):
            egypt = calendar_for("EG")
        assert egypt.weekend == {4, 5}
        assert date(2026, 10, 6) in egypt.holidays
        assert egypt.zone.key == "Africa/Cairo"
        assert (egypt.opens, egypt.closes) == (time(9), time(17))

    def test_is_the_default_one_where_there_is_none(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.deal_desk)):
            assert calendar_for("FJ") == calendar_for() == calendar_for("")
            assert calendar_for("FJ").weekend == {5, 6}

    def test_takes_one_query_for_however_many(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.deal_desk)), CaptureQueriesContext(connection) as queries:
            found = calendars_for(["EG", "AE", "FJ", "EG"])
        assert len(queries) == 1
        assert {country: calendar.weekend for country, calendar in found.items()} == {
            "EG": {4, 5}, "AE": {5, 6}, "FJ": {5, 6},
        }  # fmt: skip

    @pytest.mark.parametrize("who", ["deal_desk", "sales", "distributor", "applicant"])
    def test_is_known_to_everybody(self, cast: Cast, who: str) -> None:
        with tenancy.scope(actor(getattr(cast, who))):
            assert calendar_for("PL").holidays

    def test_is_known_at_the_door_and_to_jobs(self, cast: Cast) -> None:
        with tenancy.door():
            assert calendar_for("PL").holidays
        with tenancy.as_system():
            assert calendar_for("PL").holidays


class TestWhatANewPortalBeginsWith:
    def test_is_what_the_file_says(self, cast: Cast) -> None:
        with tenancy.as_system():
            kept = {
                row.country: {day.on: (day.name, day.every_year) for day in row.holidays.all()}
                for row in WorkingCalendar.objects.prefetch_related("holidays")
            }
        assert kept == {columns["country"]: days for columns, days in beginning.calendars()}
        assert set(kept) == {"", "EG", "SA", "AE", "MA", "PL", "BR", "IT", "GB", "US"}

    def test_has_every_feast_on_the_right_day_of_the_week(self) -> None:
        weekdays = {
            "Easter Monday": {0}, "Good Friday": {4}, "Corpus Christi": {3}, "Carnival Tuesday": {1},
            "Sham el-Nessim": {0}, "Thanksgiving Day": {3}, "Memorial Day": {0}, "Spring bank holiday": {0},
            "Labor Day": {0}, "Martin Luther King Jr. Day": {0},
        }  # fmt: skip
        for _, days in beginning.calendars():
            for on, (name, _) in days.items():
                assert on.weekday() in weekdays.get(name, set(range(7))), (on, name)

    def test_gives_a_day_off_for_every_american_and_british_holiday_at_a_weekend(self) -> None:
        known = {columns["country"]: days for columns, days in beginning.calendars()}
        near = timedelta(days=3)
        for country, ending in (("US", "observed"), ("GB", "substitute")):
            for on, (name, _) in known[country].items():
                if on.weekday() in (5, 6) and on > date(2025, 12, 31):
                    nearby = [other for other in known[country] if abs(other - on) <= near]
                    assert any(known[country][day][0].endswith(ending) for day in nearby), (country, on, name)
