"""What people are told about their part in co-selling. Registered when the app starts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.models import Membership
from identity.privileges import Privilege
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

from .scopes import Held

GROUP = _("Co-sell: roles and solutions")
PARTNERS = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR})

ACCESS_ASKED = register(
    NoticeKind(
        name="cosell.access_asked",
        group=GROUP,
        title=_("Somebody asks for a role in co-selling"),
        subject=_("%(name)s asks to take part in co-selling"),
        body=_(
            "%(name)s (%(email)s) at %(site)s would like to work with co-sell deals, and has no role for it yet."
            "\n\nYou can give them one on the page of their roles: for the whole company, or for some locations."
        ),
        action=_("See their roles"),
        icon="user-plus",
        kinds=PARTNERS,
        privilege=Privilege.ROLE_GRANT,
    )
)
YOUR_ROLES_CHANGED = register(
    NoticeKind(
        name="cosell.your_roles_changed",
        group=GROUP,
        title=_("Your roles in co-selling were changed"),
        subject=_("Your roles at %(site)s were changed"),
        body=_(
            "%(by)s changed your roles at %(site)s. This is how they stand now.\n\n"
            "Roles for the whole company: %(company)s\n\nRoles at some locations: %(placed)s\n\n"
            "These locations: %(locations)s"
        ),
        action=_("See your roles"),
        icon="key",
        kinds=PARTNERS,
    )
)
ROLES_CHANGED = register(
    NoticeKind(
        name="cosell.roles_changed",
        group=GROUP,
        title=_("Somebody's roles in co-selling were changed"),
        subject=_("%(by)s changed the roles of %(name)s"),
        body=_(
            "%(by)s changed the roles of %(name)s at %(site)s. This is how they stand now.\n\n"
            "Roles for the whole company: %(company)s\n\nRoles at some locations: %(placed)s\n\n"
            "These locations: %(locations)s"
        ),
        action=_("See their roles"),
        icon="key",
        kinds=PARTNERS,
        privilege=Privilege.ROLE_GRANT,
    )
)


def tell_access_asked(givers: Iterable[Membership], *, by: Actor, now: datetime, href: str) -> None:
    """Ask those who can give a role; of one person at most once a day."""
    tell(
        ACCESS_ASKED, to=[Audience.user(giver.user_id, giver.site_id) for giver in givers], by=by, now=now,
        dedupe_key=f"cosell.access_asked:{by.membership_id}:{now.date().isoformat()}", href=href,
        context={"name": by.name, "email": by.email, "site": by.site_name},
    )  # fmt: skip


def tell_roles_changed(member: Membership, roles: Sequence[Held], *, by: Actor, now: datetime) -> None:
    """Tell the person, and the primary contact of the site."""
    words: dict[str, Any] = {
        "name": member.name,
        "site": member.site.name,
        "by": by.name,
        "company": [held.role.label for held in roles if held.company_wide],
        "placed": [held.role.label for held in roles if not held.company_wide],
        "locations": sorted({location.name for held in roles for location in held.locations or ()}),
    }
    common: dict[str, Any] = {"by": by, "now": now, "context": words}
    tell(
        YOUR_ROLES_CHANGED, to=[Audience.user(member.user_id, member.site_id)], href=reverse("cosell:home"),
        dedupe_key=f"cosell.your_roles_changed:{member.id}:{member.version}", **common,
    )  # fmt: skip
    tell(
        ROLES_CHANGED, to=[Audience.primary(member.site_id)],
        href=reverse("cosell:member_roles", args=[member.public_id]),
        dedupe_key=f"cosell.roles_changed:{member.id}:{member.version}", **common,
    )  # fmt: skip
