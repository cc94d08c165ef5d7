"""Who sees leads, and what somebody may do with one now; of the rest why not, and who can change it."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.privileges import Privilege, Refusal, why_not

from ..models import Lead
from ..rights.possible import why_no_new_deal, why_not_administrator_at
from .states import ArchiveReason, Stage

P = Privilege

THE_PARTNERS = Refusal(
    _("A lead is answered by the partner that it came to."),
    _("The referrals administrators of the partner can do it."),
)
ACCEPTED = Refusal(
    _("The lead is accepted already."), _("Whoever works on it can archive it, or make a deal of it.")
)
ARCHIVED = Refusal(
    _("The lead is archived."),
    _("The list of leads shows those that are open. Only spam comes back from there."),
)
NOT_ACCEPTED = Refusal(
    _("The lead is not accepted yet."), _("Accept it first: then the customer knows that you work on it.")
)
NOT_ARCHIVED = Refusal(_("The lead is not archived."), _("There is nothing to bring back."))
NOT_SPAM = Refusal(
    _("The lead was archived on purpose."), _("If the customer asks again, they can send another enquiry.")
)
IS_DEAL = Refusal(
    _("A deal was made of this lead."), _("It goes on with the deal; its page has a link to it.")
)

Why = Refusal | None


def _of_person(actor: Actor, privilege: Privilege) -> Why:
    """Why this actor can do this with no lead at all."""
    return THE_PARTNERS if actor.is_staff else why_not(actor, privilege)


def why_not_accept(lead: Lead, actor: Actor) -> Why:
    if refused := _of_person(actor, P.REFERRAL_WORK):
        return refused
    return {Stage.ACCEPTED: ACCEPTED, Stage.ARCHIVED: ARCHIVED}.get(Stage(lead.stage))


def why_not_archive(lead: Lead, actor: Actor) -> Why:
    if refused := _of_person(actor, P.REFERRAL_WORK):
        return refused
    return ARCHIVED if lead.stage == Stage.ARCHIVED else None


def why_not_spam(lead: Lead, actor: Actor) -> Why:
    if refused := why_not_archive(lead, actor):
        return refused
    return IS_DEAL if lead.referral_id is not None else None


def why_not_restore(lead: Lead, actor: Actor) -> Why:
    """Taking a lead up again that was taken for spam, or turned away by the size of the company."""
    if refused := _of_person(actor, P.REFERRAL_WORK):
        return refused
    if lead.stage != Stage.ARCHIVED:
        return NOT_ARCHIVED
    return None if lead.reason in (ArchiveReason.SPAM, ArchiveReason.SIZE) else NOT_SPAM


def why_not_assign(lead: Lead, actor: Actor) -> Why:
    if refused := _of_person(actor, P.REFERRAL_MANAGE):
        return refused
    return ARCHIVED if lead.stage == Stage.ARCHIVED else why_not_administrator_at(lead.location_id)


def why_not_deal(lead: Lead, actor: Actor) -> Why:
    """Making a deal of it."""
    if actor.is_staff:
        return THE_PARTNERS
    if lead.referral_id is not None:
        return IS_DEAL
    if lead.stage != Stage.ACCEPTED:
        return ARCHIVED if lead.stage == Stage.ARCHIVED else NOT_ACCEPTED
    return why_no_new_deal(actor)


#: What a deed takes that takes more than working on what one sees.
PRIVILEGE: dict[str, Privilege] = {"assign": P.REFERRAL_MANAGE, "deal": P.REFERRAL_MANAGE}
WHY: dict[str, Callable[[Lead, Actor], Why]] = {
    "accept": why_not_accept,
    "archive": why_not_archive,
    "spam": why_not_spam,
    "restore": why_not_restore,
    "assign": why_not_assign,
    "deal": why_not_deal,
}


def deeds_for(lead: Lead, actor: Actor) -> dict[str, Why]:
    """The deeds to show this actor for this lead, each with why it is not possible, or None.

    Of those that are over nobody looks for the first steps, nor of open ones for the way back.
    """
    if actor.is_staff:
        return {}
    shown = ("restore",) if lead.stage == Stage.ARCHIVED else ("accept", "deal", "assign", "archive", "spam")
    return {name: WHY[name](lead, actor) for name in shown}
