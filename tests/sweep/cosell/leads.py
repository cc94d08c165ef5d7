"""Leads, and how partners are matched: what both sides have, and what is tried."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from cosell.leads import actions
from cosell.leads.content import Enquiry
from cosell.matching.figuring import reckon
from cosell.models import Lead, Profile, PublishedProfile
from identity import tenancy
from identity.actors import Actor
from tests.cast import actor as actor_of
from tests.cosell.factories import make_location, make_profile
from tests.sweep.addresses import Case
from tests.sweep.shapes import form, listing, of
from tests.sweep.world import VENDOR, World

# A country for which no other room has a profile. What is public bears no mark: everybody reads it.
PROFILES = (("ours", "Cloud by the river", "SD"), ("theirs", "Cloud by the sea", "LT"))


def rows(world: World, marks: tuple[str, str]) -> None:
    """Leads of both sides, from the directory and from the vendor, each bearing its side's mark."""
    public = {side: _profile(getattr(world, side), name, country) for side, name, country in PROFILES}
    for (side, profile), mark, people in zip(
        public.items(), marks, (("primary", "sales"), ("rival",) * 2), strict=True
    ):
        _leads(world, getattr(world, side), profile, mark, people)
    _needs(world, public, marks)
    _of_a_distributor(world)
    reckon(now=timezone.now())


def _profile(side: dict[str, Any], name: str, country: str) -> PublishedProfile:
    site = side["site"]
    place = make_location(site, f"Place of {name}", country=country)
    made: Profile = make_profile(site, locations=[place], name=name, country=country)
    side["matched_profile"] = made
    with tenancy.as_system():
        return PublishedProfile.objects.get(profile=made)


def _of_a_distributor(world: World) -> None:
    """A distributor that sells itself has a lead as well: it is theirs to see and to work on, as a reseller's is."""
    site = world.people["selling_distributor"].site  # type: ignore[union-attr]
    profile = _profile({"site": site}, "Cloud by the delta", "SS")
    with tenancy.scope(Actor.anonymous()):
        actions.receive_enquiry(profile, enquiry("delta", "SS"), now=timezone.now())


def enquiry(mark: str, country: str, **more: Any) -> Enquiry:
    said: dict[str, Any] = {
        "company": f"Company {mark}", "first_name": f"First {mark}", "last_name": f"Last {mark}",
        "email": f"asks@{mark}.example", "wish": f"Wish of {mark}", "city": f"City {mark}", "phone": mark,
        "job_title": mark, "tags": ("product-cloud",), "consent_contact": True, "wants_contact": True,
    }  # fmt: skip
    return Enquiry(**said | {"country": country} | more)


def _leads(
    world: World, side: dict[str, Any], profile: PublishedProfile, mark: str, people: tuple[str, str]
) -> None:
    """One that waits, one that somebody works on and has marked, and one among the spam."""
    now, (admin, worker) = timezone.now(), people
    made = []
    for suspected in (False, False, True):
        with tenancy.scope(Actor.anonymous()):
            lead = actions.receive_enquiry(
                profile, enquiry(mark, profile.country, suspected=suspected), now=now
            )
        with tenancy.as_system():
            made.append(Lead.objects.get(public_id=lead.public_id))
    side["lead"], side["worked_lead"], side["spam_lead"] = made
    by, member = actor_of(world.people[admin]), world.people[worker]
    with tenancy.scope(by):
        actions.assign_lead(side["worked_lead"], member, by=by, now=now)  # type: ignore[arg-type]
        actions.mark_lead(side["worked_lead"], True, by=by)
    with tenancy.scope(actor_of(member)):
        actions.accept_lead(side["worked_lead"], by=actor_of(member), now=now)


def _needs(world: World, public: dict[str, PublishedProfile], marks: tuple[str, str]) -> None:
    """A need that each side was offered; its partners read the lead, and nothing else of it."""
    by, now = actor_of(world.people["operations"]), timezone.now()
    with tenancy.scope(by):
        for (side, profile), mark in zip(public.items(), marks, strict=True):
            need = actions.enter_need(enquiry(mark, profile.country), by=by, now=now)
            (getattr(world, side)["offered_lead"],) = actions.offer_need(need, [profile], by=by, now=now)
            getattr(world, side)["need"] = need
        world.ours["vendors_need"] = actions.enter_need(enquiry(VENDOR, "EG"), by=by, now=now)


SEERS = frozenset({"primary", "sales", "rival", "deal_desk", "operations"})  # of any leads
OPERATIONS = frozenset({"operations"})
VERSION = {"version": "1"}
FIGURED = frozenset({"primary", "rival", "sales", "distributor", "other_distributor", "rival_colleague"})
NEED = {
    "company": "Sphinx Bakery", "first_name": "Omar", "last_name": "Nabil", "email": "omar@sphinx.example",
    "country": "EG", "wish": "A new till in each shop", "consent_contact": "on",
}  # fmt: skip

LEADS: dict[str, Case] = {
    "leads:list": listing(SEERS, "q={}", "stage=any&q={}", "show=marketplace&stage=spam&q={}"),
    "leads:counts": listing(SEERS, "q={}"),
    "leads:lead": of("lead", frozenset({"primary"})),
    "leads:lead#worked": of("worked_lead", frozenset({"primary", "sales"})),
    "leads:lead#offered": of("offered_lead", frozenset({"primary", "deal_desk", "operations"})),
    "leads:accept": of("lead", frozenset(), form(**VERSION)),
    "leads:archive": of(
        "lead", frozenset(), form(reason="no_fit", **VERSION), form(reason="other", **VERSION)
    ),
    "leads:spam": of("lead", frozenset(), form(**VERSION)),
    "leads:restore": of("spam_lead", frozenset(), form(**VERSION)),
    "leads:assign": of(
        "lead",
        frozenset(),
        lambda world: {"member": world.people["rival"].public_id, **VERSION},  # type: ignore[union-attr]
    ),
    "leads:favourite": of("lead", frozenset(), form(on="1", next="/cosell/leads/")),
    "leads:deal": of("worked_lead"),
}

MATCHING: dict[str, Case] = {
    "matching:figures": listing(FIGURED),
    "matching:how": Case(seen_by=FIGURED | OPERATIONS),
    "matching:needs": listing(OPERATIONS, "show=closed"),
    "matching:new_need": listing(OPERATIONS, posts=(form(), form(**NEED))),
    "matching:need": of("need", OPERATIONS),
    "matching:offer": of(
        "need", frozenset(), form(), lambda world: {"profile": world.theirs["matched_profile"].public_id}
    ),
    "matching:close": of("need", frozenset(), form()),
}

API: dict[str, Case] = {
    "api-leads-list": listing(SEERS, "q={}", "tab=qualified&q={}", "stage=spam", api=True),
    "api-leads-detail": of("lead", frozenset({"primary"}), api=True),
    "api-leads-accept": of("lead", frozenset(), form(), api=True),
    "api-leads-archive": of("lead", frozenset(), form(reason="no_fit"), api=True),
    "api-leads-spam": of("lead", frozenset(), form(), api=True),
    "api-leads-restore": of("spam_lead", frozenset(), form(), api=True),
    "api-leads-assign": of(
        "lead",
        frozenset(),
        lambda world: {"member": world.people["rival"].public_id},
        api=True,  # type: ignore[union-attr]
    ),
    "api-leads-favourite": of("lead", frozenset(), form(on=True), api=True),
    "api-needs-list": listing(
        OPERATIONS, "closed=true", api=True, posts=(form(**NEED | {"consent_contact": True}), form())
    ),
    "api-needs-detail": of("need", OPERATIONS, api=True),
    "api-needs-proposals": of("need", OPERATIONS, api=True),
    "api-needs-offer": of(
        "need", frozenset(), lambda world: {"profiles": [world.theirs["matched_profile"].public_id]}, api=True
    ),
    "api-needs-close": of("need", frozenset(), form(), api=True),
    "api-match-figures-list": listing(FIGURED, api=True),
}

CASES: dict[str, Case] = LEADS | MATCHING | API
