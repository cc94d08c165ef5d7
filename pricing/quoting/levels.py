"""Price levels by points. Volume levels are earned, by one order for itself alone too; ED and GV are only given."""

from __future__ import annotations

from decimal import Decimal

LIST = ""  # no level: the list price, of the Express programme
# From so many points on; the worst first.
LEVELS_BY_POINTS: tuple[tuple[str, Decimal], ...] = (
    ("BL", Decimal(0)),
    ("D", Decimal(500)),
    ("E", Decimal(1_000)),
    ("F", Decimal(2_500)),
    ("G", Decimal(5_000)),
    ("H", Decimal(10_000)),
)
LADDER = tuple(level for level, _ in LEVELS_BY_POINTS)
GIVEN = ("ED", "GV")  # academic, government: never earned, and nothing is earned beside them


def level_by_points(points: Decimal) -> str:
    """The volume level that so many points reach."""
    return [level for level, needed in LEVELS_BY_POINTS if points >= needed][-1]


def better(one: str, other: str) -> str:
    """The better of two volume levels."""
    return max(one, other, key=LADDER.index)


def level_of_order(given: str, points: Decimal) -> str:
    """The level at which an order is priced: the customer's, or the one that its points earn for itself alone."""
    return better(given, level_by_points(points)) if given in LADDER else given


def downwards(level: str) -> tuple[str, ...]:
    """The level, and those that are taken in its place where there is no price at it: the next worse ones."""
    return LADDER[LADDER.index(level) :: -1] if level in LADDER else (level,)
