"""Ours and the baseline in turn, so that whatever else goes on falls on both."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def in_turn(ours: Callable[[], T], baseline: Callable[[], T], rounds: int) -> list[tuple[T, T]]:
    """(ours, baseline) of each round; every other round begins with the baseline."""
    found = []
    for number in range(rounds):
        if number % 2:
            second, first = baseline(), ours()
        else:
            first, second = ours(), baseline()
        found.append((first, second))
    return found
