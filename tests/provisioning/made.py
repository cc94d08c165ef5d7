"""Parts that are set up, lines of orders for them, and links to those lines, for tests. Everything as the system."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from customers.models import CustomerSite, Relationship
from customers.names import search_name
from identity import tenancy
from identity.actors import Actor
from identity.models import Site
from orders.models import Fulfilment, FulfilmentStatus, Order, OrderLine, OrderStatus
from pricing.models import Part
from provisioning.models import (
    Family,
    LineStatus,
    Organisation,
    OrganisationKind,
    PartSetup,
    Service,
    SetupLine,
    SetupLink,
    SetupRules,
    Waiting,
)
from tests.customers.held import make_customer_site, relate
from tests.deals.factories import make_part

_numbers = itertools.count(1)
FLEX = "S0FLEXA"
START = date(2026, 6, 1)
NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)


def make_setup_part(
    number: str = FLEX,
    *,
    family: str = Family.A_FLEX,
    services: Sequence[str] = (Service.CALLING, Service.MEETINGS, Service.MESSAGING),
    **extra: Any,
) -> Part:
    """A part whose orders become services."""
    part = make_part(number, **({"type": "saas", "term_months": 12} | extra))
    with tenancy.as_system():
        PartSetup.objects.get_or_create(part=part, defaults={"family": family, "services": list(services)})
        SetupRules.objects.get_or_create(id=1)
    return part


def make_line(
    site: Site,
    *,
    status: str = LineStatus.ORDERED,
    part: Part | None = None,
    of: CustomerSite | None = None,
    distributor: Site | None = None,
    order: Order | None = None,
    **extra: Any,
) -> SetupLine:
    """A line of an order of this reseller's, for one of its customers; by default its date is still to come."""
    part = part or make_setup_part()
    of = of or make_customer_site(reseller=site, distributor=distributor)
    for role in (site, distributor):
        if role is not None and not _related(role, of):
            relate(role, of.customer)
    standing = {"customer_site": of, "reseller": site, "distributor": distributor}
    given: dict[str, Any] = {
        "contact_email": "it@oasis.example", "requested_start_on": START, "time_zone": "Africa/Cairo",
        "waits_for": Waiting.NOTHING, "status": status,
    }  # fmt: skip
    if status == LineStatus.ORDERED:
        given |= {"waits_for": Waiting.MAIL, "due_at": datetime(2026, 6, 1, 4, tzinfo=UTC)}
    if status == LineStatus.AWAITING_DETAILS:
        given |= {
            "waits_for": Waiting.CALL, "due_at": datetime(2026, 6, 2, 4, tzinfo=UTC),
            "mailed_at": datetime(2026, 6, 1, 4, tzinfo=UTC), "closes_at": datetime(2026, 6, 8, 4, tzinfo=UTC),
        }  # fmt: skip
    if status == LineStatus.CLOSED:
        given["closed_at"] = datetime(2026, 6, 8, 4, tzinfo=UTC)
    with tenancy.as_system():
        order = order or Order.objects.create(
            number=f"5{next(_numbers):07d}", status=OrderStatus.ACCEPTED, currency="EUR", total=12_000,
            line_count=1, settled_on=START - timedelta(days=20), **standing,
        )  # fmt: skip
        position = OrderLine.objects.filter(order=order).count() + 1
        ordered = OrderLine.objects.create(
            order=order, position=position, part=part, part_number=part.number, description=part.description,
            part_type=part.type, quantity=5, currency="EUR", unit_price=2_400, extended=12_000,
            requested_start_on=START, provisioning_email=given["contact_email"],
        )  # fmt: skip
        shared = {
            "order_number": order.number, "line_number": position, "part_number": part.number,
            "description": part.description, "quantity": 5,
        }  # fmt: skip
        fulfilment = Fulfilment.objects.create(
            status=FulfilmentStatus.ORDERED,
            ordered_on=order.settled_on,
            requested_start_on=START,
            **shared,
            **standing,
        )
        line = SetupLine.objects.create(
            order_line=ordered, fulfilment=fulfilment, family=part.setup.family, services=part.setup.services,
            **shared, **standing, **(given | extra),
        )  # fmt: skip
        line.refresh_from_db()
    return line


def _related(site: Site, of: CustomerSite) -> bool:
    with tenancy.as_system():
        return Relationship.objects.filter(site=site, customer=of.customer).exists()


def make_organisation(name: str = "Oasis Hotels", *, site: Site | None = None, **extra: Any) -> Organisation:
    """A customer's organisation, or with `site` that of a partner."""
    given: dict[str, Any] = {
        "kind": OrganisationKind.PARTNER if site else OrganisationKind.CUSTOMER, "site": site, "name": name,
        "search_name": search_name(name), "country": "EG", "administrator_email": "it@oasis.example",
        "created_at": NOON, "administered_by": site,
    }  # fmt: skip
    with tenancy.as_system():
        return Organisation.objects.create(**(given | extra))


def guest_of(line: SetupLine) -> Actor:
    """Whoever holds a link to this line."""
    return Actor.guest(
        line.id, site_id=line.reseller_id, name=line.contact_email, language="en", time_zone=line.time_zone
    )


def make_secret(line: SetupLine, *, now: datetime, secret: str = "", **extra: Any) -> str:
    """A link to this line that is open for a month; returns its secret."""
    secret = secret or f"secret-{next(_numbers)}"
    given: dict[str, Any] = {
        "sent_to": line.contact_email, "sent_at": now, "expires_at": now + timedelta(days=30),
        "site_id": line.reseller_id, "digest": sha256(secret.encode()).hexdigest(),
    }  # fmt: skip
    with tenancy.as_system():
        SetupLink.objects.create(line=line, **(given | extra))
    return secret
