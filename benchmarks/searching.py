"""`python -m benchmarks.searching fill NUMBER` fills a directory of customers; `… measure ROUNDS SECONDS` searches it
and tells as JSON what was seen.

A process of its own, so that whoever measures need not be a Django process.
"""

from __future__ import annotations

import csv
import io
import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from os import environ
from typing import Any

import django
import psycopg2

django.setup()

from benchmarks.companies import companies, queries  # noqa: E402
from customers.models import Customer  # noqa: E402
from customers.queries import find_customers  # noqa: E402
from identity import tenancy  # noqa: E402
from identity.actors import Actor, Kind  # noqa: E402

COLUMNS = (
    "id", "public_id", "name", "country", "tax_id", "web_domain", "search_name", "search_tax_id", "skeleton", "tax_key",
    "domain_key",
)  # fmt: skip
SEARCHES_A_SECOND = 150  # so many of each side in a round, for each second that it may take
KNOWN = 20_000  # of these companies some are looked for


def fill(number: int) -> None:
    """So many customers, indexed once they are there."""
    lines = io.StringIO()
    write = csv.writer(lines).writerow
    for i, company in enumerate(companies(number), 1):
        customer = Customer(
            id=i, name=company.name, country=company.country, tax_id=company.tax_id, web_domain=company.web_domain
        )  # fmt: skip
        customer.normalise()
        write([getattr(customer, column) for column in COLUMNS])
    lines.seek(0)
    with closing(psycopg2.connect(environ["DATABASE_OWNER_URL"])) as db, db, db.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'customers_customer'"
            " AND indexdef NOT LIKE 'CREATE UNIQUE%'"
        )
        indexes = cursor.fetchall()
        cursor.execute(";".join(f'DROP INDEX "{name}"' for name, _ in indexes))
        # COPY may not write to a table that has policies.
        cursor.execute(
            "CREATE TEMP TABLE written (LIKE customers_customer); GRANT SELECT ON written TO portal_system"
        )
        columns = ", ".join(COLUMNS)
        given = f"FORMAT csv, FORCE_NOT_NULL ({columns})"
        cursor.copy_expert(f"COPY written ({columns}) FROM STDIN ({given})", lines)
        cursor.execute(
            "SET LOCAL ROLE portal_system; INSERT INTO customers_customer SELECT * FROM written; RESET ROLE"
        )
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _, definition in indexes:
            cursor.execute(definition)


@dataclass(frozen=True)
class Sought:
    kind: str
    text: str
    meant: str  # the name that should be found, or ""


def measure(rounds: int, seconds: float) -> dict[str, Any]:
    """Milliseconds of searches and of reads by primary key, each in a scope of its own; and what was found."""
    with tenancy.as_system():
        number = Customer.objects.count()
    some = list(islice(companies(min(number, KNOWN)), KNOWN))
    rng = random.Random(11)
    mix = [
        Sought(kind, *each)
        for kind, texts in queries(rng.sample(some, min(len(some), 300))).items()
        for each in texts
    ]
    times = max(5, round(seconds * SEARCHES_A_SECOND))
    for sought in rng.sample(mix, min(len(mix), 2 * times)):  # once with no account: plans, caches
        _timed(lambda text=sought.text: find_customers(text))
        _timed(lambda: Customer.objects.get(id=1))
    seen: list[dict[str, Any]] = []
    for _ in range(rounds):
        round_: dict[str, Any] = {"search": [], "read": []}
        for sought in rng.choices(mix, k=times):
            took, found = _timed(lambda text=sought.text: find_customers(text))
            names = {customer.name for customer in found}
            round_["search"].append((sought.kind, took, bool(found), sought.meant in names))
            key = rng.randint(1, number)
            round_["read"].append(_timed(lambda key=key: Customer.objects.get(id=key))[0])
        seen.append(round_)
    return {"customers": number, "rounds": seen}


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds, and the result, of work as a reseller."""
    began = time.perf_counter()
    with tenancy.scope(RESELLER):
        result = work()
    return 1000 * (time.perf_counter() - began), result


RESELLER = Actor(kind=Kind.RESELLER, user_id=1, site_id=1)

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fill", number]:
            fill(int(number))
        case ["measure", rounds, seconds]:
            json.dump(measure(int(rounds), float(seconds)), sys.stdout)
        case _:
            sys.exit(__doc__)
