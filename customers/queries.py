"""Finding customers in the shared directory."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db import connection
from django.db.models import QuerySet

from . import lookups  # noqa: F401 - makes `__begins` known
from .finding import find
from .models import Customer, CustomerContact
from .names import search_name

ENOUGH = 10


def find_customers(text: str, *, limit: int = ENOUGH) -> list[Customer]:
    """Customers by name, tax id, web domain or number, as one types; the best first.

    In any script, accents and legal forms aside, and with a letter amiss. Whoever asks is given the same.
    """
    return find(text, limit)


def ids_named(text: str, *, limit: int = 200) -> list[int]:
    """The customers that a search for deals means by this text."""
    return [customer.id for customer in find_customers(text, limit=limit)]


def same_name(name: str, country: str) -> list[Customer]:
    """Customers of the same country that one may be about to enter a second time."""
    known = search_name(name)
    if not known or not country:
        return []
    return list(
        Customer.objects.filter(country=country, search_name__begins=known).order_by("search_name", "id")[:5]
    )


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
    with connection.cursor() as cursor:
        cursor.execute("SELECT customer_id, rule FROM customers_alike(%s) LIMIT %s", [customer.id, limit])
        return [Likeness(customer_id, Rule(rule)) for customer_id, rule in cursor.fetchall()]


def contacts_at(customer_public_id: str, text: str, *, limit: int = ENOUGH) -> QuerySet[CustomerContact]:
    """The site's own contacts at a customer, by the beginning of a name."""
    return CustomerContact.objects.filter(
        customer__public_id=customer_public_id, name__istartswith=text
    ).order_by("name", "id")[:limit]
