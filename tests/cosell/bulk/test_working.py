"""Files of deals in a worker's hands: a row is done once, whoever is killed over it; files are forgotten in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from cosell.bulk import reading, working
from cosell.models import Referral, ReferralUpload, UploadProblem, UploadRow, UploadStatus
from identity import tenancy
from identity.models import Membership
from notifications.models import Notice
from tests.cast import Cast
from tests.cosell.bulk.sending import csv_of, outcomes, row, send, sent, work
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    monkeypatch.setattr(working.connection, "close", lambda: None)  # the test's own transaction lives on it


@pytest.fixture
def five(admin: Membership) -> ReferralUpload:
    return send(admin, csv_of(row(deal_name=f"Deal {number}") for number in range(5)))


def now_of(upload: ReferralUpload) -> ReferralUpload:
    with tenancy.as_system():
        return ReferralUpload.objects.get(id=upload.id)


def names() -> list[str]:
    with tenancy.as_system():
        return list(Referral.objects.order_by("id").values_list("name", flat=True))


def later(upload: ReferralUpload) -> None:
    """The lease of whoever held it is over."""
    with tenancy.as_system():
        ReferralUpload.objects.filter(id=upload.id).update(lease_until=timezone.now() - timedelta(seconds=1))


class TestEachRowOnce:
    def test_what_was_broken_off_goes_on_where_it_was(
        self, five: ReferralUpload, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole, done = working._do_piece, []

        def dying(*args: Any) -> None:
            if done:
                raise OperationalError("the worker is killed")
            done.append(whole(*args))

        with monkeypatch.context() as patched:
            patched.setattr(working, "_do_piece", dying)
            work()
        assert (len(names()), now_of(five).status) == (2, UploadStatus.RUNNING)
        later(five)
        work()
        assert names() == [f"Deal {number}" for number in range(5)]
        assert (now_of(five).status, now_of(five).created) == (UploadStatus.DONE, 5)

    def test_a_piece_that_is_broken_off_leaves_nothing(
        self, five: ReferralUpload, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def dying(*args: Any) -> None:
            working_results(*args)
            raise OperationalError("the worker is killed")

        working_results = working._results
        monkeypatch.setattr(working, "_results", dying)
        work()
        assert names() == []

    def test_a_worker_that_was_thought_dead_stops(self, five: ReferralUpload) -> None:
        taken = working.take_next(timezone.now())
        assert taken is not None
        later(five)
        work()  # another one does all of it
        working.work_on(taken)
        assert len(names()) == 5
        assert now_of(five).created == 5

    def test_an_end_is_told_once_to_the_sender_alone(self, five: ReferralUpload, admin: Membership) -> None:
        work()
        work()
        with tenancy.as_system():
            told = Notice.objects.get(kind="cosell.upload_done")
        assert told.audiences == [{"to": "user", "user_id": admin.user_id, "site_id": admin.site_id}]

    def test_what_cannot_be_ended_is_given_up(
        self, five: ReferralUpload, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*args: Any) -> None:
            raise RuntimeError("a mistake of ours")

        monkeypatch.setattr(working, "_do_piece", broken)
        for _attempt in range(working.MOST_ATTEMPTS + 1):
            work()
            later(five)
        assert (now_of(five).status, now_of(five).problem) == (UploadStatus.STOPPED, UploadProblem.GIVEN_UP)
        assert now_of(five).unprocessed == 5

    def test_one_row_that_breaks_something_of_ours_keeps_none_of_the_others(
        self, five: ReferralUpload, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from cosell.referrals import actions

        make = actions.make_deal

        def breaking(content: Any, **how: Any) -> Referral:
            if content.name == "Deal 2":
                raise RuntimeError("a mistake of ours")
            return make(content, **how)

        monkeypatch.setattr(actions, "make_deal", breaking)
        work()
        assert outcomes(five) == ["created", "created", "unprocessed", "created", "created"]


class TestWhoeverSentIt:
    def test_loses_nothing_but_the_rest_where_they_may_no_longer(
        self, cast: Cast, admin: Membership, five: ReferralUpload
    ) -> None:
        with tenancy.as_system():
            admin.roles = []
            admin.save(update_fields=["roles"])
        work()
        assert (now_of(five).status, now_of(five).problem) == (UploadStatus.STOPPED, UploadProblem.NO_ACCESS)
        assert names() == []

    def test_is_the_only_one_to_see_it(self, cast: Cast, admin: Membership, five: ReferralUpload) -> None:
        from tests.cast import actor

        work()
        colleague = make_member(cast.site, "Salma Aziz", roles=["referrals_admin"])
        for who, seen in ((admin, 1), (colleague, 0), (cast.rival, 0), (cast.deal_desk, 0)):
            with tenancy.scope(actor(who)):
                if who is cast.deal_desk:
                    continue
                assert ReferralUpload.objects.count() == seen
                assert UploadRow.objects.exists() == bool(seen)


class TestWhenItsTimeIsOver:
    def test_the_file_and_what_is_said_of_its_rows_go_and_the_figures_stay(self, admin: Membership) -> None:
        upload = sent(admin, row(), row(currency="XYZ"))
        assert working.expire_due(now=timezone.now()) == 0
        assert working.expire_due(now=timezone.now() + timedelta(days=31)) == 1
        kept = now_of(upload)
        assert (kept.stored, kept.created, kept.unprocessed) == ("", 1, 1)
        assert outcomes(upload) == []
