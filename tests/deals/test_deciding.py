"""The deal desk decides, the partner brings a deal to its end, and everybody concerned is told."""

from __future__ import annotations

import html
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from deals import actions, numbers
from deals.models import Deal, DealEvent
from deals.states import Status
from deals.tasks import expire_due
from identity import tenancy
from identity.models import AuditEvent
from notifications.models import Notice
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import do, make_deal, make_draft

pytestmark = pytest.mark.django_db


def stored(deal: Deal) -> Deal:
    with tenancy.as_system():
        return Deal.objects.get(id=deal.id)


def post(who: Any, deal: Deal, verb: str, **data: Any) -> Any:
    data.setdefault("version", stored(deal).version)
    return signed_in(who).post(f"/deals/{deal.public_id}/{verb}/", data)


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def told(kind: str) -> list[dict[str, Any]]:
    with tenancy.as_system():
        notices = list(Notice.objects.filter(kind=kind))
    return [audience for notice in notices for audience in notice.audiences]


class TestApproving:
    def test_gives_the_number_and_ninety_days_as_the_partner_counts_them(self, cast: Cast) -> None:
        late_evening_in_cairo = datetime(2026, 3, 1, 21, 30, tzinfo=UTC)  # 23:30 there
        deal = make_deal(cast, Status.APPROVED, now=late_evening_in_cairo, close_on="2026-12-31")
        deal = stored(deal)
        assert deal.number is not None
        assert numbers.is_number(deal.number)
        assert deal.number.startswith("DR-2026-")
        assert deal.expires_at is not None
        local = deal.expires_at.astimezone(ZoneInfo("Africa/Cairo"))
        assert local.isoformat()[:19] == "2026-05-30T23:59:59"

    def test_draws_another_number_when_one_is_taken(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drawn = iter(["DR-2026-000001-A", "DR-2026-000001-A", "DR-2026-000001-A", "DR-2026-000002-A"])
        monkeypatch.setattr(actions.deciding, "new_number", lambda year, digits: next(drawn))
        found = [make_deal(cast, Status.APPROVED).number for _ in range(2)]
        assert found == ["DR-2026-000001-A", "DR-2026-000002-A"]

    def test_draws_another_reference_when_one_is_taken_by_whomever(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drawn = iter(["S-1", "S-1", "S-2"])
        monkeypatch.setattr(actions.submitting, "new_reference", lambda: next(drawn))
        found = [make_deal(cast, by=person).submission_ref for person in (cast.rival, cast.sales)]
        assert found == ["S-1", "S-2"]

    def test_on_the_page(self, cast: Cast) -> None:
        deal = make_deal(cast)
        answer = post(cast.deal_desk, deal, "approve", text="Good luck")
        assert answer["Location"] == f"/deals/{deal.public_id}/"
        assert (stored(deal).status, stored(deal).decision_text) == (Status.APPROVED, "Good luck")

    def test_is_not_for_the_partner_or_another_team(self, cast: Cast) -> None:
        deal = make_deal(cast)
        for person in (cast.sales, cast.distributor, cast.care):
            assert post(person, deal, "approve").status_code == 403
        assert stored(deal).status == Status.SUBMITTED

    def test_tells_the_partner_and_the_distributor(self, cast: Cast) -> None:
        make_deal(cast, Status.APPROVED)
        assert {audience["site_id"] for audience in told("deal.approved")} == {
            cast.site.id,
            cast.distributor_site.id,
        }

    def test_is_on_the_timeline_and_in_the_audit(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        with tenancy.as_system():
            kinds = list(DealEvent.objects.filter(deal=deal).order_by("id").values_list("kind", flat=True))
            audited = AuditEvent.objects.filter(event="deal.approved", object_id=deal.public_id).get()
        assert kinds == ["begun", "submitted", "approved"]
        assert (audited.user_id, audited.site_id) == (cast.deal_desk.id, cast.site.id)


class TestDecidingAgainstADeal:
    def test_to_return_needs_to_say_what_is_to_be_changed(self, cast: Cast) -> None:
        deal = make_deal(cast)
        answer = post(cast.deal_desk, deal, "return", text="   ")
        assert answer.status_code == 422
        assert "Say what the partner has to change." in text_of(answer)
        assert post(cast.deal_desk, deal, "return", text="Which entity?").status_code == 302
        assert [audience["site_id"] for audience in told("deal.returned")] == [cast.site.id]

    @pytest.mark.parametrize(
        "given", [{"text": "No"}, {"code": "duplicate"}, {"text": "No", "code": "budget"}]
    )
    def test_to_reject_needs_a_reason_and_an_explanation(self, cast: Cast, given: dict[str, str]) -> None:
        deal = make_deal(cast)
        answer = post(cast.deal_desk, deal, "reject", **given)
        assert answer.status_code == 422
        assert stored(deal).status == Status.SUBMITTED
        assert post(cast.deal_desk, deal, "reject", text="No", code="duplicate").status_code == 302

    def test_the_partner_reads_why_and_can_register_again(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.REJECTED)
        page = text_of(signed_in(cast.sales).get(f"/deals/{deal.public_id}/"))
        assert "Registered before." in page
        assert "Already registered" in page
        answer = post(cast.sales, deal, "again")
        with tenancy.as_system():
            new = Deal.objects.get(previous_id=deal.id)
        assert answer["Location"] == f"/deals/{new.public_id}/review/"
        assert (new.status, new.name, new.product_summary) == (Status.DRAFT, deal.name, deal.product_summary)

    def test_too_long_a_text_is_refused(self, cast: Cast) -> None:
        deal = make_deal(cast)
        assert post(cast.deal_desk, deal, "return", text="x" * 2001).status_code == 422


class TestADealThatMovedMeanwhile:
    def test_is_shown_as_it_is_now(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.WITHDRAWN)
        answer = post(cast.deal_desk, deal, "approve")
        assert answer.status_code == 409
        assert "The deal is now: Withdrawn." in text_of(answer)

    def test_of_a_stale_page_is_not_acted_on(self, cast: Cast) -> None:
        deal = make_deal(cast)
        answer = post(cast.deal_desk, deal, "reject", version=1, code="other", text="Kept words")
        assert answer.status_code == 409
        assert "Somebody changed this deal" in text_of(answer)
        assert "Kept words" in text_of(answer)
        assert stored(deal).status == Status.SUBMITTED

    @pytest.mark.django_db(transaction=True)
    def test_of_two_people_approving_at_once_one_wins_and_the_other_is_told(self, cast: Cast) -> None:
        deal = make_deal(cast)
        start = threading.Barrier(2)
        outcomes: list[str] = []

        def approve() -> None:
            try:
                start.wait()
                with tenancy.scope(actor(cast.deal_desk)):
                    actions.approve_deal(deal, by=actor(cast.deal_desk), now=timezone.now())
                outcomes.append("approved")
            except actions.DealNotOpen as closed:
                outcomes.append(closed.status)
            finally:
                connection.close()

        threads = [threading.Thread(target=approve) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes == ["approved", "approved"]  # one did it, the other found it done
        with tenancy.as_system():
            assert DealEvent.objects.filter(deal=deal, kind="approved").count() == 1


class TestBringingADealToItsEnd:
    def test_by_winning(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        assert post(cast.sales, deal, "win").status_code == 302
        assert stored(deal).closed_at is not None

    def test_by_losing_with_a_reason(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        assert post(cast.sales, deal, "lose", code="").status_code == 422
        assert post(cast.sales, deal, "lose", code="budget").status_code == 302
        assert stored(deal).outcome_code == "budget"

    def test_by_withdrawing(self, cast: Cast) -> None:
        deal = make_deal(cast)
        assert post(cast.sales, deal, "withdraw", text="Put off").status_code == 302
        assert stored(deal).outcome_text == "Put off"
        assert {audience["to"] for audience in told("deal.moved")} == {"staff", "site"}

    @pytest.mark.parametrize("verb", ["withdraw", "win", "lose"])
    def test_is_not_the_distributors(self, cast: Cast, verb: str) -> None:
        deal = make_deal(cast, Status.APPROVED)
        answer = post(cast.distributor, deal, verb, code="budget")
        assert answer.status_code == 403
        assert "A distributor reads and comments" in text_of(answer)

    def test_by_revocation(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        assert post(cast.deal_desk, deal, "revoke", text="").status_code == 422
        assert post(cast.deal_desk, deal, "revoke", text="A tender was published.").status_code == 302
        assert told("deal.revoked")[0]["site_id"] == cast.site.id


class TestExpiring:
    def test_happens_when_the_time_has_come_and_not_before(self, cast: Cast) -> None:
        deal = stored(make_deal(cast, Status.APPROVED))
        assert deal.expires_at is not None
        assert expire_due(now=deal.expires_at - timedelta(seconds=1)) == 0
        assert expire_due(now=deal.expires_at) == 1
        assert stored(deal).status == Status.EXPIRED

    def test_happens_once_however_often_it_is_run(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        for expected in (1, 0):
            assert expire_due(now=timezone.now() + timedelta(days=100)) == expected
        with tenancy.as_system():
            assert DealEvent.objects.filter(deal=deal, kind="expired").count() == 1
        assert len(told("deal.expired")) == 1


class TestCommenting:
    def test_reaches_the_others(self, cast: Cast) -> None:
        deal = make_deal(cast)
        assert post(cast.distributor, deal, "comment", text="We have stock.").status_code == 302
        assert "We have stock." in text_of(signed_in(cast.sales).get(f"/deals/{deal.public_id}/"))
        assert {audience.get("site_id") for audience in told("deal.commented")} == {
            None, cast.site.id, cast.distributor_site.id,
        }  # fmt: skip

    def test_needs_words(self, cast: Cast) -> None:
        deal = make_deal(cast)
        assert post(cast.sales, deal, "comment", text="").status_code == 422
        assert post(cast.sales, deal, "comment", text="x" * 4001).status_code == 422

    def test_internally_is_for_the_vendor_alone(self, cast: Cast) -> None:
        deal = make_deal(cast)
        post(cast.deal_desk, deal, "comment", text="Only for us", internal="on")
        assert "Only for us" in text_of(signed_in(cast.deal_desk).get(f"/deals/{deal.public_id}/"))
        for person in (cast.sales, cast.distributor):
            assert "Only for us" not in text_of(signed_in(person).get(f"/deals/{deal.public_id}/"))
        assert [audience["to"] for audience in told("deal.commented")] == ["staff"]

    def test_of_a_strangers_deal_is_not_possible(self, cast: Cast) -> None:
        deal = make_deal(cast)
        for person in (cast.rival, cast.other_distributor):
            assert post(person, deal, "comment", text="Hello").status_code == 404

    def test_is_harmless_twice(self, cast: Cast) -> None:
        deal = make_deal(cast)
        for _ in range(2):
            post(cast.sales, deal, "comment", text="Once", form_token="one")
        with tenancy.as_system():
            assert DealEvent.objects.filter(kind="commented").count() == 1


class TestWhoIsToldOfASubmission:
    def test_the_deal_desk_and_the_distributor_named(self, cast: Cast) -> None:
        make_deal(cast)
        assert told("deal.submitted") == [{"to": "staff", "role": "deal_desk"}]
        assert [audience["site_id"] for audience in told("deal.names_you")] == [cast.distributor_site.id]

    def test_again_after_a_return(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.RETURNED)
        do("submit", deal, partner=cast.sales, staff=cast.deal_desk)
        assert len(told("deal.submitted")) == 2

    def test_nobody_of_a_draft(self, cast: Cast) -> None:
        make_draft(cast.sales, distributor=cast.distributor_site)
        with tenancy.as_system():
            assert not Notice.objects.exists()


class TestWhyNot:
    def test_a_button_says_which_state_forbids_it(self, cast: Cast) -> None:
        page = text_of(signed_in(cast.sales).get(f"/deals/{make_deal(cast).public_id}/"))
        assert "The deal waits for the vendor's decision." in page
        page = text_of(signed_in(cast.deal_desk).get(f"/deals/{make_deal(cast, 'returned').public_id}/"))
        assert "The partner submits it again." in page

    def test_a_button_says_which_privilege_is_missing(self, cast: Cast) -> None:
        with tenancy.as_system():
            cast.deal_desk.staff_roles = ["channel_operations"]
            cast.deal_desk.save()
        deal = make_deal(cast)
        page = text_of(signed_in(cast.deal_desk).get(f"/deals/{deal.public_id}/"))
        assert "This belongs to another team of the vendor." in page

    def test_a_closed_deal_offers_no_moves(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.WON)
        for person in (cast.sales, cast.deal_desk):
            page = text_of(signed_in(person).get(f"/deals/{deal.public_id}/"))
            for verb in ("approve", "revoke", "withdraw", "win", "lose"):
                assert f"/{verb}/" not in page


class TestTheWorklist:
    def test_of_the_deal_desk_counts_what_waits(self, cast: Cast) -> None:
        make_deal(cast)
        assert "1 deal waits for a decision" in text_of(signed_in(cast.deal_desk).get("/"))
        make_deal(cast, Status.UNDER_REVIEW)
        assert "2 deals wait for a decision" in text_of(signed_in(cast.deal_desk).get("/"))
        assert "wait for a decision" not in text_of(signed_in(cast.care).get("/"))

    def test_of_a_partner_names_what_came_back_and_what_runs_out(self, cast: Cast) -> None:
        make_deal(cast, Status.RETURNED, name="Came back")
        make_deal(cast, Status.APPROVED, name="Runs out", now=timezone.now() - timedelta(days=70))
        make_draft(cast.sales)
        page = text_of(signed_in(cast.sales).get("/"))
        assert "Change the deal “\u2068Came back\u2069”" in page
        assert "The registration of “\u2068Runs out\u2069” expires soon" in page
        assert "You have 1 unfinished draft" in page

    def test_of_a_distributor_counts_new_deals(self, cast: Cast) -> None:
        make_deal(cast)
        assert "1 new deal names you" in text_of(signed_in(cast.distributor).get("/"))
        assert "names you" not in text_of(signed_in(cast.other_distributor).get("/"))
