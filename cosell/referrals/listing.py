"""The list of co-sell deals: its tabs, filters and orders, for page, counts and file alike.

Nothing here decides who sees which deal: the database does, by role, location and team.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.queries import ids_named
from identity.actors import Actor
from identity.lists import how_many, named, typed
from identity.places import countries

from ..models import Favourite, Referral
from ..states import Direction, SalesStage, Sharing, Status, Substatus

Referrals = QuerySet[Referral]
PARAMETERS = (
    "show", "q", "status", "substatus", "type", "stage", "country", "location", "customer", "close_from", "close_to",
    "order",
)  # fmt: skip

# ------------------------------------------------------------------------------------------------ tabs and orders


@dataclass(frozen=True, slots=True, eq=False)
class Tab:
    """A view of the list; one lands on the first. `direction` None: both ways."""

    name: str
    label: str | Promise
    direction: Direction | None = None


INBOUND = Tab("inbound", _("Inbound"), Direction.INCOMING)
OUTBOUND = Tab("outbound", _("Outbound"), Direction.OUTGOING)
FAVOURITES = Tab("favourites", _("Favourites"))
ALL = Tab("all", _("All"))
TABS = (ALL, INBOUND, OUTBOUND, FAVOURITES)


def tab_named(name: str) -> Tab:
    """The tab of this name, or all deals."""
    return named(TABS, name)


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    name: str
    label: str | Promise
    by: tuple[str, ...]


NEWEST = Order("newest", _("Newest first"), ("-id",))
FIRST_TO_CLOSE = Order("close", _("First to close"), ("close_on", "id"))
ORDERS = (NEWEST, FIRST_TO_CLOSE)

# ------------------------------------------------------------------------------------------------ filters


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody filters by; what is empty does not narrow. `location` and `customer` are public ids.

    The days of `close_from` and `close_to` are both included.
    """

    text: str = ""
    status: str = ""
    substatus: str = ""
    sharing: str = ""
    stage: str = ""
    country: str = ""
    location: str = ""
    customer: str = ""
    close_from: date | None = None
    close_to: date | None = None

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Wanted:
        """What an address asks for. Nonsense in it narrows nothing."""

        def given(name: str, most: int = 12) -> str:
            return typed(asked, name, most)

        def one_of(name: str, known: Any) -> str:
            value = given(name)
            return value if value in known else ""

        return cls(
            typed(asked),
            one_of("status", Status.values),
            one_of("substatus", Substatus.values),
            one_of("type", Sharing.values),
            one_of("stage", SalesStage.values),
            one_of("country", countries()),
            given("location"),
            given("customer"),
            _day(given("close_from")),
            _day(given("close_to")),
        )


EVERYTHING = Wanted()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def order_named(name: str) -> Order:
    return next((order for order in ORDERS if order.name == name), NEWEST)


def narrowed(found: Referrals, wanted: Wanted) -> Referrals:
    """The deals that fit."""
    for condition in _conditions(wanted):
        found = found.filter(condition)
    return found


def _conditions(wanted: Wanted) -> Iterator[Q]:
    for name, value in (
        ("status", wanted.status),
        ("substatus", wanted.substatus),
        ("sharing", wanted.sharing),
        ("stage", wanted.stage),
        ("country", wanted.country),
        ("location__public_id", wanted.location),
        ("customer__public_id", wanted.customer),
        ("close_on__gte", wanted.close_from),
        ("close_on__lte", wanted.close_to),
    ):
        if value:
            yield Q(**{name: value})
    if wanted.text:
        yield _meant_by(wanted.text)


def _meant_by(text: str) -> Q:
    """Deals that a search means: by name, customer, number in the CRM, campaign, or number of deal or engagement."""
    return (
        Q(name__icontains=text)
        | Q(customer_name__icontains=text)
        | Q(crm_id__iexact=text)
        | Q(campaign_id__iexact=text)
        | Q(public_id=text)
        | Q(engagement=text)
        | Q(customer_id__in=ids_named(text))
    )


# ------------------------------------------------------------------------------------------------ rows


def deals_in(tab: Tab, actor: Actor) -> Referrals:
    """The deals of a tab, of those that the database lets the actor see."""
    found: Referrals = Referral.objects.all()
    if tab.direction:
        found = found.filter(direction=tab.direction)
    if tab is FAVOURITES:
        found = found.filter(_is_favourite(actor))
    return found


def _is_favourite(actor: Actor) -> Exists:
    return Exists(Favourite.objects.filter(referral_id=OuterRef("id"), user_id=actor.user_id))


def deals_shown(params: Mapping[str, Any], actor: Actor) -> Referrals:
    """What the list shows on all its pages for an address's parameters, in its order. For the file of the list."""
    found = narrowed(deals_in(tab_named(params.get("show", "")), actor), Wanted.of(params))
    return found.order_by(*order_named(params.get("order", "")).by)


def rows(params: Mapping[str, Any], actor: Actor) -> Referrals:
    """The same with what a row of a partner's page shows: the vendor's side, who invited, and `starred`, whether it is
    a favourite.
    """
    found = deals_shown(params, actor).select_related("vendor_side", "invitation")
    return found.annotate(starred=_is_favourite(actor))


def counts(params: Mapping[str, Any], actor: Actor) -> list[int]:
    """How many deals each tab has with these filters, in the tabs' order."""
    wanted = Wanted.of(params)
    return [how_many(narrowed(deals_in(tab, actor), wanted).values("id")) for tab in TABS]
