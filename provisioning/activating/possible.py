"""Who sees how far setting up is, and who may try again what failed; of the rest why not, and who can change it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import Privilege, Refusal, why_not

from ..models import Handing, LineStatus, SetupLine
from .progress import Progress, progress

P = Privilege
NOT_DISTRIBUTOR = Refusal(
    _("What is set up is looked after by the reseller who ordered it."), _("The reseller can do it.")
)
THE_CUSTOMERS = Refusal(
    _("The customer sets it up alone."),
    _("Whoever has the link can try again; channel operations can help."),
)
NOT_FAILED = Refusal(_("Nothing has failed."), _("Whatever fails can be tried again here."))
CANCELLED = Refusal(_("The order was called off or turned down."), _("It can be ordered again."))
BY_ENTERING = Refusal(
    _("The same again would fail again: something else is to be entered."),
    _("Whoever has the link can do it on its pages."),
)


def shown_to(actor: Actor, line: SetupLine, *, now: datetime) -> Progress | None:
    """How far a line is, for those who may see what was entered for it and what the backend said."""
    return None if not_shown(actor, line) else progress(line, now=now)


def not_shown(actor: Actor, line: SetupLine) -> Refusal | None:
    """Why somebody sees only the states of the services; the database keeps to the same."""
    if actor.kind is Kind.DISTRIBUTOR:
        return NOT_DISTRIBUTOR
    return THE_CUSTOMERS if actor.kind is Kind.RESELLER and line.handed_to == Handing.CUSTOMER else None


def refusal(actor: Actor, line: SetupLine, found: Progress | None) -> Refusal | None:
    """Why this actor cannot try it again now; `found` is what they see of it."""
    needed = P.ORDER_DECIDE if actor.is_staff else P.ORDER_PLACE
    if (refused := not_shown(actor, line) or why_not(actor, needed)) is not None:
        return refused
    if line.status == LineStatus.CANCELLED:
        return CANCELLED
    if found is None or not found.may_try_again:
        return NOT_FAILED
    return BY_ENTERING if found.by_entering else None
