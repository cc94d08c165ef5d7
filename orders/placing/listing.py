"""The list of orders: its tabs and filters, for page, counts and API alike. The database decides who sees which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import DateField, ExpressionWrapper, F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.queries import ids_named
from identity.numbering import as_typed

from ..models import Order, OrderStatus

NEWEST = ("-day", "-id")
PARAMETERS = ("show", "q", "customer", "here")
COUNTED = 999


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
    return next((tab for tab in TABS if tab.name == name), ALL)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody filters orders by; what is empty does not narrow. `customer` is a customer's public id."""

    text: str = ""
    customer: str = ""
    here: bool = False  # only those that were placed in the portal

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Wanted:
        text = " ".join(str(asked.get("q", "")).replace("\0", "").split())[:200]
        return cls(text, str(asked.get("customer", "")).replace("\0", "")[:12], bool(asked.get("here")))


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
        typed = as_typed(wanted.text)
        found = found.filter(
            Q(number__begins=typed)
            | Q(quote_number=typed)
            | Q(po_number=wanted.text)
            | Q(agreement=typed)
            | Q(customer_id__in=ids_named(wanted.text))
        )
    return found


def counts(wanted: Wanted) -> list[int]:
    """How many orders each tab has with these filters, in the tabs' order; COUNTED + 1 where there are more."""
    return [narrowed(orders_in(tab), wanted).order_by()[: COUNTED + 1].count() for tab in TABS]
