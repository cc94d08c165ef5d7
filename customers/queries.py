"""Finding customers in the shared directory."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from . import lookups  # noqa: F401 - makes `__begins` known
from .finding import find
from .models import Customer, CustomerContact
from .names import ARABIC_LETTER, bones, fold, is_arabic

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
