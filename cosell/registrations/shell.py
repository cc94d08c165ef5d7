"""Where registrations are in the navigation, and which of them need somebody today."""

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

from ..models import RegistrationStatus, WonRegistration
from .possible import SEERS

S = RegistrationStatus

navigation.register(
    navigation.Entry(
        gettext_lazy("Incentives"), "registrations:list", "award", "work", 57,
        frozenset({Kind.RESELLER, Kind.DISTRIBUTOR, Kind.STAFF}), SEERS,
    )
)  # fmt: skip


@worklist.register
def tasks(actor: Actor, now: datetime) -> Iterator[Task]:
    if actor.is_staff and actor.may(Privilege.COSELL_DECIDE):
        yield from _to_decide(now)
    if actor.is_partner and actor.may(Privilege.REFERRAL_MANAGE):
        yield from _to_correct()


def _to_decide(now: datetime) -> Iterator[Task]:
    waiting = WonRegistration.objects.filter(status=S.REVIEW_PENDING)
    found = waiting.aggregate(number=Count("id"), due=Min("answer_by"))
    if found["number"]:
        title = ngettext(
            "%(count)s registration of a won deal waits for a decision",
            "%(count)s registrations of won deals wait for a decision",
            found["number"],
        )
        yield Task(
            title=title % {"count": found["number"]},
            detail=_("The promised time is over.")
            if found["due"] <= now
            else _("Partners were promised an answer."),
            href=reverse("registrations:list"),
            icon="award",
            due_at=found["due"],
            tone="bad" if found["due"] <= now else "info",
        )


def _to_correct() -> Iterator[Task]:
    number = WonRegistration.objects.filter(status=S.ACTION_REQUIRED).count()
    if number:
        title = ngettext(
            "%(count)s registration of a won deal has to be corrected",
            "%(count)s registrations of won deals have to be corrected",
            number,
        )
        yield Task(
            title=title % {"count": number},
            detail=_("The vendor says what is missing."),
            href=f"{reverse('registrations:list')}?show=action",
            icon="award",
            tone="warn",
        )
