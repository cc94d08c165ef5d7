"""Summaries as people see them: groups in words, the way from a group to its rows, totals, and the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from . import words
from .asking import Asked
from .columns import Column, Type
from .declared import DETAIL, Dimension
from .files import as_text, words_of
from .patience import SHORT, patience
from .pictures import PLAIN, Picture, Series
from .tables import dimensions, groups, measures, rows, summary_order

Group = Mapping[str, Any]
DRAWN = 2_000  # groups that a picture is made of at most
WIDEST = 24  # labels along it; what is left is put together
LONGEST_GAP = 60  # months that are filled in where nothing was


def in_words(column: Column) -> Callable[[Any], str]:
    """What a column's value is called, as in files."""
    known = words_of(column)

    def say(value: Any) -> str:
        if value is None or value == "":
            return known.get("", "–")
        if column.type is Type.MONTH:
            return words.month(value)
        return known.get(as_text(value), str(value))

    return say


# ------------------------------------------------------------------------------------------ a group's rows


def address_of(asked: Asked, group: Group) -> str:
    """Where the rows are that a group sums up."""
    narrowed: dict[str, Any] = {}
    filters = {each.name: each for each in asked.filters}
    for dimension in dimensions(asked):
        value = group[dimension.column.source]
        narrowed |= filters[dimension.narrows].narrowed_to(value, asked.given)
    return asked.address(level=DETAIL, by=None, order=None, figure=None, **narrowed)


# ------------------------------------------------------------------------------------------ totals


@dataclass(frozen=True, slots=True)
class Total:
    """A figure for all rows that fit. Of money, one for each currency: (minor units, currency)."""

    name: str
    label: Any
    count: int | Decimal | None
    amounts: tuple[tuple[int, str], ...] = ()


def totals(asked: Asked) -> list[Total]:
    """What all rows that fit come to. Money is never added up across currencies. Raises TooSlow."""
    with patience(SHORT):
        return _totals(asked)


def _totals(asked: Asked) -> list[Total]:
    told, summary = measures(asked), asked.report.summary
    if summary is None or not told:
        return [Total("rows", _("Rows"), rows(asked).aggregate(found=Count("id"))["found"])]
    currency = _currency(asked)
    found = rows(asked).order_by().values(*([currency] if currency else []))
    lines: list[Group]
    if currency:
        lines = list(found.annotate(**{m.column.source: m.of() for m in told}).order_by(currency))
    else:
        lines = [rows(asked).aggregate(**{m.column.source: m.of() for m in told})]
    return [_total(measure.column, lines) for measure in told]


def _currency(asked: Asked) -> str:
    """The field of the currency where money is added up."""
    summary = asked.report.summary
    by_currency = (
        summary is not None
        and summary.currency is not None
        and len(dimensions(asked)) > len(asked.grouping.dimensions)
    )
    return summary.currency.column.source if by_currency else ""  # type: ignore[union-attr]


def _total(column: Column, lines: Sequence[Group]) -> Total:
    if column.type is Type.MONEY:
        amounts = tuple((int(line[column.source] or 0), line[column.currency]) for line in lines)
        return Total(column.name, column.label, None, amounts)
    counted = Decimal if column.type is Type.DECIMAL else int
    return Total(
        column.name, column.label, sum((counted(line[column.source] or 0) for line in lines), counted(0))
    )


# ------------------------------------------------------------------------------------------ the picture


@dataclass(frozen=True, slots=True)
class Figure:
    """Something a picture can be of: a measure; of money, in one currency."""

    name: str
    label: str
    column: Column
    currency: str = ""


def groups_for_picture(asked: Asked) -> list[Group]:
    """All groups, for a picture. Raises TooSlow."""
    with patience(SHORT):
        return list(groups(asked).order_by(*summary_order(asked))[:DRAWN])


def figures(asked: Asked, found: Iterable[Group]) -> list[Figure]:
    """What can be drawn of these groups."""
    currency = _currency(asked)
    currencies = sorted({group[currency] for group in found}) if currency else []
    shown = []
    for measure in measures(asked):
        column = measure.column
        if column.type is Type.MONEY:
            shown += [
                Figure(
                    f"{column.name}-{code}",
                    _("%(label)s in %(currency)s") % {"label": column.label, "currency": code},
                    column,
                    code,
                )
                for code in currencies
            ]
        else:
            shown.append(Figure(column.name, str(column.label), column))
    return shown


def picture(asked: Asked, found: Sequence[Group], figure: Figure) -> Picture | None:
    """The groups drawn; None where there is nothing to draw."""
    chart, along = asked.report.chart, asked.grouping.dimensions[0]
    if chart is None or not found:
        return None
    stacked = next((d for d in asked.grouping.dimensions if d.column.name == asked.grouping.stacked_by), None)
    sums = _sums(asked, found, figure, along, stacked)
    labels = _along(along, sums)
    kinds = _kinds(stacked, sums)
    name = in_words(stacked.column) if stacked else lambda value: figure.label
    tones = _tones([chart.tones.get(kind, "") for kind in kinds]) if stacked else ["accent"]
    return Picture(
        labels=tuple(_labels(asked, found, labels)),
        series=tuple(
            Series(name(kind), tuple(sums.get((label, kind), 0) for label in labels), tone)
            for kind, tone in zip(kinds, tones, strict=True)
        ),
        kind=chart.kind,
        stacked=chart.stacked and stacked is not None,
        currency=figure.currency,
    )


def _tones(wanted: Sequence[str]) -> list[str]:
    """The colours wanted, each given once; whatever is left gets one that is free, as long as there are any."""
    free = [tone for tone in PLAIN if tone not in wanted]
    given: list[str] = []
    for tone in wanted:
        given.append(tone if tone and tone not in given else free.pop(0) if free else "")
    return given


def _labels(asked: Asked, found: Iterable[Group], places: Iterable[Any]) -> Iterable[str]:
    """What stands along the picture; where a group is told a name besides its number, the name."""
    along = asked.grouping.dimensions[0].column
    if along.type is Type.MONTH:
        return [words.month(place, short=True) for place in places]
    if asked.grouping.also:
        named = asked.grouping.also[0].column.source
        names = {group[along.source]: str(group[named]) for group in found}
        return [names[place] for place in places]
    say = in_words(along)
    return [say(place) for place in places]


def _sums(
    asked: Asked, found: Iterable[Group], figure: Figure, along: Dimension, stacked: Dimension | None
) -> dict[tuple[Any, Any], int | Decimal]:
    """The figure by place along the picture and kind; of money, in the figure's currency alone."""
    currency = _currency(asked)
    sums: dict[tuple[Any, Any], int | Decimal] = {}
    for group in found:
        if figure.currency and group[currency] != figure.currency:
            continue
        place = group[along.column.source]
        key = (place, group[stacked.column.source] if stacked else "")
        value = group[figure.column.source] or 0
        sums[key] = sums.get(key, 0) + (value if figure.column.type is Type.DECIMAL else int(value))
    return sums


def _along(along: Dimension, sums: Mapping[tuple[Any, Any], int | Decimal]) -> list[Any]:
    """Where along the picture something stands: months one after the other, what has an order in that, all else the
    largest first.
    """
    places = {place for place, _kind in sums}
    if along.column.type is Type.MONTH:
        return _months(sorted(place for place in places if place is not None))
    if along.in_order:
        return [value for value in words_of(along.column) if value in places]
    size: dict[Any, int | Decimal] = dict.fromkeys(places, 0)
    for (place, _kind), value in sums.items():
        size[place] += value
    return sorted(places, key=lambda place: (-size[place], str(place)))[:WIDEST]


def _months(found: list[date]) -> list[date]:
    """The months from the first to the last, those between in which nothing was included."""
    if not found:
        return []
    first, last = found[0], found[-1]
    number = (last.year - first.year) * 12 + last.month - first.month + 1
    if number > LONGEST_GAP:
        return found[-LONGEST_GAP:]
    return [
        date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1)
        for n in range(number)
    ]


def _kinds(stacked: Dimension | None, sums: Mapping[tuple[Any, Any], int | Decimal]) -> list[Any]:
    """What is told apart, in the order of its words."""
    found = {kind for _place, kind in sums}
    if stacked is None or stacked.column.words is None:
        return sorted(found, key=str)
    order = {value: place for place, value in enumerate(words_of(stacked.column))}
    return sorted(found, key=lambda kind: (order.get(as_text(kind), len(order)), str(kind)))
