"""Renewal price notifications: what will cost more or less, from when, and until when one can say no."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.reporting import COMMON, by_place, found_by
from identity.actors import Actor
from identity.privileges import Privilege
from pricing.reporting import BY_PART, CURRENCY, DESCRIPTION, PART, counted, currency_filter, part_filter
from reports.columns import Column, Type
from reports.declared import Chart, Dimension, Grouping, Level, Order, Report, Summary, month_of, register
from reports.filters import Code, Days

from ..models import PriceNotification
from .coming import LINE, QUOTE
from .usage import SUBSCRIPTION, subscription_filter

OPT_OUT = Column("opt_out", _("Opt out by"), Type.DATE, field="opt_out_by")


def _notifications(actor: Actor) -> QuerySet[Any, Any]:
    return PriceNotification.objects.all()


PRICE_NOTIFICATIONS = register(
    Report(
        key="renewal-price-notifications",
        title=_("Renewal price notifications"),
        text=_("Renewals whose price changes: the old and the new one, and until when the customer can opt out."),
        icon="tag",
        privilege=Privilege.REPORT_VIEW,
        for_staff=Privilege.SITE_VIEW,
        source=_notifications,
        filters=found_by(
            Code(name="reference", label=_("Notification")),
            Code(name="quote", label=_("Quote number"), field="quote_number"),
            subscription_filter(),
            part_filter(),
            Days(name="opt_out", label=_("Opt out by"), field="opt_out_by"),
            Days(name="effective", label=_("Effective on"), field="effective_on"),
            Days(name="notified", label=_("Notified on"), field="notified_on"),
            currency_filter(),
        ),
        detail=Level(
            columns=(
                Column("reference", _("Notification"), Type.CODE, width=16),
                OPT_OUT,
                Column("effective", _("Effective on"), Type.DATE, field="effective_on"),
                Column("notified", _("Notified on"), Type.DATE, field="notified_on"),
                *COMMON, QUOTE, LINE, SUBSCRIPTION, PART, DESCRIPTION, CURRENCY,
                Column("old_price", _("Old price"), Type.MONEY, currency="currency"),
                Column("new_price", _("New price"), Type.MONEY, currency="currency"),
                Column("change", _("Change"), Type.PERCENT, field="change_bp"),
            ),
            shown=(
                "reference", "opt_out", "effective", "customer", "description", "old_price", "new_price", "change",
            ),
            orders=(
                Order("opt_out", _("First to opt out of"), ("opt_out_by", "id")),
                Order("opt_out-", _("Last to opt out of"), ("-opt_out_by", "-id")),
                Order("effective", _("First effective first"), ("effective_on", "id")),
                Order("effective-", _("Last effective first"), ("-effective_on", "-id")),
            ),
        ),
        summary=Summary(
            groupings=(
                Grouping(
                    "month",
                    _("Month"),
                    (
                        Dimension(
                            Column("month", _("Effective in"), Type.MONTH, field="month_effective"),
                            "effective",
                            month_of("effective_on"),
                        ),
                    ),
                ),
                BY_PART,
                *by_place(),
            ),
            measures=(counted(_("Notifications")),),
        ),
        chart=Chart(),
    )
)  # fmt: skip
