"""Finding customers in the shared directory, and those that a site is related to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from django.db import connection, models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from . import lookups  # noqa: F401 - makes `__begins` known
from .finding import find
from .models import Customer, CustomerContact, Relationship
from .names import ARABIC_LETTER, bones, fold, is_arabic, search_name, skeleton

ENOUGH = 10


def find_customers(text: str, *, limit: int = ENOUGH) -> list[Customer]:
    """Customers by name, tax id, web domain or number, as one types; the best first.

    In any script, accents and legal forms aside, and with a letter amiss. Whoever asks is given the same.
    """
    return find(text, limit)


def ids_named(text: str, *, limit: int = 200) -> list[int]:
    """The customers that a search for deals means by this text."""
    return [customer.id for customer in find_customers(text, limit=limit)]


class Rule(StrEnum):
    """Why two customers may be one company, the strongest reason first."""

    CUSTOMER = "customer"  # the same entry of the directory
    TAX_ID = "tax_id"
    DOMAIN = "domain"
    NAME = "name"  # the same compared name, in the same country
    SIMILAR = "similar"  # a name spelt otherwise or written in another script, in the same country


@dataclass(frozen=True, slots=True)
class Likeness:
    customer_id: int
    rule: Rule


def same_as(customer: Customer, *, limit: int = 50) -> list[Likeness]:
    """Customers that may be the same company, the likeliest first and the customer itself before all; 50 at most.

    The database's function `customers_alike(customer_id)` is asked, as by other functions of the database.
    """
    return _likenesses("SELECT * FROM customers_alike(%s)", [customer.id])[:limit]


def _alike_to(typed: Customer) -> list[Likeness]:
    """The same for a company that is not in the directory."""
    keys = [typed.search_name, typed.country, typed.skeleton, typed.tax_key, typed.domain_key]
    return _likenesses("SELECT * FROM customers_alike_to(%s, %s, %s, %s, %s)", keys)


def _likenesses(sql: str, arguments: list[Any]) -> list[Likeness]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return [Likeness(customer_id, Rule(rule)) for customer_id, rule in cursor.fetchall()]


def same_name(name: str, country: str, *, tax_id: str = "", web_domain: str = "") -> list[Customer]:
    """Customers that one may be about to enter a second time: those that are alike, and those of the same country
    whose name goes on after this one. Five at most.
    """
    typed = Customer(name=name, country=country, tax_id=tax_id, web_domain=web_domain)
    typed.normalise()
    if not typed.search_name or not country:
        return []
    order = [each.customer_id for each in _alike_to(typed)[:ENOUGH]]
    alike = sorted(Customer.objects.filter(id__in=order), key=lambda each: order.index(each.id))
    longer = Customer.objects.filter(country=country, search_name__begins=typed.search_name)
    found = [*alike, *longer.order_by("search_name", "public_id")[:5]]
    return list({customer.id: customer for customer in found}.values())[:5]


def contacts(text: str = "", *, customer: str = "") -> QuerySet[CustomerContact]:
    """The site's own contacts: in whose name or address each word typed begins one, in any script.

    `customer` is a customer's public id; without it, contacts at all of them.
    """
    found = CustomerContact.objects.order_by("words", "public_id")
    if customer:
        found = found.filter(customer__public_id=customer)
    for word in fold(text).split():
        # The policy has cut the site's few out already, so this need not find an index of its own.
        found = found.filter(Q(words__contains=f" {word}") | _sounding_like(word))
    return found


def _sounding_like(word: str) -> Q:
    """Names with a word of this sound; in the other script already while it is being typed."""
    sound = bones(word)
    if len(sound) < 2:
        return Q(pk=None)
    begun = Q(sounds__contains=f" {sound}")
    if not is_arabic(word):
        begun &= Q(name__regex=ARABIC_LETTER)
    return begun | Q(sounds__contains=f" {sound} ")


def contacts_at(customer_public_id: str, text: str, *, limit: int = ENOUGH) -> list[CustomerContact]:
    """The site's own contacts at a customer for what is being typed: names that begin so first."""
    begun = f" {fold(text)}"
    found = contacts(text, customer=customer_public_id)[: 10 * limit]
    return sorted(found, key=lambda contact: not contact.words.startswith(begun))[:limit]


# ------------------------------------------------------------------------------------------ relationships


class Phase(models.TextChoices):
    """Where a relationship is on a day. One that was called off, with an empty period, has always ended."""

    CURRENT = "current", _("Current")
    UPCOMING = "upcoming", _("Upcoming")
    ENDED = "ended", _("Ended")

    @classmethod
    def of(cls, relationship: Relationship, day: date) -> Phase:
        end = relationship.valid_to
        if end is not None and (end <= day or end <= relationship.valid_from):
            return cls.ENDED
        return cls.CURRENT if relationship.valid_from <= day else cls.UPCOMING


def day_of(now: datetime) -> date:
    """The day that counts for relationships: UTC's, for everybody alike, whatever their own clocks say."""
    return now.astimezone(UTC).date()


def over_on(day: date) -> Q:
    """Relationships that have ended by this day, or were called off."""
    return Q(valid_to__lte=day) | Q(valid_to__lte=F("valid_from"))


def relationships(phase: Phase, day: date) -> QuerySet[Relationship]:
    """Of those that the database shows: the site's own, or all of them to the vendor."""
    if phase is Phase.ENDED:
        return Relationship.objects.filter(over_on(day))
    begun = Q(valid_from__lte=day)
    to_come = Q(valid_to__isnull=True) | (Q(valid_to__gt=day) & Q(valid_to__gt=F("valid_from")))
    return Relationship.objects.filter(to_come, begun if phase is Phase.CURRENT else ~begun)


def related_customers(day: date) -> QuerySet[Customer]:
    """The customers whose orders and renewals the site may see on this day: those it has a relationship with.

    In the vendor's scope, those that any site has one with.
    """
    held = relationships(Phase.CURRENT, day)
    return Customer.objects.filter(id__in=held.values("customer_id"))


def with_customer_named(found: QuerySet[Relationship], text: str) -> QuerySet[Relationship]:
    """Those whose customer has a number that begins so, or each of these words in its name, in any script."""
    typed = text.strip()
    if typed.isdecimal():
        named = Q(customer__number__startswith=typed) | Q(customer__search_name__contains=fold(typed))
        return found.filter(named)
    named = Q()
    for word in search_name(typed).split():
        named &= Q(customer__search_name__startswith=word) | Q(customer__search_name__contains=f" {word}")
    meant = skeleton(typed)
    if meant and meant[0] != "=":
        named |= Q(customer__skeleton__startswith=meant)
    return found.filter(named) if named else found.none()
