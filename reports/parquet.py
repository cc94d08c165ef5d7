"""Parquet, for tools that analyse: typed columns under names for machines, whatever the reader's language.

Amounts are decimals with a column for their currency, days are dates, moments carry their time zone, numbers are
numbers. Stored values that people read as words (a status) stay the values, each kept once in a dictionary. The file
says of itself what it is, when it was made and by which portal.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils import timezone
from pyarrow.parquet import ParquetWriter

from .columns import Type, sources
from .files import Count, Heading, Row, as_text, headings, percent, places, reading

if TYPE_CHECKING:
    from .tables import Table

GROUP = 50_000  # rows held in memory and written at once
DECIMALS = 4  # as many as any currency has
DECIMAL = pa.decimal128(23, DECIMALS)  # whatever a whole number of 64 bits can be, in any currency
WORD = pa.dictionary(pa.int32(), pa.string())
WHOLE = {20, 21, 23}  # the numbers that PostgreSQL gives to types of whole numbers


@dataclass(frozen=True, slots=True)
class _Field:
    """A column of the file: its name, its type, and its value in a row as Arrow takes it."""

    name: str
    type: pa.DataType
    value: Callable[[Row], Any]


def write(table: Table, path: Path, count: Count) -> None:
    fields = sources(table.columns)
    columns = _fields(table, fields)
    schema = pa.schema([(each.name, each.type) for each in columns], metadata=_about(table))
    # Opened here, so that a disk that takes no more says so in Python's own words.
    with (
        reading(table.rows, fields) as rows,
        path.open("wb") as file,
        ParquetWriter(file, schema, compression="zstd") as writer,
    ):
        while group := list(itertools.islice(rows, GROUP)):
            arrays = [pa.array([each.value(row) for row in group], each.type) for each in columns]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count.many(len(group))


def _about(table: Table) -> dict[str, str]:
    return {
        "title": table.title,
        "generated_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "portal": settings.PORTAL_NAME,
    }


def _fields(table: Table, fields: list[str]) -> list[_Field]:
    place = {field: number for number, field in enumerate(fields)}
    zone = timezone.get_current_timezone()
    whole = _whole(table, fields)
    return [_field(each, place, zone, whole) for each in headings(table.columns)]


def _field(heading: Heading, place: dict[str, int], zone: tzinfo, whole: set[int]) -> _Field:
    column = heading.column
    at = place[column.source]
    if column.type is Type.MONEY:
        of = place[column.currency]
        if heading.is_currency:
            return _Field(
                f"{column.name}_currency", WORD, lambda row: (row[at] is not None and row[of]) or None
            )
        return _Field(column.name, DECIMAL, lambda row: _amount(row[at], row[of]))
    if column.words is not None:
        return _Field(column.name, WORD, lambda row: _text(row[at]))
    match column.type:
        case Type.MOMENT:
            return _Field(column.name, pa.timestamp("us", tz=str(zone)), lambda row: row[at])
        case Type.DATE | Type.MONTH:
            return _Field(column.name, pa.date32(), lambda row: _day(row[at], zone))
        case Type.DECIMAL:
            return _Field(column.name, DECIMAL, lambda row: row[at])
        case Type.PERCENT:
            return _Field(column.name, DECIMAL, lambda row: percent(row[at]))
        case Type.NUMBER if at in whole:
            return _Field(column.name, pa.int64(), lambda row: row[at])
        case Type.NUMBER:
            return _Field(column.name, pa.float64(), lambda row: None if row[at] is None else float(row[at]))
        case _:
            return _Field(column.name, pa.string(), lambda row: _text(row[at]))


def _whole(table: Table, fields: list[str]) -> set[int]:
    """Where whole numbers stand, as the database has them."""
    try:
        source, params = table.rows.values_list(*fields).query.sql_with_params()
    except EmptyResultSet:
        return set(range(len(fields)))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({source}) AS t LIMIT 0", params)  # noqa: S608 - a query of ours
        return {at for at, column in enumerate(cursor.description) if column.type_code in WHOLE}


def _amount(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else Decimal(minor).scaleb(-places(currency))


def _text(value: Any) -> str | None:
    """Text; none where there is none. What is stored as yes or no is written so."""
    if value is None or value == "":
        return None
    return as_text(value)


def _day(value: date | None, zone: tzinfo) -> date | None:
    """A date; of a moment, the reader's day."""
    return value.astimezone(zone).date() if isinstance(value, datetime) else value
