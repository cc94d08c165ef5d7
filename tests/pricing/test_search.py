"""Parts are found by number, words and product line among those that have a price for the reader."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identity import tenancy
from identity.models import Membership, StaffRole, Tool
from pricing.files.part_search import priced_parts
from pricing.models import Part, PriceBook, ProductLine
from tests.cast import Cast, actor, signed_in
from tests.factories import make_member, make_user

from .priced import EVERY, make_book, make_edition

pytestmark = pytest.mark.django_db
PAGE = "/prices/search/"


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def numbers(response: Any) -> list[str]:
    return list(dict.fromkeys(re.findall(r"/prices/parts/(\w+)/", response.content.decode())))


@pytest.fixture
def reader(cast: Cast) -> Membership:
    return make_member(cast.site, "Rania Saad", tools=[Tool.PRICE_FILES])


@pytest.fixture
def book(cast: Cast) -> PriceBook:
    book = make_book()
    make_edition(book, "2026-10-01", {"D0ABCLL": EVERY, "D0ABDLL": EVERY, "E1HARLL": EVERY})
    make_edition(book, "2099-12-01", {"D0ABCLL": EVERY | {"svp_bl": 9_900}, "E1NEWLL": EVERY})
    with tenancy.as_system():
        harbour = ProductLine.objects.create(code="HARBOUR", name="Harbour Vault")
        Part.objects.filter(number="E1HARLL").update(description="Mooring 100% renewal_x", line=harbour)
    return book


class TestASearch:
    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("d0ab", ["D0ABCLL", "D0ABDLL"]),
            ("D0ABCLL", ["D0ABCLL"]),
            ("0abc", ["D0ABCLL"]),  # in its description
            ("mooring", ["E1HARLL"]),
            ("RENEWAL moor", ["E1HARLL"]),
            ("vault", ["E1HARLL"]),
            ("vault renewal", ["E1HARLL"]),
            ("vault sentinel", []),
            ("100%", ["E1HARLL"]),
            ("renewal_x", ["E1HARLL"]),
            ("e1new", ["E1NEWLL"]),  # announced
            ("%", ["E1HARLL"]),
            ("_____", []),
            ("D0AB'; --", []),
        ],
    )
    def test_finds_by_number_words_and_line(
        self, reader: Membership, book: PriceBook, typed: str, found: list[str]
    ) -> None:
        assert numbers(signed_in(reader).get(PAGE, {"q": typed})) == found

    def test_shows_the_price_of_the_readers_level_now_and_next(
        self, reader: Membership, book: PriceBook
    ) -> None:
        shown = text(signed_in(reader).get(PAGE, {"q": "d0abc"}))
        assert "Price at level BL" in shown
        assert "90.00" in shown
        assert "99.00" in shown
        assert "from 1 Dec 2099" in shown

    def test_of_nothing_asks_what_is_looked_for(self, reader: Membership, book: PriceBook) -> None:
        assert "What do you look for?" in text(signed_in(reader).get(PAGE))
        assert "What do you look for?" in text(signed_in(reader).get(PAGE, {"q": "  "}))

    def test_finds_only_what_has_a_price_in_the_country(self, cast: Cast, reader: Membership) -> None:
        theirs = make_book("PL", "PLN", time_zone="Europe/Warsaw")
        make_edition(theirs, "2026-10-01", {"D0PLNLL": EVERY})
        make_edition(make_book(), "2026-10-01", {"D0EGPLL": EVERY})
        assert numbers(signed_in(reader).get(PAGE, {"q": "d0"})) == ["D0EGPLL"]
        assert numbers(signed_in(cast.rival).get(PAGE, {"q": "d0"})) == ["D0PLNLL"]
        staff = make_user("Yusuf Price", staff_roles=[StaffRole.PRICING])
        assert numbers(signed_in(staff).get(PAGE, {"q": "d0", "country": "PL"})) == ["D0PLNLL"]

    def test_is_narrowed_to_a_book(self, reader: Membership, book: PriceBook) -> None:
        dollars = make_book(currency="USD")
        make_edition(dollars, "2026-10-01", {"D0USDLL": EVERY})
        assert numbers(signed_in(reader).get(PAGE, {"q": "d0", "book": dollars.public_id})) == ["D0USDLL"]
        assert numbers(signed_in(reader).get(PAGE, {"q": "d0", "book": "zzzzzzzzzzzz"})) == []

    def test_goes_on_page_by_page(self, reader: Membership) -> None:
        many = [f"D{number:04}LL" for number in range(70)]
        make_edition(make_book(), "2026-10-01", dict.fromkeys(many, EVERY))
        first = signed_in(reader).get(PAGE, {"q": "d"})
        address = re.search(r'rel="next" href="([^"]+)"', first.content.decode())
        assert address
        second = signed_in(reader).get(address[1].replace("&amp;", "&"))
        assert numbers(first) + numbers(second) == many

    def test_costs_the_same_for_one_part_in_one_book_and_for_many_in_three(
        self, reader: Membership, book: PriceBook
    ) -> None:
        browser = signed_in(reader)

        def queries(typed: str) -> int:
            with CaptureQueriesContext(connection) as seen:
                browser.get(PAGE, {"q": typed})
            return len(seen)

        queries("d0")
        one = queries("d0abc")
        for more in ("USD", "EUR"):
            make_edition(make_book(currency=more), "2026-10-01", {"D0ABCLL": EVERY, "D0XXXLL": EVERY})
        assert queries("d0ab") == one

    def test_looks_for_prices_part_by_part(self, reader: Membership, book: PriceBook) -> None:
        """Joined, every price of the editions would be read for one page."""
        with tenancy.scope(actor(reader)):
            plan = priced_parts("d0", [1, 2]).explain()
        assert "SubPlan" in plan
