"""Suppressed overage, and what became of subscriptions' licences."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from customers.reporting import COMMON, by_place, found_by
from identity.actors import Actor
from identity.privileges import Privilege
from pricing.reporting import (
    BY_CURRENCY,
    BY_PART,
    CURRENCY,
    DESCRIPTION,
    METRIC,
    PART,
    amount,
    counted,
    currency_filter,
    part_filter,
)
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
from reports.filters import Code, Days, Filter, Named

from ..models import Overage, SubscriptionChange

SUBSCRIPTION = Column("subscription", _("Subscription"), Type.CODE, field="subscription_number", width=16)


def subscription_filter() -> Filter:
    return Code(name="subscription", label=_("Subscription"), field="subscription_number")


def _month(name: str, narrows: str) -> Dimension:
    column = Column("month", _("Month"), Type.MONTH, field="month_of_it")
    return Dimension(column, narrows, month_of(name))


def _overages(actor: Actor) -> QuerySet[Any, Any]:
    return Overage.objects.all()


REASON = Column("reason", _("Why it was not billed"), width=40)
MEASURED_TO = Column("measured_to", _("Measured up to"), Type.DATE, field="settled_on")

SUPPRESSED_OVERAGE = register(
    Report(
        key="suppressed-overage",
        title=_("Suppressed overage"),
        text=_("Use beyond what was bought that was measured but not billed, and why."),
        icon="chart-arrows-vertical",
        privilege=Privilege.REPORT_VIEW,
        for_staff=Privilege.SITE_VIEW,
        source=_overages,
        filters=found_by(
            Code(name="reference", label=_("Measurement")),
            subscription_filter(),
            part_filter(),
            Days(name="measured_to", label=_("Measured up to"), field="settled_on"),
            Named(name="reason", label=_("Why it was not billed")),
            currency_filter(),
        ),
        detail=Level(
            columns=(
                Column("reference", _("Measurement"), Type.CODE, width=16),
                Column("measured_from", _("Measured from"), Type.DATE),
                MEASURED_TO, *COMMON, SUBSCRIPTION, PART, DESCRIPTION, METRIC,
                Column("entitled", _("Entitled"), Type.NUMBER),
                Column("used", _("Used"), Type.NUMBER),
                Column("overage", _("Overage"), Type.NUMBER),
                CURRENCY,
                Column("amount", _("Amount"), Type.MONEY, currency="currency"),
                REASON,
            ),
            shown=(
                "reference", "measured_to", "customer", "description", "entitled", "used", "overage", "amount",
                "reason",
            ),
            orders=(
                Order("newest", _("Newest first"), ("-settled_on", "-id")),
                Order("oldest", _("Oldest first"), ("settled_on", "id")),
                Order("agreement", _("Agreement"), ("agreement", "id")),
            ),
        ),
        summary=Summary(
            groupings=(
                Grouping("month", _("Month"), (_month("settled_on", "measured_to"),)),
                Grouping("reason", _("Why it was not billed"), (Dimension(REASON, "reason"),)),
                BY_PART,
                *by_place(),
            ),
            measures=(counted(_("Measurements")), amount(_("Amount"), "amount")),
            currency=BY_CURRENCY,
        ),
        chart=Chart(),
    )
)  # fmt: skip


def _changes(actor: Actor) -> QuerySet[Any, Any]:
    return SubscriptionChange.objects.all()


NEW_PART = Column("part", _("New part"), Type.CODE, field="new_part_number", width=10)

LICENCE_UPDATES = register(
    Report(
        key="subscription-updates",
        title=_("Subscription licence updates"),
        text=_("Changes of what subscriptions are licensed for: part, quantity and term, before and after."),
        icon="replace",
        privilege=Privilege.REPORT_VIEW,
        for_staff=Privilege.SITE_VIEW,
        source=_changes,
        filters=found_by(
            Code(name="reference", label=_("Change")),
            subscription_filter(),
            part_filter("new_part_number"),
            Code(name="old_part", label=_("Old part"), field="old_part_number", longest=7),
            Days(name="from", label=_("In force from"), column="in_force", field="settled_on"),
        ),
        detail=Level(
            columns=(
                Column("reference", _("Change"), Type.CODE, width=16),
                Column("in_force", _("In force from"), Type.DATE, field="settled_on"),
                SUBSCRIPTION, *COMMON,
                Column("old_part", _("Old part"), Type.CODE, field="old_part_number", width=10),
                NEW_PART, DESCRIPTION,
                Column("old_quantity", _("Old quantity"), Type.NUMBER),
                Column("new_quantity", _("New quantity"), Type.NUMBER),
                Column("old_term", _("Old term in months"), Type.NUMBER, field="old_term_months"),
                Column("new_term", _("New term in months"), Type.NUMBER, field="new_term_months"),
            ),
            shown=(
                "reference", "in_force", "subscription", "customer", "old_part", "part", "old_quantity",
                "new_quantity", "old_term", "new_term",
            ),
            orders=(
                Order("newest", _("Newest first"), ("-settled_on", "-id")),
                Order("oldest", _("Oldest first"), ("settled_on", "id")),
                Order("subscription", _("Subscription"), ("subscription_number", "id")),
            ),
        ),
        summary=Summary(
            groupings=(
                Grouping("month", _("Month"), (_month("settled_on", "from"),)),
                Grouping("part", _("New part"), (Dimension(NEW_PART, "part"),)),
                *by_place(),
            ),
            measures=(
                counted(_("Changes")),
                Measure(
                    Column("more", _("Licences more or fewer"), Type.NUMBER, field="sum_of_more"),
                    lambda: Sum(F("new_quantity") - F("old_quantity")),
                ),
            ),
        ),
        chart=Chart(),
    )
)  # fmt: skip
