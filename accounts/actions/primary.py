"""The primary contact of a site: made by customer care only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.models import Membership, MembershipStatus, Site
from identity.privileges import Privilege, Standing, Tool, why_not
from notifications.actions import Audience, tell

from .. import notices
from ..models import AccessCase
from .ground import AlreadyMember, demand, lock
from .members import join, record_of, write


@transaction.atomic
def change_primary(
    site_public_id: str,
    member_public_id: str,
    *,
    former: str = Standing.SECONDARY,
    reason: str,
    by: Actor,
    now: datetime,
) -> Membership:
    """Customer care makes a member the primary contact; the present one becomes `former`: "secondary" or
    "member".

    Raises PrivilegeMissing for anybody else, DoesNotExist, AlreadyMember when they are primary already.
    """
    demand(why_not(by, Privilege.PRIMARY_CHANGE))
    if not reason.strip():
        raise ValueError("Changing the primary contact has a reason.")
    site = Site.objects.get(public_id=site_public_id)
    # Locked: who is removed at the same moment would otherwise come back as the primary contact.
    member = Membership.objects.select_for_update().get(
        public_id=member_public_id, site_id=site.id, status=MembershipStatus.ACTIVE
    )
    if member.standing == Standing.PRIMARY:
        raise AlreadyMember
    return install_primary(site, member, former=former, reason=reason.strip(), by=by, now=now)


def install_primary(
    site: Site, who: AccessCase | Membership, *, former: str, reason: str, by: Actor, now: datetime
) -> Membership:
    """Make a member or an applicant the site's one primary contact, with every tool; the former one steps
    down.
    """
    if former not in (Standing.SECONDARY, Standing.MEMBER):
        raise ValueError("A former primary contact becomes a secondary contact or a user.")
    lock("accounts.primary", site.id)
    old = (
        Membership.objects.select_for_update()
        .filter(site_id=site.id, standing=Standing.PRIMARY, status=MembershipStatus.ACTIVE)
        .first()
    )
    if old is not None and old.user_id == who.user_id:
        return old
    if old is not None:
        write(old, standing=former)
        record_of("membership.primary_ended", old, by=by, now=now, reason=reason, new=who.name)
    new = _made_primary(site, who, now)
    record_of("membership.primary_made", new, by=by, now=now, reason=reason, old=old.name if old else "")
    _tell_of_primary(site, new, old, reason=reason, by=by, now=now)
    return new


def _made_primary(site: Site, who: AccessCase | Membership, now: datetime) -> Membership:
    fields: dict[str, Any] = {"standing": Standing.PRIMARY, "tools": sorted(Tool.values)}
    present = Membership.objects.select_for_update().filter(site_id=site.id, user_id=who.user_id).first()
    if present is not None and present.is_active:
        return write(present, **fields)
    person = {"name": who.name, "email": who.email, "job_title": who.job_title}
    return join(site.id, who.user_id, **person, **fields, now=now)


def _tell_of_primary(
    site: Site, new: Membership, old: Membership | None, *, reason: str, by: Actor, now: datetime
) -> None:
    context = {
        "by": by.name,
        "site": site.name,
        "number": site.number,
        "new": new.name,
        "old": old.name if old else "",
        "reason": reason or _("none given"),
        "standing": Standing(old.standing).label if old else "",
        "care": settings.CUSTOMER_CARE["email"],
    }
    key = f"{site.id}:{new.id}:{new.version}"
    told: list[tuple[Any, list[Audience], str]] = [
        (notices.YOU_ARE_PRIMARY, [Audience.user(new.user_id)], "new")
    ]
    if old is not None:
        told.append((notices.YOU_ARE_NOT_PRIMARY, [Audience.user(old.user_id)], "old"))
        others = Membership.objects.filter(
            site_id=site.id, status=MembershipStatus.ACTIVE, standing=Standing.SECONDARY
        ).exclude(id=old.id)
        told.append(
            (
                notices.PRIMARY_CHANGED,
                [Audience.user(user_id, site.id) for user_id in others.values_list("user_id", flat=True)],
                "others",
            )
        )
    for kind, to, whom in told:
        if to:
            tell(
                kind,
                to=to,
                by=by,
                now=now,
                href=reverse("accounts:users"),
                dedupe_key=f"{kind.name}:{key}:{whom}",
                context=context,
            )
