"""`python -m benchmarks.pricer fill PARTS PRICES` makes parts, books and a file of prices; `… load ROUNDS` loads it and
`… build ROUNDS` builds files, each in turn with its baseline, and tells as JSON what was seen.

A process of its own, so that its memory is that of a worker which does nothing else.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from os import environ, getpid
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import django
import psycopg2

django.setup()

from django.db import connection  # noqa: E402

from benchmarks import cpu  # noqa: E402
from benchmarks.rounds import in_turn  # noqa: E402
from feeds import actions  # noqa: E402
from feeds.declared import feed_of  # noqa: E402
from feeds.models import Delivery, Source, Status  # noqa: E402
from feeds.work import take_next, work_on  # noqa: E402
from identity import places, tenancy  # noqa: E402
from identity.actors import Actor  # noqa: E402
from pricing.files.building import csv_files, segments_of  # noqa: E402
from pricing.files.contents import Layout  # noqa: E402
from pricing.files.offered import STORE, in_force  # noqa: E402
from pricing.files.planning import plan_sets  # noqa: E402
from pricing.models import COLUMNS, FileSet, Part, PartType, Price, PriceBook, PriceEdition, ProductLine  # noqa: E402

SHARES = (1.0, 0.96, 0.93, 0.9, 0.87, 0.84, 0.8, 0.5, 0.72, 0.68)
CURRENCY, DAY = "USD", "2027-02-01"
BUILT = "PL"  # whose files are built
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HEAD = ("part_number", "country", "currency", "kind", "effective_from", "announcement_no", *COLUMNS)


def folder() -> Path:
    return Path(environ["VAR_DIR"]) / "bench"


def file_of(parts: int, prices: int) -> Path:
    return folder() / f"prices_{prices}_{parts}.csv"


# ------------------------------------------------------------------------------------------------ filling


def fill(parts: int, prices: int) -> None:
    with tenancy.as_system():
        line = ProductLine.objects.create(code="BENCH", name="Bench")
        Part.objects.bulk_create(
            (
                Part(number=number, description=f"Part {number}, licence", line=line, type=PartType.LICENCE)
                for number in numbers(parts)
            ),
            batch_size=5_000,
        )
        for country in (*countries(parts, prices), BUILT):
            PriceBook.objects.create(country=country, currency=CURRENCY, kind="software", time_zone="UTC")
    _one_country(parts)
    _file(parts, prices)
    with closing(psycopg2.connect(environ["DATABASE_OWNER_URL"])) as db, db, db.cursor() as cursor:
        cursor.execute("ANALYZE")


def numbers(parts: int) -> Iterator[str]:
    return (f"D{number:05d}L" for number in range(parts))


def countries(parts: int, prices: int) -> list[str]:
    """As many as it takes."""
    return sorted(set(places.countries()) - {BUILT})[: -(-prices // parts)]


def amounts(rng: Random) -> list[int]:
    retail = rng.randrange(1_000, 5_000_000)
    return [int(retail * share) for share in SHARES]


def _one_country(parts: int) -> None:
    """The book whose files are built: an edition that is over, one in effect, and one announced."""
    rng = Random(7)
    with tenancy.as_system():
        book = PriceBook.objects.get(country=BUILT)
        ids = list(Part.objects.order_by("number").values_list("id", flat=True))
        for day in (date(2026, 8, 1), date(2026, 11, 1), date(2027, 2, 1)):
            edition = PriceEdition.objects.create(book=book, country=BUILT, name=str(day), effective_on=day)
            Price.objects.bulk_create(
                (
                    Price(edition=edition, part_id=part, **dict(zip(COLUMNS, amounts(rng), strict=True)))
                    for part in ids
                ),
                batch_size=5_000,
            )
            edition.status, edition.published_at, edition.part_count = "published", NOW, parts
            edition.save()
        plan_sets(book, now=NOW)


def _file(parts: int, prices: int) -> None:
    rng, left = Random(11), prices
    path = file_of(parts, prices)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(",".join(HEAD) + "\r\n")
        for country in countries(parts, prices):
            key = f"{country},{CURRENCY},software,{DAY},2027-02-A"
            for number in list(numbers(parts))[:left]:
                figures = ",".join(f"{n // 100}.{n % 100:02d}" for n in amounts(rng))
                out.write(f"{number},{key},{figures}\r\n")
            left -= parts


# ------------------------------------------------------------------------------------------------ loading


def load(rounds: int) -> dict[str, Any]:
    path = max(folder().glob("prices_*.csv"), key=lambda each: each.stat().st_mtime)
    steps: list[tuple[float, float]] = []
    processor: dict[str, list[float]] = {"ours": [], "baseline": []}
    ready = folder() / "prices_ready.copy"

    def ours() -> float:
        _emptied()
        with spent() as seconds:
            took = delivered(path)
        steps.append(took)
        processor["ours"] += seconds
        return sum(took)

    def baseline() -> float:
        _emptied(keep="bench_editions")
        took, seconds = copied(ready)
        processor["baseline"].append(seconds)
        return took

    ours()  # warm, and the rows that the baseline copies
    rows = _resolved(ready)
    steps.clear()
    processor["ours"].clear()
    seen = in_turn(ours, baseline, rounds)
    _emptied()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "rounds": seen,
        "rows": rows,
        "checked": median(step[0] for step in steps),
        "loaded": median(step[1] for step in steps),
        "memory": memory,
        "processor": {who: median(seconds) for who, seconds in processor.items()},
    }


@contextmanager
def spent() -> Iterator[list[float]]:
    """Seconds of a processor that this process, and the database for it, spend in the block."""
    connection.ensure_connection()
    processes = [getpid(), connection.connection.info.backend_pid]
    begun, seconds = cpu.seconds(processes), list[float]()
    yield seconds
    seconds.append(cpu.seconds(processes) - begun)


def delivered(path: Path) -> tuple[float, float]:
    """Seconds of checking and of loading a file, as a worker does it."""
    by, now = Actor.system(), datetime.now(UTC)
    with tenancy.as_system(), path.open("rb") as file:
        delivery = actions.receive(
            feed_of("prices"),
            file=file,
            name="prices.csv",
            complete=False,
            source=Source.FOLDER,
            by=by,
            now=now,
        )
    checked = _worked()
    with tenancy.as_system():
        found = Delivery.objects.get(id=delivery.id)
        assert found.status == Status.READY, (found.status, found.problem, found.errors[:3], found.questions)
        actions.confirm(found, seen=found.fingerprint, removal_ticked=False, by=by, now=now)
    loaded = _worked()
    with tenancy.as_system():
        found = Delivery.objects.get(id=delivery.id)
        assert found.status == Status.LOADED, (found.status, found.problem)
    return checked, loaded


def _worked() -> float:
    taken = take_next(now=datetime.now(UTC))
    assert taken is not None
    begun = time.perf_counter()
    work_on(taken)
    return time.perf_counter() - begun


@contextmanager
def _admin() -> Iterator[Any]:
    with closing(psycopg2.connect(environ["BENCH_ADMIN_URL"])) as db, db, db.cursor() as cursor:
        yield cursor


def _emptied(keep: str = "") -> None:
    """As before any load; with `keep`, the drafts that such a load begins are there already."""
    with _admin() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_kept AS TABLE pricing_price WITH NO DATA")
        cursor.execute("SELECT EXISTS (SELECT FROM bench_kept)")
        if not cursor.fetchone()[0]:
            cursor.execute("INSERT INTO bench_kept SELECT * FROM pricing_price")
        cursor.execute("TRUNCATE pricing_price; INSERT INTO pricing_price SELECT * FROM bench_kept")
        cursor.execute("DELETE FROM pricing_priceedition WHERE status = 'draft'")
        if keep:
            cursor.execute(f"INSERT INTO pricing_priceedition SELECT * FROM {keep}")


def _resolved(path: Path) -> int:
    """Write what was loaded, with its keys, and keep its editions."""
    with _admin() as cursor, path.open("wb") as out:
        cursor.execute("DROP TABLE IF EXISTS bench_editions")
        cursor.execute(
            "CREATE TABLE bench_editions AS SELECT * FROM pricing_priceedition WHERE status = 'draft'"
        )
        query = "SELECT p.* FROM pricing_price p JOIN bench_editions e ON e.id = p.edition_id"
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv)", out)
        return int(cursor.rowcount)


def copied(path: Path) -> tuple[float, float]:
    """Seconds by the clock, and of a processor."""
    with _admin() as cursor, path.open("rb") as rows:
        processes = [getpid(), cursor.connection.info.backend_pid]
        worked, begun = cpu.seconds(processes), time.perf_counter()
        cursor.copy_expert("COPY pricing_price FROM STDIN (FORMAT csv, FORCE_NOT_NULL (replacement))", rows)
        cursor.connection.commit()
        return time.perf_counter() - begun, cpu.seconds(processes) - worked


# ------------------------------------------------------------------------------------------------ building


def build(rounds: int) -> dict[str, Any]:
    with tenancy.as_system():
        file_set = FileSet.objects.select_related("book").filter(book__country=BUILT, retired_at=None)[0]
        now = in_force(file_set.book, file_set.book.today(NOW))
        layout = Layout.of(file_set.book, "volume", with_cost=True)
        parts = Part.objects.count()
    assert len(now.editions) == 2

    def ours() -> float:
        with tenancy.as_system():
            begun = time.perf_counter()
            built = csv_files(layout, segments_of(file_set))
            took = time.perf_counter() - begun
        for each in built:
            STORE.forget(each.stored.name)
        return took * 1000

    def baseline() -> float:
        with tenancy.as_system(), connection.cursor() as cursor:
            begun = time.perf_counter()
            for window in (now.ids[:1], now.ids, now.ids[1:]):
                with (folder() / "raw.csv").open("wb") as out:
                    cursor.copy_expert(raw(layout, window), out)
            return (time.perf_counter() - begun) * 1000

    ours(), baseline()  # warm
    return {"rounds": in_turn(ours, baseline, rounds), "parts": parts}


def raw(layout: Layout, editions: list[int]) -> str:
    prices = ", ".join(f"p.{column}" for column in layout.prices)
    return (
        f"COPY (SELECT part.number, part.description, line.code, line.name, part.type, part.metric,"
        f" part.term_months, part.points, {prices}, e.effective_on,"
        " p.replacement, e.name FROM pricing_price p JOIN pricing_priceedition e ON e.id = p.edition_id"
        " JOIN pricing_part part ON part.id = p.part_id JOIN pricing_productline line ON line.id = part.line_id"
        f" WHERE p.edition_id = ANY (ARRAY{editions}::bigint[]) ORDER BY e.effective_on, part.number)"
        " TO STDOUT (FORMAT csv)"
    )


if __name__ == "__main__":
    deed, *given = sys.argv[1:]
    if deed == "fill":
        fill(*map(int, given))
    else:
        print(json.dumps({"load": load, "build": build}[deed](int(given[0]))))
