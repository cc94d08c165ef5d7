"""Reports of what is to be renewed, of inventory, and of what the vendor tells of subscriptions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import CustomerSite
from identity import tenancy
from renewals.models import EntitlementKind, RenewalKind, RenewalStatus
from reports import summing
from reports.asking import asked_of
from reports.tables import groups
from tests.api.calls import caller
from tests.cast import Cast, actor
from tests.customers.held import make_customer_site, make_item, relate
from tests.customers.reported import OfCustomers
from tests.customers.told import make_change, make_entitlement, make_overage, make_price_notice
from tests.reports.declared import reporter, table


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


class TestRenewalItems(OfCustomers):
    key = "renewal-items"

    def make(self, of: CustomerSite, number: int, **parties: Any) -> Any:
        return make_item(of, in_days(number), **parties)

    @pytest.mark.parametrize(
        ("query", "quotes"),
        [
            ("quote=r0000801", {"R0000801"}),
            ("due_from=2026-12-01&due_to=2026-12-31", {"R0000801"}),
            ("kind=saas", {"R0000802"}),
            ("status=expired", {"R0000802"}),
            ("part=E0", {"R0000801", "R0000802"}),
            ("part=D0", set()),
            ("part_type=renewal", {"R0000801", "R0000802"}),
            ("current_end_to=2026-06-30", {"R0000802"}),
            ("auto_renew=yes", {"R0000802"}),
            ("currency=PLN", {"R0000802"}),
            ("currency=EUR&extended_from=200", {"R0000801"}),
            ("currency=EUR&extended_from=201", set()),
        ],
    )
    def test_is_narrowed_by(self, cast: Cast, lotus: CustomerSite, query: str, quotes: set[str]) -> None:
        make_item(lotus, date(2026, 12, 31), quote_number="R0000801", reseller=cast.site)
        make_item(
            lotus, date(2027, 1, 1), quote_number="R0000802", kind=RenewalKind.SAAS,
            status=RenewalStatus.EXPIRED, auto_renew=True, currency="PLN", reseller=cast.site,
            current_start=date(2025, 7, 1), current_end=date(2026, 6, 30),
        )  # fmt: skip
        assert {row["quote_number"] for row in self.found(reporter(cast), query)} == quotes

    def test_leaves_out_what_is_over(self, cast: Cast, lotus: CustomerSite) -> None:
        make_item(lotus, quote_number="R0000801", reseller=cast.site)
        make_item(
            lotus, quote_number="R0000802", status=RenewalStatus.ORDERED, settled_on=date(2026, 9, 1),
            reseller=cast.site,
        )  # fmt: skip
        assert [row["quote_number"] for row in self.found(reporter(cast))] == ["R0000801"]

    def test_adds_value_up_by_month_and_currency(self, cast: Cast, lotus: CustomerSite) -> None:
        for due, currency in (
            (date(2027, 1, 5), "EUR"),
            (date(2027, 1, 31), "EUR"),
            (date(2027, 2, 1), "PLN"),
        ):
            make_item(lotus, due, currency=currency, points=1.25, reseller=cast.site)
        _, found = table(reporter(cast), self.key, "by=month", "summary")
        assert [
            (row["month_due"], row["currency"], row["sum_of_extended"], float(row["sum_of_points"]))
            for row in found
        ] == [(date(2027, 1, 1), "EUR", 40_000, 2.5), (date(2027, 2, 1), "PLN", 20_000, 1.25)]

    def test_has_totals_of_points_with_their_decimals(self, cast: Cast, lotus: CustomerSite) -> None:
        for number in (1, 2):
            make_item(lotus, in_days(number), points=1.25, reseller=cast.site)
        person = actor(reporter(cast))
        with tenancy.scope(person):
            told = {total.name: total for total in summing.totals(asked_of(self.report, "", actor=person))}
        assert float(told["points"].count or 0) == 2.5
        assert told["extended"].amounts == ((40_000, "EUR"),)


class TestCommittedTermItems(OfCustomers):
    key = "committed-term-items"

    def make(self, of: CustomerSite, number: int, **parties: Any) -> Any:
        return make_item(of, in_days(number), kind=RenewalKind.COMMITTED_TERM, **parties)

    def test_has_committed_terms_only(self, cast: Cast, lotus: CustomerSite) -> None:
        make_item(lotus, quote_number="R0000801", reseller=cast.site)
        make_item(lotus, quote_number="R0000802", kind=RenewalKind.COMMITTED_TERM, reseller=cast.site)
        assert [row["quote_number"] for row in self.found(reporter(cast))] == ["R0000802"]


class TestRenewalsWithin180Days(OfCustomers):
    key = "renewals-180-days"

    def make(self, of: CustomerSite, number: int, **parties: Any) -> Any:
        return make_item(of, in_days(number * 5), **parties)

    @pytest.mark.parametrize(
        ("days", "bucket"),
        [
            (-1, None), (0, "0-30"), (30, "0-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"),
            (90, "61-90"), (91, "91-180"), (180, "91-180"), (181, None),
        ],
    )  # fmt: skip
    def test_puts_what_is_due_into_its_stretch_of_days(
        self, cast: Cast, lotus: CustomerSite, days: int, bucket: str | None
    ) -> None:
        make_item(lotus, in_days(days), reseller=cast.site)
        who = reporter(cast)
        assert [row["bucket"] for row in self.found(who)] == ([bucket] if bucket else [])
        for each in ("0-30", "31-60", "61-90", "91-180"):
            assert len(self.found(who, f"bucket={each}")) == (each == bucket)

    def test_draws_the_stretches_in_their_order_however_much_is_due_in_each(
        self, cast: Cast, lotus: CustomerSite
    ) -> None:
        for days in (5, 100, 101, 102, 70, 71):
            make_item(lotus, in_days(days), reseller=cast.site)
        person = actor(reporter(cast))
        with tenancy.scope(person):
            asked = asked_of(self.report, "by=bucket", actor=person)
            found = list(groups(asked))
            picture = summing.picture(asked, found, summing.figures(asked, found)[0])
        assert picture is not None
        assert picture.labels == ("0–30 days", "61–90 days", "91–180 days")
        assert [series.values for series in picture.series] == [(1, 2, 3)]


class TestInventory(OfCustomers):
    key = "inventory"

    def make(self, of: CustomerSite, number: int, **parties: Any) -> Any:
        return make_entitlement(of, **parties)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("reference=e0000901", {"E0000901"}),
            ("kind=support", {"E0000902"}),
            ("part=E0", {"E0000902"}),
            ("ends_to=2026-12-31", {"E0000902"}),
            ("order_number=40001", {"E0000902"}),
        ],
    )
    def test_is_narrowed_by(self, cast: Cast, lotus: CustomerSite, query: str, found: set[str]) -> None:
        make_entitlement(lotus, reference="E0000901", reseller=cast.site)
        make_entitlement(
            lotus, reference="E0000902", kind=EntitlementKind.SUPPORT, part_number="E0ABCRR",
            coverage_start=date(2026, 1, 1), coverage_end=date(2026, 12, 31), order_number="40001",
            reseller=cast.site,
        )  # fmt: skip
        assert {row["reference"] for row in self.found(reporter(cast), query)} == found


class TestSuppressedOverage(OfCustomers):
    key = "suppressed-overage"

    def make(self, of: CustomerSite, number: int, **parties: Any) -> Any:
        return make_overage(of, settled_on=date(2026, 8, number), **parties)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("reference=o0000901", {"O0000901"}),
            ("subscription=SUB-0002", {"O0000902"}),
            ("part=D0SAASO", {"O0000901", "O0000902"}),
            ("measured_to_from=2026-09-01", {"O0000902"}),
            ("reason=Under", {"O0000902"}),
            ("reason=%22Under%22", set()),
            ("currency=EUR", {"O0000901", "O0000902"}),
        ],
    )
    def test_is_narrowed_by(self, cast: Cast, lotus: CustomerSite, query: str, found: set[str]) -> None:
        make_overage(lotus, reference="O0000901", reseller=cast.site)
        make_overage(
            lotus, reference="O0000902", subscription_number="SUB-0002", settled_on=date(2026, 9, 30),
            reason="Under the threshold", reseller=cast.site,
        )  # fmt: skip
        assert {row["reference"] for row in self.found(reporter(cast), query)} == found

    def test_adds_up_what_was_not_billed(self, cast: Cast, lotus: CustomerSite, theirs: CustomerSite) -> None:
        make_overage(lotus, reseller=cast.site)
        make_overage(lotus, reseller=cast.site)
        make_overage(theirs, reseller=cast.rival_site)
        _, found = table(reporter(cast), self.key, "by=reason", "summary")
        assert [(row["reason"], row["sum_of_amount"]) for row in found] == [
            ("First overage of the term", 72_000)
        ]


class TestPriceNotifications(OfCustomers):
    key = "renewal-price-notifications"

    def make(self, of: CustomerSite, number: int, **parties: Any) -> Any:
        return make_price_notice(of, opt_out_by=in_days(number), **parties)

    def test_tells_old_and_new_price_and_the_change_in_per_cent(
        self, cast: Cast, lotus: CustomerSite
    ) -> None:
        make_price_notice(lotus, reseller=cast.site)
        row = self.found(reporter(cast))[0]
        assert (row["old_price"], row["new_price"], row["change_bp"]) == (10_000, 10_725, 725)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("reference=n0000901", {"N0000901"}),
            ("quote=R0000002", {"N0000902"}),
            ("subscription=SUB-0001", {"N0000901", "N0000902"}),
            ("part=D0SAASL", {"N0000901", "N0000902"}),
            ("opt_out_to=2026-12-31", {"N0000902"}),
            ("effective_to=2027-01-31", {"N0000902"}),
            ("notified_to=2026-09-30", {"N0000902"}),
            ("currency=PLN", set()),
        ],
    )
    def test_is_narrowed_by(self, cast: Cast, lotus: CustomerSite, query: str, found: set[str]) -> None:
        make_price_notice(
            lotus, reference="N0000901", reseller=cast.site, notified_on=date(2026, 10, 1),
            effective_on=date(2027, 3, 1), opt_out_by=date(2027, 2, 1),
        )  # fmt: skip
        make_price_notice(
            lotus, reference="N0000902", quote_number="R0000002", reseller=cast.site,
            notified_on=date(2026, 9, 1), effective_on=date(2027, 1, 1), opt_out_by=date(2026, 12, 1),
        )  # fmt: skip
        assert {row["reference"] for row in self.found(reporter(cast), query)} == found


class TestSubscriptionUpdates(OfCustomers):
    key = "subscription-updates"

    def make(self, of: CustomerSite, number: int, **parties: Any) -> Any:
        return make_change(of, settled_on=date(2026, 7, number), **parties)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("reference=c0000901", {"C0000901"}),
            ("subscription=SUB-0002", {"C0000902"}),
            ("part=D0SAASX", {"C0000901", "C0000902"}),
            ("old_part=d0saasl", {"C0000901", "C0000902"}),
            ("from_from=2026-08-01", {"C0000902"}),
        ],
    )
    def test_is_narrowed_by(self, cast: Cast, lotus: CustomerSite, query: str, found: set[str]) -> None:
        make_change(lotus, reference="C0000901", reseller=cast.site)
        make_change(
            lotus, reference="C0000902", subscription_number="SUB-0002", settled_on=date(2026, 8, 1),
            reseller=cast.site,
        )  # fmt: skip
        assert {row["reference"] for row in self.found(reporter(cast), query)} == found

    def test_says_how_many_licences_more_there_are(self, cast: Cast, lotus: CustomerSite) -> None:
        make_change(lotus, reseller=cast.site)
        make_change(lotus, new_quantity=10, reseller=cast.site)
        _, found = table(reporter(cast), self.key, "by=part", "summary")
        assert [(row["number_of_rows"], row["sum_of_more"]) for row in found] == [(2, -10)]


class TestForPrograms:
    @pytest.mark.django_db
    def test_points_and_shares_are_decimals_as_text(self, cast: Cast) -> None:
        held = make_customer_site(reseller=cast.site)
        relate(cast.site, held.customer)
        make_item(held, points=1.25, reseller=cast.site)
        make_price_notice(held, reseller=cast.site)
        program = caller(cast.primary)

        rows = program.get("/api/v1/reports/renewal-items/rows/?columns=points,extended").json()["results"]
        assert rows == [{"points": "1.25", "extended": {"amount": "200.00", "currency": "EUR"}}]
        rows = program.get("/api/v1/reports/renewal-price-notifications/rows/?columns=change").json()[
            "results"
        ]
        assert rows == [{"change": "7.25"}]
        totals = {
            t["measure"]: t["value"] for t in program.get("/api/v1/reports/renewal-items/totals/").json()
        }
        assert totals["points"] == "1.25"
