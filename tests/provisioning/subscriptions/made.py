"""Subscriptions and trials for tests. Everything as the system."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any

from customers.models import Customer
from identity import tenancy
from identity.models import Site
from provisioning.models import Organisation, Subscription
from tests.customers.held import relate
from tests.deals.factories import make_customer
from tests.provisioning.made import FLEX, make_organisation, make_setup_part

_numbers = itertools.count(1)
START = date(2026, 5, 1)
END = date(2026, 5, 31)


def make_subscription(
    site: Site, *, organisation: Organisation | None = None, customer: int | None = None, **extra: Any
) -> Subscription:
    """An active subscription of a customer of this site's, in an organisation that the site administers."""
    if customer is None:
        customer = make_customer(f"Oasis {next(_numbers)}").id
        relate(site, _customer(customer))
        if distributor := extra.get("distributor"):
            relate(distributor, _customer(customer))
    if organisation is None:
        organisation = make_organisation(
            f"Oasis Hotels {next(_numbers)}", administered_by=site, customer_id=customer
        )
    given: dict[str, Any] = {
        "number": f"SUB-2026-{next(_numbers):06d}-X", "organisation": organisation,
        "organisation_name": organisation.name, "customer_id": customer, "reseller": site,
        "part": make_setup_part(), "part_number": FLEX, "description": "Flex suite", "quantity": 5,
        "services": ["calling", "meetings", "messaging"], "status": "active", "time_zone": "Africa/Cairo",
        "starts_on": START, "renews_on": date(2027, 5, 1), "external_id": f"PKG-{next(_numbers)}",
    }  # fmt: skip
    with tenancy.as_system():
        made = Subscription.objects.create(**(given | extra))
        made.refresh_from_db()
    return made


def make_trial(site: Site, **extra: Any) -> Subscription:
    """A trial until the end of May, where the customer is."""
    given: dict[str, Any] = {
        "status": "trial", "renews_on": None, "trial_ends_on": END, "quantity": 1,
        "due_at": datetime(2026, 5, 31, 21, tzinfo=UTC),
    }  # fmt: skip
    return make_subscription(site, **(given | extra))


def _customer(id_: int) -> Customer:
    with tenancy.as_system():
        return Customer.objects.get(id=id_)
