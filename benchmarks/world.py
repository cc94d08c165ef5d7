"""The rows that benchmarks are about: as many deals as wanted, by set-based SQL, kept between runs.

A tenth of all deals is one reseller's, whose sales representative the benchmarks are signed in as; the
rest are spread over the other sites. They come in the order of time, all sites mixed, as they do in life.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psycopg2

from portal.database import drop_database, mark_database, mark_of, prepare_database, with_database
from portal.embedded.console import Trouble, say, step
from portal.embedded.house import ROOT

LARGE_SITE = 1
SALES_USER = 2  # of the large site; each reseller has a primary contact and a sales representative
SALES_EMAIL = f"person{SALES_USER}@people.example"
DESK_EMAIL = "desk@vendor.example"  # who works at the deal desk
DISTRIBUTORS = 10
NOTICES = 50  # so many messages in everybody's inbox, a tenth of them unread


@dataclass(frozen=True)
class World:
    """A database with rows in it; its addresses for the run-time role, the owner and the administrator."""

    deals: int
    sites: int
    url: str
    owner_url: str
    admin_url: str


@dataclass(frozen=True)
class Servers:
    """The addresses that the environment gives, of any database on the server."""

    url: str
    owner_url: str
    admin_url: str

    @classmethod
    def of(cls, environment: dict[str, str]) -> Servers:
        try:
            return cls(*(environment[f"DATABASE_{kind}URL"] for kind in ("", "OWNER_", "ADMIN_")))
        except KeyError as missing:
            raise Trouble(
                f"{missing.args[0]} is not set. bin/bench sets all it needs; on a server of yours, let "
                "DATABASE_URL name a user who may create databases."
            ) from None


def world(servers: Servers, name: str, *, deals: int, sites: int) -> World:
    """The database `name` with so many deals of so many resellers, built unless it is there already."""
    wanted = World(
        deals,
        sites,
        *(with_database(url, name) for url in (servers.url, servers.owner_url, servers.admin_url)),
    )
    told = f"{deals:,} deals of {sites:,} sites"
    keep(
        servers, wanted, name, fingerprint(f"{deals} {sites}", [Path(__file__)]), told, lambda: _fill(wanted)
    )
    return wanted


def switch_row_security(world: World, state: Literal["ENABLE", "DISABLE"]) -> None:
    """Let policies hold, or not, on every table that has any: in the benchmarks' own database alone."""
    with closing(psycopg2.connect(world.owner_url)) as db, db, db.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relforcerowsecurity AND relkind = 'r'")
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(";".join(f'ALTER TABLE "{name}" {state} ROW LEVEL SECURITY' for name in tables))


def keep(
    servers: Servers, wanted: World, name: str, mark: str, told: str, fill: Callable[[], object]
) -> None:
    """The database `name`, filled unless it has been with the same `mark`; `told` is what it has been filled with."""
    mark = f"benchmark {mark}"
    if mark_of(servers.owner_url, name) != mark:
        say(f"Building {told} in the database {name} (kept for the next run)")
        drop_database(servers.admin_url, name)
        _prepare(servers, wanted, name)
        fill()
        with step("counting and tidying up"):
            _run(wanted.owner_url, "VACUUM (ANALYZE)")
        mark_database(wanted.owner_url, name, mark)
    else:
        _migrate(wanted)  # which brings the policies in line with their declarations
        switch_row_security(wanted, "ENABLE")  # in case that a run was killed while it was off


def _prepare(servers: Servers, wanted: World, name: str) -> None:
    """Empty tables, by the migrations or, faster, as a copy of a database that was made by them a moment ago."""
    template = os.environ.get("BENCH_TEMPLATE")
    prepare_database(servers.admin_url, name, owner_may_create_databases=True, template=template)
    if not template:
        _migrate(wanted)


def fingerprint(what: str, builders: Iterable[Path]) -> str:
    """Changes when the tables or what fills them do."""
    found = hashlib.sha256(what.encode())
    for source in [*builders, *sorted(ROOT.glob("*/migrations/*.py"))]:
        found.update(source.read_bytes())
    return found.hexdigest()[:16]


def _migrate(world: World) -> None:
    environment = os.environ | {"DATABASE_URL": world.url, "DATABASE_OWNER_URL": world.owner_url}
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "migrate", "--noinput", "--skip-checks"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Trouble(
            f"The tables of the benchmarks' database could not be made:\n{done.stdout}{done.stderr}"
        )


def _run(url: str, *statements: str) -> None:
    with closing(psycopg2.connect(url)) as db:
        db.autocommit = True
        with db.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


# ------------------------------------------------------------------------------------------------ rows

# ruff: noqa: SIM905 - lists of words read better so
COUNTRIES = "PL EG IT BR GB AE PT DE".split()
FIRST = "Amira Ewa Luca Beatriz Hana Marek Giulia Tiago Nadia Piotr Samir".split()
LAST = "Haddad Zielona Marino Moreira Saleh Nowicki Bellini Farouk Teixeira Wrona".split()
PLACE = "Harbour Delta Vistula Nile Lagoon Meridian Amber Cedar Tagus Ravenna Quartz".split()
TRADE = "Systems|Integrators|Networks|Technology Partners|Data|Cloud Works|Informatics".split("|")
BUSINESS = "Foods Logistics Bank Hospitals Energy Textiles Insurance Ceramics Railways".split()
SUBJECT = "Data centre refresh|Endpoint protection|Campus network|Backup and recovery|Mail security".split(
    "|"
)
REASON = "first phase|renewal with growth|all branches|new headquarters|pilot|three years".split("|")
PRODUCTS = "Sentry Gateway 400|Sentry Endpoint, Archive Suite|Flow Switch 48|Archive Suite, Flow Cloud".split(
    "|"
)
# Of 20 deals of a site, the newest first.
STATUSES = (
    "draft submitted approved won approved under_review approved lost won submitted"
    " approved expired won rejected approved won returned expired withdrawn lost"
).split()


def _pick(words: Sequence[str], by: str) -> str:
    """SQL: one of the words, chosen by a number."""
    return f"(ARRAY[{', '.join(repr(word) for word in words)}])[1 + mod(({by})::bigint, {len(words)})::int]"


def _scattered(number: str, below: int) -> str:
    """SQL: a number from 0 on, below `below`, that looks random and is the same each time."""
    return f"mod(({number})::bigint * 2654435761 / 97, {below})"


def _public_id(letter: str, number: str = "i") -> str:
    """SQL: 12 characters that do not come in the order of the numbers, and differ for each."""
    digits = f"lpad(to_hex((({number})::bigint * 2654435761) & 4294967295), 11, '0')"
    return f"'{letter}' || translate({digits}, '01', 'gh')"  # identity.models.ALPHABET has no 0 and 1


def _fill(world: World) -> None:
    resellers, deals = world.sites, world.deals
    people, customers = resellers * 2, max(100, deals // 50)
    with closing(psycopg2.connect(world.owner_url)) as db, db, db.cursor() as cursor:
        # Whom no policy hinders; the owner is bound by them too.
        cursor.execute("SET LOCAL ROLE portal_system")
        rows = _Rows(cursor)
        with step("sites and people"):
            _sites(rows, resellers)
            _people(rows, people)
        with step(f"{customers:,} customers"):
            _customers(rows, customers)
        with step(f"{deals:,} deals"):
            _deals(rows, deals, resellers, customers)
        with step("inboxes"):
            _inboxes(rows, people)
            rows.restart_numbering()


def _sites(rows: _Rows, resellers: int) -> None:
    rows.insert(
        "identity_site",
        f"generate_series(1, {resellers + DISTRIBUTORS}) i",
        id="i",
        public_id=_public_id("s"),
        number="(7000000 + i)::text",
        name=f"{_pick(PLACE, 'i')} || ' ' || {_pick(TRADE, 'i / 7')} || ' ' || i",
        kind=f"CASE WHEN i <= {resellers} THEN 'reseller' ELSE 'distributor' END",
        country=_pick(COUNTRIES, "i"),
        programme="'relationship'",
        price_level="'BL'",
        time_zone="'Europe/Warsaw'",
        is_active="true",
    )


def _people(rows: _Rows, people: int) -> None:
    source = f"generate_series(1, {people}) i"
    name = f"{_pick(FIRST, 'i')} || ' ' || {_pick(LAST, 'i / 11')}"
    email = "'person' || i || '@people.example'"
    rows.insert(
        "identity_user",
        source,
        id="i",
        public_id=_public_id("u"),
        email=email,
        name=name,
        password="'!'",  # noqa: S106 - none that could be typed
        language="'en'",
        time_zone="'Europe/Warsaw'",
        is_active="true",
    )
    rows.insert(
        "identity_user",
        "generate_series(1, 1) i",
        id=f"{people} + i",
        public_id=_public_id("v"),
        email=f"'{DESK_EMAIL}'",
        name="'Dana Desk'",
        password="'!'",  # noqa: S106 - none that could be typed
        language="'en'",
        time_zone="'Europe/Warsaw'",
        is_active="true",
        staff_roles="ARRAY['deal_desk']",
    )
    # In production, the vendor's people get nowhere without a second factor.
    rows.insert(
        "mfa_authenticator", "generate_series(1, 1) i", id="i", user_id=f"{people} + i", type="'totp'"
    )
    rows.insert(
        "identity_membership",
        source,
        id="i",
        public_id=_public_id("m"),
        site_id="(i + 1) / 2",
        user_id="i",
        standing="CASE WHEN mod(i, 2) = 1 THEN 'primary' ELSE 'member' END",
        status="'active'",
        tools="ARRAY['deal_registration']",
        name=name,
        email=email,
        version="1",
    )


def _customers(rows: _Rows, customers: int) -> None:
    name = f"{_pick(PLACE, 'i * 5')} || ' ' || {_pick(BUSINESS, 'i')} || ' ' || i"
    rows.insert(
        "customers_customer",
        f"generate_series(1, {customers}) i",
        id="i",
        public_id=_public_id("c"),
        name=name,
        search_name=f"lower({name})",
        country=_pick(COUNTRIES, "i"),
    )


def _deals(rows: _Rows, deals: int, resellers: int, customers: int) -> None:
    site = f"CASE WHEN mod(i, 10) = 0 THEN {LARGE_SITE} ELSE 2 + {_scattered('i', resellers - 1)} END"
    distributor = f"{resellers + 1} + {_scattered('i + 3', DISTRIBUTORS)}"
    # Site by site, statuses come in their order; `nth` counts a site's deals, about.
    source = f"""(
        SELECT i, i / 10 AS nth, {_pick(STATUSES, f"({deals} - i) / 10")} AS status, {site} AS site_id,
            CASE WHEN mod(i / 10, 5) < 4 THEN {distributor} END AS distributor_id,
            1 + {_scattered("i + 1", customers)} AS customer_id,
            date_trunc('hour', now()) - ({deals} - i) * (interval '2 years' / {deals}) AS at
        FROM generate_series(1, {deals}) i
    ) d
    JOIN identity_site s ON s.id = d.site_id
    JOIN identity_membership m ON m.id = d.site_id * 2
    JOIN customers_customer c ON c.id = d.customer_id
    LEFT JOIN identity_site t ON t.id = d.distributor_id
    ORDER BY i"""
    registered, closed = "approved won lost expired", "won lost expired rejected withdrawn"
    rows.insert(
        "deals_deal",
        source,
        id="i",
        public_id=_public_id("d"),
        site_id="d.site_id",
        site_name="s.name",
        site_number="s.number",
        owner_id="m.id",
        owner_name="m.name",
        distributor_id="d.distributor_id",
        distributor_name="coalesce(t.name, '')",
        name=f"{_pick(SUBJECT, 'nth')} || ', ' || {_pick(REASON, 'nth / 5')}",
        customer_id="c.id",
        customer_name="c.name",
        customer_country="c.country",
        search_name="c.search_name",
        contact_name=f"{_pick(FIRST, 'nth / 3')} || ' ' || {_pick(LAST, 'nth')}",
        contact_email="'contact' || i || '@customers.example'",
        product_summary=_pick(PRODUCTS, "nth"),
        currency=_pick(("EUR", "PLN", "USD", "BRL"), "nth"),
        value=f"100 * (2000 + {_scattered('i', 400_000)})",
        close_on="(at + interval '60 days')::date",
        stage=_pick(("qualified", "developed", "proposed", "negotiated"), "nth"),
        engineer_name=_pick(LAST, "nth / 2"),
        status="d.status",
        submission_ref=_unless("draft", "'S-' || lpad(i::text, 9, '0')"),
        number=_when(registered, "'DR-2026-' || lpad(i::text, 7, '0') || '-K'"),
        version="1",
        created_at="at",
        updated_at="at",
        listed_at="at",
        submitted_at=_unless("draft", "at"),
        # What waits is promised about now: an hour apart, from two days late to two days ahead.
        decision_due_at=_when(
            "submitted under_review",
            "now() + (mod(nth, 96) - 48) * interval '1 hour'",
            _unless("draft", "at + interval '2 days'"),
        ),
        decided_at=_unless("draft submitted under_review", "at + interval '1 day'"),
        decision_code=_when("rejected", "'duplicate'", "''"),
        decision_text=_when("rejected returned", "'Please name the legal entity.'", "''"),
        approved_at=_when(registered, "at + interval '1 day'"),
        expires_at=_when(
            "approved",
            "now() + (1 + mod(nth, 90)) * interval '1 day'",
            _when(registered, "at + interval '91 days'"),
        ),
        closed_at=_when(closed, "at + interval '40 days'"),
        outcome_code=_when("lost", "'budget'", "''"),
    )


def _when(statuses: str, value: str, otherwise: str = "NULL") -> str:
    """SQL: the value where a deal has one of the statuses."""
    listed = ", ".join(repr(status) for status in statuses.split())
    return f"CASE WHEN d.status IN ({listed}) THEN {value} ELSE {otherwise} END"


def _unless(statuses: str, value: str) -> str:
    return _when(statuses, "NULL", value)


def _inboxes(rows: _Rows, people: int) -> None:
    at = "now() - i * interval '3 hours'"
    rows.insert(
        "notifications_notice",
        f"generate_series(1, {NOTICES}) i",
        id="i",
        kind="'deal.approved'",
        dedupe_key="'benchmark ' || i",
        created_at=at,
        due_at=at,
        status="'done'",
    )
    rows.insert(
        "notifications_inboxitem",
        f"generate_series(1, {NOTICES}) i, generate_series(1, {people}) who",
        id=f"(who - 1) * {NOTICES} + i",
        public_id=_public_id("n", f"(who - 1) * {NOTICES} + i"),
        notice_id="i",
        user_id="who",
        site_id="(who + 1) / 2",
        kind="'deal.approved'",
        created_at=at,
        read_at=f"CASE WHEN mod(i, 10) <> 0 THEN {at} END",
    )


class _Rows:
    """Inserts by select. A column that is not named, may not be null and has no default gets an empty value.

    So the tables may grow without this file having to know.
    """

    EMPTY = {
        "boolean": "false",
        "jsonb": "'{}'",
        "ARRAY": "'{}'",
        "timestamp with time zone": "now()",
        "smallint": "0",
        "integer": "0",
        "bigint": "0",
    }

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.tables: list[str] = []

    def insert(self, table: str, source: str, **columns: str) -> None:
        self.tables.append(table)
        columns |= {
            name: self.EMPTY.get(type_, "''") for name, type_ in self._needed(table) if name not in columns
        }
        self.cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM {source}"
        )

    def _needed(self, table: str) -> list[tuple[str, str]]:
        # Not information_schema, which shows a role only what it may use.
        self.cursor.execute(
            """
            SELECT a.attname, CASE WHEN t.typcategory = 'A' THEN 'ARRAY' ELSE format_type(t.oid, NULL) END
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND a.attnotnull AND NOT a.attisdropped
              AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = ''
            """,
            [table],
        )
        return list(self.cursor.fetchall())

    def restart_numbering(self) -> None:
        """New rows get ids beyond those given here."""
        for table in self.tables:
            self.cursor.execute(f"SET LOCAL ROLE portal_system; SELECT 1 + max(id) FROM {table}")
            (following,) = self.cursor.fetchone()
            self.cursor.execute(
                "RESET ROLE; SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, following]
            )
