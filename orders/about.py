"""What is known of a customer's orders, services and quotes, for its page."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.about import SHOWN, Section, of_report, section
from customers.models import Customer
from customers.reporting import words_of
from identity.actors import Actor, Kind
from reports.columns import Column, Type, sources

from .models import Quote, QuoteStatus
from .quotes.listing import NEWEST
from .quotes.possible import SEERS
from .reports.history import HISTORY
from .reports.services import FULFILMENT


@section(place=48)
def services(customer: Customer, actor: Actor, now: datetime) -> Section | None:
    return of_report(
        FULFILMENT, customer, actor, key="services", title=_("Services being set up"), order="newest",
        columns=("number", "line", "description", "quantity", "status", "waits_for"),
    )  # fmt: skip


@section(place=50)
def orders(customer: Customer, actor: Actor, now: datetime) -> Section | None:
    return of_report(
        HISTORY, customer, actor, key="orders", title=_("Orders"), order="newest",
        columns=("number", "ordered", "site", "lines", "total", "status", "po"),
        empty=_("Nothing was ordered that you may see."),
    )  # fmt: skip


QUOTE_COLUMNS = (
    Column("number", _("Quote number"), Type.CODE),
    Column("revision", _("Version"), Type.NUMBER),
    Column("title", _("Title")),
    Column("status", _("Status"), words=words_of(QuoteStatus)),
    Column("total", _("Total"), Type.MONEY, currency="currency"),
    Column("valid_until", _("Valid until"), Type.DATE),
)


@section(place=55)
def quotes(customer: Customer, actor: Actor, now: datetime) -> Section | None:
    """The reseller's own; distributors have none."""
    if actor.kind is Kind.DISTRIBUTOR or not any(actor.may(privilege) for privilege in SEERS):
        return None
    found = Quote.objects.filter(customer=customer).order_by(*NEWEST)
    rows = list(found.values("public_id", *sources(QUOTE_COLUMNS))[: SHOWN + 1])
    if not rows:
        return None
    return Section(
        "quotes",
        _("Quotes"),
        QUOTE_COLUMNS,
        [(reverse("quotes:quote", args=[row["public_id"]]), row) for row in rows[:SHOWN]],
        f"{reverse('quotes:list')}?{urlencode({'show': 'all', 'customer': customer.public_id})}",
        len(rows) > SHOWN,
    )
