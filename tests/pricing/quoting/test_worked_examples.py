"""The worked examples of pricing/README.md, figure by figure."""

from __future__ import annotations

from decimal import Decimal

from pricing.quoting import Discount
from tests.pricing.quoting.asking import day, line, prices, quote


class TestARenewalInLineWithTheAnniversary:
    """Seven at 100.00 a year, from 1 March until the agreement's anniversary on 1 July: four months of twelve.

    100.00 × 7 × 4 ÷ 12 = 233.333…, which is 233.33.
    """

    def test_costs_the_months_until_then(self) -> None:
        found = quote(line(quantity=7, price=prices(10_000), starts_on="2027-03-01", ends_on="2027-06-30"))

        one = found.lines[0]
        assert (one.unit_price, one.months, one.term_months) == (10_000, 4, 12)
        assert one.extended == one.amount == found.total == 23_333


class TestADealsDiscountUponIt:
    """The same with 12.5 % off: 233.333… × 0.875 = 204.1666…, which is 204.17. Rounded once: from 233.33 it would be
    204.16. The discount is what is between the two, 29.16.
    """

    def test_is_taken_from_the_exact_amount(self) -> None:
        found = quote(
            line(
                quantity=7,
                price=prices(10_000),
                starts_on="2027-03-01",
                ends_on="2027-06-30",
                discounts=(Discount(1_250, "DR-2026-004217-K"),),
            )
        )

        one = found.lines[0]
        assert (one.extended, one.discount_amount, one.amount) == (23_333, 2_916, 20_417)
        assert one.discount is not None
        assert one.discount.source == "DR-2026-004217-K"


class TestAnOrderThatEarnsALevel:
    """A customer at BL orders 40 parts of 15 points: 600 points, which is level D for this order. At D the part costs
    93.00 rather than 96.00, so 3,720.00.
    """

    def test_is_priced_at_it(self) -> None:
        price = prices(9_600, D=9_300, E=9_000)
        found = quote(line(quantity=40, points=Decimal(15), price=price), level="BL")

        assert (found.level_given, found.level, found.level_earned) == ("BL", "D", True)
        assert found.points == 600
        assert found.total == 372_000


class TestAYearOfASubscriptionPricedByTheMonth:
    """Twenty users at 4.95 a month from 31 January to 30 January: twelve months, 1,188.00."""

    def test_costs_twelve_times_as_much(self) -> None:
        found = quote(
            line(
                type="saas",
                quantity=20,
                price=prices(495),
                term_months=1,
                starts_on="2027-01-31",
                ends_on="2028-01-30",
            )
        )

        assert (found.lines[0].months, found.total) == (12, 118_800)


class TestALicence:
    """Its price is whole, with the 12 months of support that belong to it: nothing is prorated."""

    def test_ends_its_support_a_year_later(self) -> None:
        found = quote(line(type="licence", starts_on="2028-02-29", ends_on=None, price=prices(60_000)))

        assert found.lines[0].ends_on == day("2029-02-28")
        assert found.total == 60_000
