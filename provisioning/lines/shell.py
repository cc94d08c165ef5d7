"""Where lines are in the navigation, and what of them needs somebody today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from identity import navigation, worklist
from identity.actors import Actor, Kind
from identity.privileges import Privilege
from identity.worklist import Task

from ..models import LineStatus, SetupLine
from .listing import TO_CALL
from .possible import SEERS

P = Privilege
SOON = timedelta(days=3)

navigation.register(
    navigation.Entry(
        pgettext_lazy("page", "Set up"), "provisioning:list", "cloud-check", "work", 32,
        frozenset({Kind.RESELLER, Kind.DISTRIBUTOR, Kind.STAFF}), SEERS,
    )
)  # fmt: skip


@worklist.register
def tasks(actor: Actor, now: datetime) -> Iterator[Task]:
    if actor.is_staff and actor.may(P.ORDER_DECIDE):
        yield from _to_call()
    if actor.kind is Kind.RESELLER and actor.may(P.ORDER_PLACE):
        yield from _closing(now)


def _to_call() -> Iterator[Task]:
    """Lines that nobody has begun to set up: the account representative calls."""
    found = SetupLine.objects.filter(TO_CALL).aggregate(number=Count("id"), closes=Min("closes_at"))
    if found["number"]:
        title = ngettext(
            "Call about %(count)s line that nobody has begun to set up",
            "Call about %(count)s lines that nobody has begun to set up",
            found["number"],
        )
        yield Task(
            title=title % {"count": found["number"]},
            detail=_("The first of them closes if nobody sets it up in time."),
            href=f"{reverse('provisioning:list')}?show=call",
            icon="phone",
            due_at=found["closes"],
            tone="warn",
        )


def _closing(now: datetime) -> Iterator[Task]:
    """Lines that close soon because nobody has set them up, and those that are closed and can be opened again."""
    soon = Q(status=LineStatus.AWAITING_DETAILS, closes_at__lte=now + SOON)
    lately = Q(status=LineStatus.CLOSED, closed_at__gte=now - timedelta(days=30))
    found = SetupLine.objects.filter(soon | lately).aggregate(
        soon=Count("id", filter=soon), closes=Min("closes_at", filter=soon), closed=Count("id", filter=lately)
    )
    if found["soon"]:
        title = ngettext(
            "%(count)s line closes soon because nobody has set it up",
            "%(count)s lines close soon because nobody has set them up",
            found["soon"],
        )
        yield Task(
            title=title % {"count": found["soon"]},
            detail=_("Set it up yourself, or send the contact the mail again."),
            href=reverse("provisioning:list"),
            icon="hourglass",
            due_at=found["closes"],
            tone="warn",
        )
    if found["closed"]:
        title = ngettext(
            "%(count)s line was closed because nobody set it up",
            "%(count)s lines were closed because nobody set them up",
            found["closed"],
        )
        yield Task(
            title=title % {"count": found["closed"]},
            detail=_("It can be opened again with a new start date."),
            href=f"{reverse('provisioning:list')}?show=closed",
            icon="calendar-x",
            tone="bad",
        )
