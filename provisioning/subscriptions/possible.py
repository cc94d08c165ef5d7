"""Who sees subscriptions, and what somebody may do with one now; of the rest why not, and who can change that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from identity.access import PrivilegeMissing
from identity.actors import Actor, Kind
from identity.privileges import Privilege, Refusal, why_not

from ..models import Organisation, Subscription, SubscriptionStatus

P = Privilege
S = SubscriptionStatus
#: Any of these: whoever orders, quotes or reads reports at a partner; the vendor's people who look at sites.
SEERS = (P.ORDER_PLACE, P.QUOTE_MANAGE, P.REPORT_VIEW, P.ORDER_EDIT, P.SITE_VIEW)
#: One of these changes them: the reseller's people who order, the vendor's who keep orders.
CHANGERS = (P.ORDER_PLACE, P.ORDER_EDIT)

#: From which states each deed is done.
FROM: Mapping[str, tuple[str, ...]] = {
    "suspend": (S.ACTIVE,),
    "resume": (S.SUSPENDED,),
    "cancel": (S.ACTIVE, S.SUSPENDED),
    "restore": (S.CANCELLED,),
    "extend": (S.TRIAL, S.TRIAL_EXPIRED),
    "delete": (S.CANCELLED, S.TRIAL, S.TRIAL_EXPIRED),
}

ONLY_RESELLERS = Refusal(
    _("The reseller changes subscriptions. A distributor sees those that name it."),
    _("The reseller can do it."),
)
CUSTOMERS_OWN = Refusal(
    _("The customer administers this organisation alone, so that your site changes nothing in it."),
    _("The customer can do it, or the vendor's channel operations for it."),
)
_OVER = Refusal(
    _("This subscription was deleted, and what was in it is gone."), _("A new order begins a new one.")
)
_TRIAL = Refusal(
    _("A trial is not suspended or cancelled: it ends by itself, or is deleted."),
    _("You can order what is tried: the trial then goes on as a subscription."),
)
_NOT: Mapping[str, Refusal] = {
    "suspend": Refusal(
        _("Only what is active is suspended."), _("Resume or restore the subscription first.")
    ),
    "resume": Refusal(_("Only what is suspended is resumed."), _("Nothing has to be done.")),
    "cancel": Refusal(_("This subscription is cancelled already."), _("You can restore or delete it.")),
    "restore": Refusal(_("Only what was cancelled is restored."), _("Nothing has to be done.")),
    "extend": Refusal(_("Only trials are extended."), _("A subscription goes on when it is renewed.")),
    "delete": Refusal(
        _("A subscription that runs is not deleted."), _("Cancel it first; it can be deleted after that.")
    ),
}
WINDOW_OVER = Refusal(
    _("The time in which this subscription could be restored is over."), _("A new order begins a new one.")
)


def changing_refused(actor: Actor) -> Refusal | None:
    """Why somebody changes no subscription at all; None when they do."""
    if actor.kind is Kind.DISTRIBUTOR:
        return ONLY_RESELLERS
    return why_not(actor, P.ORDER_EDIT if actor.is_staff else P.ORDER_PLACE)


def administers(actor: Actor, organisation_id: int) -> bool:
    """Whether the actor's site administers this organisation; the vendor's people and jobs may do what it may."""
    if not actor.is_partner:
        return True
    return Organisation.objects.filter(id=organisation_id, administered_by_id=actor.site_id).exists()


def refusal(
    name: str, subscription: Subscription, actor: Actor, *, now: datetime, administered: bool
) -> Refusal | None:
    """Why this actor cannot do this (a key of FROM) now; None when they can."""
    if refused := changing_refused(actor):
        return refused
    if not administered:
        return CUSTOMERS_OWN
    if subscription.status in FROM[name]:
        return WINDOW_OVER if name == "restore" and window_over(subscription, now) else None
    if subscription.status == S.DELETED:
        return _OVER
    if subscription.status in FROM["extend"]:
        return _TRIAL
    return _NOT[name]


def window_over(subscription: Subscription, now: datetime) -> bool:
    return subscription.restore_until is None or now >= subscription.restore_until


def deeds_for(subscription: Subscription, actor: Actor, *, now: datetime) -> dict[str, Refusal | None]:
    """The deeds to show this actor, each with why it is not possible, or None. What a trial has no use for, and what
    has become of others, is left out.
    """
    trial = subscription.status in FROM["extend"]
    shown = ["extend", "delete"] if trial else ["suspend", "resume", "cancel", "restore", "delete"]
    if subscription.status == S.SUSPENDED:
        shown.remove("suspend")
    elif not trial:
        shown.remove("resume")
    if subscription.status in (S.CANCELLED, S.DELETED):
        shown.remove("cancel")
    elif not trial:
        shown.remove("restore")
    administered = administers(actor, subscription.organisation_id)
    return {name: refusal(name, subscription, actor, now=now, administered=administered) for name in shown}


def demand_changing(actor: Actor) -> None:
    """Raises PrivilegeMissing for whoever changes no subscriptions."""
    if refused := changing_refused(actor):
        raise PrivilegeMissing(refused)
