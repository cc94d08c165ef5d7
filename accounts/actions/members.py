"""Members of a site: their details, rights and standing, and the end of their membership."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from identity import tenancy
from identity.actors import Actor, Kind
from identity.audit import record
from identity.models import Membership, MembershipStatus, Site
from identity.privileges import Role, Standing, Tool
from identity.queries import sites_of
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind

from .. import notices, rules
from ..models import Invitation, InvitationStatus
from .ground import AlreadyMember, MemberChanged, demand, demand_grantable


def join(
    site_id: int,
    user_id: int,
    *,
    name: str,
    email: str,
    job_title: str = "",
    standing: str = Standing.MEMBER,
    tools: Iterable[str] = (),
    roles: Iterable[str] = (),
    now: datetime,
) -> Membership:
    """A place at the site; whoever had one before gets it back, with these rights and no others. Raises
    AlreadyMember.
    """
    fields = {
        "name": name[:120],
        "email": email,
        "job_title": job_title,
        "standing": standing,
        "tools": sorted(set(tools)),
        "roles": sorted(set(roles)),
        "status": MembershipStatus.ACTIVE,
        "removed_at": None,
    }
    former = Membership.objects.select_for_update().filter(site_id=site_id, user_id=user_id).first()
    if former is None:
        try:
            with transaction.atomic():
                return Membership.objects.create(site_id=site_id, user_id=user_id, created_at=now, **fields)
        except IntegrityError:
            raise AlreadyMember from None
    if former.is_active:
        raise AlreadyMember
    return write(former, **fields)


def write(member: Membership, **fields: Any) -> Membership:
    """Change a locked member; every form that was shown before is stale from now on."""
    for name, value in fields.items():
        setattr(member, name, value)
    member.version += 1
    member.save(update_fields=[*fields, "version"])
    return member


def find(public_id: str, version: int | None = None) -> Membership:
    """A member of a site one may see, locked. Raises DoesNotExist, and MemberChanged when `version` is no
    longer it.
    """
    member = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("site")
        .get(public_id=public_id, status=MembershipStatus.ACTIVE)
    )
    if version is not None and member.version != version:
        raise MemberChanged(member)
    return member


def record_of(event: str, member: Membership, *, by: Actor, now: datetime, **detail: Any) -> None:
    record(
        event,
        by=by,
        now=now,
        object_type="membership",
        object_id=member.public_id,
        label=member.name,
        site_id=member.site_id,
        version=member.version,
        **detail,
    )


def rights(tools: Iterable[str], roles: Iterable[str]) -> dict[str, Any]:
    return {"tools": [Tool(tool).label for tool in tools], "roles": [Role(role).label for role in roles]}


def context_of(member: Membership, site: Site, by: Actor) -> dict[str, Any]:
    return {
        "name": member.name,
        "email": member.email,
        "site": site.name,
        "number": site.number,
        "by": by.name,
        "standing": Standing(member.standing).label,
        **rights(member.tools, member.roles),
    }


def tell_primary(
    kind: NoticeKind, member: Membership, *, site: Site, by: Actor, now: datetime, key: str = "", **more: Any
) -> None:
    tell(
        kind,
        to=[Audience.primary(site.id)],
        by=by,
        now=now,
        href=reverse("accounts:users"),
        dedupe_key=f"{kind.name}:{member.id}:{key or member.version}",
        context=context_of(member, site, by) | more,
    )


def tell_member(
    kind: NoticeKind, member: Membership, *, by: Actor, now: datetime, href: str, **more: Any
) -> None:
    """Tell the person concerned, wherever they are: the place they are told of may be gone."""
    tell(
        kind,
        to=[Audience.user(member.user_id)],
        by=by,
        now=now,
        href=href,
        dedupe_key=f"{kind.name}:{member.id}:{member.version}",
        context=context_of(member, member.site, by) | more,
    )


def _tell_both(member: Membership, *, by: Actor, now: datetime) -> None:
    """Both sides of a change: the person, and the site's primary contact."""
    tell_member(notices.YOU_WERE_CHANGED, member, by=by, now=now, href=_member_url(member))
    tell_primary(notices.MEMBER_CHANGED, member, site=member.site, by=by, now=now)


def _member_url(member: Membership) -> str:
    return reverse("accounts:member", args=[member.public_id])


@transaction.atomic
def edit_member(
    public_id: str, *, version: int, name: str, job_title: str, phone: str, by: Actor, now: datetime
) -> Membership:
    """Correct the name and details that colleagues see. Raises NotAllowed, MemberChanged."""
    member = find(public_id, version)
    demand(rules.why_not_edit(by, member))
    wanted = {"name": name, "job_title": job_title, "phone": phone}
    changes = _changes(member, wanted)
    if not changes:
        return member
    write(member, **wanted)
    record_of("membership.edited", member, by=by, now=now, changes=changes)
    _tell_both(member, by=by, now=now)
    return member


def _changes(member: Membership, wanted: dict[str, Any]) -> dict[str, list[Any]]:
    """Field by field: what it was, and what it becomes."""
    return {
        name: [getattr(member, name), value]
        for name, value in wanted.items()
        if getattr(member, name) != value
    }


@transaction.atomic
def grant_privileges(
    public_id: str, *, version: int, tools: Iterable[str], roles: Iterable[str], by: Actor, now: datetime
) -> Membership:
    """Set a member's tools and roles: exactly these. Raises NotAllowed, MemberChanged.

    What the actor does not hold can neither be given nor taken; account administrators change roles only.
    """
    member = find(public_id, version)
    wanted = {"tools": sorted(set(tools)), "roles": sorted(set(roles))}
    old = {"tools": sorted(member.tools), "roles": sorted(member.roles)}
    roles_only = wanted["tools"] == old["tools"]
    demand(rules.why_not_privileges(by, member, roles_only=roles_only))
    touched = (set(old["tools"]) ^ set(wanted["tools"])) | (set(old["roles"]) ^ set(wanted["roles"]))
    demand_grantable(by, sorted(touched))
    if not touched:
        return member
    changes = {name: [old[name], value] for name, value in wanted.items() if old[name] != value}
    write(member, **wanted)
    record_of("membership.privileges_changed", member, by=by, now=now, changes=changes)
    _tell_both(member, by=by, now=now)
    return member


@transaction.atomic
def set_standing(public_id: str, standing: str, *, version: int, by: Actor, now: datetime) -> Membership:
    """Make somebody a secondary contact, or a plain user again. Raises NotAllowed, MemberChanged.

    The primary contact delegates and takes back; who is primary changes by `change_primary` only.
    """
    if standing not in (Standing.SECONDARY, Standing.MEMBER):
        raise ValueError("Primary contacts are made by change_primary.")
    member = find(public_id, version)
    demand(rules.why_not_standing(by, member))
    changes = _changes(member, {"standing": standing})
    if not changes:
        return member
    write(member, standing=standing)
    record_of("membership.standing_changed", member, by=by, now=now, changes=changes)
    _tell_both(member, by=by, now=now)
    return member


@transaction.atomic
def remove_member(public_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Membership:
    """End somebody's access to a site, from their very next request on. Raises NotAllowed, MemberChanged.

    Their API keys for the site end (a trigger of identity), so do open invitations to or by them.
    """
    member = find(public_id, version)
    demand(rules.why_not_remove(by, member))
    _end_membership(member, now=now)
    end_invitations(member, by=by, now=now)
    itself = by.membership_id == member.id
    record_of("membership.left" if itself else "membership.removed", member, by=by, now=now)
    if itself:
        tell_primary(notices.MEMBER_LEFT, member, site=member.site, by=by, now=now)
    else:
        tell_member(notices.YOU_WERE_REMOVED, member, by=by, now=now, href=reverse("accounts:request_access"))
        tell_primary(notices.MEMBER_REMOVED, member, site=member.site, by=by, now=now)
    return member


def _end_membership(member: Membership, *, now: datetime) -> None:
    write(
        member,
        status=MembershipStatus.REMOVED,
        removed_at=now,
        standing=Standing.MEMBER,
        tools=[],
        roles=[],
    )


def end_invitations(member: Membership, *, by: Actor, now: datetime) -> None:
    """Close what would let the person in again, and what they sent themselves. Staff may read them, not write
    them; accepting checks the sender anyway.
    """
    if not by.is_partner:
        return
    open_ones = Invitation.objects.filter(site_id=member.site_id, status=InvitationStatus.OPEN)
    ended = {"status": InvitationStatus.REVOKED, "closed_at": now}
    open_ones.filter(email=member.email).update(**ended)
    if not member.is_active:
        open_ones.filter(invited_by=member).update(**ended)


@transaction.atomic
def leave_site(membership_public_id: str, *, by: Actor, now: datetime) -> Membership:
    """Give up one's own place at a site, the current one or another. Raises NotAllowed, DoesNotExist."""
    if not by.is_partner:
        raise Membership.DoesNotExist
    own = Membership.objects.get(
        public_id=membership_public_id, user_id=by.user_id, status=MembershipStatus.ACTIVE
    )
    kind = next((site.kind for site in sites_of(by) if site.membership == own.public_id), None)
    if kind is None:  # the whole site was closed
        raise Membership.DoesNotExist
    with at_site(by, own.site_id, kind):
        there = replace(by, kind=Kind(kind), site_id=own.site_id, membership_id=own.id, standing=own.standing)
        return remove_member(own.public_id, by=there, now=now)


@contextmanager
def at_site(by: Actor, site_id: int, kind: str) -> Iterator[None]:
    """Work for one site for a moment: one of one's own, or that of an invitation whose secret one knows."""
    with tenancy.scope(replace(by, kind=Kind(kind), site_id=site_id)):
        yield
