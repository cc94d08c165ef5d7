"""A quote for the customer, made of renewals that were selected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import CustomerSite
from identity.actors import Actor, Kind
from identity.models import Site
from identity.privileges import Privilege, Refusal, why_not
from orders.models import Quote
from orders.quotes import WantedLine, begin_quote
from pricing.products.queries import sibling

from .models import RenewalItem
from .worklist.outlook import outlook_of


class CannotBeQuoted(Exception):
    """The renewals selected do not make one quote. `reason` says why, for whoever selected them."""

    def __init__(self, reason: object) -> None:
        super().__init__(str(reason))
        self.reason = reason


def refusal(actor: Actor) -> Refusal | None:
    """Why this actor makes no quotes, if so."""
    if actor.kind is Kind.DISTRIBUTOR:
        return Refusal(
            _("Quotes for customers are made by their reseller."),
            _("The reseller on the renewal can make one."),
        )
    return why_not(actor, Privilege.QUOTE_MANAGE)


def quote_of(items: Sequence[RenewalItem], *, by: Actor, now: datetime) -> Quote:
    """A proposal with a line for each item, for what is left of it to be ordered.

    Coverage goes on the day after it ends, and each line has the price of the day on which it starts.
    Raises CannotBeQuoted, and what `begin_quote` raises.
    """
    _demand(items)
    sites = _sites_of(items)
    same = {item.customer_site_id for item in items}
    today = timezone.localdate(now)
    lines = [_line(item, sites.get(item.customer_site_id or 0), today) for item in items]
    return begin_quote(
        by=by,
        now=now,
        customer=items[0].customer,
        customer_site=sites.get(items[0].customer_site_id or 0) if len(same) == 1 else None,
        currency=items[0].currency,
        kind="renewal",
        title=items[0].site_name if len(same) == 1 else items[0].customer_name,
        lines=lines,
        distributor=_distributor_of(items),
    )


def _line(item: RenewalItem, site: CustomerSite | None, today: date) -> WantedLine:
    """What is ordered to renew an item. What has lapsed is ordered as what it comes back as, from today on."""
    part_number, starts = item.part_number, item.new_start
    ends: date | None = item.new_end
    expected = outlook_of(item.kind, item.current_end, today)
    if expected.is_late and expected.now.part_type != item.part_type:
        again = sibling(item.part, expected.now.part_type) if item.part is not None else None
        if again is not None:
            part_number, starts, ends = again.number, today, None
    return WantedLine(
        part_number=part_number,
        quantity=left_of(item),
        installed=left_of(item),
        coverage_start=starts,
        coverage_end=ends,
        covered_until=item.current_end,
        customer_site=site,
        renewal_item=item.public_id,
        renewal_quote=item.quote_number,
        renewal_line=item.line_number,
    )


def left_of(item: RenewalItem) -> int:
    """How many of an item were not ordered yet; all of them once more where all were."""
    return max(item.quantity - item.ordered, 0) or item.quantity


def _demand(items: Sequence[RenewalItem]) -> None:
    """Raises CannotBeQuoted unless the items make one quote."""
    if not items:
        raise CannotBeQuoted(_("Select the renewals that go into the quote first."))
    if any(item.settled_on is not None for item in items):
        raise CannotBeQuoted(
            _("One of the renewals that you selected is over. It cannot be quoted any more.")
        )
    if len({item.customer_id for item in items}) > 1:
        raise CannotBeQuoted(
            _("A quote is for one customer. Select renewals of the same customer, and make a quote for each.")
        )
    if len({item.currency for item in items}) > 1:
        raise CannotBeQuoted(
            _("A quote is in one currency. Select renewals in the same currency, and make a quote for each.")
        )


def _sites_of(items: Sequence[RenewalItem]) -> dict[int, CustomerSite]:
    ids = {item.customer_site_id for item in items if item.customer_site_id is not None}
    return CustomerSite.objects.in_bulk(list(ids))


def _distributor_of(items: Sequence[RenewalItem]) -> Site | None:
    """The one that stands on all of them."""
    ids = {item.distributor_id for item in items}
    (one,) = ids if len(ids) == 1 else (None,)
    return Site.objects.filter(id=one, is_active=True).first() if one is not None else None
