"""What co-selling adds to the pages that are looked at, room by room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.cosell import bulk, desk, leads, notes, profiles, referrals, rights
from tests.browser.shots import Shot
from tests.browser.states import State

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition

ROOMS = (
    rights,
    referrals,
    desk,
    profiles,
    leads,
    notes,
    bulk,
)  # in the order in which what they show needs one another


def show_cosell(shown: Exhibition) -> None:
    for room in ROOMS:
        room.show(shown)


def shots(role: str) -> tuple[Shot, ...]:
    """The pictures of co-selling that are made as a demo account of this role."""
    return tuple(shot for room in ROOMS for shot in room.SHOTS.get(role, ()))


PAGES: dict[str, tuple[State, ...]] = {name: states for room in ROOMS for name, states in room.PAGES.items()}
NO_PAGES: dict[str, str] = {name: why for room in ROOMS for name, why in room.NO_PAGES.items()}
