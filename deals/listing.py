"""The opportunity manager's list: its tabs, orders and filters, for page, files, counts and API alike.

Nothing here decides who sees which deal: the database does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.names import search_name
from customers.queries import ids_named
from identity.actors import Actor, Kind
from identity.models import Site, SiteKind
from identity.privileges import Privilege
from reports.columns import Column
from reports.listings import Listing, register

from .clock import EXPIRING_SOON
from .models import Deal, DealProduct
from .numbers import as_typed
from .states import LIVE, TERMINAL, WAITING, Status

Deals = QuerySet[Deal, Any]

# ------------------------------------------------------------------------------------------------ orders


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """An order of the list that an index has. `statuses`: of which deals it tells the place; None: of all."""

    name: str
    label: str | Promise
    by: tuple[str, ...]
    statuses: frozenset[str] | None = None


NEWEST = Order("newest", _("Newest first"), ("-listed_at", "-id"))
OLDEST = Order("oldest", _("Oldest first"), ("listed_at", "id"))
SOONEST_EXPIRY = Order("expiry", _("First to expire"), ("expiring_at", "id"), frozenset({Status.APPROVED}))
SOONEST_CLOSE = Order("close", _("First to close"), ("closing_on", "id"), frozenset(LIVE))
ORDERS = (NEWEST, OLDEST, SOONEST_EXPIRY, SOONEST_CLOSE)

# ------------------------------------------------------------------------------------------------ tabs


@dataclass(frozen=True, slots=True, eq=False)
class Tab:
    """A view of the opportunity manager: which deals, in which order at first."""

    name: str
    label: str | Promise
    statuses: frozenset[str] | None = None  # None: every status there is
    order: Order = NEWEST


ALL = Tab("all", _("All deals"))
DRAFTS = Tab("draft", _("Drafts"), frozenset({Status.DRAFT}))
WITH_VENDOR = Tab("waiting", _("Waiting for a decision"), frozenset(WAITING))
QUEUE = Tab("waiting", _("To decide"), frozenset(WAITING), OLDEST)
RETURNED = Tab("returned", _("Returned"), frozenset({Status.RETURNED}))
APPROVED = Tab("approved", _("Approved"), frozenset({Status.APPROVED}))
EXPIRING = Tab("expiring", _("Expiring soon"), frozenset({Status.APPROVED}), SOONEST_EXPIRY)
CLOSED = Tab("closed", _("Closed"), frozenset(TERMINAL))

# The first is where one lands.
TABS: dict[Kind, tuple[Tab, ...]] = {
    Kind.RESELLER: (ALL, DRAFTS, WITH_VENDOR, RETURNED, APPROVED, EXPIRING, CLOSED),
    Kind.DISTRIBUTOR: (ALL, WITH_VENDOR, APPROVED, EXPIRING, CLOSED),
    Kind.STAFF: (QUEUE, ALL, RETURNED, APPROVED, EXPIRING, CLOSED),
}


def tab_named(name: str, actor: Actor) -> Tab:
    """The tab of this name, or the one this actor lands on."""
    tabs = TABS[actor.kind]
    return next((tab for tab in tabs if tab.name == name), tabs[0])


def orders_of(statuses: frozenset[str] | None) -> tuple[Order, ...]:
    """The orders in which deals of these statuses can be listed."""
    return tuple(
        order
        for order in ORDERS
        if order.statuses is None or (statuses is not None and statuses <= order.statuses)
    )


def order_named(name: str, tab: Tab, wanted: Wanted) -> Order:
    """The order of this name if there is one for what is listed; else the tab's own."""
    possible = orders_of(wanted.statuses_in(tab))
    return next((order for order in possible if order.name == name), tab.order)


# ------------------------------------------------------------------------------------------------ filters

PARAMETERS = (
    "show", "q", "status", "stage", "type", "country", "line", "distributor", "partner", "owner",
    "currency", "value_from", "value_to", "submitted_from", "submitted_to", "approved_from", "approved_to",
    "expires_from", "expires_to", "close_from", "close_to", "order", "columns",
)  # fmt: skip
#: What an address may say that is no filter: where in the list one is, and how it looks.
NO_FILTERS = frozenset({"show", "order", "columns", "view", "cursor"})
DEALS = register(Listing("deals", _("Opportunity manager"), "deals:list", Privilege.DEAL_VIEW, PARAMETERS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody filters deals by; what is empty does not narrow.

    `distributor` and `partner` are site numbers, `owner` is "me" or the public id of a colleague's membership, `line`
    the code of a product line. The values are in minor units of `currency`. Days are the reader's, ends included.
    """

    text: str = ""
    statuses: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    country: str = ""
    line: str = ""
    distributor: str = ""
    partner: str = ""
    owner: str = ""
    currency: str = ""
    value_from: int | None = None
    value_to: int | None = None
    submitted_from: date | None = None
    submitted_to: date | None = None
    approved_from: date | None = None
    approved_to: date | None = None
    expires_from: date | None = None
    expires_to: date | None = None
    close_from: date | None = None
    close_to: date | None = None

    def statuses_in(self, tab: Tab) -> frozenset[str] | None:
        """The statuses that deals of a tab can have with this filter; None: any."""
        if not self.statuses:
            return tab.statuses
        return (
            frozenset(self.statuses) & tab.statuses if tab.statuses is not None else frozenset(self.statuses)
        )


EVERYTHING = Wanted()


def narrowed(found: Deals, wanted: Wanted, actor: Actor) -> Deals:
    """The deals that fit. Every condition is a plain one on the deal's row, which policies let an index answer."""
    if wanted == EVERYTHING:
        return found
    for condition in _conditions(wanted, actor):
        found = found.filter(condition)
    return found


def _conditions(wanted: Wanted, actor: Actor) -> Iterator[Q | Exists]:
    if wanted.text:
        yield meant_by(wanted.text, actor)
    for field, values in (
        ("status", wanted.statuses),
        ("stage", wanted.stages),
        ("deal_type", wanted.types),
    ):
        if values:
            yield Q(**{f"{field}__in": values})
    if wanted.country:
        yield Q(customer_country=wanted.country)
    if wanted.line:
        yield Exists(DealProduct.objects.filter(deal_id=OuterRef("id"), line=wanted.line))
    if wanted.distributor and actor.kind is not Kind.DISTRIBUTOR:
        yield Q(distributor_id__in=_sites(wanted.distributor, SiteKind.DISTRIBUTOR))
    if wanted.partner:
        yield _of_partner(wanted.partner, actor)
    if wanted.owner == "me":
        yield Q(owner_id=actor.membership_id)
    elif wanted.owner:
        yield Q(owner__public_id=wanted.owner)
    if wanted.currency:
        yield Q(currency=wanted.currency)
    if wanted.submitted_from:
        # Never listed before it was submitted: this lets the list's own index tell where to stop.
        yield Q(listed_at__gte=_begins(wanted.submitted_from))
    yield from _ranges(wanted)


def _sites(number: str, kind: str) -> list[int]:
    return list(Site.objects.filter(number=number, kind=kind).values_list("id", flat=True))


def _of_partner(number: str, actor: Actor) -> Q:
    """Deals of a site. Its id has an index; a distributor, who does not see other sites, goes by the number."""
    if actor.is_staff:
        return Q(site_id__in=_sites(number, SiteKind.RESELLER))
    return Q(site_number=number)


def _ranges(wanted: Wanted) -> Iterator[Q]:
    if wanted.currency and wanted.value_from is not None:
        yield Q(value__gte=wanted.value_from)
    if wanted.currency and wanted.value_to is not None:
        yield Q(value__lte=wanted.value_to)
    for name in ("submitted", "approved", "expires"):
        first, last = getattr(wanted, f"{name}_from"), getattr(wanted, f"{name}_to")
        if first:
            yield Q(**{f"{name}_at__gte": _begins(first)})
        if last:
            yield Q(**{f"{name}_at__lte": timezone.make_aware(datetime.combine(last, time.max))})
    if wanted.close_from:
        yield Q(close_on__gte=wanted.close_from)
    if wanted.close_to:
        yield Q(close_on__lte=wanted.close_to)


def _begins(day: date) -> datetime:
    """When a day begins where the reader is."""
    return timezone.make_aware(datetime.combine(day, time.min))


NAMED_AT_MOST = 200


def meant_by(text: str, actor: Actor) -> Q:
    """Deals that a search means: by number, submission reference or customer; one's own by their name as well.

    Customers, and deals by their name, are looked up first: a condition for each would let no index be used.
    """
    typed = as_typed(text)
    meant = Q(number=typed) | Q(submission_ref=typed)
    if actor.kind is Kind.RESELLER:
        named = Deal.objects.filter(name__icontains=text).order_by("-listed_at", "-id")[:NAMED_AT_MOST]
        meant |= Q(id__in=list(named.values_list("id", flat=True)))
    name = search_name(text)
    if name:
        meant |= Q(customer_id__in=ids_named(text))
        if actor.kind is Kind.RESELLER:
            meant |= Q(search_name__begins=name)  # drafts whose customer nobody knows yet
    return meant


# ------------------------------------------------------------------------------------------------ rows

# Two columns under names of their own, by which one can page: in the orders that go by them they are never null.
PAGED = {"expiring_at": F("expires_at"), "closing_on": F("close_on")}
# What the page reads of a deal, in this order. The last two are long, and read only where they are shown.
ROW = (
    "id", "listed_at", "public_id", "name", "number", "submission_ref", "customer_name", "customer_country",
    "product_summary", "value", "currency", "stage", "deal_type", "status", "decision_due_at", "expiring_at",
    "submitted_at", "approved_at", "closing_on", "distributor_name", "owner_name", "engineer_name",
    "reviewer_name", "site_name", "site_number", "updated_at",
)  # fmt: skip
LONG = ("competitors", "next_steps")


def rows_in(tab: Tab, columns: tuple[Column, ...], *, now: datetime) -> Deals:
    """The deals of a tab, of those the database lets the actor see, as plain tuples of ROW and LONG."""
    return _in_time(_rows_of(tab, frozenset(c.name for c in columns if c.name in LONG)), tab, now)


@cache
def _rows_of(tab: Tab, long: frozenset[str]) -> Deals:
    # Begun once: the ORM takes as long to find so many columns by name as the database to find the rows.
    return _deals_of(tab).values_list(*ROW, *(name if name in long else Value("") for name in LONG))


@cache
def _deals_of(tab: Tab) -> Deals:
    deals = Deal.objects.annotate(**PAGED)
    return deals if tab.statuses is None else deals.filter(status__in=sorted(tab.statuses))


def _in_time(deals: Deals, tab: Tab, now: datetime) -> Deals:
    return deals.filter(expires_at__lt=now + EXPIRING_SOON) if tab is EXPIRING else deals


def deals_in(tab: Tab, *, now: datetime) -> Deals:
    """The deals of a tab, of those the database lets the actor see."""
    return _in_time(_deals_of(tab), tab, now)


# ------------------------------------------------------------------------------------------------ counts

COUNTED = 999  # beyond it, "999+": nobody reads such a number, and counting on would cost
PATIENCE = "400ms"  # for one tab; a filter that hardly anything fits makes the database look at everything


def counts(wanted: Wanted, actor: Actor, *, now: datetime) -> dict[str, int | None]:
    """How many deals each tab has with these filters, COUNTED + 1 at most; None from where counting took too long."""
    found: dict[str, int | None] = dict.fromkeys(tab.name for tab in TABS[actor.kind])
    with suppress(OperationalError), transaction.atomic():
        cursor = connection.cursor()
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
        for tab in TABS[actor.kind]:
            deals = narrowed(deals_in(tab, now=now), wanted, actor)
            found[tab.name] = deals.values("id")[: COUNTED + 1].count()
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    return found
