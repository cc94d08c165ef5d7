"""Rows as files: CSV for programs, XLSX for people. Both are written row by row, whatever their length.

**CSV** is strict RFC 4180: commas, CRLF, quotes only where they are needed. It begins with a byte order mark, since
without one spreadsheets take UTF-8 for something else and Arabic or Polish names are lost; programs read it as
`utf-8-sig`. Amounts are plain decimals with a point, dates ISO 8601. Text that a spreadsheet would take for a formula
begins with an apostrophe, as OWASP recommends.

**XLSX** has real numbers and dates. Text stays text, so that nothing needs to be neutralised. Amounts are shown with
two decimals, and three where the currency has them.

In both, moments are in the reader's time zone, which the header names, and an amount's currency has a column of its
own after it.
"""

from __future__ import annotations

import csv
import io
import itertools
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any

import rustpy_xlsxwriter as xlsx
from babel.numbers import get_currency_precision
from django.utils import timezone
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from .columns import Column, Type

Row = tuple[Any, ...]
Cell = Callable[[Row], Any]
Writer = Callable[[Type, Any, tzinfo], Any]

BOM = b"\xef\xbb\xbf"
CHUNK = 64 * 1024
# What a spreadsheet begins a formula with, in full width as well; and what it ignores before one.
FORMULA_SIGNS = frozenset("=+-@＝＋－＠")
IGNORED = " \t\r\n\v\f\u00a0\u200b\u200e\u200f\u2066\u2067\u2068\u2069\ufeff"
LONGEST_CELL = 32_767  # Excel's own bound
LONGEST_SHEET = 1_048_575  # rows below the header, Excel's own bound
WIDTHS = {
    Type.TEXT: 28,
    Type.CODE: 20,
    Type.NUMBER: 12,
    Type.MONEY: 16,
    Type.DATE: 12,
    Type.MOMENT: 18,
    Type.MONTH: 12,
}
CURRENCY_WIDTH = 10
FORMATS = {
    Type.NUMBER: "#,##0",
    Type.MONEY: "#,##0.00#",
    Type.DATE: "yyyy-mm-dd",
    Type.MOMENT: "yyyy-mm-dd hh:mm",
    Type.MONTH: "yyyy-mm",
}


def as_csv(columns: Sequence[Column], fields: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """The rows as a CSV file, in pieces. `fields` names what stands where in a row.

    The header is in the language that is active when the first piece is asked for.
    """
    laid_out = _laid_out(columns, fields, _in_csv)
    cells = [each.cell for each in laid_out]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([_harmless(each.label) for each in laid_out])
    yield BOM
    for row in rows:
        writer.writerow([cell(row) for cell in cells])
        if buffer.tell() > CHUNK:
            yield _emptied(buffer)
    yield _emptied(buffer)


def as_xlsx(
    columns: Sequence[Column], fields: Sequence[str], rows: Iterable[Row], *, title: str
) -> Iterator[bytes]:
    """The rows as a workbook of one sheet, in pieces; the first comes when all rows have been read.

    It is written to a temporary file, not to memory. Beyond LONGEST_SHEET rows the writer raises.
    """
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        _write_sheet(file.name, _laid_out(columns, fields, _in_xlsx), rows, title)
        while piece := file.read(CHUNK):
            yield piece


def _write_sheet(path: str, columns: list[_Laid], rows: Iterable[Row], title: str) -> None:
    """The one place that knows which library writes workbooks."""
    empty = {column.label: None for column in columns}  # the header is found in the first row: be there one

    def records() -> Iterator[dict[str, Any]]:
        found = False
        for row in rows:
            found = True
            yield {column.label: column.cell(row) for column in columns}
        if not found:
            yield empty

    xlsx.write_worksheet(
        records(),
        path,
        sheet_name=_sheet_name(title),
        freeze_row=1,
        autofilter=True,
        header_format=xlsx.Format().set_bold(),
        column_widths=[float(column.width) for column in columns],
        column_formats={
            column.label: xlsx.Format().set_num_format(column.pattern) for column in columns if column.pattern
        },
        sheet_view={"right_to_left": get_language_bidi()},
    )


def _sheet_name(title: str) -> str:
    """A title as Excel allows it for a sheet."""
    name = "".join(sign for sign in title if sign not in "[]:*?/\\")[:31].strip("' ")
    return name or "Sheet1"


# ---------------------------------------------------------------------------------------------- header and cells


@dataclass(frozen=True, slots=True)
class _Laid:
    """A column as it stands in a file."""

    label: str
    width: int
    pattern: str
    cell: Cell


def _laid_out(columns: Sequence[Column], fields: Sequence[str], write: Writer) -> list[_Laid]:
    """The file's columns: an amount has two. No two have the same label, for a sheet tells them apart by it."""
    place = {field: number for number, field in enumerate(fields)}
    zone = timezone.get_current_timezone()
    found: list[_Laid] = []

    def add(label: str, width: int, pattern: str, cell: Cell) -> None:
        taken = {column.label for column in found}
        others = (f"{label} {number}" for number in itertools.count(2))
        label = label if label not in taken else next(other for other in others if other not in taken)
        found.append(_Laid(label, width, pattern, cell))

    for column in columns:
        at, type_ = place[column.source], column.type
        cell = _plain(at, type_, write, zone)
        if type_ is Type.MONEY:
            cell = _amount(at, place[column.currency], write, zone)
        elif column.words is not None:
            cell = _word(at, column.words(), write, zone)
        add(_label(column), column.width or WIDTHS[type_], FORMATS.get(type_, ""), cell)
        if type_ is Type.MONEY:
            add(_("Currency"), CURRENCY_WIDTH, "", _currency(at, place[column.currency]))
    return found


def _label(column: Column) -> str:
    if column.type is not Type.MOMENT:
        return str(column.label)
    zone = timezone.get_current_timezone_name()
    return _("%(label)s (time in %(zone)s)") % {"label": column.label, "zone": zone}


def _plain(at: int, type_: Type, write: Writer, zone: tzinfo) -> Cell:
    return lambda row: write(type_, row[at], zone)


def _word(at: int, words: Mapping[str, str], write: Writer, zone: tzinfo) -> Cell:
    shown = {value: write(Type.TEXT, str(word), zone) for value, word in words.items()}

    def cell(row: Row) -> Any:
        value = row[at]
        return shown[value] if value in shown else write(Type.TEXT, value, zone)

    return cell


def _amount(at: int, of: int, write: Writer, zone: tzinfo) -> Cell:
    def cell(row: Row) -> Any:
        minor = row[at]
        return write(Type.MONEY, None if minor is None else Decimal(minor).scaleb(-_places(row[of])), zone)

    return cell


def _currency(at: int, of: int) -> Cell:
    """An amount's currency; none where there is no amount."""
    return lambda row: "" if row[at] is None else row[of]


@lru_cache(maxsize=256)
def _places(currency: str) -> int:
    return get_currency_precision(currency or "USD")


def _in_csv(type_: Type, value: Any, zone: tzinfo) -> str:
    if value is None or value == "":
        return ""
    match type_:
        case Type.TEXT | Type.CODE:
            return _harmless(str(value))
        case Type.MOMENT:
            return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        case Type.DATE | Type.MONTH:
            return _day(value, zone).isoformat()
        case Type.MONEY:
            return f"{value:f}"
        case _:
            return str(value)


def _in_xlsx(type_: Type, value: Any, zone: tzinfo) -> Any:
    if value is None or value == "":
        return None
    match type_:
        case Type.TEXT | Type.CODE:
            return str(value)[:LONGEST_CELL]
        case Type.MOMENT:
            return value.astimezone(zone).replace(tzinfo=None, microsecond=0)
        case Type.DATE | Type.MONTH:
            return _day(value, zone)
        case _:
            return value


def _day(value: date, zone: tzinfo) -> date:
    """A date; of a moment, the reader's day."""
    return value.astimezone(zone).date() if isinstance(value, datetime) else value


def _harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    if text[:1] in "\t\r\n" or text.lstrip(IGNORED)[:1] in FORMULA_SIGNS:
        return f"'{text}"
    return text


def _emptied(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece
