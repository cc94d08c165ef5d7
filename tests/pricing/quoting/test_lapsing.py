"""What waiting costs: what a renewal is ordered as until its coverage ends, and from the day after."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pricing.models import PartType
from pricing.quoting import Kind, outlook, price_ratio
from tests.pricing.quoting.asking import day

END = day("2027-06-30")


class TestBeforeTheEnd:
    @pytest.mark.parametrize("today", ["2027-01-01", "2027-06-30"])
    def test_support_is_renewed_and_three_times_as_dear_afterwards(self, today: str) -> None:
        found = outlook("support", END, day(today))

        assert not found.is_late
        assert (found.now.consequence, found.now.part_type, found.now.until_on) == ("renewed", "renewal", END)
        assert found.later is not None
        assert (found.later.consequence, found.later.part_type) == ("reinstated", "reinstatement")
        assert (found.later.from_on, found.later.ratio) == (day("2027-07-01"), Decimal(3))

    def test_a_committed_term_needs_its_order_and_costs_the_initial_price_afterwards(self) -> None:
        found = outlook("committed", END, END)

        assert (found.now.part_type, found.now.until_on) == ("committed_subsequent", END)
        assert found.later is not None
        assert (found.later.consequence, found.later.part_type) == ("initial_price", "committed_initial")

    def test_a_service_is_renewed_and_started_anew_afterwards(self) -> None:
        found = outlook("saas", END, END)

        assert found.now.part_type == "saas"
        assert found.later is not None
        assert (found.later.consequence, found.later.ratio) == ("started_anew", 1)


class TestAfterTheEnd:
    @pytest.mark.parametrize(
        ("kind", "consequence"),
        [("support", "reinstated"), ("committed", "initial_price"), ("saas", "started_anew")],
    )
    def test_only_the_later_way_is_left_from_the_next_day_on(self, kind: str, consequence: str) -> None:
        found = outlook(kind, END, day("2027-07-01"))

        assert found.is_late
        assert (found.now.consequence, found.now.from_on, found.later) == (
            consequence, day("2027-07-01"), None,
        )  # fmt: skip


class TestMonthly:
    @pytest.mark.parametrize("today", ["2027-01-01", "2028-01-01"])
    def test_goes_on_until_it_is_cancelled(self, today: str) -> None:
        found = outlook("monthly", END, day(today))

        assert (found.now.consequence, found.now.part_type, found.later) == ("goes_on", "monthly", None)


class TestHowManyTimesAsMuch:
    @pytest.mark.parametrize(
        ("later", "now", "ratio"),
        [(60, 20, "3.0"), (100, 30, "3.3"), (125, 100, "1.3"), (100, 0, None), (0, 10, "0.0")],
    )
    def test_is_told_with_one_decimal(self, later: int, now: int, ratio: str | None) -> None:
        assert price_ratio(later, now) == (None if ratio is None else Decimal(ratio))


def test_types_are_those_that_parts_have() -> None:
    for kind in Kind:
        found = outlook(kind, END, END)
        assert {each.part_type for each in (found.now, found.later) if each} <= set(PartType.values)
