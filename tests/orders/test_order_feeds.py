"""Orders with their lines, and their statuses, as the vendor's order system sends them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import CustomerSite
from feeds.models import Status
from identity import tenancy
from identity.access import PrivilegeMissing
from identity.models import AuditEvent, User
from orders.models import Order, OrderLine
from tests.cast import Cast, actor
from tests.customers.held import make_customer_site, relate
from tests.deals.factories import make_customer, make_part
from tests.feeds.sending import checked, loaded, make_operations, make_pricing
from tests.feeds.telling import codes, file, rules

HEADER = (
    "order number,order date,status,customer's site,reseller,distributor,currency,po,line,part,qty,"
    "coverage starts,coverage ends,unit price"
)
FIRST = (
    "40012345,2026-03-05,fulfilled,3100417,7403807,7403809,EUR,PO-7,1,D0ABCLL,5,2026-04-01,2027-03-31,25.00"
)
SECOND = "40012345,2026-03-05,fulfilled,3100417,7403807,7403809,EUR,PO-7,2,D0ABCSA,10,,,3.50"


@pytest.fixture
def otto(db: None) -> User:
    return make_operations()


@pytest.fixture
def site(cast: Cast) -> CustomerSite:
    make_part("D0ABCLL", points=Decimal("4.50"), metric="vpc", description="Flow Designer")
    make_part("D0ABCSA", type="saas", description="Flow Cloud")
    customer = make_customer("Lagoon Hotels", number="1200417")
    relate(cast.site, customer)
    relate(cast.distributor_site, customer)
    return make_customer_site(customer, site_number="3100417")


def the_order() -> Order:
    with tenancy.as_system():
        return Order.objects.get(number="40012345")


def lines() -> list[OrderLine]:
    with tenancy.as_system():
        return list(OrderLine.objects.order_by("position"))


class TestAFileOfOrders:
    def test_brings_orders_with_their_lines(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        delivery = loaded("orders", file(HEADER, FIRST, SECOND), by=otto)

        assert delivery.status == Status.LOADED, (delivery.errors, delivery.problem)
        order = the_order()
        assert (order.total, order.points, order.line_count) == (16_000, Decimal("22.50"), 2)
        assert (order.settled_on, order.placed_here) == (date(2026, 3, 5), False)
        assert (order.customer_name, order.site_number) == ("Lagoon Hotels", "3100417")
        first, second = lines()
        assert (first.description, first.metric, first.unit_points) == (
            "Flow Designer",
            "vpc",
            Decimal("4.50"),
        )
        assert (first.months, first.extended, first.currency) == (12, 12_500, "EUR")
        assert (second.months, second.coverage_start, second.extended) == (None, None, 3_500)
        with tenancy.as_system():
            assert AuditEvent.objects.filter(event="order.added").count() == 1

    def test_shows_them_to_who_stands_on_them_and_to_no_other(
        self, cast: Cast, otto: User, site: CustomerSite
    ) -> None:
        relate(cast.rival_site, site.customer)
        loaded("orders", file(HEADER, FIRST, SECOND), by=otto)

        for reader, orders in ((cast.primary, 1), (cast.distributor, 1), (cast.rival, 0)):
            with tenancy.scope(actor(reader)):
                assert (Order.objects.count(), OrderLine.objects.count()) == (orders, 2 * orders)

    def test_changes_nothing_when_it_comes_again(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        loaded("orders", file(HEADER, FIRST, SECOND), by=otto)

        assert checked("orders", file(HEADER, FIRST, SECOND), by=otto).status == Status.UNCHANGED

    def test_changes_nothing_either_when_the_part_is_described_otherwise_by_now(
        self, cast: Cast, otto: User, site: CustomerSite
    ) -> None:
        loaded("orders", file(HEADER, FIRST), by=otto)
        with tenancy.as_system():
            part = make_part("D0ABCLL")
            part.description, part.points = "Flow Studio", Decimal(9)
            part.save()

        assert checked("orders", file(HEADER, FIRST), by=otto).status == Status.UNCHANGED

    def test_changes_a_line_and_with_it_what_the_order_comes_to(
        self, cast: Cast, otto: User, site: CustomerSite
    ) -> None:
        loaded("orders", file(HEADER, FIRST, SECOND), by=otto)

        loaded("orders", file(HEADER, FIRST.replace(",5,", ",8,")), by=otto)

        assert (the_order().total, the_order().line_count) == (23_500, 2)
        with tenancy.as_system():
            event = AuditEvent.objects.get(event="order_line.changed")
        assert event.detail["changes"]["quantity"] == ["5", "8"]

    def test_adds_a_line_to_an_order_that_is_there(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        loaded("orders", file(HEADER, FIRST), by=otto)

        loaded("orders", file(HEADER, SECOND), by=otto)

        assert (the_order().total, the_order().line_count) == (16_000, 2)

    def test_that_names_another_reseller_takes_its_lines_along(
        self, cast: Cast, otto: User, site: CustomerSite
    ) -> None:
        relate(cast.rival_site, site.customer)
        loaded("orders", file(HEADER, FIRST, SECOND), by=otto)

        loaded("orders", file(HEADER, FIRST.replace("7403807", cast.rival_site.number),
                              SECOND.replace("7403807", cast.rival_site.number)), by=otto)  # fmt: skip

        with tenancy.scope(actor(cast.rival)):
            assert OrderLine.objects.count() == 2
        with tenancy.scope(actor(cast.primary)):
            assert OrderLine.objects.count() == 0

    @pytest.mark.parametrize(
        ("old", "new", "column", "code"),
        [
            ("3100417", "3199999", "customer_site", "unknown"),
            ("7403807", "9999999", "reseller", "unknown"),
            ("7403807", "7403809", "reseller", "no_reseller"),
            ("D0ABCLL", "D9ZZZLL", "part_number", "unknown_part"),
            (",5,", ",0,", "quantity", "whole"),
            (",5,", ",-3,", "quantity", "whole"),
            (",5,", ",1000000,", "quantity", "whole"),
            (",5,", ",2.5,", "quantity", "whole"),
            ("EUR", "EURO", "currency", "currency"),
            ("EUR", "XTS", "currency", "currency"),
            ("fulfilled", "placed", "status", "choice"),
            ("2026-04-01", "2027-04-01", "coverage_end", "ends_before_it_starts"),
            ("2026-04-01", "", "coverage_start", "no_start"),
            ("2026-04-01", "2026-02-29", "coverage_start", "day"),
            ("25.00", "25.0055", "unit_price", "decimals"),
            ("25.00", "-25.00", "unit_price", "amount"),
            ("25.00", "99999999999.00", "unit_price", "amount"),
        ],
    )
    def test_says_what_is_wrong_where(
        self, cast: Cast, otto: User, site: CustomerSite, old: str, new: str, column: str, code: str
    ) -> None:
        delivery = checked("orders", file(HEADER, FIRST.replace(old, new)), by=otto)

        assert codes(delivery) == {(2, column, code)}
        with tenancy.as_system():
            assert not Order.objects.exists()

    def test_knows_more_money_than_there_is(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        rich = FIRST.replace(",5,", ",999999,").replace("25.00", "9999999999.00")

        assert (2, "unit_price", "too_much") in codes(checked("orders", file(HEADER, rich), by=otto))

    def test_takes_coverage_from_a_leap_day(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        leap = FIRST.replace("2026-04-01,2027-03-31", "2028-02-29,2029-02-28")
        delivery = loaded("orders", file(HEADER, leap), by=otto)

        assert delivery.status == Status.LOADED, delivery.errors
        assert lines()[0].months == 12

    def test_says_how_many_months_the_days_are(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        delivery = checked("orders", file(HEADER + ",months", FIRST + ",11"), by=otto)

        assert codes(delivery) == {(2, "months", "months_differ")}
        assert "12 months" in rules(delivery)[0]

    def test_tells_rows_that_disagree_about_their_order(
        self, cast: Cast, otto: User, site: CustomerSite
    ) -> None:
        other = SECOND.replace("PO-7", "PO-8").replace("EUR", "USD")

        delivery = checked("orders", file(HEADER, FIRST, other), by=otto)

        assert codes(delivery) == {(3, "currency", "disagrees"), (3, "po_number", "disagrees")}
        assert any("EUR" in rule for rule in rules(delivery))

    def test_keeps_the_currency_of_an_order(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        loaded("orders", file(HEADER, FIRST), by=otto)

        delivery = checked("orders", file(HEADER, FIRST.replace("EUR", "USD")), by=otto)

        assert codes(delivery) == {(2, "currency", "currency_changed")}

    def test_names_the_same_line_twice(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        delivery = checked("orders", file(HEADER, FIRST, FIRST), by=otto)

        assert delivery.status == Status.INVALID
        assert {row for row, _column, _code in codes(delivery)} <= {2, 3}

    def test_is_for_those_who_look_after_orders(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        for other in (make_pricing(), actor(cast.primary)):
            with pytest.raises(PrivilegeMissing):
                checked("orders", file(HEADER, FIRST), by=other)
        assert checked("orders", file(HEADER, FIRST), by=otto).status == Status.READY

    def test_cannot_be_complete(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        """An order, once there, is never removed."""
        loaded("orders", file(HEADER, FIRST, SECOND), by=otto)

        delivery = checked("orders", file(HEADER, FIRST), by=otto, complete=True)

        assert delivery.status == Status.UNCHANGED

    def test_may_be_as_messy_as_exports_are(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        messy = (
            "Order No;Order date;Order status;Customer site number;Currency code;Line no;Material;Qty;Price;PO\r\n"
            '40012345;05 Mar 2026;Fulfilled; 3100417.0;eur;1;d0abcll;"1 000";"25,00";\r\n'
        )
        delivery = loaded("orders", messy, by=otto)

        assert delivery.status == Status.LOADED, (delivery.errors, delivery.problem)
        assert (lines()[0].quantity, the_order().total) == (1_000, 2_500_000)


class TestAnOrderThatIsOver:
    @pytest.fixture
    def rejected(self, cast: Cast, otto: User, site: CustomerSite) -> str:
        row = FIRST.replace("fulfilled", "rejected")
        loaded("orders", file(HEADER, row), by=otto)
        return row

    def test_may_be_said_again(self, otto: User, rejected: str) -> None:
        assert checked("orders", file(HEADER, rejected), by=otto).status == Status.UNCHANGED

    @pytest.mark.parametrize(
        ("old", "new", "column"),
        [("rejected", "accepted", "status"), ("PO-7", "PO-9", "po_number"), (",5,", ",6,", "quantity")],
    )
    def test_does_not_change(self, otto: User, rejected: str, old: str, new: str, column: str) -> None:
        delivery = checked("orders", file(HEADER, rejected.replace(old, new)), by=otto)

        assert codes(delivery) == {(2, column, "order_is_over")}

    def test_takes_no_line(self, otto: User, rejected: str) -> None:
        delivery = checked("orders", file(HEADER, SECOND.replace("fulfilled", "rejected")), by=otto)

        assert codes(delivery) == {(2, "line", "order_is_over")}


class TestAnOrderPlacedInThePortal:
    @pytest.fixture
    def placed(self, cast: Cast, site: CustomerSite) -> Order:
        with tenancy.as_system():
            order = Order.objects.create(
                number="40012345", status="placed", placed_here=True, placed_at=timezone.now(), customer_site=site,
                reseller=cast.site, distributor=cast.distributor_site, settled_on=date(2026, 3, 5), currency="EUR",
                po_number="PO-7", total=12_000, line_count=1,
            )  # fmt: skip
            OrderLine.objects.create(
                order=order, position=1, part=make_part("D0ABCLL"), part_number="D0ABCLL", description="Flow",
                part_type="licence", metric="vpc", unit_points=Decimal("4.50"), points=Decimal("22.50"),
                quantity=5, unit_price=2_500, extended=12_500, months=12,
                coverage_start=date(2026, 4, 1), coverage_end=date(2027, 3, 31),
            )  # fmt: skip
        return order

    def test_gets_its_status_with_the_orders(self, otto: User, placed: Order) -> None:
        delivery = loaded("orders", file(HEADER, FIRST.replace("fulfilled", "accepted")), by=otto)

        assert delivery.status == Status.LOADED, delivery.errors
        assert (the_order().status, the_order().total) == ("accepted", 12_000)

    @pytest.mark.parametrize(
        ("old", "new", "column"),
        [("PO-7", "PO-9", "po_number"), (",5,", ",6,", "quantity"), ("7403809", "", "distributor")],
    )
    def test_keeps_everything_else(self, otto: User, placed: Order, old: str, new: str, column: str) -> None:
        delivery = checked("orders", file(HEADER, FIRST.replace(old, new)), by=otto)

        assert codes(delivery) == {(2, column, "placed_here")}

    def test_takes_no_further_line(self, otto: User, placed: Order) -> None:
        assert codes(checked("orders", file(HEADER, SECOND), by=otto)) == {(2, "line", "placed_here")}

    def test_gets_its_status_alone(self, otto: User, placed: Order) -> None:
        content = file("order,status,reason", "40012345,rejected,The customer is on credit hold")

        delivery = loaded("order-statuses", content, by=otto)

        assert delivery.status == Status.LOADED, delivery.errors
        assert (the_order().status, the_order().status_reason) == (
            "rejected",
            "The customer is on credit hold",
        )

    @pytest.mark.parametrize(
        ("row", "column", "code"),
        [
            ("49999999,accepted,", "order_number", "unknown"),
            ("40012345,rejected,", "status_reason", "no_reason"),
            ("40012345,placed,", "status", "choice"),
        ],
    )
    def test_says_what_is_wrong_with_a_status(
        self, otto: User, placed: Order, row: str, column: str, code: str
    ) -> None:
        delivery = checked("order-statuses", file("order,status,reason", row), by=otto)

        assert codes(delivery) == {(2, column, code)}

    def test_that_was_rejected_stays_so(self, otto: User, placed: Order) -> None:
        header = "order,status,reason"
        loaded("order-statuses", file(header, "40012345,rejected,No"), by=otto)

        assert checked("order-statuses", file(header, "40012345,rejected,No"), by=otto).status == "unchanged"
        again = checked("order-statuses", file(header, "40012345,accepted,"), by=otto)
        assert codes(again) == {(2, "status", "order_is_over")}
