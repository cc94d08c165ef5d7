"""What there is no price for: each flaw at its line and field, told in a sentence; the other lines are priced."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from pricing.quoting import MAX_QUANTITY, Missing, QuoteFlawed
from pricing.quoting.flaws import SENTENCES, Flaw
from tests.pricing.quoting.asking import day, flaws, line, priced, prices, quote


class TestAQuantity:
    @pytest.mark.parametrize("quantity", [0, -1, -1_000_000])
    def test_is_one_or_more(self, quantity: int) -> None:
        assert flaws(quote(line(quantity=quantity))) == [(1, "quantity", "too_few")]

    def test_has_an_upper_end(self) -> None:
        assert flaws(quote(line(quantity=1_000_000))) == [(1, "quantity", "too_many")]
        assert priced(quantity=MAX_QUANTITY).amount == 12_000 * MAX_QUANTITY


class TestCoverage:
    @pytest.mark.parametrize(
        ("days", "found"),
        [
            ({"starts_on": "2027-01-01", "ends_on": "2026-12-31"}, ("ends_on", "ends_before_start")),
            ({"starts_on": None, "ends_on": "2026-12-31"}, ("starts_on", "start_missing")),
            ({"starts_on": "2027-01-01", "ends_on": "2037-01-01"}, ("ends_on", "too_long")),
            ({"starts_on": "2027-01-01", "ends_on": "9999-12-31"}, ("ends_on", "too_long")),
            ({"starts_on": "9999-12-31", "ends_on": None}, ("starts_on", "too_far_ahead")),
            # What is covered until 31 December goes on from 1 January.
            ({"starts_on": "2027-01-02", "covered_until": "2026-12-31"}, ("starts_on", "gap")),
            ({"starts_on": "2027-01-01", "covered_until": "2027-01-01"}, ("starts_on", "overlap")),
            ({"starts_on": "2027-01-01", "covered_until": "9999-12-31"}, ("starts_on", "overlap")),
        ],
    )
    def test_has_an_order_and_no_gap_or_overlap(self, days: dict[str, Any], found: tuple[str, str]) -> None:
        assert flaws(quote(line(**days))) == [(1, *found)]

    def test_of_a_renewal_follows_on_the_day_after(self) -> None:
        assert priced(starts_on="2028-02-29", ends_on=None, covered_until="2028-02-28").amount == 12_000
        assert priced(starts_on="2027-01-01", covered_until="2026-12-31").amount == 12_000

    def test_may_have_a_gap_where_it_comes_back(self) -> None:
        assert priced(type="reinstatement", covered_until="2026-06-30").amount == 12_000

    def test_of_the_same_thing_does_not_overlap_between_lines(self) -> None:
        found = quote(
            line("b", covers="RN-1", starts_on="2027-06-01", ends_on="2027-12-31"),
            line("a", covers="RN-1", starts_on="2027-01-01", ends_on="2027-06-30"),
            line("c", covers="RN-2"),
        )

        assert flaws(found) == [("b", "starts_on", "overlapping_lines")]
        assert [each.key for each in found.lines] == ["a", "c"]

    def test_of_the_same_thing_has_no_gap_between_lines(self) -> None:
        found = quote(
            line(1, covers="RN-1", ends_on="2027-06-30"), line(2, covers="RN-1", starts_on="2027-08-01")
        )

        assert flaws(found) == [(2, "starts_on", "gap_between_lines")]

    def test_of_the_same_thing_may_follow_on(self) -> None:
        found = quote(
            line(1, covers="RN-1", ends_on="2027-06-30"), line(2, covers="RN-1", starts_on="2027-07-01")
        )

        assert found.is_whole


class TestAPrice:
    def test_is_told_apart_from_not_being_sold_here(self) -> None:
        found = quote(
            line(1, price=Missing(day("2027-01-01"), sold_here=False)),
            line(2, price=Missing(day("2027-01-01"), sold_here=True)),
            line(3, price=Missing(day("2027-01-01"), sold_here=True, from_on=day("2027-02-01"))),
            line(4),
        )

        assert flaws(found) == [
            (1, "part", "not_sold_here"),
            (2, "starts_on", "no_price_on_day"),
            (3, "starts_on", "priced_from"),
        ]
        assert "1 February 2027" in _english(found.flaws[2])
        assert found.total == 12_000

    def test_must_be_there_at_a_level_that_was_given(self) -> None:
        assert flaws(quote(line(), level="ED")) == [(1, "part", "no_price_at_level")]
        assert flaws(quote(line(price=prices(LIST=None)), programme="express")) == [
            (1, "part", "no_price_at_level")
        ]

    def test_is_in_the_quotes_currency(self) -> None:
        assert flaws(quote(line(1), line(2, price=prices(currency="USD")))) == [
            (2, "currency", "other_currency")
        ]


class TestALevelThatHasEnded:
    def test_is_told_and_holds_on_its_last_day(self) -> None:
        found = quote(line(), level="E", level_until=date(2026, 11, 21))
        assert flaws(found) == [(None, "level", "level_expired")]
        assert quote(line(), level="E", level_until=date(2026, 11, 22)).is_whole

    def test_matters_to_nobody_who_buys_at_list_prices(self) -> None:
        assert quote(line(), programme="express", level_until=date(2020, 1, 1)).is_whole


class TestAllTogether:
    def test_everything_wrong_with_a_line_is_told_at_once(self) -> None:
        found = quote(
            line(quantity=0, ends_on="2026-01-01", price=Missing(day("2027-01-01"), sold_here=False))
        )

        assert flaws(found) == [
            (1, "quantity", "too_few"),
            (1, "ends_on", "ends_before_start"),
            (1, "part", "not_sold_here"),
        ]

    def test_a_quote_without_lines_has_no_price(self) -> None:
        assert flaws(quote()) == [(None, "lines", "no_lines")]

    def test_points_of_a_flawed_line_earn_nothing(self) -> None:
        found = quote(line(1, quantity=200_000, points=Decimal(50)), line(2))

        assert (found.level, found.points) == ("BL", 0)

    def test_a_flawed_quote_is_not_taken_for_whole(self) -> None:
        found = quote(line(quantity=0))

        assert not found.is_whole
        with pytest.raises(QuoteFlawed) as refused:
            found.demand()
        assert refused.value.flaws == found.flaws

    @pytest.mark.parametrize("code", SENTENCES)
    def test_each_is_a_whole_sentence(self, code: str) -> None:
        facts: dict[str, Any] = dict.fromkeys(
            ("starts_on", "ends_on", "covered_until", "wanted", "day", "from"), day("2027-03-01")
        )
        facts |= {"limit": 100_000, "months": 130, "term": 12, "part": "D0ABCLL", "level": "E"}
        facts |= {"found": "USD", "currency": "EUR"}

        text = _english(Flaw(1, "part", code, facts))

        assert text.endswith(".")
        assert "%" not in text
        assert "2027-" not in text

    def test_numbers_and_days_are_written_as_the_reader_does(self) -> None:
        flaw = Flaw(1, "quantity", "too_many", {"limit": 100_000})
        with translation.override("it"):
            assert "100.000" in flaw.text

    def test_writes_days_as_all_pages_do(self) -> None:
        facts = {"starts_on": date(2028, 2, 29), "ends_on": date(2026, 12, 22)}
        text = _english(Flaw(1, "ends_on", "ends_before_start", facts))
        assert text == "Coverage ends on 22 December 2026, before it starts on 29 February 2028."


def _english(flaw: Flaw) -> str:
    with translation.override("en"):
        return flaw.text
