"""A file of a thousand co-sell deals, from being sent until every row is done."""

from __future__ import annotations

import json

from portal.embedded.house import ROOT

from .ground import Ground
from .registry import Comparison, benchmark
from .world import fingerprint

ROUNDS = 5  # each of many seconds


@benchmark(name="bulk_upload", goal=20)
def bulk_upload(ground: Ground) -> Comparison:
    """1,000 rows read, judged and done one by one through the actions, each in a savepoint and told of in a row of its
    own; against the bare inserts of the same rows.
    """
    rows = ground.size.uploaded
    sources = [ROOT / "benchmarks" / "uploader.py", *sorted((ROOT / "cosell" / "models").glob("*.py"))]
    world = ground.kept(
        "uploads",
        fingerprint("uploads", sources),
        "a partner who may begin co-sell deals",
        lambda world: ground.run(world, "-m", "benchmarks.uploader", "fill"),
    )
    rounds = str(min(ROUNDS, ground.size.rounds))
    seen = json.loads(ground.run(world, "-m", "benchmarks.uploader", "measure", rounds, str(rows)))
    few = json.loads(ground.run(world, "-m", "benchmarks.uploader", "memory", str(max(rows // 10, 1))))
    many = json.loads(ground.run(world, "-m", "benchmarks.uploader", "memory", str(rows)))
    return Comparison(
        "s",
        f"one INSERT for each of the same {seen['inserted']:,} rows",
        seen["rounds"],
        [
            "peak memory of the worker: "
            + ", ".join(f"{each['peak']:.1f} MB with {each['rows']:,} rows" for each in (few, many))
        ],
    )
