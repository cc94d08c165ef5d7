"""The page of a customer: whatever somebody may know of it, and nothing that is another partner's."""

from __future__ import annotations

import html
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, CustomerSite
from deals.states import Status
from identity.models import Tool
from renewals.models import EntitlementKind
from tests.api.calls import caller
from tests.cast import Cast, signed_in
from tests.deals.factories import make_customer, make_deal
from tests.factories import make_member
from tests.reports.declared import reporter, text_of

from .held import make_agreement, make_customer_site, make_item, make_order, relate
from .related import days
from .told import make_change, make_entitlement, make_fulfilment, make_overage, make_price_notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def lotus(cast: Cast) -> CustomerSite:
    customer = make_customer(
        "Lotus Foods", "EG", number="5550001", tax_id="526104082", web_domain="lotus.example"
    )
    contract = make_agreement(customer, number="AG700001")
    return make_customer_site(
        customer, contract=contract, site_number="3900001", site_name="Lotus Foods, Giza",
        reseller=cast.site, distributor=cast.distributor_site,
    )  # fmt: skip


@pytest.fixture
def theirs(cast: Cast, lotus: CustomerSite) -> CustomerSite:
    """Another site of the same customer, with everything that there can be, at the rival's."""
    relate(cast.rival_site, lotus.customer)
    contract = make_agreement(lotus.customer, number="AG700003")
    held = make_customer_site(
        lotus.customer, contract=contract, site_number="3900003", site_name="Lotus Foods, Suez",
        reseller=cast.rival_site,
    )  # fmt: skip
    everything(held, reseller=cast.rival_site)
    return held


def everything(of: CustomerSite, **parties: Any) -> None:
    make_entitlement(of, **parties)
    make_entitlement(of, kind=EntitlementKind.SAAS, part_number="D0SAASL", **parties)
    make_item(of, days(20), **parties)
    make_order(of, **parties)
    make_fulfilment(of, **parties)
    make_overage(of, **parties)
    make_change(of, **parties)
    make_price_notice(of, **parties)


def opened(who: Any, customer: Customer, status: int = 200) -> str:
    answer = signed_in(who).get(f"/customers/{customer.public_id}/")
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


class TestTheCustomerPage:
    def test_gathers_everything_that_one_may_know(self, cast: Cast, lotus: CustomerSite) -> None:
        relate(cast.site, lotus.customer)
        everything(lotus, reseller=cast.site)
        make_deal(
            cast, Status.APPROVED, customer_name="Lotus Foods", customer_country="EG", name="Giza plant"
        )
        shown = opened(cast.primary, lotus.customer)
        for title in (
            "Sites and agreements", "To be renewed", "Inventory", "Subscriptions", "Orders", "Deals",
            "Subscription licence updates", "Suppressed overage", "Renewal price notifications",
            "Services being set up", "5550001", "lotus.example", "AG700001", "Lotus Foods, Giza",
        ):  # fmt: skip
            assert title in shown, title

    def test_shows_the_deals_with_it(self, cast: Cast, lotus: CustomerSite) -> None:
        relate(cast.site, lotus.customer)
        deal = make_deal(cast, Status.APPROVED, customer=lotus.customer, name="Giza plant")
        assert "Giza plant" in opened(cast.primary, lotus.customer)
        assert deal.customer_id == lotus.customer_id

    def test_says_nothing_of_what_another_partner_has_there(
        self, cast: Cast, lotus: CustomerSite, theirs: CustomerSite
    ) -> None:
        relate(cast.site, lotus.customer)
        shown = opened(cast.primary, lotus.customer)
        assert "3900003" not in shown
        assert "Suez" not in shown
        assert cast.rival_site.name not in shown
        assert "Suez" in opened(cast.rival, lotus.customer)

    def test_is_not_there_for_a_partner_who_knows_nothing_of_it(
        self, cast: Cast, lotus: CustomerSite, theirs: CustomerSite
    ) -> None:
        opened(cast.primary, lotus.customer, 404)
        opened(cast.rival, lotus.customer)

    def test_stays_for_a_partner_whose_relationship_has_ended(self, cast: Cast, lotus: CustomerSite) -> None:
        relate(cast.site, lotus.customer, date(2024, 1, 1), date(2025, 1, 1))
        make_order(lotus, date(2024, 6, 1), number="40001", reseller=cast.site)
        make_order(lotus, date(2025, 6, 1), number="40002", reseller=cast.site)
        shown = opened(cast.primary, lotus.customer)
        assert "40001" in shown
        assert "40002" not in shown

    def test_shows_the_vendor_all_of_it(self, cast: Cast, lotus: CustomerSite, theirs: CustomerSite) -> None:
        shown = opened(cast.deal_desk, lotus.customer)
        assert "Lotus Foods, Giza" in shown
        assert "Lotus Foods, Suez" in shown

    def test_says_who_can_grant_what_somebody_lacks(self, cast: Cast, lotus: CustomerSite) -> None:
        relate(cast.site, lotus.customer)
        everything(lotus, reseller=cast.site)
        shown = text_of(opened(cast.newcomer, lotus.customer))
        assert "Reporting" in shown
        assert "Flow Designer" not in shown

    def test_does_not_exist_for_an_unknown_id(self, cast: Cast) -> None:
        assert signed_in(cast.primary).get("/customers/222222222222/").status_code == 404

    def test_leads_to_the_reports_narrowed_to_this_customer(self, cast: Cast, lotus: CustomerSite) -> None:
        relate(cast.site, lotus.customer)
        for _ in range(9):
            make_entitlement(lotus, reseller=cast.site)
        shown = opened(cast.primary, lotus.customer)
        address = f"/reports/inventory/?level=detail&customer={lotus.customer.public_id}"
        assert address in shown
        assert shown.count("E0000") <= 8 + 6  # rows of the section, and hints
        assert "All of them, and more columns" in shown

    def test_asks_as_much_of_the_database_however_much_there_is(
        self, cast: Cast, lotus: CustomerSite
    ) -> None:
        relate(cast.site, lotus.customer)
        client = signed_in(cast.primary)
        address = f"/customers/{lotus.customer.public_id}/"

        def queries() -> int:
            with CaptureQueriesContext(connection) as found:
                assert client.get(address).status_code == 200
            return len(found)

        everything(lotus, reseller=cast.site)
        queries()
        with_one = queries()
        for _ in range(12):
            everything(lotus, reseller=cast.site)
        assert queries() == with_one

    def test_is_linked_to_from_the_list_of_customers(self, cast: Cast, lotus: CustomerSite) -> None:
        relate(cast.site, lotus.customer)
        shown = signed_in(cast.newcomer).get("/customers/").content.decode()
        assert f'href="/customers/{lotus.customer.public_id}/"' in shown

    def test_speaks_of_upsell_only_to_whoever_may_see_reports(self, cast: Cast, lotus: CustomerSite) -> None:
        relate(cast.site, lotus.customer)
        make_entitlement(lotus, reseller=cast.site)
        assert "Bought, but without support" in opened(reporter(cast), lotus.customer)
        assert "Bought, but without support" not in opened(cast.newcomer, lotus.customer)

    def test_says_no_support_only_of_what_one_sees(self, cast: Cast, lotus: CustomerSite) -> None:
        relate(cast.site, lotus.customer)
        relate(cast.rival_site, lotus.customer)
        make_entitlement(lotus, reseller=cast.site)
        make_entitlement(lotus, kind=EntitlementKind.SUPPORT, reseller=cast.rival_site)
        assert "no support that you see covers it" in opened(cast.primary, lotus.customer)

    def test_shows_its_deals_to_whoever_has_that_tool_alone(self, cast: Cast, lotus: CustomerSite) -> None:
        make_deal(cast, Status.APPROVED, customer=lotus.customer, name="Giza plant")
        seller = make_member(cast.site, "Dalia Deals", tools=[Tool.DEAL_REGISTRATION])
        assert "Giza plant" in opened(seller, lotus.customer)
        opened(cast.newcomer, lotus.customer, 404)


class TestForPrograms:
    def get(self, who: Any, customer: Customer) -> Any:
        return caller(who).get(f"/api/v1/customers/{customer.public_id}/")

    def test_it_says_the_same(self, cast: Cast, lotus: CustomerSite, theirs: CustomerSite) -> None:
        relate(cast.site, lotus.customer)
        everything(lotus, reseller=cast.site)
        answer = self.get(cast.primary, lotus.customer)
        assert answer.status_code == 200
        told = answer.json()
        sections = {section["key"]: section for section in told["sections"]}
        assert (told["name"], told["number"]) == ("Lotus Foods", "5550001")
        assert [row["agreement"] for row in sections["sites"]["rows"]] == ["AG700001"]
        assert sections["orders"]["rows"][0]["total"] == {"amount": "125.00", "currency": "EUR"}
        assert sections["prices"]["rows"][0]["change"] == "7.25"
        assert told["hints"][0]["title"] == "Bought, but without support"
        assert "3900003" not in str(told)

    def test_it_says_what_they_may_not_see(self, cast: Cast, lotus: CustomerSite) -> None:
        relate(cast.site, lotus.customer)
        everything(lotus, reseller=cast.site)
        told = self.get(cast.newcomer, lotus.customer).json()
        assert told["hints"] == []
        assert all(section["rows"] == [] and section["refusal"] for section in told["sections"])

    def test_it_is_not_there_for_whoever_knows_nothing_of_the_customer(
        self, cast: Cast, lotus: CustomerSite, theirs: CustomerSite
    ) -> None:
        assert self.get(cast.primary, lotus.customer).status_code == 404
        assert self.get(cast.rival, lotus.customer).status_code == 200
