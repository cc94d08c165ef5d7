"""What customers have, for tests: agreements, sites, and rows that partners may know of. Everything as the system."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from customers.models import Agreement, Customer, CustomerSite, Relationship
from identity import tenancy
from identity.models import AgreementRole, Programme, Site
from orders.models import Order, OrderLine, OrderStatus
from renewals.models import RenewalItem, RenewalKind, RenewalStatus
from tests.deals.factories import make_customer

_numbers = itertools.count(1)


def make_agreement(customer: Customer, **extra: Any) -> Agreement:
    extra.setdefault("programme", Programme.RELATIONSHIP)
    if extra["programme"] == Programme.RELATIONSHIP:
        extra.setdefault("anniversary_on", date(2027, 4, 1))
    with tenancy.as_system():
        return Agreement.objects.create(
            number=extra.pop("number", f"AG{next(_numbers):06d}"), customer=customer, **extra
        )


def make_customer_site(customer: Customer | None = None, **extra: Any) -> CustomerSite:
    """A site of a customer under an agreement of its own, looked after by `reseller` and `distributor`."""
    customer = customer or make_customer(f"Customer {next(_numbers)}")
    contract = extra.pop("contract", None) or make_agreement(customer)
    extra.setdefault("site_number", f"{3_000_000 + next(_numbers)}")
    extra.setdefault("site_name", f"{customer.name}, head office")
    extra.setdefault("country", customer.country)
    extra.setdefault("price_level", "D")
    extra.setdefault("role", AgreementRole.ORIGINATING)
    with tenancy.as_system():
        return CustomerSite.objects.create(customer=customer, contract=contract, **extra)


def relate(
    site: Site, customer: Customer, start: date = date(2020, 1, 1), end: date | None = None
) -> Relationship:
    """A relationship from `start` up to, and without, `end`."""
    with tenancy.as_system():
        return Relationship.objects.create(
            site=site, customer=customer, role=site.kind, valid_from=start, valid_to=end
        )


def make_order(of: CustomerSite, day: date = date(2026, 3, 10), *, lines: int = 1, **extra: Any) -> Order:
    """An order as the vendor's systems tell of it."""
    extra.setdefault("status", OrderStatus.FULFILLED)
    extra.setdefault("currency", "EUR")
    with tenancy.as_system():
        order = Order.objects.create(
            number=extra.pop("number", f"4{next(_numbers):07d}"), customer_site=of, settled_on=day,
            total=12_500 * lines, line_count=lines, **extra,
        )  # fmt: skip
        for position in range(1, lines + 1):
            OrderLine.objects.create(
                order=order, position=position, part_number="D0ABCLL", description="Flow Designer, licence",
                part_type="licence", quantity=5, currency=order.currency, unit_price=2_500, extended=12_500,
            )  # fmt: skip
        order.refresh_from_db()
    return order


def make_item(of: CustomerSite, due: date = date(2026, 12, 31), **extra: Any) -> RenewalItem:
    """A line of a renewal quote that is open."""
    extra.setdefault("kind", RenewalKind.SUPPORT)
    extra.setdefault("status", RenewalStatus.OPEN)
    given: dict[str, Any] = {
        "quote_number": f"R{next(_numbers):07d}", "line_number": 1, "part_number": "E0ABCRR",
        "description": "Flow Designer, renewal", "part_type": "renewal", "quantity": 10,
        "current_start": date(2026, 1, 1), "current_end": date(2026, 12, 31),
        "new_start": date(2027, 1, 1), "new_end": date(2027, 12, 31), "months": 12,
        "currency": "EUR", "unit_price": 2_000, "extended": 20_000, "due_on": due,
    }  # fmt: skip
    with tenancy.as_system():
        item = RenewalItem.objects.create(customer_site=of, **(given | extra))
        item.refresh_from_db()
    return item
