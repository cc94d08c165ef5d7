"""What became of orders, as the vendor's order system says of those that were placed in the portal, and of others."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import Feed, FeedColumn, register
from feeds.tables import Check, Settled, TableTarget, To
from identity.privileges import Privilege

from ..models import Order, OrderStatus
from . import columns
from .orders import IS_OVER, OVER, STATUSES

ORDER_STATUSES = register(
    Feed(
        key="order-statuses",
        label=_("Order statuses"),
        text=_("What became of orders: accepted, fulfilled, rejected or cancelled."),
        privilege=Privilege.ORDER_EDIT,
        icon="checklist",
        order=80,
        columns=(
            columns.ORDER_NUMBER,
            FeedColumn(
                "status", _("Status"), values.Choice(STATUSES), aliases=("order status",), example="accepted"
            ),
            FeedColumn(
                "status_reason",
                _("Reason"),
                values.Text(500),
                required=False,
                aliases=("status reason",),
                text=_("Why it was rejected or cancelled; partners read it."),
            ),
        ),
        identity=("order_number",),
        notes=(
            _("Of orders that are there, whether they were placed in the portal or not."),
            _("An order that was rejected or cancelled stays as it is."),
        ),
        target=TableTarget(
            model=Order,
            match="t.number = s.order_number",
            columns=(To("status", "status"), To("status_reason", "status_reason")),
            only_new={},  # none is: see the checks
            called="s.order_number",
            label="t.number",
            object_type="order",
            object_id="t.public_id",
            added="order.added",
            changed="'order.changed'",
            checks=(
                Check("t.id IS NULL", "order_number", columns.ORDERED.rule, "unknown"),
                Check(
                    f"s.status = '{OrderStatus.REJECTED}' AND s.status_reason IS NULL",
                    "status_reason",
                    _("Say why: whoever placed the order wants to know."),
                    "no_reason",
                ),
            ),
            settled=(Settled(f"t.status IN {IS_OVER}", OVER, "order_is_over"),),
        ),
    )
)
