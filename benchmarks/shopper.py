"""`python -m benchmarks.shopper fill PARTS PRICES` makes a vendor's published prices and a reseller who reads them;
`… file` sees to a price file and tells where it is; `… search ROUNDS SECONDS` and `… diff ROUNDS` measure, and tell as
JSON what was seen.

A process of its own, so that whoever measures need not be a Django process.
"""

from __future__ import annotations

import io
import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from os import environ
from typing import Any

import django
import psycopg2

django.setup()

from django.db import connection  # noqa: E402

from benchmarks.rounds import in_turn  # noqa: E402
from identity import places, tenancy  # noqa: E402
from identity.actors import Actor, Kind  # noqa: E402
from identity.models import Membership, Site, Tool, User  # noqa: E402
from identity.privileges import Privilege  # noqa: E402
from pricing.files.changes import Asked, changes  # noqa: E402
from pricing.files.offered import STORE  # noqa: E402
from pricing.files.part_search import priced_parts  # noqa: E402
from pricing.files.price_history import prices_of  # noqa: E402
from pricing.files.shelf import books_of, shelves  # noqa: E402
from pricing.models import (  # noqa: E402
    COLUMNS,
    FileSet,
    Part,
    PriceBook,
    PriceEdition,
    PriceFile,
    ProductLine,
    columns_of,
)

HOME = "PL"  # the reader's country
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
EMAIL = "reader@people.example"
FIRST = [
    "Sentinel",
    "Harbour",
    "Quarry",
    "Beacon",
    "Lattice",
    "Meridian",
    "Granite",
    "Tideway",
    "Anchor",
    "Sluice",
]
SECOND = [
    *("Edge", "Vault", "Monitor", "Backup", "Gateway", "Archive"),
    *("Console", "Relay", "Ledger", "Router", "Planner", "Switch"),
]
THIRD = [
    *("licence", "renewal", "reinstatement", "subscription", "monthly"),
    *("per authorised user", "per core", "for academia"),
]
SEARCHES_A_SECOND = 40  # so many of each side in a round, for each second that it may take


# ------------------------------------------------------------------------------------------------ filling


def fill(parts: int, prices: int) -> None:
    wanted = max(1, prices // parts)
    countries = [HOME, *sorted(set(places.countries()) - {HOME})][:wanted]
    with tenancy.as_system():
        for name in FIRST:
            ProductLine.objects.create(code=name.upper(), name=name)
        for country in countries:
            book = PriceBook.objects.create(country=country, currency="EUR", kind="software", time_zone="UTC")
            for day in (date(2026, 11, 1), date(2027, 2, 1))[: 2 if country == HOME else 1]:
                PriceEdition.objects.create(book=book, country=country, name=f"{day:%Y-%m}", effective_on=day)
        site = Site.objects.create(number="7000001", name="Shelf Reader", kind="reseller", country=HOME)
        user = User.objects.create_user(EMAIL, None, name="Rita Reader")
        Membership.objects.create(
            site=site,
            user=user,
            name=user.name,
            email=user.email,
            standing="member",
            tools=[Tool.PRICE_FILES],
        )
    _prices(parts)


def _prices(parts: int) -> None:
    """Set-based, by somebody whom no trigger hinders: the editions are published as soon as they are filled."""
    description = " || ' ' || ".join(
        f"(ARRAY{list(words)})[1 + (i / {step}) % {len(words)}]"
        for words, step in ((FIRST, 1), (SECOND, 7), (THIRD, 5))
    )
    shares = (1.0, 0.96, 0.93, 0.9, 0.87, 0.84, 0.8, 0.5, 0.72, 0.68)
    amounts = ", ".join(
        f"((10000 + (p.id * 7919) % 4000000) * {share} * (1 + e.later * 0.03))::bigint" for share in shares
    )
    with closing(psycopg2.connect(environ["BENCH_ADMIN_URL"])) as db, db, db.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "INSERT INTO pricing_part (number, description, line_id, type, is_active, version)"
            f" SELECT 'D' || upper(lpad(to_hex(i * 37), 5, '0')) || 'L', {description} || ' ' || i,"
            f" (SELECT min(id) FROM pricing_productline) + i % {len(FIRST)}, 'licence', true, 1"
            f" FROM generate_series(1, {parts}) i"
        )
        cursor.execute(
            f"INSERT INTO pricing_price (edition_id, part_id, replacement, {', '.join(COLUMNS)})"
            f" SELECT e.id, p.id, '', {amounts} FROM pricing_part p,"
            " (SELECT id, (effective_on > '2027-01-01')::int AS later FROM pricing_priceedition) e ORDER BY e.id, p.id"
        )
        cursor.execute(
            "UPDATE pricing_priceedition"
            " SET status = 'published', published_at = %s, announced_at = %s, part_count = %s",
            [NOW, NOW, parts],
        )
    with closing(psycopg2.connect(environ["BENCH_ADMIN_URL"])) as db:
        db.autocommit = True
        db.cursor().execute("VACUUM ANALYZE")


def file() -> dict[str, Any]:
    """The price file that is downloaded, on the disk: as many rows as there are parts in the announced editions."""
    with tenancy.as_system():
        book = PriceBook.objects.get(country=HOME)
        content = _content(book)
        found = PriceFile.objects.filter(file_set__book=book).first() or _new_file(book, content)
    path = STORE.path_of(found.stored)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return {"id": found.public_id, "path": str(path), "size": found.size, "rows": found.rows, "email": EMAIL}


def _content(book: PriceBook) -> bytes:
    with connection.cursor() as cursor:
        out = io.BytesIO()
        columns = ", ".join(
            f"round(p.{column} / 100.0, 2)" for column in columns_of("volume", with_cost=False)
        )
        cursor.copy_expert(
            "COPY (SELECT t.number, t.description, l.code, l.name, t.type, 'PL', 'EUR', " + columns + ","
            " e.effective_on, NULL, 'current', '', '', e.name"
            " FROM pricing_price p JOIN pricing_part t ON t.id = p.part_id"
            " JOIN pricing_productline l ON l.id = t.line_id JOIN pricing_priceedition e ON e.id = p.edition_id"
            f" WHERE e.book_id = {book.id} ORDER BY e.effective_on, t.number) TO STDOUT (FORMAT csv)",
            out,
        )
    return out.getvalue()


def _new_file(book: PriceBook, content: bytes) -> PriceFile:
    editions = list(PriceEdition.objects.filter(book=book).order_by("effective_on"))
    made = FileSet.objects.create(
        book=book, country=HOME, valid_on=editions[0].effective_on, current=editions[0], offered=True,
        editions=[each.id for each in editions], planned_at=NOW, completed_at=NOW,
    )  # fmt: skip
    stored = STORE.keep(io.BytesIO(content))
    return PriceFile.objects.create(
        file_set=made, country=HOME, offered=True, price_list="volume", with_cost=False, window="current_future",
        format="csv", editions=made.editions, name="prices.csv", stored=stored.name, size=stored.size,
        sha256=stored.sha256, rows=content.count(b"\n"), built_at=NOW,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ searching


def search(rounds: int, seconds: float) -> dict[str, Any]:
    """Milliseconds of searches, of whole searches with finding the books, and of reads by primary key."""
    with tenancy.as_system():
        numbers = list(Part.objects.values_list("number", flat=True))
    rng = random.Random(11)
    mix = [(kind, text) for kind, texts in typed(rng, numbers).items() for text in texts]
    times = max(5, round(seconds * SEARCHES_A_SECOND))
    by = reader()
    with tenancy.scope(by):
        held = shelves(books_of(HOME), by=by, now=NOW)
        ids = list(Part.objects.values_list("id", flat=True))

    def found(text: str) -> int:
        editions = [each.id for shelf in held for each in shelf.editions]
        parts = list(priced_parts(text, editions)[:51])
        prices_of(parts, held, "svp_bl")
        return len(parts)

    def whole(text: str) -> int:
        shelves(books_of(HOME), by=by, now=NOW)
        return found(text)

    for _, text in rng.sample(mix, min(len(mix), times)):  # once with no account: plans, caches
        timed(lambda text=text: whole(text))
    seen = []
    for _ in range(rounds):
        round_: dict[str, Any] = {"search": [], "whole": [], "read": []}
        for kind, text in rng.choices(mix, k=times):
            round_["search"].append((kind, *timed(lambda text=text: found(text))))
            round_["whole"].append(timed(lambda text=text: whole(text))[0])
            key = rng.choice(ids)
            round_["read"].append(timed(lambda key=key: Part.objects.get(id=key))[0])
        seen.append(round_)
    with tenancy.as_system(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pricing_price")
        (prices,) = cursor.fetchone()
    return {"prices": prices, "parts": len(ids), "rounds": seen}


def typed(rng: random.Random, numbers: list[str]) -> dict[str, list[str]]:
    """What people type: beginnings of numbers, words, words cut off, several words, product lines, nonsense."""
    some = rng.sample(numbers, min(len(numbers), 40))
    return {
        "numbers": some,
        "beginnings of numbers": [number[: rng.randint(1, 6)].lower() for number in some],
        "product lines": FIRST,
        "words": [*SECOND, *(word for word in THIRD if " " not in word)],
        "words cut off": [word[: rng.randint(3, 5)].lower() for word in SECOND * 2],
        "several words": [f"{rng.choice(SECOND)} {rng.choice(FIRST)} {rng.choice(THIRD)}" for _ in range(30)],
        "one part's words": [f"{rng.choice(FIRST)} {rng.randint(1, len(numbers))}" for _ in range(30)],
        "nonsense": ["zzzzzz", "sentinel zzz", "qqq 7", "12345678901", "%%%", "ab'c"],
    }


def reader() -> Actor:
    with tenancy.as_system():
        site, user = Site.objects.get(number="7000001"), User.objects.get(email=EMAIL)
    return Actor(
        kind=Kind.RESELLER,
        user_id=user.id,
        site_id=site.id,
        privileges=frozenset({Privilege.PRICE_FILE_VIEW}),
    )


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds, and the result, of work as the reader."""
    by = timed.by = getattr(timed, "by", None) or reader()  # type: ignore[attr-defined]
    began = time.perf_counter()
    with tenancy.scope(by):
        result = work()
    return 1000 * (time.perf_counter() - began), result


# ------------------------------------------------------------------------------------------------ comparing


def diff(rounds: int) -> dict[str, Any]:
    """Milliseconds of everything that changed between two editions, and of the same join run raw by the system."""
    prices = columns_of("volume", with_cost=False)
    with tenancy.as_system():
        old, new = PriceEdition.objects.filter(country=HOME).order_by("effective_on")
    fields = ["part__number", "part__description", "part__line__name", "kind"]
    fields += [f"{side}_{column}" for column in prices for side in ("old", "new")]
    asked = Asked(old, new, "svp_bl")
    rows: dict[str, int] = {}

    def ours() -> float:
        def read() -> int:
            return len(changes(asked).order_by("part__number").values_list(*fields, "rise"))

        took, rows["ours"] = timed(read)
        return took

    def baseline() -> float:
        began = time.perf_counter()
        with tenancy.as_system(), connection.cursor() as cursor:
            cursor.execute(raw(prices), [old.id, new.id])
            rows["raw"] = len(cursor.fetchall())
        return 1000 * (time.perf_counter() - began)

    ours(), baseline()  # warm
    seen = in_turn(ours, baseline, rounds)
    assert rows["ours"] == rows["raw"], rows
    return {"rounds": seen, "rows": rows["ours"]}


def raw(prices: tuple[str, ...]) -> str:
    columns = ", ".join(f"o.{column}, n.{column}" for column in prices)
    row = ", ".join("{side}." + column for column in prices)
    return (
        f"SELECT t.number, t.description, l.name, {columns}"
        " FROM (SELECT * FROM pricing_price WHERE edition_id = %s) o"
        " FULL JOIN (SELECT * FROM pricing_price WHERE edition_id = %s) n ON n.part_id = o.part_id"
        " JOIN pricing_part t ON t.id = coalesce(n.part_id, o.part_id) JOIN pricing_productline l ON l.id = t.line_id"
        " WHERE o.part_id IS NULL OR n.part_id IS NULL"
        f" OR ROW({row.format(side='o')}) IS DISTINCT FROM ROW({row.format(side='n')}) ORDER BY t.number"
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fill", parts, prices]:
            fill(int(parts), int(prices))
        case ["file"]:
            json.dump(file(), sys.stdout)
        case ["search", rounds, seconds]:
            json.dump(search(int(rounds), float(seconds)), sys.stdout)
        case ["diff", rounds]:
            json.dump(diff(int(rounds)), sys.stdout)
        case _:
            sys.exit(__doc__)
