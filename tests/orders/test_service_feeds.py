"""How far services are, and what has to be known to set them up, as the vendor's systems send it."""

from __future__ import annotations

from datetime import date

import pytest

from feeds.models import Status
from identity import tenancy
from identity.models import User
from orders.models import DataElement, Fulfilment, Order
from tests.cast import Cast, actor
from tests.customers.held import make_customer_site, make_order, relate
from tests.deals.factories import make_customer
from tests.feeds.sending import checked, loaded, make_operations
from tests.feeds.telling import codes, file

FULFILMENT = "order,line,status,waiting for,subscription,set up on,provisioning contact"
WAITING = "40012345,1,awaiting_details,The subdomain,SUB-1,,it@lagoon.example"
ELEMENTS = "order,line,element,value,required"


@pytest.fixture
def otto(db: None) -> User:
    return make_operations()


@pytest.fixture
def order(cast: Cast) -> Order:
    customer = make_customer("Lagoon Hotels", number="1200417")
    relate(cast.site, customer)
    parties = {"reseller": cast.site, "distributor": cast.distributor_site}
    return make_order(make_customer_site(customer), number="40012345", **parties)


class TestAFileOfFulfilment:
    def test_brings_what_becomes_of_a_line(self, cast: Cast, otto: User, order: Order) -> None:
        delivery = loaded("fulfilment", file(FULFILMENT, WAITING), by=otto)

        assert delivery.status == Status.LOADED, (delivery.errors, delivery.problem)
        with tenancy.scope(actor(cast.primary)):
            made = Fulfilment.objects.get()
        assert (made.part_number, made.quantity, made.ordered_on) == ("D0ABCLL", 5, order.settled_on)
        assert (made.status, made.status_note) == ("awaiting_details", "The subdomain")
        assert (made.customer_name, made.distributor_name) == ("Lagoon Hotels", cast.distributor_site.name)

    def test_changes_nothing_when_it_comes_again(self, otto: User, order: Order) -> None:
        loaded("fulfilment", file(FULFILMENT, WAITING), by=otto)

        assert checked("fulfilment", file(FULFILMENT, WAITING), by=otto).status == Status.UNCHANGED

    def test_changes_how_far_it_is(self, otto: User, order: Order) -> None:
        loaded("fulfilment", file(FULFILMENT, WAITING), by=otto)

        loaded("fulfilment", file(FULFILMENT, "40012345,1,active,,SUB-1,2026-03-20,"), by=otto)

        with tenancy.as_system():
            made = Fulfilment.objects.get()
        assert (made.status, made.fulfilled_on, made.status_note) == ("active", date(2026, 3, 20), "")

    @pytest.mark.parametrize(
        ("row", "column", "code"),
        [
            ("49999999,1,active,,,2026-03-20,", "order_number", "unknown"),
            ("40012345,7,active,,,2026-03-20,", "line", "unknown"),
            ("40012345,1,asleep,,,,", "status", "choice"),
            ("40012345,1,active,,,,", "fulfilled_on", "no_day"),
            ("40012345,1,active,,,2026-03-01,", "fulfilled_on", "before_the_order"),
            ("40012345,1,ordered,,,,it at lagoon", "provisioning_email", "pattern"),
        ],
    )
    def test_says_what_is_wrong_where(
        self, otto: User, order: Order, row: str, column: str, code: str
    ) -> None:
        found = codes(checked("fulfilment", file(FULFILMENT, row), by=otto))

        assert (2, column, code) in found
        assert len(found - {(2, "line", "unknown")}) <= 1


class TestAFileOfProvisioningForms:
    @pytest.fixture
    def waiting(self, otto: User, order: Order) -> Order:
        loaded("fulfilment", file(FULFILMENT, WAITING), by=otto)
        return order

    def test_brings_what_is_known_and_what_is_missing(self, cast: Cast, otto: User, waiting: Order) -> None:
        rows = "40012345,1,Subdomain,,yes", "40012345,1,Time zone,Europe/Rome,yes", "40012345,1,Motto,,no"
        delivery = loaded("data-elements", file(ELEMENTS, *rows), by=otto)

        assert delivery.status == Status.LOADED, (delivery.errors, delivery.problem)
        with tenancy.scope(actor(cast.primary)):
            found = DataElement.objects.order_by("element").values_list("element", "value", "missing")
            assert list(found) == [
                ("Motto", "", False), ("Subdomain", "", True), ("Time zone", "Europe/Rome", False),
            ]  # fmt: skip

    def test_changes_nothing_when_it_comes_again(self, otto: User, waiting: Order) -> None:
        rows = file(ELEMENTS, "40012345,1,Subdomain,,yes")
        loaded("data-elements", rows, by=otto)

        assert checked("data-elements", rows, by=otto).status == Status.UNCHANGED

    def test_brings_a_value_that_was_missing(self, otto: User, waiting: Order) -> None:
        loaded("data-elements", file(ELEMENTS, "40012345,1,Subdomain,,"), by=otto)

        loaded("data-elements", file(ELEMENTS, "40012345,1,Subdomain,lagoon,"), by=otto)

        with tenancy.as_system():
            made = DataElement.objects.get()
        assert (made.value, made.missing) == ("lagoon", False)

    @pytest.mark.parametrize(
        ("row", "column", "code"),
        [
            ("40012345,2,Subdomain,,yes", "order_number", "unknown"),
            ("40012345,1,,x,yes", "element", "required"),
            ("40012345,1,Subdomain,x,perhaps", "required", "yes_no"),
        ],
    )
    def test_says_what_is_wrong_where(
        self, otto: User, waiting: Order, row: str, column: str, code: str
    ) -> None:
        assert codes(checked("data-elements", file(ELEMENTS, row), by=otto)) == {(2, column, code)}
