"""What people are told about orders and quotes. Registered when the app starts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import Privilege, StaffRole
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register
from notifications.values import Amount

from .models import Order, Quote

GROUP = _("Quotes and orders")
OPEN = _("Open the order")
CHANNEL = Audience.staff(StaffRole.CHANNEL_OPERATIONS)


def _kind(name: str, **words: Any) -> NoticeKind:
    words.setdefault("action", OPEN)
    return register(NoticeKind(name=name, group=GROUP, **words))


PLACED = _kind(
    "order.placed",
    title=_("An order was placed"),
    subject=_("Order %(number)s of %(site)s"),
    body=_(
        "%(author)s of %(site)s ordered for %(customer)s: %(total)s (%(number)s).\n\nIt waits for you to accept it."
    ),
    icon="shopping-cart",
    kinds=frozenset({Kind.STAFF}),
    privilege=Privilege.ORDER_DECIDE,
)
NAMES_YOU = _kind(
    "order.names_you",
    title=_("A reseller named you on an order"),
    subject=_("%(site)s named you on an order for %(customer)s"),
    body=_(
        "%(site)s ordered for %(customer)s and named you as its distributor: %(total)s (%(number)s).\n\n"
        "You can read the order, and are told what the vendor says."
    ),
    icon="shopping-cart",
    kinds=frozenset({Kind.DISTRIBUTOR}),
)
ACCEPTED = _kind(
    "order.accepted",
    title=_("The vendor accepted an order"),
    subject=_("Order %(number)s was accepted"),
    body=_("The vendor accepted the order %(number)s of %(site)s for %(customer)s (%(total)s)."),
    tone="good",
    icon="circle-check",
    kinds=frozenset({Kind.RESELLER, Kind.DISTRIBUTOR}),
)
REJECTED = _kind(
    "order.rejected",
    title=_("The vendor rejected an order"),
    subject=_("Order %(number)s was rejected"),
    body=_(
        "The vendor rejected the order %(number)s of %(site)s for %(customer)s (%(total)s):\n\n%(text)s\n\n"
        "Put right what is wrong, and order again."
    ),
    tone="bad",
    icon="circle-x",
    kinds=frozenset({Kind.RESELLER, Kind.DISTRIBUTOR}),
)
CANCELLED = _kind(
    "order.cancelled",
    title=_("A reseller cancelled an order"),
    subject=_("Order %(number)s was cancelled"),
    body=_("%(author)s of %(site)s cancelled the order %(number)s for %(customer)s (%(total)s).\n\n%(text)s"),
    tone="warn",
    icon="circle-x",
    kinds=frozenset({Kind.STAFF, Kind.DISTRIBUTOR}),
)
EXPIRED = _kind(
    "quote.expired",
    title=_("A quote expired"),
    subject=_("Quote %(number)s for %(customer)s expired"),
    body=_(
        "The quote %(number)s for %(customer)s (%(total)s) was valid until %(until)s and has expired.\n\n"
        "A new version of it starts with everything that is in it, at the prices of today."
    ),
    action=_("Open the quote"),
    tone="warn",
    icon="clock-x",
    kinds=frozenset({Kind.RESELLER}),
    privilege=Privilege.QUOTE_MANAGE,
)


def tell_of_placed(order: Order, *, by: Actor, now: datetime) -> None:
    """The vendor's people who accept orders, and the distributor that it names."""
    _tell(PLACED, [CHANNEL], order, by, now)
    if order.distributor_id is not None:
        _tell(NAMES_YOU, [Audience.site(order.distributor_id)], order, by, now)


def tell_of_decision(order: Order, *, by: Actor, now: datetime, text: str = "") -> None:
    """The reseller, and the distributor."""
    told = [Audience.site(id_) for id_ in (order.reseller_id, order.distributor_id) if id_ is not None]
    _tell(REJECTED if order.status == "rejected" else ACCEPTED, told, order, by, now, text=text)


def tell_of_cancelled(order: Order, *, by: Actor, now: datetime, text: str = "") -> None:
    told = [CHANNEL] + ([Audience.site(order.distributor_id)] if order.distributor_id is not None else [])
    _tell(CANCELLED, told, order, by, now, text=text)


def _tell(
    kind: NoticeKind, to: list[Audience], order: Order, by: Actor, now: datetime, *, text: str = ""
) -> None:
    tell(
        kind,
        to=to,
        by=by,
        now=now,
        href=f"/orders/{order.public_id}/",
        dedupe_key=f"{kind.name}:{order.public_id}",
        context={
            "number": order.number,
            "site": order.reseller_name,
            "customer": order.customer_name,
            "total": Amount(order.total, order.currency),
            "author": by.name,
            "text": text,
        },
    )


def tell_of_expired(quote: Quote, *, by: Actor, now: datetime) -> None:
    """Those at the site who make quotes."""
    tell(
        EXPIRED,
        to=[Audience.site(quote.site_id, Privilege.QUOTE_MANAGE)],
        by=by,
        now=now,
        href=f"/quotes/{quote.public_id}/",
        dedupe_key=f"quote.expired:{quote.public_id}",
        context={
            "number": quote.number,
            "customer": quote.customer_name,
            "total": Amount(quote.total, quote.currency),
            "until": quote.valid_until,
        },
    )
