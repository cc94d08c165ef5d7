"""What co-selling is about, with sensible defaults: rows made as the system, past all rules but the database's own."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from cosell.models import (
    Location,
    Profile,
    ProfileLocation,
    Readiness,
    Referral,
    ReferralSolution,
    RoleScope,
    Solution,
    SolutionKind,
    SolutionStatus,
    TeamMember,
    VendorReferral,
)
from cosell.profiles.publishing import write_published
from cosell.states import STATUS_OF, Direction, Origin, Sharing, Status, Substatus
from identity import tenancy
from identity.actors import Actor, Kind
from identity.models import Membership, Role, Site

_numbers = itertools.count(1)


def make_location(site: Site, name: str = "", **extra: Any) -> Location:
    fields = {"city": "Giza", "country": site.country, "address_line1": "1 Canal Street"} | extra
    with tenancy.as_system():
        return Location.objects.create(site=site, name=name or f"Office {next(_numbers)}", **fields)


def give_role(member: Membership, *roles: Role, at: list[Location] | None = None) -> Membership:
    """Give somebody these roles besides those they have: company-wide, or at these locations."""
    with tenancy.as_system():
        member.roles = sorted({*member.roles, *roles})
        member.save(update_fields=["roles"])
        for role, location in itertools.product(roles, at or []):
            RoleScope.objects.create(site=member.site, membership=member, role=role, location=location)
    return member


def make_solution(site: Site, name: str = "", **extra: Any) -> Solution:
    """A solution that is published and co-sell ready, unless said otherwise."""
    now = timezone.now()
    fields = {
        "kind": SolutionKind.SOFTWARE, "status": SolutionStatus.PUBLISHED, "published_at": now,
        "readiness": Readiness.READY, "ready_at": now, "created_at": now, "site_name": site.name,
    } | extra  # fmt: skip
    with tenancy.as_system():
        return Solution.objects.create(site=site, name=name or f"Solution {next(_numbers)}", **fields)


def make_referral(
    site: Site,
    location: Location | None = None,
    *,
    team: list[Membership] | None = None,
    solutions: list[Solution] | None = None,
    **extra: Any,
) -> Referral:
    """An outbound co-sell deal that is active, unless said otherwise. `team` defaults to nobody.

    One that is closed was open before, since nothing is added to a closed one. Where a deal is or was active and
    co-sell, the database has made the vendor's side, which waits for an answer (`answer_for_vendor`).
    """
    now = timezone.now()
    location = location or make_location(site)
    substatus = extra.setdefault("substatus", Substatus.ACCEPTED)
    fields: dict[str, Any] = {
        "status": STATUS_OF[substatus], "direction": Direction.OUTGOING, "origin": Origin.PARTNER,
        "sharing": Sharing.COSELL, "name": f"Deal {next(_numbers)}", "customer_name": "Nile Cotton Mills",
        "address_line1": "7 Mill Road", "city": "Giza", "country": "EG", "value": 12_000_000, "currency": "USD",
        "close_on": (now + timedelta(days=60)).date(), "consent_share": True, "consent_contact": True,
        "consent_sellers": True, "created_by_name": "Amira Haddad", "created_at": now, "updated_at": now,
    }  # fmt: skip
    if substatus == Substatus.RECEIVED:
        fields["expires_at"] = now + timedelta(days=14)
    if fields["status"] == "closed":
        fields["closed_at"] = now
    if substatus in (Substatus.DECLINED, Substatus.LOST):
        fields["reason"] = "budget"
    fields |= extra
    ending = {name: fields[name] for name in ("status", "substatus", "reason") if name in fields}
    if fields["status"] == "closed":
        before = Substatus.ACCEPTED if substatus in (Substatus.WON, Substatus.LOST) else Substatus.RECEIVED
        fields |= {"status": STATUS_OF[before], "substatus": before, "reason": ""}
        fields.setdefault("expires_at", now + timedelta(days=14))
    with tenancy.as_system():
        referral = Referral.objects.create(
            site=site, site_name=site.name, site_number=site.number, location=location,
            location_name=location.name, team_user_ids=[member.user_id for member in team or []], **fields,
        )  # fmt: skip
        part = {"site": site, "sharing": referral.sharing, "referral": referral}
        for member in team or []:
            first, _, last = member.name.partition(" ")
            TeamMember.objects.create(
                membership=member,
                first_name=first,
                last_name=last,
                email=member.email,
                phone="+20 2 5550 0100",
                **part,
            )
        for solution in solutions or []:
            ReferralSolution.objects.create(solution=solution, name=solution.name, **part)
        if ending["status"] == "closed":
            Referral.objects.filter(id=referral.id).update(**ending)
        referral.refresh_from_db()
    return referral


def answer_for_vendor(referral: Referral, substatus: Substatus, **extra: Any) -> VendorReferral:
    """Bring the vendor's side of a co-sell deal, which waits for an answer, into this state."""
    now = timezone.now()
    with tenancy.as_system():
        side = VendorReferral.objects.get(referral=referral)
        if substatus in (Substatus.ACCEPTED, Substatus.WON, Substatus.LOST):
            VendorReferral.objects.filter(id=side.id).update(
                status=Status.ACTIVE, substatus=Substatus.ACCEPTED, accepted_at=now
            )
        if STATUS_OF[substatus] == Status.CLOSED:
            fields = {"status": Status.CLOSED, "substatus": substatus, "closed_at": now} | extra
            VendorReferral.objects.filter(id=side.id).update(**fields)
        side.refresh_from_db()
    return side


def make_profile(
    site: Site, *, state: str = "live", locations: list[Location] | None = None, **extra: Any
) -> Profile:
    """A business profile in this state, moved there as it would be; public where it is live, changed or waiting
    after it was (`public=True`).
    """
    now = extra.pop("now", None) or timezone.now()
    public = extra.pop("public", state in ("live", "changed"))
    reason = extra.pop("reason", "Say what you do.")
    fields: dict[str, Any] = {
        "name": site.name, "country": site.country, "description": "We make cloud work for factories.",
        "website": "https://partner.example", "tags": ["industry-manufacturing", "product-cloud"],
        "skills": ["Predictive maintenance"], "languages": ["ar", "en"], "sizes": [],
    } | extra  # fmt: skip
    with tenancy.as_system():
        profile = Profile.objects.create(
            site=site, site_name=site.name, site_number=site.number, created_at=now, changed_at=now, **fields
        )
        for position, location in enumerate(locations or [make_location(site)], 1):
            ProfileLocation.objects.create(site=site, profile=profile, location=location, position=position)
    steps = {
        "draft": [], "waiting": ["waiting"], "live": ["waiting", "live"], "changed": ["waiting", "live", "changed"],
        "stopped": ["waiting", "stopped"], "withdrawn": ["waiting", "withdrawn"],
    }[state]  # fmt: skip
    if public and state in ("waiting", "stopped"):
        steps = ["waiting", "live", "changed", *steps]
    for step in steps:
        _move_profile(profile, step, now, reason)
    return profile


def _move_profile(profile: Profile, state: str, now: datetime, reason: str) -> None:
    """One step, as whoever takes it: the database knows who may."""
    changes: dict[str, Any] = {"state": state}
    if state == "waiting":
        changes |= {"published_at": now, "live_at": now + timedelta(hours=24)}
    if state == "live":
        changes |= {"is_public": True, "live_since": now}
    if state == "stopped":
        changes |= {"reason": reason}
    kind = {"live": Kind.SYSTEM, "stopped": Kind.STAFF}.get(state, Kind.RESELLER)
    with tenancy.scope(Actor(kind=kind, site_id=profile.site_id if kind is Kind.RESELLER else None)):
        if state == "live":
            write_published(profile, now=now)
        Profile.objects.filter(id=profile.id).update(**changes)
    for name, value in changes.items():
        setattr(profile, name, value)
