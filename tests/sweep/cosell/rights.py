"""Locations, roles, solutions and registrations: what both sides have, and what is tried."""

from __future__ import annotations

from tests.sweep.addresses import Case
from tests.sweep.world import World


def rows(world: World, marks: tuple[str, str]) -> None:
    """Rows of every table of this room, ours and theirs, each bearing its side's mark."""


CASES: dict[str, Case] = {}
