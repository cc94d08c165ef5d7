"""Which won deals can be registered, and what can be done with a registration; of the rest why not."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from identity.actors import Actor
from identity.privileges import Privilege, Refusal, Role, why_not

from ..models import Referral, RegistrationStatus, VendorReferral, WonRegistration
from ..rights.possible import why_not_administrator_at
from ..rights.scopes import ids_of
from ..states import Sharing, Substatus
from .content import eligible_solutions

P = Privilege
S = RegistrationStatus
SEERS = (P.REFERRAL_MANAGE, P.COSELL_DECIDE)
#: Between the making of a deal and its being won: a deal is not made for the reward (reference of co-sell referrals).
AT_LEAST = timedelta(hours=72)
LOOKED_AT = 20  # won deals, for those that could be registered
OF_PARTNERS = ("correct", "withdraw")
OF_STAFF = ("approve", "require_action", "fail", "close")

EXPLAINS = _("Channel operations at the vendor can explain the rule; it holds for everybody.")
OF_THE_PARTNER = Refusal(
    _("Partners register their won deals themselves."), _("A referrals administrator of the partner can.")
)
PRIVATE = Refusal(
    _(
        "This deal is private. Only co-sell and partner-led deals are registered: the vendor saw these before."
    ),
    _("The next deal can be shared with the vendor before it is won."),
)
NOT_WON = Refusal(
    _("Only deals that are won are registered."),
    _("Whoever works on the deal can mark it as won when it is."),
)
VENDOR_NOT_IN = Refusal(
    _(
        "The vendor has not accepted this co-sell deal. It is registered when the vendor has taken part in it."
    ),
    _("The vendor's deal desk answers deals; one that expired or was declined is not registered."),
)
NO_INCENTIVE = Refusal(
    _("None of the solutions of this deal is eligible for an incentive."),
    _(
        "Channel operations at the vendor say for which incentive a solution is eligible, when they make it ready."
    ),
)
REGISTERED = Refusal(
    _("This deal is registered already."), _("A referrals administrator can look at its registration.")
)
OVER = Refusal(
    _("This registration is decided, and stays as it is."),
    _("Channel operations at the vendor can explain it."),
)
IN_REVIEW = Refusal(
    _("The vendor is looking at it. It is changed only when the vendor asks for something."),
    _(
        "Channel operations at the vendor can ask for a correction; or withdraw it and register the deal again."
    ),
)
WAITS_FOR_PARTNER = Refusal(
    _("It waits for the partner, who was asked to correct something."),
    _("A referrals administrator of the partner sends it again."),
)
VENDORS = Refusal(
    _("The vendor decides on registrations."), _("Channel operations at the vendor; you are told.")
)


# ------------------------------------------------------------------------------------------- registering


def why_not_register(referral: Referral, actor: Actor, now: datetime) -> Refusal | None:
    """The first rule that keeps a deal from being registered by this actor; None when they can."""
    return _not_theirs(actor) or next(iter(rules_against(referral)), None)


def rules_against(referral: Referral) -> list[Refusal]:
    """All that keeps a deal from being registered by who asks: what fails of the deal, and where they have the role."""
    elsewhere = why_not_administrator_at(referral.location_id)
    return [*failing_rules(referral), *([elsewhere] if elsewhere else [])]


def _not_theirs(actor: Actor) -> Refusal | None:
    return OF_THE_PARTNER if actor.is_staff else why_not(actor, P.REFERRAL_MANAGE)


def failing_rules(referral: Referral) -> Iterator[Refusal]:
    """Every rule of eligibility that the deal fails, so that nobody finds out one after the other (C9)."""
    if referral.sharing == Sharing.PRIVATE:
        yield PRIVATE
    if referral.substatus != Substatus.WON:
        yield NOT_WON
    if referral.sharing == Sharing.COSELL and not _vendor_took_part(referral):
        yield VENDOR_NOT_IN
    if not eligible_solutions(referral):
        yield NO_INCENTIVE
    if referral.closed_at is not None and referral.closed_at - referral.created_at < AT_LEAST:
        yield _too_quick(referral.closed_at - referral.created_at)
    if _registered(referral):
        yield REGISTERED


def registrable(actor: Actor, *, most: int = 5) -> list[Referral]:
    """The latest won deals of the actor's that can be registered and are not yet, `most` of them at most."""
    if _not_theirs(actor):
        return []
    won = Referral.objects.filter(substatus=Substatus.WON).exclude(sharing=Sharing.PRIVATE)
    won = won.exclude(id__in=_standing().values("referral_id")).order_by("-id")
    won = won.filter(location_id__in=ids_of(Role.REFERRALS_ADMIN))
    found = (referral for referral in won[:LOOKED_AT] if next(failing_rules(referral), None) is None)
    return list(itertools.islice(found, most))


def _vendor_took_part(referral: Referral) -> bool:
    """Accepted by the vendor or won, as its side says."""
    side = VendorReferral.objects.filter(referral_id=referral.id).first()
    return side is not None and side.substatus in (Substatus.ACCEPTED, Substatus.WON)


def _too_quick(took: timedelta) -> Refusal:
    hours = int(took.total_seconds() // 3600)
    words = ngettext(
        "Between making this deal and winning it there was %(count)s hour; it takes at least %(least)s.",
        "Between making this deal and winning it there were %(count)s hours; it takes at least %(least)s.",
        hours,
    )
    return Refusal(words % {"count": hours, "least": int(AT_LEAST.total_seconds() // 3600)}, EXPLAINS)


def _registered(referral: Referral) -> bool:
    return _standing().filter(referral_id=referral.id).exists()


def _standing() -> QuerySet[WonRegistration]:
    """Registrations that did not come to nothing: of each deal there is one at most."""
    return WonRegistration.objects.exclude(status__in=[S.FAILED, S.CLOSED])


# ------------------------------------------------------------------------------------------- one of them


def not_theirs(deed: str, actor: Actor) -> Refusal | None:
    """Why the actor can do this with no registration at all; None when they can with some."""
    if deed in OF_STAFF:
        return why_not(actor, P.COSELL_DECIDE) if actor.is_staff else VENDORS
    return _not_theirs(actor)


def refusal(deed: str, registration: WonRegistration, actor: Actor) -> Refusal | None:
    """Why the actor cannot do this now (one of OF_PARTNERS, OF_STAFF); None when they can."""
    if refused := not_theirs(deed, actor):
        return refused
    if registration.status not in (S.REVIEW_PENDING, S.ACTION_REQUIRED):
        return OVER
    if deed == "correct":
        if registration.status != S.ACTION_REQUIRED:
            return IN_REVIEW
        return None if eligible_solutions(registration.referral) else NO_INCENTIVE  # the vendor took it away
    if deed in ("approve", "require_action", "fail"):
        return None if registration.status == S.REVIEW_PENDING else WAITS_FOR_PARTNER
    return None


def deeds_for(registration: WonRegistration, actor: Actor) -> dict[str, Refusal | None]:
    return {
        deed: refusal(deed, registration, actor) for deed in (OF_STAFF if actor.is_staff else OF_PARTNERS)
    }
