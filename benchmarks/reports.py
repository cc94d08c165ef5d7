"""Files of reports: CSV beside the database's own COPY of the same query, XLSX beside the writer alone."""

from __future__ import annotations

import json
from statistics import median

from .ground import Ground
from .registry import Comparison, benchmark
from .rounds import in_turn

ROUNDS = 5  # each of seconds, in a process of its own
SHEET = 100_000  # rows of a workbook


@benchmark(name="report_csv", goal=2)
def report_csv(ground: Ground) -> Comparison:
    """Every deal with every column as a reader's CSV: words, decimals, their time zone, nothing that is a formula;
    against a COPY of the same query's columns as they are.
    """
    return _compared(ground, "csv", "copy", "a raw COPY TO of the same query", ground.size.deals)


@benchmark(name="report_xlsx", goal=3)
def report_xlsx(ground: Ground) -> Comparison:
    """100,000 deals × 15 columns as a workbook, read and written; against the writer alone, with all in memory."""
    rows = min(SHEET, ground.size.deals)
    return _compared(ground, "xlsx", "writer", "the bare writer, rows in memory", rows)


def _compared(ground: Ground, ours: str, baseline: str, name: str, rows: int) -> Comparison:
    def run(what: str) -> dict[str, float]:
        seen: dict[str, float] = json.loads(
            ground.run(ground.large, "-m", "benchmarks.reporter", what, str(rows))
        )
        return seen

    found = in_turn(lambda: run(ours), lambda: run(baseline), min(ROUNDS, ground.size.rounds))
    memory = median(mine["memory"] for mine, _ in found)
    idle = median(mine["idle"] for mine, _ in found)
    return Comparison(
        "s",
        name,
        [(mine["seconds"], theirs["seconds"]) for mine, theirs in found],
        [
            f"{found[0][0]['rows']:,.0f} rows × {found[0][0]['columns']:.0f} columns, {found[0][0]['size']:,.0f} bytes",
            f"peak memory of the process: {memory:.0f} MB (goal: 200), {idle:.0f} MB of them before it began",
        ],
    )
