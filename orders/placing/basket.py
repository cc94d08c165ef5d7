"""What somebody is about to order without a quote: from the page, a pasted list or a file to lines with prices.

A basket is never saved: it travels in the form, with a key of its own, so that it is ordered once (see `place_order`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from customers.models import Customer, CustomerSite
from identity.actors import Actor
from identity.models import Site
from pricing.products.queries import parts_by_number
from pricing.quoting import Flaw

from ..models import Quote, QuoteLine
from ..quotes.actions.beginning import choose_customer
from ..quotes.actions.deals import deal_numbered, use_deal
from ..quotes.actions.ground import day_at, seller
from ..quotes.currencies import currency_for
from ..quotes.reckoning import Reckoned, put_down, reckon
from .actions import NEEDS_DETAILS


@dataclass(frozen=True, slots=True)
class Item:
    """A part that is wanted; for a service also from when on, and who sets it up."""

    part_number: str
    quantity: int
    start_on: date | None = None
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """What is wanted, and for whom."""

    items: Sequence[Item]
    customer: Customer | None = None
    customer_site: CustomerSite | None = None
    distributor: Site | None = None
    deal_number: str = ""
    currency: str = ""


@dataclass
class Weighed:
    """A basket with its prices. `unknown` are the numbers of parts that are not sold, `flaws` what else is wrong, both
    by the places of the items from 0 on.
    """

    quote: Quote
    lines: list[QuoteLine]
    reckoned: Reckoned | None
    flaws: dict[int, list[Flaw]] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)

    @property
    def of_all(self) -> list[Flaw]:
        """What is wrong with the whole of it, such as a price level that has ended."""
        return list(self.reckoned.flaws.get("", ())) if self.reckoned else []

    @property
    def is_whole(self) -> bool:
        return not self.flaws and not self.unknown and not self.of_all and bool(self.lines)

    @property
    def needs_details(self) -> list[bool]:
        return [line.part_type in NEEDS_DETAILS for line in self.lines]


def weigh(basket: Basket, *, by: Actor, now: datetime) -> Weighed:
    """Find the parts and their prices at today's level. Nothing is saved. Raises NotASeller, DealNotUsable."""
    site = seller(by)
    today = day_at(site, now)
    quote = Quote(
        site_id=site.id,
        country=site.country,
        currency=basket.currency or currency_for(site.country, today),
        price_level="BL",
    )
    choose_customer(quote, basket.customer, basket.customer_site)
    quote.distributor = basket.distributor
    quote.distributor_name = basket.distributor.name if basket.distributor else ""
    if basket.deal_number:
        use_deal(quote, deal_numbered(basket.deal_number), now=now)
    parts = parts_by_number([item.part_number for item in basket.items]) if basket.items else {}
    unknown = {
        place: item.part_number for place, item in enumerate(basket.items) if item.part_number not in parts
    }
    known = [(place, item) for place, item in enumerate(basket.items) if place not in unknown]
    lines = [
        QuoteLine(
            position=number,
            part=parts[item.part_number],
            part_number=item.part_number,
            quantity=item.quantity,
            coverage_start=item.start_on if parts[item.part_number].term_months else None,
            requested_start_on=item.start_on,
            provisioning_email=item.email,
        )
        for number, (_place, item) in enumerate(known, start=1)
    ]
    weighed = Weighed(quote, lines, None, unknown=unknown)
    if lines:
        weighed.reckoned = reckon(quote, lines, today)
        put_down(quote, lines, weighed.reckoned)
        for (place, _item), line in zip(known, lines, strict=True):
            if flaws := weighed.reckoned.flaws.get(line.public_id):
                weighed.flaws[place] = list(flaws)
    return weighed
