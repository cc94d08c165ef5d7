"""A quote of 200 lines on paper, beside the typesetter alone."""

from __future__ import annotations

import json

from .ground import Ground
from .registry import Comparison, benchmark

LINES = 200


@benchmark(name="quote_pdf", goal=2)
def quote_pdf(ground: Ground) -> Comparison:
    """A quote read from the database, put into words and set as PDF; against the typesetter setting the same words."""
    rounds = str(max(2, ground.size.rounds))
    seen = json.loads(ground.run(ground.large, "-m", "benchmarks.printer", str(LINES), rounds))
    return Comparison(
        "s",
        "the bare typesetter, words in memory",
        [(ours, bare) for ours, bare in seen["rounds"]],
        [f"{LINES} lines, {seen['pages']} pages, {seen['bytes']:,} bytes"],
    )
