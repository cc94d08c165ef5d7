"""Renewals that were ordered here: settled with the order, and given back when the order comes to nothing.

An item counts how many of it were ordered (`ordered`). All of them, or all that the customer still wants where fewer
are renewed for a reason: it is ordered, and over. Some: it is ordered in part, and the rest can still be renewed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q, Sum

from customers.queries import day_of
from identity import tenancy
from identity.actors import Actor
from identity.audit import record
from orders.models import Order, OrderLine, OrderStatus, QuoteLine
from orders.placing.ordered import Ordered, when_ordered, when_undone

from .models import RenewalItem, RenewalStatus

UNDONE = (OrderStatus.REJECTED, OrderStatus.CANCELLED)
BY_ORDER = (RenewalStatus.ORDERED, RenewalStatus.ORDERED_IN_PART)  # what an order makes of an item
LOOKED_BACK = timedelta(days=30)


@when_ordered
def settle_ordered(order: Order, lines: Ordered, by: Actor, now: datetime) -> None:
    """Count what was ordered of renewals, within the transaction that places the order."""
    wanted = {line.renewal_item for line, _quantity in lines if line.renewal_item}
    if not wanted:
        return
    # Whether it is theirs to renew, the database says; to settle it is the portal's.
    seen = list(RenewalItem.objects.filter(public_id__in=wanted).values_list("id", flat=True))
    with tenancy.as_system():
        held = RenewalItem.objects.filter(id__in=seen, settled_on__isnull=True).order_by("id")
        items = {item.public_id: item for item in held.select_for_update(no_key=True)}
        for line, quantity in lines:
            if (item := items.get(line.renewal_item)) is not None:
                _count(item, line, quantity)
        for item in items.values():
            item.settled_on = order.settled_on if item.status == RenewalStatus.ORDERED else None
            item.version += 1
            item.save(update_fields=["ordered", "status", "settled_on", "version"])
    for item in items.values():
        _audit("renewal.ordered", item, by, now, order=order.number)


def _count(item: RenewalItem, line: QuoteLine, quantity: int) -> None:
    item.ordered += quantity
    as_wanted = bool(line.cut_reason) and line.ordered == line.quantity
    whole = item.ordered >= item.quantity or as_wanted
    item.status = RenewalStatus.ORDERED if whole else RenewalStatus.ORDERED_IN_PART


@when_undone
def give_back(order: Order, by: Actor, now: datetime) -> None:
    """Let what an order was about be renewed again, now that it was called off or turned down."""
    with tenancy.as_system():
        items = _given_back([order], now)
    for item in items:
        _audit("renewal.given_back", item, by, now, order=order.number)


def give_back_due(*, now: datetime) -> int:
    """The same for orders of which the vendor's files said it; returns how many items. Run a second time, none."""
    with tenancy.as_system():
        lately = Q(closed_at__isnull=True) | Q(closed_at__gte=now - LOOKED_BACK)
        orders = Order.objects.filter(lately, placed_here=True, status__in=UNDONE).exclude(quote_number="")
        items = _given_back(orders.order_by("id"), now)
        for item in items:
            _audit("renewal.given_back", item, Actor.system(), now)
    return len(items)


def _given_back(orders: Iterable[Order], now: datetime) -> list[RenewalItem]:
    """Items of these orders of which fewer are ordered now than were counted, brought in line with that."""
    changed = []
    for order in orders:
        lines = OrderLine.objects.filter(order=order).exclude(renewal_quote="")
        for quote, number in lines.values_list("renewal_quote", "renewal_line").distinct():
            found = RenewalItem.objects.filter(
                quote_number=quote, line_number=number, reseller_id=order.reseller_id, ordered__gt=0
            )
            item = found.select_for_update(no_key=True).first()
            if item is not None and _recounted(item, now):
                changed.append(item)
    return changed


def _recounted(item: RenewalItem, now: datetime) -> bool:
    """Whether fewer of an item are ordered than it says; it says so then, and can be renewed again."""
    lines = OrderLine.objects.filter(
        customer_id=item.customer_id, renewal_quote=item.quote_number, renewal_line=item.line_number,
        order__placed_here=True,
    ).exclude(order__status__in=UNDONE)  # fmt: skip
    left = lines.aggregate(found=Sum("quantity"))["found"] or 0
    if left >= item.ordered or item.status not in BY_ORDER:
        return False
    late = item.due_on < day_of(now)
    item.ordered, item.settled_on = left, None
    item.status = (
        RenewalStatus.ORDERED_IN_PART if left else RenewalStatus.EXPIRED if late else RenewalStatus.OPEN
    )
    item.version += 1
    item.save(update_fields=["ordered", "status", "settled_on", "version"])
    return True


def _audit(event: str, item: RenewalItem, by: Actor, now: datetime, **detail: object) -> None:
    record(
        event, by=by, now=now, object_type="renewal", object_id=item.public_id, label=str(item),
        site_id=item.reseller_id, **detail,
    )  # fmt: skip
