"""Which deals may conflict with one, for the deal desk; and which partner is the incumbent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deals.conflicts import Candidate, Incumbent, candidates_of, incumbents_among, incumbents_of
from deals.models import Deal
from deals.rules import Rules
from deals.states import LIVE, Status
from identity import tenancy
from tests.cast import Cast, actor
from tests.deals.factories import do, make_customer, make_deal, make_draft, make_part

pytestmark = pytest.mark.django_db


def candidates(cast: Cast, deal: Deal, *, now: datetime | None = None) -> list[Candidate]:
    with tenancy.scope(actor(cast.deal_desk)):
        return candidates_of(deal, rules=Rules(), now=now or timezone.now())


def incumbents(cast: Cast, deal: Deal, *, now: datetime | None = None) -> list[Incumbent]:
    with tenancy.scope(actor(cast.deal_desk)):
        return incumbents_of(deal, rules=Rules(), now=now or timezone.now())


class TestTheCandidates:
    def test_of_a_deal_alone_at_its_customer_are_none(self, cast: Cast) -> None:
        make_deal(cast, by=cast.rival)
        assert candidates(cast, make_deal(cast)) == []

    def test_are_the_deals_of_others_and_ones_own(self, cast: Cast) -> None:
        customer = make_customer()
        theirs = make_deal(cast, by=cast.rival, customer=customer)
        deal = make_deal(cast, customer=customer)
        own = make_deal(cast, by=cast.primary, customer=customer)
        found = candidates(cast, deal)
        assert [(each.deal, each.is_own, each.is_rival, each.came_first) for each in found] == [
            (theirs, False, True, True),
            (own, True, False, False),
        ]

    def test_come_by_how_surely_the_customers_are_one_then_by_who_came_first(self, cast: Cast) -> None:
        known = make_customer("Łąka Foods", country="PL", tax_id="PL5250001122", web_domain="laka.example")
        taxed = make_customer("Laka Group", country="PL", tax_id="525-000-11-22")
        deal = make_deal(cast, customer=known)
        domain = make_deal(
            cast, by=cast.rival, customer=make_customer("Trade", web_domain="www.laka.example")
        )
        tax = make_deal(cast, by=cast.rival, customer=taxed)
        first = make_deal(cast, by=cast.rival, customer=known)
        second = make_deal(cast, by=cast.rival, customer=known)
        assert [(each.deal, each.rule) for each in candidates(cast, deal)] == [
            (first, "customer"), (second, "customer"), (tax, "tax_id"), (domain, "domain"),
        ]  # fmt: skip

    def test_share_a_product_line_and_it_is_said_which(self, cast: Cast) -> None:
        customer = make_customer()
        flow, guard = (make_part("F0ABCLL", line="FLOW"), 1), (make_part("G0ABCLL", line="GUARD"), 1)
        sentinel = (make_part("D0ABCLL"), 1)
        make_deal(cast, by=cast.rival, customer=customer, products=[guard])
        both = make_deal(cast, by=cast.rival, customer=customer, products=[sentinel, flow, guard])
        deal = make_deal(cast, customer=customer, products=[sentinel, flow])
        assert [(each.deal, each.lines) for each in candidates(cast, deal)] == [(both, ("FLOW", "SENTINEL"))]

    @pytest.mark.parametrize("status", Status.values)
    def test_are_live_or_sold_lately(self, cast: Cast, status: str) -> None:
        customer = make_customer()
        make_deal(cast, status, by=cast.rival, customer=customer)
        deal = make_deal(cast, customer=customer)
        assert bool(candidates(cast, deal)) == (status in (*LIVE, Status.WON))

    def test_of_a_draft_whose_customer_nobody_knows_are_none(self, cast: Cast) -> None:
        assert candidates(cast, make_draft(cast.sales)) == []

    def test_take_two_statements_however_many_they_are(self, cast: Cast) -> None:
        customer = make_customer()
        deal = make_deal(cast, customer=customer)
        for _ in range(4):
            make_deal(cast, by=cast.rival, customer=customer)
        with tenancy.scope(actor(cast.deal_desk)), CaptureQueriesContext(connection) as captured:
            found = candidates_of(deal, rules=Rules(), now=timezone.now())
            assert {each.deal.site_name for each in found} == {cast.rival_site.name}
        assert (len(found), len(captured)) == (4, 2)

    def test_that_are_approved_elsewhere_forbid_or_need_a_reason(self, cast: Cast) -> None:
        known = make_customer("Łąka Foods", country="PL", web_domain="laka.example")
        mill = make_customer("Mill", web_domain="laka.example")
        deal = make_deal(cast, customer=known)
        likely = make_deal(cast, Status.APPROVED, by=cast.rival, customer=mill)
        waiting = make_deal(cast, by=cast.rival, customer=known)
        assert [(each.deal, each.forbids_approval, each.needs_reason) for each in candidates(cast, deal)] == [
            (waiting, False, False),
            (likely, False, True),
        ]
        do("revoke", likely, partner=cast.rival, staff=cast.deal_desk)
        do("approve", waiting, partner=cast.rival, staff=cast.deal_desk)
        (found,) = candidates(cast, deal)
        assert (found.forbids_approval, found.needs_reason) == (True, False)


class TestTheIncumbent:
    def test_is_who_sold_the_line_to_the_customer_lately(self, cast: Cast) -> None:
        customer = make_customer()
        sold = make_deal(cast, Status.WON, by=cast.rival, customer=customer)
        deal = make_deal(cast, customer=customer)
        (found,) = incumbents(cast, deal)
        assert (found.site_name, found.site_number) == ("Vistula Integrators", "7403808")
        assert (found.lines, found.rule, found.is_own) == (("SENTINEL",), "customer", False)
        assert found.sold_at == sold.closed_at

    def test_is_not_who_sold_another_line_or_lost(self, cast: Cast) -> None:
        customer = make_customer()
        make_deal(
            cast,
            Status.WON,
            by=cast.rival,
            customer=customer,
            products=[(make_part("F0ABCLL", line="FLOW"), 1)],
        )
        make_deal(cast, Status.LOST, by=cast.rival, customer=customer)
        assert incumbents(cast, make_deal(cast, customer=customer)) == []

    def test_is_so_for_as_long_as_the_rules_say(self, cast: Cast) -> None:
        customer = make_customer()
        then = datetime(2024, 2, 29, 12, tzinfo=UTC)
        make_deal(cast, Status.WON, by=cast.rival, customer=customer, now=then)
        deal = make_deal(cast, customer=customer)
        last_day = datetime(2027, 2, 28, 12, tzinfo=UTC)
        assert incumbents(cast, deal, now=last_day)
        assert not incumbents(cast, deal, now=last_day + timedelta(days=1, seconds=1))

    def test_may_be_the_deals_own_partner(self, cast: Cast) -> None:
        customer = make_customer()
        make_deal(cast, Status.WON, customer=customer)
        assert [each.is_own for each in incumbents(cast, make_deal(cast, customer=customer))] == [True]

    def test_is_told_once_however_often_it_sold(self, cast: Cast) -> None:
        customer = make_customer()
        for _ in range(2):
            make_deal(cast, Status.WON, by=cast.rival, customer=customer)
        found = candidates(cast, make_deal(cast, customer=customer))
        assert len(found) == 2
        assert len(incumbents_among(found)) == 1

    def test_marks_its_live_deals_too(self, cast: Cast) -> None:
        customer = make_customer()
        make_deal(cast, Status.WON, by=cast.rival, customer=customer)
        live = make_deal(cast, by=cast.rival, customer=customer)
        found = candidates(cast, make_deal(cast, customer=customer))
        assert [each.is_incumbent for each in found if each.deal == live] == [True]
