"""Where somebody's roles hold: company-wide, or at some of the locations of their site (C2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

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


def administrators_of(location: Location) -> list[Membership]:
    """Everybody who is a referrals administrator where this location is: company-wide, or of it."""
    found = Membership.objects.filter(
        site_id=location.site_id, status=MembershipStatus.ACTIVE, roles__contains=[Role.REFERRALS_ADMIN]
    )
    held = roles_of_each(list(found.order_by("id")))
    return [member for member in found.order_by("id") if _is_administrator_of(location, held[member.id])]


def _is_administrator_of(location: Location, held: list[Held]) -> bool:
    return any(
        one.role == Role.REFERRALS_ADMIN and (one.locations is None or location in one.locations)
        for one in held
    )
