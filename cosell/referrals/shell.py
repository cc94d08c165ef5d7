"""Where co-sell deals are in the navigation, and which of them await an answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from identity import navigation, worklist
from identity.actors import Actor, Kind
from identity.privileges import Privilege
from identity.worklist import Task

from ..models import Referral
from ..states import Status, Substatus
from .clock import SOON

P = Privilege

navigation.register(
    navigation.Entry(
        gettext_lazy("Co-sell deals"), "referrals:list", "heart-handshake", "work", 36,
        frozenset({Kind.RESELLER, Kind.DISTRIBUTOR}), (P.REFERRAL_VIEW,),
    )
)  # fmt: skip


@worklist.register
def tasks(actor: Actor, now: datetime) -> Iterator[Task]:
    """Deals that await an answer, with the soonest deadline, and those whose close date has passed."""
    if not actor.is_partner or not actor.may(P.REFERRAL_WORK):
        return
    waits = Q(substatus=Substatus.RECEIVED, expires_at__gt=now)
    late = Q(status=Status.ACTIVE, close_on__lt=now.date())
    found = Referral.objects.filter(waits | late).aggregate(
        waiting=Count("id", filter=waits),
        first=Min("expires_at", filter=waits),
        late=Count("id", filter=late),
    )
    if found["waiting"]:
        title = ngettext(
            "%(count)s co-sell deal awaits your answer",
            "%(count)s co-sell deals await your answer",
            found["waiting"],
        )
        yield Task(
            title=title % {"count": found["waiting"]},
            detail=_("Accept or decline: what nobody answers in time expires, and cannot be taken up again."),
            href=f"{reverse('referrals:list')}?substatus={Substatus.RECEIVED}",
            icon="heart-handshake",
            due_at=found["first"],
            tone="warn" if found["first"] - now < SOON else "info",
        )
    if found["late"]:
        title = ngettext(
            "%(count)s co-sell deal should have closed by now",
            "%(count)s co-sell deals should have closed by now",
            found["late"],
        )
        yield Task(
            title=title % {"count": found["late"]},
            detail=_("Close it as won or lost, or give it another close date."),
            href=f"{reverse('referrals:list')}?status={Status.ACTIVE}&order=close",
            icon="calendar-x",
            tone="warn",
        )
