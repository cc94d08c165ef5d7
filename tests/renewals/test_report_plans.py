"""Reports of customers, orders and renewals where there is much of it: whoever reads them, indexes answer."""

from __future__ import annotations

import os
import re
import time
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from benchmarks.ledger import TABLES, fill
from benchmarks.world import LARGE_SITE
from customers.models import CustomerSite
from identity import tenancy
from identity.actors import Actor, Kind
from identity.models import Site, SiteKind
from identity.privileges import Privilege
from reports.asking import asked_of
from reports.columns import sources
from reports.declared import Report, all_reports
from reports.patience import LONG, patience
from reports.tables import rows

LINES, ITEMS, SITES = 20_000, 20_000, 10
REPORTS = [
    each
    for each in all_reports()
    if each.source.__module__.split(".")[0] in ("customers", "orders", "renewals")
]


# An index made in a table that has old rows of updated ones is used by no transaction while one runs, wherever on the
# server, that began before it was made.
NOT_USED_YET = """
    SELECT count(*) FROM pg_index WHERE indcheckxmin AND indrelid = ANY (%s::regclass[])
        AND xmin::text::bigint >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint
"""


def wait_for_indexes(owner: Any) -> None:
    """Until each index that was just made may be used."""
    with owner.cursor() as cursor:
        for _ in range(600):
            cursor.execute(NOT_USED_YET, [list(TABLES)])
            if cursor.fetchone()[0] == 0:
                return
            time.sleep(0.1)
    raise AssertionError("Somebody's transaction has run for a minute: the new indexes cannot be used yet.")


@pytest.mark.django_db(transaction=True)
class TestWithManyRows:
    """20,000 order lines and as many renewal items of 10 sites, a tenth of them one reseller's."""

    @pytest.fixture
    def readers(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Actor]:
        monkeypatch.setenv("DATABASE_OWNER_URL", os.environ["TEST_DATABASE_OWNER_URL"])
        fill(LINES, ITEMS, SITES)
        with closing(psycopg2.connect(os.environ["TEST_DATABASE_OWNER_URL"])) as owner:
            owner.autocommit = True
            owner.cursor().execute(f"VACUUM ANALYZE {', '.join(TABLES)}")
            wait_for_indexes(owner)
        with tenancy.as_system():
            distributor = Site.objects.filter(kind=SiteKind.DISTRIBUTOR).order_by("id")[0].id
        return {
            "reseller": self.reader(Kind.RESELLER, LARGE_SITE),
            "distributor": self.reader(Kind.DISTRIBUTOR, distributor),
            "vendor": self.reader(Kind.STAFF, None),
        }

    def reader(self, kind: Kind, site: int | None) -> Actor:
        return Actor(
            kind=kind, user_id=1, name="", email="", site_id=site, privileges=frozenset(Privilege)
        )  # fmt: skip

    def plan(self, who: Actor, report: Report, query: str) -> str:
        """What the database does for the first page."""
        with tenancy.scope(who):
            asked = asked_of(report, f"level=detail&{query}", actor=who)
            fields = dict.fromkeys([*sources(asked.columns), *asked.order.fields])
            with patience(LONG, in_order=asked.read_in_order):
                return str(rows(asked).values(*fields).order_by(*asked.order.by)[:51].explain(analyze=True))

    def test_give_their_first_page_in_every_order_from_an_index(self, readers: dict[str, Actor]) -> None:
        assert len(REPORTS) >= 12
        for name, who in readers.items():
            for report in REPORTS:
                for order in report.orders_for(who):
                    plan = self.plan(who, report, f"order={order.name}")
                    where = f"{report.key} by {order.name} for a {name}:\n{plan}"
                    assert "Index Scan" in plan, where
                    assert "Sort" not in plan, where
                    assert "Seq Scan" not in plan, where

    def test_find_what_is_of_one_customer_without_looking_through_the_rest(
        self, readers: dict[str, Any]
    ) -> None:
        with tenancy.as_system():
            held = (
                CustomerSite.objects.filter(reseller_id=LARGE_SITE)
                .select_related("customer")
                .order_by("id")[5]
            )
        for name, who in readers.items():
            for report in REPORTS:
                for query in (
                    f"agreement={held.agreement}",
                    f"site={held.site_number}",
                    f"customer={held.customer.public_id}",
                    f"customer=%22{held.customer.name}%22",
                    f"customer={held.customer.number}",
                ):
                    plan = self.plan(who, report, query)
                    looked_at = sum(map(int, re.findall(r"Rows Removed by Filter: (\d+)", plan)))
                    assert looked_at < 500, f"{report.key} by {query} for a {name}:\n{plan}"
