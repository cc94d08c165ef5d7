"""`python -m benchmarks.namer fill NUMBER` takes so many names; `… measure ROUNDS SECONDS` asks whether names are free,
and tells as JSON what was seen.

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
from os import environ
from typing import Any

import django
import psycopg2

django.setup()

from identity import tenancy  # noqa: E402
from identity.actors import Actor, Kind  # noqa: E402
from provisioning.availability import availability  # noqa: E402
from provisioning.models import NameKind, RegistryName  # noqa: E402
from provisioning.naming import NameFlaw, skeleton  # noqa: E402

FIRST = (
    "oasis",
    "harbour",
    "lattice",
    "vistula",
    "quarry",
    "beacon",
    "meridian",
    "delta",
    "lagoon",
    "sluice",
)
SECOND = ("hotels", "mills", "foods", "bank", "clinic", "school", "transport", "books", "garden", "steel")
ASKED_A_SECOND = 150  # so many of each side in a round, for each second that it may take
GUEST = Actor.guest(1, site_id=None, name="it@oasis.example", language="en", time_zone="UTC")
STAFF = Actor(kind=Kind.STAFF, user_id=1)


def name_of(number: int) -> str:
    return f"{FIRST[number % 10]}-{SECOND[number // 10 % 10]}-{number}"


def fill(number: int) -> None:
    """So many subdomains that are taken."""
    lines = io.StringIO()
    for each in range(1, number + 1):
        name = name_of(each)
        lines.write(f"subdomain\t{skeleton(name)}\t{name}\torg{each}\n")
    lines.seek(0)
    with closing(psycopg2.connect(environ["DATABASE_OWNER_URL"])) as db:
        with db, db.cursor() as cursor:
            # COPY may not write to a table that has policies.
            cursor.execute("CREATE TEMP TABLE written (kind text, skeleton text, name text, holder text)")
            cursor.execute("GRANT SELECT ON written TO portal_system")
            cursor.copy_expert("COPY written FROM STDIN", lines)
            cursor.execute("SET LOCAL ROLE portal_system")
            cursor.execute(
                "INSERT INTO provisioning_registryname (kind, skeleton, name, holder, taken_at)"
                " SELECT kind, skeleton, name, holder, now() FROM written"
            )
        db.autocommit = True
        with db.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) provisioning_registryname, provisioning_nameword")


def asked_about(rng: random.Random, number: int) -> tuple[str, str, NameFlaw | None]:
    """What kind of name it is, the name, and what is to be said of it."""
    taken = name_of(rng.randint(1, number))
    return rng.choice(
        [
            ("taken", taken, NameFlaw.TAKEN),
            ("looks like one", taken.upper().replace("O", "0").replace("-", ""), NameFlaw.TAKEN),
            ("free", f"{name_of(number + rng.randint(1, number))}-x", None),
            ("free", f"new-{rng.randrange(10**9)}", None),
            ("reserved", "adm1n", NameFlaw.RESERVED),
        ]
    )


def measure(rounds: int, seconds: float) -> dict[str, Any]:
    """Milliseconds of questions and of reads by primary key, in turn, each in a scope of its own."""
    rng = random.Random(11)
    with tenancy.as_system():
        first = RegistryName.objects.order_by("id").values_list("id", flat=True)[0]
        number = RegistryName.objects.count()
    times = max(5, round(seconds * ASKED_A_SECOND))
    seen = []
    for round_ in range(rounds + 1):
        asked: list[tuple[str, float]] = []
        read: list[float] = []
        for _each in range(times):
            kind, name, meant = asked_about(rng, number)
            took, found = _timed(GUEST, lambda name=name: availability(NameKind.SUBDOMAIN, name))
            assert found.flaw == meant, f"{name}: {found}"
            asked.append((kind, took))
            key = first + rng.randrange(number)
            read.append(_timed(STAFF, lambda key=key: RegistryName.objects.get(id=key))[0])
        if round_:  # the first is for plans and caches
            seen.append({"asked": asked, "read": read})
    return {"names": number, "rounds": seen}


def _timed(who: Actor, work: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds, and the result."""
    began = time.perf_counter()
    with tenancy.scope(who):
        result = work()
    return 1000 * (time.perf_counter() - began), result


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fill", number]:
            fill(int(number))
        case ["measure", rounds, seconds]:
            json.dump(measure(int(rounds), float(seconds)), sys.stdout)
        case _:
            sys.exit(__doc__)
