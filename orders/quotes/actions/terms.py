"""What a proposal says above its lines: for whom it is, in which currency, from which deal, on which terms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import Customer, CustomerSite
from identity.actors import Actor

from ...models import Quote
from ..currencies import currencies_in
from .beginning import choose_customer
from .deals import deal_numbered, drop_deal, use_deal
from .ground import (
    CurrencyUnknown,
    active_distributor,
    day_at,
    lines_of,
    locked,
    offered,
    proposal,
    seller,
    settle,
    store,
)

PLAIN = frozenset({"title", "contact_name", "contact_email", "po_number", "terms", "note"})
#: What may still be noted on a quote that is open: it is the reseller's own, or for the order.
STILL = frozenset({"note", "po_number", "title"})


@transaction.atomic
def change_quote(
    quote: Quote, changes: dict[str, Any], *, by: Actor, now: datetime, version: int | None = None
) -> Quote:
    """Change what a proposal says, and reckon it anew.

    `changes` has values by name: those of PLAIN, `customer` (Customer or None), `customer_site` (CustomerSite or None),
    `distributor` (Site or None), `currency`, and `deal_number` ("" for none). Raises QuoteNotOpen, QuoteChanged,
    DealNotUsable, DistributorUnknown, CurrencyUnknown.
    """
    site = seller(by)
    if set(changes) <= STILL:
        return _note(quote, changes, by=by, now=now, version=version)
    quote = proposal(quote, version)
    changes = dict(changes)
    if "customer" in changes or "customer_site" in changes:
        _choose(quote, changes)
    if "distributor" in changes:
        distributor = active_distributor(changes.pop("distributor"))
        quote.distributor = distributor
        quote.distributor_name = distributor.name if distributor else ""
    if "currency" in changes:
        _pay_in(quote, changes.pop("currency"))
    deal_number = changes.pop("deal_number", quote.deal_number)
    for name, value in changes.items():
        if name not in PLAIN:
            raise TypeError(f"{name} is not a field of a quote")
        setattr(quote, name, value)
    if deal_number != quote.deal_number or (
        quote.deal is not None and quote.deal.customer_id != quote.customer_id
    ):
        drop_deal(quote)
        if deal_number:
            use_deal(quote, deal_numbered(deal_number), now=now)
    settle(quote, lines_of(quote), "changed", by=by, now=now, today=day_at(site, now), touched=None)
    return quote


def _choose(quote: Quote, changes: dict[str, Any]) -> None:
    """Another customer has other sites: one of the former's is left."""
    customer: Customer | None = changes.pop("customer", quote.customer)
    held: CustomerSite | None = changes.pop("customer_site", quote.customer_site)
    if held is not None and (customer is None or held.customer_id != customer.id):
        held = None
    choose_customer(quote, customer, held)


def _pay_in(quote: Quote, currency: str) -> None:
    if currency != quote.currency and currency not in currencies_in(quote.country):
        raise CurrencyUnknown
    quote.currency = currency


def _note(quote: Quote, changes: dict[str, Any], *, by: Actor, now: datetime, version: int | None) -> Quote:
    """What does not touch the offer is written on open quotes too."""
    quote = locked(quote, version)
    if quote.status != "draft":
        quote = offered(quote)
    for name, value in changes.items():
        setattr(quote, name, value)
    store(quote, "changed", by=by, now=now)
    return quote
