"""Deciding about several deals at once: only what is plainly safe, each by itself, and never twice."""

from __future__ import annotations

import html
import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from deals import actions
from deals.actions.bulk import MOST, Chosen
from deals.models import Deal, DealEvent, RulesVersion
from deals.rules import Rules
from deals.states import Status, Verdict
from identity import tenancy
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import make_customer, make_deal, make_part

pytestmark = pytest.mark.django_db


def stored(deal: Deal) -> Deal:
    with tenancy.as_system():
        return Deal.objects.get(id=deal.id)


def change(deal: Deal, **columns: Any) -> Deal:
    with tenancy.as_system():
        Deal.objects.filter(id=deal.id).update(**columns)
    return stored(deal)


def safe(cast: Cast, **more: Any) -> Deal:
    return change(make_deal(cast, **more), verdict=Verdict.CLEAR)


def together(who: Any, what: str, *deals: Deal, **data: Any) -> Any:
    values = [f"{deal.public_id}:{stored(deal).version}" for deal in deals]
    return signed_in(who).post("/deals/desk/decide/", {"what": what, "deal": values, **data})


def answer(who: Any, what: str, *deals: Deal) -> str:
    sent = together(who, what, *deals)
    assert sent.status_code == 302, sent.content
    return html.unescape(signed_in(who).get(sent["Location"]).content.decode())


def approved(cast: Cast, *deals: Deal) -> dict[str, str]:
    by = actor(cast.deal_desk)
    with tenancy.scope(by):
        chosen = [Chosen(deal.public_id) for deal in deals]
        return {
            each.public_id: each.left for each in actions.approve_together(chosen, by=by, now=timezone.now())
        }


class TestTogether:
    def test_reviews_are_begun(self, cast: Cast) -> None:
        deals = [make_deal(cast, name=name) for name in ("One", "Two")]
        page = answer(cast.deal_desk, "take", *deals)
        assert "Done: 2 deals" in page
        for deal in deals:
            assert (stored(deal).status, stored(deal).reviewer_name) == (Status.UNDER_REVIEW, "Dana Desk")

    def test_deals_are_approved_each_with_its_number_and_its_notices(self, cast: Cast) -> None:
        deals = [safe(cast) for _ in range(3)]
        assert "Done: 3 deals" in answer(cast.deal_desk, "approve", *deals)
        numbers = {stored(deal).number for deal in deals}
        assert len(numbers) == 3
        with tenancy.as_system():
            assert DealEvent.objects.filter(kind="approved").count() == 3

    def test_what_cannot_be_done_leaves_the_others_be_and_says_why(self, cast: Cast) -> None:
        good, decided = safe(cast, name="Good"), make_deal(cast, Status.APPROVED, name="Decided")
        page = answer(cast.deal_desk, "approve", decided, good)
        assert "Done: 1 deal" in page
        assert "It does not wait for this any more." in page
        assert stored(good).status == Status.APPROVED

    def test_what_changed_since_it_was_shown_is_left(self, cast: Cast) -> None:
        deal = safe(cast)
        sent = signed_in(cast.deal_desk).post(
            "/deals/desk/decide/", {"what": "approve", "deal": [f"{deal.public_id}:1"]}
        )
        page = html.unescape(signed_in(cast.deal_desk).get(sent["Location"]).content.decode())
        assert "It was changed since you saw it." in page
        assert stored(deal).status == Status.SUBMITTED

    def test_nothing_chosen_or_nonsense_leads_back(self, cast: Cast) -> None:
        browser = signed_in(cast.deal_desk)
        for data in ({}, {"what": "approve"}, {"what": "reject", "deal": "x:1"}):
            assert browser.post("/deals/desk/decide/", data)["Location"] == "/deals/desk/"
        for value in ("zzzzzzzzzzzz:1", "x", "", ":", "zzzzzzzzzzzz:" + "9" * 30):
            sent = browser.post("/deals/desk/decide/", {"what": "take", "deal": value})
            assert "not there any more" in browser.get(sent["Location"]).content.decode()

    def test_leads_back_to_the_queue_it_came_from_and_nowhere_else(self, cast: Cast) -> None:
        for back, expected in (
            ("/deals/desk/?queue=late", "/deals/desk/?queue=late"),
            ("//evil.example/", "/deals/desk/"),
        ):
            sent = together(cast.deal_desk, "take", make_deal(cast), back=back)
            page = html.unescape(signed_in(cast.deal_desk).get(sent["Location"]).content.decode())
            assert f'href="{expected}"' in page
            assert "evil" not in page

    def test_is_harmless_twice(self, cast: Cast) -> None:
        deal = safe(cast)
        value = f"{deal.public_id}:{deal.version}"
        data = {"what": "approve", "deal": [value, value], "form_token": "one"}
        first, second = (signed_in(cast.deal_desk).post("/deals/desk/decide/", data) for _ in range(2))
        assert first["Location"] == second["Location"]
        with tenancy.as_system():
            assert DealEvent.objects.filter(kind="approved").count() == 1

    def test_are_at_most_fifty(self, cast: Cast) -> None:
        deal = safe(cast)
        values = [f"{number:012d}:1" for number in range(MOST)] + [f"{deal.public_id}:{deal.version}"]
        sent = signed_in(cast.deal_desk).post("/deals/desk/decide/", {"what": "approve", "deal": values})
        assert sent["Location"] == "/deals/desk/"
        assert stored(deal).status == Status.SUBMITTED

    def test_is_for_those_who_decide(self, cast: Cast) -> None:
        deal = safe(cast)
        for person in (cast.sales, cast.distributor, cast.care):
            assert together(person, "approve", deal).status_code == 403
        assert stored(deal).status == Status.SUBMITTED

    def test_the_answer_cannot_be_made_up(self, cast: Cast) -> None:
        browser = signed_in(cast.deal_desk)
        assert browser.get("/deals/desk/decided/?of=forged").status_code == 400
        told = together(cast.deal_desk, "take", make_deal(cast))["Location"]
        assert parse_qs(urlsplit(told).query)["of"]
        assert signed_in(cast.sales).get(told).status_code == 403


class TestSafe:
    def test_is_a_clear_verdict_only(self, cast: Cast) -> None:
        likely, own, unasked = (change(make_deal(cast), verdict=verdict) for verdict in ("likely", "own", ""))
        assert set(approved(cast, likely, own, unasked).values()) == {"verdict"}
        assert "Compare it with its candidates." in answer(cast.deal_desk, "approve", likely)

    def test_is_no_deal_with_an_open_question(self, cast: Cast) -> None:
        deal = change(safe(cast), question_at=timezone.now())
        assert approved(cast, deal) == {deal.public_id: "question"}
        change(deal, question_at=None)
        assert approved(cast, deal) == {deal.public_id: ""}

    def test_is_no_appeal_and_nothing_changed_after_approval(self, cast: Cast) -> None:
        appeal = change(safe(cast), appeal_text="We were first.")
        changed = change(safe(cast), number="DR-2026-000001-A")
        assert approved(cast, appeal, changed) == {
            appeal.public_id: "appeal",
            changed.public_id: "changed_after_approval",
        }

    def test_is_no_deal_whose_candidate_is_approved_for_another_partner(self, cast: Cast) -> None:
        customer = make_customer("Oasis Clinics")
        make_deal(cast, Status.APPROVED, by=cast.rival, customer=customer)
        deal = safe(cast, customer=customer)
        other_line = safe(cast, customer=customer, products=[(make_part("D0XYZLL", line="ARCHIVE"), 1)])
        assert approved(cast, deal, other_line) == {deal.public_id: "candidate", other_line.public_id: ""}

    def test_of_two_that_conflict_with_each_other_only_the_first_is(self, cast: Cast) -> None:
        customer = make_customer("Oasis Clinics")
        ours, theirs = safe(cast, customer=customer), safe(cast, by=cast.rival, customer=customer)
        assert approved(cast, theirs, ours) == {theirs.public_id: "candidate", ours.public_id: ""}

    def test_reaches_the_least_value(self, cast: Cast) -> None:
        deal = safe(cast)
        rules = Rules(minimum_values={"EGP": (deal.value or 0) + 1}).to_json()
        with tenancy.as_system():
            RulesVersion.objects.bulk_create([RulesVersion(number=2, content=rules, made_at=timezone.now())])
        assert approved(cast, deal) == {deal.public_id: "minimum"}


@pytest.mark.django_db(transaction=True)
class TestTwoPeopleAtOnce:
    def test_each_deal_is_approved_once(self, cast: Cast) -> None:
        deals = [safe(cast) for _ in range(4)]
        start = threading.Barrier(2)
        outcomes: list[dict[str, str]] = []

        def approve(chosen: list[Deal]) -> None:
            try:
                start.wait()
                outcomes.append(approved(cast, *chosen))
            finally:
                connection.close()

        threads = [threading.Thread(target=approve, args=[order]) for order in (deals, deals[::-1])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (
            sorted(left for outcome in outcomes for left in outcome.values()) == [""] * 4 + ["not_open"] * 4
        )
        with tenancy.as_system():
            assert DealEvent.objects.filter(kind="approved").count() == 4
