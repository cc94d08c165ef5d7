"""Reports of renewals to come: all that are open, committed terms among them, and those due within 180 days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.reporting import COMMON, CUSTOMER, by_place, found_by, name_of, words_of, yes_no
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
from reports.filters import Choice, Code, Days, Filter, Money, YesNo

from ..models import RenewalItem, RenewalKind, RenewalStatus
from ..models.renewals import OPEN

#: From today on, how many days a bucket begins and ends with, both included.
BUCKETS = {"0-30": (0, 30), "31-60": (31, 60), "61-90": (61, 90), "91-180": (91, 180)}
BUCKET_WORDS: dict[str, Any] = {
    "0-30": _("0–30 days"),
    "31-60": _("31–60 days"),
    "61-90": _("61–90 days"),
    "91-180": _("91–180 days"),
}
TONES = {"0-30": "bad", "31-60": "warn", "61-90": "info", "91-180": "neutral"}

QUOTE = Column("quote", _("Quote"), Type.CODE, field="quote_number", width=16)
LINE = Column("line", _("Line"), Type.NUMBER, field="line_number")
KIND = Column("kind", _("Kind"), words=words_of(RenewalKind), width=20)
STATUS = Column("status", _("Status of the quote"), words=words_of(RenewalStatus), width=20)
DUE = Column("due", _("Due"), Type.DATE, field="due_on")
CURRENT_END = Column("current_end", _("Current coverage ends"), Type.DATE)
AUTO_RENEW = Column("auto_renew", _("Renews by itself"), words=yes_no, width=14)
BUCKET = Column("bucket", _("Due in"), words=lambda: dict(BUCKET_WORDS), width=14)


def _address(row: dict[str, Any]) -> str:
    return reverse("renewals:item", args=[row["public_id"]])


#: To the page of the item, which hangs on the first column.
LINK: dict[str, Any] = {"link": _address, "link_by": ("public_id",)}

COLUMNS = (
    DUE, QUOTE, LINE, KIND, STATUS, *COMMON, *OF_PART,
    Column("current_start", _("Current coverage starts"), Type.DATE),
    CURRENT_END,
    Column("new_start", _("New coverage starts"), Type.DATE),
    Column("new_end", _("New coverage ends"), Type.DATE),
    MONTHS, CURRENCY, UNIT_PRICE, EXTENDED, AUTO_RENEW,
)  # fmt: skip
SHOWN = ("due", "customer", "agreement", "quote", "line", "description", "quantity", "extended", "status")

ORDERS = (
    Order("due", _("First due first"), ("due_on", "id")),
    Order("due-", _("Last due first"), ("-due_on", "-id")),
    Order("agreement", _("Agreement, then due date"), ("agreement", "due_on", "id")),
    Order("quote", _("Quote number and line"), ("quote_number", "line_number", "id")),
    Order("site", _("Name of the site, then due date"), ("site_name", "due_on", "id")),
)

BY_KIND, BY_STATUS = Dimension(KIND, "kind"), Dimension(STATUS, "status")
MONTH = Dimension(Column("month", _("Month"), Type.MONTH, field="month_due"), "due", month_of("due_on"))
BY_QUOTE = Grouping(
    "quote", _("Quote"), (Dimension(QUOTE, "quote"),), also=(name_of(CUSTOMER, "customer_name"),)
)
MEASURES = (counted(_("Items")), amount(_("Extended price"), "extended"), points())


def _statuses() -> dict[str, Any]:
    return {value: RenewalStatus(value).label for value in OPEN}


def _kind_filter() -> Filter:
    return Choice(name="kind", label=_("Kind"), choices=words_of(RenewalKind))


def _filters(*more: Filter) -> tuple[Filter, ...]:
    return found_by(
        Code(name="quote", label=_("Quote number"), field="quote_number"),
        Days(name="due", label=_("Due"), field="due_on"),
        *more,
        Choice(name="status", label=_("Status of the quote"), choices=_statuses),
        part_filter(),
        part_type_filter(),
        Days(name="current_end", label=_("Current coverage ends")),
        YesNo(name="auto_renew", label=_("Renews by itself")),
        currency_filter(),
        Money(name="extended", label=_("Extended price"), minor_units=amount_in),
    )


def _open(actor: Actor) -> QuerySet[Any, Any]:
    return RenewalItem.objects.filter(settled_on__isnull=True)


RENEWAL_ITEMS = register(
    Report(
        key="renewal-items",
        title=_("Active renewal line items"),
        text=_("Every line of the vendor's renewal quotes that can still be ordered."),
        icon="refresh",
        privilege=Privilege.REPORT_VIEW,
        for_staff=Privilege.SITE_VIEW,
        source=_open,
        filters=_filters(_kind_filter()),
        detail=Level(columns=COLUMNS, shown=SHOWN, orders=ORDERS, **LINK),
        summary=Summary(
            groupings=(
                Grouping("month", _("Month and kind"), (MONTH, BY_KIND), stacked_by="kind"),
                Grouping("status", _("Status and kind"), (BY_STATUS, BY_KIND), stacked_by="kind"),
                BY_QUOTE,
                Grouping("part_type", _("Part type"), (BY_PART_TYPE,)),
                BY_PART,
                *by_place(BY_KIND),
            ),
            measures=MEASURES,
            currency=BY_CURRENCY,
        ),
        chart=Chart(),
    )
)


def _committed(actor: Actor) -> QuerySet[Any, Any]:
    return _open(actor).filter(kind=RenewalKind.COMMITTED_TERM)


COMMITTED_TERM_ITEMS = register(
    Report(
        key="committed-term-items",
        title=_("Committed-term renewal items"),
        text=_(
            "Terms that end. A written order is due before the term does; later orders pay the initial price."
        ),
        icon="calendar-due",
        privilege=Privilege.REPORT_VIEW,
        for_staff=Privilege.SITE_VIEW,
        source=_committed,
        filters=_filters(),
        detail=Level(
            columns=tuple(column for column in COLUMNS if column is not KIND),
            shown=("due", "current_end", "customer", "agreement", "quote", "line", "description", "extended"),
            orders=ORDERS,
            **LINK,
        ),
        summary=Summary(
            groupings=(
                Grouping("month", _("Month and status"), (MONTH, BY_STATUS), stacked_by="status"),
                BY_QUOTE,
                BY_PART,
                *by_place(BY_STATUS),
            ),
            measures=MEASURES,
            currency=BY_CURRENCY,
        ),
        chart=Chart(),
    )
)


# ------------------------------------------------------------------------------------------ within 180 days


def _within(bucket: str) -> Q:
    """Due in this many days from the reader's today."""
    today = timezone.localdate()
    first, last = (today + timedelta(days=days) for days in BUCKETS[bucket])
    return Q(due_on__gte=first, due_on__lte=last)


def _in_buckets(buckets: Sequence[str]) -> Q:
    found = Q()
    for bucket in buckets:
        found |= _within(bucket)
    return found


def _soon(actor: Actor) -> QuerySet[Any, Any]:
    today = timezone.localdate()
    *nearer, furthest = BUCKETS
    return _open(actor).filter(
        due_on__gte=today, due_on__lte=today + timedelta(days=BUCKETS[furthest][1])
    ).annotate(
        bucket=Case(
            *(When(_within(bucket), then=Value(bucket)) for bucket in nearer),
            default=Value(furthest),
            output_field=CharField(),
        )
    )  # fmt: skip


BY_BUCKET = Dimension(BUCKET, "bucket", in_order=True)

NEXT_180_DAYS = register(
    Report(
        key="renewals-180-days",
        title=_("Renewals within 180 days"),
        text=_("What is due within 180 days from today, sooner and later apart."),
        icon="calendar-stats",
        privilege=Privilege.REPORT_VIEW,
        for_staff=Privilege.SITE_VIEW,
        source=_soon,
        filters=_filters(
            Choice(name="bucket", label=_("Due in"), choices=lambda: dict(BUCKET_WORDS), means=_in_buckets),
            _kind_filter(),
        ),
        detail=Level(
            columns=(DUE, BUCKET, *COLUMNS[1:]),
            shown=("due", "bucket", "customer", "agreement", "quote", "description", "quantity", "extended"),
            orders=ORDERS,
            **LINK,
        ),
        summary=Summary(
            groupings=(
                Grouping("bucket", _("Days and kind"), (BY_BUCKET, BY_KIND), stacked_by="kind"),
                Grouping("month", _("Month and kind"), (MONTH, BY_KIND), stacked_by="kind"),
                BY_QUOTE,
                BY_PART,
                *by_place(BY_BUCKET),
            ),
            measures=MEASURES,
            currency=BY_CURRENCY,
        ),
        chart=Chart(tones=TONES),
        first=SUMMARY,
    )
)
