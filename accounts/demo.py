"""People of the demo world: how each came to their site, who still waits, who was turned away. All invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle

from identity import tenancy
from identity.actors import Actor, Kind
from identity.demo import World, make_person, member_actor
from identity.models import Membership, Site, SiteKind, StaffRole, Standing, User
from identity.privileges import Role, Tool

from .actions.adding import add_member
from .actions.members import set_standing
from .actions.requests import (
    approve_request,
    escalate_case,
    reject_request,
    request_access,
    route_request,
    withdraw_request,
)
from .models import AccessCase, AccessRequest, RejectReason

# A name, and what stands before the @ of its address.
PEOPLE: dict[str, list[tuple[str, str]]] = {
    "ar": [
        ("أميرة حداد", "amira.haddad"), ("سمير عزيز", "samir.aziz"), ("نادية فاروق", "nadia.farouk"),
        ("كريم منصور", "karim.mansour"), ("ليلى نصار", "layla.nassar"), ("طارق الشامي", "tarek.elshamy"),
        ("هدى العتيبي", "huda.alotaibi"), ("ماجد القحطاني", "majed.alqahtani"), ("ريم الهاشمي", "reem.alhashmi"),
        ("يوسف بناني", "youssef.bennani"), ("سلمى الإدريسي", "salma.idrissi"), ("عمر زكي", "omar.zaki"),
    ],
    "pl": [
        ("Ewa Zielonka", "ewa.zielonka"), ("Paweł Jaworski", "pawel.jaworski"), ("Łucja Dąbek", "lucja.dabek"),
        ("Grzegorz Żurawik", "grzegorz.zurawik"), ("Zofia Ćwiklińska", "zofia.cwiklinska"),
        ("Michał Ślusarek", "michal.slusarek"), ("Agnieszka Wrońska", "agnieszka.wronska"),
        ("Tomasz Kępa", "tomasz.kepa"), ("Joanna Brzezicka", "joanna.brzezicka"), ("Karol Niedźwiecki", "karol.niedz"),
    ],
    "pt-br": [
        ("Beatriz Sampaio", "beatriz.sampaio"), ("João Figueira", "joao.figueira"), ("Lívia Moura", "livia.moura"),
        ("Caio Brandão", "caio.brandao"), ("Tainá Ribeiro", "taina.ribeiro"), ("Otávio Nunes", "otavio.nunes"),
        ("Helena Assunção", "helena.assuncao"), ("Raul Peixoto", "raul.peixoto"), ("Iara Campos", "iara.campos"),
    ],
    "it": [
        ("Chiara Bellandi", "chiara.bellandi"), ("Niccolò Ferrante", "niccolo.ferrante"),
        ("Giulia Sartori", "giulia.sartori"), ("Davide Colonna", "davide.colonna"),
        ("Alessia Monti", "alessia.monti"), ("Pietro Vassallo", "pietro.vassallo"),
        ("Martina Lodi", "martina.lodi"), ("Enrico Galvani", "enrico.galvani"), ("Sara Bonfante", "sara.bonfante"),
    ],
    "en": [
        ("Hannah Whitcombe", "hannah.whitcombe"), ("Rory Caldwell", "rory.caldwell"),
        ("Imogen Farrow", "imogen.farrow"), ("Theo Lancaster", "theo.lancaster"), ("Priya Raman", "priya.raman"),
        ("Marcus Delgado", "marcus.delgado"), ("Alice Thornbury", "alice.thornbury"),
        ("Devon Price", "devon.price"), ("Grace Okafor", "grace.okafor"), ("Samuel Hart", "samuel.hart"),
    ],
}  # fmt: skip
TITLES = {
    "ar": ("مديرة المبيعات", "مهندس حلول", "مسؤول المشتريات"),
    "pl": ("Kierowniczka sprzedaży", "Inżynier rozwiązań", "Specjalista ds. zakupów"),
    "pt-br": ("Gerente de vendas", "Engenheiro de soluções", "Analista de compras"),
    "it": ("Responsabile vendite", "Ingegnere delle soluzioni", "Addetto agli acquisti"),
    "en": ("Sales manager", "Solutions engineer", "Purchasing officer"),
}
MAIN_SITES = (0, 1, 7)  # whose people the demo signs in as
SALES_TOOLS = [Tool.DEAL_REGISTRATION, Tool.PRICE_FILES, Tool.REPORTING]


def build(world: World, password_hash: str) -> None:
    """Bring people to every site through the real actions, and leave some waiting."""
    crowd = _Crowd(world, password_hash)
    for position, site in enumerate([*world.sites, *world.distributors]):
        size = 4 if position in MAIN_SITES else world.rng.randrange(2, 4)
        world.members[site.id] = crowd.settle(site, size)
    for position in MAIN_SITES:
        crowd.waiting_at(world.sites[position])
    crowd.before_customer_care(world.sites[3])


class _Crowd:
    """Names in turn, one list a language; each person is used once."""

    def __init__(self, world: World, password_hash: str) -> None:
        self.world = world
        self.password_hash = password_hash
        self.names = {language: cycle(names) for language, names in PEOPLE.items()}
        self.addresses: set[str] = set()
        self.care = world.of_staff(StaffRole.CUSTOMER_CARE)

    # -- people

    def person(self, site: Site, domain: str = "") -> User:
        language = self.world.language_of(site)
        name, mailbox = next(self.names[language])
        # Whoever tries the demo signs in at these sites: the portal then speaks as their browser asks.
        tried = [*(self.world.sites[number] for number in MAIN_SITES), *self.world.distributors]
        language = "" if site in tried else language
        return make_person(
            name,
            self._address(mailbox, domain or site.web_domain),
            self.password_hash,
            language=language,
            time_zone=site.time_zone,
        )

    def _address(self, mailbox: str, domain: str) -> str:
        candidates: Iterator[str] = (f"{mailbox}{number if number else ''}@{domain}" for number in range(100))
        address = next(each for each in candidates if each not in self.addresses)
        self.addresses.add(address)
        return address

    def title(self, site: Site) -> str:
        return self.world.rng.choice(TITLES[self.world.language_of(site)])

    def ago(self, days: float) -> datetime:
        return self.world.now - timedelta(days=days, minutes=self.world.rng.randrange(0, 300))

    # -- how they came

    def settle(self, site: Site, size: int) -> list[Membership]:
        """A primary contact whom customer care let in, a secondary at the larger sites, and the others."""
        primary = self.first_contact(site)
        others = [self.colleague(site, primary, number) for number in range(size - 1)]
        if size > 3:
            others[-1] = self.made_secondary(primary, others[-1])
        return [primary, *others]

    def first_contact(self, site: Site) -> Membership:
        user = self.person(site)
        asked = self.ago(self.world.rng.randrange(330, 420))
        case = self.ask(user, site.number, asked, primary=True, job_title=self.title(site))
        with tenancy.scope(self.care):
            approve_request(case.public_id, by=self.care, now=asked + timedelta(hours=5))
        return _place(site, user)

    def colleague(self, site: Site, primary: Membership, number: int) -> Membership:
        user = self.person(site)
        by = member_actor(primary)
        at = self.ago(self.world.rng.randrange(60, 320))
        tools = self._tools(site, number)
        roles = [Role.REFERRALS_USER] if number == 1 else []
        if number % 2:
            with tenancy.scope(by):
                add_member(
                    user.email,
                    name=user.name,
                    job_title=self.title(site),
                    tools=tools,
                    roles=roles,
                    by=by,
                    now=at,
                )
        else:
            case = self.ask(user, site.number, at)
            with tenancy.scope(by):
                approve_request(case.public_id, tools=tools, roles=roles, by=by, now=at + timedelta(hours=3))
        return _place(site, user)

    def _tools(self, site: Site, number: int) -> list[str]:
        if site.kind == SiteKind.DISTRIBUTOR or number == 0:
            return [str(tool) for tool in SALES_TOOLS]
        return [
            str(tool) for tool in (Tool.REPORTING, Tool.ONLINE_ORDERING, Tool.DEAL_REGISTRATION)[: number + 1]
        ]

    def made_secondary(self, primary: Membership, member: Membership) -> Membership:
        by = member_actor(primary)
        with tenancy.scope(by):
            set_standing(
                member.public_id, Standing.SECONDARY, version=member.version, by=by, now=self.ago(50)
            )
        return _place(member.site, member.user)

    def ask(self, user: User, number: str, at: datetime, *, primary: bool = False, **said: str) -> AccessCase:
        """A request for access, routed as the job would have done within moments."""
        by = _applicant(user)
        with tenancy.scope(by):
            request = request_access(
                number, primary=primary, by=by, now=at, company_email=user.email if primary else "", **said
            )
        return self.routed(request, at)

    def routed(self, request: AccessRequest, at: datetime) -> AccessCase:
        case = route_request(request.id, now=at + timedelta(seconds=2))
        assert case is not None
        return case

    # -- who waits, and who was turned away

    def waiting_at(self, site: Site) -> None:
        """At one site: two who wait, one of them for too long; one turned away; one invited."""
        primary = member_actor(self.world.members[site.id][0])
        self.ask(self.person(site), site.number, self.ago(0.4))
        overdue = self.ask(self.person(site), site.number, self.ago(9))
        escalate_case(overdue.id, now=self.ago(1))
        turned_away = self.ask(self.person(site, "freemail.example"), site.number, self.ago(20))
        with tenancy.scope(primary):
            reject_request(
                turned_away.public_id,
                code=RejectReason.NOT_CONFIRMED,
                text="We do not know this address. Please ask again from the company's own.",
                by=primary,
                now=self.ago(19),
            )
            add_member(
                self._address("new.colleague", site.web_domain),
                name="",
                tools=[str(Tool.REPORTING)],
                by=primary,
                now=self.ago(2),
            )

    def before_customer_care(self, site: Site) -> None:
        """What only the vendor can decide: a new primary contact, a number that is nobody's, one who thought better."""
        self.ask(
            self.person(site),
            site.number,
            self.ago(0.8),
            primary=True,
            job_title=self.title(site),
            reason="The former contact has left the company.",
        )
        self.ask(self.person(site), "0099881", self.ago(1.5))
        user = self.person(site)
        by = _applicant(user)
        with tenancy.scope(by):
            request = request_access(site.number, primary=False, by=by, now=self.ago(3))
        self.routed(request, self.ago(3))
        with tenancy.scope(by):
            withdraw_request(request.public_id, by=by, now=self.ago(2.5))


def _place(site: Site, user: User) -> Membership:
    return Membership.objects.select_related("site", "user").get(site=site, user=user)


def _applicant(user: User) -> Actor:
    """Somebody with a vendor ID and nothing else."""
    return Actor(
        kind=Kind.APPLICANT, user_id=user.id, name=user.name, email=user.email, language=user.language
    )
