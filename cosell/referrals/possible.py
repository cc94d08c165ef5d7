"""What somebody may do with a deal now; of the rest why not, and who can change that (C4).

The actions hold to the same functions, and the database to the states behind them (migrations/0002).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.privileges import Privilege, Refusal, why_not

from ..models import Location, Referral, VendorReferral
from ..rights.possible import why_no_new_deal, why_not_administrator_at
from ..states import Sharing, Status, Substatus
from .queries import partners_known

P = Privilege

PARTNERS_OWN = Refusal(
    _("A partner's side of a deal is the partner's to answer and to change."),
    _("The vendor answers on its own side, at the co-sell desk."),
)
CLOSED = Refusal(_("The deal is closed, and a closed deal is never changed."), _("Nobody can change that."))
ANSWERED = Refusal(_("The deal was answered already."), _("Nothing has to be done."))
ANSWER_FIRST = Refusal(
    _("The deal waits for your company's answer."), _("Accept it first: then it can be worked on.")
)
WINDOW_OVER = Refusal(
    _("The time in which the deal could be answered is over."),
    _("You can make it anew once it is marked as expired, within a minute."),
)
COSELL_ALREADY = Refusal(
    _("The vendor's help is asked for already, and what is shown is not taken back."),
    _("Nobody can change that."),
)
NO_CONSENT = Refusal(
    _("The customer has not agreed that the deal is shared with others."),
    _("Ask the customer; then tick their consent while editing the deal."),
)
NOT_DECLINED = Refusal(
    _(
        "A deal is made anew when it was declined, or ran out unanswered, on one of its sides. This one was not."
    ),
    _("You can go on with this one."),
)
WON_OR_LOST = Refusal(_("The deal was won or lost."), _("You can begin another one, as a new deal."))
RECREATED = Refusal(
    _("This deal was made anew already."), _("Open the new one: its number is on this deal's page.")
)
LOCATION_CLOSED = Refusal(
    _("This location is closed; nothing new comes there."),
    _("It can be opened again on its page."),
)
INVITED_ALREADY = Refusal(_("This partner is part of the deal already."), _("You can invite another one."))
PENDING = Refusal(_("The deal is still being prepared."), _("Accept it first: then it can be worked on."))


def _not_theirs(actor: Actor, privilege: Privilege = P.REFERRAL_WORK) -> Refusal | None:
    return PARTNERS_OWN if actor.is_staff else why_not(actor, privilege)


def _not_open(referral: Referral) -> Refusal | None:
    """Why the deal cannot be worked on: it is not active."""
    if referral.status == Status.CLOSED:
        return CLOSED
    return {Substatus.RECEIVED: ANSWER_FIRST, Substatus.PENDING: PENDING}.get(Substatus(referral.substatus))


def _why_not_answer(referral: Referral, actor: Actor, now: datetime) -> Refusal | None:
    if refused := _not_theirs(actor):
        return refused
    if referral.status == Status.CLOSED:
        return CLOSED
    if referral.status == Status.ACTIVE:
        return ANSWERED
    over = referral.expires_at is not None and referral.expires_at <= now
    return WINDOW_OVER if over and referral.substatus == Substatus.RECEIVED else None


def why_not_accept(referral: Referral, actor: Actor, now: datetime) -> Refusal | None:
    return _why_not_answer(referral, actor, now)


def why_not_decline(referral: Referral, actor: Actor, now: datetime) -> Refusal | None:
    return _why_not_answer(referral, actor, now)


def why_not_edit(referral: Referral, actor: Actor, now: datetime) -> Refusal | None:
    return _not_theirs(actor) or _not_open(referral)


def why_not_win(referral: Referral, actor: Actor, now: datetime) -> Refusal | None:
    return _not_theirs(actor) or _not_open(referral)


def why_not_lose(referral: Referral, actor: Actor, now: datetime) -> Refusal | None:
    return _not_theirs(actor) or _not_open(referral)


def why_not_stage(referral: Referral, actor: Actor, now: datetime) -> Refusal | None:
    return _not_theirs(actor) or _not_open(referral)


def why_not_upgrade(referral: Referral, actor: Actor, now: datetime) -> Refusal | None:
    if refused := _not_theirs(actor) or _not_open(referral):
        return refused
    return COSELL_ALREADY if referral.sharing == Sharing.COSELL else None


def why_not_invite(referral: Referral, actor: Actor, now: datetime) -> Refusal | None:
    if refused := _not_theirs(actor) or _not_open(referral):
        return refused
    return None if referral.consent_share else NO_CONSENT


def why_not_partner(referral: Referral, site_id: int) -> Refusal | None:
    """Why this partner cannot be invited: as far as whoever invites knows. Of those whom others invited they learn
    nothing, so an invitation of theirs goes out like any other (README.md).
    """
    return INVITED_ALREADY if site_id in partners_known(referral) else None


def why_not_recreate(referral: Referral, actor: Actor, now: datetime) -> Refusal | None:
    """After a decline by the vendor, or by accident by the partner itself (C7), where the actor begins deals.

    A handful of queries where it comes to that.
    """
    if refused := _not_theirs(actor, P.REFERRAL_MANAGE):
        return refused
    if referral.substatus in (Substatus.WON, Substatus.LOST):
        return WON_OR_LOST
    if not was_declined(referral):
        return NOT_DECLINED
    if Referral.objects.filter(recreated_from=referral).exists():
        return RECREATED
    if refused := why_no_new_deal(actor) or why_not_administrator_at(referral.location_id):
        return refused
    closed = Location.objects.filter(id=referral.location_id, closed_at__isnull=False).exists()
    return LOCATION_CLOSED if closed else None


def was_declined(referral: Referral) -> bool:
    """Whether one of its sides was declined or ran out."""
    if referral.substatus in (Substatus.DECLINED, Substatus.EXPIRED):
        return True
    if referral.sharing != Sharing.COSELL:
        return False
    said = VendorReferral.objects.filter(referral=referral).values_list("substatus", flat=True).first()
    return said in (Substatus.DECLINED, Substatus.EXPIRED)


WHY_NOT: Mapping[str, Callable[[Referral, Actor, datetime], Refusal | None]] = {
    "accept": why_not_accept,
    "decline": why_not_decline,
    "edit": why_not_edit,
    "stage": why_not_stage,
    "win": why_not_win,
    "lose": why_not_lose,
    "upgrade": why_not_upgrade,
    "invite": why_not_invite,
    "recreate": why_not_recreate,
}


def deeds_for(referral: Referral, actor: Actor, now: datetime) -> dict[str, Refusal | None]:
    """The deeds to show this actor for this deal, each with why it is not possible, or None. For one deal's page."""
    if actor.is_staff:
        return {}
    waits = referral.status == Status.NEW
    names = ("accept", "decline") if waits else ("edit", "stage", "win", "lose", "upgrade", "invite")
    shown = {name: WHY_NOT[name](referral, actor, now) for name in names}
    if was_declined(referral):
        shown["recreate"] = why_not_recreate(referral, actor, now)
    return shown
