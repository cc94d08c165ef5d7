"""Where renewals are in the navigation, and what of them needs somebody today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from identity import navigation, worklist
from identity.actors import Actor, Kind
from identity.privileges import Privilege
from identity.worklist import Figure, Task

from .worklist.listing import TO_RENEW, items_in

navigation.register(
    navigation.Entry(
        label=gettext_lazy("Renewals"),
        url_name="renewals:list",
        icon="calendar-event",
        section="work",
        order=15,
        kinds=frozenset({Kind.RESELLER, Kind.DISTRIBUTOR, Kind.STAFF}),
        privileges=(Privilege.RENEWAL_VIEW,),
    )
)

SOON = timedelta(days=30)


def _address(query: str) -> str:
    return f"{reverse('renewals:list')}?{query}"


def _counted(actor: Actor, today: date) -> dict[str, Any]:
    """How many are overdue, due within a week, assigned to the actor and due soon, and due soon at all. One query."""
    late, week = Q(due_on__lt=today), Q(due_on__gte=today, due_on__lt=today + timedelta(days=7))
    items = items_in(TO_RENEW, actor, today=today).filter(due_on__lte=today + SOON)
    return items.aggregate(
        late=Count("id", filter=late),
        week=Count("id", filter=week),
        first=Min("due_on", filter=week),
        mine=Count("id", filter=Q(assigned=actor.membership_id)),
        soon=Count("id", filter=~late),
    )


@worklist.register
def tasks(actor: Actor, now: datetime) -> Iterator[Task]:
    if not actor.is_partner or not actor.may(Privilege.RENEWAL_VIEW):
        return
    found = _counted(actor, timezone.localdate(now))
    if found["late"]:
        title = ngettext("%(count)s renewal is overdue", "%(count)s renewals are overdue", found["late"])
        yield Task(
            title=title % {"count": found["late"]},
            detail=_("What is late can still be renewed for a while, and may cost more."),
            href=_address("show=overdue"),
            icon="alert-triangle",
            tone="bad",
        )
    if found["week"]:
        title = ngettext(
            "%(count)s renewal is due in the next 7 days",
            "%(count)s renewals are due in the next 7 days",
            found["week"],
        )
        yield Task(
            title=title % {"count": found["week"]},
            detail=_("The list says of each what happens if nobody does anything."),
            href=_address("show=week"),
            icon="calendar-due",
            due_at=timezone.make_aware(datetime.combine(found["first"], time.max)),
            tone="warn",
        )
    if found["mine"]:
        title = ngettext(
            "%(count)s renewal that is assigned to you is due within 30 days",
            "%(count)s renewals that are assigned to you are due within 30 days",
            found["mine"],
        )
        yield Task(
            title=title % {"count": found["mine"]},
            detail=_("Colleagues count on you for these."),
            href=_address("assigned=me"),
            icon="user-check",
        )


@worklist.register_figures
def figures(actor: Actor, now: datetime) -> Iterator[Figure]:
    if not actor.is_partner or not actor.may(Privilege.RENEWAL_VIEW):
        return
    found = _counted(actor, timezone.localdate(now))
    yield Figure(
        label=_("Renewals due in 30 days"),
        value=found["soon"],
        href=_address("show=0-30"),
        hint=_("%(count)s overdue") % {"count": found["late"]} if found["late"] else "",
        icon="calendar-event",
        tone="warn" if found["late"] else "neutral",
    )
