"""Which price level the points of a quote or an order reach, and how far it is to the next one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pricing.quoting import LEVELS_BY_POINTS

from ..models import Quote


@dataclass(frozen=True, slots=True)
class Reach:
    """The level that an order's points reach, and what is missing for the next one ("" where there is none)."""

    level: str
    given: str
    next_level: str
    missing: Decimal

    @property
    def is_better(self) -> bool:
        return self.level != self.given


def reach(quote: Quote) -> Reach | None:
    """None where levels are not earned: list prices, academic and government ones."""
    ladder = [level for level, _needed in LEVELS_BY_POINTS]
    level = quote.earned_level or quote.price_level
    if quote.programme == "express" or level not in ladder:
        return None
    place = ladder.index(level) + 1
    if place == len(ladder):
        return Reach(level, quote.price_level, "", Decimal(0))
    after, needed = LEVELS_BY_POINTS[place]
    return Reach(level, quote.price_level, after, max(needed - Decimal(quote.points), Decimal(0)))
