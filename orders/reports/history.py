"""Order history: a row per order, and a row per line. Whoever sees an order sees it here, nobody else."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.reporting import COMMON, by_place, found_by, levels, words_of, yes_no
from deals.forms.fields import amount_in
from identity.actors import Actor
from identity.privileges import Privilege
from pricing.reporting import (
    BY_CURRENCY,
    BY_PART,
    BY_PART_TYPE,
    CURRENCY,
    EXTENDED,
    MONTHS,
    OF_PART,
    POINTS,
    UNIT_PRICE,
    amount,
    counted,
    currency_filter,
    part_filter,
    part_type_filter,
    points,
)
from reports.columns import Column, Type
from reports.declared import (
    SUMMARY,
    Chart,
    Dimension,
    Grouping,
    Level,
    Order,
    Report,
    Summary,
    month_of,
    register,
)
from reports.filters import Choice, Code, Days, Money, Text, YesNo

from ..models import Order as CustomerOrder
from ..models import OrderLine, OrderStatus

TONES = {
    OrderStatus.PLACED: "info",
    OrderStatus.ACCEPTED: "accent",
    OrderStatus.FULFILLED: "good",
    OrderStatus.REJECTED: "bad",
    OrderStatus.CANCELLED: "neutral",
}

NUMBER = Column("number", _("Order number"), Type.CODE, width=16)
ORDERED = Column("ordered", _("Order date"), Type.DATE, field="settled_on")
STATUS = Column("status", _("Status"), words=words_of(OrderStatus), width=14)
TOTAL = Column("total", _("Total"), Type.MONEY, currency="currency")
QUOTE = Column("quote", _("Quote"), Type.CODE, field="quote_number", width=18)

MONTH = Dimension(
    Column("month", _("Month"), Type.MONTH, field="month_of_order"), "ordered", month_of("settled_on")
)
BY_STATUS = Dimension(STATUS, "status")


def _address(row: dict[str, Any]) -> str:
    return reverse("orders:order", args=[row["public_id"]])


def _address_of_line(row: dict[str, Any]) -> str:
    return reverse("orders:order", args=[row["order__public_id"]])


def _orders(actor: Actor) -> QuerySet[Any, Any]:
    return CustomerOrder.objects.all()


HISTORY = register(
    Report(
        key="order-history",
        title=_("Order history"),
        text=_("Orders of all programmes and of cloud services, a row for each."),
        icon="shopping-cart",
        privilege=Privilege.REPORT_VIEW,
        for_staff=Privilege.SITE_VIEW,
        source=_orders,
        filters=found_by(
            Code(name="number", label=_("Order number")),
            Days(name="ordered", label=_("Order date"), field="settled_on"),
            Choice(name="status", label=_("Status"), choices=words_of(OrderStatus)),
            Text(name="po", label=_("Purchase order"), field="po_number"),
            Code(name="quote", label=_("Quote number"), field="quote_number"),
            Code(name="deal", label=_("Deal registration"), field="deal_number"),
            YesNo(name="here", label=_("Placed in this portal"), field="placed_here"),
            currency_filter(),
            Money(name="total", label=_("Total"), minor_units=amount_in),
        ),
        detail=Level(
            columns=(
                NUMBER, ORDERED, STATUS, *COMMON,
                Column("lines", _("Lines"), Type.NUMBER, field="line_count"),
                POINTS, CURRENCY, TOTAL,
                Column("order_level", _("Price level of the order"), words=levels, width=14),
                Column("po", _("Purchase order"), field="po_number", width=20),
                QUOTE,
                Column("deal", _("Deal registration"), Type.CODE, field="deal_number", width=18),
                Column("here", _("Placed in this portal"), field="placed_here", words=yes_no, width=12),
                Column("by", _("Placed by"), field="placed_by_name", width=24),
                Column("reason", _("Reason"), field="status_reason", width=40),
            ),
            shown=("number", "ordered", "status", "customer", "agreement", "site", "lines", "total"),
            orders=(
                Order("newest", _("Newest first"), ("-settled_on", "-id")),
                Order("oldest", _("Oldest first"), ("settled_on", "id")),
                Order("number", _("Order number"), ("number", "id")),
                Order("agreement", _("Agreement, then date"), ("agreement", "settled_on", "id")),
                Order("customer", _("Customer, then date"), ("customer_name", "settled_on", "id")),
            ),
            link=_address,
            link_by=("public_id",),
        ),
        summary=Summary(
            groupings=(
                Grouping("month", _("Month and status"), (MONTH, BY_STATUS), stacked_by="status"),
                *by_place(BY_STATUS),
            ),
            measures=(counted(_("Orders")), amount(_("Total"), "total"), points()),
            currency=BY_CURRENCY,
        ),
        chart=Chart(tones=TONES),
    )
)  # fmt: skip


def _lines(actor: Actor) -> QuerySet[Any, Any]:
    return OrderLine.objects.all()


LINES = register(
    Report(
        key="order-lines",
        title=_("Order history, line by line"),
        text=_("What was ordered, a row for each line: parts, coverage, quantities and prices."),
        icon="list-details",
        privilege=Privilege.REPORT_VIEW,
        for_staff=Privilege.SITE_VIEW,
        source=_lines,
        filters=found_by(
            Code(name="number", label=_("Order number"), field="order__number"),
            Days(name="ordered", label=_("Order date"), field="settled_on"),
            Choice(name="status", label=_("Status"), field="order__status", choices=words_of(OrderStatus)),
            part_filter(),
            part_type_filter(),
            Code(name="quote", label=_("Renewal quote"), field="renewal_quote"),
            Days(name="starts", label=_("Coverage starts"), field="coverage_start"),
            Days(name="ends", label=_("Coverage ends"), field="coverage_end"),
            currency_filter(),
        ),
        detail=Level(
            columns=(
                Column("number", _("Order number"), Type.CODE, field="order_number", width=16),
                Column("line", _("Line"), Type.NUMBER, field="position"),
                ORDERED,
                # The order is joined to only where this is asked for.
                Column("status", _("Status"), field="order__status", words=words_of(OrderStatus), width=14),
                *COMMON, *OF_PART,
                Column("starts", _("Coverage starts"), Type.DATE, field="coverage_start"),
                Column("ends", _("Coverage ends"), Type.DATE, field="coverage_end"),
                MONTHS, CURRENCY, UNIT_PRICE, EXTENDED,
                Column("quote", _("Renewal quote"), Type.CODE, field="renewal_quote", width=18),
                Column("quote_line", _("Line of the renewal quote"), Type.NUMBER, field="renewal_line"),
                Column("requested", _("Requested start date"), Type.DATE, field="requested_start_on"),
                Column("provisioning", _("Provisioning contact"), field="provisioning_email", width=30),
            ),
            shown=("number", "line", "ordered", "customer", "part", "description", "quantity", "extended"),
            orders=(
                Order("newest", _("Newest first"), ("-settled_on", "-id")),
                Order("oldest", _("Oldest first"), ("settled_on", "id")),
                Order("part", _("Part, then date"), ("part_number", "settled_on", "id")),
            ),
            link=_address_of_line,
            link_by=("order__public_id",),
        ),
        summary=Summary(
            groupings=(
                Grouping("month", _("Month and part type"), (MONTH, BY_PART_TYPE), stacked_by="part_type"),
                BY_PART,
                *by_place(BY_PART_TYPE),
            ),
            measures=(counted(_("Lines")), amount(_("Extended price"), "extended"), points()),
            currency=BY_CURRENCY,
        ),
        chart=Chart(),
        first=SUMMARY,
    )
)  # fmt: skip
