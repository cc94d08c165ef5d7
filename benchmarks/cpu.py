"""The processor time of other processes, from /proc (Linux)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")


def seconds(pids: Iterable[int]) -> float:
    """Time these processes have spent on a processor so far, user and system together.

    Raises FileNotFoundError when one of them is gone.
    """
    return sum(_of(PROC / str(pid)) for pid in pids)


def _of(process: Path) -> float:
    try:  # to the nanosecond where the kernel tells
        return (
            sum(int((task / "schedstat").read_text().split()[0]) for task in (process / "task").iterdir())
            / 1e9
        )
    except (FileNotFoundError, NotADirectoryError):
        user, system = _stat(process)[11:13]
        return (int(user) + int(system)) / TICK


def children(parent: int) -> set[int]:
    """The processes that this one has started and that still run."""
    found = set()
    for process in PROC.iterdir():
        if process.name.isdigit():
            try:
                if int(_stat(process)[1]) == parent:
                    found.add(int(process.name))
            except (FileNotFoundError, ProcessLookupError):
                pass  # ended while we looked
    return found


def _stat(process: Path) -> list[str]:
    """The fields of /proc/<pid>/stat after the name, which may itself contain spaces and brackets."""
    return (process / "stat").read_text().rpartition(")")[2].split()
