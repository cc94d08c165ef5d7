"""A table as a file: CSV for programs, XLSX for people, Parquet for tools that analyse. All are written while they are
read, whatever their length, in the language and time zone that are active, within the scope of whoever reads.

**CSV** (`csv_files.py`) is written by the database itself. **XLSX** (`sheets.py`) has real numbers and dates, and text
stays text. **Parquet** (`parquet.py`) has types, and names for machines.

In CSV and XLSX, moments are in the reader's time zone, which the header names, and an amount's currency has a column
of its own after it.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.numbers import get_currency_precision
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from .columns import Column, Type

if TYPE_CHECKING:
    from .tables import Table

Row = tuple[Any, ...]
AT_A_TIME = 5_000  # rows


class Format(enum.StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PARQUET: "application/vnd.apache.parquet",
}
LONGEST_SHEET = 1_048_575  # rows below the header, Excel's own bound


class SheetFull(Exception):
    """A sheet of XLSX has no room for so many rows; CSV and Parquet have."""


class BrokenOff(Exception):
    """Nobody wants the file any more."""


class Count:
    """How many rows are written so far. Whoever counts another one is told when nobody wants the rest."""

    def __init__(self) -> None:
        self.rows = 0
        self.over = False

    def one(self) -> None:
        self.many(1)

    def many(self, rows: int) -> None:
        self.rows += rows
        if self.over:
            raise BrokenOff


def write(table: Table, format: Format, path: Path, *, count: Count | None = None) -> int:
    """Write the table to `path`, and return how many rows it has; `count` tells of them meanwhile.

    Raises SheetFull, BrokenOff, OSError.
    """
    from . import csv_files, parquet, sheets

    count = count or Count()
    match format:
        case Format.CSV:
            csv_files.write(table, path, count)
        case Format.XLSX:
            sheets.write(table, path, count)
        case Format.PARQUET:
            parquet.write(table, path, count)
    return count.rows


@contextmanager
def reading(rows: QuerySet[Any, Any], fields: Sequence[str]) -> Iterator[Iterator[Row]]:
    """The rows of a query by a cursor on the server, a few thousand at a time, within the running transaction.

    What QuerySet.iterator() does, but also where those are switched off for the sake of connection poolers (this one
    lives within one transaction, which poolers allow), and closed when the block ends, however it does.
    """
    compiler = rows.values_list(*fields).query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        yield iter(())
        return
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        found = itertools.chain.from_iterable(iter(lambda: cursor.fetchmany(AT_A_TIME), []))
        converters = compiler.get_converters([expression for expression, *_ in compiler.select])
        yield compiler.apply_converters(found, converters) if converters else found


# ---------------------------------------------------------------------------------------------- columns


@dataclass(frozen=True, slots=True)
class Heading:
    """A column as it stands in a file. An amount has two: itself, and its currency."""

    label: str
    column: Column
    is_currency: bool = False


def headings(columns: Iterable[Column]) -> list[Heading]:
    """The file's columns, in the active language. No two have the same label, for a sheet tells them apart by it."""
    found: list[Heading] = []
    taken: set[str] = set()

    def add(label: str, column: Column, *, is_currency: bool = False) -> None:
        others = (f"{label} {number}" for number in itertools.count(2))
        label = next(each for each in itertools.chain([label], others) if each not in taken)
        taken.add(label)
        found.append(Heading(label, column, is_currency))

    for column in columns:
        add(_label(column), column)
        if column.type is Type.MONEY:
            add(_("Currency"), column, is_currency=True)
    return found


def _label(column: Column) -> str:
    if column.type is Type.PERCENT:
        return _("%(label)s (%%)") % {"label": column.label}
    if column.type is not Type.MOMENT:
        return str(column.label)
    zone = timezone.get_current_timezone_name()
    return _("%(label)s (time in %(zone)s)") % {"label": column.label, "zone": zone}


def words_of(column: Column) -> dict[str, str]:
    """A column's words for its stored values, by those as text; none if it shows them as they are."""
    if column.words is None:
        return {}
    words: Mapping[Any, Any] = column.words()
    return {as_text(value): str(word) for value, word in words.items()}


def as_text(value: Any) -> str:
    """A stored value as the database writes it as text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def percent(hundredths: int | None) -> Decimal | None:
    """Hundredths of a per cent, in per cent."""
    return None if hundredths is None else Decimal(hundredths).scaleb(-2)


@lru_cache(maxsize=256)
def places(currency: str) -> int:
    """How many decimals a currency has."""
    return get_currency_precision(currency or "USD")
