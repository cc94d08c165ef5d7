"""Benchmarks by name, and the row each of them becomes."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from portal.embedded.console import Trouble

if TYPE_CHECKING:
    from .ground import Ground

SUBJECTS = (
    "deals",
    "desk",
    "customers",
    "registering",
    "expiry",
    "prices",
    "price_files",
    "reports",
    "renewals",
    "quotes",
    "provisioning",
    "matching",
    "uploads",
)


@dataclass(frozen=True)
class Comparison:
    """What a benchmark found: the figures of ours and of the baseline, round by round; smaller is better.

    `beside` are lines for people, printed under the row.
    """

    unit: str
    baseline_name: str
    rounds: Sequence[tuple[float, float]]
    beside: Sequence[str] = field(default=())


@dataclass(frozen=True)
class Row:
    """A line of the table, and an object of var/bench.json."""

    name: str
    value: float
    unit: str
    baseline: float
    baseline_name: str
    ratio: float
    goal: float

    @property
    def met(self) -> bool:
        return self.ratio <= self.goal


@dataclass(frozen=True)
class Benchmark:
    """`goal` is the greatest ratio of ours to the baseline that is good enough."""

    name: str
    goal: float
    compare: Callable[[Ground], Comparison]

    def row(self, found: Comparison) -> Row:
        """The medians; the ratio is that of the rounds' ratios, so a disturbance spoils one round."""
        return Row(
            name=self.name,
            value=round(median(ours for ours, _ in found.rounds), 4),
            unit=found.unit,
            baseline=round(median(baseline for _, baseline in found.rounds), 4),
            baseline_name=found.baseline_name,
            ratio=round(median(ours / baseline for ours, baseline in found.rounds), 3),
            goal=self.goal,
        )


_benchmarks: dict[str, Benchmark] = {}


def benchmark(*, name: str, goal: float) -> Callable[[Callable[[Ground], Comparison]], Benchmark]:
    """Decorator: registers a function that measures ours against a baseline."""

    def register(compare: Callable[[Ground], Comparison]) -> Benchmark:
        assert name not in _benchmarks, f"Two benchmarks are called {name}"
        _benchmarks[name] = Benchmark(name, goal, compare)
        return _benchmarks[name]

    return register


def chosen(names: Iterable[str]) -> list[Benchmark]:
    """The benchmarks of these names, or all. Raises Trouble for a name there is not."""
    for subject in SUBJECTS:
        importlib.import_module(f".{subject}", __package__)
    names = list(names) or list(_benchmarks)
    if unknown := [name for name in names if name not in _benchmarks]:
        raise Trouble(f"No benchmark is called {unknown[0]}. There are: {', '.join(_benchmarks)}.")
    return [_benchmarks[name] for name in names]
