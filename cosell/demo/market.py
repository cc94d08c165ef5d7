"""How customers find partners: business profiles in several countries, and what was written to them (C10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle

from identity import tenancy
from identity.actors import Actor
from identity.demo import World, member_actor
from identity.models import Role, Site, StaffRole

from ..leads import actions as leads
from ..leads.content import Enquiry
from ..leads.states import ArchiveReason
from ..matching.figuring import reckon
from ..models import Lead, Location, Profile, PublishedProfile
from ..profiles import actions as profiles
from ..profiles.content import ProfileContent
from ..rights.locations import Place, add_location
from .ground import Company

TEXT = (
    "We take companies of our region into the cloud, and stay: our people speak the language of the trade, answer the"
    " phone, and come by. Twelve years, two hundred customers, and hardly one who left."
)
TAGS = (
    ("industry-manufacturing", "product-cloud", "service-migration"),
    ("industry-retail", "product-analytics", "service-migration"),
    ("industry-health", "product-backup", "product-identity"),
    ("industry-logistics", "product-network-security", "product-cloud"),
)
CITIES = {
    "EG": "القاهرة", "SA": "الرياض", "AE": "دبي", "PL": "Kraków", "BR": "São Paulo", "IT": "Milano", "GB": "Leeds",
    "US": "Denver", "MA": "الدار البيضاء",
}  # fmt: skip
OTHERS = (3, 9, 13, 19, 25, 29)  # sites that are found in the directory, besides those one can sign in to
WISHES = (
    (
        "Oasis Dairy",
        "Mona",
        "Said",
        "Our twelve shops still keep their tills' figures on paper. Who helps us to move?",
    ),
    (
        "Palm Hotels",
        "Hugo",
        "Brandt",
        "We look for somebody who plans and runs the network of three hotels for us.",
    ),
    (
        "Sphinx Bakery",
        "Salma",
        "Fathi",
        "Our server room was flooded; everything is to go to the cloud this summer.",
    ),
    (
        "Lucky Prizes",
        "Rex",
        "Winner",
        "Congratulations, you have won a voyage. Answer within the hour to claim it.",
    ),
)


def build(world: World, companies: Sequence[Company]) -> None:
    staff = world.of_staff(StaffRole.CHANNEL_OPERATIONS)
    tags = cycle(TAGS)
    for company in companies:
        profile = _profile(world, company.admin, company.site.country, company.locations, next(tags), 70)
        _live(profile, staff, world, 69)
        _enquiries(world, company, profile)
        waiting = _profile(world, company.admin, "SA", company.locations[:1], next(tags), 1)
        assert waiting is not None
        _profile(world, company.admin, "IT", company.locations[1:], next(tags), 2, publish=False)
    for number in OTHERS:
        site = world.sites[number]
        admin = _admin(world, site)
        with tenancy.scope(admin):
            city = CITIES.get(site.country, "Main office")
            place = add_location(
                Place(city, city, site.country), by=admin, now=world.now - timedelta(days=50)
            )
        _live(_profile(world, admin, site.country, (place,), next(tags), 48), staff, world, 47)
    _need(world, staff)
    reckon(now=world.now)


def _admin(world: World, site: Site) -> Actor:
    member = world.members[site.id][0]
    with tenancy.as_system():
        member.roles = sorted({*member.roles, Role.PROFILE_ADMIN})
        member.save(update_fields=["roles"])
    return member_actor(member)


def _profile(
    world: World, by: Actor, country: str, places: Sequence[Location], tags: tuple[str, ...], days: int, *,
    publish: bool = True,
) -> Profile:  # fmt: skip
    now = world.now - timedelta(days=days)
    content = ProfileContent(
        by.site_name, TEXT, f"https://partner-{by.site_number}.example", tuple(places), tags,
        ("Predictive maintenance",),
        ("en", world.language_of(Site(country=country)).partition("-")[0]), (), False,
    )  # fmt: skip
    with tenancy.scope(by):
        profile = profiles.make_profile(country, content, by=by, now=now)
        return profiles.publish(profile, version=None, by=by, now=now) if publish else profile


def _live(profile: Profile, staff: Actor, world: World, days: int) -> None:
    with tenancy.scope(staff):
        profiles.approve(profile, by=staff, now=world.now - timedelta(days=days))


def _enquiries(world: World, company: Company, profile: Profile) -> None:
    """One that waits for days, one of today, one that was taken on, one that is put away, and spam."""
    with tenancy.as_system():
        public = PublishedProfile.objects.get(profile_id=profile.id)
    made: list[Lead] = []
    for (name, first, last, wish), hours in zip((*WISHES, WISHES[0]), (80, 30, 5, 8, 200), strict=True):
        enquiry = Enquiry(
            name, first, last, f"{first.lower()}@customers.example", wish, profile.country, "", "+20 2 5550 0151",
            "Head of IT", "51-250", ("product-cloud",), True, hours > 20, "en", name == "Lucky Prizes",
        )  # fmt: skip
        with tenancy.scope(Actor.anonymous()):
            lead = leads.receive_enquiry(public, enquiry, now=world.now - timedelta(hours=hours))
        with tenancy.as_system():
            made.append(Lead.objects.get(public_id=lead.public_id))
    by = company.admin
    with tenancy.scope(by):
        leads.accept_lead(made[1], by=by, now=world.now - timedelta(hours=20))
        leads.mark_lead(made[0], True, by=by)
        leads.archive_lead(
            made[4], reason=_first_reason(), note="", by=by, now=world.now - timedelta(hours=150)
        )


def _first_reason() -> str:
    return next(reason for reason in leads.REASONS if reason != ArchiveReason.OTHER)


def _need(world: World, staff: Actor) -> None:
    """A customer that the vendor heard of, offered to the partners of its country."""
    wish = "They want to move their warehouses to the cloud, and asked who could plan it with them in their language."
    enquiry = Enquiry(
        "Delta Ferries", "Nour", "Amin", "nour@customers.example", wish, "EG", "", "+20 2 5550 0161", "Director",
        "251-1000", ("industry-logistics", "product-cloud"), True, True,
    )  # fmt: skip
    with tenancy.scope(staff):
        need = leads.enter_need(enquiry, by=staff, now=world.now - timedelta(days=2))
        found = list(PublishedProfile.objects.filter(country="EG").order_by("pk")[:2])
        leads.offer_need(need, found, by=staff, now=world.now - timedelta(days=1))
