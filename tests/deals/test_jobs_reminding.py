"""Partners are reminded of an expiry: in the morning where they are, once, and not of what is past."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import psycopg2
import pytest
from django.db import connection

from deals import actions
from deals.clock import next_reminder, reminders, valid_until
from deals.models import Deal, DealEvent, RulesVersion
from deals.rules import Rules
from deals.states import Status
from deals.tasks import each_due, remind_due
from identity import tenancy
from identity.actors import Actor
from notifications.kinds import known
from notifications.letters import words_of
from notifications.models import Notice
from tests.cast import Cast
from tests.deals.factories import make_deal

DAYS = (30, 14, 7, 1)
APPROVED_AT = datetime(
    2026, 3, 2, 12, tzinfo=UTC
)  # valid until 31 May, in Cairo (UTC+3 by then) until 20:59:59 UTC


def approved(cast: Cast, **changes: Any) -> Deal:
    return refreshed(make_deal(cast, Status.APPROVED, now=APPROVED_AT, **changes))


def refreshed(deal: Deal) -> Deal:
    with tenancy.as_system():
        return Deal.objects.get(id=deal.id)


def reminded(deal: Deal) -> list[datetime]:
    """When, by the timeline."""
    with tenancy.as_system():
        events = DealEvent.objects.filter(deal_id=deal.id, kind="reminded").order_by("id")
        return list(events.values_list("at", flat=True))


def told(deal: Deal) -> list[str]:
    """The subjects of the reminders, in English."""
    with tenancy.as_system():
        notices = Notice.objects.filter(href=f"/deals/{deal.public_id}/", kind__startswith="deal.expir")
        found = list(notices.exclude(kind="deal.expired").order_by("id"))
    return [words_of(kind, notice.context).subject for notice in found if (kind := known(notice.kind))]


def cairo(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Africa/Cairo"))


@pytest.mark.django_db
class TestAReminder:
    def test_comes_at_each_of_the_days_the_rules_name(self, cast: Cast) -> None:
        deal = approved(cast)
        hour = APPROVED_AT
        while hour < cairo(5, 31, 23, 59):
            remind_due(now=hour)
            hour += timedelta(hours=1)
        assert reminded(deal) == [cairo(5, 1), cairo(5, 17), cairo(5, 24), cairo(5, 30)]
        assert told(deal) == [
            f"Deal {deal.number} expires in 30 days",
            f"Deal {deal.number} expires in 14 days",
            f"Deal {deal.number} expires in 7 days",
            f"Deal {deal.number} expires in 1 day",
        ]
        assert refreshed(deal).remind_at is None

    def test_comes_once_however_often_the_job_runs(self, cast: Cast) -> None:
        deal = approved(cast)
        assert [remind_due(now=cairo(5, 1)) for _ in range(3)] == [1, 0, 0]
        assert len(told(deal)) == len(reminded(deal)) == 1

    def test_stands_for_all_that_were_missed_when_the_clock_jumps(self, cast: Cast) -> None:
        deal = approved(cast)
        remind_due(now=cairo(5, 26, 14))
        assert told(deal) == [f"Deal {deal.number} expires in 5 days"]
        assert refreshed(deal).remind_at == cairo(5, 30)

    def test_comes_once_a_day_even_if_one_was_late(self, cast: Cast) -> None:
        deal = approved(cast)
        assert [remind_due(now=cairo(5, 30, hour)) for hour in (8, 9, 10)] == [1, 0, 0]
        assert told(deal) == [f"Deal {deal.number} expires in 1 day"]

    def test_says_that_it_is_the_last_day(self, cast: Cast) -> None:
        deal = approved(cast)
        remind_due(now=cairo(5, 31, 8))
        assert told(deal) == [f"Deal {deal.number} expires today"]

    def test_is_not_sent_of_what_has_run_out(self, cast: Cast) -> None:
        deal = approved(cast)
        remind_due(now=cairo(6, 1, 8))
        assert told(deal) == reminded(deal) == []
        assert refreshed(deal).remind_at is None

    def test_disturbs_nobody_who_has_the_deal_open(self, cast: Cast) -> None:
        deal = approved(cast)
        remind_due(now=cairo(5, 1))
        assert refreshed(deal).version == deal.version

    def test_is_not_due_before_its_time(self, cast: Cast) -> None:
        deal = approved(cast)
        with tenancy.as_system(), pytest.raises(actions.DealNotOpen):
            actions.remind_of_expiry(deal, by=Actor.system(), now=cairo(5, 1, 8, 59))

    def test_of_a_deal_that_was_won_is_not_sent(self, cast: Cast) -> None:
        make_deal(cast, Status.WON, now=APPROVED_AT)
        assert remind_due(now=cairo(5, 1)) == 0

    def test_follows_the_rules_as_they_are_from_the_next_one_on(self, cast: Cast) -> None:
        deal = approved(cast)
        with tenancy.as_system():
            content = Rules(reminder_days=(20, 3)).to_json()
            last = RulesVersion.objects.count() + 1
            RulesVersion.objects.create(number=last + 1, content=content, made_at=APPROVED_AT)
        remind_due(now=cairo(5, 1))
        assert told(deal) == [f"Deal {deal.number} expires in 30 days"]  # was due by the rules before
        assert refreshed(deal).remind_at == cairo(5, 11)

    @pytest.mark.parametrize(
        ("columns", "advice"),
        [
            ({}, "ask for an extension"),
            ({"extensions": 2}, "Mark it as won or lost"),
            ({"extension_asked_at": cairo(5, 1), "extension_text": "x", "extension_due_at": cairo(5, 3)}, "You asked"),
        ],
    )  # fmt: skip
    def test_says_what_can_be_done(self, cast: Cast, columns: dict[str, Any], advice: str) -> None:
        deal = approved(cast)
        with tenancy.as_system():
            Deal.objects.filter(id=deal.id).update(**columns)
        remind_due(now=cairo(5, 17))
        with tenancy.as_system():
            notice = Notice.objects.get(kind="deal.expiring")
        kind = known(notice.kind)
        assert kind
        assert advice in words_of(kind, notice.context).paragraphs[-1]


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_remind_each_deal_once(self, cast: Cast) -> None:
        deals = [approved(cast) for _ in range(8)]
        start = Barrier(2)

        def run() -> int:
            start.wait()
            try:
                return remind_due(now=cairo(5, 1))
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            found = [job.result() for job in [pool.submit(run), pool.submit(run)]]
        found.append(remind_due(now=cairo(5, 1)))

        assert sum(found) == len(deals)
        assert [len(reminded(deal)) for deal in deals] == [1] * len(deals)
        assert [len(told(deal)) for deal in deals] == [1] * len(deals)

    def test_leave_a_deal_that_somebody_holds_for_the_next_run(self, cast: Cast) -> None:
        held, free = approved(cast), approved(cast)
        with closing(psycopg2.connect(os.environ["TEST_DATABASE_URL"])) as other, other.cursor() as cursor:
            cursor.execute("SET ROLE portal_system")
            cursor.execute("SELECT FROM deals_deal WHERE id = %s FOR UPDATE", [held.id])
            assert remind_due(now=cairo(5, 1)) == 1
            other.rollback()
        assert (reminded(held), len(reminded(free))) == ([], 1)
        assert remind_due(now=cairo(5, 1)) == 1

    def test_one_that_fails_holds_up_no_other(self, cast: Cast) -> None:
        bad, good = approved(cast), approved(cast)
        as_owner("ALTER TABLE deals_dealevent ADD CONSTRAINT no_more CHECK (deal_id <> %s) NOT VALID", bad.id)
        try:
            assert remind_due(now=cairo(5, 1)) == 1
        finally:
            as_owner("ALTER TABLE deals_dealevent DROP CONSTRAINT no_more")
        assert (reminded(bad), len(reminded(good))) == ([], 1)
        assert remind_due(now=cairo(5, 1)) == 1  # tried again, and done now


def as_owner(statement: str, *params: Any) -> None:
    with (
        closing(psycopg2.connect(os.environ["TEST_DATABASE_OWNER_URL"])) as owner,
        owner,
        owner.cursor() as cursor,
    ):
        cursor.execute(statement, params)


# Zones with summer time north and south, without any, half hours off, and beyond the date line.
ZONES = (
    "Africa/Cairo", "Europe/Warsaw", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata",
    "Pacific/Apia", "Pacific/Pago_Pago", "America/Santiago", "Asia/Beirut", "UTC",
)  # fmt: skip
# Approvals whose time, or whose reminders, go over a change of the clock.
MOMENTS = (
    datetime(2026, 1, 10, 23, 30, tzinfo=UTC),
    datetime(2026, 3, 28, 0, 30, tzinfo=UTC),
    datetime(2026, 7, 25, 10, 0, tzinfo=UTC),
    datetime(2026, 10, 24, 22, 45, tzinfo=UTC),
)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("approved_at", MOMENTS)
class TestInEveryZone:
    def test_an_approval_is_valid_until_the_end_of_a_day_there(
        self, zone: str, approved_at: datetime
    ) -> None:
        until = valid_until(approved_at, zone, days=90)
        local = until.astimezone(ZoneInfo(zone))
        assert (local.hour, local.minute, local.second) == (23, 59, 59)
        assert (local.date() - approved_at.astimezone(ZoneInfo(zone)).date()).days == 90
        assert (until + timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date() == local.date() + timedelta(
            days=1
        )

    def test_reminders_are_at_nine_there(self, zone: str, approved_at: datetime) -> None:
        until = valid_until(approved_at, zone, days=90)
        found = reminders(until, zone, DAYS)
        there = [moment.astimezone(UTC).astimezone(ZoneInfo(zone)) for moment, _ in found]
        assert [(moment.hour, moment.minute) for moment in there] == [(9, 0)] * 4
        assert [(until.astimezone(ZoneInfo(zone)).date() - moment.date()).days for moment in there] == list(
            DAYS
        )

    def test_each_follows_the_one_before(self, zone: str, approved_at: datetime) -> None:
        until = valid_until(approved_at, zone, days=90)
        moment: datetime | None = approved_at
        found = []
        while moment := next_reminder(until, zone, DAYS, after=moment):  # type: ignore[arg-type]
            found.append(moment)
        assert found == [when for when, _ in reminders(until, zone, DAYS)]


class TestOverTheChangeOfTheClock:
    @pytest.mark.parametrize(
        ("zone", "before", "after"),
        [  # in UTC: the same nine o'clock, an hour earlier in summer
            ("Europe/Warsaw", "2026-03-28T08:00", "2026-03-29T07:00"),
            ("Africa/Cairo", "2026-04-23T07:00", "2026-04-24T06:00"),
            ("America/New_York", "2026-10-31T13:00", "2026-11-01T14:00"),
            ("Australia/Lord_Howe", "2026-04-03T22:00", "2026-04-04T22:30"),  # by half an hour
        ],
    )
    def test_nine_is_nine(self, zone: str, before: str, after: str) -> None:
        first = datetime.fromisoformat(before).replace(tzinfo=UTC)
        day = first.astimezone(ZoneInfo(zone)).date()
        until = valid_until(first, zone, days=10)
        days = (until.astimezone(ZoneInfo(zone)).date() - day).days
        found = [moment.astimezone(UTC) for moment, _ in reminders(until, zone, (days, days - 1))]
        assert [f"{moment:%Y-%m-%dT%H:%M}" for moment in found] == [before, after]


@pytest.mark.django_db
def test_what_there_is_no_time_for_is_left_for_the_next_run(cast: Cast) -> None:
    deals = [approved(cast) for _ in range(5)]

    def remind(deal: Deal) -> bool:
        return actions.remind_of_expiry(deal, by=Actor.system(), now=cairo(5, 1))

    due = Deal.objects.filter(remind_at__lte=cairo(5, 1)).order_by("id")
    assert [each_due(due, remind, batch=2, budget=0) for _ in range(4)] == [2, 2, 1, 0]
    assert [len(reminded(deal)) for deal in deals] == [1] * 5
