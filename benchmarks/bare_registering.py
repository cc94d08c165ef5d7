"""The least program that registers a deal: one connection, one transaction, the same rows by plain statements, JSON.

It trusts what it is sent: no key, no check of a field, no rights but the database's own; the verdict is the database's
function in both. What it writes is what the portal writes: customer and contact, deal, products, timeline, notice and
audit, and the question about conflicts.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import psycopg2
from psycopg2.extras import Json, execute_values


@cache
def connection() -> Any:
    """Each worker's own, made at its first request and kept."""
    return psycopg2.connect(os.environ["DATABASE_URL"])


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    site = int(environ["QUERY_STRING"].removeprefix("site="))
    given = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    with connection() as db, db.cursor() as cursor:
        cursor.execute(
            "SET LOCAL ROLE portal_reseller;"
            " SELECT set_config('portal.site', %s, true), set_config('portal.user', %s, true)",
            [str(site), str(2 * site)],
        )
        found = register(cursor, site, given)
    body = json.dumps(found).encode()
    start_response("201 Created", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def register(cursor: Any, site: int, given: dict[str, Any]) -> dict[str, Any]:
    now, customer, contact = datetime.now(UTC), given["customer"], given["contact"]
    public_id, reference = secrets.token_hex(6), f"S-{secrets.token_hex(5)}"
    name = customer["name"].lower()
    cursor.execute(
        "SELECT id FROM customers_customer WHERE country = %s AND search_name = %s ORDER BY id LIMIT 1",
        [customer["country"], name],
    )
    row = cursor.fetchone()
    if row is None:
        cursor.execute(
            "INSERT INTO customers_customer (public_id, name, country, tax_id, web_domain, search_name, search_tax_id,"
            " skeleton, tax_key, domain_key) VALUES (%s, %s, %s, '', %s, %s, '', '', '', %s) RETURNING id",
            [secrets.token_hex(6), customer["name"], customer["country"], customer["web_domain"], name,
             customer["web_domain"]],
        )  # fmt: skip
        row = cursor.fetchone()
    cursor.execute(
        "SELECT p.id, p.number, p.description, l.code"
        " FROM pricing_part p JOIN pricing_productline l ON l.id = p.line_id"
        " WHERE p.number = ANY (%s) ORDER BY p.number",
        [[product["part_number"] for product in given["products"]]],
    )
    parts = cursor.fetchall()
    cursor.execute(DRAFT, {
        "public_id": public_id, "site": site, "owner": 2 * site, "customer": row[0], "name": given["name"],
        "customer_name": customer["name"], "country": customer["country"], "domain": customer["web_domain"],
        "search_name": name, "contact": contact["name"], "email": contact["email"], "currency": given["currency"],
        "summary": ", ".join(part[1] for part in parts), "value": int(Decimal(given["value"]) * 100),
        "close_on": given["close_on"], "next_steps": given["next_steps"], "now": now,
    })  # fmt: skip
    (deal,) = cursor.fetchone()
    execute_values(
        cursor,
        "INSERT INTO deals_dealproduct (deal_id, site_id, reader_id, submitted, position, part_id, part_number,"
        " description, line, quantity) VALUES %s",
        [
            (deal, site, 0, False, position, *part, product["quantity"])
            for position, (part, product) in enumerate(zip(parts, given["products"], strict=True), 1)
        ],
    )
    cursor.execute(EVENT, [deal, site, False, now, "begun"])
    cursor.execute(
        "SELECT verdict, rule FROM deals_verdict(%s, '', %s, '', %s, 30, 10, 'hand_in')",
        [deal, customer["web_domain"], now],
    )
    verdict, rule = cursor.fetchone()
    cursor.execute(
        "UPDATE deals_deal SET status = 'submitted', submission_ref = %s, submitted_at = %s, listed_at = %s,"
        " waiting_since = %s, decision_due_at = %s, verdict = %s, verdict_rule = %s, version = 2 WHERE id = %s",
        [reference, now, now, now, now + timedelta(days=2), verdict, rule, deal],
    )
    cursor.execute(EVENT, [deal, site, True, now, "submitted"])
    cursor.execute(
        "INSERT INTO customers_customercontact (public_id, site_id, customer_id, name, job_title, email, phone, words,"
        " sounds) VALUES (%s, %s, %s, %s, '', %s, '', '', '') ON CONFLICT (site_id, customer_id, email, name)"
        " DO UPDATE SET job_title = ''",
        [secrets.token_hex(6), site, row[0], contact["name"], contact["email"]],
    )
    cursor.execute(
        "INSERT INTO identity_auditevent"
        " (at, event, site_id, user_id, actor_name, object_type, object_id, object_label, detail)"
        " VALUES (%s, 'deal.submitted', %s, %s, 'Sales', 'deal', %s, %s, '{}')",
        [now, site, 2 * site, public_id, f"{reference} {given['name']}"],
    )
    cursor.execute(
        "INSERT INTO notifications_notice (kind, audiences, context, href, dedupe_key, actor_user_id, created_at,"
        " due_at, status, attempts, error) VALUES"
        " ('deal.submitted', %s, %s, %s, %s, %s, %s, %s, 'waiting', 0, '')",
        [Json([{"to": "staff", "role": "deal_desk"}]), Json({"name": given["name"], "customer": customer["name"]}),
         f"/deals/{public_id}/", f"deal.submitted:{public_id}:2", 2 * site, now, now],
    )  # fmt: skip
    return {"id": public_id, "status": "submitted", "reference": reference, "verdict": verdict}


DRAFT = """
INSERT INTO deals_deal (public_id, site_id, site_name, site_number, owner_id, owner_name, customer_id, name,
    customer_name, customer_country, customer_tax_id, customer_domain, search_name, contact_name, contact_job_title,
    contact_email, contact_phone, product_summary, currency, value, close_on, stage, competitors, next_steps,
    engineer_name, engineer_email, distributor_name, typed, status, version, created_at, updated_at, listed_at,
    reviewer_name, decision_code, decision_text, outcome_code, outcome_text)
SELECT %(public_id)s, id, name, number, %(owner)s, 'Sales', %(customer)s, %(name)s, %(customer_name)s, %(country)s, '',
    %(domain)s, %(search_name)s, %(contact)s, '', %(email)s, '', %(summary)s, %(currency)s, %(value)s, %(close_on)s,
    'qualified', '', %(next_steps)s, '', '', '', '{}', 'draft', 1, %(now)s, %(now)s, %(now)s, '', '', '', '', ''
FROM identity_site WHERE id = %(site)s RETURNING id
"""
EVENT = """
INSERT INTO deals_dealevent (deal_id, site_id, reader_id, submitted, at, kind, actor_kind, actor_name, visible_to, code,
    text)
VALUES (%s, %s, 0, %s, %s, %s, 'reseller', 'Sales', 'all', '', '')
"""
