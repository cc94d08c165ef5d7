"""What a deal's page says of a decision that is awaited: when it is promised, what was asked, and for whoever decides,
what the decision would grant and which other deals are in the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from calendars.queries import calendar_for
from identity.actors import Actor, Kind
from identity.models import Site
from identity.places import countries, country_name
from identity.privileges import Privilege
from pricing.models import ProductLine

from .. import discounts, queries
from ..actions.deciding import expiry
from ..conflicts import Candidate, candidates_of, incumbents_among, words
from ..models import Deal, DealEvent, DealProduct
from ..promises import Promise, promise_of
from ..rules import Rules
from ..states import LIVE, TONES, WAITING


@dataclass(frozen=True, slots=True)
class Grant:
    """What an approval would give, if it were given now."""

    discount: discounts.Discount
    expires_at: datetime
    least: int  # the least value of a registration in the deal's currency, in minor units; 0 for none
    too_small: bool


def awaited(
    deal: Deal, products: Sequence[DealProduct], events: Sequence[DealEvent], rules: Rules, actor: Actor
) -> dict[str, Any]:
    """The page's names for all of this; each is empty where it does not concern the deal or its reader."""
    now = timezone.now()
    waits = deal.status in WAITING
    site = Site.objects.filter(id=deal.site_id).values("country", "time_zone").first() if waits else None
    decides = actor.is_staff and actor.may(Privilege.DEAL_DECIDE)
    compared = candidates_of(deal, rules=rules, now=now) if actor.is_staff and deal.status in LIVE else []
    return {
        "promise": _promise(deal, site, now) if waits else None,
        "pace": queries.latest_pace() if waits and actor.kind is Kind.RESELLER else None,
        "question": _question(deal, events),
        "grant": _grant(deal, rules, site["time_zone"], now) if site and decides else None,
        "candidates": compared,
        **(_comparison(deal, products, compared) if compared else {}),
        **_in_the_way(compared if waits else []),
    }


def _comparison(
    deal: Deal, products: Sequence[DealProduct], candidates: Sequence[Candidate]
) -> dict[str, Any]:
    """What the columns of the comparison say beside each deal itself."""
    own_lines = sorted({product.line for product in products})
    incumbents = {incumbent.site_number for incumbent in incumbents_among(candidates)}
    return {
        "own_lines": own_lines,
        "shared_lines": {line for candidate in candidates for line in candidate.lines},
        "line_names": dict(ProductLine.objects.filter(code__in=own_lines).values_list("code", "name")),
        "is_incumbent": deal.site_number in incumbents,
        "country_of": countries(),
        "status_tones": TONES,
    }


def _in_the_way(candidates: Sequence[Candidate]) -> dict[str, Any]:
    """Why the deal cannot be approved at all, in words; and whether approving it takes a reason."""
    forbidding = next((each for each in candidates if each.forbids_approval), None)
    return {
        "in_the_way": words(forbidding) if forbidding else "",
        "needs_reason": any(each.needs_reason for each in candidates),
    }


def _promise(deal: Deal, site: Mapping[str, Any] | None, now: datetime) -> Promise | None:
    """A distributor does not see the reseller's site, and so not by which calendar the promise is counted."""
    if deal.decision_due_at is None:
        return None
    return promise_of(
        deal.decision_due_at,
        now,
        reader_zone=timezone.get_current_timezone(),
        country=country_name(site["country"]) if site else "",
        calendar=calendar_for(site["country"]) if site else None,
    )


def _question(deal: Deal, events: Sequence[DealEvent]) -> DealEvent | None:
    """The question that the partner has not answered yet."""
    if deal.question_at is None or deal.status not in WAITING:
        return None
    return next((event for event in events if event.kind == DealEvent.Kind.ASKED), None)


def _grant(deal: Deal, rules: Rules, time_zone: str, now: datetime) -> Grant:
    least = rules.minimum_value(deal.currency)
    return Grant(
        discounts.expected(deal, rules), expiry(deal, rules, time_zone, now), least, (deal.value or 0) < least
    )
