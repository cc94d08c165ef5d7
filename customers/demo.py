"""Customers of the demo world: 300 invented companies in nine countries, each named in its country's script.

Some of them are in the directory twice, in two scripts: as happens, and as the search shows.
"""

from __future__ import annotations

from itertools import product
from random import Random
from typing import NamedTuple

from identity.demo import World

from .models import Customer


class Naming(NamedTuple):
    """How companies of a country are called: patterns, the names that go into them, and legal forms."""

    number: int  # how many of them there are
    patterns: tuple[str, ...]
    names: tuple[tuple[str, str], ...]  # as written, and as in a web address
    forms: tuple[str, ...] = ("",)


ARABIC_PATTERNS = (
    "شركة {} للمقاولات", "مستشفى {}", "مصانع {} للأغذية", "{} للنقل والتخزين", "فنادق {}", "جامعة {} الأهلية",
    "{} للاستثمار العقاري", "مجموعة {} الطبية", "{} للصناعات الدوائية", "مطاحن {}",
)  # fmt: skip
# The same, as partners write them who type in Latin letters.
LATIN_PATTERNS = (
    "Al {} Contracting Co.", "{} Hospital", "{} Food Factories", "El {} Transport & Storage", "{} Hotels",
    "{} National University", "{} Real Estate Investment", "{} Medical Group", "Al-{} Pharma Industries", "{} Mills",
)  # fmt: skip
ARABIC_FORMS = ("", "", " ش.م.م", " ذ.م.م")
NAMINGS: dict[str, Naming] = {
    "EG": Naming(
        45,
        ARABIC_PATTERNS,
        (
            ("الواحة", "waha"), ("الفيروز", "fayrouz"), ("السنابل", "sanabel"), ("الياسمين", "yasmin"),
            ("البردي", "bardi"), ("الضفاف", "defaf"), ("المنارة", "manara"), ("الجميز", "gommeiz"),
        ),
        ARABIC_FORMS,
    ),
    "SA": Naming(
        30,
        ARABIC_PATTERNS,
        (
            ("النخيل", "nakheel"), ("الصفوة", "safwa"), ("السراة", "sarat"), ("الغدير", "ghadeer"),
            ("الرواسي", "rawasi"), ("الشذى", "shatha"),
        ),
        ARABIC_FORMS,
    ),
    "AE": Naming(
        15, ARABIC_PATTERNS, (("المرجان", "murjan"), ("الغاف", "ghaf"), ("الصدف", "sadaf")), ARABIC_FORMS
    ),
    "MA": Naming(
        15, ARABIC_PATTERNS, (("الأركان", "arkan"), ("الزيتون", "zaytoun"), ("الأرز", "arz")), ARABIC_FORMS
    ),
    "PL": Naming(
        55,
        (
            "Zakłady Mięsne {}", "Szpital {}", "Browar {}", "Huta Szkła {}", "Spedycja {}", "Fabryka Mebli {}",
            "Mleczarnia {}", "Grupa Energetyczna {}", "Wydawnictwo {}", "Kopalnia Soli {}",
        ),
        (
            ("Jarzębina", "jarzebina"), ("Świerk", "swierk"), ("Bocian", "bocian"), ("Złota Łąka", "zlota-laka"),
            ("Żurawina", "zurawina"), ("Dębina", "debina"), ("Ćwiklice", "cwiklice"),
        ),
        (" Sp. z o.o.", " S.A.", " sp. k."),
    ),
    "BR": Naming(
        55,
        (
            "Alimentos {}", "Hospital {}", "Transportes {}", "Cerâmica {}", "Usina {}", "Cooperativa {}",
            "Construtora {}", "Laticínios {}", "Seguradora {}", "Faculdade {}",
        ),
        (
            ("Serra Azul", "serra-azul"), ("Jacarandá", "jacaranda"), ("Rio Manso", "rio-manso"),
            ("São Bento do Vale", "sao-bento"), ("Pau-Ferro", "pau-ferro"), ("Açaí Dourado", "acai-dourado"),
            ("Maracatu", "maracatu"),
        ),
        (" Ltda.", " S.A.", " Eireli"),
    ),
    "IT": Naming(
        50,
        (
            "Officine {}", "Pastificio {}", "Clinica {}", "Cantine {}", "Tessitura {}", "Cartiera {}",
            "Autotrasporti {}", "Ceramiche {}", "Cooperativa {}", "Assicurazioni {}",
        ),
        (
            ("Bellavista", "bellavista"), ("Val d'Oro", "valdoro"), ("Montecristallo", "montecristallo"),
            ("Santa Ginestra", "santa-ginestra"), ("Lago Chiaro", "lago-chiaro"), ("Tre Querce", "tre-querce"),
        ),
        (" S.p.A.", " S.r.l.", " Soc. Coop."),
    ),
    "GB": Naming(
        20,
        ("{} Clinics", "{} Logistics", "{} Foods", "{} Water", "{} Housing Trust", "{} Instruments"),
        (("Harbourlight", "harbourlight"), ("Thistledown", "thistledown"), ("Wrenfield", "wrenfield"),
         ("Kestrel Row", "kestrel-row")),
        (" Ltd", " plc", ""),
    ),
    "US": Naming(
        15,
        ("{} Health", "{} Freight", "{} Credit Union", "{} Farms", "{} School District"),
        (("Juniper Flats", "juniper-flats"), ("Blue Heron", "blue-heron"), ("Cottonwood", "cottonwood"),
         ("Two Pines", "two-pines")),
        (" Inc.", " LLC", ""),
    ),
}  # fmt: skip


def build(world: World) -> list[Customer]:
    """300 customers, as if partners had entered them over the years."""
    made = [customer for country, naming in NAMINGS.items() for customer in _of(country, naming, world.rng)]
    world.rng.shuffle(made)  # nobody's order of entry
    Customer.objects.bulk_create(made)
    Customer.objects.bulk_create(_entered_twice(made))
    return made


def _entered_twice(made: list[Customer]) -> list[Customer]:
    """Every fifth company with an Arabic name once more in Latin letters, as if nobody had noticed."""
    otherwise = {
        pattern.format(name): latin.format(web.title())
        for naming in NAMINGS.values()
        for name, web in naming.names
        for pattern, latin in zip(ARABIC_PATTERNS, LATIN_PATTERNS, strict=True)
        if naming.patterns is ARABIC_PATTERNS
    }
    twins = []
    for known in made:
        bare = known.name.removesuffix(" ش.م.م").removesuffix(" ذ.م.م")
        if bare in otherwise:
            twins.append(Customer(name=otherwise[bare], country=known.country))
    for twin in twins:
        twin.normalise()
    return twins[::5]


def _of(country: str, naming: Naming, rng: Random) -> list[Customer]:
    chosen = rng.sample(list(product(naming.patterns, naming.names)), naming.number)
    made = []
    for number, (pattern, (name, web)) in enumerate(chosen):
        customer = Customer(
            number=f"{rng.randrange(10**6, 10**7)}" if rng.random() < 0.6 else None,
            name=pattern.format(name) + rng.choice(naming.forms),
            country=country,
            # 9999: no country's tax office begins its numbers so
            tax_id=f"{country}9999{rng.randrange(10**6):06d}" if rng.random() < 0.7 else "",
            web_domain=f"{web}-{number + 1}.example" if rng.random() < 0.8 else "",
        )
        customer.normalise()
        made.append(customer)
    return made
