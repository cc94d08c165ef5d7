"""Who sees lines that are set up, and what somebody may do with one now; of the rest why not, and who can change it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import Privilege, Refusal, why_not
from orders.placing.possible import SEERS

from ..models import Handing, LineStatus, SetupLine
from ..models.lines import LINE_OPEN

P = Privilege
__all__ = ["DEEDS", "SEERS", "deeds_for", "refusal"]

NOT_DISTRIBUTOR = Refusal(
    _("What is set up is looked after by the reseller who ordered it."), _("The reseller can do it.")
)
CONFIRMED = Refusal(
    _("The organisations are confirmed, so the contact and the start date stand."),
    _("Whoever has the link goes on with the set-up; channel operations can help."),
)
CANCELLED = Refusal(_("The order was called off or turned down."), _("It can be ordered again."))
ACTIVE = Refusal(_("It is set up already."), _("What can be done now is on the page of the subscription."))
UNDER_WAY = Refusal(_("It is being set up."), _("The page of the set-up tells how far it is."))
CLOSED = Refusal(
    _("The line was closed because nobody set it up in time."), _("Open it again with a new start date.")
)
NOT_CLOSED = Refusal(_("The line is not closed."), _("Its start date can be changed instead."))
NOT_MAILED = Refusal(
    _("The mail goes out by itself on the start date."),
    _("Choose today as the start date to have it sent now."),
)
NOT_ACCEPTED = Refusal(
    _("The vendor has not accepted the order yet."), _("Channel operations accepts orders; you are told.")
)
THE_CUSTOMERS = Refusal(
    _("The customer sets this up alone, and your company has no access to the organisation."),
    _("Whoever has the link goes on with it; channel operations can help."),
)
FOR_PARTNERS = Refusal(
    _("Only the people of the reseller begin with the set-up from here."),
    _("Whoever has the link that was mailed can do it as well."),
)
NOT_VENDOR = Refusal(
    _("The vendor's account representative calls the contact."),
    _("Channel operations notes that it was done."),
)
NOT_TO_CALL = Refusal(
    _("Nobody has to call: somebody has begun, has been called, or has a day left to begin."),
    _("The list of lines to call has those that wait for it."),
)
DEEDS = ("contact", "start", "resend", "reopen", "begin")
OF_STAFF = ("called", "contact", "start", "resend", "reopen")


def refusal(name: str, line: SetupLine, actor: Actor, *, accepted: bool = True) -> Refusal | None:
    """Why this actor cannot do this now (one of DEEDS); `accepted`: the vendor has taken the order."""
    return not_theirs(name, actor) or _not_now(name, line, actor, accepted)


def not_theirs(name: str, actor: Actor) -> Refusal | None:
    """Why this actor can do this with no line at all; None when they can with some."""
    if actor.kind is Kind.DISTRIBUTOR:
        return NOT_DISTRIBUTOR
    if actor.is_staff:
        return FOR_PARTNERS if name == "begin" else why_not(actor, P.ORDER_DECIDE)
    if name == "called":
        return NOT_VENDOR
    return why_not(actor, P.ORDER_PLACE)


def _not_now(name: str, line: SetupLine, actor: Actor, accepted: bool) -> Refusal | None:
    over = {LineStatus.CANCELLED: CANCELLED, LineStatus.ACTIVE: ACTIVE}.get(LineStatus(line.status))
    if over:
        return over
    if name == "reopen":
        return NOT_CLOSED if line.status != LineStatus.CLOSED else None
    if line.status == LineStatus.CLOSED:
        return CLOSED
    if name == "begin":
        if line.onboarded_at is not None and line.handed_to == Handing.CUSTOMER:
            return THE_CUSTOMERS
        return None if accepted else NOT_ACCEPTED
    if line.status not in LINE_OPEN:
        return UNDER_WAY
    if name == "called":
        return NOT_TO_CALL if line.called_at is None else None
    if line.onboarded_at is not None:
        return CONFIRMED
    if name == "resend" and line.status == LineStatus.ORDERED:
        return NOT_MAILED if accepted else NOT_ACCEPTED
    return None


def deeds_for(line: SetupLine, actor: Actor, *, accepted: bool) -> dict[str, Refusal | None]:
    """The deeds to show this actor for this line, each with why it is not possible, or None."""
    names = {Kind.RESELLER: DEEDS, Kind.STAFF: OF_STAFF}.get(actor.kind, ())
    closed = line.status == LineStatus.CLOSED
    shown = [name for name in names if (name == "reopen") == closed or name == "begin"]
    if line.called_at is None and "called" in shown:
        shown.remove("called")  # nobody looks for it where nobody is to call
    return {name: refusal(name, line, actor, accepted=accepted) for name in shown}
