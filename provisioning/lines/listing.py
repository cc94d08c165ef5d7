"""The list of lines: its tabs and filters, for page, counts and API alike. The database decides who sees which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.queries import ids_named
from identity.actors import Actor
from identity.lists import how_many, named, typed
from identity.numbering import as_typed
from orders.models import Order

from ..models import LineStatus, SetupLine
from ..models.lines import LINE_OPEN
from .due import GOES_AHEAD, NOT_BEGUN

ORDER = ("-requested_start_on", "-id")
PARAMETERS = ("show", "q", "order")


@dataclass(frozen=True, slots=True, eq=False)
class Tab:
    name: str
    label: str | Promise
    where: Q
    staff: bool = False  # of the vendor's people alone


UNDER_WAY = (LineStatus.ORDERED, LineStatus.AWAITING_DETAILS, LineStatus.PROVISIONING, LineStatus.FAILED)
#: The representative was told to call, and still nobody has begun.
TO_CALL = Q(NOT_BEGUN, status__in=LINE_OPEN, called_at__isnull=False, onboarded_at__isnull=True)
OPEN = Tab("open", _("To be set up"), Q(status__in=UNDER_WAY))
CALL = Tab("call", _("To call"), TO_CALL, staff=True)
ACTIVE = Tab("active", pgettext_lazy("lines that are set up", "Set up"), Q(status=LineStatus.ACTIVE))
CLOSED = Tab("closed", _("Closed or cancelled"), Q(status__in=[LineStatus.CLOSED, LineStatus.CANCELLED]))
ALL = Tab("all", _("All"), Q())
TABS = (OPEN, CALL, ACTIVE, CLOSED, ALL)


def tabs_for(actor: Actor) -> list[Tab]:
    return [tab for tab in TABS if actor.is_staff or not tab.staff]


def tab_named(name: str, actor: Actor) -> Tab:
    return named(tabs_for(actor), name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody filters lines by; what is empty does not narrow."""

    text: str = ""
    order: str = ""  # an order's whole number

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Wanted:
        return cls(typed(asked), typed(asked, "order", 24))


EVERYTHING = Wanted()


def lines_in(tab: Tab) -> QuerySet[SetupLine]:
    return SetupLine.objects.filter(tab.where)


def with_acceptance() -> QuerySet[SetupLine]:
    """All lines, each with whether the vendor has taken its order (`accepted`)."""
    taken = Order.objects.filter(number=OuterRef("order_number"), status__in=GOES_AHEAD)
    return SetupLine.objects.annotate(accepted=Exists(taken))


def narrowed(found: QuerySet[SetupLine], wanted: Wanted) -> QuerySet[SetupLine]:
    if wanted.order:
        found = found.filter(order_number=wanted.order)
    if wanted.text:
        number = as_typed(wanted.text)
        found = found.filter(
            Q(order_number__startswith=number)
            | Q(part_number=number.upper())
            | Q(contact_email__iexact=wanted.text)
            | Q(customer_id__in=ids_named(wanted.text))
        )
    return found


def counts(wanted: Wanted, actor: Actor) -> list[int]:
    """How many lines each tab has with these filters, in the tabs' order."""
    return [how_many(narrowed(lines_in(tab), wanted)) for tab in tabs_for(actor)]
