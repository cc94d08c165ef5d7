"""Orders placed here: from a quote or from a basket, called off, accepted and rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import IntegrityError, transaction

from identity.actors import Actor
from identity.audit import record
from identity.models import Site
from identity.numbering import new_number, with_unused
from pricing.models import PartType
from pricing.quoting import QuoteFlawed, half_up

from .. import notices
from ..models import Order, OrderLine, OrderStatus, Quote, QuoteLine, QuoteStatus
from ..quotes.actions import QuoteNotOpen, day_at, lines_of
from ..quotes.actions.ground import CustomerMissing, LineUnknown, active_distributor, offered, seller
from ..quotes.actions.ground import store as store_quote
from ..quotes.reckoning import put_down, reckon
from . import ordered

PREFIX = "P"
#: Somebody has to be told where and when such a service is set up.
NEEDS_DETAILS = frozenset({PartType.SUBSCRIPTION, PartType.SAAS})


class OrderNotOpen(Exception):
    """The order's state does not allow this (any more). `status` is the state it is in."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class PlacedAlready(Exception):
    """What was sent has been ordered before. `order` is what came of it."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.number)
        self.order = order


class NothingOrdered(Exception):
    """An order has at least one line."""


class TooManyOrdered(Exception):
    """More than the quote has left. `left` says how many there are, by the line's public id."""

    def __init__(self, left: Mapping[str, int]) -> None:
        super().__init__(", ".join(left))
        self.left = left


class DetailsMissing(Exception):
    """Services need a start date and a contact who sets them up. `lines` are the public ids of those lines."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__(", ".join(lines))
        self.lines = tuple(lines)


class TotalChanged(Exception):
    """Prices have changed since they were shown: the total was `seen`, and is `total` now. In minor units."""

    def __init__(self, seen: int, total: int) -> None:
        super().__init__(f"{seen} to {total}")
        self.seen, self.total = seen, total


class ReasonMissing(Exception):
    """A rejection says why."""


@dataclass(frozen=True, slots=True)
class Details:
    """When a service is wanted from, and who sets it up."""

    start_on: date | None = None
    email: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A line of a quote (or of a basket), how many of it are ordered now, and what they cost."""

    line: QuoteLine
    quantity: int
    extended: int
    points: Decimal


# ------------------------------------------------------------------------------------------ from a quote


@transaction.atomic
def order_quote(
    quote: Quote,
    quantities: Mapping[str, int] | None = None,
    *,
    po_number: str | None = None,
    note: str = "",
    details: Mapping[str, Details] | None = None,
    by: Actor,
    now: datetime,
    version: int | None = None,
) -> Order:
    """Order what an open quote offers, at its prices: all that is left, or so many of each line (by public id).

    The prices of several orders add up to the quote's, to the minor unit. Raises QuoteNotOpen (also when its time is
    over), QuoteChanged, LineUnknown, NothingOrdered, TooManyOrdered, DetailsMissing.
    """
    site = seller(by)
    today = day_at(site, now)
    quote = offered(quote, version)
    if quote.valid_until is not None and quote.valid_until < today:
        raise QuoteNotOpen(QuoteStatus.EXPIRED)
    lines = lines_of(quote)
    _take_down_details(lines, details or {})
    taken = _taken(lines, quantities)
    _demand_details(taken)
    order = _place(
        quote, taken, by=by, now=now, today=today, note=note,
        po_number=quote.po_number if po_number is None else po_number,
        columns={"quote_number": quote.number},
    )  # fmt: skip
    for each in taken:
        each.line.ordered += each.quantity
    QuoteLine.objects.bulk_update(
        [each.line for each in taken], ["ordered", "requested_start_on", "provisioning_email"]
    )
    whole = all(line.ordered == line.quantity for line in lines)
    quote.status = QuoteStatus.ORDERED if whole else QuoteStatus.ORDERED_IN_PART
    quote.closed_at = now if whole else None
    store_quote(quote, "ordered", by=by, now=now, order=order.number)
    ordered.tell(order, [(each.line, each.quantity) for each in taken], by=by, now=now)
    return order


def _take_down_details(lines: Sequence[QuoteLine], details: Mapping[str, Details]) -> None:
    for line in lines:
        if given := details.get(line.public_id):
            line.requested_start_on = given.start_on or line.requested_start_on
            line.provisioning_email = given.email or line.provisioning_email


def _taken(lines: Sequence[QuoteLine], quantities: Mapping[str, int] | None) -> list[Taken]:
    """What is ordered now, with its share of each line's price: what is left over goes to the last order."""
    known = {line.public_id for line in lines}
    if quantities is not None and not set(quantities) <= known:
        raise LineUnknown
    wanted = {
        line.public_id: line.quantity - line.ordered
        if quantities is None
        else quantities.get(line.public_id, 0)
        for line in lines
    }
    over = {
        line.public_id: line.quantity - line.ordered
        for line in lines
        if not 0 <= wanted[line.public_id] <= line.quantity - line.ordered
    }
    if over:
        raise TooManyOrdered(over)
    taken = [_share(line, wanted[line.public_id]) for line in lines if wanted[line.public_id]]
    if not taken:
        raise NothingOrdered
    return taken


def _share(line: QuoteLine, quantity: int) -> Taken:
    assert line.extended is not None  # a quote that was opened has prices
    before, after = line.ordered, line.ordered + quantity
    extended = _part_of(line.extended, after, line.quantity) - _part_of(line.extended, before, line.quantity)
    cents = int(line.points.scaleb(2).to_integral_value(ROUND_HALF_UP))
    points = _part_of(cents, after, line.quantity) - _part_of(cents, before, line.quantity)
    return Taken(line, quantity, extended, Decimal(points).scaleb(-2))


def _part_of(amount: int, quantity: int, whole: int) -> int:
    return half_up(amount * quantity, whole)


def _demand_details(taken: Sequence[Taken]) -> None:
    missing = [
        each.line.public_id
        for each in taken
        if each.line.part_type in NEEDS_DETAILS
        and not (each.line.requested_start_on and each.line.provisioning_email)
    ]
    if missing:
        raise DetailsMissing(missing)


# ------------------------------------------------------------------------------------------ from a basket


@transaction.atomic
def place_order(
    quote: Quote,
    lines: Sequence[QuoteLine],
    *,
    basket: str,
    seen_total: int | None = None,
    po_number: str = "",
    note: str = "",
    by: Actor,
    now: datetime,
) -> Order:
    """Order parts without a quote: `quote` and `lines` are what baskets make of the wish, and are not saved.

    `basket` is the key of what was sent: raises PlacedAlready when an order came of it before, whoever sent it.
    `seen_total` is what was shown: raises TotalChanged when prices have changed since. Raises CustomerMissing,
    NothingOrdered, QuoteFlawed, DetailsMissing, DistributorUnknown.
    """
    site = seller(by)
    today = day_at(site, now)
    _demand_new(basket, site)
    if quote.customer is None:
        raise CustomerMissing
    active_distributor(quote.distributor)
    if not lines:
        raise NothingOrdered
    reckoned = reckon(quote, lines, today)
    flaws = [flaw for found in reckoned.flaws.values() for flaw in found]
    if flaws:
        raise QuoteFlawed(flaws)
    put_down(quote, lines, reckoned)
    if seen_total is not None and seen_total != quote.total:
        raise TotalChanged(seen_total, quote.total)
    taken = [Taken(line, line.quantity, line.extended or 0, line.points) for line in lines]
    _demand_details(taken)
    try:
        with transaction.atomic():
            order = _place(
                quote, taken, by=by, now=now, today=today, po_number=po_number, note=note,
                columns={"basket": basket},
            )  # fmt: skip
    except IntegrityError:
        _demand_new(basket, site)  # somebody was quicker by the blink of an eye
        raise
    ordered.tell(order, [], by=by, now=now)
    return order


def _demand_new(basket: str, site: Site) -> None:
    if not basket:
        return
    placed = Order.objects.filter(reseller_id=site.id, basket=basket).first()
    if placed is not None:
        raise PlacedAlready(placed)


# ------------------------------------------------------------------------------------------ both


def _place(
    quote: Quote,
    taken: Sequence[Taken],
    *,
    by: Actor,
    now: datetime,
    today: date,
    po_number: str,
    note: str,
    columns: dict[str, Any],
) -> Order:
    """Write the order and its lines, and tell of it."""
    order = Order(
        placed_here=True,
        status=OrderStatus.PLACED,
        customer_id=quote.customer_id,
        customer_site_id=quote.customer_site_id,
        reseller_id=by.site_id,
        distributor_id=quote.distributor_id,
        settled_on=today,
        currency=quote.currency,
        total=sum(each.extended for each in taken),
        points=sum((each.points for each in taken), Decimal(0)),
        line_count=len(taken),
        order_level=quote.earned_level or quote.price_level,
        po_number=po_number,
        deal_number=quote.deal_number,
        note=note,
        placed_at=now,
        placed_by_name=by.name[:120],
        **columns,
    )

    def store(found: dict[str, str]) -> None:
        order.number = found["number"]
        with transaction.atomic():
            order.save(force_insert=True)

    with_unused(lambda: {"number": new_number(PREFIX, today.year)}, store)
    OrderLine.objects.bulk_create(
        _line(order, each, position) for position, each in enumerate(taken, start=1)
    )
    order.refresh_from_db()  # the database has filled in whose it is
    audit("placed", order, by=by, now=now)
    notices.tell_of_placed(order, by=by, now=now)
    return order


def _line(order: Order, taken: Taken, position: int) -> OrderLine:
    line = taken.line
    assert line.unit_price is not None
    return OrderLine(
        order=order,
        placed_here=True,
        position=position,
        part_id=line.part_id,
        part_number=line.part_number,
        description=line.description,
        part_type=line.part_type,
        metric=line.metric,
        quantity=taken.quantity,
        unit_points=line.unit_points,
        points=taken.points,
        coverage_start=line.coverage_start,
        coverage_end=line.coverage_end,
        months=line.months,
        currency=order.currency,
        unit_price=line.unit_price,
        extended=taken.extended,
        renewal_quote=line.renewal_quote,
        renewal_line=line.renewal_line,
        requested_start_on=line.requested_start_on,
        provisioning_email=line.provisioning_email,
    )


# ------------------------------------------------------------------------------------------ afterwards


@transaction.atomic
def cancel_order(
    order: Order, *, text: str = "", by: Actor, now: datetime, version: int | None = None
) -> Order:
    """Call an own order off, as long as the vendor has not taken it. Raises OrderNotOpen, OrderChanged."""
    seller(by)
    order = _placed(order, version)
    _decide(order, OrderStatus.CANCELLED, text, by=by, now=now)
    notices.tell_of_cancelled(order, by=by, now=now, text=text)
    return order


@transaction.atomic
def accept_order(order: Order, *, by: Actor, now: datetime, version: int | None = None) -> Order:
    """Take an order for the vendor. Raises OrderNotOpen, OrderChanged."""
    order = _placed(order, version)
    _decide(order, OrderStatus.ACCEPTED, "", by=by, now=now)
    notices.tell_of_decision(order, by=by, now=now)
    return order


@transaction.atomic
def reject_order(order: Order, *, text: str, by: Actor, now: datetime, version: int | None = None) -> Order:
    """Turn an order down, saying why. Raises OrderNotOpen, OrderChanged, ReasonMissing."""
    if not text.strip():
        raise ReasonMissing
    order = _placed(order, version)
    _decide(order, OrderStatus.REJECTED, text.strip(), by=by, now=now)
    notices.tell_of_decision(order, by=by, now=now, text=text.strip())
    return order


class OrderChanged(Exception):
    """Somebody changed the order since it was shown. `order` is as it is now."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.version)
        self.order = order


def _placed(order: Order, version: int | None) -> Order:
    """The order as it is now, held until the transaction ends: one that was placed here, and not decided yet."""
    # A reseller can only lock what it may still change, so that one decided meanwhile is read without.
    current = Order.objects.select_for_update(of=("self",)).filter(id=order.id).first()
    current = current or Order.objects.get(id=order.id)
    if current.status != OrderStatus.PLACED or not current.placed_here:
        raise OrderNotOpen(current.status)
    if version is not None and current.version != version:
        raise OrderChanged(current)
    return current


def _decide(order: Order, status: str, text: str, *, by: Actor, now: datetime) -> None:
    order.status, order.status_reason, order.version = status, text[:500], order.version + 1
    fields = ["status", "status_reason", "version"]
    if status != OrderStatus.ACCEPTED:
        order.closed_at = now
        fields.append("closed_at")
    order.save(update_fields=fields)
    audit(status, order, by=by, now=now)
    if status != OrderStatus.ACCEPTED:
        ordered.tell_undone(order, by=by, now=now)


def audit(event: str, order: Order, *, by: Actor, now: datetime) -> None:
    record(
        f"order.{event}",
        by=by,
        now=now,
        object_type="order",
        object_id=order.public_id,
        label=f"{order.number} {order.customer_name}".strip(),
        site_id=order.reseller_id,
    )
