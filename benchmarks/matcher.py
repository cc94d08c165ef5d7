"""`python -m benchmarks.matcher fill NUMBER` makes so many public business profiles; `… measure ROUNDS SECONDS` ranks
them and reads their tags, in turn, and tells as JSON how many milliseconds each took.

A process of its own, so that whoever measures need not be a Django process.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice, product
from os import environ
from typing import Any

import django
import psycopg2

django.setup()

from benchmarks.rounds import in_turn  # noqa: E402
from cosell.matching.proposing import best  # noqa: E402
from cosell.models import MatchFigures, Profile, PublishedProfile  # noqa: E402
from cosell.tags import Industry, Product, Service, in_order  # noqa: E402
from customers.names import fold  # noqa: E402
from identity import tenancy  # noqa: E402
from identity.actors import Actor, Kind  # noqa: E402
from identity.models import Site  # noqa: E402

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
COUNTRIES = ("EG", "PL", "IT", "DE", "FR", "ES", "SA", "AE", "MA", "GB")  # of each site a profile
WANTED = [Industry.RETAIL, Product.CLOUD, Product.SECURITY, Service.MIGRATION, Service.SUPPORT]
TIMES_A_SECOND = 10
TAGS = "SELECT public_id, tags FROM cosell_publishedprofile"


def fill(number: int) -> None:
    """So many profiles, each with a dozen tags; four of five have figures."""
    rng = random.Random(5)
    with tenancy.as_system():
        sites = Site.objects.bulk_create(
            Site(number=f"{8_000_000 + place}", name=f"Partner {place}", kind="reseller", country="EG")
            for place in range(-(-number // len(COUNTRIES)))
        )
        profiles = Profile.objects.bulk_create(islice(_profiles(sites, rng), number), batch_size=1000)
        PublishedProfile.objects.bulk_create(map(_published, profiles), batch_size=1000)
        Profile.objects.update(state="live", is_public=True, live_since=NOW)
        MatchFigures.objects.bulk_create(
            (_figures(profile, rng) for profile in profiles if rng.random() < 0.8), batch_size=1000
        )


def _profiles(sites: list[Site], rng: random.Random) -> Iterator[Profile]:
    for site, country in product(sites, COUNTRIES):
        tags = [
            code
            for kind in (Industry, Product, Service)
            for code in rng.sample(kind.values, rng.randint(1, 7))
        ]
        yield Profile(
            site=site, site_name=site.name, site_number=site.number, name=f"{site.name} {country}", country=country,
            tags=in_order(tags), state="waiting", published_at=NOW, live_at=NOW + timedelta(hours=24),
            created_at=NOW, changed_at=NOW,
        )  # fmt: skip


def _published(profile: Profile) -> PublishedProfile:
    return PublishedProfile(
        profile=profile, public_id=profile.public_id, site_id=profile.site_id, name=profile.name,
        country=profile.country, tags=profile.tags, sort_name=fold(profile.name), words=f" {fold(profile.name)}",
        live_since=NOW,
    )  # fmt: skip


def _figures(profile: Profile, rng: random.Random) -> MatchFigures:
    received, closed = rng.randint(1, 60), rng.randint(0, 30)
    return MatchFigures(
        profile=profile, site_id=profile.site_id, received=received, accepted=rng.randint(0, received),
        answered=received, answer_minutes=rng.randint(10, 6000), closed=closed, won=rng.randint(0, closed),
        reckoned_at=NOW,
    )  # fmt: skip


def measure(rounds: int, seconds: float) -> dict[str, Any]:
    """Both as the vendor's people, each on a connection of its own that is open already."""
    times = max(2, round(seconds * TIMES_A_SECOND))
    with closing(psycopg2.connect(environ["DATABASE_URL"])) as db, db.cursor() as cursor:
        cursor.execute("SET ROLE portal_staff")

        def read() -> list[Any]:
            cursor.execute(TAGS)
            return cursor.fetchall()

        def rank() -> list[Any]:
            return best(list(WANTED))

        with tenancy.scope(Actor(kind=Kind.STAFF)):
            rows, order = read(), rank()
            assert len(order) == min(20, len(rows))
            assert [each.total for each in order] == sorted((each.total for each in order), reverse=True)
            figures = MatchFigures.objects.count()
            found = in_turn(lambda: _milliseconds(rank, times), lambda: _milliseconds(read, times), rounds)
    return {
        "rounds": found,
        "profiles": len(rows),
        "tags": sum(len(row[1]) for row in rows),
        "figures": figures,
    }


def _milliseconds(work: Callable[[], object], times: int) -> float:
    """Of one of them, on average."""
    began = time.perf_counter()
    for _ in range(times):
        work()
    return 1000 * (time.perf_counter() - began) / times


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
    else:
        print(json.dumps(measure(int(sys.argv[2]), float(sys.argv[3]))))
