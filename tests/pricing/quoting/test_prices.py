"""Looking prices up: by the day on which coverage starts, in the reader's country, at every level they are shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identity import tenancy
from identity.models import StaffRole
from identity.privileges import Tool
from pricing.models import Part, PartType
from pricing.quoting import Buyer, Found, LineAsked, Missing, price_quote, prices
from pricing.quoting.levels import GIVEN, LADDER
from tests.cast import actor
from tests.factories import make_user
from tests.pricing.priced import EVERY, make_book, make_edition, make_parts
from tests.pricing.quoting.asking import day
from tests.pricing.test_offers import somebody

pytestmark = pytest.mark.django_db

A, B, C = "D0AAAAA", "D0BBBBB", "D0CCCCC"


@pytest.fixture
def sold(db: None) -> dict[str, Part]:
    """In Egypt: A from November, dearer from February; B from February only; C in November only, and in Poland."""
    egypt = make_book()
    make_edition(egypt, "2026-11-01", {A: EVERY, C: EVERY})
    make_edition(egypt, "2027-02-01", {A: _dearer(), B: EVERY})
    make_edition(egypt, "2027-03-01", {A: {"srp": 1}}, status="draft")
    make_edition(egypt, "2026-12-01", {A: {"srp": 2}}, status="withdrawn")
    make_edition(make_book("PL", "PLN", time_zone="Europe/Warsaw"), "2026-11-01", {C: EVERY})
    return {part.number: part for part in make_parts(A, B, C, "D0DDDDD")}


def _dearer() -> dict[str, int]:
    return {column: amount * 2 for column, amount in EVERY.items()}


def looked_up(
    who: Any, *wanted: tuple[Part, str], country: str = "EG", currency: str = "EGP"
) -> list[Found | Missing]:
    with tenancy.scope(who):
        days = [(part, date.fromisoformat(on)) for part, on in wanted]
        found = prices.look_up(days, country=country, currency=currency)
        return [found[part.id, on] for part, on in days]


def srp(each: Found | Missing) -> int | None:
    assert isinstance(each, Found)
    return each.by_level[""]


class TestThePrice:
    def test_is_of_the_edition_in_effect_when_coverage_starts(self, sold: dict[str, Part]) -> None:
        seller = somebody([Tool.PROPOSAL_QUOTE_ORDER])
        found = looked_up(
            seller,
            (sold[A], "2026-11-01"),
            (sold[A], "2027-01-31"),
            (sold[A], "2027-02-01"),
            (sold[A], "2030-01-01"),
        )

        assert [srp(each) for each in found] == [10_000, 10_000, 20_000, 20_000]
        assert [each.effective_on for each in found if isinstance(each, Found)] == [
            day("2026-11-01"), day("2026-11-01"), day("2027-02-01"), day("2027-02-01"),
        ]  # fmt: skip

    def test_is_had_at_every_level_that_the_site_is_shown(self, sold: dict[str, Part]) -> None:
        quote = [Tool.PROPOSAL_QUOTE_ORDER]
        (volume,) = looked_up(somebody(quote), (sold[A], "2026-11-22"))
        (academic,) = looked_up(somebody(quote, price_level="ED"), (sold[A], "2026-11-22"))

        assert isinstance(volume, Found)
        assert isinstance(academic, Found)
        assert volume.by_level == {
            "": 10_000, "BL": 9_000, "D": 8_800, "E": 8_600, "F": 8_400, "G": 8_200, "H": 8_000, "ED": None, "GV": None,
        }  # fmt: skip
        assert academic.by_level["ED"] == 5_000
        assert academic.by_level["D"] is None

    def test_columns_are_those_of_prices(self) -> None:
        assert set(prices.COLUMN_OF.values()) == set(EVERY) - {"bp_price"}
        assert set(prices.COLUMN_OF) == {"", *LADDER, *GIVEN}

    def test_missing_on_the_day_is_told_apart_from_not_sold_here(self, sold: dict[str, Part]) -> None:
        found = looked_up(
            somebody([Tool.ONLINE_ORDERING]),
            (sold[A], "2026-10-31"),  # before there were prices
            (sold[B], "2026-11-22"),  # announced
            (sold[C], "2027-02-01"),  # no longer sold
            (sold["D0DDDDD"], "2026-11-22"),
        )

        assert found == [
            Missing(day("2026-10-31"), sold_here=True, from_on=day("2026-11-01")),
            Missing(day("2026-11-22"), sold_here=True, from_on=day("2027-02-01")),
            Missing(day("2027-02-01"), sold_here=True),
            Missing(day("2026-11-22"), sold_here=False),
        ]

    def test_is_of_the_currency_asked(self, sold: dict[str, Part]) -> None:
        make_edition(make_book("EG", "USD"), "2026-11-01", {A: {"srp": 200, "svp_bl": 190}})
        seller = somebody([Tool.PROPOSAL_QUOTE_ORDER])

        (dollars,) = looked_up(seller, (sold[A], "2026-11-22"), currency="USD")
        (none,) = looked_up(seller, (sold[A], "2026-11-22"), currency="PLN")

        assert (srp(dollars), getattr(dollars, "currency", "")) == (200, "USD")
        assert none == Missing(day("2026-11-22"), sold_here=False)

    def test_is_of_the_book_for_its_type_where_both_have_it(self, sold: dict[str, Part]) -> None:
        monthly = make_book(kind="saas")
        make_edition(monthly, "2026-11-01", {A: {"srp": 77}, "D0SAASA": {"srp": 5}})
        with tenancy.as_system():
            Part.objects.filter(number="D0SAASA").update(type=PartType.SAAS)
        (saas,) = make_parts("D0SAASA")
        seller = somebody([Tool.PROPOSAL_QUOTE_ORDER])

        assert [srp(each) for each in looked_up(seller, (sold[A], "2026-11-22"), (saas, "2026-11-22"))] == [
            10_000,
            5,
        ]
        sold[A].type = PartType.MONTHLY
        assert [srp(each) for each in looked_up(seller, (sold[A], "2026-11-22"))] == [77]


class TestWhoever:
    def test_may_neither_quote_nor_order_nor_see_price_files_finds_nothing(
        self, sold: dict[str, Part]
    ) -> None:
        (found,) = looked_up(somebody([Tool.REPORTING, Tool.DEAL_REGISTRATION]), (sold[A], "2026-11-22"))
        assert found == Missing(day("2026-11-22"), sold_here=False)

    @pytest.mark.parametrize("tool", [Tool.PROPOSAL_QUOTE_ORDER, Tool.ONLINE_ORDERING, Tool.GUIDED_SELLING])
    def test_may_finds_their_own_countrys_only(self, sold: dict[str, Part], tool: Tool) -> None:
        seller = somebody([tool])

        assert isinstance(looked_up(seller, (sold[C], "2026-11-22"))[0], Found)
        assert isinstance(
            looked_up(seller, (sold[C], "2026-11-22"), country="PL", currency="PLN")[0], Missing
        )

    def test_sells_from_poland_finds_polish_prices(self, sold: dict[str, Part]) -> None:
        seller = somebody([Tool.PROPOSAL_QUOTE_ORDER], country="PL")
        assert isinstance(looked_up(seller, (sold[C], "2026-11-22"), country="PL", currency="PLN")[0], Found)

    def test_prices_for_the_vendor_finds_every_countrys(self, sold: dict[str, Part]) -> None:
        pricing = actor(make_user("Yusuf Price", staff_roles=[StaffRole.PRICING]))
        assert isinstance(looked_up(pricing, (sold[C], "2026-11-22"), country="PL", currency="PLN")[0], Found)


class TestManyLines:
    def test_take_two_queries_and_one_more_where_a_price_is_missing(self, sold: dict[str, Part]) -> None:
        numbers = [f"D1{place:05d}" for place in range(200)]
        make_edition(make_book("EG", "EUR"), "2026-11-01", dict.fromkeys(numbers, EVERY))
        parts = make_parts(*numbers)
        seller = somebody([Tool.PROPOSAL_QUOTE_ORDER])
        wanted = [(part, day("2027-01-01")) for part in parts]

        with tenancy.scope(seller):
            with CaptureQueriesContext(connection) as few:
                found = prices.look_up(wanted, country="EG", currency="EUR")
            with CaptureQueriesContext(connection) as more:
                prices.look_up([*wanted, (sold[A], day("2027-01-01"))], country="EG", currency="EUR")
            with CaptureQueriesContext(connection) as none:
                assert prices.look_up([], country="EG", currency="EUR") == {}

        assert len(found) == 200
        assert (len(few), len(more), len(none)) == (2, 3, 0)

    def test_are_priced_as_they_were_looked_up(self, sold: dict[str, Part]) -> None:
        """From the look-up to the quote: 3 of A for half a year from February, at the dearer prices."""
        with tenancy.scope(somebody([Tool.PROPOSAL_QUOTE_ORDER])):
            start = day("2027-02-01")
            found = prices.look_up([(sold[A], start)], country="EG", currency="EGP")
        asked = LineAsked(
            key=1,
            part=A,
            type="renewal",
            quantity=3,
            price=found[sold[A].id, start],
            term_months=12,
            starts_on=start,
            ends_on=day("2027-07-31"),
        )

        quote = price_quote([asked], buyer=Buyer(level="D"), currency="EGP", on=day("2026-11-22")).demand()

        assert quote.total == 2 * 8_800 * 3 // 2
        assert quote.lines[0].edition_id == getattr(found[sold[A].id, start], "edition_id", 0) > 0
