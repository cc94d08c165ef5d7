"""How customers find partners: business profiles in several countries, and what was written to them (C10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

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

Practice = tuple[tuple[str, ...], str, str]
#: What each profile says: its tags, a skill in the partner's own words, and what it does.
PRACTICES: tuple[Practice, ...] = (
    (
        ("industry-manufacturing", "product-cloud", "service-migration"),
        "Predictive maintenance",
        (
            "We take factories into the cloud, and stay: our people know a press from a loom, answer the phone at "
            "night, and come by. Twelve years, two hundred plants, and hardly one that left."
        ),
    ),
    (
        ("industry-retail", "product-analytics", "service-migration"),
        "Tills and scales",
        (
            "From the till to the board's figures: we bring the data of shops together, so that everybody reads the "
            "same numbers by eight in the morning."
        ),
    ),
    (
        ("industry-health", "product-backup", "product-identity"),
        "Records of patients",
        (
            "Clinics trust us with what must never be lost nor be read by others. We keep records safe, and the "
            "doctors signed in with one card."
        ),
    ),
    (
        ("industry-logistics", "product-network-security", "product-cloud"),
        "Networks of ports",
        (
            "Ports, lorries and warehouses are open places. We guard their networks, and tell you in plain words what "
            "came in and what we did about it."
        ),
    ),
    (
        ("industry-banking", "product-security", "service-compliance"),
        "Audits",
        (
            "Before the auditor comes, we do. For banks and insurers we find what is open, close it, and write it down "
            "so that an examiner is done in a day."
        ),
    ),
    (
        ("industry-hospitality", "product-meetings", "service-deployment"),
        "Switchboards of hotels",
        (
            "A guest calls, and somebody answers, in their language. We set up telephones and conference rooms for "
            "hotels, and move a whole house in one night."
        ),
    ),
    (
        ("industry-education", "product-collaboration", "service-training"),
        "Lessons for teachers",
        (
            "Schools get more than a licence from us: we sit with teachers until a lesson works, and come back in the "
            "second year, when the questions get hard."
        ),
    ),
    (
        ("industry-government", "product-storage", "service-hosting"),
        "Archives",
        (
            "Town halls keep paper for a hundred years. We keep their files as long, in the country, and with a price "
            "that is still known in ten years."
        ),
    ),
    (
        ("industry-energy", "product-analytics", "service-architecture"),
        "Smart meters",
        (
            "A grid is only as good as what one knows of it. We design how half a million meters report, and what a "
            "dispatcher sees when one of them does not."
        ),
    ),
    (
        ("industry-construction", "product-devices", "service-managed"),
        "Tablets on building sites",
        (
            "Dust, rain and a crane in between: we hand out tablets that survive a building site, and exchange a "
            "broken one by the next morning."
        ),
    ),
    (
        ("industry-media", "product-ai", "service-custom-software"),
        "Subtitles",
        (
            "We teach machines to listen. Broadcasters have their programmes subtitled and found again, with an editor "
            "who has the last word."
        ),
    ),
    (
        ("industry-agriculture", "product-business-apps", "service-integration"),
        "Dairies",
        (
            "From the milk lorry to the invoice in one system: we know dairies, mills and cold stores, and connect "
            "what has stood side by side for years."
        ),
    ),
    (
        ("industry-professional", "product-automation", "service-assessment"),
        "Paperless offices",
        (
            "Lawyers and tax advisers lose an hour a day to paper. We watch for a week, say what a machine can do, and "
            "leave the rest as it is."
        ),
    ),
    (
        ("industry-telecom", "product-contact-centre", "service-support"),
        "Queues",
        (
            "Nobody likes to wait on the line. We plan contact centres by the minute, and look after them when "
            "everybody calls at once."
        ),
    ),
    (
        ("industry-nonprofit", "product-collaboration", "service-licensing"),
        "Grants",
        (
            "Charities should pay for work, not for licences. We find what they are entitled to, put it in order, and "
            "show two volunteers how to keep it so."
        ),
    ),
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
    practices = iter(PRACTICES)
    for company in companies:
        profile = _profile(world, company.admin, company.site.country, company.locations, next(practices), 70)
        _live(profile, staff, world, 69)
        _enquiries(world, company, profile)
        waiting = _profile(world, company.admin, "SA", company.locations[:1], next(practices), 1)
        assert waiting is not None
        _profile(world, company.admin, "IT", company.locations[1:], next(practices), 2, publish=False)
    for number in OTHERS:
        site = world.sites[number]
        admin = _admin(world, site)
        with tenancy.scope(admin):
            city = CITIES.get(site.country, "Main office")
            place = add_location(
                Place(city, city, site.country), by=admin, now=world.now - timedelta(days=50)
            )
        _live(_profile(world, admin, site.country, (place,), next(practices), 48), staff, world, 47)
    _need(world, staff)
    reckon(now=world.now)


def _admin(world: World, site: Site) -> Actor:
    member = world.members[site.id][0]
    with tenancy.as_system():
        member.roles = sorted({*member.roles, Role.PROFILE_ADMIN})
        member.save(update_fields=["roles"])
    return member_actor(member)


def _profile(
    world: World, by: Actor, country: str, places: Sequence[Location], practice: Practice, days: int, *,
    publish: bool = True,
) -> Profile:  # fmt: skip
    now = world.now - timedelta(days=days)
    tags, skill, text = practice
    content = ProfileContent(
        by.site_name, text, f"https://partner-{by.site_number}.example", tuple(places), tags, (skill,),
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
