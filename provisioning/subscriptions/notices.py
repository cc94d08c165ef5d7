"""What people are told about subscriptions and trials. Registered when the app starts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import Privilege, StaffRole
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

from ..models import Subscription

GROUP = _("Subscriptions")
PARTNERS = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR})


def _kind(name: str, **words: Any) -> NoticeKind:
    words.setdefault("kinds", PARTNERS)
    action = _("Open the subscription")
    return register(NoticeKind(name=f"subscription.{name}", group=GROUP, action=action, **words))


SUSPENDED = _kind(
    "suspended",
    title=_("A subscription was suspended"),
    subject=_("The subscription %(number)s of %(organisation)s is suspended"),
    body=_(
        "%(author)s suspended the subscription %(number)s of %(organisation)s (%(description)s).\n\n"
        "Nobody of the customer can use it until it is resumed. Its term goes on meanwhile."
    ),
    tone="warn",
    icon="player-pause",
)
RESUMED = _kind(
    "resumed",
    title=_("A subscription was resumed"),
    subject=_("The subscription %(number)s of %(organisation)s is active again"),
    body=_(
        "%(author)s resumed the subscription %(number)s of %(organisation)s (%(description)s). The customer can use it"
        " again."
    ),
    tone="good",
    icon="player-play",
)
CANCELLED = _kind(
    "cancelled",
    title=_("A subscription was cancelled"),
    subject=_("The subscription %(number)s of %(organisation)s is cancelled"),
    body=_(
        "%(author)s cancelled the subscription %(number)s of %(organisation)s (%(description)s).\n\n"
        "It can be restored until %(until)s, with everything in it. After that it is deleted."
    ),
    tone="bad",
    icon="circle-x",
)
RESTORED = _kind(
    "restored",
    title=_("A subscription was restored"),
    subject=_("The subscription %(number)s of %(organisation)s was restored"),
    body=_(
        "%(author)s restored the subscription %(number)s of %(organisation)s (%(description)s). It is active, with"
        " everything that was in it."
    ),
    tone="good",
    icon="arrow-back-up",
)
DELETED = _kind(
    "deleted",
    title=_("A subscription was deleted"),
    subject=_("The subscription %(number)s of %(organisation)s was deleted"),
    body=_(
        "The subscription %(number)s of %(organisation)s (%(description)s) was deleted by %(author)s, with everything"
        " in it. This cannot be undone."
    ),
    tone="bad",
    icon="trash",
)
WINDOW_ENDS = _kind(
    "window_ends",
    title=_("A cancelled subscription is deleted soon"),
    subject=_("The subscription %(number)s of %(organisation)s is deleted soon"),
    body=_(
        "The subscription %(number)s of %(organisation)s (%(description)s) was cancelled. It can be restored until"
        " %(until)s; then it is deleted, with everything in it."
    ),
    tone="warn",
    icon="clock-x",
)
TRIAL_BEGUN = _kind(
    "trial_begun",
    title=_("A trial was begun"),
    subject=_("%(organisation)s tries %(description)s"),
    body=_(
        "%(author)s began the trial %(number)s of %(description)s for %(organisation)s. Its last day is %(until)s.\n\n"
        "When it is ordered for the same organisation, it goes on as a subscription, with everything in it."
    ),
    icon="flask",
)
TRIAL_EXTENDED = _kind(
    "trial_extended",
    title=_("A trial was extended"),
    subject=_("%(organisation)s goes on trying %(description)s"),
    body=_(
        "%(author)s extended the trial %(number)s of %(description)s for %(organisation)s. Its last day is now"
        " %(until)s."
    ),
    icon="flask",
)
TRIAL_ENDS = _kind(
    "trial_ends",
    title=_("A trial ends soon"),
    subject=_("The trial of %(description)s by %(organisation)s ends soon"),
    body=_(
        "The last day of the trial %(number)s of %(description)s for %(organisation)s is %(until)s.\n\n"
        "Order it for the same organisation, and it goes on as a subscription, with everything in it; or extend it."
    ),
    tone="warn",
    icon="clock-exclamation",
)
TRIAL_ENDED = _kind(
    "trial_ended",
    title=_("A trial is over"),
    subject=_("The trial of %(description)s by %(organisation)s is over"),
    body=_(
        "The last day of the trial %(number)s of %(description)s for %(organisation)s was %(until)s. Nobody of the"
        " customer can use it any more.\n\n"
        "What is in it is kept: order it for the same organisation, or extend it, and it goes on."
    ),
    tone="warn",
    icon="clock-x",
)
NOT_TOLD = _kind(
    "not_told",
    title=_("The vendor's system does not follow a subscription"),
    subject=_("The change of the subscription %(number)s has not arrived"),
    body=_(
        "The system that provides the services has not taken the change of the subscription %(number)s of"
        " %(organisation)s (%(description)s):\n\n%(until)s\n\nIt is tried again every hour."
    ),
    tone="bad",
    icon="plug-connected-x",
    kinds=frozenset({Kind.STAFF}),
    privilege=Privilege.ORDER_EDIT,
)


def tell_of_change(
    subscription: Subscription,
    kind: NoticeKind,
    *,
    by: Actor,
    now: datetime,
    until: date | datetime | None = None,
) -> None:
    """The reseller's people who order, and the distributor; once for each change."""
    to = [
        Audience.site(subscription.reseller_id, Privilege.ORDER_PLACE) if subscription.reseller_id else None,
        Audience.site(subscription.distributor_id) if subscription.distributor_id else None,
    ]
    _tell(kind, [each for each in to if each], subscription, by=by, now=now, until=until)


def tell_of_trouble(subscription: Subscription, text: str, *, by: Actor, now: datetime) -> None:
    """The vendor's people who keep orders."""
    to = [Audience.staff(StaffRole.CHANNEL_OPERATIONS)]
    _tell(NOT_TOLD, to, subscription, by=by, now=now, until=text)


def _tell(
    kind: NoticeKind, to: list[Audience], subscription: Subscription, *, by: Actor, now: datetime, until: Any
) -> None:
    if not to:
        return
    tell(
        kind,
        to=to,
        by=by,
        now=now,
        href=reverse("subscriptions:subscription", args=[subscription.public_id]),
        dedupe_key=f"{kind.name}:{subscription.public_id}:{subscription.version}",
        context={
            "number": subscription.number,
            "organisation": subscription.organisation_name,
            "description": subscription.description,
            "author": by.name,
            "until": until,
        },
    )
