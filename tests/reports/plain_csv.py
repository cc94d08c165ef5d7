"""The CSV of a table told in plain Python, cell by cell: what the one that the database writes must equal."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.utils import timezone

from reports.columns import Column, Type, sources

SIGNS = "=+-@＝＋－＠"
IGNORED = " \t\r\n\v\f\u00a0\u200b\u200e\u200f\u2066\u2067\u2068\u2069\ufeff"


def lines_of(columns: Sequence[Column], rows: Sequence[Sequence[Any]], fields: Sequence[str]) -> bytes:
    """The lines below the header. `fields` names what stands where in a row."""
    place = {field: number for number, field in enumerate(fields)}
    assert set(sources(columns)) <= set(place)
    zone = timezone.get_current_timezone()
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    for row in rows:
        cells: list[str] = []
        for column in columns:
            value = row[place[column.source]]
            if column.type is Type.MONEY:
                currency = row[place[column.currency]] or ""
                cells += [amount(value, currency), "" if value is None else currency]
            else:
                cells.append(cell(column, value, zone))
        if cells == ["\\."]:  # alone in a line it once was the end of the data, so the database quotes it
            lines.write('"\\."\r\n')
        else:
            writer.writerow(cells)
    return lines.getvalue().encode()


def amount(minor: int | None, currency: str) -> str:
    if minor is None:
        return ""
    return f"{Decimal(minor).scaleb(-get_currency_precision(currency or 'USD')):f}"


def cell(column: Column, value: Any, zone: tzinfo) -> str:
    if value is None or value == "":
        return ""
    words = column.words() if column.words else {}
    if value in words:
        return harmless(words[value])
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return f"{local:%Y-%m-%d %H:%M:%S}" if column.type is Type.MOMENT else local.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if column.type is Type.NUMBER else harmless(str(value))


def harmless(text: str) -> str:
    if text[:1] in ("\t", "\r", "\n") or text.lstrip(IGNORED)[:1] in tuple(SIGNS):
        return f"'{text}"
    return text
