"""What quotes and orders need from somebody today, and where they are in the navigation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from identity import navigation, worklist
from identity.actors import Actor, Kind
from identity.privileges import Privilege
from identity.worklist import Task

from .models import ORDERABLE, Order, OrderStatus, Quote
from .quotes.listing import EXPIRING_SOON

P = Privilege
SHOWN = 5


@worklist.register
def tasks(actor: Actor, now: datetime) -> Iterator[Task]:
    if actor.kind is Kind.RESELLER and actor.may(P.QUOTE_MANAGE):
        yield from _expiring(now)
    if actor.is_staff and actor.may(P.ORDER_DECIDE):
        yield from _to_accept()


def _expiring(now: datetime) -> Iterator[Task]:
    """Quotes that expire within the week."""
    soon = Quote.objects.filter(status__in=ORDERABLE, valid_until__lte=now.date() + EXPIRING_SOON)
    for quote in soon.order_by("valid_until", "id")[:SHOWN]:
        assert quote.valid_until is not None  # one that is open has its day
        yield Task(
            title=_("The quote for %(customer)s expires soon") % {"customer": _isolated(quote.customer_name)},
            detail=f"{_isolated(quote.number)} · {_isolated(quote.owner_name)}",
            href=reverse("quotes:quote", args=[quote.public_id]),
            icon="hourglass",
            due_at=datetime.combine(quote.valid_until + timedelta(days=1), time(), UTC),
            tone="warn",
        )


def _to_accept() -> Iterator[Task]:
    """Orders that partners placed here and nobody at the vendor has answered."""
    found = Order.objects.filter(status=OrderStatus.PLACED, placed_here=True).aggregate(
        number=Count("id"), since=Min("placed_at")
    )
    if found["number"]:
        title = ngettext(
            "%(count)s order waits to be accepted", "%(count)s orders wait to be accepted", found["number"]
        )
        yield Task(
            title=title % {"count": found["number"]},
            detail=_("The reseller can call it off until then."),
            href=f"{reverse('orders:list')}?show=placed",
            icon="shopping-cart",
            due_at=found["since"],
            tone="warn",
        )


def _isolated(text: str) -> str:
    """A name in plain text, kept from scrambling the sentence around it when it runs the other way."""
    return f"\u2068{text}\u2069"


navigation.register(
    navigation.Entry(
        gettext_lazy("Quotes"), "quotes:list", "file-invoice", "work", 30,
        frozenset({Kind.RESELLER, Kind.STAFF}), (P.QUOTE_MANAGE, P.SITE_VIEW),
    )
)  # fmt: skip
navigation.register(
    navigation.Entry(
        gettext_lazy("Orders"), "orders:list", "shopping-cart", "work", 31,
        frozenset({Kind.RESELLER, Kind.DISTRIBUTOR, Kind.STAFF}),
        (P.ORDER_PLACE, P.QUOTE_MANAGE, P.REPORT_VIEW, P.ORDER_DECIDE, P.SITE_VIEW),
    )
)  # fmt: skip
