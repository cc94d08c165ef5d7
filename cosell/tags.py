"""What business profiles and enquiries are found by: closed lists of industries, products and services (C10).

A code is for programs and rows, and never changes; its name is for readers, in their language. What no list has,
partners write as skills, in their own words. Pure: no database, no clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TagKind(models.TextChoices):
    INDUSTRY = "industry", _("Industries")
    PRODUCT = "product", _("Products")
    SERVICE = "service", _("Services")


class Industry(models.TextChoices):
    AGRICULTURE = "industry-agriculture", pgettext_lazy("industry", "Agriculture and food")
    AUTOMOTIVE = "industry-automotive", pgettext_lazy("industry", "Automotive")
    BANKING = "industry-banking", pgettext_lazy("industry", "Banking")
    CONSTRUCTION = "industry-construction", pgettext_lazy("industry", "Construction and real estate")
    EDUCATION = "industry-education", pgettext_lazy("industry", "Education")
    ENERGY = "industry-energy", pgettext_lazy("industry", "Energy and utilities")
    GOVERNMENT = "industry-government", pgettext_lazy("industry", "Public administration")
    HEALTH = "industry-health", pgettext_lazy("industry", "Health care")
    HOSPITALITY = "industry-hospitality", pgettext_lazy("industry", "Hotels, travel and restaurants")
    INSURANCE = "industry-insurance", pgettext_lazy("industry", "Insurance")
    LOGISTICS = "industry-logistics", pgettext_lazy("industry", "Transport and logistics")
    MANUFACTURING = "industry-manufacturing", pgettext_lazy("industry", "Manufacturing")
    MEDIA = "industry-media", pgettext_lazy("industry", "Media and entertainment")
    NONPROFIT = "industry-nonprofit", pgettext_lazy("industry", "Charities and associations")
    PHARMA = "industry-pharma", pgettext_lazy("industry", "Pharmaceuticals and life sciences")
    PROFESSIONAL = "industry-professional", pgettext_lazy("industry", "Law, tax and consulting")
    RETAIL = "industry-retail", pgettext_lazy("industry", "Retail")
    TELECOM = "industry-telecom", pgettext_lazy("industry", "Telecommunications")


class Product(models.TextChoices):
    ANALYTICS = "product-analytics", pgettext_lazy("product", "Analytics and reporting")
    ARTIFICIAL_INTELLIGENCE = "product-ai", pgettext_lazy("product", "Artificial intelligence")
    AUTOMATION = "product-automation", pgettext_lazy("product", "Automation of business processes")
    BACKUP = "product-backup", pgettext_lazy("product", "Backup and recovery")
    BUSINESS_APPS = "product-business-apps", pgettext_lazy("product", "Business applications")
    CLOUD = "product-cloud", pgettext_lazy("product", "Cloud infrastructure")
    COLLABORATION = "product-collaboration", pgettext_lazy("product", "Collaboration")
    CONTACT_CENTRE = "product-contact-centre", pgettext_lazy("product", "Contact centre")
    DATABASES = "product-databases", pgettext_lazy("product", "Databases")
    DEVELOPMENT = "product-development", pgettext_lazy("product", "Tools for developers")
    DEVICES = "product-devices", pgettext_lazy("product", "Devices and their management")
    IDENTITY = "product-identity", pgettext_lazy("product", "Identity and access")
    INTEGRATION = "product-integration", pgettext_lazy("product", "Integration")
    MEETINGS = "product-meetings", pgettext_lazy("product", "Meetings and calling")
    NETWORK_SECURITY = "product-network-security", pgettext_lazy("product", "Network security")
    SECURITY = "product-security", pgettext_lazy("product", "Security of devices and data")
    STORAGE = "product-storage", pgettext_lazy("product", "Storage")


class Service(models.TextChoices):
    ASSESSMENT = "service-assessment", pgettext_lazy("service", "Assessment")
    ARCHITECTURE = "service-architecture", pgettext_lazy("service", "Architecture and design")
    COMPLIANCE = "service-compliance", pgettext_lazy("service", "Compliance")
    CUSTOM = "service-custom-software", pgettext_lazy("service", "Custom software")
    DEPLOYMENT = "service-deployment", pgettext_lazy("service", "Installation and set-up")
    HOSTING = "service-hosting", pgettext_lazy("service", "Hosting")
    INTEGRATION = "service-integration", pgettext_lazy("service", "Integration with what is there")
    LICENSING = "service-licensing", pgettext_lazy("service", "Licensing advice")
    MANAGED = "service-managed", pgettext_lazy("service", "Managed services")
    MIGRATION = "service-migration", pgettext_lazy("service", "Migration")
    PROOF = "service-proof", pgettext_lazy("service", "Proof of concept")
    SECURITY_TEST = "service-security-test", pgettext_lazy("service", "Security testing")
    SUPPORT = "service-support", pgettext_lazy("service", "Support")
    TRAINING = "service-training", pgettext_lazy("service", "Training")


LISTS: Final[dict[TagKind, type[models.TextChoices]]] = {
    TagKind.INDUSTRY: Industry,
    TagKind.PRODUCT: Product,
    TagKind.SERVICE: Service,
}
#: What a form calls its tags of each kind.
FIELDS: Final = {TagKind.INDUSTRY: "industries", TagKind.PRODUCT: "products", TagKind.SERVICE: "services"}
#: Every code with its name, kind by kind.
NAMES: Final[dict[str, str | Promise]] = {
    code: label for each in LISTS.values() for code, label in each.choices
}
CHOICES: Final[list[tuple[str, str | Promise]]] = list(NAMES.items())
_ORDER = {code: place for place, code in enumerate(NAMES)}

MOST_OF_A_KIND = 10
MOST_SKILLS = 20
LONGEST_SKILL = 40  # characters


def kind_of(code: str) -> TagKind:
    """Raises ValueError for a code of none of the lists."""
    return TagKind(code.partition("-")[0])


def in_order(codes: Iterable[str]) -> list[str]:
    """Those of the lists, each once, in the lists' order; others are left out."""
    return sorted({code for code in codes if code in _ORDER}, key=_ORDER.__getitem__)


def of_kind(codes: Iterable[str], kind: TagKind) -> list[str]:
    return [code for code in in_order(codes) if kind_of(code) is kind]


def names_of(codes: Iterable[str]) -> list[str]:
    """In the running language."""
    return [str(NAMES[code]) for code in in_order(codes)]
