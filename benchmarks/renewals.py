"""Reports, totals and the renewals worklist, of a reseller who has a tenth of five million order lines."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import closing
from statistics import median
from typing import Any

import psycopg2

from portal.embedded.console import Trouble
from portal.embedded.house import ROOT

from . import deals
from .deals import costs
from .ground import Ground
from .load import Request, Rotating, drive
from .registry import Comparison, benchmark
from .rounds import in_turn
from .world import LARGE_SITE, World, fingerprint

WORKLIST = "/renewals/"
SMALLER, LEAST = 100, 3_000
READERS, PAUSE = 100, 2.0  # people, and the seconds for which they look at a page
TIMES = 10  # so often a report's statements run for a second of BENCH_SECONDS: the least take a millisecond or two


@benchmark(name="report_page_growth", goal=1.3)
def report_page_growth(ground: Ground) -> Comparison:
    """The first page of each report where there is a hundred times as much; the figure is the worst report's."""
    rounds = max(1, ground.size.rounds // 3)  # of each: there are many
    found = {
        key: costs(ground, _page(ground, _large(ground), key), _page(ground, _small(ground), key), "", rounds)
        for key in _reports(ground)
    }
    ratios = {key: median(ours / baseline for ours, baseline in each.rounds) for key, each in found.items()}
    worst = max(ratios, key=lambda key: ratios[key])
    beside = [f"{key}: {ratio:.2f}" for key, ratio in sorted(ratios.items(), key=lambda item: -item[1])]
    name = f"{worst} at a hundredth of the data"
    return Comparison("ms", name, found[worst].rounds, [*found[worst].beside, *beside])


@benchmark(name="report_totals", goal=1.3)
def report_totals(ground: Ground) -> Comparison:
    """What each report's totals ask of the database for the largest site, against the same aggregates of the site's
    rows without any policy. Only the database's processor time is counted, all of it one process's, since helpers of
    a query are others; the figure is the worst report's.
    """
    world, times = _large(ground), max(1, round(ground.size.seconds * TIMES))
    found: dict[str, list[tuple[float, float]]] = {}
    with closing(psycopg2.connect(world.url, options="-c max_parallel_workers_per_gather=0")) as db:
        for key, statements in _aggregates(ground, world).items():
            bare = [_of_large_site(statement) for statement in statements]

            def guarded(statements: Sequence[str] = statements) -> float:
                return deals._database_ms(db, statements, times)

            def raw(bare: Sequence[str] = bare) -> float:
                with deals._without_row_security(world):
                    return deals._database_ms(db, bare, times)

            expected = _sorted(deals._answers(db, statements))
            with deals._without_row_security(world):
                assert _sorted(deals._answers(db, bare)) == expected, f"{key}: without policies, other totals"
            found[key] = in_turn(guarded, raw, max(3, ground.size.rounds // 3))
    ratios = {key: median(ours / baseline for ours, baseline in rounds) for key, rounds in found.items()}
    worst = max(ratios, key=lambda key: ratios[key])
    beside = [f"{key}: {ratio:.2f}" for key, ratio in sorted(ratios.items(), key=lambda item: -item[1])]
    return Comparison("ms", f"the aggregates of {worst}, raw", found[worst], beside)


@benchmark(name="worklist_page", goal=1)
def worklist_page(ground: Ground) -> Comparison:
    """The renewals worklist, against the opportunity manager of a reseller who has a tenth of a million deals."""
    world = _large(ground)
    visit = ground.visit(world, WORKLIST)
    ours = ground.portal(world), Request(ground.portal(world).address + WORKLIST, b"</html>", visit.cookies)
    return costs(ground, ours, deals.page(ground, ground.large), "the opportunity manager")


@benchmark(name="report_readers", goal=10)
def report_readers(ground: Ground) -> Comparison:
    """A hundred people reading reports, each looking at a page for two seconds before the next: the time within which
    95 of 100 pages are there, against the time in which one reader alone gets half of them.
    """
    world = _large(ground)
    requests = [_page(ground, world, key)[1] for key in _reports(ground)]
    seconds = ground.size.seconds

    def crowd() -> float:
        pause = min(PAUSE, seconds)
        return 1000 * drive(Rotating(requests), clients=READERS, duration=4 * seconds, pause=pause).p95

    def alone() -> float:
        return 1000 * drive(Rotating(requests), clients=1, duration=seconds).p50

    drive(Rotating(requests), clients=2, duration=seconds)  # connections are made, code gets warm
    found = in_turn(crowd, alone, max(1, ground.size.rounds // 3))
    return Comparison(
        "ms",
        "the median of one reader alone",
        found,
        [f"{READERS} readers, each looking at a page for {PAUSE:.0f} s; two workers serve them"],
    )


# ------------------------------------------------------------------------------------------ the ground


def _large(ground: Ground) -> World:
    return _ledger(ground, ground.size.lines, ground.size.items)


def _small(ground: Ground) -> World:
    return _ledger(ground, *(max(LEAST, each // SMALLER) for each in (ground.size.lines, ground.size.items)))


def _ledger(ground: Ground, lines: int, items: int) -> World:
    return ground.kept(
        f"ledger_{lines}",
        fingerprint(f"{lines} {items} {ground.size.sites}", [ROOT / "benchmarks" / "ledger.py"]),
        f"{lines:,} order lines and {items:,} renewal items of {ground.size.sites:,} sites",
        lambda world: ground.run(
            world, "-m", "benchmarks.ledger", "fill", str(lines), str(items), str(ground.size.sites)
        ),
    )


def _reports(ground: Ground) -> list[str]:
    keys: list[str] = json.loads(ground.run(_large(ground), "-m", "benchmarks.ledger", "reports"))
    if not keys:
        raise Trouble("There is no report of orders or renewals to measure.")
    return keys


def _page(ground: Ground, world: World, key: str) -> tuple[Any, Request]:
    path = f"/reports/{key}/?level=detail"
    web = ground.portal(world)
    request = Request(web.address + path, b"</html>", ground.visit(world, WORKLIST).cookies)
    shown = request.send().count(b"<tr")
    if shown < 10:
        raise Trouble(f"{path} shows {shown} rows: it is not the page to measure.")
    return web, request


def _aggregates(ground: Ground, world: World) -> dict[str, list[str]]:
    """For each report the statement that makes the transaction the reseller's, and those that add up."""
    keys = _reports(ground)
    visits = ground.visits(world, tuple(f"/reports/{key}/totals/" for key in keys))
    return {key: _adding_up(key, visit.statements) for key, visit in zip(keys, visits, strict=True)}


def _adding_up(key: str, statements: Sequence[str]) -> list[str]:
    scope = next(text for text in statements if "SET LOCAL ROLE portal_reseller" in text)
    added = [text for text in statements if "COUNT(" in text or "SUM(" in text]
    if not added:
        raise Trouble(f"The totals of {key} add nothing up.")
    return [scope, *added]


def _of_large_site(statement: str) -> str:
    """The statement as one writes it where no policy holds, without asking for days."""
    table = re.search(r'FROM "(\w+)"', statement)
    if table is None:
        return statement
    conditions = {table[1]: f'"{table[1]}"."reseller_id" = {LARGE_SITE}'}
    return deals._with_own_condition(statement, conditions)


def _sorted(answers: list[Any]) -> list[Any]:
    return [sorted(map(repr, answer)) if isinstance(answer, list) else answer for answer in answers]
