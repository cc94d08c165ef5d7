"""What a quote costs: its lines as `pricing.quoting` wants them, and what comes back as they are stored.

For quotes and for orders placed without one: nothing here saves anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from deals.models import DealProduct
from pricing import quoting
from pricing.models import PriceEdition
from pricing.quoting import Flaw, LinePriced, QuotePriced, prices

from ..models import Quote, QuoteLine


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Prices of lines, by their public ids, and what is wrong with those that have none."""

    whole: QuotePriced
    lines: Mapping[str, LinePriced]
    flaws: Mapping[str, Sequence[Flaw]]  # "" has those of the whole quote
    editions: Mapping[int, str]  # the announcements the prices stand in

    @property
    def earned_level(self) -> str:
        """The level that the quote's own points earn, if it is a better one."""
        return self.whole.level if self.whole.level_earned else ""


def reckon(quote: Quote, lines: Sequence[QuoteLine], today: date) -> Reckoned:
    """What lines (with their parts) cost: at the prices of the day on which coverage starts, or of today.

    Three queries however many lines, one more for a quote that has a deal.
    """
    days = {line.public_id: line.coverage_start or today for line in lines}
    found = prices.look_up(
        [(line.part, days[line.public_id]) for line in lines], country=quote.country, currency=quote.currency
    )
    discounts, registered = _registered(quote), _lines_of_deal(quote)
    asked = [
        quoting.LineAsked(
            key=line.public_id,
            part=line.part_number,
            type=line.part.type,
            quantity=line.quantity,
            points=line.part.points,
            term_months=line.part.term_months,
            starts_on=line.coverage_start,
            ends_on=line.coverage_end,
            covered_until=line.covered_until,
            covers=line.renewal_item or None,
            price=found[line.part_id, days[line.public_id]],
            discounts=discounts if line.part.line_id in registered else (),
        )
        for line in lines
    ]
    whole = quoting.price_quote(asked, buyer=buyer_of(quote), currency=quote.currency, on=today)
    flaws: dict[str, list[Flaw]] = defaultdict(list)
    for flaw in whole.flaws:
        flaws[str(flaw.line or "")].append(flaw)
    priced = {str(line.key): line for line in whole.lines}
    return Reckoned(whole, priced, flaws, _editions(line.edition_id for line in whole.lines))


def buyer_of(quote: Quote) -> quoting.Buyer:
    return quoting.Buyer(
        programme=quote.programme, level=quote.price_level or "BL", level_until=quote.level_until
    )


def _registered(quote: Quote) -> tuple[quoting.Discount, ...]:
    """The registered deal's discount, as it was granted."""
    if not quote.deal_discount_bp:
        return ()
    return (quoting.Discount(quote.deal_discount_bp, quote.deal_number),)


def _lines_of_deal(quote: Quote) -> frozenset[int]:
    """The product lines that were registered: the discount is for them, and for nothing else in the quote."""
    if not quote.deal_discount_bp or quote.deal_id is None:
        return frozenset()
    found = DealProduct.objects.filter(deal_id=quote.deal_id)
    return frozenset(found.values_list("part__line_id", flat=True))


def _editions(ids: Iterable[int]) -> dict[int, str]:
    return dict(PriceEdition.objects.filter(id__in=set(ids)).values_list("id", "name"))


# ------------------------------------------------------------------------------------------ as it is stored


def put_down(quote: Quote, lines: Sequence[QuoteLine], reckoned: Reckoned) -> None:
    """Write every step of the prices into the quote and its lines; a line that has none is left without."""
    for line in lines:
        for name, value in steps(line, reckoned).items():
            setattr(line, name, value)
    for name, value in totals(lines, reckoned).items():
        setattr(quote, name, value)


def steps(line: QuoteLine, reckoned: Reckoned) -> dict[str, Any]:
    """The columns of a line that its price is told by."""
    kept = {
        "description": line.part.description,
        "part_type": line.part.type,
        "metric": line.part.metric,
        "term_months": line.part.term_months,
        "unit_points": line.part.points,
    }
    priced = reckoned.lines.get(line.public_id)
    if priced is None:
        return kept | dict.fromkeys(PRICES) | {"points": 0, "discount_bp": 0, "edition": ""}
    return kept | {
        "months": priced.months,
        "points": priced.points,
        "unit_list": priced.list_price,
        "unit_level": priced.unit_price,
        "unit_price": priced.net_price,
        "list_extended": priced.list_extended,
        "extended": priced.amount,
        "discount_bp": priced.discount.basis_points if priced.discount else 0,
        "priced_on": priced.price_of,
        "edition": reckoned.editions.get(priced.edition_id, "")[:40],
    }


PRICES = ("months", "unit_list", "unit_level", "unit_price", "list_extended", "extended", "priced_on")


def totals(lines: Sequence[QuoteLine], reckoned: Reckoned) -> dict[str, Any]:
    """The columns of a quote that are sums of its lines, or follow from them."""
    return {
        "total": reckoned.whole.total,
        "list_total": reckoned.whole.list_total,
        "points": reckoned.whole.points,
        "line_count": len(lines),
        "earned_level": reckoned.earned_level,
    }
