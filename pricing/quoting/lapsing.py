"""What becomes of a renewal that waits: what it is ordered as before and after its coverage ends, and for how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from .months import next_start


class Kind(StrEnum):
    """What is renewed."""

    SUPPORT = "support"  # of a licence that is the customer's for good
    COMMITTED = "committed"  # a licence for a fixed term
    SAAS = "saas"
    MONTHLY = "monthly"


class Consequence(StrEnum):
    """What ordering then means."""

    RENEWED = "renewed"  # coverage goes on
    REINSTATED = "reinstated"  # support has lapsed, and costs more to have back
    INITIAL_PRICE = "initial_price"  # the committed term is over: the licence is bought anew
    STARTED_ANEW = "started_anew"  # the service has stopped, and is ordered as if for the first time
    GOES_ON = "goes_on"  # month by month, until it is cancelled


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which an order means the same."""

    from_on: date | None  # None: from now on
    until_on: date | None  # the last day; None: for good
    consequence: Consequence
    part_type: str  # the PartType to order
    ratio: Decimal  # typical price beside renewing in time (1)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What ordering today means, and what it will once that is over."""

    now: Period
    later: Period | None

    @property
    def is_late(self) -> bool:
        return self.now.from_on is not None


# Typical ratios: a licence 100, its renewal 20, its reinstatement 60. Where both parts have prices, `price_ratio`
# says what it is really.
_BEFORE = {
    Kind.SUPPORT: "renewal", Kind.COMMITTED: "committed_subsequent", Kind.SAAS: "saas", Kind.MONTHLY: "monthly",
}  # fmt: skip
_AFTER = {
    Kind.SUPPORT: (Consequence.REINSTATED, "reinstatement", Decimal(3)),
    Kind.COMMITTED: (Consequence.INITIAL_PRICE, "committed_initial", Decimal("1.25")),
    Kind.SAAS: (Consequence.STARTED_ANEW, "saas", Decimal(1)),
}


def outlook(kind: Kind | str, ends_on: date, today: date) -> Outlook:
    """What ordering means, for coverage with this last day. An order on the last day itself is in time.

    Support is renewed in time, and reinstated afterwards. A committed term needs a written order before it ends;
    later orders pay the initial price. A service stops, and is ordered anew. Monthly goes on until it is cancelled.
    """
    kind = Kind(kind)
    if kind is Kind.MONTHLY:
        return Outlook(Period(None, None, Consequence.GOES_ON, _BEFORE[kind], Decimal(1)), None)
    before = Period(None, ends_on, Consequence.RENEWED, _BEFORE[kind], Decimal(1))
    after = Period(next_start(ends_on), None, *_AFTER[kind])
    return Outlook(before, after) if today <= ends_on else Outlook(after, None)


def price_ratio(later: int, now: int) -> Decimal | None:
    """How many times as much it will cost, with one decimal, half up; None where it costs nothing now."""
    if now <= 0:
        return None
    return (Decimal(later) / now).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
