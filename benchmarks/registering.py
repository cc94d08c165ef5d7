"""Before and while a deal is registered: the conflict verdict among a million live registrations, and the one call of
the API that registers a deal.
"""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date, timedelta
from statistics import median
from typing import Any

import psycopg2

from portal.embedded.house import ROOT

from .deals import costs
from .ground import Ground
from .load import Request, Rotating
from .registry import Comparison, benchmark
from .world import World, fingerprint


@benchmark(name="conflict_verdict", goal=40)
def conflict_verdict(ground: Ground) -> Comparison:
    """A verdict, question noted and counted, against reading one deal: both through Django, in the partner's scope."""
    size = ground.size
    seen = json.loads(
        ground.run(_live(ground), "-m", "benchmarks.asking", str(size.rounds), str(size.seconds))
    )
    rounds = seen["rounds"]
    asked = [tuple(each) for round_ in rounds for each in round_["asked"]["single"]]
    return Comparison(
        "ms",
        f"one of {seen['live']:,} deals by primary key",
        [(each["asked"]["ms"], each["read"]["ms"]) for each in rounds],
        [
            _line(what, [took for each, took in asked if each == what])
            for what in sorted({each for each, _ in asked})
        ]
        + [_line("the read", [took for round_ in rounds for _, took in round_["read"]["single"]])],
    )


def _line(what: str, times: list[float]) -> str:
    p95 = sorted(times)[int(len(times) * 0.95)]
    return f"{what}: {median(times):.2f} ms by the clock, 95 % within {p95:.2f} ms ({len(times)} times)"


@benchmark(name="register_api", goal=10)
def register_api(ground: Ground) -> Comparison:
    """One `POST /api/v1/deals/` that hands a deal in, from socket to socket, against the bare inserts of its rows."""
    world = _live(ground)
    _forget_questions(world)
    portal = ground.portal(world)
    bare = ground.serve("benchmarks.bare_registering:application", "bench_bare_registering", world)
    sites = range(1, _sites(world) + 1)
    ours = Rotating([_call(f"{portal.address}/api/v1/deals/", site) for site in sites])
    theirs = Rotating([_call(f"{bare.address}/?site={site}", site) for site in sites])
    return costs(ground, (portal, ours), (bare, theirs), "bare WSGI: the same rows by plain statements")


def _call(url: str, site: int) -> Request:
    """A partner's own customer each time: what is measured is not how many wait at one."""
    return Request(
        url,
        b'"submitted"',
        method="POST",
        body=json.dumps(_deal(site)).encode(),
        headers=(("Authorization", f"Bearer pw_bench_{site}"), ("Content-Type", "application/json")),
        status=201,
        accept="application/json",
    )


def _deal(site: int) -> dict[str, Any]:
    return {
        "name": "Branches, phase 2",
        "customer": {
            "name": f"Quite Another Company {site}",
            "country": "EG",
            "web_domain": f"a{site}.example",
        },
        "contact": {"name": "Laila Nassar", "email": "laila@another.example"},
        "products": [{"part_number": "B000001", "quantity": 25}, {"part_number": "B000002", "quantity": 5}],
        "value": "125000.50",
        "currency": "EGP",
        "close_on": (date.today() + timedelta(days=60)).isoformat(),
        "next_steps": "A pilot at two sites",
    }


def _live(ground: Ground) -> World:
    """A database with so many live registrations."""
    number = ground.size.deals
    sources = [ROOT / "customers" / "names.py"]
    sources += [ROOT / "benchmarks" / f"{name}.py" for name in ("companies", "searching", "live", "world")]
    return ground.kept(
        f"live_{number}",
        fingerprint(f"live {number}", sources),
        f"{number:,} live registrations",
        lambda world: ground.run(world, "-m", "benchmarks.live", "fill", str(number)),
    )


def _forget_questions(world: World) -> None:
    with closing(psycopg2.connect(world.owner_url)) as db, db, db.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_system; DELETE FROM deals_verdictasked")


def _sites(world: World) -> int:
    with closing(psycopg2.connect(world.owner_url)) as db, db, db.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_system; SELECT count(*) FROM identity_apikey")
        (found,) = cursor.fetchone()
        return int(found)
