"""Whom to propose to a customer, among ten thousand business profiles, beside reading their tags."""

from __future__ import annotations

import json

from portal.embedded.house import ROOT

from .ground import Ground
from .registry import Comparison, benchmark
from .world import World, fingerprint


@benchmark(name="profile_ranking", goal=3)
def profile_ranking(ground: Ground) -> Comparison:
    """All public profiles read with tags and figures, each given its points, the best twenty put in order with the
    points of each part; against a bare read of the same rows' tags, as the same database role.
    """
    asked = ("measure", str(ground.size.rounds), str(ground.size.seconds))
    seen = json.loads(ground.run(_profiles(ground), "-m", "benchmarks.matcher", *asked))
    return Comparison(
        "ms",
        "reading the same profiles' tags",
        seen["rounds"],
        [f"{seen['profiles']:,} profiles with {seen['tags']:,} tags; {seen['figures']:,} have figures"],
    )


def _profiles(ground: Ground) -> World:
    """A database with so many public profiles and nothing else."""
    number = ground.size.profiles
    sources = [
        ROOT / "cosell" / "tags.py",
        *(ROOT / "benchmarks" / f"{name}.py" for name in ("matching", "matcher")),
    ]
    return ground.kept(
        f"profiles_{number}",
        fingerprint(f"profiles {number}", sources),
        f"{number:,} business profiles",
        lambda world: ground.run(world, "-m", "benchmarks.matcher", "fill", str(number)),
    )
