"""Where somebody's roles hold: company-wide, or at some of the locations of their site (C2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from identity.models import Membership, MembershipStatus, Role

from ..models import Location, RoleScope


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody has. `locations`: where it holds; None = company-wide."""

    role: Role
    locations: tuple[Location, ...] | None

    @property
    def company_wide(self) -> bool:
        return self.locations is None


def locations_of(role: Role) -> QuerySet[Location]:
    """The open locations at which the person whom the transaction works for holds this role, by name.

    The same function of the database answers that decides which referrals they see. Empty for whoever lacks the role.
    """
    return Location.objects.filter(id__in=ids_of(role), closed_at__isnull=True).order_by("name", "id")


def ids_of(role: Role) -> frozenset[int]:
    """The ids of all locations at which they do, the closed ones too: what is there goes on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cosell_locations(%s)", [role])
        return frozenset(cursor.fetchone()[0])


def roles_of(member: Membership) -> list[Held]:
    """What a member has, in the order in which roles are named everywhere."""
    return roles_of_each([member])[member.id]


def roles_of_each(members: Iterable[Membership]) -> dict[int, list[Held]]:
    """By membership id, what each has: one query for all of them."""
    listed = list(members)
    narrowed: dict[tuple[int, str], list[Location]] = defaultdict(list)
    scopes = RoleScope.objects.filter(membership__in=listed).select_related("location")
    for scope in scopes.order_by("location__name", "id"):
        narrowed[scope.membership_id, scope.role].append(scope.location)
    return {
        member.id: [_held(member, role, narrowed) for role in Role if role in member.roles]
        for member in listed
    }


def _held(member: Membership, role: Role, narrowed: dict[tuple[int, str], list[Location]]) -> Held:
    locations = narrowed.get((member.id, role))
    return Held(role, tuple(locations) if locations else None)


def narrowed(
    members: QuerySet[Membership], text: str | None, role: str | None, location: str | None
) -> QuerySet[Membership]:
    """Those of them with this in their name or address, who have this role, or of whom it (else any role) holds at the
    location of this public id. What is empty does not narrow.
    """
    if text:
        members = members.filter(Q(name__icontains=text) | Q(email__icontains=text))
    if role:
        members = members.filter(roles__contains=[role])
    return members.filter(id__in=_holding_at(members, location, role)) if location else members


def _holding_at(members: QuerySet[Membership], location: str, role: str | None) -> list[int]:
    """The ids of those of whom a role (or this one) holds at a location: there by name, or company-wide."""
    scopes = RoleScope.objects.filter(membership__in=members).values_list("membership_id", "role")
    narrow, here = set(scopes), set(scopes.filter(location__public_id=location))
    return [
        member_id
        for member_id, roles in members.values_list("id", "roles")
        if any(
            (member_id, each) in here or (member_id, each) not in narrow
            for each in roles
            if not role or each == role
        )
    ]


def administrators_of(location: Location) -> list[Membership]:
    """Everybody who is a referrals administrator where this location is: company-wide, or of it."""
    found = Membership.objects.filter(
        site_id=location.site_id, status=MembershipStatus.ACTIVE, roles__contains=[Role.REFERRALS_ADMIN]
    ).order_by("id")
    held = roles_of_each(found)
    return [member for member in found if _is_administrator_of(location, held[member.id])]


def _is_administrator_of(location: Location, held: list[Held]) -> bool:
    return any(
        one.role == Role.REFERRALS_ADMIN and (one.locations is None or location in one.locations)
        for one in held
    )
