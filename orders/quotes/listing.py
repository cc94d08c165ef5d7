"""The list of quotes: its tabs and filters, for page, counts and API alike. The database decides who sees which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.queries import ids_named
from identity.actors import Actor, Kind
from identity.lists import how_many, named, typed
from identity.numbering import as_typed

from ..models import FINAL, ORDERABLE, Quote, QuoteStatus

NEWEST = ("-updated_at", "-id")
EXPIRING_SOON = timedelta(days=7)
PARAMETERS = ("show", "q", "customer", "kind", "mine")


@dataclass(frozen=True, slots=True, eq=False)
class Tab:
    """A cut of the list: which quotes."""

    name: str
    label: str | Promise
    statuses: tuple[str, ...] | None = None  # None: every status there is
    expiring: bool = False


ALL = Tab("all", _("All quotes"))
PROPOSALS = Tab("proposal", _("Proposals"), (QuoteStatus.DRAFT,))
OPEN = Tab("open", _("Open"), ORDERABLE)
EXPIRING = Tab("expiring", _("Expiring soon"), ORDERABLE, expiring=True)
ORDERED = Tab("ordered", _("Ordered"), (QuoteStatus.ORDERED, QuoteStatus.ORDERED_IN_PART))
OVER = Tab("over", _("Over"), FINAL)
TABS: dict[Kind, tuple[Tab, ...]] = {
    Kind.RESELLER: (ALL, PROPOSALS, OPEN, EXPIRING, ORDERED, OVER),
    Kind.STAFF: (ALL, OPEN, EXPIRING, ORDERED, OVER),
}


def tabs_of(actor: Actor) -> tuple[Tab, ...]:
    return TABS.get(actor.kind, (ALL,))


def tab_named(name: str, actor: Actor) -> Tab:
    """The tab of this name, or the one this actor lands on."""
    return named(tabs_of(actor), name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody filters quotes by; what is empty does not narrow. `customer` is a customer's public id."""

    text: str = ""
    customer: str = ""
    kind: str = ""
    mine: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Wanted:
        return cls(
            typed(asked), typed(asked, "customer", 12), typed(asked, "kind", 8), bool(asked.get("mine"))
        )


EVERYTHING = Wanted()


def quotes_in(tab: Tab, today: date) -> QuerySet[Quote]:
    found = Quote.objects.all()
    if tab.statuses is not None:
        found = found.filter(status__in=tab.statuses)
    if tab.expiring:
        found = found.filter(valid_until__lte=today + EXPIRING_SOON)
    return found


def narrowed(found: QuerySet[Quote], wanted: Wanted, actor: Actor) -> QuerySet[Quote]:
    if wanted.customer:
        found = found.filter(customer__public_id=wanted.customer)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.mine:
        found = found.filter(owner_name=actor.name)
    if wanted.text:
        number = as_typed(wanted.text)
        meant = Q(number__startswith=number) | Q(title__icontains=wanted.text) | Q(po_number=wanted.text)
        found = found.filter(
            meant | Q(customer_id__in=ids_named(wanted.text)) | Q(customer_name__icontains=wanted.text)
        )
    return found


def counts(wanted: Wanted, actor: Actor, *, now: datetime) -> list[int]:
    """How many quotes each tab has with these filters, in the tabs' order."""
    return [how_many(narrowed(quotes_in(tab, now.date()), wanted, actor)) for tab in tabs_of(actor)]
