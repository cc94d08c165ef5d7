"""A promised decision that is late: told to those who can do something about it, once, and decided by nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from deals import actions
from deals.models import Deal, DealEvent
from deals.states import Status
from deals.tasks import escalate_due
from identity import tenancy
from identity.actors import Actor
from identity.models import AuditEvent, StaffRole
from identity.worklist import tasks_for
from notifications.models import Notice
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import do, make_deal
from tests.factories import make_user

SECOND = timedelta(seconds=1)


def refreshed(deal: Deal) -> Deal:
    with tenancy.as_system():
        return Deal.objects.get(id=deal.id)


def promised(deal: Deal) -> datetime:
    assert deal.decision_due_at is not None
    return deal.decision_due_at


def escalations(deal: Deal) -> list[str]:
    """Who sees each entry about it in the timeline."""
    with tenancy.as_system():
        events = DealEvent.objects.filter(deal_id=deal.id, kind="escalated")
        return list(events.values_list("visible_to", flat=True))


def told(kind: str) -> list[Notice]:
    with tenancy.as_system():
        return list(Notice.objects.filter(kind=kind).order_by("id"))


@pytest.mark.django_db
class TestALateDecision:
    @pytest.mark.parametrize("status", [Status.SUBMITTED, Status.UNDER_REVIEW])
    def test_is_escalated_once(self, cast: Cast, status: str) -> None:
        deal = make_deal(cast, status)
        late = promised(deal) + SECOND
        assert [escalate_due(now=late + n * SECOND) for n in range(3)] == [1, 0, 0]
        assert refreshed(deal).escalated_at == late
        assert escalations(deal) == ["all"]  # the partner sees it
        (notice,) = told("deal.decision_late")
        assert [audience["role"] for audience in notice.audiences] == ["deal_desk", "channel_operations"]
        with tenancy.as_system():
            assert AuditEvent.objects.filter(event="deal.escalated", object_id=deal.public_id).count() == 1

    def test_is_not_late_before_its_time(self, cast: Cast) -> None:
        deal = make_deal(cast)
        assert escalate_due(now=promised(deal)) == 0
        with tenancy.as_system(), pytest.raises(actions.DealNotOpen):
            actions.escalate_deal(deal, by=Actor.system(), now=promised(deal))

    def test_is_never_made_by_itself(self, cast: Cast) -> None:
        deal = make_deal(cast)
        escalate_due(now=promised(deal) + timedelta(days=300))
        found = refreshed(deal)
        assert (found.status, found.number, found.version) == (Status.SUBMITTED, None, deal.version)
        assert found.decision_due_at == deal.decision_due_at

    @pytest.mark.parametrize("status", [Status.RETURNED, Status.APPROVED, Status.REJECTED, Status.WITHDRAWN])
    def test_cannot_be_late_once_it_is_made(self, cast: Cast, status: str) -> None:
        make_deal(cast, status)
        assert escalate_due(now=timezone.now() + timedelta(days=300)) == 0

    def test_is_escalated_again_when_the_next_promise_is_broken_too(self, cast: Cast) -> None:
        deal = make_deal(cast)
        people: dict[str, Any] = {"partner": cast.sales, "staff": cast.deal_desk}
        escalate_due(now=promised(deal) + SECOND)
        do("return", deal, **people)
        again = do("submit", deal, **people, now=promised(deal) + timedelta(days=1))
        assert again.escalated_at is None
        assert escalate_due(now=promised(again) + SECOND) == 1
        assert len(escalations(deal)) == len(told("deal.decision_late")) == 2

    def test_is_the_same_number_of_queries_for_none_as_ever(
        self, cast: Cast, django_assert_max_num_queries: Any
    ) -> None:
        make_deal(cast)
        with django_assert_max_num_queries(10):
            assert escalate_due(now=timezone.now()) == 0


@pytest.mark.django_db
class TestALateAnswerToAnExtension:
    @pytest.fixture
    def asked(self, cast: Cast) -> Deal:
        deal = make_deal(cast, Status.APPROVED)
        now = refreshed(deal).expires_at
        assert now
        with tenancy.scope(actor(cast.sales)):
            return actions.ask_extension(
                deal, text="The board meets.", by=actor(cast.sales), now=now - timedelta(days=3)
            )

    def test_is_escalated_once(self, asked: Deal) -> None:
        due = asked.extension_due_at
        assert due
        assert escalate_due(now=due) == 0
        assert [escalate_due(now=due + SECOND) for _ in range(2)] == [1, 0]
        assert len(told("deal.extension_late")) == len(escalations(asked)) == 1
        assert refreshed(asked).status == Status.APPROVED

    def test_even_if_the_approval_was_late_as_well(self, asked: Deal) -> None:
        with tenancy.as_system():
            Deal.objects.filter(id=asked.id).update(escalated_at=asked.approved_at)
        assert escalate_due(now=timezone.now() + timedelta(days=300)) == 1


@pytest.mark.django_db
class TestWhoIsToldOnTheirHomePage:
    def test_channel_operations_of_every_broken_promise(self, cast: Cast) -> None:
        channel = make_user("Carol Channel", staff_roles=[StaffRole.CHANNEL_OPERATIONS])
        late, in_time = make_deal(cast), make_deal(cast)
        with tenancy.as_system():
            Deal.objects.filter(id=late.id).update(decision_due_at=timezone.now() - timedelta(hours=1))
        with tenancy.scope(actor(channel)):
            titles = [str(task.title) for task in tasks_for(actor(channel), now=timezone.now())]
        assert "1 promised decision is late" in titles
        assert in_time.decision_due_at

    def test_not_when_every_promise_is_kept(self, cast: Cast) -> None:
        channel = make_user("Carol Channel", staff_roles=[StaffRole.CHANNEL_OPERATIONS])
        make_deal(cast)
        with tenancy.scope(actor(channel)):
            assert not [
                task for task in tasks_for(actor(channel), now=timezone.now()) if "late" in str(task.title)
            ]


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_escalate_each_promise_once(self, cast: Cast) -> None:
        deals = [make_deal(cast) for _ in range(6)]
        late = max(promised(deal) for deal in deals) + SECOND
        start = Barrier(2)

        def run() -> int:
            start.wait()
            try:
                return escalate_due(now=late)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            found = [job.result() for job in [pool.submit(run), pool.submit(run)]]
        found.append(escalate_due(now=late))

        assert sum(found) == len(deals)
        assert len(told("deal.decision_late")) == len(deals)
        assert [len(escalations(deal)) for deal in deals] == [1] * len(deals)


@pytest.mark.django_db
class TestThePartnersPage:
    def page(self, cast: Cast, deal: Deal) -> str:
        return signed_in(cast.sales).get(f"/deals/{deal.public_id}/").content.decode()

    def test_says_that_the_decision_is_late_and_who_was_told(self, cast: Cast) -> None:
        deal = make_deal(cast)
        assert "It is late." not in self.page(cast, deal)
        with tenancy.as_system():
            Deal.objects.filter(id=deal.id).update(decision_due_at=timezone.now() - timedelta(hours=1))
        escalate_due(now=timezone.now())
        page = self.page(cast, deal)
        assert "It is late. Deal desk and channel operations were told on" in page
        timeline = "The promised decision is late: deal desk and channel operations were told"
        assert timeline in page

    def test_says_that_the_answer_to_an_extension_is_late(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        with tenancy.as_system():
            hour_ago = timezone.now() - timedelta(hours=1)
            Deal.objects.filter(id=deal.id).update(
                expires_at=timezone.now() + timedelta(days=3),
                extension_asked_at=hour_ago - timedelta(days=5),
                extension_text="The board meets.",
                extension_due_at=hour_ago,
            )
        assert "The answer is late." not in self.page(cast, deal)
        escalate_due(now=timezone.now())
        assert "The answer is late. Deal desk and channel operations were told on" in self.page(cast, deal)
