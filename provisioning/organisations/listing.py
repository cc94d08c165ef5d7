"""Customers' organisations, by name. A partner's list has those that it administers: the database sees to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from customers.names import search_name
from identity.lists import typed

from ..models import Organisation, OrganisationKind

BY_NAME = ("name", "id")
PARAMETERS = ("q", "customer")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody filters by; what is empty does not narrow. `customer` is a customer's public id."""

    text: str = ""
    customer: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Wanted:
        return cls(typed(asked), typed(asked, "customer", 12))


EVERYTHING = Wanted()


def organisations(wanted: Wanted = EVERYTHING) -> QuerySet[Organisation]:
    """Customers' organisations that the reader sees."""
    found = Organisation.objects.filter(kind=OrganisationKind.CUSTOMER)
    if wanted.customer:
        found = found.filter(customer__public_id=wanted.customer)
    if wanted.text:
        plain = search_name(wanted.text)
        by_name = Q(search_name__begins=plain) if plain else Q(pk=None)
        found = found.filter(by_name | Q(domain=wanted.text.lower()) | Q(subdomain=wanted.text.lower()))
    return found
