"""Approvals run out: many at once as one by one, once each, and without holding anybody up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deals import actions
from deals.models import Deal, DealEvent
from deals.states import Status
from deals.tasks import expire_due, expiring
from identity import tenancy
from identity.actors import Actor
from identity.models import AuditEvent
from notifications.actions import tell_many
from notifications.models import Notice, Priority
from tests.cast import Cast
from tests.deals.factories import do, make_deal, make_draft

pytestmark = pytest.mark.django_db

# What differs between two deals, and between being told alone and among many.
OWN = {"id", "deal_id", "public_id", "object_id", "dedupe_key", "href", "priority", "verdict", "verdict_rule"}
LONG_AFTER = timedelta(days=120)


def everything_about(deal: Deal, since: datetime) -> dict[str, list[dict[str, Any]]]:
    """All that the database has of a deal, but for what makes it another deal than its twin."""
    with tenancy.as_system():
        found = {
            "deal": Deal.objects.filter(id=deal.id),
            "events": DealEvent.objects.filter(deal_id=deal.id).order_by("id"),
            "audit": AuditEvent.objects.filter(object_id=deal.public_id).order_by("id"),
            "notices": Notice.objects.filter(
                href=f"/deals/{deal.public_id}/", created_at__gte=since
            ).order_by("id"),
        }
        return {
            name: [{key: _alike(value, deal) for key, value in row.items() if key not in OWN} for row in rows.values()]
            for name, rows in found.items()
        }  # fmt: skip


def _alike(value: Any, deal: Deal) -> Any:
    """A value without what is unique to the deal, so that a twin's is the same."""
    if isinstance(value, dict):
        return {key: _alike(part, deal) for key, part in value.items()}
    if isinstance(value, str):
        for own in filter(None, (deal.number, deal.submission_ref)):
            value = value.replace(own, "…")
    return value


def keys_of(deal: Deal) -> set[str]:
    with tenancy.as_system():
        keys = Notice.objects.filter(href=f"/deals/{deal.public_id}/").values_list("dedupe_key", flat=True)
        return {key.replace(deal.public_id, "…") for key in keys}


def set_columns(deal: Deal, **columns: Any) -> Deal:
    with tenancy.as_system():
        Deal.objects.filter(id=deal.id).update(**columns)
        return Deal.objects.get(id=deal.id)


def refreshed(deal: Deal) -> Deal:
    with tenancy.as_system():
        return Deal.objects.get(id=deal.id)


def expiry(deal: Deal) -> datetime:
    assert deal.expires_at is not None
    return deal.expires_at


def status_of(deal: Deal) -> str:
    return refreshed(deal).status


def approved(cast: Cast, number: int, **changes: Any) -> list[Deal]:
    return [make_deal(cast, Status.APPROVED, **changes) for _ in range(number)]


class TestManyAreExpiredAsOneIs:
    NAME = "Gates & “locks” — 100 %s 'quoted' بوابات"

    @pytest.mark.parametrize("microsecond", [0, 120_000, 345_678])
    def test_row_by_row(self, cast: Cast, microsecond: int) -> None:
        now = timezone.now() + LONG_AFTER
        begun = timezone.now()
        one, other = approved(cast, 2, now=begun, name=self.NAME, customer_name="Oasis العيادات")
        for deal in (one, other):
            set_columns(deal, expires_at=begun.replace(microsecond=microsecond))

        with tenancy.as_system():
            actions.expire_deal(one, by=Actor.system(), now=now)
        expire_due(now=now)

        assert status_of(other) == Status.EXPIRED
        assert everything_about(other, now) == everything_about(one, now)
        assert keys_of(other) == keys_of(one)
        assert {key.partition(":")[0] for key in keys_of(other)} >= {"deal.expired", "deal.moved"}

    def test_without_a_distributor_too(self, cast: Cast) -> None:
        begun, now = timezone.now(), timezone.now() + LONG_AFTER
        people: dict[str, Any] = {"partner": cast.sales, "staff": cast.deal_desk, "now": begun}
        one, other = (make_draft(cast.sales, now=begun, customer_name="Oasis") for _ in range(2))
        for deal in (one, other):
            do("approve", do("submit", deal, **people), **people)
        one, other = refreshed(one), refreshed(other)

        with tenancy.as_system():
            actions.expire_deal(one, by=Actor.system(), now=now)
        expire_due(now=now)

        assert everything_about(other, now) == everything_about(one, now)
        assert keys_of(other) == keys_of(one)
        assert not any(key.startswith("deal.moved") for key in keys_of(other))

    def test_but_whoever_is_told_much_at_once_hears_of_everything_else_first(self, cast: Cast) -> None:
        approved(cast, 1)
        expire_due(now=timezone.now() + LONG_AFTER)
        with tenancy.as_system():
            told = dict(Notice.objects.order_by("id").values_list("kind", "priority"))
        assert (told["deal.approved"], told["deal.expired"]) == (Priority.NOTICE, Priority.BULK)


class TestWhatExpires:
    def test_what_is_due_and_nothing_else(self, cast: Cast) -> None:
        deal, later, won = *approved(cast, 2), make_deal(cast, Status.WON)
        set_columns(later, expires_at=expiry(deal) + timedelta(seconds=1))

        assert expire_due(now=expiry(deal) - timedelta(seconds=1)) == 0
        assert expire_due(now=expiry(deal)) == 1

        assert [status_of(each) for each in (deal, later, won)] == ["expired", "approved", "won"]

    def test_not_while_an_extension_waits_to_be_decided(self, cast: Cast) -> None:
        deal = approved(cast, 1)[0]
        asked = {"extension_text": "The board meets in May.", "extension_due_at": timezone.now()}
        set_columns(deal, extension_asked_at=timezone.now(), **asked)
        assert expire_due(now=timezone.now() + LONG_AFTER) == 0
        with tenancy.as_system(), pytest.raises(actions.DealNotOpen):
            actions.expire_deal(deal, by=Actor.system(), now=timezone.now() + LONG_AFTER)

        set_columns(deal, extension_asked_at=None, extension_text="", extension_due_at=None)
        assert expire_due(now=timezone.now() + LONG_AFTER) == 1

    def test_nothing_is_left_of_a_reminder(self, cast: Cast) -> None:
        deal = approved(cast, 1)[0]
        expire_due(now=timezone.now() + LONG_AFTER)
        with tenancy.as_system():
            assert Deal.objects.get(id=deal.id).remind_at is None


class TestBatches:
    def test_take_all_in_the_end(self, cast: Cast) -> None:
        deals = approved(cast, 5)
        assert expire_due(now=timezone.now() + LONG_AFTER, batch=2) == 5
        assert {status_of(deal) for deal in deals} == {"expired"}

    def test_stop_when_their_time_is_over_and_go_on_the_next_time(self, cast: Cast) -> None:
        approved(cast, 5)
        now = timezone.now() + LONG_AFTER
        found = [expire_due(now=now, batch=2, budget=0) for _ in range(4)]
        assert found == [2, 2, 1, 0]

    def test_ask_as_much_of_the_database_for_three_deals_as_for_one(
        self, cast: Cast, django_assert_num_queries: Any
    ) -> None:
        now = timezone.now() + LONG_AFTER
        with CaptureQueriesContext(connection) as one:
            approved(cast, 1)
            before = len(one.captured_queries)
            expire_due(now=now)
        approved(cast, 3)
        with django_assert_num_queries(len(one.captured_queries) - before):
            assert expire_due(now=now) == 3


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_a_deal_that_somebody_holds_is_left_for_the_next_run(self, cast: Cast) -> None:
        held, free = approved(cast, 2)
        now = timezone.now() + LONG_AFTER
        with somebody_else() as other, other.cursor() as cursor:
            cursor.execute(
                "SET ROLE portal_system; SELECT FROM deals_deal WHERE id = %s FOR UPDATE", [held.id]
            )
            assert expire_due(now=now) == 1
            other.rollback()
        assert [status_of(held), status_of(free)] == ["approved", "expired"]
        assert expire_due(now=now) == 1
        assert status_of(held) == "expired"

    def test_one_that_was_won_meanwhile_stays_won(self, cast: Cast) -> None:
        """Its win is committed after the job began to look, and before it comes to this deal."""
        deal = approved(cast, 1)[0]
        do("win", deal, partner=cast.sales, staff=cast.deal_desk)
        assert expire_due(now=timezone.now() + LONG_AFTER) == 0
        assert status_of(deal) == "won"

    def test_two_jobs_do_each_once(self, cast: Cast) -> None:
        deals = approved(cast, 12)
        now = timezone.now() + LONG_AFTER
        start = Barrier(3)

        def run() -> int:
            start.wait()
            try:
                return expire_due(now=now, batch=2)
            finally:
                connection.close()

        with ThreadPoolExecutor(3) as pool:
            found = [job.result() for job in [pool.submit(run) for _ in range(3)]]

        found.append(expire_due(now=now))  # what one left because the other held it
        assert sum(found) == len(deals)
        assert once_each(deals)

    def test_what_fails_in_the_midst_leaves_nothing_half_done(self, cast: Cast, monkeypatch: Any) -> None:
        deals = approved(cast, 4)
        now = timezone.now() + LONG_AFTER
        told: list[int] = []

        def dies_the_third_time(*args: Any, **kwargs: Any) -> int:
            told.append(1)
            if len(told) == 3:  # twice a batch
                raise SystemExit
            return tell_many(*args, **kwargs)

        monkeypatch.setattr(expiring, "tell_many", dies_the_third_time)
        with pytest.raises(SystemExit):
            expire_due(now=now, batch=2)
        assert sorted(status_of(deal) for deal in deals) == ["approved", "approved", "expired", "expired"]
        monkeypatch.undo()

        expire_due(now=now, batch=2)
        assert once_each(deals)


def once_each(deals: list[Deal]) -> bool:
    """Whether each deal is expired, with one entry in its timeline, one in the audit, and one notice to each party."""
    with tenancy.as_system():
        hrefs = [f"/deals/{deal.public_id}/" for deal in deals]
        counts = [
            Deal.objects.filter(id__in=[deal.id for deal in deals], status=Status.EXPIRED).count(),
            DealEvent.objects.filter(deal__in=deals, kind="expired").count(),
            AuditEvent.objects.filter(event="deal.expired").count(),
            Notice.objects.filter(href__in=hrefs, kind="deal.expired").count(),
            Notice.objects.filter(href__in=hrefs, kind="deal.moved").count(),
        ]
    return counts == [len(deals)] * 5


@contextmanager
def somebody_else() -> Iterator[Any]:
    """Another connection, as the portal's own processes make it."""
    with closing(psycopg2.connect(os.environ["TEST_DATABASE_URL"])) as other:
        yield other
