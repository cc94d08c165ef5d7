"""Ten thousand start dates that fall due at once, and whether a name is free among a million."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from statistics import median
from typing import Any

from portal.embedded.house import ROOT

from .ground import Ground
from .registry import Comparison, benchmark
from .world import World, fingerprint

ROUNDS = 5  # each of many seconds


@benchmark(name="due_queue", goal=5)
def due_queue(ground: Ground) -> Comparison:
    """The job that mails links on start dates, until every mail is in the outbox and every line waits for what comes
    next; against bare statements that insert the same links, mails and entries of the audit trail, and no more.
    """
    lines = ground.size.due
    sources = [ROOT / "benchmarks" / "starter.py", *sorted((ROOT / "provisioning" / "models").glob("*.py"))]
    world = ground.kept(
        f"due_{lines}",
        fingerprint(f"due {lines}", sources),
        f"{lines:,} lines whose start date has come",
        lambda world: ground.run(world, "-m", "benchmarks.starter", "fill", str(lines)),
    )
    rounds = str(min(ROUNDS, ground.size.rounds))
    seen = json.loads(ground.run(world, "-m", "benchmarks.starter", "measure", rounds))
    return Comparison(
        "s",
        "one INSERT for every 500 of the same rows",
        seen["rounds"],
        [
            f"{seen['lines']:,} lines mailed; then one worker sends {seen['sent_a_second']:,.0f} mails a second",
            f"an interactive mail while they go out: {_spread(seen['busy'])}",
            f"an interactive mail with nothing else to send: {_spread(seen['idle'])}",
        ],
    )


@benchmark(name="availability", goal=15)
def availability(ground: Ground) -> Comparison:
    """The 95th percentile of *check availability*, as whoever holds a link asks, against the median read of one name
    by its primary key: both through Django, each in a scope of its own.
    """
    asked = ("measure", str(ground.size.rounds), str(ground.size.seconds))
    seen = json.loads(ground.run(_names(ground), "-m", "benchmarks.namer", *asked))
    rounds = [(_p95([took for _, took in each["asked"]]), median(each["read"])) for each in seen["rounds"]]
    kinds: dict[str, list[float]] = defaultdict(list)
    for each in seen["rounds"]:
        for kind, took in each["asked"]:
            kinds[kind].append(took)
    return Comparison(
        "ms",
        f"one of {seen['names']:,} names by primary key, the median",
        rounds,
        [f"{kind}: {_spread(times)}" for kind, times in kinds.items()],
    )


def _names(ground: Ground) -> World:
    """A database in which so many names are taken."""
    number = ground.size.names
    sources = [ROOT / "provisioning" / "naming.py", ROOT / "benchmarks" / "namer.py"]
    return ground.kept(
        f"names_{number}",
        fingerprint(f"names {number}", sources),
        f"{number:,} names that are taken",
        lambda world: ground.run(world, "-m", "benchmarks.namer", "fill", str(number)),
    )


def _spread(times: Sequence[float]) -> str:
    return f"{median(times):.2f} ms, 95 % within {_p95(times):.2f} ms"


def _p95(times: Sequence[Any]) -> float:
    ordered = sorted(times)
    return float(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))])
