"""What people are told about business profiles. Registered when the app starts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import Privilege, StaffRole
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

from ..models import Profile

GROUP = _("Business profiles")
PARTNERS = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR})


def _of_partners(name: str, **words: Any) -> NoticeKind:
    return register(
        NoticeKind(
            name=f"profile.{name}", group=GROUP, action=_("Open the profile"), kinds=PARTNERS,
            privilege=Privilege.PROFILE_EDIT, **words,
        )
    )  # fmt: skip


LIVE = _of_partners(
    "live",
    title=_("A business profile is live"),
    subject=_("Your profile “%(name)s” is live"),
    body=_(
        "The business profile “%(name)s” (%(country)s) is in the partner directory now. Customers find you by it, and"
        " can send you an enquiry."
    ),
    tone="good",
    icon="circle-check",
)
STOPPED = _of_partners(
    "stopped",
    title=_("A business profile was stopped"),
    subject=_("Your profile “%(name)s” was stopped"),
    body=_(
        "The vendor stopped the business profile “%(name)s” (%(country)s), for this reason:\n\n%(reason)s\n\nChange"
        " what is asked for, and publish it again."
    ),
    tone="bad",
    icon="circle-x",
)
WAITS = register(
    NoticeKind(
        name="profile.waits",
        group=GROUP,
        title=_("A business profile waits to go live"),
        subject=_("%(site)s published the profile “%(name)s”"),
        body=_(
            "%(site)s published the business profile “%(name)s” (%(country)s). It goes live by itself on %(live)s,"
            " unless you stop it; you can also let it go live at once."
        ),
        action=_("Look at the profile"),
        default="daily",
        tone="info",
        icon="clock",
        kinds=frozenset({Kind.STAFF}),
        privilege=Privilege.COSELL_DECIDE,
    )
)


def say_why() -> str:
    return _now("Say why, so that the partner knows what to change.")


def tell_site(kind: NoticeKind, profile: Profile, *, by: Actor, now: datetime) -> None:
    """The partner's people who keep profiles."""
    to = Audience.site(profile.site_id, Privilege.PROFILE_EDIT)
    _tell(kind, to, profile, reverse("profiles:profile", args=[profile.public_id]), by=by, now=now)


def tell_staff(kind: NoticeKind, profile: Profile, *, by: Actor, now: datetime) -> None:
    """The vendor's people who look at profiles before they go live."""
    to = Audience.staff(StaffRole.CHANNEL_OPERATIONS)
    _tell(kind, to, profile, reverse("profiles:review", args=[profile.public_id]), by=by, now=now)


def _tell(kind: NoticeKind, to: Audience, profile: Profile, href: str, *, by: Actor, now: datetime) -> None:
    tell(
        kind,
        to=[to],
        by=by,
        now=now,
        href=href,
        dedupe_key=f"{kind.name}:{profile.public_id}:{profile.version}",
        context={
            "name": profile.name,
            "country": profile.country,
            "site": profile.site_name,
            "reason": profile.reason,
            "live": profile.live_at,
        },
    )
