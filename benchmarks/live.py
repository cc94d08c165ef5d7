"""`python -m benchmarks.live fill NUMBER` fills a database with so many live registrations, and drafts beside them.

A process of its own, so that whoever measures need not be a Django process.
"""

from __future__ import annotations

import sys
from contextlib import closing
from os import environ

import django
import psycopg2

django.setup()


from benchmarks import searching, world  # noqa: E402
from identity.middleware import digest  # noqa: E402

SITES = 1_000
DRAFTS = 20_000  # a site's fewer than the questions that it may ask a day
LINES = "SENTRY GUARD ARCHIVE FLOW CLOUD SWITCH BACKUP MAIL".split()  # noqa: SIM905


def secret(site: int) -> str:
    """The API key of a site's sales representative."""
    return f"pw_bench_{site}"


def fill(number: int) -> None:
    """So many live registrations, at a customer for every twenty of them, of a thousand partners."""
    customers = max(100, number // 20)
    sites = min(SITES, max(10, number // 20))
    searching.fill(customers)
    with closing(psycopg2.connect(environ["DATABASE_OWNER_URL"])) as db, db, db.cursor() as cursor:
        cursor.execute("ALTER TABLE deals_dealproduct DISABLE TRIGGER USER; SET LOCAL ROLE portal_system")
        rows = world._Rows(cursor)
        world._sites(rows, sites)
        world._people(rows, 2 * sites)
        _keys(rows, sites)
        _parts(rows)
        _deals(rows, number, sites, customers)
        _drafts(rows, number, min(DRAFTS, 20 * sites), sites, customers)
        rows.tables.append("customers_customer")
        rows.restart_numbering()
        db.commit()
        cursor.execute("ALTER TABLE deals_dealproduct ENABLE TRIGGER USER")


def _keys(rows: world._Rows, sites: int) -> None:
    digests = ", ".join(f"({site}, '{digest(secret(site))}')" for site in range(1, sites + 1))
    rows.insert(
        "identity_apikey",
        f"(VALUES {digests}) k (i, digest)",
        id="i",
        public_id=world._public_id("k"),
        user_id="2 * i",
        site_id="i",
        name="'benchmark'",
        digest="digest",
        privileges="ARRAY['deal_register', 'deal_view']",
    )


def _parts(rows: world._Rows) -> None:
    numbered = f"unnest(ARRAY{LINES}) WITH ORDINALITY line (code, i)"
    rows.insert(
        "pricing_productline", numbered, id="1000 + i", code="code", name="initcap(code)", is_active="true"
    )
    rows.insert(
        "pricing_part",
        numbered,
        id="1000 + i",
        number="'B00000' || i",
        description="'Part of ' || code",
        line_id="1000 + i",
        type="'licence'",
        is_active="true",
    )


def _deals(rows: world._Rows, number: int, sites: int, customers: int) -> None:
    at = f"date_trunc('hour', now()) - ({number} - i) * (interval '90 days' / {number})"
    waiting = "(ARRAY['submitted', 'under_review', 'returned'])[mod(i, 10) - 6]"
    status = f"CASE WHEN mod(i, 10) < 7 THEN 'approved' ELSE {waiting} END"
    source = f"""(
        SELECT i, {status} AS status, 1 + {world._scattered("i", sites)} AS site_id,
            1 + {world._scattered("i + 1", customers)} AS customer_id, {at} AS at
        FROM generate_series(1, {number}) i
    ) d"""
    decided = "d.status IN ('approved', 'returned')"
    _insert(
        rows,
        source,
        status="d.status",
        name="'Registration ' || i",
        contact_name="'Ewa Zielona'",
        submission_ref="'S-' || lpad(i::text, 9, '0')",
        number="CASE WHEN d.status = 'approved' THEN 'DR-2026-' || lpad(i::text, 7, '0') || '-K' END",
        submitted_at="at",
        waiting_since="at",
        decision_due_at="CASE WHEN d.status IN ('submitted', 'under_review') THEN at + interval '2 days' END",
        decided_at=f"CASE WHEN {decided} THEN at + interval '1 day' END",
        decision_text="CASE WHEN d.status = 'returned' THEN 'Please name the legal entity.' ELSE '' END",
        approved_at="CASE WHEN d.status = 'approved' THEN at + interval '1 day' END",
        expires_at="CASE WHEN d.status = 'approved' THEN at + interval '91 days' END",
    )


def _drafts(rows: world._Rows, after: int, number: int, sites: int, customers: int) -> None:
    """Drafts of all sites; in every other one the customer was typed, and not chosen from the directory."""
    source = f"""(
        SELECT {after} + n AS i, mod(n, 2) = 0 AS typed_anew, 1 + mod(n, {sites}) AS site_id,
            1 + {world._scattered("n + 5", customers)} AS customer_id, now() AS at
        FROM generate_series(1, {number}) n
    ) d"""
    _insert(
        rows,
        source,
        customer_id="CASE WHEN NOT typed_anew THEN c.id END",
        customer_tax_id="CASE WHEN NOT typed_anew THEN c.tax_id ELSE '' END",
        customer_domain="CASE WHEN NOT typed_anew THEN c.web_domain ELSE '' END",
        status="'draft'",
        name="'Draft ' || i",
    )


def _insert(rows: world._Rows, source: str, **columns: str) -> None:
    common = {
        "id": "i",
        "public_id": world._public_id("d"),
        "site_id": "d.site_id",
        "site_name": "s.name",
        "site_number": "s.number",
        "owner_id": "2 * d.site_id",
        "owner_name": "'Sales'",
        "customer_id": "c.id",
        "customer_name": "c.name",
        "customer_country": "c.country",
        "search_name": "c.search_name",
        "product_summary": "'B000001'",
        "currency": "'EUR'",
        "value": "100 * (2000 + mod(i, 400000))",
        "close_on": "current_date + 60",
        "stage": "'qualified'",
        "version": "1",
        "created_at": "at",
        "updated_at": "at",
        "listed_at": "at",
    }
    joined = (
        f"{source} JOIN identity_site s ON s.id = d.site_id JOIN customers_customer c ON c.id = d.customer_id"
    )
    rows.insert("deals_deal", joined, **common | columns)
    of_deals = "submitted" if columns["status"] != "'draft'" else "NOT submitted"
    for position in (1, 2):  # every third has two
        part = f"1 + mod(d.id * {position} + d.id / 7, {len(LINES)})"
        rows.insert(
            "deals_dealproduct",
            f"deals_deal d JOIN pricing_part p ON p.id = 1000 + {part} JOIN pricing_productline l ON l.id = p.line_id"
            f" WHERE {of_deals} AND ({position} = 1 OR mod(d.id, 3) = 0 AND mod(d.id, {len(LINES)}) <> 0)",
            deal_id="d.id",
            site_id="d.site_id",
            reader_id="d.reader_id",
            submitted="d.submitted",
            position=str(position),
            part_id="p.id",
            part_number="p.number",
            description="p.description",
            line="l.code",
            quantity="1",
        )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fill", number]:
            fill(int(number))
        case _:
            sys.exit(__doc__)
