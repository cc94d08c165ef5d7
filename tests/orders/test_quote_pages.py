"""The pages of quotes: what one sees, types, and is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from identity import tenancy
from orders.models import Order, Quote, QuoteStatus
from tests.cast import Cast, signed_in
from tests.customers.held import make_customer_site, relate
from tests.deals.factories import make_customer
from tests.orders.made import LICENCE, RENEWAL, SAAS, lines_in, make_open_quote, make_quote, sell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sold(db: None) -> None:
    sell()


@pytest.fixture
def amira(cast: Cast) -> Client:
    return signed_in(cast.primary)


def cells(quote: Quote, **changes: Any) -> dict[str, Any]:
    """What the form of the lines sends: of its first line with these changes."""
    sent: dict[str, Any] = {"version": quote.version}
    for place, line in enumerate(lines_in(quote)):
        of_line = {
            "quantity": line.quantity,
            "start": line.coverage_start or "",
            "end": line.coverage_end or "",
        }
        if place == 0:
            of_line |= changes
        sent |= {f"{name}-{line.public_id}": value for name, value in of_line.items()}
    return sent


def soon() -> str:
    """A day that is over nowhere yet: late in the evening it is tomorrow already where the partner is."""
    return (timezone.localdate() + timedelta(days=2)).isoformat()


def fresh(quote: Quote) -> Quote:
    with tenancy.as_system():
        return Quote.objects.get(id=quote.id)


class TestBeginning:
    def test_takes_a_pasted_list_and_leads_to_the_proposal(self, amira: Client) -> None:
        answer = amira.post("/quotes/new/", {"parts": f"Part\tQuantity\n{LICENCE}\t2\n{RENEWAL}\t3"})
        assert answer.status_code == 302
        page = amira.get(answer["Location"])
        assert page.status_code == 200
        assert LICENCE in page.content.decode()

    def test_names_the_rows_with_parts_that_are_unknown_and_keeps_what_was_typed(self, amira: Client) -> None:
        answer = amira.post("/quotes/new/", {"parts": f"{LICENCE};2\nD0NONAM;1", "title": "For the spring"})
        words = answer.content.decode()
        assert answer.status_code == 422
        assert "Row 2, D0NONAM" in words
        assert "For the spring" in words
        with tenancy.as_system():
            assert not Quote.objects.exists()

    def test_asks_for_the_country_of_a_customer_who_is_new(self, amira: Client) -> None:
        answer = amira.post("/quotes/new/", {"customer_name": "Palm Grove Foods"})
        assert answer.status_code == 422
        again = amira.post("/quotes/new/", {"customer_name": "Palm Grove Foods", "customer_country": "EG"})
        assert again.status_code == 302


class TestTheLines:
    def test_are_changed_together(self, cast: Cast, amira: Client) -> None:
        quote = make_quote(cast.primary, (LICENCE, 2), (RENEWAL, 3))
        answer = amira.post(f"/quotes/{quote.public_id}/lines/", cells(quote, quantity="4"))
        assert answer.status_code == 302
        assert [line.quantity for line in lines_in(quote)] == [4, 3]
        assert fresh(quote).total == 4 * 95_000 + 3 * 19_000

    @pytest.mark.parametrize("quantity", ["0", "-3", "1000000", "many", ""])
    def test_refuse_a_quantity_that_cannot_be_in_its_cell(
        self, cast: Cast, amira: Client, quantity: str
    ) -> None:
        quote = make_quote(cast.primary, (LICENCE, 2))
        answer = amira.post(f"/quotes/{quote.public_id}/lines/", cells(quote, quantity=quantity))
        (line,) = lines_in(quote)
        assert answer.status_code == 422
        assert f'id="quantity-{line.public_id}-error"' in answer.content.decode()
        assert line.quantity == 2

    def test_are_taken_out_when_chosen(self, cast: Cast, amira: Client) -> None:
        quote = make_quote(cast.primary, (LICENCE, 2), (RENEWAL, 3))
        gone, kept = lines_in(quote)
        amira.post(
            f"/quotes/{quote.public_id}/lines/",
            cells(quote) | {"do": "remove", f"pick-{gone.public_id}": "1"},
        )
        assert [line.id for line in lines_in(quote)] == [kept.id]

    def test_are_brought_in_line_with_the_anniversary(self, cast: Cast, amira: Client) -> None:
        held = make_customer_site(reseller=cast.site)
        relate(cast.site, held.customer)
        with tenancy.as_system():
            held.refresh_from_db()  # the database has filled in its anniversary
        quote = make_quote(cast.primary, (RENEWAL, 12), customer_site=held)
        answer = amira.post(f"/quotes/{quote.public_id}/lines/", cells(quote) | {"do": "coterm"})
        (line,) = lines_in(quote)
        assert answer.status_code == 302
        assert line.coverage_end is not None
        assert (line.coverage_end.month, line.coverage_end.day) == (3, 31)
        assert line.months < 12

    def test_cannot_be_brought_in_line_without_an_anniversary(self, cast: Cast, amira: Client) -> None:
        quote = make_quote(cast.primary, (RENEWAL, 12))
        answer = amira.post(f"/quotes/{quote.public_id}/lines/", cells(quote) | {"do": "coterm"})
        assert answer.status_code == 422


class TestTwoPeople:
    def test_the_second_is_told_who_was_quicker_and_keeps_what_was_typed(
        self, cast: Cast, amira: Client
    ) -> None:
        quote = make_quote(cast.primary, (LICENCE, 2))
        shown = cells(quote, quantity="5")
        amira.post(f"/quotes/{quote.public_id}/lines/", cells(quote, quantity="3"))
        answer = amira.post(f"/quotes/{quote.public_id}/lines/", shown)
        words = answer.content.decode()
        assert answer.status_code == 409
        assert "Amira Haddad" in words
        assert 'value="5"' in words
        assert lines_in(quote)[0].quantity == 3


class TestOpening:
    def test_fixes_prices_and_leads_to_an_order(self, cast: Cast, amira: Client) -> None:
        quote = make_quote(cast.primary, (LICENCE, 2), customer=make_customer())
        page = amira.get(f"/quotes/{quote.public_id}/open/")
        assert page.status_code == 200
        answer = amira.post(
            f"/quotes/{quote.public_id}/open/",
            {"version": quote.version, "valid_until": soon(), "seen_total": quote.total},
        )
        assert answer.status_code == 302
        assert fresh(quote).status == QuoteStatus.OPEN
        assert amira.get(f"/quotes/{quote.public_id}/order/").status_code == 200
        placed = amira.post(f"/quotes/{quote.public_id}/order/", cells(fresh(quote)))
        assert placed.status_code == 302
        assert amira.get(placed["Location"]).status_code == 200

    def test_needs_a_customer(self, cast: Cast, amira: Client) -> None:
        quote = make_quote(cast.primary, (LICENCE, 2))
        answer = amira.post(f"/quotes/{quote.public_id}/open/", {"valid_until": soon()})
        assert answer.status_code == 422
        assert fresh(quote).status == QuoteStatus.DRAFT


class TestOrdering:
    def test_asks_where_a_service_is_set_up(self, cast: Cast, amira: Client) -> None:
        quote = make_open_quote(cast.primary, (SAAS, 1))
        (line,) = lines_in(quote)
        answer = amira.post(f"/quotes/{quote.public_id}/order/", cells(quote))
        assert answer.status_code == 422
        assert f'id="email-{line.public_id}-error"' in answer.content.decode()

    def test_sent_twice_orders_once(self, cast: Cast, amira: Client) -> None:
        quote = make_open_quote(cast.primary, (LICENCE, 1))
        sent = cells(quote)
        assert amira.post(f"/quotes/{quote.public_id}/order/", sent).status_code == 302
        assert amira.post(f"/quotes/{quote.public_id}/order/", sent).status_code == 409
        with tenancy.as_system():
            assert Order.objects.count() == 1


class TestOtherPages:
    def test_every_page_of_a_proposal_opens(self, cast: Cast, amira: Client) -> None:
        quote = make_quote(cast.primary, (LICENCE, 2))
        for path in ("", "edit/", "open/"):
            assert amira.get(f"/quotes/{quote.public_id}/{path}").status_code == 200, path
        for path in ("/quotes/", "/quotes/?show=proposal&q=Nile", "/quotes/counts/", "/quotes/new/", "/orders/",
                     "/orders/counts/", "/orders/place/", "/"):  # fmt: skip
            assert amira.get(path).status_code == 200, path

    def test_a_quote_is_revised_and_closed(self, cast: Cast, amira: Client) -> None:
        quote = make_open_quote(cast.primary, (LICENCE, 2))
        answer = amira.post(f"/quotes/{quote.public_id}/revise/", {"version": quote.version})
        assert answer.status_code == 302
        assert amira.get(answer["Location"]).status_code == 200
        assert amira.post(f"/quotes/{quote.public_id}/close/", {"reason": ""}).status_code == 422
        assert amira.post(f"/quotes/{quote.public_id}/close/", {"reason": "No budget."}).status_code == 302
        assert amira.get(f"/quotes/{quote.public_id}/").status_code == 200
        assert fresh(quote).status == QuoteStatus.CLOSED

    def test_a_head_is_changed(self, cast: Cast, amira: Client) -> None:
        quote, customer = make_quote(cast.primary, (LICENCE, 2)), make_customer("Oasis Clinics")
        answer = amira.post(
            f"/quotes/{quote.public_id}/edit/",
            {"version": quote.version, "customer": customer.public_id, "customer_name": "Oasis Clinics",
             "currency": "EUR", "po_number": "PO 7"},
        )  # fmt: skip
        assert answer.status_code == 302
        assert (fresh(quote).customer_id, fresh(quote).po_number) == (customer.id, "PO 7")

    def test_a_distributor_is_told_that_resellers_make_quotes(self, cast: Cast) -> None:
        assert signed_in(cast.distributor).get("/quotes/").status_code == 403

    def test_a_rival_finds_nothing(self, cast: Cast) -> None:
        quote = make_open_quote(cast.primary, (LICENCE, 2))
        assert signed_in(cast.rival).get(f"/quotes/{quote.public_id}/").status_code == 404

    def test_the_vendor_reads_what_was_opened_and_no_proposal(self, cast: Cast) -> None:
        desk = signed_in(cast.deal_desk)
        opened, begun = make_open_quote(cast.primary, (LICENCE, 2)), make_quote(cast.primary, (LICENCE, 2))
        assert desk.get(f"/quotes/{opened.public_id}/").status_code == 200
        assert desk.get(f"/quotes/{begun.public_id}/").status_code == 404
        assert desk.get("/quotes/").status_code == 200
