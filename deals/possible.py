"""What somebody may do with a deal now, and of the rest why not and who can change that (C4).

One table for buttons, views and API: the state machine of states.py, and the privilege each deed needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.access import PrivilegeMissing
from identity.actors import Actor, Kind
from identity.privileges import Privilege, Refusal, why_not

from . import living
from .living import Known
from .models import Deal
from .states import EDITABLE, TERMINAL, TRANSITIONS, WAITING, Status

S = Status


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done with a deal. `to` is the state it leads to; `name` that of its address."""

    name: str
    label: str | Promise
    privilege: Privilege
    icon: str
    to: Status | None = None
    button: str = "secondary"


DEEDS: dict[str, Deed] = {
    deed.name: deed
    for deed in (
        Deed("edit", _("Continue editing"), Privilege.DEAL_REGISTER, "pencil", button="primary"),
        Deed("withdraw", _("Withdraw"), Privilege.DEAL_REGISTER, "arrow-back", S.WITHDRAWN),
        Deed("win", _("Won"), Privilege.DEAL_REGISTER, "trophy", S.WON, "primary"),
        Deed("lose", _("Lost"), Privilege.DEAL_REGISTER, "mood-sad", S.LOST),
        Deed("amend", _("Change"), Privilege.DEAL_REGISTER, "pencil"),
        Deed("ask_extension", _("Ask for an extension"), Privilege.DEAL_REGISTER, "hourglass"),
        Deed("take_extension_back", _("Take the request back"), Privilege.DEAL_REGISTER, "arrow-back"),
        Deed("again", _("Register again"), Privilege.DEAL_REGISTER, "refresh", button="primary"),
        Deed("appeal", _("Appeal"), Privilege.DEAL_REGISTER, "gavel"),
        Deed("take", _("Begin review"), Privilege.DEAL_DECIDE, "eye", S.UNDER_REVIEW),
        Deed("approve", _("Approve"), Privilege.DEAL_DECIDE, "circle-check", S.APPROVED, "primary"),
        Deed("ask", _("Ask the partner"), Privilege.DEAL_DECIDE, "help"),
        Deed("return", _("Return for changes"), Privilege.DEAL_DECIDE, "arrow-back-up", S.RETURNED),
        Deed("reject", _("Reject"), Privilege.DEAL_DECIDE, "circle-x", S.REJECTED, "danger"),
        Deed("revoke", _("Revoke"), Privilege.DEAL_DECIDE, "ban", S.REVOKED, "danger"),
        Deed("extend", _("Extend"), Privilege.DEAL_DECIDE, "hourglass", button="primary"),
        Deed("refuse_extension", _("Do not extend"), Privilege.DEAL_DECIDE, "hourglass-off"),
        Deed("comment", _("Comment"), Privilege.DEAL_REGISTER, "message"),
    )
}
DEEDS_OF: dict[Kind, tuple[str, ...]] = {
    Kind.RESELLER: (
        "edit", "amend", "ask_extension", "take_extension_back", "withdraw", "win", "lose",
        "again", "appeal", "comment",
    ),
    Kind.DISTRIBUTOR: ("comment",),
    Kind.STAFF: (
        "take", "approve", "ask", "return", "reject", "extend", "refuse_extension", "revoke", "comment",
    ),
}  # fmt: skip
# Deeds that are only spoken of in some states. The others are shown while the deal is open, possible or not.
SHOWN_IN: dict[str, tuple[str, ...]] = {
    "amend": (*WAITING, S.APPROVED),
    "ask_extension": (S.APPROVED,),
    "take_extension_back": (S.APPROVED,),
    "extend": (S.APPROVED,),
    "refuse_extension": (S.APPROVED,),
    "again": TERMINAL,
    "appeal": (S.REJECTED,),
    "comment": tuple(S),
}
WHILE_EXTENSION_WAITS = ("take_extension_back", "extend", "refuse_extension")


_NOT_SUBMITTED = Refusal(_("The deal has not been submitted yet."), _("Complete and submit it first."))
_DECIDING = Refusal(
    _("The deal waits for the vendor's decision."), _("The vendor's deal desk decides; you are told at once.")
)
_WITH_PARTNER = Refusal(
    _("The deal was returned to the partner for changes."), _("The partner submits it again.")
)
_APPROVED = Refusal(
    _("The deal is approved already."), _("The partner marks it as won or lost; you can revoke the approval.")
)
_FROZEN = Refusal(
    _("The deal is approved, and is changed in another way."),
    _("Choose “Change” on its page: there you see what has to be approved again."),
)
_CLOSED = Refusal(_("The deal is closed, and a closed deal is never changed."), _("Nobody can change that."))
_TAKEN = Refusal(_("The deal is under review already."), _("Whoever reviews it decides, or you do."))
_NOT_APPROVED = Refusal(_("The deal is not approved."), _("The deal desk approves a deal first."))
_DRAFT_IS_DISCARDED = Refusal(
    _("A draft is not withdrawn: nobody has seen it yet."), _("You can discard it from its editor.")
)


def deeds_for(deal: Deal, actor: Actor, known: Known | None = None) -> dict[str, tuple[Deed, Refusal | None]]:
    """The deeds to show this actor for this deal, each with why it is not possible, or None.

    A closed deal offers no moves at all; it can be commented on, and by its partner be registered again.
    """
    known = known or Known(deal, now=timezone.now())
    names = [name for name in DEEDS_OF.get(actor.kind, ()) if _is_spoken_of(name, deal)]
    return {name: (DEEDS[name], refusal(name, deal, actor, known)) for name in names}


def _is_spoken_of(name: str, deal: Deal) -> bool:
    if name in SHOWN_IN:
        shown = deal.status in SHOWN_IN[name]
    else:
        shown = deal.status not in TERMINAL
    return shown and (name not in WHILE_EXTENSION_WAITS or deal.extension_asked_at is not None)


ONLY_RESELLERS = Refusal(
    _("A distributor reads and comments; the reseller registers the deal and brings it to its end."),
    _("Ask the reseller, or write a comment."),
)


def demand_deed(name: str, actor: Actor) -> None:
    """Raises PrivilegeMissing when this is not for this kind of actor at all, or the privilege is missing."""
    deed = DEEDS.get(name)
    if name == "comment" or (deed and name in DEEDS_OF.get(actor.kind, ())):
        return
    refused = why_not(actor, deed.privilege) if deed else why_not(actor, Privilege.DEAL_REGISTER)
    raise PrivilegeMissing(refused or ONLY_RESELLERS, deed.privilege if deed else Privilege.DEAL_REGISTER)


def demand_reseller(actor: Actor) -> None:
    """Raises PrivilegeMissing for whoever does not register deals for a site of their own."""
    demand_deed("edit", actor)


ONLY_DISTRIBUTORS = Refusal(
    _("Proposals are made by distributors; a reseller registers its deals itself."),
    _("Register the deal, and name the distributor on it."),
)


def demand_distributor(actor: Actor) -> None:
    """Raises PrivilegeMissing for whoever does not propose deals to resellers."""
    if actor.kind is not Kind.DISTRIBUTOR:
        raise PrivilegeMissing(ONLY_DISTRIBUTORS, Privilege.DEAL_REGISTER)


def refusal(name: str, deal: Deal, actor: Actor, known: Known | None = None) -> Refusal | None:
    """Why this actor cannot do this now: for want of a privilege, because of the deal's state, or by the rules."""
    deed = DEEDS[name]
    if name == "comment":
        if not (actor.may(Privilege.DEAL_REGISTER) or actor.may(Privilege.DEAL_DECIDE)):
            return why_not(actor, Privilege.DEAL_DECIDE if actor.is_staff else Privilege.DEAL_REGISTER)
        return _NOT_SUBMITTED if deal.status == S.DRAFT else None
    if not actor.may(deed.privilege):
        return why_not(actor, deed.privilege)
    known = known or Known(deal, now=timezone.now())
    if name in BY_RULES:
        return BY_RULES[name](known)
    if refused := _refusal_of_state(deed, deal):
        return refused
    if name in ("win", "lose"):
        return living.of_end(known)
    return living.of_judging(known, actor) if name in ("approve", "reject") else None


# What the state alone does not decide.
BY_RULES: dict[str, Callable[[Known], Refusal | None]] = {
    "amend": living.of_amending,
    "ask_extension": living.of_asking,
    "take_extension_back": living.of_deciding_extension,
    "extend": living.of_deciding_extension,
    "refuse_extension": living.of_deciding_extension,
    "appeal": living.of_appealing,
}


def _refusal_of_state(deed: Deed, deal: Deal) -> Refusal | None:
    status = deal.status
    if deed.name == "again":
        return None if status in TERMINAL else _DECIDING
    if deed.name == "edit":
        possible = status in EDITABLE
    elif deed.name == "ask":
        possible = status in WAITING
    else:
        possible = (status, deed.to) in TRANSITIONS
    if possible:
        return None
    if status in TERMINAL:
        return _CLOSED
    if deed.name == "withdraw":
        return _DRAFT_IS_DISCARDED
    if deed.name == "revoke":
        return _NOT_APPROVED
    if status == S.DRAFT:
        return _NOT_SUBMITTED
    if status == S.RETURNED:
        return _WITH_PARTNER if deed.privilege is Privilege.DEAL_DECIDE else _NOT_APPROVED
    if status in WAITING:
        return _TAKEN if deed.name == "take" else _DECIDING
    return _FROZEN if deed.name == "edit" else _APPROVED
