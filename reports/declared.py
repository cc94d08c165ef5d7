"""What a report is: declared once, and page, files, totals, chart, saved views and API come of it.

    REPORT = register(Report(
        key="deal-pipeline", title=_("Deal pipeline"), text=_("…"), privilege=Privilege.DEAL_VIEW,
        source=lambda actor: Deal.objects.filter(status__in=LIVE),   # the database shows of it what the actor may see
        filters=(Choice(name="status", label=_("Status"), choices=…),
                 Days(name="close", label=_("Close date"), field="close_on"), …),
        detail=Level(columns=(…), orders=(Order("close", _("First to close"), ("close_on", "id")), …)),
        summary=Summary(groupings=(Grouping("month", _("Month"), (MONTH, STATUS)), …), measures=(DEALS, VALUE),
                        currency=Dimension(CURRENCY, "currency")),
        chart=Chart(),
    ))

Whoever opens a report needs REPORT_VIEW and the report's own privilege. A column that somebody may not see is not
there for them at all: not on the page, in no file, nor can they narrow, group or order by it; `register` insists that
whatever narrows, groups or orders says which column it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import DateField, QuerySet
from django.db.models.functions import Cast, TruncMonth
from django.utils.functional import Promise

from identity.access import PrivilegeMissing
from identity.actors import Actor, Kind
from identity.privileges import Privilege, Refusal, why_not

from .columns import EVERYBODY, Column, Type, seen_by
from .filters import Filter, Given
from .listings import Listing
from .listings import register as register_listing

Words = str | Promise
Rows = QuerySet[Any, Any]

DETAIL, SUMMARY = "detail", "summary"
#: What a report's address says besides its filters.
SHOWN = ("level", "by", "order", "columns", "figure")


class ReportNotFound(Exception):
    """There is no report of this key."""


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """An order of rows: names of fields, never null, all in one direction if possible, the last unique.

    An index had better answer it: a report's first page is read by it.
    """

    name: str
    label: Words
    by: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(name.lstrip("-") for name in self.by)


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The rows themselves.

    `shown`: names of the columns that a page shows until somebody chooses; all if empty. `link` gives the address of
    what a row is about, from the row as a dict with the fields of `link_by`; it hangs on the first column.
    """

    columns: tuple[Column, ...]
    orders: tuple[Order, ...]
    shown: tuple[str, ...] = ()
    link: Callable[[dict[str, Any]], str] | None = None
    link_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Dimension:
    """What a summary groups by. Never null.

    `of` makes the expression, kept under the column's field, where that is none of the rows' own. `narrows` names the
    filter that leads from a group to its rows. `in_order`: a picture keeps to the order of the column's words, where
    they are stretches of time, say, and not whatever is largest first.
    """

    column: Column
    narrows: str
    of: Callable[[], Any] | None = None
    in_order: bool = False


def month_of(name: str) -> Callable[[], Any]:
    """For a dimension: the first day of the month of a day or moment, in the time zone that is active."""
    return lambda: Cast(TruncMonth(name, output_field=DateField()), DateField())


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """What is counted or added up in each group, under the column's field. Of money, each currency by itself."""

    column: Column
    of: Callable[[], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """A way of summing rows up.

    `also` is told of each group besides, such as the name that goes with a number. `source` makes of the rows, and of
    what was asked for, those to be grouped, where that takes more than columns. `stacked_by` names the dimension whose
    values a chart tells apart; along goes the first. `offered_to`: to others it would say one thing only.
    """

    name: str
    label: Words
    dimensions: tuple[Dimension, ...]
    also: tuple[Measure, ...] = ()
    source: Callable[[Rows, Given], Rows] | None = None
    stacked_by: str = ""
    hint: Words = ""
    offered_to: frozenset[Kind] = EVERYBODY

    @property
    def columns(self) -> tuple[Column, ...]:
        """What a group is told by, without what is measured of it."""
        first, *others = (one.column for one in self.dimensions)
        return (first, *(one.column for one in self.also), *others)


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """Rows summed up. `currency` groups by currency besides, wherever a measure is of money."""

    groupings: tuple[Grouping, ...]
    measures: tuple[Measure, ...]
    currency: Dimension | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of the summary.

    `tones`: colours with a meaning, by value of what it is stacked by; two of the same are told apart.
    """

    kind: str = "bar"  # or "line"
    stacked: bool = True
    tones: Mapping[Any, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Report:
    """A declared report; see the module.

    `privilege` is asked of everybody, or, where the vendor's people need another, `for_staff` of those. `first` is
    the level shown until somebody chooses.
    """

    key: str
    title: Words
    text: Words
    privilege: Privilege
    source: Callable[[Actor], Rows]
    filters: tuple[Filter, ...]
    detail: Level
    summary: Summary | None = None
    chart: Chart | None = None
    for_staff: Privilege | None = None
    first: str = DETAIL
    icon: str = "report-analytics"
    listing: Listing = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "listing", ReportListing.of(self))
        _check(self)

    # -------------------------------------------------------------------------------------- who

    def needs(self, actor: Actor) -> tuple[Privilege, ...]:
        """The privileges that this actor needs, every one of them."""
        own = self.for_staff if self.for_staff is not None and actor.is_staff else self.privilege
        return (Privilege.REPORT_VIEW, own)

    def refusal(self, actor: Actor) -> Refusal | None:
        """Why this actor may not open the report; None if they may."""
        return next((why for privilege in self.needs(actor) if (why := why_not(actor, privilege))), None)

    def demand(self, actor: Actor) -> None:
        """Raises PrivilegeMissing unless the actor may open the report."""
        for privilege in self.needs(actor):
            if refusal := why_not(actor, privilege):
                raise PrivilegeMissing(refusal, privilege)

    # -------------------------------------------------------------------------------------- what they see of it

    def columns_for(self, actor: Actor) -> tuple[Column, ...]:
        return seen_by(actor, self.detail.columns)

    def filters_for(self, actor: Actor) -> tuple[Filter, ...]:
        seen = self._seen(actor)
        return tuple(each for each in self.filters if each.column in seen and actor.kind in each.offered_to)

    def orders_for(self, actor: Actor) -> tuple[Order, ...]:
        hidden = {c.source for c in self.detail.columns} - {c.source for c in self.columns_for(actor)}
        return tuple(order for order in self.detail.orders if not hidden.intersection(order.fields))

    def groupings_for(self, actor: Actor) -> tuple[Grouping, ...]:
        """The ways in which this actor can have the rows summed up."""
        if self.summary is None or not self.measures_for(actor):
            return ()
        return tuple(
            each
            for each in self.summary.groupings
            if actor.kind in each.offered_to and all(actor.kind in column.seen_by for column in each.columns)
        )

    def measures_for(self, actor: Actor) -> tuple[Measure, ...]:
        measures = self.summary.measures if self.summary else ()
        return tuple(measure for measure in measures if actor.kind in measure.column.seen_by)

    def levels_for(self, actor: Actor) -> tuple[str, ...]:
        """The levels there are, the first one first."""
        levels = (SUMMARY, DETAIL) if self.groupings_for(actor) else (DETAIL,)
        return tuple(sorted(levels, key=lambda level: level != self.first))

    def rows_for(self, actor: Actor) -> Rows:
        return self.source(actor)

    def _seen(self, actor: Actor) -> frozenset[str]:
        return frozenset(column.name for column in self.columns_for(actor))

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Whatever the report's address may say, in the order in which it is written."""
        names = [name for each in self.filters for name in each.parameters]
        return (*dict.fromkeys(names), *SHOWN)


@dataclass(frozen=True, slots=True)
class ReportListing(Listing):
    """A report as a list that views are saved of."""

    report: Report | None = None

    @classmethod
    def of(cls, report: Report) -> ReportListing:
        return cls(
            key=f"report-{report.key}",
            label=report.title,
            url_name="report:page",
            privilege=Privilege.REPORT_VIEW,
            parameters=report.parameters,
            url_args=(report.key,),
            report=report,
        )

    def demand(self, actor: Actor) -> None:
        assert self.report is not None
        self.report.demand(actor)

    def open_to(self, actor: Actor) -> bool:
        assert self.report is not None
        return self.report.refusal(actor) is None


def _check(report: Report) -> None:
    """Raises TypeError where a declaration would let somebody reach a column unseen, or has no certain order."""
    columns = {column.name: column for column in report.detail.columns}
    fields = {column.source for column in report.detail.columns} | {"id"}
    for each in report.filters:
        if each.column not in columns:
            raise TypeError(f"{report.key}: the filter {each.name} narrows no column.")
        if set(each.parameters) & set(SHOWN):
            raise TypeError(
                f"{report.key}: the filter {each.name} is called as something else in the address is."
            )
    for order in report.detail.orders:
        if not set(order.fields) <= fields:
            raise TypeError(f"{report.key}: the order {order.name} goes by what is no column.")
        if order.fields[-1] != "id":
            raise TypeError(f"{report.key}: the order {order.name} is not total.")
    names = {each.name for each in report.filters}
    for dimension in _dimensions(report.summary):
        if dimension.narrows not in names:
            raise TypeError(f"{report.key}: no filter leads to the rows of {dimension.column.name}.")
    summary = report.summary
    if summary and summary.currency is None and any(m.column.type is Type.MONEY for m in summary.measures):
        raise TypeError(f"{report.key}: money is added up, but not by currency.")


def _dimensions(summary: Summary | None) -> Iterable[Dimension]:
    if summary is not None:
        yield from (dimension for grouping in summary.groupings for dimension in grouping.dimensions)
        if summary.currency is not None:
            yield summary.currency


# ------------------------------------------------------------------------------------------ all of them

_reports: dict[str, Report] = {}


def register(report: Report) -> Report:
    _reports[report.key] = report
    register_listing(report.listing)
    return report


def all_reports() -> list[Report]:
    return list(_reports.values())


def report_named(key: str) -> Report:
    """Raises ReportNotFound."""
    try:
        return _reports[key]
    except KeyError:
        raise ReportNotFound(key) from None
