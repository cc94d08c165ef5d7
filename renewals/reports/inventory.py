"""Inventory: what customers may use, and until when."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from customers.reporting import COMMON, by_place, found_by, words_of
from identity.actors import Actor
from identity.privileges import Privilege
from pricing.reporting import BY_PART, DESCRIPTION, METRIC, PART, QUANTITY, counted, part_filter
from reports.columns import Column, Type
from reports.declared import Chart, Dimension, Grouping, Level, Measure, Order, Report, Summary, register
from reports.filters import Choice, Code, Days

from ..models import Entitlement, EntitlementKind

KIND = Column("kind", _("Kind"), words=words_of(EntitlementKind), width=20)
BY_KIND = Dimension(KIND, "kind")


def _entitlements(actor: Actor) -> QuerySet[Any, Any]:
    return Entitlement.objects.all()


INVENTORY = register(
    Report(
        key="inventory",
        title=_("Inventory"),
        text=_("What your customers may use: licences, support, terms and subscriptions, and until when."),
        icon="packages",
        privilege=Privilege.REPORT_VIEW,
        for_staff=Privilege.SITE_VIEW,
        source=_entitlements,
        filters=found_by(
            Code(name="reference", label=_("Entitlement")),
            Choice(name="kind", label=_("Kind"), choices=words_of(EntitlementKind)),
            part_filter(),
            Days(name="ends", label=_("Coverage ends"), field="coverage_end"),
            Code(name="order_number", label=_("Order number")),
        ),
        detail=Level(
            columns=(
                Column("reference", _("Entitlement"), Type.CODE, width=16),
                KIND, *COMMON, PART, DESCRIPTION, METRIC, QUANTITY,
                Column("starts", _("Coverage starts"), Type.DATE, field="coverage_start"),
                Column("ends", _("Coverage ends"), Type.DATE, field="coverage_end"),
                Column("order_number", _("Order number"), Type.CODE, width=16),
            ),
            shown=("reference", "kind", "customer", "site", "part", "description", "quantity", "ends"),
            orders=(
                Order("customer", _("Customer"), ("customer_name", "id")),
                Order("site", _("Customer's site number"), ("site_number", "id")),
                Order("part", _("Part"), ("part_number", "id")),
            ),
        ),
        summary=Summary(
            groupings=(
                Grouping("kind", _("Kind"), (BY_KIND,)),
                BY_PART,
                *by_place(BY_KIND),
            ),
            measures=(
                counted(_("Entitlements")),
                Measure(
                    Column("quantity", _("Quantity"), Type.NUMBER, field="sum_of_quantity"),
                    lambda: Sum("quantity"),
                ),
            ),
        ),
        chart=Chart(),
    )
)  # fmt: skip
