"""A report as a table: what a page shows a stretch of, and what a file is made of.

`table_of` is all that files need to know: it authorises anew every time it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from identity.actors import Actor

from .asking import Asked, BadFilter, asked_of
from .columns import Column
from .declared import DETAIL, SUMMARY, Dimension, Measure, ReportNotFound, report_named

__all__ = ["DETAIL", "SUMMARY", "BadFilter", "ReportNotFound", "Table", "table_of"]


@dataclass(frozen=True, slots=True)
class Table:
    """What a file is made of. `rows` gives, by `values_list` of the columns' sources, every row in its order."""

    title: str
    columns: tuple[Column, ...]
    rows: QuerySet[Any, Any]


def table_of(report_key: str, query: str, *, level: str, actor: Actor) -> Table:
    """A report as `query` (the address's) narrows it. Raises ReportNotFound, PrivilegeMissing, BadFilter.

    `level` is "summary" or "detail". Months and days are those of the time zone that is active, words those of the
    language. The rows are for the actor's own scope: it is the database that decides whose they are.
    """
    asked = asked_of(report_named(report_key), query, actor=actor, level=level)
    title = str(asked.report.title)
    if asked.level == SUMMARY:
        return Table(title, summary_columns(asked), groups(asked).order_by(*summary_order(asked)))
    return Table(title, asked.columns, rows(asked).order_by(*asked.order.by))


# ------------------------------------------------------------------------------------------ detail


def rows(asked: Asked) -> QuerySet[Any, Any]:
    """The rows that fit, unordered."""
    found = asked.report.rows_for(asked.actor)
    return found.filter(asked.condition) if asked.condition else found


# ------------------------------------------------------------------------------------------ summary


def dimensions(asked: Asked) -> tuple[Dimension, ...]:
    """What rows are grouped by: as was chosen, and by currency where money is added up."""
    summary = asked.report.summary
    assert summary is not None
    by_currency = any(measure.column.currency for measure in measures(asked))
    more = (summary.currency,) if by_currency and summary.currency is not None else ()
    return (*asked.grouping.dimensions, *more)


def measures(asked: Asked) -> tuple[Measure, ...]:
    return asked.report.measures_for(asked.actor)


def summary_columns(asked: Asked) -> tuple[Column, ...]:
    """Of a summary: what is grouped by, and what is measured. An amount brings its currency along."""
    return (*asked.grouping.columns, *(measure.column for measure in measures(asked)))


def groups(asked: Asked) -> QuerySet[Any, Any]:
    """The rows summed up, unordered."""
    found = rows(asked)
    if asked.grouping.source is not None:
        found = asked.grouping.source(found, asked.given)
    by = dimensions(asked)
    found = found.annotate(**{each.column.source: each.of() for each in by if each.of is not None})
    found = found.order_by().values(*(each.column.source for each in by))
    told = (*asked.grouping.also, *measures(asked))
    return found.annotate(**{measure.column.source: measure.of() for measure in told})


def summary_order(asked: Asked) -> tuple[str, ...]:
    """The fields to order groups by: total, since no two groups are alike in all of what they are grouped by."""
    by = tuple(each.column.source for each in dimensions(asked))
    name, down = asked.group_order.removesuffix("-"), asked.group_order.endswith("-")
    if name == "groups":
        return tuple(f"-{field}" for field in by) if down else by
    measure = next(each.column.source for each in measures(asked) if each.column.name == name)
    return (f"-{measure}", *(f"-{field}" for field in by)) if down else (measure, *by)
