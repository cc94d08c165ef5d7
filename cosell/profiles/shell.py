"""Where business profiles are in the navigation, and which of them need somebody today."""

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

from ..models import Profile, ProfileState

PARTNERS = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR})
P = Privilege

navigation.register(
    navigation.Entry(
        gettext_lazy("Business profiles"),
        "profiles:list",
        "id-badge-2",
        "work",
        46,
        PARTNERS,
        (P.PROFILE_EDIT,),
    )
)
navigation.register(
    navigation.Entry(
        gettext_lazy("Business profiles"), "profiles:queue", "id-badge-2", "vendor", 46, frozenset({Kind.STAFF}),
        (P.COSELL_DECIDE,),
    )
)  # fmt: skip


@worklist.register
def tasks(actor: Actor, now: datetime) -> Iterator[Task]:
    """To a partner what was stopped; to the vendor what goes live by itself unless they stop it."""
    if actor.is_staff and actor.may(P.COSELL_DECIDE):
        yield from _waiting()
    elif actor.is_partner and actor.may(P.PROFILE_EDIT):
        yield from _stopped()


def _waiting() -> Iterator[Task]:
    found = Profile.objects.filter(state=ProfileState.WAITING).aggregate(
        count=Count("id"), first=Min("live_at")
    )
    if not found["count"]:
        return
    title = ngettext(
        "%(count)s business profile waits to go live",
        "%(count)s business profiles wait to go live",
        found["count"],
    )
    yield Task(
        title=title % {"count": found["count"]},
        detail=_("Each goes live by itself unless you stop it."),
        href=reverse("profiles:queue"),
        icon="id-badge-2",
        due_at=found["first"],
    )


def _stopped() -> Iterator[Task]:
    for profile in Profile.objects.filter(state=ProfileState.STOPPED).order_by("id")[:3]:
        yield Task(
            title=_("The vendor stopped the profile “%(name)s”") % {"name": profile.name},
            detail=profile.reason[:200],
            href=reverse("profiles:profile", args=[profile.public_id]),
            icon="circle-x",
            tone="bad",
        )
