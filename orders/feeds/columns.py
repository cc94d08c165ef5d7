"""Columns that several files about orders have."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import FeedColumn
from feeds.tables import LookUp

from ..models import Order, OrderLine

ORDER_NUMBER = FeedColumn(
    "order_number",
    _("Order number"),
    values.Text(24, upper=True),
    aliases=("order", "order no", "sales order"),
    example="40012345",
)
LINE = FeedColumn(
    "line",
    _("line"),
    values.Whole(min=1, max=99_999),
    aliases=("line number", "line no", "position", "item"),
    example="1",
)
REQUESTED_START = FeedColumn(
    "requested_start_on",
    _("Requested start date"),
    values.Day(),
    required=False,
    aliases=("requested start", "start date"),
    example="2026-12-01",
)
PROVISIONING_EMAIL = FeedColumn(
    "provisioning_email",
    _("Provisioning contact"),
    values.Pattern(
        regex=r"(?=.{3,254}\Z)[^\s@]+@[^\s@.]+(\.[^\s@.]+)+",
        rule=_("Give an e-mail address such as it@customer.example."),
        upper=False,
    ),
    required=False,
    aliases=("provisioning contact", "contact email", "email"),
    example="it@lagoon.example",
)
ORDERED = LookUp(
    "o", Order, "o.number = s.order_number", "order_number", _("There is no order of this number.")
)
ORDERED_LINE = LookUp(
    "l",
    OrderLine,
    "l.order_id = o.id AND l.position = s.line",
    "line",
    _("The order has no line of this number."),
)
