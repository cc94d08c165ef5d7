"""What a line costs: rounding, months, discounts, levels; and what is always true of quotes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from identity.models import PriceLevel
from pricing.models import PartType
from pricing.quoting import (
    LEVELS_BY_POINTS,
    Discount,
    QuotePriced,
    better,
    last_day,
    level_by_points,
    next_start,
)
from pricing.quoting import lines as quoting_lines
from pricing.quoting.levels import GIVEN, LADDER
from tests.pricing.quoting.asking import LEVELS, day, flaws, line, priced, prices, quote


class TestRounding:
    @pytest.mark.parametrize(
        ("unit_price", "quantity", "months", "basis_points", "amount"),
        [
            (1, 1, 6, 0, 1),  # half a cent is one
            (1, 1, 5, 0, 0),
            (1, 3, 6, 0, 2),  # 1.5
            (5, 1, 6, 0, 3),  # 2.5: half up, not to the even one
            (100, 1, 1, 0, 8),  # 8.333…
            (100, 1, 7, 0, 58),
            (1_000, 1, 12, 1_005, 900),  # 899.5
            (999, 1, 12, 3_333, 666),  # 666.0333
            (999, 3, 7, 1_250, 1_530),  # 1529.71875
            (12_000, 1, 12, 10_000, 0),
            (0, 5, 12, 0, 0),
        ],
    )
    def test_is_half_up_and_once(
        self, unit_price: int, quantity: int, months: int, basis_points: int, amount: int
    ) -> None:
        ends = last_day(day("2027-01-01"), months)
        found = priced(
            price=prices(unit_price), quantity=quantity, ends_on=ends, discounts=(Discount(basis_points),)
        )

        assert found.amount == amount

    def test_is_the_same_in_every_currency_since_amounts_are_in_its_smallest_unit(self) -> None:
        """1,000 yen, 10.00 euros and 1.000 dinar are all 1,000: a twelfth is 83, 0.83 and 0.083."""
        for currency in ("JPY", "EUR", "KWD"):
            one = line(price=prices(1_000, currency), ends_on="2027-01-31")
            assert quote(one, currency=currency).total == 83


class TestMonths:
    def test_are_those_of_the_term_when_no_end_is_asked(self) -> None:
        found = priced(starts_on="2027-01-31", ends_on=None)

        assert (found.months, str(found.ends_on), found.amount) == (12, "2028-01-30", 12_000)

    def test_are_those_of_the_term_when_it_starts_with_the_order(self) -> None:
        found = priced(starts_on=None, ends_on=None)

        assert (found.months, found.ends_on, found.amount) == (12, None, 12_000)

    def test_of_more_than_a_term_cost_more(self) -> None:
        assert priced(ends_on="2029-06-30").amount == 30_000

    def test_there_are_none_of_what_has_no_term(self) -> None:
        found = priced(type="media", term_months=None, starts_on=None, ends_on=None, quantity=3)

        assert (found.months, found.amount) == (None, 36_000)

    @pytest.mark.parametrize("type", ["licence", "reinstatement", "committed_initial"])
    def test_of_what_is_sold_whole_cannot_be_fewer(self, type: str) -> None:
        assert flaws(quote(line(type=type, ends_on="2027-06-30"))) == [(1, "ends_on", "term_is_whole")]
        assert priced(type=type, ends_on="2027-12-31").amount == 12_000

    def test_types_are_those_that_parts_have(self) -> None:
        assert set(PartType.values) > quoting_lines.PRORATED | quoting_lines.AFTER_A_GAP


class TestWhatIsShownBesides:
    def test_is_the_price_of_one_after_months_and_discount_and_what_the_line_costs_at_list_prices(
        self,
    ) -> None:
        """100.01 × 5 ÷ 12 × 0.9 = 37.50375 for one; three are 112.51, not three times 37.50."""
        found = priced(
            price=prices(10_001, LIST=12_000),
            quantity=3,
            ends_on="2027-05-31",
            discounts=(Discount(1_000),),
        )

        assert (found.net_price, found.amount) == (3_750, 11_251)
        assert (found.list_price, found.list_extended) == (12_000, 15_000)

    def test_totals_at_list_prices_count_what_has_none_as_it_is(self) -> None:
        found = quote(line(1, price=prices(9_000, LIST=10_000)), line(2, price=prices(9_000, LIST=None)))

        assert (found.list_total, found.extended, found.total) == (19_000, 18_000, 18_000)


class TestPoints:
    def test_go_by_the_months_like_the_price(self) -> None:
        found = priced(points=Decimal("7.5"), quantity=10, ends_on="2027-05-31")

        assert (found.unit_points, found.points) == (Decimal("7.5"), Decimal("31.25"))

    def test_are_rounded_half_up_to_the_hundredth(self) -> None:
        assert priced(points=Decimal("0.01"), ends_on="2027-06-30").points == Decimal("0.01")
        assert priced(points=Decimal("0.01"), ends_on="2027-05-31").points == Decimal("0.00")


class TestLevels:
    @pytest.mark.parametrize(
        ("points", "level"),
        [
            ("0", "BL"), ("499.99", "BL"), ("500", "D"), ("999.99", "D"), ("1000", "E"), ("2499.99", "E"),
            ("2500", "F"), ("4999.99", "F"), ("5000", "G"), ("9999.99", "G"), ("10000", "H"), ("9999999", "H"),
        ],
    )  # fmt: skip
    def test_are_reached_by_points(self, points: str, level: str) -> None:
        assert level_by_points(Decimal(points)) == level

    def test_are_those_that_sites_have(self) -> None:
        assert (*LADDER, *GIVEN) == tuple(PriceLevel.values)

    def test_of_the_customer_is_kept_when_the_order_earns_none_better(self) -> None:
        found = quote(line(points=Decimal(600), price=prices(D=9_000, F=8_000)), level="F")

        assert (found.level, found.level_earned, found.total) == ("F", False, 8_000)

    def test_is_earned_by_all_lines_together_and_holds_for_each(self) -> None:
        half = {"points": Decimal(250), "price": prices(10_000, D=9_000)}
        assert [each.level for each in quote(line(1, **half), line(2, **half)).lines] == ["D", "D"]
        assert quote(line(1, **half)).level == "BL"

    @pytest.mark.parametrize("level", GIVEN)
    def test_that_are_given_are_neither_earned_nor_bettered(self, level: str) -> None:
        price = prices(10_000, **{level: 5_000}, H=4_000)
        found = quote(line(points=Decimal(20_000), price=price), level=level)

        assert (found.level, found.total) == (level, 5_000)

    def test_express_buys_at_list_prices_whatever_it_orders(self) -> None:
        one = line(points=Decimal(20_000), price=prices(9_000, LIST=10_000))
        found = quote(one, programme="express", level="H")

        assert (found.level, found.level_earned, found.total) == ("", False, 10_000)

    def test_a_worse_level_is_taken_where_there_is_no_price_at_the_one_reached(self) -> None:
        found = priced(points=Decimal(5_000), price=prices(10_000, G=None, F=None, E=8_600))

        assert (found.level, found.amount) == ("E", 8_600)

    def test_without_one_is_BL(self) -> None:
        assert quote(line(), level="").level == "BL"

    @given(some.decimals(0, 20_000, places=2), some.decimals(0, 20_000, places=2))
    def test_never_worsen_with_more_points(self, one: Decimal, other: Decimal) -> None:
        fewer, more = sorted([one, other])
        assert better(level_by_points(fewer), level_by_points(more)) == level_by_points(more)


class TestDiscounts:
    def test_are_never_added_up_the_highest_counts(self) -> None:
        found = priced(discounts=(Discount(500, "A"), Discount(1_200, "B"), Discount(300, "C")))

        assert found.discount == Discount(1_200, "B")
        assert found.amount == 10_560

    def test_of_nothing_are_none(self) -> None:
        assert priced(discounts=(Discount(0, "A"),)).discount is None

    @pytest.mark.parametrize("basis_points", [-1, 10_001])
    def test_are_from_nothing_to_all(self, basis_points: int) -> None:
        with pytest.raises(ValueError, match="basis points"):
            Discount(basis_points)


# ------------------------------------------------------------------------------------------ always

AMOUNTS = some.integers(0, 10_000_000)
BASIS_POINTS = some.integers(0, 10_000)
QUANTITIES = some.integers(1, 100_000)


@some.composite
def by_level(draw: Any) -> dict[str, int]:
    """Prices by level, of which a better one never costs more."""
    amounts = sorted(draw(some.lists(AMOUNTS, min_size=6, max_size=6)), reverse=True)
    return {"amount": amounts[0]} | dict(zip(LEVELS, amounts, strict=True))


@some.composite
def asked_lines(draw: Any) -> list[Any]:
    return [
        line(
            number,
            quantity=draw(QUANTITIES),
            points=draw(some.decimals(0, 50, places=2)),
            price=prices(**draw(by_level())),
            ends_on=last_day(day("2027-01-01"), draw(some.integers(1, 36))),
            discounts=tuple(Discount(each) for each in draw(some.lists(BASIS_POINTS, max_size=3))),
        )
        for number in range(draw(some.integers(1, 5)))
    ]


class TestAlways:
    @given(asked_lines())
    def test_totals_are_the_sums_of_lines(self, asked: list[Any]) -> None:
        found: QuotePriced = quote(*asked).demand()

        assert found.total == sum(each.amount for each in found.lines)
        assert found.extended - found.discount_amount == found.total
        assert found.points == sum(each.points for each in found.lines)

    @given(asked_lines())
    def test_a_line_is_within_half_a_unit_of_its_exact_price(self, asked: list[Any]) -> None:
        for one, each in zip(asked, quote(*asked).lines, strict=True):
            off = each.discount.basis_points if each.discount else 0
            exact = Fraction(each.unit_price * each.quantity * each.months * (10_000 - off), 12 * 10_000)
            assert Fraction(-1, 2) < each.amount - exact <= Fraction(1, 2)
            assert each.unit_price == one.price.by_level[each.level]

    @given(asked_lines(), some.integers(0, 1_000))
    def test_a_line_never_costs_less_for_more_of_it_at_the_same_level(
        self, asked: list[Any], more: int
    ) -> None:
        one = asked[0]
        fewer = quote(one, level="H")
        many = quote(replace(one, quantity=min(one.quantity + more, 100_000)), level="H")

        assert many.total >= fewer.total

    @given(asked_lines(), some.sampled_from(LEVELS), some.sampled_from(LEVELS))
    def test_a_better_level_never_costs_more(self, asked: list[Any], one: str, other: str) -> None:
        best = better(one, other)
        assert quote(*asked, level=best).total <= min(
            quote(*asked, level=one).total, quote(*asked, level=other).total
        )

    @given(asked_lines())
    def test_the_level_is_what_the_points_reach(self, asked: list[Any]) -> None:
        found = quote(*asked)
        needed = dict(LEVELS_BY_POINTS)
        assert found.points >= needed[found.level]
        assert all(
            found.points < points for level, points in LEVELS_BY_POINTS if points > needed[found.level]
        )

    @given(AMOUNTS, QUANTITIES, some.lists(BASIS_POINTS, min_size=1, max_size=4))
    def test_several_discounts_cost_what_the_highest_alone_does(
        self, amount: int, quantity: int, offered: list[int]
    ) -> None:
        def cost(basis_points: list[int]) -> int:
            discounts = tuple(Discount(each) for each in basis_points)
            return priced(price=prices(amount), quantity=quantity, discounts=discounts).amount

        assert cost(offered) == cost([max(offered)]) == min(cost([each]) for each in offered)

    @given(AMOUNTS, QUANTITIES, some.integers(1, 11))
    def test_a_year_in_two_steps_costs_the_same_but_for_the_rounding(
        self, amount: int, quantity: int, months: int
    ) -> None:
        one = line(price=prices(amount), quantity=quantity)
        assert one.starts_on is not None
        until = last_day(one.starts_on, months)
        first = replace(one, ends_on=until)
        second = replace(one, key=2, starts_on=next_start(until))

        in_two = quote(first, second)

        assert sum(each.months or 0 for each in in_two.lines) == 12
        assert abs(in_two.total - quote(one).total) <= 1
