"""The deal desk asks, the partner answers; and what the vendor's people say among themselves stays among them."""

from __future__ import annotations

import html
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from deals import actions
from deals.models import Deal, DealEvent, DecisionPace
from deals.states import Status
from identity import tenancy
from identity.models import AuditEvent, StaffRole
from notifications.expansion import expand_due
from notifications.models import InboxItem, Mail, Notice
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import do, make_customer, make_deal, make_draft
from tests.factories import make_user

pytestmark = pytest.mark.django_db

QUESTION = "Which of the two branches is it?"
ANSWER = "The one in Giza."
NOTE = "zqinternalqz: the customer is late with paying"


def stored(deal: Deal) -> Deal:
    with tenancy.as_system():
        return Deal.objects.get(id=deal.id)


def post(who: Any, deal: Deal, verb: str, **data: Any) -> Any:
    data.setdefault("version", stored(deal).version)
    return signed_in(who).post(f"/deals/{deal.public_id}/{verb}/", data)


def page_of(who: Any, deal: Deal, query: str = "") -> str:
    return html.unescape(signed_in(who).get(f"/deals/{deal.public_id}/{query}").content.decode())


def told(kind: str) -> list[dict[str, Any]]:
    with tenancy.as_system():
        return [audience for notice in Notice.objects.filter(kind=kind) for audience in notice.audiences]


@pytest.fixture
def asked(cast: Cast) -> Deal:
    deal = make_deal(cast)
    assert post(cast.deal_desk, deal, "ask", text=QUESTION).status_code == 302
    return deal


class TestAsking:
    def test_leaves_the_deal_where_it_is_and_its_promise_running(self, cast: Cast) -> None:
        deal = stored(make_deal(cast))
        post(cast.deal_desk, deal, "ask", text=QUESTION)
        after = stored(deal)
        assert after.question_at is not None
        assert (after.status, after.decision_due_at) == (Status.SUBMITTED, deal.decision_due_at)
        assert after.version == deal.version + 1

    def test_is_on_the_timeline_and_in_the_audit(self, asked: Deal) -> None:
        with tenancy.as_system():
            event = DealEvent.objects.get(deal=asked, kind="asked")
            assert AuditEvent.objects.filter(event="deal.asked", object_id=asked.public_id).count() == 1
        assert (event.text, event.visible_to) == (QUESTION, "all")

    def test_tells_the_partner(self, cast: Cast, asked: Deal) -> None:
        assert told("deal.asked") == [{"to": "site", "site_id": cast.site.id, "privilege": "deal_register"}]

    def test_shows_on_the_partners_deal_with_a_place_to_answer(self, cast: Cast, asked: Deal) -> None:
        page = page_of(cast.sales, asked)
        assert "The deal desk asks" in page
        assert QUESTION in page
        assert 'id="id_answer"' in page
        for other in (cast.distributor, cast.deal_desk):
            assert 'id="id_answer"' not in page_of(other, asked)

    def test_is_among_what_the_partner_has_to_do_today(self, cast: Cast, asked: Deal) -> None:
        assert "The deal desk asks about" in html.unescape(signed_in(cast.sales).get("/").content.decode())
        assert "The deal desk asks about" not in signed_in(cast.rival).get("/").content.decode()

    def test_needs_words(self, cast: Cast) -> None:
        deal = make_deal(cast)
        answer = post(cast.deal_desk, deal, "ask", text="  ")
        assert answer.status_code == 422
        assert stored(deal).question_at is None

    def test_is_for_the_deal_desk(self, cast: Cast) -> None:
        deal = make_deal(cast)
        for person in (cast.sales, cast.distributor, cast.care):
            assert post(person, deal, "ask", text=QUESTION).status_code == 403
        for person in (cast.rival,):
            assert post(person, deal, "ask", text=QUESTION).status_code in (403, 404)

    @pytest.mark.parametrize("status", [Status.RETURNED, Status.APPROVED, Status.REJECTED])
    def test_is_for_deals_that_wait(self, cast: Cast, status: str) -> None:
        assert post(cast.deal_desk, make_deal(cast, status), "ask", text=QUESTION).status_code == 409

    def test_of_a_stale_page_is_not_acted_on(self, cast: Cast) -> None:
        deal = make_deal(cast)
        answer = post(cast.deal_desk, deal, "ask", text=QUESTION, version=1)
        assert answer.status_code == 409
        assert QUESTION in html.unescape(answer.content.decode())


class TestAQuestionIsOver:
    def test_when_the_partner_answers_and_the_desk_is_told(self, cast: Cast, asked: Deal) -> None:
        assert post(cast.sales, asked, "comment", text=ANSWER).status_code == 302
        assert stored(asked).question_at is None
        assert told("deal.answered") == [{"to": "staff", "role": "deal_desk"}]
        assert "The deal desk asks" not in page_of(cast.sales, asked)
        assert ANSWER in page_of(cast.deal_desk, asked)

    def test_but_not_when_somebody_else_comments(self, cast: Cast, asked: Deal) -> None:
        for person in (cast.distributor, cast.deal_desk):
            post(person, asked, "comment", text="By the way")
        assert stored(asked).question_at is not None
        assert told("deal.answered") == []

    @pytest.mark.parametrize("move", ["approve", "return", "reject", "withdraw"])
    def test_when_the_deal_is_decided_or_withdrawn(self, cast: Cast, asked: Deal, move: str) -> None:
        do(move, stored(asked), partner=cast.sales, staff=cast.deal_desk)
        assert stored(asked).question_at is None

    def test_but_not_when_the_review_begins(self, cast: Cast, asked: Deal) -> None:
        do("take", stored(asked), partner=cast.sales, staff=cast.deal_desk)
        assert stored(asked).question_at is not None

    def test_and_a_comment_without_a_question_is_a_comment(self, cast: Cast) -> None:
        deal = make_deal(cast)
        version = stored(deal).version
        post(cast.sales, deal, "comment", text=ANSWER)
        assert told("deal.answered") == []
        assert stored(deal).version == version


class TestInternalNotes:
    @pytest.fixture
    def noted(self, cast: Cast) -> Deal:
        deal = make_deal(cast)
        post(cast.deal_desk, deal, "comment", text=NOTE, internal="on")
        post(cast.deal_desk, deal, "comment", text="For everybody")
        return deal

    def test_have_a_tab_of_their_own(self, cast: Cast, noted: Deal) -> None:
        internal = page_of(cast.deal_desk, noted, "?timeline=internal")
        assert NOTE in internal
        assert "For everybody" not in internal
        conversation = page_of(cast.deal_desk, noted, "?timeline=conversation")
        assert NOTE not in conversation
        assert "For everybody" in conversation
        everything = page_of(cast.deal_desk, noted)
        assert NOTE in everything
        assert "For everybody" in everything

    def test_are_written_where_they_are_read(self, cast: Cast, noted: Deal) -> None:
        answer = post(cast.deal_desk, noted, "comment", text="Another", internal="on")
        assert answer["Location"] == f"/deals/{noted.public_id}/?timeline=internal#timeline"
        refused = html.unescape(
            post(cast.deal_desk, noted, "comment", text="", internal="on").content.decode()
        )
        assert "Add internal note" in refused
        assert 'name="internal"' not in page_of(cast.deal_desk, noted)

    @pytest.mark.parametrize("view", ["", "?timeline=conversation", "?timeline=internal", "?timeline=all"])
    def test_reach_nobody_else_by_page(self, cast: Cast, noted: Deal, view: str) -> None:
        for person in (cast.sales, cast.distributor):
            page = page_of(person, noted, view)
            assert "zqinternalqz" not in page
            assert "For everybody" in page
            assert "Internal notes" not in page

    def test_reach_nobody_else_by_inbox_or_mail(self, cast: Cast, noted: Deal) -> None:
        colleague = make_user("Rita Desk", staff_roles=[StaffRole.DEAL_DESK])
        while expand_due():
            pass
        with tenancy.as_system():
            notices = [each for each in Notice.objects.all() if "zqinternalqz" in str(each.context)]
            assert notices
            told = set(InboxItem.objects.filter(notice__in=notices).values_list("user_id", flat=True))
            mailed = set(Mail.objects.filter(notice__in=notices).values_list("to", flat=True))
            letters = Mail.objects.exclude(to=colleague.email).values_list("letter", flat=True)
            assert not any("zqinternalqz" in str(letter) for letter in letters)
        assert told == {colleague.id}  # whoever wrote it is not told
        assert mailed <= {colleague.email}

    def test_do_not_answer_for_the_partner(self, cast: Cast, asked: Deal) -> None:
        post(cast.deal_desk, asked, "comment", text=NOTE, internal="on")
        assert stored(asked).question_at is not None
        assert "zqinternalqz" not in page_of(cast.sales, asked)

    def test_of_a_partner_are_comments(self, cast: Cast, noted: Deal) -> None:
        post(cast.sales, noted, "comment", text="Not hidden", internal="on")
        with tenancy.as_system():
            assert DealEvent.objects.get(text="Not hidden").visible_to == "all"


class TestThePromise:
    def test_says_when_by_whose_calendar_and_what_if_it_is_late(self, cast: Cast) -> None:
        page = page_of(cast.sales, make_deal(cast))
        assert "A decision is promised by" in page
        assert "Counted in the vendor's working time for Egypt" in page
        assert "No deal is ever approved or rejected by itself." in page

    def test_tells_a_distributor_only_when(self, cast: Cast) -> None:
        page = page_of(cast.distributor, make_deal(cast))
        assert "A decision is promised by" in page
        assert "Counted in the vendor's working time" not in page

    def test_near_midnight_says_the_day(self, cast: Cast) -> None:
        deal = make_deal(cast)
        with tenancy.as_system():
            Deal.objects.filter(id=deal.id).update(decision_due_at=datetime(2026, 3, 5, tzinfo=UTC))
        assert "by the end of Wednesday, 4 March 2026" in page_of(cast.sales, deal)

    def test_goes_with_how_quick_the_desk_was_lately(self, cast: Cast) -> None:
        deal, draft = make_deal(cast), make_draft(cast.sales)
        review = f"/deals/{draft.public_id}/review/"
        words = "half of all decisions took less than 9 working hours"
        assert words not in page_of(cast.sales, deal)
        with tenancy.as_system():
            DecisionPace.objects.create(on=date(2026, 3, 4), days=90, median_hours=30, kept_percent=70)
            DecisionPace.objects.create(on=date(2026, 3, 5), days=90, median_hours=9, kept_percent=96)
        for page in (
            page_of(cast.sales, deal),
            html.unescape(signed_in(cast.sales).get(review).content.decode()),
        ):
            assert words in page
            assert "96% were made in time." in page
        assert words not in page_of(cast.distributor, deal)

    def test_is_gone_once_the_deal_is_decided(self, cast: Cast) -> None:
        assert "A decision is promised by" not in page_of(cast.sales, make_deal(cast, Status.APPROVED))


class TestTheComparison:
    def test_sets_a_candidate_beside_the_deal_for_the_vendor_alone(self, cast: Cast) -> None:
        customer = make_customer("Oasis Clinics")
        rival = make_deal(cast, by=cast.rival, name="Rival's", customer=customer)
        deal = make_deal(cast, name="Ours", customer=customer)
        page = page_of(cast.deal_desk, deal)
        assert "Candidates for a conflict" in page
        assert "The same customer" in page
        assert "<mark>Sentinel</mark>" in page
        assert f"/deals/{rival.public_id}/" in page
        assert "Came first" in page
        for person in (cast.sales, cast.distributor):
            page = page_of(person, deal)
            assert "Candidates for a conflict" not in page
            assert "Rival's" not in page

    def test_says_when_there_is_none(self, cast: Cast) -> None:
        assert "No other deal is about a customer that may be the same" in page_of(
            cast.deal_desk, make_deal(cast)
        )

    def test_shuts_approval_where_another_partner_has_it(self, cast: Cast) -> None:
        customer = make_customer("Oasis Clinics")
        make_deal(cast, Status.APPROVED, by=cast.rival, customer=customer)
        deal = make_deal(cast, customer=customer)
        page = page_of(cast.deal_desk, deal)
        assert "Two partners never hold both." in page
        assert f'action="/deals/{deal.public_id}/approve/"' not in page

    def test_asks_for_a_reason_only_where_one_is_needed(self, cast: Cast) -> None:
        assert 'name="despite"' not in page_of(cast.deal_desk, make_deal(cast))


class TestWhatAnApprovalWouldGrant:
    def test_is_told_to_whoever_decides(self, cast: Cast) -> None:
        deal = make_deal(cast, deal_type="competitive")
        page = page_of(cast.deal_desk, deal)
        assert "Discount, if approved now" in page
        assert "Registered · Replaces a competitor" in page
        for person in (cast.sales, cast.distributor):
            assert "if approved now" not in page_of(person, deal)


def test_two_questions_are_two_notices(cast: Cast) -> None:
    deal, by = make_deal(cast), actor(cast.deal_desk)
    with tenancy.scope(by):
        for text in ("One?", "Two?"):
            actions.ask_partner(deal, text=text, by=by, now=timezone.now())
    assert len(told("deal.asked")) == 2
