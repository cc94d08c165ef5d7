"""The worklist: which renewals, narrowed how, in the order in which they are due. For page, files and API alike.

Nothing here decides who sees which item: the database does. What a partner notes of an item (`RenewalWork`) is joined
to it; the database shows each site its own notes, of which there is one an item.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    F,
    Field,
    IntegerField,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers import lookups  # noqa: F401 - makes `__begins` known
from customers.queries import ids_named
from identity.actors import Actor
from identity.models import Membership, Site
from identity.privileges import Privilege
from reports.listings import Listing, register

from ..models import RenewalItem

Items = QuerySet[RenewalItem, Any]

ORDER = ("due_on", "id")  # as the indexes of what is open have it
HORIZON = 180  # days

# ------------------------------------------------------------------------------------------------ which


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A view of the worklist: what is due from so many days on until so many days on, today being 0.

    None: from ever, for ever. `work` says of which of the site's own notes: "active" is what is neither put off nor
    lost.
    """

    name: str
    label: str | Promise
    first: int | None = None
    last: int | None = None
    work: str = "active"  # active, snoozed, lost, any


TO_RENEW = View("180", _("To renew"), None, HORIZON)
OVERDUE = View("overdue", _("Overdue"), None, -1)
WEEK = View("week", _("Next 7 days"), 0, 6)
MONTH = View("month", _("This month"), 0, None)
SNOOZED = View("snoozed", pgettext_lazy("renewals", "Put off"), work="snoozed")
LOST = View("lost", pgettext_lazy("renewals", "Lost"), work="lost")
ALL = View("all", _("All"), work="any")
BUCKETS = (
    OVERDUE,
    View("0-30", _("In 30 days"), 0, 30),
    View("31-60", _("In 31 to 60 days"), 31, 60),
    View("61-90", _("In 61 to 90 days"), 61, 90),
    View("91-180", _("In 91 to 180 days"), 91, HORIZON),
)
LATER = View("later", _("Later"), HORIZON + 1, None)
VIEWS = {
    view.name: view for view in (TO_RENEW, WEEK, MONTH, *BUCKETS, LATER, SNOOZED, LOST, ALL)
}  # fmt: skip
TABS = (TO_RENEW, OVERDUE, WEEK, MONTH, SNOOZED, LOST, ALL)


def view_named(name: str, actor: Actor) -> View:
    """The view of this name, or the one in which one lands. The vendor has no views of what partners note."""
    found = VIEWS.get(name, TO_RENEW)
    return TO_RENEW if actor.is_staff and found.work in ("snoozed", "lost") else found


def tabs_for(actor: Actor) -> tuple[View, ...]:
    return tuple(view for view in TABS if view_named(view.name, actor) is view)


def days_of(view: View, today: date) -> tuple[date | None, date | None]:
    """The first and the last day of a view; None: unbounded."""
    first = None if view.first is None else today + timedelta(days=view.first)
    last = None if view.last is None else today + timedelta(days=view.last)
    if view is MONTH:
        last = (today.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return first, last


def bucket_of(due_on: date, today: date) -> View:
    """In which stretch of days an item is due."""
    days = (due_on - today).days
    return next((view for view in BUCKETS if view.last is not None and days <= view.last), LATER)


# ------------------------------------------------------------------------------------------------ narrowed how

PARAMETERS = (
    "show", "q", "agreement", "site", "quote", "customer", "kind", "currency", "auto", "assigned", "partner",
    "due_from", "due_to",
)  # fmt: skip
#: What an address may say that is no filter: where in the list one is, and how it looks.
NO_FILTERS = frozenset({"show", "view", "cursor"})
RENEWALS = register(Listing("renewals", _("Renewals"), "renewals:list", Privilege.RENEWAL_VIEW, PARAMETERS))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; nothing by default."""

    text: str = ""
    agreement: str = ""
    site: str = ""  # the number of the customer's site, or how its name begins
    quote: str = ""
    customer: str = ""
    kinds: tuple[str, ...] = ()
    currency: str = ""
    auto: str = ""  # "yes", "no"
    assigned: str = ""  # "me", "nobody", or the public id of a colleague's membership
    partner: str = ""  # a site number, for the vendor
    due_from: date | None = None
    due_to: date | None = None


EVERYTHING = Wanted()


def narrowed(found: Items, wanted: Wanted, actor: Actor) -> Items:
    """The items that fit."""
    if wanted == EVERYTHING:
        return found
    for condition in _conditions(wanted, actor):
        found = found.filter(condition)
    return found


def _conditions(wanted: Wanted, actor: Actor) -> Iterator[Q]:
    if wanted.text:
        yield meant_by(wanted.text)
    if wanted.agreement:
        yield Q(agreement__begins=wanted.agreement.upper())
    if wanted.site:
        yield Q(site_number=number_of(wanted.site)) | Q(site_name__begins=wanted.site)
    if wanted.quote:
        yield Q(quote_number__begins=wanted.quote.upper())
    if wanted.customer:
        yield Q(customer_number=number_of(wanted.customer)) | Q(customer_id__in=ids_named(wanted.customer))
    if wanted.kinds:
        yield Q(kind__in=wanted.kinds)
    if wanted.currency:
        yield Q(currency=wanted.currency)
    if wanted.auto:
        yield Q(auto_renew=wanted.auto == "yes")
    if wanted.assigned and actor.is_partner:
        yield _assigned_to(wanted.assigned, actor)
    if wanted.partner:
        sites = list(Site.objects.filter(number=number_of(wanted.partner)).values_list("id", flat=True))
        yield Q(reseller_id__in=sites) | Q(distributor_id__in=sites)
    if wanted.due_from:
        yield Q(due_on__gte=wanted.due_from)
    if wanted.due_to:
        yield Q(due_on__lte=wanted.due_to)


def number_of(text: str) -> str:
    """A site's or customer's number as it is kept: seven digits, with zeros before it."""
    return text.zfill(7) if text.isascii() and text.isdigit() and len(text) <= 7 else text


def meant_by(text: str) -> Q:
    """Items that a search means: by agreement, site, quote or customer, each by its number or the beginning of it."""
    typed = text.upper()
    number = number_of(text)
    meant = Q(agreement__begins=typed) | Q(quote_number__begins=typed) | Q(site_number=number)
    meant |= Q(customer_number=number) | Q(site_name__begins=text)
    return meant | Q(customer_id__in=ids_named(text))


def _assigned_to(whom: str, actor: Actor) -> Q:
    if whom == "nobody":
        return Q(assigned__isnull=True)
    if whom == "me":
        return Q(assigned=actor.membership_id)
    return Q(assigned__in=list(Membership.objects.filter(public_id=whom).values_list("id", flat=True)))


# ------------------------------------------------------------------------------------------------ rows

# What the page reads of an item, in this order.
ROW = (
    "id", "due_on", "public_id", "kind", "status", "quote_number", "line_number", "part_number", "description",
    "quantity", "ordered", "customer_name", "site_name", "site_number", "agreement", "country", "current_end",
    "new_start", "new_end", "months", "currency", "unit_price", "extended", "auto_renew", "reseller_name",
    "reseller_number", "distributor_name",
)  # fmt: skip
# What a partner noted of it, under names of their own; of an item without notes as if they were empty.
NOTED = ("work_version", "assigned_name", "snoozed_until", "lost_reason", "note")
_NOTED: dict[str, tuple[str, Field[Any, Any], Any]] = {
    "work_version": ("work__version", IntegerField(), 0),
    "assigned_name": ("work__assigned_name", CharField(), ""),
    "assigned": ("work__assigned_id", BigIntegerField(), None),
    "snoozed_until": ("work__snoozed_until", DateField(), None),
    "lost_reason": ("work__lost_reason", CharField(), ""),
    "lost_at": ("work__lost_at", DateTimeField(), None),
    "lost_text": ("work__lost_text", CharField(), ""),
    "note": ("work__note", CharField(), ""),
}


def items_in(view: View, actor: Actor, *, today: date) -> Items:
    """The items of a view, of those the database lets the actor see. `today` is where the reader is."""
    return _in_view(_open(actor.is_staff), view, actor, today)


def rows_in(view: View, actor: Actor, *, today: date) -> Items:
    """The same as plain tuples of ROW and NOTED."""
    return _in_view(_rows(actor.is_staff), view, actor, today)


def _in_view(found: Items, view: View, actor: Actor, today: date) -> Items:
    if not actor.is_staff:
        found = _with_work(found, view.work, today)
    first, last = days_of(view, today)
    if first is not None:
        found = found.filter(due_on__gte=first)
    if last is not None:
        found = found.filter(due_on__lte=last)
    return found


@cache
def _open(vendor: bool) -> Items:
    return noted(vendor).filter(settled_on__isnull=True)


@cache
def _rows(vendor: bool) -> Items:
    # Begun once: the ORM takes as long to find so many columns by name as the database to find the rows.
    return _open(vendor).values_list(*ROW, *NOTED)


@cache
def noted(vendor: bool) -> Items:
    """Every item with what was noted of it. The vendor may not even ask for that."""
    return RenewalItem.objects.annotate(**{name: _noted(*noted, vendor) for name, noted in _NOTED.items()})


def _noted(path: str, kind: Field[Any, Any], otherwise: Any, vendor: bool) -> Any:
    if vendor:
        return Value(otherwise, output_field=kind)
    return F(path) if otherwise is None else Coalesce(F(path), Value(otherwise), output_field=kind)


def _with_work(found: Items, work: str, today: date) -> Items:
    # By the names given above: by its path, Django would join the notes once more.
    if work == "active":
        return found.filter(Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=today), lost_at__isnull=True)
    if work == "snoozed":
        return found.filter(snoozed_until__gt=today, lost_at__isnull=True)
    return found.filter(lost_at__isnull=False) if work == "lost" else found
