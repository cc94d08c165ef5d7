"""Which co-sell deals there are with a customer, for its page."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.about import SHOWN, Section, section
from customers.models import Customer
from customers.reporting import words_of
from identity.actors import Actor
from identity.privileges import Privilege
from reports.columns import Column, Type, sources

from ..models import Referral
from ..states import Direction, SalesStage, Substatus

COLUMNS = (
    Column("name", _("Deal")),
    Column("direction", _("Direction"), words=words_of(Direction)),
    Column("substatus", _("How it stands"), words=words_of(Substatus)),
    Column("stage", _("Sales stage"), words=words_of(SalesStage)),
    Column("close_on", _("Close date"), Type.DATE),
    Column("location", _("Location"), field="location_name"),
)


@section(place=62)
def cosell_deals(customer: Customer, actor: Actor, now: datetime) -> Section | None:
    """Those that the reader sees, the newest first; nothing where there are none. Staff have a desk of their own."""
    if not actor.is_partner or not actor.may(Privilege.REFERRAL_VIEW):
        return None
    found = Referral.objects.filter(customer=customer).order_by("-id")
    rows = list(found.values("public_id", *sources(COLUMNS))[: SHOWN + 1])
    if not rows:
        return None
    return Section(
        "cosell",
        _("Co-sell deals"),
        COLUMNS,
        [(reverse("referrals:deal", args=[row["public_id"]]), row) for row in rows[:SHOWN]],
        f"{reverse('referrals:list')}?{urlencode({'customer': customer.public_id})}",
        len(rows) > SHOWN,
    )
