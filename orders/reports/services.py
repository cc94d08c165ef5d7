"""Reports of cloud services: how far each is, and what has to be known before it can be set up."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.reporting import COMMON, CUSTOMER, by_place, found_by, name_of, words_of, yes_no
from identity.actors import Actor
from identity.privileges import Privilege
from pricing.reporting import BY_PART, DESCRIPTION, PART, QUANTITY, counted, part_filter
from reports.columns import Column, Type
from reports.declared import (
    Chart,
    Dimension,
    Grouping,
    Level,
    Measure,
    Order,
    Report,
    Summary,
    month_of,
    register,
)
from reports.filters import Choice, Code, Days, Named, YesNo

from ..models import DataElement, Fulfilment, FulfilmentStatus

TONES = {
    FulfilmentStatus.ORDERED: "info",
    FulfilmentStatus.AWAITING_DETAILS: "warn",
    FulfilmentStatus.PROVISIONING: "accent",
    FulfilmentStatus.ACTIVE: "good",
    FulfilmentStatus.FAILED: "bad",
}

NUMBER = Column("number", _("Order number"), Type.CODE, field="order_number", width=16)
LINE = Column("line", _("Line"), Type.NUMBER, field="line_number")
STATUS = Column("status", _("Status"), words=words_of(FulfilmentStatus), width=18)
SUBSCRIPTION = Column("subscription", _("Subscription"), Type.CODE, field="subscription_number", width=16)
BY_STATUS = Dimension(STATUS, "status")


def _services(actor: Actor) -> QuerySet[Any, Any]:
    return Fulfilment.objects.all()


FULFILMENT = register(
    Report(
        key="saas-fulfilment",
        title=_("SaaS fulfilment status"),
        text=_("How far the services are that were ordered, and what each is waiting for."),
        icon="cloud",
        privilege=Privilege.REPORT_VIEW,
        for_staff=Privilege.SITE_VIEW,
        source=_services,
        filters=found_by(
            Code(name="number", label=_("Order number"), field="order_number"),
            Choice(name="status", label=_("Status"), choices=words_of(FulfilmentStatus)),
            Days(name="ordered", label=_("Ordered on"), field="ordered_on"),
            Days(name="requested", label=_("Requested start date"), field="requested_start_on"),
            part_filter(),
            Code(name="subscription", label=_("Subscription"), field="subscription_number"),
        ),
        detail=Level(
            columns=(
                NUMBER, LINE, STATUS,
                Column("waits_for", _("What it waits for"), field="status_note", width=40),
                *COMMON, PART, DESCRIPTION, QUANTITY, SUBSCRIPTION,
                Column("ordered", _("Ordered on"), Type.DATE, field="ordered_on"),
                Column("requested", _("Requested start date"), Type.DATE, field="requested_start_on"),
                Column("fulfilled", _("Set up on"), Type.DATE, field="fulfilled_on"),
                Column("provisioning", _("Provisioning contact"), field="provisioning_email", width=30),
            ),
            shown=("number", "line", "status", "waits_for", "customer", "description", "ordered", "requested"),
            orders=(
                Order("newest", _("Newest first"), ("-ordered_on", "-id")),
                Order("oldest", _("Oldest first"), ("ordered_on", "id")),
                Order("number", _("Order number"), ("order_number", "id")),
            ),
        ),
        summary=Summary(
            groupings=(
                Grouping(
                    "month",
                    _("Month and status"),
                    (
                        Dimension(
                            Column("month", _("Month"), Type.MONTH, field="month_of_order"),
                            "ordered",
                            month_of("ordered_on"),
                        ),
                        BY_STATUS,
                    ),
                    stacked_by="status",
                ),
                Grouping("status", _("Status"), (BY_STATUS,)),
                BY_PART,
                *by_place(BY_STATUS),
            ),
            measures=(counted(_("Services")),),
        ),
        chart=Chart(tones=TONES),
    )
)  # fmt: skip


def _elements(actor: Actor) -> QuerySet[Any, Any]:
    return DataElement.objects.all()


ELEMENT = Column("element", _("Element"), width=30)
MISSING = Column("missing", _("Missing"), words=yes_no, width=10)

DATA_ELEMENTS = register(
    Report(
        key="saas-data-elements",
        title=_("SaaS provisioning forms"),
        text=_("What has to be known to set services up: what was given, and what is missing."),
        icon="forms",
        privilege=Privilege.REPORT_VIEW,
        for_staff=Privilege.SITE_VIEW,
        source=_elements,
        filters=found_by(
            Code(name="number", label=_("Order number"), field="order_number"),
            YesNo(name="missing", label=_("Missing")),
            YesNo(name="required", label=_("Required")),
            Named(name="element", label=_("Element")),
            part_filter(),
        ),
        detail=Level(
            columns=(
                NUMBER, LINE, ELEMENT,
                Column("value", _("Value"), width=30),
                Column("required", _("Required"), words=yes_no, width=10),
                MISSING, *COMMON, PART,
            ),
            shown=("number", "line", "element", "value", "required", "missing", "customer", "part"),
            orders=(
                Order("number", _("Order number and line"), ("order_number", "line_number", "element", "id")),
                Order(
                    "number-",
                    _("Order number and line, backwards"),
                    ("-order_number", "-line_number", "-element", "-id"),
                ),
            ),
        ),
        summary=Summary(
            groupings=(
                Grouping(
                    "order",
                    pgettext_lazy("what was ordered", "Order"),
                    (Dimension(NUMBER, "number"),),
                    also=(name_of(CUSTOMER, "customer_name"),),
                ),
                Grouping(
                    "element",
                    _("Element"),
                    (Dimension(ELEMENT, "element"), Dimension(MISSING, "missing")),
                    stacked_by="missing",
                ),
                *by_place(Dimension(MISSING, "missing")),
            ),
            measures=(
                counted(_("Elements")),
                Measure(
                    Column("missing", _("Missing"), Type.NUMBER, field="number_missing"),
                    lambda: Count("id", filter=Q(missing=True)),
                ),
            ),
        ),
        chart=Chart(),
    )
)  # fmt: skip
