"""Search as one types among a million customers, beside reading one of them by its primary key."""

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


@benchmark(name="customer_search", goal=20)
def customer_search(ground: Ground) -> Comparison:
    """The 95th percentile of `find_customers` over all that people type, against the median read of one customer:
    both through Django, each in the scope of a reseller.
    """
    asked = ("measure", str(ground.size.rounds), str(ground.size.seconds))
    seen = json.loads(ground.run(_directory(ground), "-m", "benchmarks.searching", *asked))
    rounds = [
        (_p95([took for _, took, _, _ in each["search"]]), median(each["read"])) for each in seen["rounds"]
    ]
    return Comparison(
        "ms",
        f"one of {seen['customers']:,} by primary key, the median",
        rounds,
        list(_by_kind(each for round_ in seen["rounds"] for each in round_["search"])),
    )


def _directory(ground: Ground) -> World:
    """A database with so many customers and nothing else."""
    number = ground.size.customers
    sources = [
        *(ROOT / "customers" / f"{name}.py" for name in ("names", "words", "demo")),
        *(ROOT / "benchmarks" / f"{name}.py" for name in ("companies", "searching")),
    ]
    return ground.kept(
        f"customers_{number}",
        fingerprint(f"customers {number}", sources),
        f"{number:,} customers",
        lambda world: ground.run(world, "-m", "benchmarks.searching", "fill", str(number)),
    )


def _by_kind(searches: Any) -> Sequence[str]:
    kinds = defaultdict(list)
    for kind, *rest in searches:
        kinds[kind].append(rest)
    return [_line(kind, *zip(*each, strict=True)) for kind, each in kinds.items()]


def _line(kind: str, times: Sequence[float], found: Sequence[bool], right: Sequence[bool]) -> str:
    return (
        f"{kind}: {median(times):.2f} ms, 95 % within {_p95(times):.2f} ms;"
        f" something found for {_share(found)}, the very one for {_share(right)}"
    )


def _p95(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _share(truths: Sequence[bool]) -> str:
    return f"{100 * sum(truths) / len(truths):.0f} %"
