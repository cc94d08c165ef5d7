"""How quick decisions are, for everybody to see: only of enough of them, and the same all day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from calendars.models import WorkingCalendar
from deals.models import Deal, DealEvent, DecisionPace
from deals.states import Status
from deals.tasks import measure_pace
from identity import tenancy
from identity.models import Site, Tool
from tests.cast import Cast
from tests.deals.factories import make_deal
from tests.factories import make_member, make_site

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 6, 1, 8, tzinfo=UTC)
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def one(cast: Cast) -> Deal:
    """A deal that others are copies of. There is one calendar: Monday to Friday, 9 to 17 in UTC."""
    with tenancy.as_system():
        WorkingCalendar.objects.exclude(country="").delete()
        calendar = WorkingCalendar.objects.get(country="")
        calendar.holidays.all().delete()
        WorkingCalendar.objects.update(weekend=[5, 6], time_zone="UTC", opens="09:00", closes="17:00")
    return make_deal(cast, Status.APPROVED, now=MONDAY)


def decided(one: Deal, waits: list[timedelta], *, sites: int = 5, **columns: Any) -> list[Deal]:
    """Copies of a deal, spread over so many sites: each handed in on Monday at nine, decided after one of these."""
    since = MONDAY + timedelta(hours=1)
    places = [make_site() for _ in range(sites)]
    members = [make_member(place, "Sales", tools=[Tool.DEAL_REGISTRATION]) for place in places]
    rows = []
    with tenancy.as_system():
        for index, wait in enumerate(waits):
            row = Deal.objects.get(id=one.id)
            row.pk = None
            row.public_id = f"copy{index:08d}"
            row.number, row.submission_ref = f"DR-{index}", f"S-{index}"
            row.site, row.owner = places[index % sites], members[index % sites]
            row.distributor = None
            row.waiting_since, row.decided_at = since, since + wait
            for name, value in columns.items():
                setattr(row, name, value)
            row.save(force_insert=True)
            rows.append(row)
        Deal.objects.filter(id=one.id).update(waiting_since=None)
    return rows


def broken(deal: Deal) -> None:
    """Note that its promise was escalated before it was decided."""
    assert deal.decided_at
    with tenancy.as_system():
        DealEvent.objects.create(
            deal=deal, at=deal.decided_at - timedelta(minutes=1), kind="escalated", actor_kind="system",
            actor_name="Portway", **deal.readers(),
        )  # fmt: skip


class TestThePace:
    def test_is_the_median_in_working_hours_and_the_promises_kept(self, one: Deal) -> None:
        hours = [timedelta(hours=n) for n in (1, 2, 3, 5, 8)] * 4 + [
            timedelta(days=7)
        ]  # seven days: 40 hours
        deals = decided(one, hours)
        for deal in deals[:3]:
            broken(deal)
        found = measure_pace(now=NOW)
        assert found
        assert (found.on, found.days, found.median_hours, found.kept_percent) == (NOW.date(), 90, 3, 85)

    def test_does_not_count_nights_and_weekends(self, one: Deal) -> None:
        decided(one, [timedelta(days=7)] * 20)
        found = measure_pace(now=NOW)
        assert found
        assert found.median_hours == 40

    @pytest.mark.parametrize(("number", "sites"), [(19, 5), (40, 4)])
    def test_is_not_told_of_too_few(self, one: Deal, number: int, sites: int) -> None:
        decided(one, [timedelta(hours=2)] * number, sites=sites)
        assert measure_pace(now=NOW) is None
        with tenancy.as_system():
            assert not DecisionPace.objects.exists()

    def test_is_worked_out_once_a_day(self, one: Deal) -> None:
        deals = decided(one, [timedelta(hours=2)] * 20)
        first = measure_pace(now=NOW)
        with tenancy.as_system():
            Deal.objects.filter(id__in=[deal.id for deal in deals]).update(
                waiting_since=MONDAY - timedelta(days=7)
            )
        again = measure_pace(now=NOW + timedelta(hours=3))
        tomorrow = measure_pace(now=NOW + timedelta(days=1))
        assert first
        assert again
        assert tomorrow
        assert (first.median_hours, again.median_hours) == (2, 2)
        assert tomorrow.median_hours > 40
        with tenancy.as_system():
            assert DecisionPace.objects.count() == 2

    def test_leaves_out_what_was_decided_long_ago_and_what_waits_again(self, one: Deal) -> None:
        deals = decided(one, [timedelta(hours=2)] * 21)
        with tenancy.as_system():
            ids = [deal.id for deal in deals]
            Deal.objects.filter(id=ids[0]).update(
                decided_at=NOW - timedelta(days=91), waiting_since=NOW - timedelta(days=99)
            )
            assert measure_pace(now=NOW)
            DecisionPace.objects.all().delete()
            Deal.objects.filter(id=ids[1]).update(waiting_since=NOW)
            assert measure_pace(now=NOW) is None

    def test_counts_by_the_calendar_of_the_partners_country(self, one: Deal) -> None:
        decided(one, [timedelta(hours=6)] * 20)
        with tenancy.as_system():
            late_risers = WorkingCalendar.objects.create(
                country="PL", weekend=[5, 6], time_zone="UTC", opens="12:00", closes="17:00"
            )
            assert Site.objects.filter(country=late_risers.country).exists()
        found = measure_pace(now=NOW)
        assert found
        assert found.median_hours == 3


@pytest.mark.parametrize("status", [Status.APPROVED, Status.REJECTED, Status.RETURNED])
def test_a_decision_keeps_since_when_the_deal_waited(cast: Cast, status: str) -> None:
    deal = make_deal(cast, status, now=MONDAY)
    with tenancy.as_system():
        assert Deal.objects.get(id=deal.id).waiting_since == MONDAY
