"""Reports of cloud services: how far each is, and what has to be known before it can be set up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from customers.models import CustomerSite
from orders.models import FulfilmentStatus
from tests.cast import Cast
from tests.customers.reported import OfCustomers
from tests.customers.told import make_element, make_fulfilment
from tests.reports.declared import reporter, table


class TestSaasFulfilment(OfCustomers):
    key = "saas-fulfilment"

    def make(self, of: CustomerSite, number: int, **parties: Any) -> Any:
        return make_fulfilment(of, ordered_on=date(2026, 9, number), **parties)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("number=50001", {"50001"}),
            ("status=active", {"50002"}),
            ("ordered_to=2026-08-31", {"50002"}),
            ("requested_from=2026-09-15", {"50002"}),
            ("part=D0SAASL", {"50001", "50002"}),
            ("subscription=SUB-0009", {"50002"}),
        ],
    )
    def test_is_narrowed_by(self, cast: Cast, lotus: CustomerSite, query: str, found: set[str]) -> None:
        make_fulfilment(lotus, order_number="50001", reseller=cast.site)
        make_fulfilment(
            lotus, order_number="50002", status=FulfilmentStatus.ACTIVE, ordered_on=date(2026, 8, 1),
            requested_start_on=date(2026, 9, 15), subscription_number="SUB-0009", reseller=cast.site,
        )  # fmt: skip
        assert {row["order_number"] for row in self.found(reporter(cast), query)} == found


class TestProvisioningForms(OfCustomers):
    key = "saas-data-elements"

    def make(self, of: CustomerSite, number: int, **parties: Any) -> Any:
        return make_element(
            make_fulfilment(of, **parties), "Administrator's e-mail" if number % 2 else "Site name"
        )

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("missing=yes", {"Site name"}),
            ("missing=no", {"Site", "Time zone"}),
            ("required=no", {"Time zone"}),
            ("element=Site", {"Site", "Site name"}),
            ("element=%22Site%22", {"Site"}),
            ("number=50001", {"Site", "Site name", "Time zone"}),
            ("part=E0", set()),
        ],
    )
    def test_is_narrowed_by(self, cast: Cast, lotus: CustomerSite, query: str, found: set[str]) -> None:
        service = make_fulfilment(lotus, order_number="50001", reseller=cast.site)
        make_element(service, "Site", "lotus")
        make_element(service, "Site name")
        make_element(service, "Time zone", required=False)
        assert {row["element"] for row in self.found(reporter(cast), query)} == found

    def test_counts_what_is_missing_of_each_order(self, cast: Cast, lotus: CustomerSite) -> None:
        service = make_fulfilment(lotus, order_number="50001", reseller=cast.site)
        make_element(service, "Site", "lotus")
        make_element(service, "Site name")
        make_element(service, "Time zone", required=False)
        _, found = table(reporter(cast), self.key, "by=order", "summary")
        assert [
            (row["order_number"], row["customer_name_called"], row["number_of_rows"], row["number_missing"])
            for row in found
        ] == [("50001", "Lotus Foods", 3, 1)]
