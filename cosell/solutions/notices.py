"""What people are told about solutions on their way to co-sell ready. Registered when the app starts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import Privilege, StaffRole
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

from ..models import Incentive, Solution
from ..rights.notices import GROUP, PARTNERS

ASKED = register(
    NoticeKind(
        name="solution.asked",
        group=GROUP,
        title=_("A partner asks to make a solution co-sell ready"),
        subject=_("%(site)s asks for %(solution)s to be co-sell ready"),
        body=_(
            "%(site)s has published %(solution)s and asks the vendor to help to sell it.\n\nPlease look at it: make"
            " it ready, or say what is missing."
        ),
        action=_("See the solution"),
        icon="puzzle",
        kinds=frozenset({Kind.STAFF}),
        privilege=Privilege.COSELL_DECIDE,
    )
)


def _of_partners(name: str, **words: Any) -> NoticeKind:
    return register(
        NoticeKind(
            name=name, group=GROUP, action=_("See the solution"), kinds=PARTNERS,
            privilege=Privilege.REFERRAL_MANAGE, **words,
        )
    )  # fmt: skip


READY = _of_partners(
    "solution.ready",
    title=_("A solution of yours is co-sell ready"),
    subject=_("%(solution)s is co-sell ready"),
    body=_(
        "The vendor's sellers can now be asked to help to sell %(solution)s. Incentive for won deals: %(incentive)s."
        "\n\nA referrals administrator can begin deals with it from now on."
    ),
    tone="good",
    icon="circle-check",
)
NOT_READY = _of_partners(
    "solution.not_ready",
    title=_("A solution of yours is not co-sell ready"),
    subject=_("%(solution)s is not co-sell ready: what is missing"),
    body=_(
        "The vendor looked at %(solution)s and says:\n\n%(note)s\n\nYou can change it and ask again at any time."
    ),
    tone="warn",
    icon="message",
)
NO_INCENTIVE = _("none")


def tell_asked(solution: Solution, *, by: Actor, now: datetime) -> None:
    tell(
        ASKED, to=[Audience.staff(StaffRole.CHANNEL_OPERATIONS)], by=by, now=now, href=_href(solution),
        dedupe_key=f"solution.asked:{solution.public_id}:{solution.version}", context=_words(solution),
    )  # fmt: skip


def tell_ready(solution: Solution, *, by: Actor, now: datetime) -> None:
    incentive = Incentive(solution.incentive).label if solution.incentive else NO_INCENTIVE
    _tell_partner(READY, solution, by=by, now=now, incentive=incentive)


def tell_not_ready(solution: Solution, *, by: Actor, now: datetime) -> None:
    _tell_partner(NOT_READY, solution, by=by, now=now, note=solution.readiness_note)


def _tell_partner(kind: NoticeKind, solution: Solution, *, by: Actor, now: datetime, **words: Any) -> None:
    tell(
        kind, to=[Audience.site(solution.site_id, Privilege.REFERRAL_MANAGE)], by=by, now=now, href=_href(solution),
        dedupe_key=f"{kind.name}:{solution.public_id}:{solution.version}", context=_words(solution) | words,
    )  # fmt: skip


def _href(solution: Solution) -> str:
    return reverse("solutions:solution", args=[solution.public_id])


def _words(solution: Solution) -> dict[str, Any]:
    return {"solution": solution.name, "site": solution.site_name}
