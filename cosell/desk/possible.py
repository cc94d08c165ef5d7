"""What the vendor's people may do with their side of a deal now; of the rest why not, and who can change that."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.privileges import Privilege, Refusal, why_not

from ..models import Referral, VendorReferral
from ..states import Sharing, Status, Substatus

P = Privilege

CLOSED = Refusal(
    _("The vendor's side of this deal is closed, and what is closed is never changed."),
    _("The partner can create the deal again and ask once more."),
)
ANSWERED = Refusal(_("The vendor has accepted this deal already."), _("It can be closed as won or lost."))
TOO_LATE = Refusal(
    _("The time in which the vendor could answer is over."),
    _("The deal expires within a minute. The partner can create it again and ask once more."),
)
ANSWER_FIRST = Refusal(_("The vendor has not accepted this deal yet."), _("Accept or decline it first."))
PARTNER_CLOSED = Refusal(
    _("The partner has closed the deal meanwhile."),
    _("Decline it, or let it expire: nobody waits for help any more."),
)
NOT_ASKED = Refusal(
    _("The partner leads this deal and has not asked for help."),
    _("The partner can upgrade it to co-sell; then it is answered here."),
)


def why_not_answer(side: VendorReferral | None, actor: Actor, now: datetime) -> Refusal | None:
    """Why this actor cannot accept or decline now."""
    if refused := why_not(actor, P.REFERRAL_ANSWER):
        return refused
    if side is None:
        return NOT_ASKED
    if side.status == Status.CLOSED:
        return CLOSED
    if side.status == Status.ACTIVE:
        return ANSWERED
    return TOO_LATE if side.expires_at is not None and side.expires_at <= now else None


def why_not_accept(side: VendorReferral | None, actor: Actor, now: datetime) -> Refusal | None:
    """Why this actor cannot accept now: who can decline can, unless the partner has closed the deal meanwhile."""
    refused = why_not_answer(side, actor, now)
    if refused is None and side is not None and side.referral.status == Status.CLOSED:
        return PARTNER_CLOSED
    return refused


def why_not_close(side: VendorReferral | None, actor: Actor, now: datetime) -> Refusal | None:
    """Why this actor cannot win, lose or name another seller now."""
    if refused := why_not(actor, P.REFERRAL_ANSWER):
        return refused
    if side is None:
        return NOT_ASKED
    if side.status == Status.CLOSED:
        return CLOSED
    return ANSWER_FIRST if side.substatus != Substatus.ACCEPTED else None


def why_not_send(actor: Actor) -> Refusal | None:
    """Why this actor sends no deals to partners."""
    return why_not(actor, P.REFERRAL_ANSWER)


def deeds_for(
    referral: Referral, side: VendorReferral | None, actor: Actor, now: datetime
) -> dict[str, Refusal | None]:
    """The deeds to show for a deal, each with why it is not possible, or None."""
    if referral.sharing != Sharing.COSELL or side is None or side.status == Status.CLOSED:
        return {}
    if side.status == Status.NEW:
        return {"accept": why_not_accept(side, actor, now), "decline": why_not_answer(side, actor, now)}
    return dict.fromkeys(("win", "lose", "seller"), why_not_close(side, actor, now))
