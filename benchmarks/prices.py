"""Prices: loading very many from a file, beside a raw COPY; building a country's CSV files, beside raw COPYs out."""

from __future__ import annotations

import json

from portal.embedded.house import ROOT

from .ground import Ground
from .registry import Comparison, benchmark
from .world import World, fingerprint

ROUNDS = 3  # of a load, which takes minutes


@benchmark(name="price_load", goal=4)
def price_load(ground: Ground) -> Comparison:
    """A file of prices as a delivery: read, checked, compared and loaded in one transaction; against a COPY of the
    same rows, with their keys looked up already, into the same table with the same indexes, keys and triggers.
    """
    rounds = str(min(ground.size.rounds, ROUNDS))
    seen = json.loads(ground.run(_priced(ground), "-m", "benchmarks.pricer", "load", rounds))
    beside = [
        f"checked in {seen['checked']:.1f} s, loaded in {seen['loaded']:.1f} s (medians)",
        "of a processor: {ours:.1f} s, the baseline {baseline:.1f} s".format(**seen["processor"]),
        f"peak memory of the worker: {seen['memory']} MB (goal: 300)",
    ]
    name = f"a raw COPY of {seen['rows']:,} rows"
    return Comparison("s", name, [tuple(each) for each in seen["rounds"]], beside)


@benchmark(name="price_build", goal=3)
def price_build(ground: Ground) -> Comparison:
    """The three CSV files of a country with one edition in effect and one announced, on the disk and summed up;
    against three COPYs out of the same rows in the same order, without any formatting.
    """
    rounds = str(ground.size.rounds)
    seen = json.loads(ground.run(_priced(ground), "-m", "benchmarks.pricer", "build", rounds))
    name = f"three raw COPYs out, {seen['parts']:,} parts"
    return Comparison("ms", name, [tuple(each) for each in seen["rounds"]])


def _priced(ground: Ground) -> World:
    """A database with parts, price books, and one book's editions; and a file of prices for the others."""
    parts, prices = ground.size.parts, ground.size.prices
    sources = [ROOT / "benchmarks" / "pricer.py"]
    return ground.kept(
        f"prices_{prices}_{parts}",
        fingerprint(f"prices {prices} {parts}", sources),
        f"{prices:,} prices of {parts:,} parts",
        lambda world: ground.run(world, "-m", "benchmarks.pricer", "fill", str(parts), str(prices)),
    )
