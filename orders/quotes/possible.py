"""What somebody may do with a quote now, and of the rest why not and who can change that.

One table for buttons, views and API.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.access import PrivilegeMissing
from identity.actors import Actor, Kind
from identity.privileges import Privilege, Refusal, why_not

from ..models import FINAL, ORDERABLE, Quote, QuoteStatus

P = Privilege
#: Whoever makes quotes sees those of the site; the vendor's people those that were opened.
SEERS = (P.QUOTE_MANAGE, P.SITE_VIEW)

ONLY_RESELLERS = Refusal(
    _("Quotes are made by resellers. A distributor sees the orders that name it."),
    _("Ask the reseller for its quote."),
)
ONLY_OPENED = Refusal(
    _("Quotes are the reseller's. The vendor's people read those that were opened."),
    _("The reseller changes them."),
)
_NOT_PROPOSAL = Refusal(
    _("What a quote offers stands, so that its lines are not changed any more."),
    _("Make a new version of it: it starts with everything that is in this one."),
)
_NOT_OPENED = Refusal(_("This is a proposal: its prices are not fixed yet."), _("Open it as a quote first."))
_FINAL = Refusal(
    _("This quote has come to an end, and is never changed again."), _("You can make a new version of it.")
)
_OPENED = Refusal(
    _("This quote was opened already, and is kept."), _("You can close it, or make a new version.")
)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done with a quote. `when`: in which states."""

    name: str
    label: str | Promise
    icon: str
    when: Sequence[str]
    privilege: Privilege = P.QUOTE_MANAGE


DRAFT = (QuoteStatus.DRAFT,)
DEEDS: dict[str, Deed] = {
    deed.name: deed
    for deed in (
        Deed("lines", _("Save the lines"), "check", DRAFT),
        Deed("add", _("Add"), "plus", DRAFT),
        Deed("edit", _("Change"), "pencil", DRAFT),
        Deed("reprice", _("Take over today's prices"), "refresh", DRAFT),
        Deed("open", _("Open as a quote"), "send", DRAFT),
        Deed("split", _("Split by site"), "arrows-split", DRAFT),
        Deed("merge", _("Take over another proposal"), "arrows-join", DRAFT),
        Deed("discard", _("Discard"), "trash", DRAFT),
        Deed("order", pgettext_lazy("what one does", "Order"), "shopping-cart", ORDERABLE, P.ORDER_PLACE),
        Deed("revise", _("New version"), "versions", (*ORDERABLE, *FINAL)),
        Deed("close", _("Close"), "x", ORDERABLE),
    )
}


def deeds_for(quote: Quote, actor: Actor) -> dict[str, tuple[Deed, Refusal | None]]:
    """The deeds to show this actor for this quote, each with why it is not possible, or None."""
    if actor.kind is not Kind.RESELLER:
        return {}
    return {name: (deed, refusal(name, quote, actor)) for name, deed in DEEDS.items()}


def refusal(name: str, quote: Quote, actor: Actor) -> Refusal | None:
    """Why this actor cannot do this now: for want of a privilege, or because of the quote's state."""
    deed = DEEDS[name]
    if refused := refusal_of_kind(actor) or why_not(actor, deed.privilege):
        return refused
    if quote.status in deed.when:
        return None
    if quote.status == QuoteStatus.DRAFT:
        return _NOT_OPENED
    if quote.status in FINAL:
        return _FINAL
    return _OPENED if name == "discard" else _NOT_PROPOSAL


def refusal_of_kind(actor: Actor) -> Refusal | None:
    """Why somebody who works for no reseller makes no quotes at all."""
    if actor.kind is Kind.DISTRIBUTOR:
        return ONLY_RESELLERS
    return ONLY_OPENED if actor.is_staff else None


def demand_reader(actor: Actor) -> None:
    """Raises PrivilegeMissing for a distributor, who sees no quotes."""
    if actor.kind is Kind.DISTRIBUTOR:
        raise PrivilegeMissing(ONLY_RESELLERS, P.QUOTE_MANAGE)


def demand_maker(actor: Actor, privilege: Privilege = P.QUOTE_MANAGE) -> None:
    """Raises PrivilegeMissing for whoever does not make quotes (or place orders) for a reseller's site."""
    if refused := refusal_of_kind(actor) or why_not(actor, privilege):
        raise PrivilegeMissing(refused, privilege)
