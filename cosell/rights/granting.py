"""Giving and taking the roles of co-selling, company-wide or by location (C2).

Who may give roles to whom are the rules of accounts (A4), and one more: whoever is an account administrator of some
locations changes what holds at these, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.actions import demand
from accounts.actions.members import find, record_of, write
from identity.actors import Actor
from identity.models import Membership, Role, Standing
from identity.privileges import Refusal

from ..models import Location, RoleScope
from . import notices
from .scopes import roles_of

#: Where each role is to hold: None = company-wide, else at these locations. A role that is not named is taken away.
Wanted = Mapping[Role, Sequence[Location] | None]

EVERYWHERE = 0  # stands for the whole company among the ids of locations
ELSEWHERE = Refusal(
    _("You are an account administrator of some locations, and change what holds there alone."),
    _("A primary or secondary contact, or an account administrator of the whole company, can do it."),
)
ON_THE_OTHER_PAGE = Refusal(
    _("You are an account administrator of some locations, and give roles at these alone."),
    _("Choose the locations on the page “Roles and locations” of co-selling."),
)


class NoLocations(Exception):
    """A role by location needs at least one: without any it would hold company-wide. `role` says which."""

    def __init__(self, role: Role) -> None:
        super().__init__(role)
        self.role = role


class LocationClosed(Exception):
    """A role is not given at a location that is closed."""

    def __init__(self, location: Location) -> None:
        super().__init__(location.name)
        self.location = location


def reach_of(by: Actor) -> frozenset[int] | None:
    """The ids of the locations at which the actor gives and takes roles; None = anywhere, and company-wide.

    The site's contacts reach everything; an account administrator where that role of theirs holds.
    """
    if not by.is_partner or by.standing in (Standing.PRIMARY, Standing.SECONDARY):
        return None
    scopes = RoleScope.objects.filter(membership_id=by.membership_id, role=Role.ACCOUNT_ADMIN)
    return frozenset(scopes.values_list("location_id", flat=True)) or None


@rules.limited_by
def _by_location_alone(by: Actor, name: str) -> Refusal | None:
    """Where accounts gives roles they hold company-wide: not for those to give who reach some locations alone."""
    if name not in Role or not by.is_partner or by.standing != Standing.MEMBER:
        return None
    return ON_THE_OTHER_PAGE if reach_of(by) is not None else None


def why_not_role(by: Actor, member: Membership, role: Role) -> Refusal | None:
    """Why the actor may neither give this role to this member, nor take it; None when they may, at least somewhere."""
    return rules.why_not_privileges(by, member, roles_only=True) or rules.why_not_hold(by, role)


@transaction.atomic
def set_roles(public_id: str, wanted: Wanted, *, version: int, by: Actor, now: datetime) -> Membership:
    """Have a member hold exactly these roles, at these places. Both sides are told.

    Raises NotAllowed with the rule that stands against it, MemberChanged, DoesNotExist, NoLocations, LocationClosed.
    """
    member = find(public_id, version)
    before = {held.role: held.locations for held in roles_of(member)}
    _demand_places(wanted, before)
    touched = [role for role in Role if _ids(before, role) != _ids(wanted, role)]
    demand(rules.why_not_privileges(by, member, roles_only=True))
    reach = reach_of(by)
    for role in touched:
        demand(rules.why_not_hold(by, role))
        changed = _ids(before, role) ^ _ids(wanted, role)
        demand(None if reach is None or changed <= reach else ELSEWHERE)
    if not touched:
        return member
    was = sorted(member.roles)
    write(member, roles=sorted(role.value for role in wanted))  # first: a scope is of a role that is held
    for role in touched:
        _place(member, role, wanted)
    changes = {"roles": [was, member.roles]} if was != member.roles else {}
    record_of(
        "membership.privileges_changed", member, by=by, now=now, changes=changes,
        places={role.value: _names(wanted, role) for role in touched if role in wanted},
    )  # fmt: skip
    notices.tell_roles_changed(member, roles_of(member), by=by, now=now)
    return member


def _demand_places(wanted: Wanted, before: Wanted) -> None:
    for role, locations in wanted.items():
        if locations is None:
            continue
        if not locations:
            raise NoLocations(role)
        for location in locations:
            if location.closed_at is not None and location.id not in _ids(before, role):
                raise LocationClosed(location)


def _ids(roles: Wanted, role: Role) -> frozenset[int]:
    """Where a role holds, as ids; empty when it is not held at all."""
    if role not in roles:
        return frozenset()
    locations = roles[role]
    return frozenset({EVERYWHERE} if locations is None else {location.id for location in locations})


def _names(roles: Wanted, role: Role) -> list[str] | None:
    locations = roles[role]
    return None if locations is None else sorted(location.name for location in locations)


def _place(member: Membership, role: Role, wanted: Wanted) -> None:
    locations = list(wanted.get(role) or ())
    scopes = RoleScope.objects.filter(membership=member, role=role)
    scopes.exclude(location__in=locations).delete()
    there = set(scopes.values_list("location_id", flat=True))
    RoleScope.objects.bulk_create(
        RoleScope(site_id=member.site_id, membership=member, role=role, location=location)
        for location in locations
        if location.id not in there
    )
