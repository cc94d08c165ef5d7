"""The list of orders: its tabs and filters, for page, counts and API alike. The database decides who sees which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import DateField, ExpressionWrapper, F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.queries import ids_named
from identity.lists import how_many, named, typed
from identity.numbering import as_typed

from ..models import Order, OrderStatus

NEWEST = ("-day", "-id")
PARAMETERS = ("show", "q", "customer", "here")


@dataclass(frozen=True, slots=True, eq=False)
class Tab:
    name: str
    label: str | Promise
    statuses: tuple[str, ...] | None = None


ALL = Tab("all", _("All orders"))
PLACED = Tab("placed", _("Waiting for the vendor"), (OrderStatus.PLACED,))
ACCEPTED = Tab("accepted", _("Accepted"), (OrderStatus.ACCEPTED,))
FULFILLED = Tab("fulfilled", _("Fulfilled"), (OrderStatus.FULFILLED,))
OVER = Tab("over", _("Rejected or cancelled"), (OrderStatus.REJECTED, OrderStatus.CANCELLED))
TABS = (ALL, PLACED, ACCEPTED, FULFILLED, OVER)


def tab_named(name: str) -> Tab:
    return named(TABS, name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody filters orders by; what is empty does not narrow. `customer` is a customer's public id."""

    text: str = ""
    customer: str = ""
    here: bool = False  # only those that were placed in the portal

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Wanted:
        return cls(typed(asked), typed(asked, "customer", 12), bool(asked.get("here")))


EVERYTHING = Wanted()


def orders_in(tab: Tab) -> QuerySet[Order]:
    # An order always has its day, which the rows of other tables may lack: paging wants to know.
    found = Order.objects.annotate(day=ExpressionWrapper(F("settled_on"), output_field=DateField()))
    return found if tab.statuses is None else found.filter(status__in=tab.statuses)


def narrowed(found: QuerySet[Order], wanted: Wanted) -> QuerySet[Order]:
    if wanted.customer:
        found = found.filter(customer__public_id=wanted.customer)
    if wanted.here:
        found = found.filter(placed_here=True)
    if wanted.text:
        number = as_typed(wanted.text)
        found = found.filter(
            Q(number__begins=number)
            | Q(quote_number=number)
            | Q(po_number=wanted.text)
            | Q(agreement=number)
            | Q(customer_id__in=ids_named(wanted.text))
        )
    return found


def counts(wanted: Wanted) -> list[int]:
    """How many orders each tab has with these filters, in the tabs' order."""
    return [how_many(narrowed(orders_in(tab), wanted)) for tab in TABS]
