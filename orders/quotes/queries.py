"""Reads of quotes that several pages share."""

from __future__ import annotations

from collections.abc import Sequence

from customers.models import CustomerSite
from identity.models import Site, SiteKind

from ..models import Order, Quote


def versions_of(quote: Quote) -> list[Quote]:
    """All versions of a quote, the newest first."""
    found = Quote.objects.filter(site_id=quote.site_id, number=quote.number)
    return list(
        found.order_by("-revision").only("public_id", "number", "revision", "status", "total", "currency")
    )


def orders_of(quote: Quote) -> list[Order]:
    """What was ordered of any version of it, the newest first."""
    return list(
        Order.objects.filter(reseller_id=quote.site_id, quote_number=quote.number).order_by("-id")[:50]
    )


def sites_of(customer_id: int | None) -> Sequence[CustomerSite]:
    """The customer's sites that the reader's site may know of."""
    if customer_id is None:
        return []
    return list(CustomerSite.objects.filter(customer_id=customer_id).order_by("site_number")[:200])


def distributors() -> list[Site]:
    """Whom a reseller may name."""
    return list(Site.objects.filter(kind=SiteKind.DISTRIBUTOR, is_active=True).order_by("name", "id"))
