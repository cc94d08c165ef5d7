"""An appeal against a rejection: the same deal at its old place, decided by somebody else; and the other ways on."""

from __future__ import annotations

import html
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from deals import actions
from deals.models import Deal, DealEvent, DealProduct
from deals.possible import deeds_for
from deals.states import RejectReason, Status
from identity import tenancy
from identity.models import Membership, MembershipStatus, StaffRole, User
from notifications.models import Notice
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import do, make_deal
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def stored(deal: Deal) -> Deal:
    with tenancy.as_system():
        return Deal.objects.get(id=deal.id)


def appeal(cast: Cast, deal: Deal, *, by: Membership | None = None, now: datetime | None = None) -> Deal:
    who = actor(by or cast.sales)
    with tenancy.scope(who):
        return actions.appeal_deal(deal, text="It is another clinic.", by=who, now=now or timezone.now())


def other_judge() -> User:
    return make_user("Omar Judge", staff_roles=[StaffRole.DEAL_DESK])


def told(kind: str) -> list[int]:
    with tenancy.as_system():
        notices = list(Notice.objects.filter(kind=kind))
    return [audience.get("site_id") or 0 for notice in notices for audience in notice.audiences]


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def page(who: Any, deal: Deal) -> str:
    return text_of(signed_in(who).get(f"/deals/{deal.public_id}/"))


class TestAppealing:
    def test_hands_the_same_deal_in_at_its_old_place(self, cast: Cast) -> None:
        before = datetime(2026, 3, 2, 10, tzinfo=UTC)
        rejected = stored(make_deal(cast, Status.REJECTED, now=before, deal_type="competitive"))
        found = stored(appeal(cast, rejected, now=before + timedelta(days=3)))
        assert (found.status, found.previous_id) == (Status.SUBMITTED, rejected.id)
        assert found.appeal_text == "It is another clinic."
        assert (found.submitted_at, found.listed_at) == (rejected.submitted_at, rejected.listed_at)
        assert found.submission_ref != rejected.submission_ref
        assert found.decision_due_at is not None
        for name in ("name", "customer_id", "customer_name", "value", "currency", "deal_type", "close_on",
                     "contact_name", "contact_email", "distributor_id", "next_steps", "product_summary",
                     "owner_id", "verdict"):  # fmt: skip
            assert getattr(found, name) == getattr(rejected, name), name
        with tenancy.as_system():
            products = DealProduct.objects.filter(deal=found).values_list("part_number", "quantity")
            assert list(products) == [("D0ABCLL", 10)]
            assert list(DealEvent.objects.filter(deal=found).values_list("kind", flat=True)) == ["appealed"]

    def test_leaves_the_rejected_deal_as_it_is(self, cast: Cast) -> None:
        rejected = stored(make_deal(cast, Status.REJECTED))
        appeal(cast, rejected)
        assert stored(rejected).version == rejected.version
        assert stored(rejected).status == Status.REJECTED

    def test_tells_the_desk_and_the_distributor(self, cast: Cast) -> None:
        appeal(cast, make_deal(cast, Status.REJECTED))
        assert told("deal.appealed") == [0]
        assert told("deal.appeal_names_you") == [cast.distributor_site.id]

    def test_is_possible_for_a_fortnight_as_the_site_counts_days(self, cast: Cast) -> None:
        rejected_at = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # 3 March, 00:30 in Cairo
        last = datetime(2026, 3, 17, 23, 59, 59, tzinfo=ZoneInfo("Africa/Cairo"))
        late = make_deal(cast, Status.REJECTED, now=rejected_at)
        with pytest.raises(actions.NotNow) as refused:
            appeal(cast, late, now=last + timedelta(seconds=1))
        assert "An appeal was possible until" in str(refused.value.refusal.reason)
        assert appeal(cast, late, now=last).status == Status.SUBMITTED

    def test_is_possible_once(self, cast: Cast) -> None:
        rejected = make_deal(cast, Status.REJECTED)
        found = appeal(cast, rejected)
        with pytest.raises(actions.NotNow):
            appeal(cast, rejected)
        do("withdraw", found, partner=cast.sales, staff=cast.deal_desk)
        with pytest.raises(actions.NotNow):
            appeal(cast, rejected)

    def test_is_not_possible_against_the_answer_to_an_appeal(self, cast: Cast) -> None:
        found = appeal(cast, make_deal(cast, Status.REJECTED))
        do("reject", found, partner=cast.sales, staff=other_judge())
        with pytest.raises(actions.NotNow) as refused:
            appeal(cast, found)
        assert "no further one" in str(refused.value.refusal.reason)
        assert told("deal.appeal_rejected") == [cast.site.id]

    @pytest.mark.parametrize("status", [s for s in Status if s != Status.REJECTED])
    def test_is_only_against_a_rejection(self, cast: Cast, status: str) -> None:
        deal = make_deal(cast, status)
        with pytest.raises(actions.DealNotOpen):
            appeal(cast, deal)

    def test_is_not_possible_beside_a_new_registration_of_the_same(self, cast: Cast) -> None:
        rejected = make_deal(cast, Status.REJECTED)
        by, now = actor(cast.sales), timezone.now()
        with tenancy.scope(by):
            again = actions.begin_deal(previous=rejected, by=by, now=now)
        assert appeal(cast, rejected).status == Status.SUBMITTED  # a draft is nothing yet
        rejected = make_deal(cast, Status.REJECTED)
        with tenancy.scope(by):
            again = actions.begin_deal(previous=rejected, by=by, now=now)
            actions.submit_deal(again, by=by, now=now)
        with pytest.raises(actions.NotNow):
            appeal(cast, rejected)

    def test_needs_words(self, cast: Cast) -> None:
        rejected = make_deal(cast, Status.REJECTED)
        with tenancy.scope(actor(cast.sales)), pytest.raises(actions.ReasonMissing):
            actions.appeal_deal(rejected, text=" ", by=actor(cast.sales), now=timezone.now())

    def test_is_answered_for_by_whoever_appeals_when_the_owner_has_left(self, cast: Cast) -> None:
        rejected = make_deal(cast, Status.REJECTED)
        with tenancy.as_system():
            gone = {"status": MembershipStatus.REMOVED, "removed_at": timezone.now()}
            Membership.objects.filter(id=cast.sales.id).update(**gone)
        assert stored(appeal(cast, rejected, by=cast.primary)).owner_name == "Amira Haddad"

    @pytest.mark.django_db(transaction=True)
    def test_twice_at_once_happens_once(self, cast: Cast) -> None:
        rejected = make_deal(cast, Status.REJECTED)
        start = threading.Barrier(2)
        outcomes: list[str] = []

        def try_it() -> None:
            try:
                start.wait()
                appeal(cast, rejected)
                outcomes.append("appealed")
            except actions.NotNow:
                outcomes.append("refused")
            finally:
                connection.close()

        threads = [threading.Thread(target=try_it) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["appealed", "refused"]


class TestWhoDecides:
    def test_is_somebody_other_than_whoever_rejected(self, cast: Cast) -> None:
        found = appeal(cast, make_deal(cast, Status.REJECTED))
        desk, now = actor(cast.deal_desk), timezone.now()
        with tenancy.scope(desk):
            with pytest.raises(actions.NotNow) as refused:
                actions.approve_deal(found, by=desk, now=now)
            assert "somebody else decides an appeal" in str(refused.value.refusal.reason)
            with pytest.raises(actions.NotNow):
                actions.reject_deal(found, code=RejectReason.OTHER, text="No.", by=desk, now=now)
        assert do("approve", found, partner=cast.sales, staff=other_judge()).number

    def test_may_also_reject(self, cast: Cast) -> None:
        found = appeal(cast, make_deal(cast, Status.REJECTED))
        assert do("reject", found, partner=cast.sales, staff=other_judge()).status == Status.REJECTED

    def test_is_anybody_of_a_deal_that_was_only_registered_again(self, cast: Cast) -> None:
        rejected = make_deal(cast, Status.REJECTED)
        by, now = actor(cast.sales), timezone.now()
        with tenancy.scope(by):
            again = actions.begin_deal(previous=rejected, by=by, now=now)
            actions.submit_deal(again, by=by, now=now)
        assert do("approve", again, partner=cast.sales, staff=cast.deal_desk).number

    def test_is_said_on_the_buttons(self, cast: Cast) -> None:
        found = appeal(cast, make_deal(cast, Status.REJECTED))
        for judge, free in ((cast.deal_desk, False), (other_judge(), True)):
            with tenancy.scope(actor(judge)):
                deeds = deeds_for(stored_here(found), actor(judge))
            for name in ("approve", "reject"):
                assert (deeds[name][1] is None) is free
            assert deeds["return"][1] is None
        assert "You rejected this deal before" in page(cast.deal_desk, found)
        answer = signed_in(cast.deal_desk).post(f"/deals/{found.public_id}/approve/", {})
        assert answer.status_code == 409
        assert "somebody else decides an appeal" in text_of(answer)


def stored_here(deal: Deal) -> Deal:
    return Deal.objects.get(id=deal.id)


class TestAfterARejection:
    def test_the_page_offers_every_way_on(self, cast: Cast) -> None:
        shown = page(cast.sales, make_deal(cast, Status.REJECTED))
        for way in ("Put it right and register it again", "Appeal", "Ask the deal desk"):
            assert way in shown

    def test_the_mail_offers_them_too_and_says_until_when(self, cast: Cast) -> None:
        make_deal(cast, Status.REJECTED)
        with tenancy.as_system():
            notice = Notice.objects.get(kind="deal.rejected")
        until = timezone.now().astimezone(ZoneInfo("Africa/Cairo")).date() + timedelta(days=14)
        assert notice.context["appeal"] == {"date": until.isoformat()}

    def test_the_appeal_is_made_there(self, cast: Cast) -> None:
        rejected = make_deal(cast, Status.REJECTED)
        address = f"/deals/{rejected.public_id}/appeal/"
        assert signed_in(cast.sales).post(address, {"text": ""}).status_code == 422
        answer = signed_in(cast.sales).post(address, {"text": "Another clinic."})
        assert answer.status_code == 302
        found = signed_in(cast.sales).get(answer["Location"])
        assert "An appeal against a rejection" in text_of(found)
        assert "Another clinic." in text_of(found)
        assert "There is an appeal against this rejection" in page(cast.sales, rejected)
        assert "There is an appeal against this rejection" in page(cast.deal_desk, rejected)
        assert signed_in(cast.sales).post(address, {"text": "Again."}).status_code == 409

    def test_the_appeal_is_the_partners_alone(self, cast: Cast) -> None:
        rejected = make_deal(cast, Status.REJECTED)
        address = f"/deals/{rejected.public_id}/appeal/"
        for person, status in (
            (cast.newcomer, 403), (cast.distributor, 403), (cast.deal_desk, 403), (cast.rival, 404),
        ):  # fmt: skip
            assert signed_in(person).post(address, {"text": "x"}).status_code == status
        assert signed_in(cast.secondary).post(address, {"text": "x"}).status_code == 302

    def test_the_deal_can_still_be_registered_again(self, cast: Cast) -> None:
        rejected = make_deal(cast, Status.REJECTED)
        answer = signed_in(cast.sales).post(f"/deals/{rejected.public_id}/again/", {})
        assert answer.status_code == 302
        with tenancy.as_system():
            draft = Deal.objects.get(previous_id=rejected.id)
        assert (draft.status, draft.appeal_text) == (Status.DRAFT, "")

    def test_the_api_appeals(self, cast: Cast) -> None:
        rejected = make_deal(cast, Status.REJECTED)
        address = f"/api/v1/deals/{rejected.public_id}/appeal/"
        answer = caller(cast.sales).send("post", address, {"text": "Another clinic."})
        assert answer.status_code == 201, answer.json()
        assert answer["Location"].endswith(f"/api/v1/deals/{answer.json()['id']}/")
        assert (answer.json()["status"], answer.json()["appeal_text"]) == ("submitted", "Another clinic.")
        again = caller(cast.sales).send("post", address, {"text": "Another clinic."})
        assert (again.status_code, again.json()["code"]) == (409, "not_now")
        approve = f"/api/v1/deals/{answer.json()['id']}/approve/"
        assert caller(cast.deal_desk).send("post", approve, {}).status_code == 409
        assert caller(other_judge()).send("post", approve, {}).status_code == 200
