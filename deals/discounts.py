"""The registered-deal discount, for those whom it concerns: the partner and the vendor, never the distributor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from identity.actors import Actor, Kind

from .models import Deal, DealEvent
from .queries import tier_of
from .rules import Rules
from .states import NUMBERED, DealType

INSIDE = frozenset({Kind.RESELLER, Kind.STAFF})


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount in words: per cent, the tier's and the deal type's name, and the version of the rules."""

    percent: Decimal
    tier: str
    deal_type: str
    rules_version: int | None


def percent(basis_points: int) -> Decimal:
    """Hundredths of a per cent as per cent."""
    return Decimal(basis_points) / 100


def granted(deal: Deal, rules: Rules, actor: Actor, events: Iterable[DealEvent]) -> Discount | None:
    """What was granted with the approval, for whoever may know it; nothing while the approval rests, since it is taken
    anew. `events`: the timeline, newest first.
    """
    if deal.discount_bp is None or deal.status not in NUMBERED or actor.kind not in INSIDE:
        return None
    approvals = (event.rules_version for event in events if event.kind == DealEvent.Kind.APPROVED)
    return Discount(
        percent(deal.discount_bp),
        rules.tier_label(deal.tier),
        str(DealType(deal.deal_type).label),
        next(approvals, deal.rules_version),
    )


def expected(deal: Deal, rules: Rules) -> Discount:
    """What would be granted if the deal were approved now."""
    tier = tier_of(deal.site_id, rules)
    return Discount(
        percent(rules.discount_bp(tier, deal.deal_type)),
        rules.tier_label(tier),
        str(DealType(deal.deal_type).label),
        rules.number,
    )
