"""Relationships, as the tests make them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from customers.models import Customer, Relationship
from identity import tenancy
from identity.models import Site


def days(number: int) -> date:
    """So many days from today on, by UTC."""
    return datetime.now(UTC).date() + timedelta(days=number)


def relate(site: Site, customer: Customer, start: int = -30, end: int | None = None) -> Relationship:
    """A relationship from so many days from today until so many."""
    with tenancy.as_system():
        return Relationship.objects.create(
            site=site,
            customer=customer,
            role=site.kind,
            valid_from=days(start),
            valid_to=None if end is None else days(end),
        )
