"""What a part cost, costs and will cost: a chart and the same as a table."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identity.models import Membership, StaffRole, Tool
from pricing.models import PriceBook
from tests.cast import Cast, signed_in
from tests.factories import make_member, make_user

from .priced import EVERY, make_book, make_edition

pytestmark = pytest.mark.django_db
PAGE = "/prices/parts/D0ABCLL/"


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def picture(response: Any) -> dict[str, Any]:
    found = re.search(r'data-chart="([^"]+)"', response.content.decode())
    assert found
    return json.loads(html.unescape(found[1]))


@pytest.fixture
def reader(cast: Cast) -> Membership:
    return make_member(cast.site, "Rania Saad", tools=[Tool.PRICE_FILES])


@pytest.fixture
def book(cast: Cast) -> PriceBook:
    book = make_book()
    make_edition(book, "2026-07-01", {"D1HARLL": EVERY}, name="A-ZERO")
    make_edition(book, "2026-09-01", {"D0ABCLL": EVERY}, name="A-ONE")
    make_edition(book, "2026-10-01", {"D0ABCLL": EVERY | {"svp_bl": 9_900}}, name="A-TWO")
    make_edition(book, "2026-11-01", {"D1HARLL": EVERY}, name="A-THREE")
    make_edition(book, "2099-01-01", {"D0ABCLL": EVERY | {"svp_bl": 9_405}}, name="A-FOUR")
    make_edition(book, "2099-02-01", {"D0ABCLL": EVERY}, name="A-WRONG", status="withdrawn")
    return book


class TestTheTable:
    def test_has_each_edition_from_the_parts_first(self, reader: Membership, book: PriceBook) -> None:
        shown = text(signed_in(reader).get(PAGE))
        rows = re.findall(r"A-(?:ZERO|ONE|TWO|THREE|FOUR|WRONG)", shown)
        assert rows == ["A-FOUR", "A-THREE", "A-TWO", "A-ONE"]  # the newest first; none of a withdrawn one
        assert "\u2066+10.00%\u2069" in shown
        for state in ("Past", "In effect", "Announced"):
            assert state in shown

    def test_has_the_price_that_is_asked_for(self, cast: Cast, reader: Membership, book: PriceBook) -> None:
        assert "100.00" in text(signed_in(reader).get(PAGE, {"column": "srp"}))
        hidden = text(signed_in(reader).get(PAGE, {"column": "bp_price"}))
        assert "artner cost" not in hidden
        assert "40.00" not in hidden
        costly = text(signed_in(cast.primary).get(PAGE, {"column": "bp_price"}))
        assert "40.00" in costly


class TestTheChart:
    def test_has_a_place_for_each_month_and_keeps_a_price_until_the_next(
        self, cast: Cast, reader: Membership
    ) -> None:
        book = make_book()
        make_edition(book, "2026-09-01", {"D0ABCLL": EVERY})
        make_edition(book, "2026-11-01", {"D0ABCLL": EVERY | {"svp_bl": 9_900}})
        drawn = picture(signed_in(reader).get(PAGE))
        assert (drawn["kind"], drawn["stepped"], drawn["currency"]) == ("line", True, "EGP")
        assert drawn["labels"][:3] == ["Sept 2026", "Oct 2026", "Nov 2026"]
        assert drawn["series"][0]["values"][:3] == [90.0, 90.0, 99.0]
        assert len(drawn["labels"]) >= 4  # the last price has a length, too

    def test_has_a_gap_where_the_part_was_not_offered(self, reader: Membership, book: PriceBook) -> None:
        drawn = picture(signed_in(reader).get(PAGE))
        assert drawn["series"][0]["values"][:3] == [90.0, 99.0, None]
        assert drawn["series"][0]["values"][-1] == 94.05

    def test_stands_beside_a_table_and_brings_its_scripts(self, reader: Membership, book: PriceBook) -> None:
        shown = text(signed_in(reader).get(PAGE))
        assert "npm/chart.js/dist/chart.umd.min" in shown
        assert '<canvas role="img" aria-label="Price at level BL of D0ABCLL over time' in shown


class TestWhose:
    def test_another_countrys_part_is_a_404_like_one_there_is_not(
        self, cast: Cast, reader: Membership
    ) -> None:
        make_edition(make_book("PL", "PLN", time_zone="Europe/Warsaw"), "2026-10-01", {"D0ABCLL": EVERY})
        assert signed_in(reader).get(PAGE).status_code == 404
        assert signed_in(reader).get("/prices/parts/D9ZZZLL/").status_code == 404
        assert signed_in(cast.rival).get(PAGE).status_code == 200

    def test_the_vendors_people_choose_the_country(self, cast: Cast, book: PriceBook) -> None:
        poland = make_book("PL", "PLN", time_zone="Europe/Warsaw")
        make_edition(poland, "2026-10-01", {"D0ABCLL": EVERY})
        staff = signed_in(make_user("Yusuf Price", staff_roles=[StaffRole.PRICING]))
        assert "PLN" in text(staff.get(PAGE, {"country": "PL"}))
        assert "EGP" in text(staff.get(PAGE, {"country": "EG"}))

    def test_costs_the_same_with_one_book_and_with_three(self, reader: Membership, book: PriceBook) -> None:
        browser = signed_in(reader)

        def queries() -> int:
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(PAGE).status_code == 200
            return len(seen)

        queries()
        one = queries()
        for more in ("USD", "EUR"):
            other = make_book(currency=more)
            for day in (date(2026, 9, 1), date(2026, 10, 1)):
                make_edition(other, day, {"D0ABCLL": EVERY})
        assert queries() == one
