"""A partner that co-sells, and what its people write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, connection, transaction

from cosell.models import Invitation, Location, Referral, Solution, VendorReferral
from cosell.referrals import actions
from cosell.referrals.content import DealContent, Teammate, Wanted
from cosell.states import HelpType, Sharing
from identity import tenancy
from identity.actors import Actor
from identity.models import Membership, Role, Site
from tests.cast import Cast, actor
from tests.cosell.factories import give_role, make_location, make_solution

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@dataclass
class Seller:
    """A partner whose primary contact is a referrals administrator, with a location and a solution."""

    site: Site
    admin: Membership
    location: Location
    solution: Solution


def make_seller(cast: Cast) -> Seller:
    admin = give_role(cast.primary, Role.REFERRALS_ADMIN)
    return Seller(
        cast.site, admin, make_location(cast.site, "Cairo"), make_solution(cast.site, "Loom control")
    )


def make_other(cast: Cast) -> Seller:
    """The rival, who co-sells too."""
    admin = give_role(cast.rival, Role.REFERRALS_ADMIN)
    place = make_location(cast.rival_site, "Warsaw", city="Warsaw")
    return Seller(cast.rival_site, admin, place, make_solution(cast.rival_site, "Spindle watch"))


def make_third(cast: Cast) -> Seller:
    """A distributor, who co-sells as well."""
    admin = give_role(cast.distributor, Role.REFERRALS_ADMIN)
    place = make_location(cast.distributor_site, "Milan", city="Milan")
    return Seller(cast.distributor_site, admin, place, make_solution(cast.distributor_site, "Bobbin desk"))


def teammate(member: Membership, **extra: Any) -> Teammate:
    first, _, last = member.name.partition(" ")
    fields: dict[str, Any] = {"first_name": first, "last_name": last, "email": member.email}
    return Teammate(**fields | {"phone": "+20 2 5550 0101", "membership": member} | extra)


def content(seller: Seller, **extra: Any) -> DealContent:
    """A co-sell deal with everything that it needs, unless said otherwise."""
    fields: dict[str, Any] = {
        "name": "Looms for the delta", "location": seller.location, "sharing": Sharing.COSELL,
        "customer_name": "Nile Cotton Mills", "address_line1": "7 Mill Road", "city": "Giza", "country": "EG",
        "value": 12_000_000, "currency": "USD", "close_on": datetime(2027, 1, 31).date(),
        "contact_first_name": "Salma", "contact_last_name": "Nour", "contact_phone": "+20 2 5550 0199",
        "contact_email": "salma.nour@nilecotton.example", "help_type": HelpType.PROOF, "consent_share": True,
        "consent_contact": True, "consent_sellers": True, "team": (teammate(seller.admin),),
        "solutions": (Wanted(seller.solution, 3, 5_000_000),),
    }  # fmt: skip
    return DealContent(**fields | extra)


def do(who: Any, deed: Any, *args: Any, **kwargs: Any) -> Any:
    """Have somebody do something, as in a request of theirs."""
    by = who if isinstance(who, Actor) else actor(who)
    with tenancy.scope(by):
        return deed(*args, **{"by": by, "now": NOW} | kwargs)


def made(seller: Seller, **extra: Any) -> Referral:
    return do(seller.admin, actions.make_deal, content(seller, **extra))  # type: ignore[no-any-return]


def invited(seller: Seller, referral: Referral, other: Seller, *, by: Any = None) -> Invitation:
    """What is known from the other one's public profile: the ids and names of its site and location."""
    who = actor(by or seller.admin)
    site = Site(id=other.site.id, name=other.site.name)
    location = Location(id=other.location.id, site_id=other.site.id, name=other.location.name)
    with tenancy.scope(who):
        return actions.invite_partner(
            referral, site=site, location=location, help_type=HelpType.PROOF, notes="Spindles, please.", by=who, now=NOW
        )  # fmt: skip


def stored(referral: Referral) -> Referral:
    with tenancy.as_system():
        return Referral.objects.get(id=referral.id)


def vendor_side(referral: Referral) -> VendorReferral:
    with tenancy.as_system():
        return VendorReferral.objects.get(referral=referral)


def of_site(site: Site, engagement: str) -> Referral:
    with tenancy.as_system():
        return Referral.objects.get(site=site, engagement=engagement)


def succeeds(who: Actor, sql: str, *params: object) -> bool:
    """Whether a statement changes a row for this actor; it is undone either way."""
    try:
        with tenancy.scope(who), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            changed = cursor.rowcount
            transaction.set_rollback(True)
    except DatabaseError:
        return False
    return changed == 1
