"""A small cast that most tests are about: a reseller's people, their rival, two distributors, the vendor's staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client

from identity import tenancy
from identity.actors import Actor, Kind
from identity.models import Membership, Site, SiteKind, StaffRole, Standing, Tool, User
from identity.privileges import partner_privileges, staff_privileges
from tests.factories import new_site, new_user

ALL_TOOLS = list(Tool.values)


@dataclass
class Cast:
    site: Site  # Nile Systems, a reseller
    rival_site: Site  # Vistula Integrators, another reseller
    distributor_site: Site  # Delta Distribution, whom the deals name
    other_distributor_site: Site  # Lagoon Distribution, whom they do not
    primary: Membership
    secondary: Membership
    sales: Membership  # may register deals
    newcomer: Membership  # a member without any tool
    rival: Membership  # primary of the rival site
    distributor: Membership
    other_distributor: Membership
    deal_desk: User
    care: User
    applicant: User  # signed up, belongs nowhere


def make_cast() -> Cast:
    """Everybody, in a few statements: most tests begin with this."""
    sites = {
        "site": new_site("Nile Systems", country="EG", time_zone="Africa/Cairo", number="7403807"),
        "rival_site": new_site("Vistula Integrators", country="PL", number="7403808"),
        "distributor_site": new_site(
            "Delta Distribution", kind=SiteKind.DISTRIBUTOR, country="EG", number="7403809"
        ),
        "other_distributor_site": new_site(
            "Lagoon Distribution", kind=SiteKind.DISTRIBUTOR, country="IT", number="7403810"
        ),
    }
    primary, registering = {"standing": Standing.PRIMARY}, [Tool.DEAL_REGISTRATION]
    places: dict[str, tuple[str, str, dict[str, Any]]] = {
        "primary": ("site", "Amira Haddad", {**primary, "tools": ALL_TOOLS}),
        "secondary": (
            "site", "Samir Aziz", {"standing": Standing.SECONDARY, "tools": [*registering, Tool.REPORTING]},
        ),
        "sales": ("site", "Nadia Farouk", {"tools": registering}),
        "newcomer": ("site", "Karim Mansour", {}),
        "rival": ("rival_site", "Ewa Zielona", {**primary, "tools": ALL_TOOLS}),
        "distributor": ("distributor_site", "Hana Saleh", {**primary, "tools": registering}),
        "other_distributor": ("other_distributor_site", "Luca Marino", {**primary, "tools": registering}),
    }  # fmt: skip
    others = {
        "deal_desk": new_user("Dana Desk", staff_roles=[StaffRole.DEAL_DESK]),
        "care": new_user("Carl Care", staff_roles=[StaffRole.CUSTOMER_CARE]),
        "applicant": new_user("Petra Newman"),
    }
    users = {role: new_user(name) for role, (_site, name, _rest) in places.items()} | others
    with tenancy.as_system():
        Site.objects.bulk_create(sites.values())
        User.objects.bulk_create(users.values())
        members = {
            role: Membership(site=sites[site], user=users[role], name=name, email=users[role].email, **rest)
            for role, (site, name, rest) in places.items()
        }
        Membership.objects.bulk_create(members.values())
    with tenancy.door():
        EmailAddress.objects.bulk_create(
            EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users.values()
        )
    return Cast(**sites, **members, **others)


def actor(who: Membership | User) -> Actor:
    """The actor that this person is in the portal."""
    if isinstance(who, Membership):
        site, user = who.site, who.user
        return Actor(
            kind=Kind(site.kind),
            user_id=user.id,
            name=who.name,
            email=user.email,
            time_zone=user.time_zone,
            site_id=site.id,
            site_number=site.number,
            site_name=site.name,
            membership_id=who.id,
            standing=who.standing,
            site_count=1,
            roles=frozenset(who.roles),
            privileges=partner_privileges(who.standing, who.tools, who.roles),
        )
    common: dict[str, Any] = {"user_id": who.id, "name": who.name, "email": who.email}
    if who.staff_roles:
        privileges = staff_privileges(who.staff_roles)
        return Actor(kind=Kind.STAFF, staff_roles=frozenset(who.staff_roles), privileges=privileges, **common)
    return Actor(kind=Kind.APPLICANT, **common)


def signed_in(who: Membership | User) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    user = who.user if isinstance(who, Membership) else who
    with tenancy.door():
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
