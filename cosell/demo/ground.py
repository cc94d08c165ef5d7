"""What deals stand on: who has which role, where a company works, and what it sells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from identity import tenancy
from identity.actors import Actor
from identity.demo import World, member_actor
from identity.models import Membership, Role, Site, StaffRole, Standing

from ..models import Incentive, Location, Solution, SolutionKind
from ..rights.granting import set_roles
from ..rights.locations import Place, add_location
from ..solutions import actions
from ..solutions.actions import SolutionContent

FIRST = (Role.REFERRALS_ADMIN, Role.PROFILE_ADMIN, Role.ACCOUNT_ADMIN)
CITIES = {
    "EG": (("القاهرة", "شارع النيل 12"), ("الإسكندرية", "طريق الكورنيش 4")),
    "PL": (("Warszawa", "ul. Wiślana 12"), ("Gdynia", "ul. Portowa 4")),
}
#: Name, what it does, what customers gain; of each what became of it.
SOLUTIONS = (
    ("Payroll Flow", "Works out wages, taxes and holidays for companies with several hundred people.",
     "Payday takes an hour instead of three days."),
    ("Shop Floor Insight", "Shows from the machines' own figures where a production line loses time.",
     "Fewer stops, and a reason for each of them."),
    ("Cloud Move", "Takes a company's servers into the cloud in twelve weeks, with a plan for going back.",
     "One bill for what is used, and no cellar full of servers."),
    ("Clinic Connect", "Appointments, findings and invoices of a clinic in one place.",
     "Patients wait half as long."),
    ("Harbour Watch", "Follows containers from ship to truck, and tells whom it concerns.",
     "No container is looked for."),
    ("Old Ledger", "Keeps the books of small companies, as it has for twenty years.", "Books that are right."),
)  # fmt: skip


@dataclass(frozen=True)
class Company:
    """A partner of the demo world: who works there, where, and what they sell together with the vendor."""

    site: Site
    admin: Actor
    colleague: Membership  # a referrals user
    primary: Membership
    locations: tuple[Location, ...]
    solutions: tuple[Solution, ...]  # those that are co-sell ready


def settle(world: World, site: Site, number: int) -> Company:
    members = world.members[site.id]
    primary = members[0]
    sales = next(m for m in members if m.standing == Standing.MEMBER and "deal_registration" in m.tools)
    _begin(primary)
    admin = member_actor(primary)
    since = world.now - timedelta(days=90)
    with tenancy.scope(admin):
        locations = _locations(site, admin, since)
        wanted = dict.fromkeys(_roles_of(sales)) | {Role.REFERRALS_USER: None}
        version = Membership.objects.values_list("version", flat=True).get(id=sales.id)
        set_roles(sales.public_id, wanted, version=version, by=admin, now=since)
    sales.refresh_from_db()
    _give_profiles(members, locations, admin, since)
    return Company(site, admin, sales, primary, locations, _solutions(world, site, admin, since))


def _begin(primary: Membership) -> None:
    """The first roles at a site: nobody there holds them yet who could give them."""
    with tenancy.as_system():
        primary.roles = sorted({*primary.roles, *FIRST})
        primary.save(update_fields=["roles"])


def _roles_of(member: Membership) -> list[Role]:
    return [Role(name) for name in member.roles]


def _give_profiles(
    members: list[Membership], locations: tuple[Location, ...], by: Actor, now: object
) -> None:
    """A colleague looks after the profiles; another one's role holds at one location alone."""
    others = [m for m in members[1:] if m.standing == Standing.MEMBER and not m.roles]
    wishes: list[dict[Role, list[Location] | None]] = [
        {Role.PROFILE_ADMIN: None},
        {Role.REFERRALS_ADMIN: [locations[-1]]},
    ]
    for member, wanted in zip(others, wishes, strict=False):
        with tenancy.scope(by):
            set_roles(member.public_id, wanted, version=member.version, by=by, now=now)  # type: ignore[arg-type]
        member.refresh_from_db()


def _locations(site: Site, by: Actor, now: object) -> tuple[Location, ...]:
    """Those of cities that one would know."""
    cities = CITIES.get(site.country, (("Main office", "1 High Street"), ("Harbour", "4 Quay")))
    return tuple(
        add_location(Place(city, city, site.country, address), by=by, now=now)  # type: ignore[arg-type]
        for city, address in cities
    )


def _solutions(world: World, site: Site, by: Actor, since: object) -> tuple[Solution, ...]:
    """Three that are ready, one being looked at, one sent back, one that is a draft."""
    staff = world.of_staff(StaffRole.CHANNEL_OPERATIONS)
    found = []
    for place, (name, what, gain) in enumerate(SOLUTIONS):
        now = world.now - timedelta(days=80 - 10 * place)
        content = SolutionContent(
            name, SolutionKind.SERVICE if place == 2 else SolutionKind.SOFTWARE, what, gain,
            f"https://{site.web_domain or 'partner.example'}/solutions", by.name[:120], by.email,
        )  # fmt: skip
        with tenancy.scope(by):
            solution = actions.write_solution(content, by=by, now=now)
            if place == 5:
                continue
            solution = actions.publish_solution(solution, by=by, now=now)
            solution = actions.ask_readiness(solution, by=by, now=now)
        with tenancy.scope(staff):
            if place < 3:
                incentive = (Incentive.CLOUD_IP, "", Incentive.BUSINESS_PREMIUM)[place]
                found.append(actions.make_ready(solution, incentive=incentive, by=staff, now=now))
            elif place == 4:
                actions.send_back(
                    solution,
                    note="Please say which of the vendor's products it works with.",
                    by=staff,
                    now=now,
                )
    return tuple(found)
