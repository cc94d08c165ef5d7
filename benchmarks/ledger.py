"""`python -m benchmarks.ledger fill LINES ITEMS SITES` fills a database with so many lines of orders and renewal items;
`… reports` tells as JSON which reports there are of them.

A tenth of everything is one reseller's, whose sales representative the benchmarks are signed in as; the rest is spread
over the other sites, all of them mixed in the order of time. A process of its own, so that whoever measures need not
be a Django process.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from os import environ
from typing import Any

import django
import psycopg2

from benchmarks.world import (
    BUSINESS,
    COUNTRIES,
    DISTRIBUTORS,
    LARGE_SITE,
    PLACE,
    _people,
    _pick,
    _public_id,
    _Rows,
    _scattered,
    _sites,
)

LINES_AN_ORDER = 5
ROLES = ("reseller", "distributor")
LEVELS = ("BL", "D", "E", "F")
TOOLS = "'{reporting,online_ordering,proposal_quote_order,deal_registration,price_files}'"
SERVICES = 25  # one of so many lines of orders is about a service that has to be set up

# Of what a transactional row shares with others: the site's (s), the agreement's copies, and who sees it (see
# customers/models/standing.py). The triggers that fill these in are off meanwhile; a test compares.
COPIES = {
    "customer_site_id": "s.id", "customer_id": "s.customer_id", "reseller_id": "s.reseller_id",
    "distributor_id": "s.distributor_id", "agreement": "s.agreement", "site_number": "s.site_number",
    "site_name": "s.site_name", "country": "s.country", "programme": "s.programme",
    "anniversary_on": "s.anniversary_on", "price_level": "s.price_level", "customer_number": "s.customer_number",
    "customer_name": "s.customer_name", "reseller_number": "s.reseller_number", "reseller_name": "s.reseller_name",
    "distributor_number": "s.distributor_number", "distributor_name": "s.distributor_name",
}  # fmt: skip
OPEN = COPIES | {"reseller_from": "s.reseller_from", "distributor_from": "s.distributor_from"}
SETTLED = COPIES | {"reseller_from": "date '0001-01-01'", "distributor_from": "date '0001-01-01'"}
TABLES = (
    "customers_agreement", "customers_relationship", "customers_customersite", "orders_order", "orders_orderline",
    "orders_fulfilment", "orders_dataelement", "renewals_entitlement", "renewals_renewalitem", "renewals_overage",
    "renewals_subscriptionchange", "renewals_pricenotification",
)  # fmt: skip


def fill(lines: int, items: int, sites: int) -> None:
    customers = max(100, items // 20)
    owner = psycopg2.connect(environ["DATABASE_OWNER_URL"])
    with closing(owner) as db, db, db.cursor() as cursor, _bare_tables(cursor):
        cursor.execute("SET LOCAL ROLE portal_system")
        rows = _Rows(cursor)
        _sites(rows, sites)
        _people(rows, 2 * sites)
        cursor.execute(f"UPDATE identity_membership SET tools = {TOOLS}")
        _customers(rows, customers, sites)
        _orders(rows, lines // LINES_AN_ORDER, customers)
        _services(rows)
        _renewals(rows, items, customers)
        rows.restart_numbering()
        cursor.execute("RESET ROLE")


@contextmanager
def _bare_tables(cursor: Any) -> Iterator[None]:
    """The tables without triggers, and without those indexes that keep no rule: they are made again at the end."""
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid = ANY (%s::regclass[]) AND NOT i.indisunique AND NOT i.indisexclusion",
        [list(TABLES)],
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table with checks to come can be altered
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    for _name, definition in indexes:
        cursor.execute(definition)


def _customers(rows: _Rows, customers: int, sites: int) -> None:
    """Each with an agreement, a site, a reseller and a distributor: every tenth is the large site's."""
    source = f"generate_series(1, {customers}) i"
    name = f"{_pick(PLACE, 'i * 5')} || ' ' || {_pick(BUSINESS, 'i')} || ' ' || i"
    rows.insert(
        "customers_customer",
        source,
        id="i", public_id=_public_id("c"), name=name, search_name=f"lower({name})",
        number="(1000000 + i)::text", country=_pick(COUNTRIES, "i"),
    )  # fmt: skip
    express = "mod(i, 5) = 0"
    rows.insert(
        "customers_agreement",
        source,
        id="i", number="'A' || lpad(i::text, 8, '0')", customer_id="i", version="1",
        programme=f"CASE WHEN {express} THEN 'express' ELSE 'relationship' END",
        anniversary_on=f"CASE WHEN {express} THEN NULL ELSE date '2027-01-01' + mod(i, 12) * 30 END",
    )  # fmt: skip
    reseller = f"CASE WHEN mod(i, 10) = 0 THEN {LARGE_SITE} ELSE 2 + {_scattered('i', sites - 1)} END"
    distributor = f"{sites} + 1 + {_scattered('i + 3', DISTRIBUTORS)}"
    for role, party in (("reseller", reseller), ("distributor", distributor)):
        rows.insert(
            "customers_relationship",
            source,
            id=f"i * 2 + {int(role == 'reseller')}", public_id=_public_id(role[0]), site_id=party, customer_id="i",
            role=f"'{role}'", valid_from="date '2020-01-01'", version="1",
        )  # fmt: skip
    rows.insert(
        "customers_customersite",
        f"""(SELECT i, {reseller} AS reseller_id, {distributor} AS distributor_id
            FROM generate_series(1, {customers}) i) n
        JOIN customers_customer c ON c.id = i JOIN customers_agreement a ON a.id = i
        JOIN identity_site r ON r.id = n.reseller_id JOIN identity_site d ON d.id = n.distributor_id""",
        id="i", public_id=_public_id("t"), contract_id="a.id", role="'originating'", version="1", points="mod(i, 900)",
        customer_id="c.id", reseller_id="r.id", distributor_id="d.id",
        reseller_from="date '2020-01-01'", distributor_from="date '2020-01-01'",
        agreement="a.number", site_number="(2000000 + i)::text", site_name="c.name || ', head office'",
        country="c.country", programme="a.programme", anniversary_on="a.anniversary_on",
        price_level=_pick(LEVELS, "i"), customer_number="c.number", customer_name="c.name",
        reseller_number="r.number", reseller_name="r.name", distributor_number="d.number", distributor_name="d.name",
    )  # fmt: skip


def _orders(rows: _Rows, orders: int, customers: int) -> None:
    """Of three years, in the order of time."""
    day = f"current_date - 1 - (({orders} - i) * 1095::bigint / {orders})::int"
    rows.insert(
        "orders_order",
        f"""(SELECT i, {day} AS day, 1 + {_scattered("i", customers)} AS of_site FROM generate_series(1, {orders}) i) n
        JOIN customers_customersite s ON s.id = n.of_site ORDER BY i""",
        id="i", public_id=_public_id("o"), number="'4' || lpad(i::text, 8, '0')", settled_on="day",
        status="'fulfilled'", currency="'EUR'", total=f"{LINES_AN_ORDER} * 12500", points="25",
        line_count=str(LINES_AN_ORDER), version="1", **SETTLED,
    )  # fmt: skip
    shared = {name: f"s.{name}" for name in (*COPIES, "reseller_from", "distributor_from")}
    nth = f"s.id * {LINES_AN_ORDER} + n"
    rows.insert(
        "orders_orderline",
        f"orders_order s, generate_series(1, {LINES_AN_ORDER}) n ORDER BY s.id, n",
        id=nth, order_id="s.id", order_number="s.number", position="n", settled_on="s.settled_on",
        currency="s.currency",
        part_number=f"'D' || lpad((mod({nth}, 4000))::text, 4, '0') || 'LL'",
        description=f"{_pick(PLACE, 'n')} || ', licence and 12 months of support'", part_type="'licence'",
        quantity=f"1 + mod({nth}, 50)", unit_points="0.5", points=f"0.5 * (1 + mod({nth}, 50))",
        unit_price="2500", extended=f"2500 * (1 + mod({nth}, 50))", coverage_start="s.settled_on",
        coverage_end="s.settled_on + 364", months="12", **shared,
    )  # fmt: skip


def _services(rows: _Rows) -> None:
    shared = {name: f"s.{name}" for name in COPIES}
    rows.insert(
        "orders_fulfilment",
        f"""(SELECT l.*, row_number() OVER (ORDER BY l.id) AS i FROM orders_orderline l
            WHERE mod(l.id, {SERVICES}) = 0) s""",
        id="i", public_id=_public_id("f"), order_number="s.order_number", line_number="s.position",
        part_number="s.part_number", description="s.description", quantity="s.quantity",
        subscription_number="'SUB' || lpad(i::text, 9, '0')", status=_pick(("active", "awaiting_details"), "i"),
        ordered_on="s.settled_on", version="1", reseller_from="date '2020-01-01'",
        distributor_from="date '2020-01-01'", **shared,
    )  # fmt: skip
    rows.insert(
        "orders_dataelement",
        "orders_fulfilment s, unnest(ARRAY['Time zone', 'Administrator']) WITH ORDINALITY e (element, n)",
        id="s.id * 2 + n", fulfilment_id="s.id", order_number="s.order_number", line_number="s.line_number",
        part_number="s.part_number", element="element", required="true",
        value="CASE WHEN mod(s.id + n, 3) > 0 THEN 'given' ELSE '' END", version="1",
        reseller_from="s.reseller_from", distributor_from="s.distributor_from", **shared,
    )  # fmt: skip


def _renewals(rows: _Rows, items: int, customers: int) -> None:
    """Half of them over in the last two years, half due in the next one; a tenth as many of everything else."""
    site = f"1 + {_scattered('i + 7', customers)}"

    def of(number: int) -> str:
        return f"""(SELECT i, current_date + (i * 1095::bigint / {number})::int - 730 AS day, {site} AS of_site
            FROM generate_series(1, {number}) i) n JOIN customers_customersite s ON s.id = n.of_site ORDER BY i"""

    over = "day < current_date"
    rows.insert(
        "renewals_renewalitem",
        of(items),
        id="i", public_id=_public_id("i"), line_number="1 + mod(i, 4)",
        quote_number="'R' || lpad((i / 4)::text, 9, '0')",
        kind=_pick(("support", "support", "committed_term", "saas", "monthly"), "i / 3"),
        status=f"CASE WHEN {over} THEN 'ordered' ELSE 'open' END", settled_on=f"CASE WHEN {over} THEN day END",
        part_number="'E' || lpad((mod(i, 4000))::text, 4, '0') || 'RR'",
        description=f"{_pick(PLACE, 'i')} || ', renewal of support'", part_type="'renewal'",
        quantity="1 + mod(i, 50)", unit_points="0.2", points="0.2 * (1 + mod(i, 50))",
        current_start="day - 364", current_end="day", new_start="day + 1", new_end="day + 365", months="12",
        currency=_pick(("EUR", "PLN"), "i"), unit_price="500", extended="500 * (1 + mod(i, 50))", due_on="day",
        auto_renew="false", version="1",
        **OPEN | {f"{role}_from": f"CASE WHEN {over} THEN date '0001-01-01' ELSE s.{role}_from END" for role in ROLES},
    )  # fmt: skip
    few = max(100, items // 10)
    rows.insert(
        "renewals_entitlement",
        of(few),
        id="i", public_id=_public_id("e"), reference="'ENT' || lpad(i::text, 9, '0')",
        kind=_pick(("licence", "support"), "i"), part_number="'D' || lpad((mod(i, 4000))::text, 4, '0') || 'LL'",
        description="'Licence'", quantity="1 + mod(i, 50)", coverage_start="day - 364",
        coverage_end="CASE WHEN mod(i, 2) = 0 THEN day END", version="1", **OPEN,
    )  # fmt: skip
    rows.insert(
        "renewals_overage",
        of(few),
        id="i", reference="'OV' || lpad(i::text, 9, '0')", subscription_number="'SUB' || lpad(i::text, 9, '0')",
        part_number="'S0001SS'", description="'Service'", measured_from="least(day, current_date) - 30",
        settled_on="least(day, current_date)", entitled="100", used="100 + mod(i, 40)", overage="mod(i, 40)",
        currency="'EUR'", amount="100 * mod(i, 40)", reason="'Within the agreed tolerance'", version="1", **SETTLED,
    )  # fmt: skip
    rows.insert(
        "renewals_subscriptionchange",
        of(few),
        id="i", reference="'CH' || lpad(i::text, 9, '0')", subscription_number="'SUB' || lpad(i::text, 9, '0')",
        old_part_number="'S0001SS'", new_part_number="'S0002SS'", description="'Service'",
        settled_on="least(day, current_date)", old_quantity="10", new_quantity="10 + mod(i, 9)", old_term_months="12",
        new_term_months="12", version="1", **SETTLED,
    )  # fmt: skip
    rows.insert(
        "renewals_pricenotification",
        of(few),
        id="i", public_id=_public_id("p"), reference="'PN' || lpad(i::text, 9, '0')", part_number="'S0001SS'",
        description="'Service'", currency="'EUR'", old_price="1000", new_price="1030", change_bp="300",
        notified_on="day - 120", effective_on="day", opt_out_by="day - 30", version="1", **OPEN,
    )  # fmt: skip


def reports() -> list[str]:
    """The keys of the reports about customers, orders and renewals: whatever is declared, tomorrow's included."""
    django.setup()
    from reports.declared import all_reports

    return [
        report.key
        for report in all_reports()
        if report.source.__module__.split(".")[0] in ("customers", "orders", "renewals")
    ]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["reports"]:
            json.dump(reports(), sys.stdout)
        case ["fill", lines, items, sites]:
            fill(int(lines), int(items), int(sites))
        case _:
            sys.exit(__doc__)
