"""Who may fill in the form of a line now; of the rest why not, and who can change it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import Privilege, Refusal, why_not

from ..models import LineStatus, SetupLine

P = Privilege
FILLERS = (P.ORDER_PLACE, P.ORDER_DECIDE)
NOT_DISTRIBUTOR = Refusal(
    _("The form is filled in by the reseller who ordered it."), _("The reseller can do it.")
)
ACTIVE = Refusal(
    _("It is set up already, with what stands here."), _("Channel operations can help with changes.")
)
CANCELLED = Refusal(_("The order was called off or turned down."), _("It can be ordered again."))


def refusal(line: SetupLine, actor: Actor) -> Refusal | None:
    """Why this actor cannot fill in the form now; None when they can."""
    if actor.kind is Kind.DISTRIBUTOR:
        return NOT_DISTRIBUTOR
    missing = why_not(actor, P.ORDER_DECIDE if actor.is_staff else P.ORDER_PLACE)
    over = {LineStatus.ACTIVE: ACTIVE, LineStatus.CANCELLED: CANCELLED}
    return missing or over.get(LineStatus(line.status))
