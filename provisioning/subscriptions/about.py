"""What a customer has and tries, for the customer's page."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.about import SHOWN, Section, section
from customers.models import Customer
from customers.reporting import words_of
from identity.actors import Actor
from reports.columns import Column, Type, sources

from ..models import Subscription, SubscriptionStatus
from .listing import NEWEST
from .possible import SEERS

COLUMNS = (
    Column("number", _("Subscription"), Type.CODE),
    Column("status", _("Status"), words=words_of(SubscriptionStatus)),
    Column("description", _("What")),
    Column("quantity", _("Quantity"), Type.NUMBER),
    Column("organisation", _("Organisation"), field="organisation_name"),
    Column("ends", _("Renewal date or end"), Type.DATE, field="ends_on"),
)


@section(place=41)
def subscriptions(customer: Customer, actor: Actor, now: datetime) -> Section | None:
    """The newest first, trials and what is over among them; nothing where there are none."""
    if not any(actor.may(privilege) for privilege in SEERS):
        return None
    found = Subscription.objects.filter(customer=customer).order_by(*NEWEST)
    rows = list(found.values("public_id", *sources(COLUMNS))[: SHOWN + 1])
    if not rows:
        return None
    return Section(
        "cloud",
        _("Cloud services and trials"),
        COLUMNS,
        [(reverse("subscriptions:subscription", args=[row["public_id"]]), row) for row in rows[:SHOWN]],
        f"{reverse('subscriptions:list')}?{urlencode({'customer': customer.public_id})}",
        len(rows) > SHOWN,
    )
