"""Where the co-sell desk is in the navigation of the vendor's people, and what of it needs somebody today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from identity import navigation, worklist
from identity.actors import Actor, Kind
from identity.privileges import Privilege
from identity.worklist import Task

from ..models import VendorReferral
from ..referrals.clock import SOON
from .listing import AWAITING

navigation.register(
    navigation.Entry(
        gettext_lazy("Co-sell desk"), "cosell_desk:list", "heart-handshake", "work", 26, frozenset({Kind.STAFF}),
        (Privilege.REFERRAL_ANSWER, Privilege.COSELL_DECIDE),
    )
)  # fmt: skip


@worklist.register
def tasks(actor: Actor, now: datetime) -> Iterator[Task]:
    """Deals that wait for the vendor's answer."""
    if not (actor.is_staff and actor.may(Privilege.REFERRAL_ANSWER)):
        return
    assert AWAITING.of_vendor is not None
    found = VendorReferral.objects.filter(AWAITING.of_vendor).aggregate(
        number=Count("id"), first=Min("expires_at")
    )
    if not found["number"]:
        return
    title = ngettext(
        "%(count)s co-sell deal waits for the vendor's answer",
        "%(count)s co-sell deals wait for the vendor's answer",
        found["number"],
    )
    yield Task(
        title=title % {"count": found["number"]},
        detail=_("A deal that nobody answers expires. The first of them ends first in the list."),
        href=reverse("cosell_desk:list"),
        icon="heart-handshake",
        due_at=found["first"],
        tone="bad" if found["first"] - now < SOON else "warn",
    )
