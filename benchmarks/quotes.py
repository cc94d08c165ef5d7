"""A quote of 200 lines: pricing it, beside reading its lines; setting it on paper, beside the typesetter alone."""

from __future__ import annotations

import json

from .ground import Ground
from .price_files import published
from .registry import Comparison, benchmark

LINES = 200


@benchmark(name="quote_priced", goal=5)
def quote_priced(ground: Ground) -> Comparison:
    """Lines read, priced by the days on which their coverage starts, and every step of each price put down; against
    reading the lines with their parts. Both through Django, in the scope of the reseller.
    """
    asked = ("-m", "benchmarks.quoter", str(LINES), str(ground.size.rounds), str(ground.size.seconds))
    seen = json.loads(ground.run(published(ground), *asked))
    return Comparison(
        "ms",
        "reading the lines with their parts",
        seen["rounds"],
        [f"{LINES} lines priced from {seen['editions']} editions among {seen['prices']:,} prices"],
    )


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
