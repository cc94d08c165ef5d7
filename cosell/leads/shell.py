"""Where leads are in the navigation, and which of them need somebody today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from identity import navigation, worklist
from identity.actors import Actor, Kind
from identity.privileges import Privilege
from identity.worklist import Task

from ..models import Lead
from .listing import waiting_of
from .states import PATIENCE, Stage

P = Privilege

navigation.register(
    navigation.Entry(
        pgettext_lazy("page", "Leads"), "leads:list", "user-plus", "work", 37,
        frozenset({Kind.RESELLER, Kind.DISTRIBUTOR}), (P.REFERRAL_VIEW,),
    )
)  # fmt: skip


@worklist.register
def tasks(actor: Actor, now: datetime) -> Iterator[Task]:
    if actor.is_partner and actor.may(P.REFERRAL_WORK):
        yield from _to_answer(now)


def _to_answer(now: datetime) -> Iterator[Task]:
    """Leads that nobody has answered; those whose customers have waited too long first."""
    received, late = Q(stage=Stage.RECEIVED), waiting_of(now)
    found = Lead.objects.filter(received).aggregate(
        received=Count("id"), late=Count("id", filter=late),
        first=Min("received_at", filter=Q(wants_contact=True) & ~late),
    )  # fmt: skip
    here = f"{reverse('leads:list')}?stage={Stage.RECEIVED}"
    if found["late"]:
        title = ngettext(
            "%(count)s customer has waited for more than 72 hours to be contacted",
            "%(count)s customers have waited for more than 72 hours to be contacted",
            found["late"],
        )
        yield Task(
            title=title % {"count": found["late"]},
            detail=_("Get in touch today, or archive the lead."),
            href=here,
            icon="hourglass",
            tone="bad",
        )
    if found["received"] > found["late"]:
        number = found["received"] - found["late"]
        title = ngettext(
            "%(count)s lead waits for your answer", "%(count)s leads wait for your answer", number
        )
        yield Task(
            title=title % {"count": number},
            detail=_("How quickly you answer counts when partners are matched to customers."),
            href=here,
            icon="user-plus",
            due_at=found["first"] + PATIENCE if found["first"] else None,
        )
