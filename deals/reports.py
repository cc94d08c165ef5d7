"""Reports of deals: what is still open, and what became of the rest. Whoever sees a deal sees it here, nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.actors import Actor
from identity.privileges import Privilege
from pricing.models import ProductLine
from pricing.money import currency_choices
from reports.columns import Column, Type
from reports.declared import (
    SUMMARY,
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
from reports.filters import NONE, Choice, Country, Days, Filter, Given, Money, Site, Text

from .columns import COLUMNS, INSIDE, NOT_OWN
from .forms.fields import amount_in
from .listing import meant_by
from .models import Deal, DealProduct
from .queries import rules_in_force
from .rules import BUILT_IN, LOST
from .states import DECIDED, LIVE, TONES, DealType, Stage, Status

_OF_LIST = {column.name: column for column in COLUMNS}


def _columns(*names: str, **changed: Column) -> tuple[Column, ...]:
    """Columns of the opportunity manager, some of them changed or added by this report."""
    return tuple(changed.get(name) or _OF_LIST[name] for name in names)


# ------------------------------------------------------------------------------------------ what both are narrowed by


def line_names() -> dict[str, Any]:
    """The product lines by code; "" for deals of none."""
    names = dict(ProductLine.objects.order_by("name").values_list("code", "name"))
    return {**names, "": _("No product line")}


def _of_lines(codes: Sequence[str]) -> Q:
    products = DealProduct.objects.filter(deal_id=OuterRef("id"))
    found = Q(Exists(products.filter(line__in=codes)))
    return found | ~Q(Exists(products)) if "" in codes else found


def _chosen(choices: Any, values: Sequence[str] | None = None) -> dict[str, Any]:
    return {value: label for value, label in choices.choices if values is None or value in values}


def _filters(statuses: Sequence[str], *more: Filter) -> tuple[Filter, ...]:
    return (
        Text(
            name="q",
            label=_("Customer, number or reference"),
            column="customer",
            means=meant_by,
        ),
        Choice(name="status", label=_("Status"), choices=lambda: _chosen(Status, statuses)),
        *more,
        Choice(name="stage", label=_("Stage"), choices=lambda: _chosen(Stage)),
        Choice(name="type", label=_("Deal type"), field="deal_type", choices=lambda: _chosen(DealType)),
        Country(name="country", label=_("Customer's country"), field="customer_country"),
        Choice(name="line", label=_("Product line"), column="products", choices=line_names, means=_of_lines),
        Site(name="partner", label=_("Partner's site number"), column="partner_number", field="site_number"),
        Text(
            name="distributor", label=_("Distributor's name"), column="distributor", field="distributor_name"
        ),
        Text(name="owner", label=_("Sales contact"), field="owner_name"),
        Choice(
            name="currency",
            label=_("Currency"),
            column="value",
            choices=lambda: dict(currency_choices()),
            several=False,
        ),
        Money(name="value", label=_("Value"), minor_units=amount_in),
    )


# ------------------------------------------------------------------------------------------ what both are summed up by

STATUS = Dimension(_OF_LIST["status"], "status")
STAGE = Dimension(_OF_LIST["stage"], "stage")
TYPE = Dimension(_OF_LIST["type"], "type")
COUNTRY = Dimension(_OF_LIST["country"], "country")
PARTNER = Dimension(_OF_LIST["partner_number"], "partner")
CURRENCY = Dimension(Column("currency", _("Currency"), Type.CODE), "currency")
LINE = Dimension(Column("line", _("Product line"), field="of_line", words=line_names), "line")
PARTNER_NAME = Measure(
    Column("partner", _("Partner"), field="partner_called", seen_by=NOT_OWN), lambda: Max("site_name")
)
DEALS = Measure(Column("deals", _("Deals"), Type.NUMBER), lambda: Count("id"))
VALUE = Measure(
    Column("value", _("Value"), Type.MONEY, field="sum_of_value", currency="currency"),
    lambda: Coalesce(Sum("value"), Value(0), output_field=BigIntegerField()),
)


def _by_line(deals: QuerySet[Any, Any], given: Given) -> QuerySet[Any, Any]:
    """Each deal once for every line that it has products of; of the lines asked for, if any were."""
    deals = deals.annotate(
        of_line=Coalesce(F("dealproducts__line"), Value("")), of_product=F("dealproducts__id")
    )
    same_line = DealProduct.objects.filter(deal_id=OuterRef("id"), line=OuterRef("of_line"))
    deals = deals.exclude(Exists(same_line.filter(id__lt=OuterRef("of_product"))))
    asked = ["" if code == NONE else code for code in given.get("line", ())]
    return deals.filter(of_line__in=asked) if asked else deals


BY_STAGE = Grouping("stage", _("Stage and status"), (STAGE, STATUS), stacked_by="status")
BY_LINE = Grouping(
    "line",
    _("Product line and status"),
    (LINE, STATUS),
    source=_by_line,
    stacked_by="status",
    hint=_("A deal with products of several lines is counted in each of them."),
)
BY_COUNTRY = Grouping("country", _("Country and status"), (COUNTRY, STATUS), stacked_by="status")
BY_PARTNER = Grouping(
    "partner", _("Partner and status"), (PARTNER, STATUS), also=(PARTNER_NAME,), stacked_by="status"
)


def _address(row: dict[str, Any]) -> str:
    return reverse("deals:detail", args=[row["public_id"]])


# ------------------------------------------------------------------------------------------ the reports

CLOSING = Column("close", _("Close date"), Type.DATE, field="closing_on")


def _open(actor: Actor) -> QuerySet[Any, Any]:
    return Deal.objects.filter(status__in=sorted(LIVE)).annotate(closing_on=F("close_on"))


PIPELINE = register(
    Report(
        key="deal-pipeline",
        title=_("Deal pipeline"),
        text=_("Deals that are still open, by the month in which they are expected to close, and how they stand."),
        icon="chart-histogram",
        privilege=Privilege.DEAL_VIEW,
        source=_open,
        filters=_filters(
            LIVE,
            Days(name="close", label=_("Close date"), field="closing_on"),
            Days(name="submitted", label=_("Submitted"), field="submitted_at", moments=True),
        ),
        detail=Level(
            columns=_columns(
                "name", "number", "reference", "partner", "partner_number", "customer", "country", "products",
                "value", "status", "stage", "type", "close", "submitted", "approved", "expires", "distributor",
                "owner", "listed",
                close=CLOSING,
                listed=Column("listed", _("Listed since"), Type.MOMENT, field="listed_at"),
            ),
            shown=("name", "customer", "value", "status", "stage", "close", "partner", "owner"),
            orders=(
                Order("close", _("First to close"), ("closing_on", "id")),
                Order("close-", _("Last to close"), ("-closing_on", "-id")),
                Order("newest", _("Newest first"), ("-listed_at", "-id")),
                Order("oldest", _("Oldest first"), ("listed_at", "id")),
            ),
            link=_address,
            link_by=("public_id",),
        ),
        summary=Summary(
            groupings=(
                Grouping(
                    "month",
                    _("Month of closing and status"),
                    (
                        Dimension(
                            Column("month", _("Month of closing"), Type.MONTH, field="month_of_closing"),
                            "close",
                            month_of("close_on"),
                        ),
                        STATUS,
                    ),
                    stacked_by="status",
                ),
                BY_STAGE,
                BY_LINE,
                BY_COUNTRY,
                BY_PARTNER,
            ),
            measures=(DEALS, VALUE),
            currency=CURRENCY,
        ),
        chart=Chart(tones=TONES),
        first=SUMMARY,
    )
)  # fmt: skip


def reason_words() -> dict[str, Any]:
    """The reasons for losing a deal, those that are no longer offered included; "" for a deal without one."""
    rules = rules_in_force()
    codes = dict.fromkeys([*(reason.code for reason in rules.lost_reasons), *BUILT_IN[LOST]])
    return {
        **{code: rules.reason_label(code, LOST) for code in codes},
        "": pgettext_lazy("a reason", "None given"),
    }


REASON = Column("reason", _("Reason"), field="outcome_code", words=reason_words, width=26)
CLOSED = Column("closed", _("Closed on"), Type.MOMENT, field="ended_at")


def _closed(actor: Actor) -> QuerySet[Any, Any]:
    return Deal.objects.filter(status__in=DECIDED).annotate(ended_at=F("closed_at"))


WON_AND_LOST = register(
    Report(
        key="won-and-lost",
        title=_("Won and lost"),
        text=_("What became of approved deals, when, and for which reason the others were lost."),
        icon="trophy",
        privilege=Privilege.DEAL_VIEW,
        source=_closed,
        filters=_filters(
            DECIDED,
            Choice(name="reason", label=_("Reason"), field="outcome_code", choices=reason_words),
            Days(name="closed", label=_("Closed on"), field="closed_at", moments=True),
        ),
        detail=Level(
            columns=_columns(
                "name", "number", "reference", "partner", "partner_number", "customer", "country", "products",
                "value", "status", "reason", "words", "stage", "type", "closed", "approved", "distributor", "owner",
                "competitors",
                reason=REASON,
                words=Column("words", _("In the partner's words"), field="outcome_text", seen_by=INSIDE, width=48),
                closed=CLOSED,
            ),
            shown=("name", "customer", "value", "status", "reason", "closed", "partner", "owner"),
            orders=(
                Order("latest", _("Latest first"), ("-ended_at", "-id")),
                Order("earliest", _("Earliest first"), ("ended_at", "id")),
            ),
            link=_address,
            link_by=("public_id",),
        ),
        summary=Summary(
            groupings=(
                Grouping(
                    "month",
                    _("Month and outcome"),
                    (
                        Dimension(
                            Column("month", _("Closed in"), Type.MONTH, field="month_of_end"),
                            "closed",
                            month_of("closed_at"),
                        ),
                        STATUS,
                    ),
                    stacked_by="status",
                ),
                Grouping(
                    "reason", _("Reason"), (Dimension(REASON, "reason"), STATUS), stacked_by="status"
                ),
                BY_LINE,
                BY_COUNTRY,
                BY_PARTNER,
            ),
            measures=(DEALS, VALUE),
            currency=CURRENCY,
        ),
        chart=Chart(tones=TONES),
        first=SUMMARY,
    )
)  # fmt: skip
