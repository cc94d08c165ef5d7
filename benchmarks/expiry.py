"""A million approvals that run out on one day, beside the bare statements that write the same rows."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import psycopg2

from portal.database import drop_database, mark_database, mark_of, prepare_database, with_database
from portal.embedded.console import Trouble, step

from . import cpu
from .ground import Ground
from .registry import Comparison, benchmark
from .rounds import in_turn
from .world import World

ROUNDS = 3  # each of minutes
TABLES = ("deals_deal", "deals_dealevent", "identity_auditevent", "notifications_notice")


@dataclass(frozen=True)
class Run:
    """What one side took: seconds by the clock, and of the processor (application and database)."""

    expired: int
    seconds: float
    processor: float
    told_a_second: float = 0


@benchmark(name="expire_million", goal=4)
def expire_million(ground: Ground) -> Comparison:
    """The job as it runs, in batches, against the bare statements, with nothing that watches over the tables."""
    due = _all_due(ground.large)
    written: dict[str, Any] = {}

    def ours() -> Run:
        with _copy_of(due) as world:
            run = Run(**json.loads(ground.run(world, "-m", "benchmarks.expirer", "5")))
            _check(run, due)
            written["ours"] = _written(world)
            return run

    def baseline() -> Run:
        with _copy_of(due) as world:
            run = _bare(world)
            _check(run, due)
            written["baseline"] = _written(world)
            return run

    rounds = in_turn(ours, baseline, min(ROUNDS, ground.size.rounds))
    if written["ours"] != written["baseline"]:
        raise Trouble(f"The two sides wrote different rows: {written}")
    return Comparison(
        "s",
        "one UPDATE, four INSERT … SELECT, no triggers, keys or policies",
        [(mine.seconds, theirs.seconds) for mine, theirs in rounds],
        [
            _beside("ours", [mine for mine, _ in rounds]),
            _beside("baseline", [theirs for _, theirs in rounds]),
            f"then one worker spreads {median(mine.told_a_second for mine, _ in rounds):,.0f} notices a second",
        ],
    )


def _beside(side: str, runs: list[Run]) -> str:
    seconds, processor = (median(getattr(run, name) for run in runs) for name in ("seconds", "processor"))
    return f"{side}: {processor:.1f} s of the processor, {runs[0].expired / seconds:,.0f} deals/s"


def _check(run: Run, due: World) -> None:
    if run.expired != due.deals:
        raise Trouble(f"{run.expired:,} of {due.deals:,} deals expired.")


# ------------------------------------------------------------------------------------------ rows

# What an approval has. Its time was over within the last day, at another second for each.
APPROVED = """
status = 'approved', typed = '{}', remind_at = NULL, decision_due_at = NULL, decision_code = '', decision_text = '',
submission_ref = coalesce(submission_ref, 'S-' || lpad(id::text, 9, '0')),
number = coalesce(number, 'DR-2026-' || lpad(id::text, 7, '0') || '-K'),
submitted_at = coalesce(submitted_at, created_at), waiting_since = created_at, decided_at = created_at,
approved_at = created_at, expires_at = date_trunc('second', now()) - mod(id, 86400) * interval '1 second',
closed_at = NULL, outcome_code = '', outcome_text = ''
"""


def _all_due(world: World) -> World:
    """A copy of the world in which every deal is an approval that is over; kept for the next run."""
    due, name = _elsewhere(world, "due")
    server = with_database(world.admin_url, "postgres")
    mark = f"{mark_of(server, _name(world))} due"
    if mark_of(server, name) != mark:
        with step(f"{world.deals:,} deals that are due"):
            _copy(world, name)
            with closing(psycopg2.connect(due.owner_url)) as db, db, db.cursor() as cursor:
                cursor.execute("ALTER TABLE deals_deal DISABLE TRIGGER USER; SET LOCAL ROLE portal_system")
                cursor.execute(f"UPDATE deals_deal SET {APPROVED}")
                cursor.execute("RESET ROLE")
            _run(due.owner_url, "ALTER TABLE deals_deal ENABLE TRIGGER USER", "VACUUM FULL deals_deal")
            _run(due.owner_url, "VACUUM (ANALYZE)")
            mark_database(due.owner_url, name, mark)
    return due


def _elsewhere(world: World, suffix: str) -> tuple[World, str]:
    name = f"{_name(world)}_{suffix}"
    urls = [with_database(url, name) for url in (world.url, world.owner_url, world.admin_url)]
    return World(world.deals, world.sites, *urls), name


def _name(world: World) -> str:
    return world.url.rpartition("/")[2]


@contextmanager
def _copy_of(world: World) -> Iterator[World]:
    """The same rows once more, for one run."""
    copy, name = _elsewhere(world, "run")
    _copy(world, name)
    _run(with_database(world.admin_url, "postgres"), "CHECKPOINT")
    try:
        yield copy
    finally:
        drop_database(with_database(world.admin_url, "postgres"), name)


def _copy(world: World, name: str) -> None:
    admin = with_database(world.admin_url, "postgres")
    drop_database(admin, name)
    # A template is read by nobody else: servers of earlier benchmarks that still hold on to it are cut off.
    _run(
        admin,
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name(world)}'",
        f"CREATE DATABASE {name} TEMPLATE {_name(world)} OWNER portal_owner STRATEGY FILE_COPY",
    )
    prepare_database(admin, name, owner_may_create_databases=True)


def _run(url: str, *statements: str) -> None:
    with closing(psycopg2.connect(url)) as db:
        db.autocommit = True
        with db.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def _written(world: World) -> list[Any]:
    """How many rows there are, and a sum over what is in them, whatever their order and ids."""
    of_rows = {
        "deals_deal": "id, status, version, remind_at",
        "deals_dealevent": "deal_id, site_id, reader_id, submitted, kind, actor_kind, actor_name, visible_to",
        "identity_auditevent": "event, site_id, user_id, actor_name, object_type, object_id, object_label, detail",
        "notifications_notice": "kind, audiences, context, href, dedupe_key, site_id, actor_user_id, priority",
    }
    found = []
    with closing(psycopg2.connect(world.owner_url)) as db, db, db.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_system")
        for table, columns in of_rows.items():
            cursor.execute(f"SELECT count(*), sum(hashtextextended(ROW({columns})::text, 0)) FROM {table}")
            found.append(cursor.fetchone())
    return found


# ------------------------------------------------------------------------------------------ the bare statements

BARE = """
UPDATE deals_deal
SET status = 'expired', closed_at = now(), remind_at = NULL, version = version + 1, updated_at = now()
WHERE status = 'approved' AND expires_at <= now();

INSERT INTO deals_dealevent
    (deal_id, site_id, reader_id, submitted, at, kind, actor_kind, actor_name, visible_to, code, text)
SELECT id, site_id, reader_id, submitted, now(), 'expired', 'system', 'Portway', 'all', '', ''
FROM deals_deal WHERE closed_at = now();

INSERT INTO identity_auditevent
    (at, event, site_id, actor_name, object_type, object_id, object_label, detail)
SELECT now(), 'deal.expired', site_id, 'Portway', 'deal', public_id, number || ' ' || name, '{}'
FROM deals_deal WHERE closed_at = now();
"""
# The partner is told, and the distributor that the deal names.
BARE_NOTICE = """
INSERT INTO notifications_notice
    (kind, audiences, context, href, dedupe_key, created_at, due_at, priority, status, attempts, error)
SELECT '{kind}', jsonb_build_array(jsonb_build_object('to', 'site', 'site_id', {site}, 'privilege', 'deal_view')),
    jsonb_build_object(
        'reference', number, 'name', name, 'customer', customer_name, 'site', site_name,
        'outcome', jsonb_build_object('words', 'The registration was not used in time.'), 'due', '',
        'expires', jsonb_build_object('moment', expires_at), 'reason', '', 'text', '', 'appeal', '',
        'author', 'Portway'),
    '/deals/' || public_id || '/', '{kind}:' || public_id || ':' || version, now(), now(), 3, 'waiting', 0, ''
FROM deals_deal WHERE closed_at = now() AND {site} IS NOT NULL;
"""


def _bare(world: World) -> Run:
    """The owner writes the same rows into the same tables with the same indexes, and with nothing else: no triggers,
    no foreign keys, no policies; in one transaction.
    """
    with closing(psycopg2.connect(world.owner_url)) as db, db.cursor() as cursor:
        with db:
            _strip(cursor)
        processes = [os.getpid(), db.info.backend_pid]
        worked, began = cpu.seconds(processes), time.monotonic()
        with db:
            cursor.execute("SET LOCAL TimeZone = 'UTC'")
            update, *inserts = BARE.strip().split(";")
            cursor.execute(update)
            expired = cursor.rowcount
            for statement in inserts:
                if statement.strip():
                    cursor.execute(statement)
            for kind, site in (("deal.expired", "site_id"), ("deal.moved", "distributor_id")):
                cursor.execute(BARE_NOTICE.format(kind=kind, site=site))
        return Run(expired, time.monotonic() - began, cpu.seconds(processes) - worked)


def _strip(cursor: Any) -> None:
    """Take from the tables what watches over their rows; indexes, defaults and checks stay."""
    cursor.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f' AND conparentid = 0"
        " AND (conrelid = ANY (%s::regclass[]) OR confrelid = ANY (%s::regclass[]))",
        [list(TABLES)] * 2,
    )
    for table, constraint in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
    cursor.execute(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
        " WHERE NOT tgisinternal AND tgrelid = ANY (%s::regclass[])",
        [list(TABLES)],
    )
    for table, trigger in cursor.fetchall():
        cursor.execute(f'DROP TRIGGER "{trigger}" ON {table}')
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY")
