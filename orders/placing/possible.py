"""Who sees orders, and what somebody may do with one now; of the rest why not, and who can change that."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity.access import PrivilegeMissing
from identity.actors import Actor, Kind
from identity.privileges import Privilege, Refusal, why_not

from ..models import Order, OrderStatus

P = Privilege
#: Any of these: whoever orders, quotes or reads reports at a partner; the vendor's people who look at sites.
SEERS = (P.ORDER_PLACE, P.QUOTE_MANAGE, P.REPORT_VIEW, P.ORDER_DECIDE, P.SITE_VIEW)

ONLY_RESELLERS = Refusal(
    _("Orders are placed by resellers. A distributor sees those that name it."),
    _("The reseller orders, and names you on the order."),
)
NOT_STAFF = Refusal(
    _("Orders are placed by resellers. The vendor's people accept or reject them."),
    _("The reseller orders, or calls its order off."),
)
NOT_VENDOR = Refusal(
    _("The vendor's channel operations accepts and rejects orders."), _("You are told what it decides.")
)
_TAKEN = Refusal(
    _("The vendor has answered this order already, so that it is not called off any more."),
    _("Customer care can help."),
)
_ELSEWHERE = Refusal(
    _("This order was not placed in the portal."),
    _("Whoever placed it can change it there; customer care can help."),
)
_ANSWERED = Refusal(_("This order was answered or called off already."), _("Nobody can change that."))


def placing_refused(actor: Actor) -> Refusal | None:
    """Why somebody cannot place orders; None when they can."""
    if actor.kind is Kind.DISTRIBUTOR:
        return ONLY_RESELLERS
    if actor.is_staff:
        return NOT_STAFF
    return why_not(actor, P.ORDER_PLACE)


def refusal(name: str, order: Order, actor: Actor) -> Refusal | None:
    """Why this actor cannot do this now: "cancel", "accept" or "reject"."""
    if name == "cancel":
        refused = placing_refused(actor)
    else:
        refused = why_not(actor, P.ORDER_DECIDE) if actor.is_staff else NOT_VENDOR
    if refused:
        return refused
    if not order.placed_here:
        return _ELSEWHERE
    if order.status != OrderStatus.PLACED:
        return _TAKEN if name == "cancel" else _ANSWERED
    return None


def deeds_for(order: Order, actor: Actor) -> dict[str, Refusal | None]:
    """The deeds to show this actor for this order, each with why it is not possible, or None."""
    names = {Kind.RESELLER: ("cancel",), Kind.STAFF: ("accept", "reject")}.get(actor.kind, ())
    return {name: refusal(name, order, actor) for name in names}


def demand_placing(actor: Actor) -> None:
    """Raises PrivilegeMissing for whoever does not place orders for a reseller's site."""
    if refused := placing_refused(actor):
        raise PrivilegeMissing(refused, P.ORDER_PLACE)
