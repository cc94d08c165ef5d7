"""A proposal: begun, with or without lines, and thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from customers.models import Customer, CustomerSite
from deals.models import Deal
from identity.actors import Actor
from identity.models import Programme, Site
from identity.numbering import new_number, with_unused
from pricing.quoting import MAX_QUANTITY, Flaw, QuoteFlawed

from ...models import Quote, QuoteKind, QuoteLine
from ..currencies import currency_for
from ..wanted import WantedLine
from .deals import use_deal
from .ground import PREFIX, active_distributor, audit, day_at, known_parts, proposal, seller, settle


@transaction.atomic
def begin_quote(
    *,
    by: Actor,
    now: datetime,
    customer: Customer | None = None,
    customer_site: CustomerSite | None = None,
    currency: str = "",
    kind: str = QuoteKind.NEW,
    title: str = "",
    lines: Sequence[WantedLine] = (),
    deal: Deal | None = None,
    distributor: Site | None = None,
) -> Quote:
    """A new proposal of the actor's site, with what is wanted in it; see the room's docstring."""
    site = seller(by)
    today = day_at(site, now)
    quote = Quote(
        site_id=site.id,
        kind=QuoteKind(kind),
        title=title[:120],
        country=site.country,
        currency=currency or currency_for(site.country, today),
        price_level="BL",
        owner_name=by.name[:120],
        created_at=now,
        updated_at=now,
        version=0,  # the first change is the one that fills it
    )
    choose_customer(quote, customer, customer_site)
    quote.distributor = active_distributor(distributor)
    quote.distributor_name = distributor.name if distributor else ""
    if deal is not None:
        use_deal(quote, deal, now=now)
    wanted = made_of(lines)
    number(quote, today)
    settle(quote, wanted, "begun", by=by, now=now, today=today, touched=None)
    return quote


def number(quote: Quote, today: date) -> None:
    """Give a new quote a number that no other has, and save it."""

    def store(found: dict[str, str]) -> None:
        quote.number = found["number"]
        with transaction.atomic():
            quote.save(force_insert=True)

    with_unused(lambda: {"number": new_number(PREFIX, today.year)}, store)


def choose_customer(quote: Quote, customer: Customer | None, customer_site: CustomerSite | None) -> None:
    """A customer, and which of its sites: the site brings price level, programme and anniversary along."""
    if customer_site is not None:
        customer = customer_site.customer
    quote.customer = customer
    quote.customer_name = customer.name if customer else ""
    quote.customer_site = customer_site
    quote.site_number = customer_site.site_number if customer_site else ""
    quote.programme = (customer_site.programme if customer_site else "") or Programme.RELATIONSHIP
    quote.price_level = (customer_site.price_level if customer_site else "") or "BL"
    quote.level_until = customer_site.level_until if customer_site else None
    quote.anniversary_on = customer_site.anniversary_on if customer_site else None


def made_of(wanted: Sequence[WantedLine], position: int = 1) -> list[QuoteLine]:
    """Lines of what is wanted, not saved yet. Raises PartsUnknown, QuoteFlawed."""
    flaws = [flaw for row, each in enumerate(wanted, start=1) if (flaw := quantity_flaw(row, each.quantity))]
    if flaws:
        raise QuoteFlawed(flaws)
    parts = known_parts([each.part_number for each in wanted]) if wanted else {}
    return [
        QuoteLine(
            position=position + place,
            part=parts[each.part_number],
            part_number=each.part_number,
            quantity=each.quantity,
            installed=each.installed,
            coverage_start=each.coverage_start,
            coverage_end=each.coverage_end,
            covered_until=each.covered_until,
            customer_site=each.customer_site,
            site_number=each.customer_site.site_number if each.customer_site else "",
            renewal_item=each.renewal_item,
            renewal_quote=each.renewal_quote,
            renewal_line=each.renewal_line,
        )
        for place, each in enumerate(wanted)
    ]


def quantity_flaw(key: int | str, quantity: int) -> Flaw | None:
    """What is wrong with a quantity, before there is a line that has it."""
    if quantity < 1:
        return Flaw(key, "quantity", "too_few")
    if quantity > MAX_QUANTITY:
        return Flaw(key, "quantity", "too_many", {"limit": MAX_QUANTITY})
    return None


@transaction.atomic
def discard_quote(quote: Quote, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """Throw a proposal away, with its lines. Raises QuoteNotOpen: what was opened is closed, not made undone."""
    quote = proposal(quote, version)
    audit("discarded", quote, by=by, now=now)
    quote.delete()
