"""What else the vendor tells of a customer's site, for tests: services, entitlements, changes, prices to come."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from customers.models import CustomerSite
from identity import tenancy
from orders.models import DataElement, Fulfilment, FulfilmentStatus
from renewals.models import Entitlement, EntitlementKind, Overage, PriceNotification, SubscriptionChange

_numbers = itertools.count(1)


def _made(model: Any, of: CustomerSite, given: dict[str, Any]) -> Any:
    with tenancy.as_system():
        row = model.objects.create(customer_site=of, **given)
        row.refresh_from_db()
    return row


def make_entitlement(of: CustomerSite, **extra: Any) -> Entitlement:
    """Something that a customer's site may use; a perpetual licence if nothing else is said."""
    given: dict[str, Any] = {
        "reference": f"E{next(_numbers):07d}", "kind": EntitlementKind.LICENCE, "part_number": "D0ABCLL",
        "description": "Flow Designer, licence", "metric": "authorised_user", "quantity": 25,
    }  # fmt: skip
    return _made(Entitlement, of, given | extra)


def make_fulfilment(of: CustomerSite, **extra: Any) -> Fulfilment:
    given: dict[str, Any] = {
        "order_number": f"57{next(_numbers):06d}", "line_number": 1, "part_number": "D0SAASL",
        "description": "Flow Cloud, 12 months", "quantity": 40, "status": FulfilmentStatus.AWAITING_DETAILS,
        "ordered_on": date(2026, 9, 1), "status_note": "The provisioning contact has not answered.",
    }  # fmt: skip
    return _made(Fulfilment, of, given | extra)


def make_element(of: Fulfilment, element: str = "Site name", value: str = "", **extra: Any) -> DataElement:
    """Something to be known of a service; missing if it has no value."""
    given: dict[str, Any] = {
        "fulfilment": of, "order_number": of.order_number, "line_number": of.line_number,
        "part_number": of.part_number, "element": element, "value": value,
        "reseller_id": of.reseller_id, "distributor_id": of.distributor_id,
    }  # fmt: skip
    with tenancy.as_system():
        held = CustomerSite.objects.get(id=of.customer_site_id)
    return _made(DataElement, held, given | extra)


def make_overage(of: CustomerSite, **extra: Any) -> Overage:
    given: dict[str, Any] = {
        "reference": f"O{next(_numbers):07d}", "subscription_number": "SUB-0001", "part_number": "D0SAASO",
        "description": "Flow Cloud, overage", "metric": "authorised_user", "measured_from": date(2026, 8, 1),
        "settled_on": date(2026, 8, 31), "entitled": 40, "used": 52, "overage": 12, "currency": "EUR",
        "amount": 36_000, "reason": "First overage of the term",
    }  # fmt: skip
    return _made(Overage, of, given | extra)


def make_change(of: CustomerSite, **extra: Any) -> SubscriptionChange:
    given: dict[str, Any] = {
        "reference": f"C{next(_numbers):07d}", "subscription_number": "SUB-0001", "old_part_number": "D0SAASL",
        "new_part_number": "D0SAASX", "description": "Flow Cloud, extended", "old_quantity": 40,
        "new_quantity": 60, "old_term_months": 12, "new_term_months": 36, "settled_on": date(2026, 7, 1),
    }  # fmt: skip
    return _made(SubscriptionChange, of, given | extra)


def make_price_notice(of: CustomerSite, **extra: Any) -> PriceNotification:
    today = timezone.now().date()
    given: dict[str, Any] = {
        "reference": f"N{next(_numbers):07d}", "quote_number": "R0000001", "line_number": 1,
        "subscription_number": "SUB-0001", "part_number": "D0SAASL", "description": "Flow Cloud, 12 months",
        "currency": "EUR", "old_price": 10_000, "new_price": 10_725, "change_bp": 725,
        "notified_on": today - timedelta(days=10), "effective_on": today + timedelta(days=80),
        "opt_out_by": today + timedelta(days=50),
    }  # fmt: skip
    return _made(PriceNotification, of, given | extra)
