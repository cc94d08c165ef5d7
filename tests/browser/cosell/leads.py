"""Leads, and how partners are matched: how its pages are looked at, and of which pictures are made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from cosell.leads import actions
from cosell.leads.content import Enquiry
from cosell.matching.figuring import reckon
from cosell.models import Lead, PublishedProfile
from identity import tenancy
from identity.actors import Actor
from identity.models import Role
from tests.browser.shots import Shot
from tests.browser.states import State, refused, seen_by
from tests.cast import actor
from tests.cosell.factories import give_role, make_location, make_profile
from tests.factories import make_member

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition

WISH = "We want to move our twelve shops to the cloud before the summer, and look for somebody who plans it with us."


def enquiry(company: str, **said: Any) -> Enquiry:
    given: dict[str, Any] = {
        "company": company, "first_name": "Mona", "last_name": "Said", "email": "mona@oasis.example", "wish": WISH,
        "country": "EG", "city": "Giza", "phone": "+20 2 5550 0101", "job_title": "Head of IT", "size": "51-250",
        "tags": ("industry-retail", "product-cloud", "service-migration"), "consent_contact": True,
        "wants_contact": True,
    } | said  # fmt: skip
    return Enquiry(**given)


def show(shown: Exhibition) -> None:
    """Leads in each of their stages, a need that was offered, and figures; and a partner that has none of it."""
    site, now = shown.cast.site, timezone.now()
    admin = make_member(site, "Layla Fouad")
    shown.people["lead_admin"] = give_role(admin, Role.REFERRALS_ADMIN)
    shown.people["lead_newcomer"] = give_role(
        make_member(shown.cast.rival_site, "Piotr Nowy"), Role.REFERRALS_ADMIN
    )
    place = make_location(site, "Khartoum office", city="Khartoum", country="SD")
    made = make_profile(site, locations=[place], name="Nile Systems Sudan", country="SD")
    with tenancy.as_system():
        profile = PublishedProfile.objects.get(profile=made)
    leads = {
        "late": _receive(profile, "Sphinx Bakery", hours=80),
        "new": _receive(profile, "Oasis Dairy", hours=2),
        "taken": _receive(profile, "Palm Hotels", hours=30),
        "spam": _receive(profile, "Lucky Prizes", hours=5, suspected=True),
    }
    by = actor(shown.people["lead_admin"])
    with tenancy.scope(by):
        actions.accept_lead(leads["taken"], by=by, now=now)
        actions.mark_lead(leads["late"], True, by=by)
    shown.things["leads"] = leads
    staff = actor(shown.people["operations"])
    with tenancy.scope(staff):
        need = actions.enter_need(enquiry("Delta Ferries", country="SD"), by=staff, now=now)
        (leads["offered"],) = actions.offer_need(need, [profile], by=staff, now=now)
        shown.things["need"] = actions.enter_need(enquiry("Karnak Tours", country="SD"), by=staff, now=now)
        closed = actions.enter_need(enquiry("Aswan Stone", country="SD"), by=staff, now=now)
        shown.things["closed_need"] = actions.close_need(closed, by=staff, now=now)
    reckon(now=now)


def _receive(profile: PublishedProfile, company: str, *, hours: int, **said: Any) -> Lead:
    with tenancy.scope(Actor.anonymous()):
        lead = actions.receive_enquiry(
            profile, enquiry(company, country="SD", **said), now=timezone.now() - timedelta(hours=hours)
        )
    with tenancy.as_system():
        return Lead.objects.get(public_id=lead.public_id)


def of_lead(name: str) -> Any:
    return lambda shown: {"public_id": shown.things["leads"][name].public_id}


def of_need(name: str = "need") -> Any:
    return lambda shown: {"public_id": shown.things[name].public_id}


PAGES: dict[str, tuple[State, ...]] = {
    "leads:list": (
        *seen_by("lead_admin", "operations"),
        State("lead_newcomer", "empty"),
        State("lead_newcomer", "no favourites", query="?show=favourites"),
        State("lead_admin", "nothing fits", query="?q=nothing+like+it"),
        State("lead_admin", "spam", query="?stage=spam"),
    ),
    "leads:lead": (
        *(State("lead_admin", name, of_lead(name)) for name in ("late", "new", "taken", "spam", "offered")),
        State("operations", "offered", of_lead("offered")),
    ),
    "matching:figures": (State("lead_admin"), State("lead_newcomer", "none")),
    "matching:how": seen_by("lead_admin", "operations"),
    "matching:needs": (State("operations"), State("operations", "closed", query="?show=closed")),
    "matching:new_need": (State("operations"), State("operations", "refused", act=refused())),
    "matching:need": (
        State("operations", "open", of_need()),
        State("operations", "everywhere", of_need(), query="?where=anywhere"),
        State("operations", "closed", of_need("closed_need")),
    ),
}
_FORM = "a form of the page of the lead or need, which is shown again with what is wrong"
NO_PAGES: dict[str, str] = {
    "leads:counts": "counts for the tabs of the list",
    **dict.fromkeys(("leads:accept", "leads:archive", "leads:spam", "leads:restore", "leads:assign"), _FORM),
    "leads:favourite": "leads back to where one was",
    "leads:deal": "leads on to a new deal",
    "matching:offer": _FORM,
    "matching:close": _FORM,
}
#: Pictures by the demo account that they are of: reseller_primary, staff_deal_desk, …
SHOTS: dict[str, tuple[Shot, ...]] = {
    "reseller_primary": (
        Shot("leads:list", "leads", "/cosell/leads/"),
        Shot("leads:lead", "lead", "/cosell/leads/?stage=any", follow="a.row-link"),
        Shot("matching:figures", "match-figures", "/cosell/matching/"),
        Shot("matching:how", "matching", "/cosell/matching/how/"),
    ),
    "staff_channel_operations": (
        Shot("matching:needs", "needs", "/cosell/matching/needs/"),
        Shot("matching:new_need", "new-need", "/cosell/matching/needs/new/"),
        Shot("matching:need", "need", "/cosell/matching/needs/", follow="a.row-link"),
    ),
}
