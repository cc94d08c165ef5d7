"""What holds of every report of what customers have: whoever stands on a row sees it there, and nobody else does.

A test of one report is a subclass that names it and makes a row:

    class TestOrderHistory(OfCustomers):
        key = "order-history"
        def make(self, of, number, **parties): return make_order(of, date(2026, 3, number), **parties)
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import CustomerSite
from identity import tenancy
from identity.models import Programme
from reports import summing
from reports.asking import asked_of
from reports.declared import DETAIL, SUMMARY, Report, report_named
from reports.tables import groups, rows
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import make_customer
from tests.reports.declared import page, reporter, table

from .held import make_agreement, make_customer_site, relate

#: What all of these reports say of a row's customer, by the columns' names.
COMMON = (
    "customer", "customer_number", "agreement", "site", "site_name", "country", "programme", "anniversary",
    "price_level", "reseller", "reseller_number", "distributor", "distributor_number",
)  # fmt: skip


class OfCustomers:
    """The base of all such tests."""

    key: str
    make: Callable[..., Any]
    pytestmark = pytest.mark.django_db

    # ------------------------------------------------------------------------------------- the rows

    @pytest.fixture
    def lotus(self, cast: Cast) -> CustomerSite:
        """A customer of ours, and of our distributor's."""
        customer = make_customer("Lotus Foods", "EG", number="5550001")
        contract = make_agreement(customer, number="AG700001", anniversary_on=date(2027, 4, 1))
        held = make_customer_site(
            customer, contract=contract, site_number="3900001", site_name="Lotus Foods, Giza",
            price_level="E", **self.of_site(cast, cast.site),
        )  # fmt: skip
        self.relate_all(cast, customer)
        return held

    @pytest.fixture
    def amber(self, cast: Cast) -> CustomerSite:
        """Another one of ours, under an express agreement, in another country."""
        customer = make_customer("Amber Logistics", "PL", number="5550002")
        contract = make_agreement(customer, number="AG700002", programme=Programme.EXPRESS)
        held = make_customer_site(
            customer, contract=contract, site_number="3900002", site_name="Amber Logistics, Gdynia",
            price_level="BL", **self.of_site(cast, cast.site),
        )  # fmt: skip
        self.relate_all(cast, customer)
        return held

    @pytest.fixture
    def theirs(self, cast: Cast, lotus: CustomerSite) -> CustomerSite:
        """Another site of the same customer, which the rival looks after."""
        contract = make_agreement(lotus.customer, number="AG700003")
        return make_customer_site(
            lotus.customer, contract=contract, site_number="3900003", site_name="Lotus Foods, Suez",
            **self.of_site(cast, cast.rival_site, cast.other_distributor_site),
        )  # fmt: skip

    def relate_all(self, cast: Cast, customer: Any) -> None:
        for site in (cast.site, cast.rival_site, cast.distributor_site, cast.other_distributor_site):
            relate(site, customer)

    def of_site(self, cast: Cast, reseller: Any, distributor: Any = None) -> dict[str, Any]:
        return {"reseller": reseller, "distributor": distributor or cast.distributor_site}

    def ours(self, cast: Cast, of: CustomerSite, number: int = 1) -> Any:
        return self.make(of, number, reseller=cast.site, distributor=cast.distributor_site)

    def rivals(self, cast: Cast, of: CustomerSite, number: int = 1) -> Any:
        return self.make(of, number, reseller=cast.rival_site, distributor=cast.other_distributor_site)

    @property
    def report(self) -> Report:
        return report_named(self.key)

    def all_columns(self, who: Any) -> str:
        return "columns=" + ",".join(column.name for column in self.report.columns_for(actor(who)))

    def found(self, who: Any, query: str = "") -> list[dict[str, Any]]:
        return table(who, self.key, f"{query}&{self.all_columns(who)}")[1]

    def sites_in(self, who: Any, query: str = "") -> list[str]:
        """The customers' sites whose rows somebody finds, in the report's order."""
        return [row["site_number"] for row in self.found(who, query)]

    # ------------------------------------------------------------------------------------- who sees it

    def test_shows_its_rows_to_the_reseller_the_distributor_and_the_vendor(
        self, cast: Cast, lotus: CustomerSite, theirs: CustomerSite
    ) -> None:
        self.ours(cast, lotus)
        self.rivals(cast, theirs)
        assert set(self.sites_in(reporter(cast))) == {"3900001"}
        assert set(self.sites_in(reporter(cast, cast.distributor_site, "Dina Report"))) == {"3900001"}
        assert set(self.sites_in(reporter(cast, cast.rival_site, "Ewa Report"))) == {"3900003"}
        assert set(self.sites_in(reporter(cast, cast.other_distributor_site, "Luca Report"))) == {"3900003"}
        assert set(self.sites_in(cast.deal_desk)) == {"3900001", "3900003"}

    def test_counts_no_row_of_a_rival_in_summary_or_totals(
        self, cast: Cast, lotus: CustomerSite, theirs: CustomerSite
    ) -> None:
        self.ours(cast, lotus)
        self.rivals(cast, theirs)
        person = actor(reporter(cast))
        for grouping in self.report.groupings_for(person):
            _, groups_found = table(person, self.key, f"by={grouping.name}", SUMMARY)
            assert groups_found, grouping.name
            assert "3900003" not in str(groups_found)
            assert "AG700003" not in str(groups_found)
        with tenancy.scope(person):
            count = rows(asked_of(self.report, "", actor=person)).count()
            told = summing.totals(asked_of(self.report, "", actor=person))
        assert told[0].count == count

    def test_says_of_each_row_whose_it_is(self, cast: Cast, lotus: CustomerSite) -> None:
        self.ours(cast, lotus)
        who = reporter(cast)
        row = self.found(who)[0]
        source = {column.name: column.source for column in self.report.columns_for(actor(who))}
        assert [row[source[name]] for name in COMMON] == [
            "Lotus Foods", "5550001", "AG700001", "3900001", "Lotus Foods, Giza", "EG", "relationship",
            date(2027, 4, 1), "E", cast.site.name, cast.site.number,
            cast.distributor_site.name, cast.distributor_site.number,
        ]  # fmt: skip

    # ------------------------------------------------------------------------------------- how it is found

    @pytest.mark.parametrize(
        "query",
        [
            "agreement=AG700001", "agreement=ag700001", "site=3900001", "customer=Lotus",
            "customer=5550001", "customer=%22Lotus+Foods%22", "country=EG", "programme=relationship",
            "anniversary=04", "price_level=E", "distributor=7403809",
        ],
    )  # fmt: skip
    def test_is_found_by_what_is_common_to_all(
        self, cast: Cast, lotus: CustomerSite, amber: CustomerSite, query: str
    ) -> None:
        self.ours(cast, lotus)
        self.ours(cast, amber, 2)
        found = set(self.sites_in(reporter(cast), query))
        assert found == ({"3900001", "3900002"} if "distributor" in query else {"3900001"})

    def test_is_found_by_the_customer_s_id_and_names_it(
        self, cast: Cast, lotus: CustomerSite, amber: CustomerSite
    ) -> None:
        self.ours(cast, lotus)
        self.ours(cast, amber, 2)
        query = f"customer={lotus.customer.public_id}"
        who = reporter(cast)
        assert set(self.sites_in(who, query)) == {"3900001"}
        assert "Lotus Foods" in page(who, self.key, f"level=detail&{query}")

    @pytest.mark.parametrize(
        "query",
        [
            "agreement=AG700003", "site=3900003", "agreement=-", "anniversary=11", "country=IT",
            "customer=%22Lotus%22", "distributor=7403810",
        ],
    )  # fmt: skip
    def test_is_empty_where_nothing_of_one_s_own_fits(
        self, cast: Cast, lotus: CustomerSite, theirs: CustomerSite, query: str
    ) -> None:
        self.ours(cast, lotus)
        self.rivals(cast, theirs)
        assert self.sites_in(reporter(cast), query) == []

    def test_tells_customers_without_an_anniversary_apart(
        self, cast: Cast, lotus: CustomerSite, amber: CustomerSite
    ) -> None:
        self.ours(cast, lotus)
        self.ours(cast, amber, 2)
        assert set(self.sites_in(reporter(cast), "anniversary=-")) == {"3900002"}
        assert set(self.sites_in(reporter(cast), "anniversary=-&anniversary=04")) == {"3900001", "3900002"}

    # ------------------------------------------------------------------------------------- its orders

    def test_is_sorted_as_each_of_its_orders_says(
        self, cast: Cast, lotus: CustomerSite, amber: CustomerSite
    ) -> None:
        for number, of in enumerate([lotus, amber, lotus, amber], 1):
            self.ours(cast, of, number)
        person = actor(reporter(cast))
        for order in self.report.orders_for(person):
            with tenancy.scope(person):
                asked = asked_of(self.report, f"level=detail&order={order.name}", actor=person)
                found = list(rows(asked).order_by(*order.by).values_list(*order.fields))
            assert len(found) >= 2
            falling = order.by[0].startswith("-")
            assert found == sorted(found, reverse=falling), order.name

    # ------------------------------------------------------------------------------------- its summary

    def test_leads_from_each_group_to_just_its_rows(
        self, cast: Cast, lotus: CustomerSite, amber: CustomerSite
    ) -> None:
        for number, of in enumerate([lotus, amber, lotus], 1):
            self.ours(cast, of, number)
        for who in (reporter(cast), cast.deal_desk):
            person = actor(who)
            with tenancy.scope(person):
                whole = rows(asked_of(self.report, "", actor=person)).count()
                for grouping in self.report.groupings_for(person):
                    asked = asked_of(self.report, f"by={grouping.name}", actor=person, level=SUMMARY)
                    count = asked.report.measures_for(person)[0].column.source
                    met = 0
                    for group in groups(asked):
                        query = urlsplit(summing.address_of(asked, group)).query
                        assert parse_qs(query)["level"] == [DETAIL]
                        assert rows(asked_of(self.report, query, actor=person)).count() == group[count], query
                        met += group[count]
                    assert met == whole, grouping.name

    # ------------------------------------------------------------------------------------- its pages

    def test_is_a_page_at_each_of_its_levels(self, cast: Cast, lotus: CustomerSite) -> None:
        self.ours(cast, lotus)
        who = reporter(cast)
        shown = page(who, self.key, f"level=detail&{self.all_columns(who)}")
        assert "Lotus Foods, Giza" in shown
        for grouping in self.report.groupings_for(actor(who)):
            assert page(who, self.key, urlencode({"level": SUMMARY, "by": grouping.name}))

    def test_asks_as_much_of_the_database_for_one_row_as_for_thirty(
        self, cast: Cast, lotus: CustomerSite
    ) -> None:
        client = signed_in(reporter(cast))
        addresses = [
            f"/reports/{self.key}/?level={level}" for level in self.report.levels_for(actor(cast.primary))
        ]

        def queries() -> list[int]:
            counted = []
            for address in addresses:
                with CaptureQueriesContext(
                    connection,
                ) as found:
                    assert client.get(address).status_code == 200
                counted.append(len(found))
            return counted

        self.ours(cast, lotus, 1)
        queries()  # whatever is looked up once
        with_one = queries()
        for number in range(2, 31):
            self.ours(cast, lotus, number)
        assert queries() == with_one
