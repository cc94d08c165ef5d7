"""Placing an order: from part numbers, a list or a file to an order, once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from identity import tenancy
from identity.models import StaffRole, Tool
from orders.models import Order, OrderStatus
from tests.cast import Cast, signed_in
from tests.customers.held import relate
from tests.deals.factories import make_customer
from tests.factories import make_user
from tests.orders.made import LICENCE, RENEWAL, SAAS, UNPRICED, make_open_quote, order, sell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sold(db: None) -> None:
    sell()


@pytest.fixture
def amira(cast: Cast) -> Client:
    return signed_in(cast.primary)


def reviewed(amira: Client, *wanted: tuple[str, Any], **changes: Any) -> dict[str, Any]:
    """What the review page sends: with the basket it was given."""
    page = amira.post("/orders/place/", {"parts": "\n".join(f"{n}\t{q}" for n, q in wanted)}).content.decode()
    basket, total = (
        re.search(r'name="basket" value="(\w+)"', page),
        re.search(r'seen_total" value="(\d+)"', page),
    )
    assert basket is not None
    assert total is not None
    sent = {"step": "review", "basket": basket[1], "seen_total": total[1], "rows": len(wanted), "do": "place"}
    for place, (number, quantity) in enumerate(wanted):
        sent |= {f"part-{place}": number, f"quantity-{place}": quantity}
    return sent | {"customer_name": "Oasis Clinics", "customer_country": "EG"} | changes


def orders() -> list[Order]:
    with tenancy.as_system():
        return list(Order.objects.order_by("id"))


class TestChoosingParts:
    def test_shows_prices_and_what_their_points_earn_before_anything_is_ordered(self, amira: Client) -> None:
        answer = amira.post("/orders/place/", {"parts": f"{LICENCE} 60"})
        words = answer.content.decode()
        assert answer.status_code == 200
        assert "54,000.00" in words  # at level D, which 600 points earn
        assert "400 more points" in words
        assert orders() == []

    def test_takes_a_file(self, amira: Client) -> None:
        file = SimpleUploadedFile("parts.csv", f"Part number;Quantity\n{LICENCE};3\n{RENEWAL};4\n".encode())
        words = amira.post("/orders/place/", {"parts": "", "file": file}).content.decode()
        assert LICENCE in words
        assert RENEWAL in words

    def test_says_which_rows_cannot_be_read(self, amira: Client) -> None:
        answer = amira.post("/orders/place/", {"parts": f"{LICENCE} 0\n{RENEWAL} many"})
        assert answer.status_code == 422
        assert "Row 1" in answer.content.decode()

    def test_says_at_its_row_what_is_not_sold(self, amira: Client) -> None:
        words = amira.post("/orders/place/", {"parts": f"{UNPRICED} 1\nD0NONAM 2"}).content.decode()
        assert "part-0-error" in words
        assert "part-1-error" in words


class TestPlacing:
    def test_makes_an_order_at_the_total_that_was_shown(self, amira: Client) -> None:
        answer = amira.post("/orders/place/", reviewed(amira, (LICENCE, 2), (RENEWAL, 1)))
        assert answer.status_code == 302, answer.content.decode()[:3000]
        (order,) = orders()
        assert (order.total, order.status, order.placed_by_name) == (
            209_000,
            OrderStatus.PLACED,
            "Amira Haddad",
        )
        assert order.customer_name == "Oasis Clinics"
        assert amira.get(answer["Location"]).status_code == 200

    def test_twice_from_the_same_page_orders_once(self, amira: Client) -> None:
        sent = reviewed(amira, (LICENCE, 2))
        first, second = amira.post("/orders/place/", sent), amira.post("/orders/place/", sent)
        assert len(orders()) == 1
        assert first["Location"] == second["Location"]

    def test_needs_a_customer_and_keeps_what_was_typed(self, amira: Client) -> None:
        sent = reviewed(amira, (LICENCE, 2), customer_name="", po_number="PO 4711")
        answer = amira.post("/orders/place/", sent)
        assert answer.status_code == 422
        assert "PO 4711" in answer.content.decode()
        assert orders() == []

    @pytest.mark.parametrize("quantity", ["0", "-1", "1000000", "x"])
    def test_refuses_a_quantity_that_cannot_be_at_its_row(self, amira: Client, quantity: str) -> None:
        sent = reviewed(amira, (LICENCE, 2)) | {"quantity-0": quantity}
        answer = amira.post("/orders/place/", sent)
        assert answer.status_code == 422
        assert "quantity-0-error" in answer.content.decode()

    def test_asks_where_a_service_is_set_up(self, amira: Client) -> None:
        sent = reviewed(amira, (SAAS, 2))
        answer = amira.post("/orders/place/", sent)
        assert answer.status_code == 422
        assert "email-0-error" in answer.content.decode()
        details = {"start-0": timezone.localdate().isoformat(), "email-0": "it@oasis.example"}
        assert amira.post("/orders/place/", sent | details).status_code == 302

    def test_shows_a_total_that_has_changed_before_it_is_ordered(self, amira: Client) -> None:
        answer = amira.post("/orders/place/", reviewed(amira, (LICENCE, 2), seen_total="1"))
        assert answer.status_code == 409
        assert orders() == []


class TestWhoMay:
    def test_a_distributor_sees_that_resellers_order(self, cast: Cast) -> None:
        assert signed_in(cast.distributor).get("/orders/place/").status_code == 403

    def test_the_vendor_answers_and_the_reseller_calls_off_until_then(
        self, cast: Cast, amira: Client
    ) -> None:
        make_customer()
        for _each in range(3):
            amira.post("/orders/place/", reviewed(amira, (LICENCE, 1)))
        first, second, third = orders()
        olga = signed_in(make_user("Olga Operations", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))
        assert olga.get("/orders/?show=placed").status_code == 200
        assert olga.get("/").status_code == 200
        assert olga.post(f"/orders/{first.public_id}/accept/", {"version": 1}).status_code == 302
        assert olga.post(f"/orders/{second.public_id}/reject/", {"text": ""}).status_code == 422
        assert olga.post(f"/orders/{second.public_id}/reject/", {"text": "No."}).status_code == 302
        assert amira.post(f"/orders/{first.public_id}/cancel/", {}).status_code == 409
        assert amira.post(f"/orders/{third.public_id}/cancel/", {}).status_code == 302
        assert [order.status for order in orders()] == ["accepted", "rejected", "cancelled"]


class TestAnOrderThatCameOfAQuote:
    def test_leads_the_reseller_to_it_and_not_the_distributor_that_it_names(self, cast: Cast) -> None:
        customer = make_customer("Oasis Clinics")
        with tenancy.as_system():
            cast.distributor.tools = [Tool.REPORTING]
            cast.distributor.save()
        for site in (cast.site, cast.distributor_site):
            relate(site, customer)
        offered = {"customer": customer, "distributor": cast.distributor_site}
        quote = make_open_quote(cast.primary, (LICENCE, 1), **offered)
        placed = order(quote, cast.primary)
        for reader, times in ((cast.primary, 1), (cast.distributor, 0)):
            page = signed_in(reader).get(f"/orders/{placed.public_id}/")
            assert page.status_code == 200
            assert page.content.decode().count(f"/quotes/{quote.public_id}/") == times
