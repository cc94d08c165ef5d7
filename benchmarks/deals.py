"""The page that partners open most: the opportunity manager, for a reseller who has a tenth of all deals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from statistics import median
from typing import Any

import psycopg2

from portal.embedded.console import Trouble

from . import cpu
from .ground import Ground
from .load import Request, Rotating
from .registry import Comparison, benchmark
from .rounds import in_turn
from .web import Cost, Web
from .world import LARGE_SITE, SALES_USER, World, switch_row_security

PATH = "/deals/"
# Where no server is in between, rounds can be shorter still: so many for one of BENCH_ROUNDS, each with the page's
# statements so many times for a second of BENCH_SECONDS.
MORE_ROUNDS, TIMES = 4, 30


@benchmark(name="deal_page", goal=10)
def deal_page(ground: Ground) -> Comparison:
    """The whole page, from socket through middleware to template, against the query alone as JSON."""
    world = ground.large
    ours, request = page(ground, world)
    scope, query = scope_and_query(ground, world)
    bare = ground.serve(
        "benchmarks.bare:application", "bench_bare", world, BENCH_SCOPE=scope, BENCH_QUERY=query
    )
    return costs(
        ground, (ours, request), (bare, Request(bare.address, b'{"deals": [[')), "bare WSGI: same query, JSON"
    )


@benchmark(name="deal_page_growth", goal=1.2)
def deal_page_growth(ground: Ground) -> Comparison:
    """The same page where there are a hundred times as many deals."""
    few = f"the same page at {ground.size.few_deals:,} deals"
    return costs(ground, page(ground, ground.large), page(ground, ground.small), few)


@benchmark(name="deal_page_row_security", goal=1.1)
def deal_page_row_security(ground: Ground) -> Comparison:
    """What the page asks of the database, under the policies and without them but with conditions of its own.

    Only the database's processor time is counted: in the whole page's, a difference would drown.
    """
    world = ground.large
    statements = ground.visit(world, PATH).statements
    narrowed = _with_own_conditions(world, statements)
    times = max(3, round(ground.size.seconds * TIMES))
    with closing(psycopg2.connect(world.url)) as db:

        def guarded() -> float:
            return _database_ms(db, statements, times)

        def open_() -> float:
            with _without_row_security(world):
                return _database_ms(db, narrowed, times)

        expected = _answers(db, statements)
        with _without_row_security(world):
            assert _answers(db, narrowed) == expected, (
                "Without policies, the page's own conditions find other rows"
            )
        rounds = in_turn(guarded, open_, ground.size.rounds * MORE_ROUNDS)
    return Comparison("ms", "the same statements, no policies", rounds)


# ------------------------------------------------------------------------------------------ the page


def page(ground: Ground, world: World) -> tuple[Web, Request]:
    """The portal and the request to measure, once it is certain that it answers with the newest 50 deals."""
    web, visit = ground.portal(world), ground.visit(world, PATH)
    request = Request(web.address + PATH, b"</html>", visit.cookies)
    shown = set(re.findall(rb"/deals/(d[2-9a-h]{11})/", request.send()))
    expected = _newest_deals(world)
    if shown != expected:
        raise Trouble(
            f"{PATH} shows {len(shown)} deals, not the {len(expected)} newest: it is not the page to measure."
        )
    return web, request


def _newest_deals(world: World, number: int = 50) -> set[bytes]:
    query = (
        "SET LOCAL ROLE portal_system; SELECT public_id FROM deals_deal WHERE site_id = %s"
        " ORDER BY listed_at DESC, id DESC LIMIT %s"
    )
    with closing(psycopg2.connect(world.url)) as db, db.cursor() as cursor:
        cursor.execute(query, [LARGE_SITE, number])
        return {public_id.encode() for (public_id,) in cursor.fetchall()}


def scope_and_query(ground: Ground, world: World) -> tuple[str, str]:
    """The statement that makes the page's transaction the reseller's, and the one that reads the deals."""
    statements = ground.visit(world, PATH).statements
    scope = next(text for text in statements if "SET LOCAL ROLE portal_reseller" in text)
    queries = [text for text in statements if 'FROM "deals_deal"' in text and "LIMIT" in text]
    if len(queries) != 1:
        raise Trouble(f"{PATH} reads deals {len(queries)} times; one statement was expected.")
    return scope, queries[0]


Side = tuple[Web, Request | Rotating]


def costs(
    ground: Ground, ours: Side, baseline: Side, baseline_name: str, rounds: int | None = None
) -> Comparison:
    """What each side spends of the processor on a request, the database's included."""

    def measured(side: Side) -> Cost:
        web, request = side
        return web.cost(request, ground.size.seconds)

    found = in_turn(lambda: measured(ours), lambda: measured(baseline), rounds or ground.size.rounds)
    return Comparison(
        "ms",
        baseline_name,
        [(mine.total, theirs.total) for mine, theirs in found],
        [_beside("ours", [mine for mine, _ in found]), _beside("baseline", [theirs for _, theirs in found])],
    )


def _beside(side: str, costs: Sequence[Cost]) -> str:
    def middle(name: str) -> float:
        return median(getattr(cost, name) for cost in costs)

    return (
        f"{side}: {middle('application'):.2f} ms application + {middle('database'):.2f} ms database,"
        f" {middle('per_second'):.0f} requests/s, 95 % within {middle('p95'):.1f} ms"
    )


# ------------------------------------------------------------------------------------------ row security


# How PostgreSQL prints identity.tenancy.SITE and USER.
SETTING = re.compile(
    r"\( SELECT \(NULLIF\(current_setting\('portal\.(site|user)'[^)]*\), ''::text\)\)::bigint AS [^)]+\)"
)
READER = {"site": str(LARGE_SITE), "user": str(SALES_USER)}


def _with_own_conditions(world: World, statements: Sequence[str]) -> list[str]:
    """The statements as one has to write them where no policy holds: with the policies' conditions in them."""
    with closing(psycopg2.connect(world.owner_url)) as db, db.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, string_agg(format('(%s)', qual), ' OR '),"
            " (SELECT array_agg(attname::text) FROM pg_attribute"
            "  WHERE attrelid = tablename::text::regclass AND attnum > 0)"
            " FROM pg_policies WHERE cmd = 'SELECT' AND 'portal_reseller' = ANY (roles) GROUP BY tablename"
        )
        conditions = {
            table: _of_table(table, columns, SETTING.sub(lambda found: READER[found[1]], text))
            for table, text, columns in cursor.fetchall()
        }
    return [_with_own_condition(statement, conditions) for statement in statements]


def _of_table(table: str, columns: Sequence[str], condition: str) -> str:
    """The condition with its columns named as that table's, for statements that read several."""
    names = "|".join(map(re.escape, columns))
    return re.sub(rf"(?<![\w.'\"])({names})(?![\w(])", rf'"{table}"."\1"', condition)


def _with_own_condition(statement: str, conditions: dict[str, str]) -> str:
    read = re.search(r'FROM "?(\w+)"?\b(?! ?\()', statement)  # and not from a function
    if read is None:
        return statement
    tables = [read[1], *re.findall(r'JOIN "(\w+)"', statement)]
    condition = " AND ".join(f"({conditions[table]})" for table in tables)
    if " WHERE " in statement:
        return statement.replace(" WHERE ", f" WHERE {condition} AND ", 1)
    return re.sub(r"( GROUP BY| ORDER BY| LIMIT|$)", rf" WHERE {condition}\1", statement, count=1)


@contextmanager
def _without_row_security(world: World) -> Iterator[None]:
    """No policy holds in this database for the length of the block."""
    switch_row_security(world, "DISABLE")
    try:
        yield
    finally:
        switch_row_security(world, "ENABLE")


def _database_ms(db: Any, statements: Sequence[str], times: int) -> float:
    """Milliseconds of the database's processor time per page."""
    process = [db.info.backend_pid]
    for _ in range(5):
        _answers(db, statements)  # whose tables are looked up anew after a switch
    before = cpu.seconds(process)
    for _ in range(times):
        _answers(db, statements)
    return 1000 * (cpu.seconds(process) - before) / times


def _answers(db: Any, statements: Sequence[str]) -> list[Any]:
    """What the statements answer, in one transaction, as the page runs them."""
    answers = []
    with db, db.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            answers.append(cursor.fetchall() if cursor.description else None)
    return answers
