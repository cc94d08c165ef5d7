"""Time: each slot of a job once, and 08:00 on the reader's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity import tenancy
from notifications.clock import next_morning, once_per_slot, zone
from notifications.models import JobRun

NOON = datetime(2026, 3, 5, 12, 0, 7, tzinfo=UTC)
QUARTER = timedelta(seconds=15)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.django_db
class TestASlot:
    def test_is_taken_once(self) -> None:
        assert once_per_slot("job", QUARTER, NOON)
        assert not once_per_slot("job", QUARTER, NOON + timedelta(seconds=7))

    def test_is_followed_by_another(self) -> None:
        assert once_per_slot("job", QUARTER, NOON)
        assert once_per_slot("job", QUARTER, NOON + QUARTER)

    def test_is_each_jobs_own(self) -> None:
        assert once_per_slot("job", QUARTER, NOON)
        assert once_per_slot("another", QUARTER, NOON)

    def test_is_forgotten_after_two_days(self) -> None:
        once_per_slot("job", QUARTER, NOON)
        once_per_slot("job", QUARTER, NOON + timedelta(days=3))
        with tenancy.as_system():
            assert JobRun.objects.count() == 1


class TestMorning:
    @pytest.mark.parametrize(
        ("zone_name", "now", "morning"),
        [
            ("UTC", "2026-03-05T07:59:59", "2026-03-05T08:00"),
            ("UTC", "2026-03-05T08:00", "2026-03-06T08:00"),
            ("America/Sao_Paulo", "2026-03-05T12:00", "2026-03-06T11:00"),
            ("Asia/Kolkata", "2026-03-05T01:00", "2026-03-05T02:30"),
            # Warsaw: on 29 March 2026 the clocks go forward at 02:00, on 25 October back at 03:00.
            ("Europe/Warsaw", "2026-03-28T12:00", "2026-03-29T06:00"),
            ("Europe/Warsaw", "2026-03-27T12:00", "2026-03-28T07:00"),
            ("Europe/Warsaw", "2026-10-24T12:00", "2026-10-25T07:00"),
            ("Europe/Warsaw", "2026-10-25T00:30", "2026-10-25T07:00"),  # 02:30, for the first time that night
            ("Europe/Warsaw", "2026-10-25T01:30", "2026-10-25T07:00"),  # 02:30, for the second time
        ],
    )
    def test_is_eight_on_the_readers_clock(self, zone_name: str, now: str, morning: str) -> None:
        assert next_morning(zone_name, utc(now)) == utc(morning)

    def test_where_nobody_knows_the_zone_is_of_utc(self) -> None:
        assert next_morning("Mars/Olympus", utc("2026-03-05T07:00")) == utc("2026-03-05T08:00")

    @given(
        st.sampled_from(["UTC", "Europe/Warsaw", "Africa/Cairo", "America/Sao_Paulo", "Asia/Kathmandu"]),
        st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    )
    def test_comes_within_a_day_and_is_always_eight(self, zone_name: str, now: datetime) -> None:
        morning = next_morning(zone_name, now)
        assert now < morning <= now + timedelta(hours=25)
        local = morning.astimezone(zone(zone_name))
        assert (local.hour, local.minute) == (8, 0)
