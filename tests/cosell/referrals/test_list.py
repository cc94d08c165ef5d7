"""The list of co-sell deals: its tabs, filters, pages, clocks and stars."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cosell.models import Favourite, Location, Referral
from cosell.referrals.listing import deals_shown
from cosell.states import Direction, Sharing, Substatus
from identity import tenancy
from identity.models import Role
from tests.cast import Cast, actor, signed_in
from tests.cosell.factories import give_role, make_location, make_referral, make_solution

pytestmark = pytest.mark.django_db
LIST = "/cosell/deals/"


@pytest.fixture
def cairo(cast: Cast) -> Location:
    return make_location(cast.site, "Cairo")


@pytest.fixture
def amira(cast: Cast) -> Client:
    return signed_in(give_role(cast.primary, Role.REFERRALS_ADMIN))


def listed(browser: Client, query: str = "") -> str:
    answer = browser.get(LIST + query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


class TestTheTabs:
    def test_are_inbound_outbound_favourites_and_all(
        self, cast: Cast, cairo: Location, amira: Client
    ) -> None:
        make_referral(cast.site, cairo, name="going out")
        came = make_referral(
            cast.site, cairo, name="coming in", direction=Direction.INCOMING, origin="vendor"
        )
        with tenancy.as_system():
            Favourite.objects.create(site=cast.site, user=cast.primary.user, referral=came)
        for query, shown, hidden in (
            ("?show=inbound", "coming in", "going out"),
            ("?show=outbound", "going out", "coming in"),
            ("?show=favourites", "coming in", "going out"),
        ):
            words = listed(amira, query)
            assert shown in words, query
            assert hidden not in words, query
        assert all(name in listed(amira) for name in ("going out", "coming in"))

    def test_favourites_are_ones_own(self, cast: Cast, cairo: Location, amira: Client) -> None:
        deal = make_referral(cast.site, cairo, name="a colleague's favourite")
        other = give_role(cast.secondary, Role.REFERRALS_ADMIN)
        with tenancy.as_system():
            Favourite.objects.create(site=cast.site, user=other.user, referral=deal)
        assert deal.name in listed(signed_in(other), "?show=favourites")
        assert "No favourites yet" in listed(amira, "?show=favourites")

    def test_are_counted_with_the_filters_in_force(self, cast: Cast, cairo: Location, amira: Client) -> None:
        make_referral(cast.site, cairo, name="Looms")
        make_referral(cast.site, cairo, name="Sugar", direction=Direction.INCOMING, origin="vendor")
        assert amira.get(f"{LIST}counts/").json() == ["2", "1", "1", "0"]
        assert amira.get(f"{LIST}counts/?q=looms").json() == ["1", "0", "1", "0"]


class TestTheFilters:
    def test_narrow_by_every_column(self, cast: Cast, cairo: Location, amira: Client) -> None:
        luxor = make_location(cast.site, "Luxor")
        make_referral(
            cast.site, cairo, name="the one", sharing=Sharing.PRIVATE, stage="proposed", country="IT", crm_id="CRM-7",
            close_on=date(2031, 3, 10), substatus=Substatus.WON,
        )  # fmt: skip
        make_referral(cast.site, luxor, name="the other", close_on=date(2031, 5, 1))
        for query in (
            "status=closed", "substatus=won", "type=private", "stage=proposed", "country=IT", "q=crm-7", "q=the+one",
            f"location={cairo.public_id}", "close_from=2031-03-10&close_to=2031-03-10", "close_to=2031-04-01",
        ):  # fmt: skip
            words = listed(amira, f"?{query}")
            assert "the one" in words, query
            assert "the other" not in words, query

    def test_take_nonsense_for_nothing(self, cast: Cast, cairo: Location, amira: Client) -> None:
        make_referral(cast.site, cairo, name="still there")
        assert "still there" in listed(
            amira, "?show=x&status=x&substatus=x&type=x&stage=x&country=XX&close_from=soon&order=x"
        )
        assert "No deal fits" in listed(amira, "?location=zzz&customer=zzz&q=x")

    def test_say_the_same_for_a_file(self, cast: Cast, cairo: Location) -> None:
        amira = give_role(cast.primary, Role.REFERRALS_ADMIN)
        for day in (20, 10):
            make_referral(cast.site, cairo, name=f"of the {day}", close_on=date(2031, 3, day))
        make_referral(cast.site, cairo, name="private", sharing=Sharing.PRIVATE)
        with tenancy.scope(actor(amira)):
            found = deals_shown({"type": "cosell", "order": "close"}, actor(amira))
            assert [deal.name for deal in found] == ["of the 10", "of the 20"]

    def test_stay_from_page_to_page(self, cast: Cast, cairo: Location, amira: Client) -> None:
        names = {make_referral(cast.site, cairo, name=f"No. {number:02}.").name for number in range(55)}
        for query in ("?show=outbound&q=No.", "?q=No.&order=close"):
            first = listed(amira, query)
            following = re.search(r'rel="next" href="/cosell/deals/([^"]+)"', first)
            assert following is not None
            assert "q=No." in following[1]
            on_each = [
                {name for name in names if name in words} for words in (first, listed(amira, following[1]))
            ]
            assert [len(found) for found in on_each] == [50, 5]
            assert on_each[0] | on_each[1] == names


class TestARow:
    def test_shows_by_when_one_answers_and_by_when_the_vendor_does(
        self, cast: Cast, cairo: Location, amira: Client
    ) -> None:
        until = timezone.now() + timedelta(days=2)
        make_referral(
            cast.site, cairo, direction=Direction.INCOMING, origin="vendor", substatus=Substatus.RECEIVED,
            expires_at=until,
        )  # fmt: skip
        words = listed(amira)
        assert "Answer by" in words
        assert "clock-warn" in words  # fewer than three days are left

    def test_is_of_what_one_sees(self, cast: Cast, cairo: Location) -> None:
        make_referral(cast.site, cairo, name="with Nadia", team=[cast.sales])
        make_referral(cast.site, cairo, name="without her")
        make_referral(cast.rival_site, name="the rival's")
        nadia = listed(signed_in(give_role(cast.sales, Role.REFERRALS_USER)))
        assert "with Nadia" in nadia
        assert "without her" not in nadia
        assert "the rival's" not in nadia

    def test_is_asked_for_as_often_for_three_as_for_one(
        self, cast: Cast, cairo: Location, amira: Client, django_assert_max_num_queries: Any
    ) -> None:
        solution = make_solution(cast.site)
        make_referral(cast.site, cairo, team=[cast.sales], solutions=[solution])
        amira.get(LIST)
        with django_assert_max_num_queries(60) as one:
            amira.get(LIST)
        for _ in range(2):
            make_referral(cast.site, cairo, team=[cast.sales], solutions=[solution])
        with django_assert_max_num_queries(len(one)):
            amira.get(LIST)

    def test_has_a_star_that_marks_and_unmarks_it(self, cast: Cast, cairo: Location, amira: Client) -> None:
        deal = make_referral(cast.site, cairo)
        for on, number in (("1", 1), ("1", 1), ("0", 0)):
            back = f"{LIST}?show=outbound"
            answer = amira.post(f"{LIST}{deal.public_id}/favourite/", {"on": on, "next": back})
            assert (answer.status_code, answer["Location"]) == (302, back)
            with tenancy.as_system():
                assert Favourite.objects.filter(referral=deal).count() == number
        elsewhere = {"on": "1", "next": "https://elsewhere.example/"}
        answer = amira.post(f"{LIST}{deal.public_id}/favourite/", elsewhere)
        assert answer["Location"] == f"{LIST}{deal.public_id}/"


class TestWhoComesHere:
    def test_partners_with_a_role_and_nobody_else(self, cast: Cast) -> None:
        assert signed_in(cast.newcomer).get(LIST).status_code == 403
        assert signed_in(give_role(cast.sales, Role.REFERRALS_USER)).get(LIST).status_code == 200
        assert signed_in(give_role(cast.distributor, Role.REFERRALS_ADMIN)).get(LIST).status_code == 200
        assert signed_in(cast.deal_desk).get(LIST).status_code == 403  # they have a desk of their own

    def test_somebody_who_cannot_begin_a_deal_is_told_why_and_who_can(
        self, cast: Cast, cairo: Location
    ) -> None:
        words = listed(signed_in(give_role(cast.sales, Role.REFERRALS_USER)))
        assert "has not been given to you" in words
        words = listed(signed_in(give_role(cast.primary, Role.REFERRALS_ADMIN)))
        assert "Your company has no solution yet" in words
        make_solution(cast.site)
        words = listed(signed_in(cast.primary))
        assert "/cosell/deals/new/" in words


class TestTheHomePage:
    def test_says_which_deals_await_an_answer_the_soonest_first(
        self, cast: Cast, cairo: Location, amira: Client
    ) -> None:
        for days in (9, 2):
            make_referral(
                cast.site, cairo, direction=Direction.INCOMING, origin="vendor", substatus=Substatus.RECEIVED,
                expires_at=timezone.now() + timedelta(days=days),
            )  # fmt: skip
        words = unescape(amira.get("/").content.decode())
        assert "2 co-sell deals await your answer" in words
        assert f"{LIST}?substatus=received" in words

    def test_says_which_should_have_closed(self, cast: Cast, cairo: Location, amira: Client) -> None:
        make_referral(cast.site, cairo, close_on=date.today() - timedelta(days=3))
        assert "1 co-sell deal should have closed by now" in unescape(amira.get("/").content.decode())

    def test_is_silent_to_those_who_see_none(self, cast: Cast, cairo: Location) -> None:
        make_referral(cast.site, cairo, close_on=date.today() - timedelta(days=3))
        assert "should have closed" not in unescape(signed_in(cast.newcomer).get("/").content.decode())


class TestACustomersPage:
    def test_lists_the_deals_with_it_that_one_sees(self, cast: Cast, cairo: Location, amira: Client) -> None:
        from tests.deals.factories import make_customer

        customer = make_customer("Nile Cotton Mills")
        deal = make_referral(cast.site, cairo, name="Looms", customer=customer)
        make_referral(cast.rival_site, name="Their looms", customer=customer)
        words = unescape(amira.get(f"/customers/{customer.public_id}/").content.decode())
        assert f"{LIST}{deal.public_id}/" in words
        assert "Their looms" not in words
        narrowed = listed(amira, f"?customer={customer.public_id}")
        assert "Looms" in narrowed
        with tenancy.as_system():
            assert Referral.objects.count() == 2
