"""End customers: the sites of customers, for whoever looks after them today."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from customers.models import CustomerSite
from identity import tenancy
from identity.models import AgreementRole
from tests.cast import Cast
from tests.customers.held import make_customer_site
from tests.customers.reported import OfCustomers
from tests.reports.declared import page, reporter, table


class TestEndCustomers(OfCustomers):
    key = "end-customers"

    def make(self, of: CustomerSite, number: int, **parties: Any) -> CustomerSite:
        """The customers' sites are themselves the rows: here is another one under the same agreement."""
        if number == 1:
            return of
        return make_customer_site(
            of.customer, contract=of.contract, role=AgreementRole.ADDITIONAL,
            site_number=f"38{of.site_number[-1]}{number:04}",
            site_name=f"{of.site_name} {number}", price_level=of.price_level, **parties,
        )  # fmt: skip

    # These are counted by number in the tests of all reports; here each customer has its own.
    def sites_in(self, who: Any, query: str = "") -> list[str]:
        first = {"Lotus Foods": "3900001", "Amber Logistics": "3900002"}
        found = self.found(who, query)
        return ["3900003" if row["agreement"] == "AG700003" else first[row["customer_name"]] for row in found]

    def test_tells_role_and_points(self, cast: Cast, lotus: CustomerSite) -> None:
        with tenancy.as_system():
            CustomerSite.objects.filter(id=lotus.id).update(points=Decimal("512.50"))
        row = self.found(reporter(cast))[0]
        assert (row["role"], row["points"]) == ("originating", Decimal("512.50"))
        assert self.found(reporter(cast), "role=additional") == []

    def test_counts_sites_and_customers(self, cast: Cast, lotus: CustomerSite, amber: CustomerSite) -> None:
        self.make(lotus, 4, reseller=cast.site)
        _, found = table(reporter(cast), self.key, "by=country", "summary")
        assert {row["country"]: (row["number_of_sites"], row["number_of_customers"]) for row in found} == {
            "EG": (2, 1),
            "PL": (1, 1),
        }

    def test_leads_to_the_customer_s_page(self, cast: Cast, lotus: CustomerSite) -> None:
        assert f'href="/customers/{lotus.customer.public_id}/"' in page(
            reporter(cast), self.key, "level=detail"
        )
