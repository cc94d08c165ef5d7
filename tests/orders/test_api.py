"""Quotes and orders through the API: the same actions, the same answers, figures that agree to the cent."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from identity import tenancy
from identity.models import StaffRole
from orders.models import Order, Quote
from tests.api.calls import caller
from tests.cast import Cast, signed_in
from tests.deals.factories import make_customer
from tests.factories import make_user
from tests.orders.made import LICENCE, RENEWAL, SAAS, make_open_quote, make_quote, sell

pytestmark = pytest.mark.django_db
QUOTES, ORDERS = "/api/v1/quotes/", "/api/v1/orders/"


@pytest.fixture(autouse=True)
def sold(db: None) -> None:
    sell()


def lines(*wanted: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"part_number": number, "quantity": quantity} for number, quantity in wanted]


class TestAQuote:
    def test_goes_from_proposal_to_order(self, cast: Cast) -> None:
        program, customer = caller(cast.primary), make_customer()
        begun = program.send(
            "post", QUOTES, {"customer": customer.public_id, "lines": lines((LICENCE, 2), (RENEWAL, 3))}
        )
        assert begun.status_code == 201, begun.json()
        quote = begun.json()
        assert (quote["total"], quote["status"]) == ("2470.00", "draft")
        at = f"{QUOTES}{quote['id']}/"
        opened = program.send("post", f"{at}open/", {}, If_Match=begun["ETag"])
        assert opened.json()["status"] == "open", opened.json()
        ordered = program.send("post", f"{at}order/", {"po_number": "PO 12"})
        assert ordered.status_code == 201, ordered.json()
        assert (ordered.json()["total"], ordered.json()["po_number"]) == ("2470.00", "PO 12")
        assert program.get(at).json()["status"] == "ordered"

    def test_says_line_by_line_what_cannot_be_and_keeps_nothing(self, cast: Cast) -> None:
        answer = caller(cast.primary).send("post", QUOTES, {"lines": lines((LICENCE, 0), (RENEWAL, 1))})
        assert answer.status_code == 400
        wrong = answer.json()["details"]["lines"]
        assert "quantity" in wrong[0]
        assert wrong[1] == {}
        with tenancy.as_system():
            assert not Quote.objects.exists()

    def test_names_parts_that_are_not_sold(self, cast: Cast) -> None:
        answer = caller(cast.primary).send("post", QUOTES, {"lines": lines((LICENCE, 1), ("D0NONAM", 1))})
        assert answer.status_code == 400
        assert "part_number" in answer.json()["details"]["lines"][1]

    def test_is_not_changed_by_whoever_has_not_seen_it_as_it_is(self, cast: Cast) -> None:
        program = caller(cast.primary)
        quote = make_quote(cast.primary, (LICENCE, 1))
        at = f"{QUOTES}{quote.public_id}/"
        assert program.send("patch", at, {"title": "Spring"}).status_code == 428
        assert program.send("patch", at, {"title": "Spring"}, If_Match='"7"').status_code == 412
        assert program.send("patch", at, {"title": "Spring"}, If_Match='"1"').status_code == 200

    def test_says_the_same_figures_as_its_page(self, cast: Cast) -> None:
        quote = make_open_quote(cast.primary, (LICENCE, 7))
        said = caller(cast.primary).get(f"{QUOTES}{quote.public_id}/").json()
        page = signed_in(cast.primary).get(f"/quotes/{quote.public_id}/").content.decode()
        assert said["total"] == "6650.00"
        assert "6,650.00" in page
        assert quote.total == 665_000

    def test_is_nobodys_but_its_sites(self, cast: Cast) -> None:
        quote = make_open_quote(cast.primary, (LICENCE, 1))
        assert caller(cast.rival).get(f"{QUOTES}{quote.public_id}/").status_code == 404
        assert caller(cast.rival).get(QUOTES).json()["results"] == []
        assert caller(cast.distributor).get(QUOTES).status_code == 403

    def test_is_worked_on(self, cast: Cast) -> None:
        program = caller(cast.primary)
        quote = make_quote(cast.primary, (LICENCE, 1), (RENEWAL, 1))
        at = f"{QUOTES}{quote.public_id}/"
        first, second = program.get(at).json()["lines"]
        changed = program.send(
            "post", f"{at}lines/", {"lines": [{"id": first["id"], "quantity": 5}], "remove": [second["id"]]}
        )
        assert [line["quantity"] for line in changed.json()["lines"]] == [5], changed.json()
        assert program.send("post", f"{at}add/", {"lines": lines((SAAS, 2))}).json()["line_count"] == 2
        assert program.send("post", f"{at}reprice/", {}).status_code == 200
        assert program.send("post", f"{at}split/", {}).json()["code"] == "one_site_only"
        assert program.delete(at).status_code == 204


class TestAnOrder:
    def test_is_placed_once_however_often_it_is_sent(self, cast: Cast) -> None:
        program, customer = caller(cast.primary), make_customer()
        wish = {"customer": customer.public_id, "lines": lines((LICENCE, 2))}
        first = program.send("post", ORDERS, wish, Idempotency_Key="once")
        again = program.send("post", ORDERS, wish, Idempotency_Key="once")
        assert first.status_code == again.status_code == 201, first.json()
        assert first.json()["id"] == again.json()["id"]
        with tenancy.as_system():
            assert Order.objects.count() == 1

    def test_of_a_service_says_when_and_who(self, cast: Cast) -> None:
        program, customer = caller(cast.primary), make_customer()
        wish: dict[str, Any] = {"customer": customer.public_id, "lines": lines((SAAS, 2))}
        assert program.send("post", ORDERS, wish).status_code == 400
        start = timezone.localdate().isoformat()
        wish["lines"][0] |= {"requested_start": start, "provisioning_email": "it@oasis.example"}
        assert program.send("post", ORDERS, wish).status_code == 201

    def test_is_decided_by_the_vendor(self, cast: Cast) -> None:
        program, customer = caller(cast.primary), make_customer()
        placed = program.send("post", ORDERS, {"customer": customer.public_id, "lines": lines((LICENCE, 1))})
        at = f"{ORDERS}{placed.json()['id']}/"
        assert program.send("post", f"{at}accept/", {}).status_code == 403
        vendor = caller(make_user("Olga Operations", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))
        assert vendor.send("post", f"{at}accept/", {}).json()["status"] == "accepted"
        assert program.send("post", f"{at}cancel/", {}).json()["code"] == "order_not_open"
