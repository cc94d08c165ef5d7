"""Where solutions are in the navigation, and which of them need somebody today."""

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

from ..models import Readiness, Solution, SolutionStatus
from .actions import answer_by
from .possible import SEERS

navigation.register(
    navigation.Entry(
        gettext_lazy("Solutions"), "solutions:list", "puzzle", "work", 56,
        frozenset({Kind.RESELLER, Kind.DISTRIBUTOR, Kind.STAFF}), SEERS,
    )
)  # fmt: skip


@worklist.register
def tasks(actor: Actor, now: datetime) -> Iterator[Task]:
    if actor.is_staff and actor.may(Privilege.COSELL_DECIDE):
        yield from _to_look_at(now)
    if actor.is_partner and actor.may(Privilege.REFERRAL_MANAGE):
        yield from _sent_back()


def _to_look_at(now: datetime) -> Iterator[Task]:
    found = Solution.objects.filter(readiness=Readiness.ASKED).aggregate(
        number=Count("id"), first=Min("asked_at")
    )
    if not found["number"]:
        return
    due = answer_by(found["first"]) if found["first"] else None
    title = ngettext(
        "%(count)s solution waits to be made co-sell ready",
        "%(count)s solutions wait to be made co-sell ready",
        found["number"],
    )
    yield Task(
        title=title % {"count": found["number"]},
        detail=_("Make it ready, or say what is missing."),
        href=reverse("solutions:list"),
        icon="puzzle",
        due_at=due,
        tone="bad" if due and due <= now else "info",
    )


def _sent_back() -> Iterator[Task]:
    found = Solution.objects.filter(status=SolutionStatus.PUBLISHED, readiness=Readiness.NOT_READY)
    number = found.exclude(readiness_note="").count()
    if number:
        title = ngettext(
            "The vendor sent %(count)s solution back", "The vendor sent %(count)s solutions back", number
        )
        yield Task(
            title=title % {"count": number},
            detail=_("It says what is missing. Change it and ask again."),
            href=reverse("solutions:list"),
            icon="puzzle",
            tone="warn",
        )
