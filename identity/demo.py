"""The demo world's ground: sites in the five languages' countries, and the vendor's people. All of it is invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from allauth.account.models import EmailAddress

from . import actions, tenancy
from .actors import Actor, Kind
from .models import Membership, PriceLevel, Programme, Site, SiteKind, StaffRole, User
from .privileges import partner_privileges, staff_privileges

PASSWORD = "portway-demo-2026"

# name, country, time zone, web domain; each in the script of its country
RESELLERS = [
    ("أنظمة النيل", "EG", "Africa/Cairo", "nile-systems.example"),
    ("دار الحلول الرقمية", "EG", "Africa/Cairo", "dar-digital.example"),
    ("شبكات الإسكندرية", "EG", "Africa/Cairo", "alex-networks.example"),
    ("مجموعة نجد التقنية", "SA", "Asia/Riyadh", "najd-tech.example"),
    ("حلول الخليج السحابية", "SA", "Asia/Riyadh", "gulf-cloud.example"),
    ("واحة البرمجيات", "AE", "Asia/Dubai", "waha-soft.example"),
    ("الأطلس للأنظمة", "MA", "Africa/Casablanca", "atlas-systems.example"),
    ("Wiślane Systemy", "PL", "Europe/Warsaw", "wislane-systemy.example"),
    ("Żuraw Integracje", "PL", "Europe/Warsaw", "zuraw-integracje.example"),
    ("Bursztyn IT", "PL", "Europe/Warsaw", "bursztyn-it.example"),
    ("Łódzka Grupa Cyfrowa", "PL", "Europe/Warsaw", "lodzka-cyfrowa.example"),
    ("Tatry Chmura", "PL", "Europe/Warsaw", "tatry-chmura.example"),
    ("Śląskie Sieci", "PL", "Europe/Warsaw", "slaskie-sieci.example"),
    ("Ipê Tecnologia", "BR", "America/Sao_Paulo", "ipe-tecnologia.example"),
    ("Guanabara Sistemas", "BR", "America/Sao_Paulo", "guanabara-sistemas.example"),
    ("Araucária Redes", "BR", "America/Sao_Paulo", "araucaria-redes.example"),
    ("Sertão Nuvem", "BR", "America/Fortaleza", "sertao-nuvem.example"),
    ("Amazônia Integrações", "BR", "America/Manaus", "amazonia-integra.example"),
    ("Pampa Segurança Digital", "BR", "America/Sao_Paulo", "pampa-seguranca.example"),
    ("Rialto Informatica", "IT", "Europe/Rome", "rialto-informatica.example"),
    ("Vesuvio Reti", "IT", "Europe/Rome", "vesuvio-reti.example"),
    ("Brera Soluzioni", "IT", "Europe/Rome", "brera-soluzioni.example"),
    ("Etna Cloud", "IT", "Europe/Rome", "etna-cloud.example"),
    ("Dolomiti Sistemi", "IT", "Europe/Rome", "dolomiti-sistemi.example"),
    ("Maremma Digitale", "IT", "Europe/Rome", "maremma-digitale.example"),
    ("Northmoor Systems", "GB", "Europe/London", "northmoor.example"),
    ("Harbour & Pike IT", "GB", "Europe/London", "harbour-pike.example"),
    ("Fenland Networks", "GB", "Europe/London", "fenland-networks.example"),
    ("Saltmarsh Security", "GB", "Europe/London", "saltmarsh.example"),
    ("Copper Mesa Solutions", "US", "America/Denver", "copper-mesa.example"),
    ("Lakeside Integration", "US", "America/Chicago", "lakeside-integration.example"),
    ("Tidewater Cloud", "US", "America/New_York", "tidewater-cloud.example"),
    ("Redwood Harbor IT", "US", "America/Los_Angeles", "redwood-harbor.example"),
]
DISTRIBUTORS = [
    ("Delta Distribution", "EG", "Africa/Cairo", "delta-distribution.example"),
    ("Baltica Hurt", "PL", "Europe/Warsaw", "baltica-hurt.example"),
    ("Lagoon Distribuzione", "IT", "Europe/Rome", "lagoon-distribuzione.example"),
]
# Most are in the Relationship programme, at a level that their points have reached.
OTHERWISE: dict[str, dict[str, Any]] = {
    "دار الحلول الرقمية": {"programme": Programme.EXPRESS},
    "Tatry Chmura": {"programme": Programme.EXPRESS},
    "Araucária Redes": {"programme": Programme.EXPRESS},
    "Brera Soluzioni": {"price_level": PriceLevel.ED},
    "Fenland Networks": {"price_level": PriceLevel.GV},
    "Tidewater Cloud": {"programme": Programme.EXPRESS},
}
LANGUAGE_OF = {"EG": "ar", "SA": "ar", "AE": "ar", "MA": "ar", "PL": "pl", "BR": "pt-br", "IT": "it"}
STAFF = [
    ("Dana Whitlock", "deal.desk", StaffRole.DEAL_DESK),
    ("Marcin Olszak", "deal.desk2", StaffRole.DEAL_DESK),
    ("Carla Benedetti", "care", StaffRole.CUSTOMER_CARE),
    ("Yusuf Rahmani", "pricing", StaffRole.PRICING),
    ("Olivia Sandoval", "operations", StaffRole.CHANNEL_OPERATIONS),
]


@dataclass
class World:
    """What the apps' demo builders share. `rng` is seeded, so the same world comes out each time."""

    rng: Random
    now: datetime
    sites: list[Site] = field(default_factory=list)
    distributors: list[Site] = field(default_factory=list)
    staff: dict[str, User] = field(default_factory=dict)
    members: dict[int, list[Membership]] = field(
        default_factory=dict
    )  # by site id; the primary contact first

    def language_of(self, site: Site) -> str:
        return LANGUAGE_OF.get(site.country, "en")

    def of_staff(self, role: StaffRole) -> Actor:
        user = next(user for user in self.staff.values() if role in user.staff_roles)
        return staff_actor(user)


def member_actor(member: Membership) -> Actor:
    """The actor that a member is for their site."""
    return Actor(
        kind=Kind(member.site.kind),
        user_id=member.user_id,
        name=member.name,
        email=member.email,
        time_zone=member.site.time_zone,
        site_id=member.site_id,
        site_number=member.site.number,
        site_name=member.site.name,
        membership_id=member.id,
        standing=member.standing,
        site_count=1,
        roles=frozenset(member.roles),
        privileges=partner_privileges(member.standing, member.tools, member.roles),
    )


def staff_actor(user: User) -> Actor:
    return Actor(
        kind=Kind.STAFF,
        user_id=user.id,
        name=user.name,
        email=user.email,
        staff_roles=frozenset(user.staff_roles),
        privileges=staff_privileges(user.staff_roles),
    )


def make_person(name: str, email: str, password_hash: str, **extra: Any) -> User:
    """Somebody with a vendor ID and a verified address. One hash serves all: hashing 200 passwords takes a minute."""
    user = User.objects.create(email=email, name=name, password=password_hash, **extra)
    with tenancy.door():
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def build(world: World, password_hash: str) -> None:
    """Open the sites and hire the vendor's people."""
    for number, (name, country, zone, domain) in enumerate(RESELLERS):
        world.sites.append(
            _open(world, 7403807 + number * 31, name, country, zone, domain, SiteKind.RESELLER)
        )
    for number, (name, country, zone, domain) in enumerate(DISTRIBUTORS):
        site = _open(world, 9100 + number * 17, name, country, zone, domain, SiteKind.DISTRIBUTOR)
        world.distributors.append(site)
    for name, mailbox, role in STAFF:
        email = f"{mailbox}@portway.example"
        world.staff[mailbox] = make_person(name, email, password_hash, staff_roles=[role], language="en")


def _open(world: World, number: int, name: str, country: str, zone: str, domain: str, kind: SiteKind) -> Site:
    facts: dict[str, Any] = {"price_level": world.rng.choice(PriceLevel.values[:6])}
    facts |= OTHERWISE.get(name, {})
    return actions.open_site(
        by=Actor.system(),
        now=world.now,
        number=f"{number:07d}",
        name=name,
        kind=kind,
        country=country,
        time_zone=zone,
        web_domain=domain,
        **facts,
        agreement_number=f"A{world.rng.randrange(10**6, 10**7)}",
    )
