"""Agreements and customers' sites, as the vendor's contract system sends them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from customers.models import Agreement, Customer, CustomerSite
from feeds.models import Status
from identity import tenancy
from identity.access import PrivilegeMissing
from identity.models import AgreementRole, AuditEvent, User
from tests.cast import Cast, actor
from tests.deals.factories import make_customer
from tests.feeds.sending import checked, loaded, make_operations, make_pricing
from tests.feeds.telling import codes, file, rules

from .held import make_agreement, make_customer_site, make_order, relate

AGREEMENTS = "number,customer number,programme,anniversary"
LAGOON_AGREEMENT = "AG410045,1200417,relationship,2027-04-01"
SITES = "number,agreement,role,name,country,price level,points,reseller,distributor"
HEAD_OFFICE = '3100417,AG410045,originating,"Lagoon Hotels, head office",EG,D,640.5,7403807,7403809'


@pytest.fixture
def otto(db: None) -> User:
    return make_operations()


@pytest.fixture
def lagoon(cast: Cast) -> Customer:
    return make_customer("Lagoon Hotels", "EG", number="1200417")


@pytest.fixture
def contract(lagoon: Customer) -> Agreement:
    return make_agreement(lagoon, number="AG410045")


def the_site() -> CustomerSite:
    with tenancy.as_system():
        return CustomerSite.objects.get(site_number="3100417")


class TestAFileOfAgreements:
    def test_brings_them(self, otto: User, lagoon: Customer) -> None:
        rows = LAGOON_AGREEMENT, "AG410046,1200417,express,"
        delivery = loaded("agreements", file(AGREEMENTS, *rows), by=otto)

        assert delivery.status == Status.LOADED, delivery.errors
        with tenancy.as_system():
            found = Agreement.objects.order_by("number").values_list("number", "programme", "anniversary_on")
            assert list(found) == [
                ("AG410045", "relationship", date(2027, 4, 1)),
                ("AG410046", "express", None),
            ]
            assert AuditEvent.objects.filter(event="agreement.added").count() == 2

    def test_changes_nothing_when_it_comes_again(self, otto: User, lagoon: Customer) -> None:
        loaded("agreements", file(AGREEMENTS, LAGOON_AGREEMENT), by=otto)

        delivery = checked("agreements", file(AGREEMENTS, LAGOON_AGREEMENT), by=otto)

        assert delivery.status == Status.UNCHANGED

    def test_that_moves_an_anniversary_moves_it_in_what_stands_under_it(
        self, cast: Cast, otto: User, contract: Agreement
    ) -> None:
        order = make_order(make_customer_site(contract.customer, contract=contract))

        loaded("agreements", file(AGREEMENTS, "AG410045,1200417,relationship,2027-09-01"), by=otto)

        with tenancy.as_system():
            order.refresh_from_db()
        assert order.anniversary_on == date(2027, 9, 1)

    def test_takes_an_anniversary_of_a_leap_year(self, otto: User, lagoon: Customer) -> None:
        delivery = loaded("agreements", file(AGREEMENTS, "AG410045,1200417,relationship,2028-02-29"), by=otto)

        assert delivery.status == Status.LOADED

    @pytest.mark.parametrize(
        ("line", "column", "code"),
        [
            ("AG410045,9999999,relationship,2027-04-01", "customer_number", "unknown"),
            ("AG410045,1200418,relationship,2027-04-01", "customer_number", "customer_changed"),
            ("AG410045,1200417,relationship,", "anniversary_on", "no_anniversary"),
            ("AG410045,1200417,express,2027-04-01", "anniversary_on", "express_anniversary"),
            ("AG410045,1200417,relationship,2027-02-29", "anniversary_on", "day"),
            ("AG410045,1200417,platinum,2027-04-01", "programme", "choice"),
        ],
    )
    def test_says_what_is_wrong_where(
        self, otto: User, contract: Agreement, line: str, column: str, code: str
    ) -> None:
        make_customer("Delta Mills", "EG", number="1200418")

        assert codes(checked("agreements", file(AGREEMENTS, line), by=otto)) == {(2, column, code)}

    def test_is_for_those_who_look_after_customers(self, cast: Cast, otto: User, lagoon: Customer) -> None:
        for other in (make_pricing(), actor(cast.primary)):
            with pytest.raises(PrivilegeMissing):
                checked("agreements", file(AGREEMENTS, LAGOON_AGREEMENT), by=other)
        assert checked("agreements", file(AGREEMENTS, LAGOON_AGREEMENT), by=otto).status == Status.READY


class TestAFileOfCustomersSites:
    def test_brings_them_with_who_looks_after_them(self, cast: Cast, otto: User, contract: Agreement) -> None:
        delivery = loaded("customer-sites", file(SITES, HEAD_OFFICE), by=otto)

        assert delivery.status == Status.LOADED, delivery.errors
        made = the_site()
        assert (made.customer_id, made.agreement, made.role) == (
            contract.customer_id,
            "AG410045",
            "originating",
        )
        assert (made.reseller_name, made.distributor_name) == (cast.site.name, cast.distributor_site.name)
        assert (made.price_level, made.points) == ("D", Decimal("640.50"))

    def test_changes_nothing_when_it_comes_again(self, cast: Cast, otto: User, contract: Agreement) -> None:
        loaded("customer-sites", file(SITES, HEAD_OFFICE), by=otto)

        assert checked("customer-sites", file(SITES, HEAD_OFFICE), by=otto).status == Status.UNCHANGED

    def test_shows_a_site_to_its_reseller_and_to_no_other(
        self, cast: Cast, otto: User, contract: Agreement
    ) -> None:
        relate(cast.site, contract.customer)
        relate(cast.rival_site, contract.customer)

        loaded("customer-sites", file(SITES, HEAD_OFFICE), by=otto)

        with tenancy.scope(actor(cast.primary)):
            assert CustomerSite.objects.count() == 1
        with tenancy.scope(actor(cast.rival)):
            assert CustomerSite.objects.count() == 0

    def test_that_names_another_reseller_hands_the_site_over(
        self, cast: Cast, otto: User, contract: Agreement
    ) -> None:
        relate(cast.site, contract.customer)
        relate(cast.rival_site, contract.customer)
        loaded("customer-sites", file(SITES, HEAD_OFFICE), by=otto)

        handed_over = HEAD_OFFICE.replace("7403807", cast.rival_site.number)
        loaded("customer-sites", file(SITES, handed_over), by=otto)

        with tenancy.scope(actor(cast.primary)):
            assert CustomerSite.objects.count() == 0
        with tenancy.scope(actor(cast.rival)):
            assert CustomerSite.objects.count() == 1
        with tenancy.as_system():
            event = AuditEvent.objects.get(event="customer_site.changed")
        assert event.detail["changes"] == {"reseller": ["7403807", cast.rival_site.number]}

    def test_with_a_blank_distributor_takes_the_distributor_away(
        self, cast: Cast, otto: User, contract: Agreement
    ) -> None:
        loaded("customer-sites", file(SITES, HEAD_OFFICE), by=otto)

        loaded("customer-sites", file(SITES, HEAD_OFFICE.removesuffix("7403809")), by=otto)

        assert the_site().distributor_id is None

    def test_without_the_columns_of_partners_leaves_them(
        self, cast: Cast, otto: User, contract: Agreement
    ) -> None:
        loaded("customer-sites", file(SITES, HEAD_OFFICE), by=otto)
        header = "number,agreement,role,name,country,price level"

        loaded("customer-sites", file(header, "3100417,AG410045,originating,Spa,EG,E"), by=otto)

        made = the_site()
        assert (made.site_name, made.price_level, made.reseller_id) == ("Spa", "E", cast.site.id)

    @pytest.mark.parametrize(
        ("old", "new", "column", "code"),
        [
            ("AG410045", "AG999999", "agreement", "unknown"),
            ("7403807", "9999999", "reseller", "unknown"),
            ("7403809", "9999999", "distributor", "unknown"),
            ("7403807", "7403809", "reseller", "no_reseller"),
            (",7403809", ",7403807", "distributor", "no_distributor"),
            (",EG,", ",Atlantis,", "country", "country"),
            (",D,", ",Z,", "price_level", "choice"),
            ("640.5", "-1", "points", "number"),
            ("AG410045", "AG410099", "price_level", "express_level"),
        ],
    )
    def test_says_what_is_wrong_where(
        self, cast: Cast, otto: User, contract: Agreement, old: str, new: str, column: str, code: str
    ) -> None:
        make_agreement(contract.customer, number="AG410099", programme="express")

        delivery = checked("customer-sites", file(SITES, HEAD_OFFICE.replace(old, new)), by=otto)

        assert codes(delivery) == {(2, column, code)}

    def test_keeps_a_site_with_its_customer(self, cast: Cast, otto: User, contract: Agreement) -> None:
        loaded("customer-sites", file(SITES, HEAD_OFFICE), by=otto)
        make_agreement(make_customer("Delta Mills"), number="AG420000")

        delivery = checked(
            "customer-sites", file(SITES, HEAD_OFFICE.replace("AG410045", "AG420000")), by=otto
        )

        assert codes(delivery) == {(2, "agreement", "customer_changed")}

    def test_has_one_originating_site_for_an_agreement(
        self, cast: Cast, otto: User, contract: Agreement
    ) -> None:
        other = HEAD_OFFICE.replace("3100417", "3100418")
        delivery = checked("customer-sites", file(SITES, HEAD_OFFICE, other), by=otto)

        assert codes(delivery) == {(2, "role", "another_originates"), (3, "role", "another_originates")}
        assert rules(delivery)[0].endswith(": 3100418.")

    def test_lets_the_originating_site_change_in_one_file(
        self, cast: Cast, otto: User, contract: Agreement
    ) -> None:
        loaded("customer-sites", file(SITES, HEAD_OFFICE), by=otto)
        now_additional = HEAD_OFFICE.replace("originating", "additional")
        other = HEAD_OFFICE.replace("3100417", "3100418")

        delivery = loaded("customer-sites", file(SITES, now_additional, other), by=otto)

        assert delivery.status == Status.LOADED, delivery.problem
        assert the_site().role == AgreementRole.ADDITIONAL

    def test_lets_two_sites_change_places_one_after_the_other(
        self, cast: Cast, otto: User, contract: Agreement
    ) -> None:
        additional = HEAD_OFFICE.replace("3100417", "3100418").replace("originating", "additional")
        loaded("customer-sites", file(SITES, HEAD_OFFICE, additional), by=otto)
        was_first = HEAD_OFFICE.replace("originating", "additional")
        is_first = additional.replace("additional", "originating")

        at_once = checked("customer-sites", file(SITES, was_first, is_first), by=otto)
        loaded("customer-sites", file(SITES, was_first), by=otto)
        after = loaded("customer-sites", file(SITES, is_first), by=otto)

        assert codes(at_once) == {(3, "role", "changes_places")}
        assert after.status == Status.LOADED

    def test_may_be_as_messy_as_spreadsheets_are(self, cast: Cast, otto: User, contract: Agreement) -> None:
        messy = (
            "\ufeffSite No;Contract;Site role;Site name;Country code;Level;Reseller Number;Distributor site\r\n"
            " 3100417.0 ;ag410045;Originating;  Lagoon Hotels ;Egypt;d;7403807;\r\n"
        )
        header = messy.replace("Site No", "Site number")

        delivery = loaded("customer-sites", header, by=otto)

        assert delivery.status == Status.LOADED, delivery.errors
        made = the_site()
        assert (made.site_name, made.country, made.reseller_id) == ("Lagoon Hotels", "EG", cast.site.id)
