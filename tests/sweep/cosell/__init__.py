"""What co-selling adds to the sweep, room by room."""

from __future__ import annotations

from tests.sweep.addresses import Case
from tests.sweep.cosell import bulk, desk, leads, notes, profiles, referrals, rights
from tests.sweep.world import World

ROOMS = (
    rights,
    referrals,
    desk,
    profiles,
    leads,
    notes,
    bulk,
)  # in the order in which their rows need one another


def add_cosell(world: World, marks: tuple[str, str]) -> None:
    for room in ROOMS:
        room.rows(world, marks)


CASES: dict[str, Case] = {name: case for room in ROOMS for name, case in room.CASES.items()}
