"""Which deals there are with a customer, for its page."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.about import SHOWN, Section, section
from customers.models import Customer
from identity.actors import Actor
from identity.privileges import Privilege, why_not
from reports.columns import seen_by, sources

from .columns import COLUMNS
from .listing import DEALS
from .models import Deal

SHOWN_OF_DEAL = ("name", "number", "partner", "value", "status", "submitted", "owner")


@section(place=60)
def deals(customer: Customer, actor: Actor, now: datetime) -> Section | None:
    """Those handed in, the latest first; what is a draft names no customer of the directory yet."""
    if refusal := why_not(actor, Privilege.DEAL_VIEW):
        return Section("deals", _("Deals"), refusal=refusal)
    columns = tuple(column for column in seen_by(actor, COLUMNS) if column.name in SHOWN_OF_DEAL)
    found = Deal.objects.filter(customer=customer).order_by("-listed_at", "-id")
    rows = list(found.values("public_id", *sources(columns))[: SHOWN + 1])
    return Section(
        "deals",
        _("Deals"),
        tuple(sorted(columns, key=lambda column: SHOWN_OF_DEAL.index(column.name))),
        [(reverse("deals:detail", args=[row["public_id"]]), row) for row in rows[:SHOWN]],
        DEALS.address(urlencode({"show": "all", "q": customer.number or customer.name})),
        len(rows) > SHOWN,
        _("No deal with this customer that you may see."),
    )
