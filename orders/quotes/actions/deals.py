"""The registered deal whose discount a quote has: the site's own, approved, and for the quote's customer."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from deals.models import Deal
from deals.states import Status
from identity.privileges import Refusal

from ...models import Quote
from .ground import DealNotUsable

NOT_FOUND = Refusal(
    _("Your site has no deal registration of this number."),
    _("See the number on the deal's page in the opportunity manager."),
)
NOT_APPROVED = Refusal(
    _("This deal is not approved, so that it gives no discount."), _("The vendor's deal desk approves deals.")
)
OVER = Refusal(
    _("The registration of this deal has run out."), _("Register the deal again, or quote without it.")
)
OTHER_CUSTOMER = Refusal(
    _("This deal was registered for another customer."),
    _("Choose that customer for the quote, or another deal."),
)


def use_deal(quote: Quote, deal: Deal, *, now: datetime) -> None:
    """Take over a deal's discount as it was granted. Raises DealNotUsable."""
    refused = why_not(quote, deal, now=now)
    if refused is not None:
        raise DealNotUsable(refused)
    quote.deal = deal
    quote.deal_number = deal.number or ""
    quote.deal_discount_bp = deal.discount_bp or 0
    if quote.customer_id is None and deal.customer is not None:
        quote.customer, quote.customer_name = deal.customer, deal.customer.name
    if quote.distributor_id is None and deal.distributor is not None:
        quote.distributor, quote.distributor_name = deal.distributor, deal.distributor_name


def drop_deal(quote: Quote) -> None:
    quote.deal, quote.deal_number, quote.deal_discount_bp = None, "", None


def why_not(quote: Quote, deal: Deal, *, now: datetime) -> Refusal | None:
    """Why a deal gives its discount not to this quote; None when it does."""
    if deal.site_id != quote.site_id:
        return NOT_FOUND
    if deal.status not in (Status.APPROVED, Status.WON) or deal.discount_bp is None:
        return NOT_APPROVED
    if deal.status == Status.APPROVED and deal.expires_at is not None and deal.expires_at <= now:
        return OVER
    if quote.customer_id is not None and deal.customer_id != quote.customer_id:
        return OTHER_CUSTOMER
    return None


def deal_numbered(number: str) -> Deal:
    """The site's own deal of this number. Raises DealNotUsable."""
    found = Deal.objects.select_related("customer", "distributor").filter(number=number).first()
    if found is None:
        raise DealNotUsable(NOT_FOUND)
    return found
