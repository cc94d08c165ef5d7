"""Order history: a row per order and a row per line, for whoever stands on them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from customers.models import CustomerSite
from orders.models import Order, OrderStatus
from tests.cast import Cast
from tests.customers.held import make_order
from tests.customers.reported import OfCustomers
from tests.reports.declared import reporter, table


class TestOrderHistory(OfCustomers):
    key = "order-history"

    def make(self, of: CustomerSite, number: int, **parties: Any) -> Order:
        return make_order(of, date(2026, 3, number), **parties)

    @pytest.mark.parametrize(
        ("query", "numbers"),
        [
            ("number=40001", ["40001"]),
            ("ordered_from=2026-03-02", ["40002"]),
            ("ordered_to=2026-03-01", ["40001"]),
            ("status=placed", ["40002"]),
            ("status=fulfilled", ["40001"]),
            ("po=po-7", ["40002"]),
            ("quote=q-2026-000001-k", ["40002"]),
            ("deal=DR-2026-000001-K", ["40002"]),
            ("here=no", ["40002", "40001"]),
            ("currency=EUR", ["40002", "40001"]),
            ("currency=EUR&total_from=200", ["40002"]),
            ("currency=PLN", []),
        ],
    )
    def test_is_narrowed_by(self, cast: Cast, lotus: CustomerSite, query: str, numbers: list[str]) -> None:
        parties = {"reseller": cast.site}
        make_order(lotus, date(2026, 3, 1), number="40001", **parties)
        make_order(
            lotus, date(2026, 3, 2), number="40002", lines=2, status=OrderStatus.PLACED, po_number="PO-7",
            quote_number="Q-2026-000001-K", deal_number="DR-2026-000001-K", **parties,
        )  # fmt: skip
        assert [row["number"] for row in self.found(reporter(cast), query)] == numbers

    def test_adds_totals_up_currency_by_currency(
        self, cast: Cast, lotus: CustomerSite, theirs: CustomerSite
    ) -> None:
        make_order(lotus, date(2026, 3, 1), reseller=cast.site)
        make_order(lotus, date(2026, 3, 2), reseller=cast.site, lines=2)
        make_order(lotus, date(2026, 4, 2), reseller=cast.site, currency="PLN")
        make_order(theirs, date(2026, 3, 1), reseller=cast.rival_site)
        _, found = table(reporter(cast), self.key, "by=month", "summary")
        assert [(row["month_of_order"].month, row["currency"], row["sum_of_total"]) for row in found] == [
            (3, "EUR", 37_500),
            (4, "PLN", 12_500),
        ]


class TestOrderLines(OfCustomers):
    key = "order-lines"

    def make(self, of: CustomerSite, number: int, **parties: Any) -> Order:
        return make_order(of, date(2026, 3, number), lines=2, **parties)

    def test_has_a_row_for_each_line_with_its_order_s_status(
        self, cast: Cast, lotus: CustomerSite, theirs: CustomerSite
    ) -> None:
        make_order(lotus, number="40001", lines=2, reseller=cast.site)
        make_order(lotus, number="40002", status=OrderStatus.CANCELLED, reseller=cast.site)
        make_order(theirs, number="40003", reseller=cast.rival_site)
        found = self.found(reporter(cast), "order=oldest")
        assert [(row["order_number"], row["position"], row["order__status"]) for row in found] == [
            ("40001", 1, "fulfilled"),
            ("40001", 2, "fulfilled"),
            ("40002", 1, "cancelled"),
        ]
        assert {row["extended"] for row in found} == {12_500}

    @pytest.mark.parametrize(
        ("query", "numbers"),
        [
            ("number=40001", {"40001"}),
            ("ordered_from=2026-03-02", {"40002"}),
            ("status=placed", {"40002"}),
            ("part=d0abcll", {"40001", "40002"}),
            ("part=D0", {"40001", "40002"}),
            ("part=E0", set()),
            ("part_type=licence", {"40001", "40002"}),
            ("part_type=renewal", set()),
            ("quote=R0000001", set()),
            ("starts_from=2026-01-01", set()),
            ("ends_to=2026-01-01", set()),
            ("currency=EUR", {"40001"}),
        ],
    )
    def test_is_narrowed_by(self, cast: Cast, lotus: CustomerSite, query: str, numbers: set[str]) -> None:
        make_order(lotus, date(2026, 3, 1), number="40001", lines=2, reseller=cast.site)
        make_order(
            lotus, date(2026, 3, 2), number="40002", currency="PLN", status=OrderStatus.PLACED,
            reseller=cast.site,
        )  # fmt: skip
        assert {row["order_number"] for row in self.found(reporter(cast), query)} == numbers

    def test_sums_parts_up_under_their_names(self, cast: Cast, lotus: CustomerSite) -> None:
        make_order(lotus, lines=3, reseller=cast.site)
        _, found = table(reporter(cast), self.key, "by=part", "summary")
        assert [(row["part_number"], row["description_called"], row["number_of_rows"]) for row in found] == [
            ("D0ABCLL", "Flow Designer, licence", 3)
        ]
