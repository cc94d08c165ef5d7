"""Where subscriptions and customers' organisations are in the navigation, and what of them needs somebody today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from identity import navigation, worklist
from identity.actors import Actor, Kind
from identity.privileges import Privilege
from identity.worklist import Task

from ..models import Subscription, SubscriptionStatus
from .possible import SEERS

EVERYBODY = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR, Kind.STAFF})
SOON = timedelta(days=7)

navigation.register(
    navigation.Entry(
        gettext_lazy("Subscriptions"), "subscriptions:list", "apps", "work", 33, EVERYBODY, SEERS
    )
)
navigation.register(
    navigation.Entry(
        gettext_lazy("Organisations"), "organisations:list", "building", "work", 34,
        frozenset({Kind.RESELLER, Kind.STAFF}), SEERS,
    )
)  # fmt: skip


@worklist.register
def tasks(actor: Actor, now: datetime) -> Iterator[Task]:
    """What ends within a week, of resellers' people who can do something about it."""
    if actor.kind is not Kind.RESELLER or not actor.may(Privilege.ORDER_PLACE):
        return
    found = _counted(now)
    if found["trials"]:
        title = ngettext(
            "%(count)s trial ends within 7 days", "%(count)s trials end within 7 days", found["trials"]
        )
        yield Task(
            title=title % {"count": found["trials"]},
            detail=_("Order what is tried, and it goes on with everything in it; or extend the trial."),
            href=f"{reverse('subscriptions:list')}?show=trials&ends=30",
            icon="flask",
            tone="warn",
        )
    if found["cancelled"]:
        title = ngettext(
            "%(count)s cancelled subscription is deleted within 7 days",
            "%(count)s cancelled subscriptions are deleted within 7 days",
            found["cancelled"],
        )
        yield Task(
            title=title % {"count": found["cancelled"]},
            detail=_("Until then it can be restored, with everything in it."),
            href=f"{reverse('subscriptions:list')}?show=cancelled",
            icon="clock-x",
            due_at=found["first"],
            tone="warn",
        )


def _counted(now: datetime) -> dict[str, Any]:
    today = timezone.localdate(now)
    trial = Q(status=SubscriptionStatus.TRIAL, ends_on__gte=today, ends_on__lte=today + SOON)
    gone = Q(status=SubscriptionStatus.CANCELLED, restore_until__gt=now, restore_until__lte=now + SOON)
    return Subscription.objects.filter(trial | gone).aggregate(
        trials=Count("id", filter=trial),
        cancelled=Count("id", filter=gone),
        first=Min("restore_until", filter=gone),
    )
