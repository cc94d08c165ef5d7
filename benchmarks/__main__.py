"""`python -m benchmarks [name …]`, called by bin/bench: measure, print the table, write var/bench.json."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from portal.embedded.console import Trouble, say, warn
from portal.embedded.house import ROOT

from .ground import Ground, Size
from .registry import Benchmark, Comparison, Row, chosen

COLUMNS = "{:<26} {:>14} {:>14} {:>8} {:>7}  {:<7} {}"


def main(names: list[str]) -> int:
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var")
    try:
        benchmarks, size = chosen(names), Size.of(dict(os.environ))
        found = measure(benchmarks, size, var)
    except Trouble as trouble:
        warn(f"\n{trouble}")
        return 1
    show(found)
    (var / "bench.json").write_text(json.dumps([asdict(row) for row, _ in found], indent=1) + "\n")
    return 0


def measure(benchmarks: list[Benchmark], size: Size, var: Path) -> list[tuple[Row, Comparison]]:
    began = time.monotonic()
    found = []
    with ExitStack() as stack:
        ground = Ground(size, var, stack)
        for benchmark in benchmarks:
            comparison = benchmark.compare(ground)
            found.append((benchmark.row(comparison), comparison))
            say(f"  ✓ {benchmark.name}  {time.monotonic() - began:.0f} s after the start")
    return found


def show(found: list[tuple[Row, Comparison]]) -> None:
    say("\n" + COLUMNS.format("benchmark", "ours", "baseline", "ratio", "goal", "", "baseline is"))
    for row, comparison in found:
        say(
            COLUMNS.format(
                row.name,
                f"{row.value:,.3f} {row.unit}",
                f"{row.baseline:,.3f} {row.unit}",
                f"{row.ratio:.2f}",
                f"≤ {row.goal:g}",
                "met" if row.met else "MISSED",
                row.baseline_name,
            ).rstrip()
        )
        for line in comparison.beside:
            say(f"    {line}")
    missed = [row.name for row, _ in found if not row.met]
    say(f"\nMissed: {', '.join(missed)}" if missed else "\nEvery goal is met.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
