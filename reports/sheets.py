"""XLSX: a workbook of one sheet, with real numbers and dates. Text stays text, so that nothing needs to be neutralised.

Amounts are shown with two decimals, and three where the currency has them. The header stays in sight and can be
filtered by; the sheet runs from right to left for whoever reads so.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rustpy_xlsxwriter as xlsx
from django.utils import timezone
from django.utils.translation import get_language_bidi

from .columns import Column, Type, sources
from .files import LONGEST_SHEET, Count, Row, SheetFull, as_text, headings, percent, places, reading, words_of

if TYPE_CHECKING:
    from .tables import Table

Cell = Callable[[Row], Any]

LONGEST_CELL = 32_767  # Excel's own bound
WIDTHS = {
    Type.TEXT: 28,
    Type.CODE: 20,
    Type.NUMBER: 12,
    Type.DECIMAL: 12,
    Type.PERCENT: 10,
    Type.MONEY: 16,
    Type.DATE: 12,
    Type.MOMENT: 18,
    Type.MONTH: 12,
}
CURRENCY_WIDTH = 10
FORMATS = {
    Type.NUMBER: "#,##0",
    Type.DECIMAL: "#,##0.00",
    Type.PERCENT: "0.00",
    Type.MONEY: "#,##0.00#",
    Type.DATE: "yyyy-mm-dd",
    Type.MOMENT: "yyyy-mm-dd hh:mm",
    Type.MONTH: "yyyy-mm",
}


def write(table: Table, path: Path, count: Count) -> None:
    fields = sources(table.columns)
    with reading(table.rows, fields) as rows:
        _write_sheet(path, _laid_out(table.columns, fields), rows, table.title, count)


def _write_sheet(path: Path, columns: list[_Laid], rows: Iterable[Row], title: str, count: Count) -> None:
    """The one place that knows which library writes workbooks."""
    cells = [(column.label, column.cell) for column in columns]

    def records() -> Iterator[dict[str, Any]]:
        for row in rows:
            if count.rows == LONGEST_SHEET:
                raise SheetFull
            count.one()
            yield {label: cell(row) for label, cell in cells}
        if not count.rows:
            yield dict.fromkeys(column.label for column in columns)  # the header is found in the first row

    try:
        xlsx.write_worksheet(
            records(),
            str(path),
            sheet_name=_sheet_name(title),
            freeze_row=1,
            autofilter=True,
            header_format=xlsx.Format().set_bold(),
            column_widths=[float(column.width) for column in columns],
            column_formats={
                column.label: xlsx.Format().set_num_format(column.pattern)
                for column in columns
                if column.pattern
            },
            sheet_view={"right_to_left": get_language_bidi()},
        )
    except BaseException as error:  # the library panics where others raise, and a panic is no Exception
        if full := _disk_full(error):
            raise full from None
        if type(error).__name__ == "PanicException":
            raise RuntimeError(str(error)) from None
        raise


def _disk_full(error: BaseException) -> OSError | None:
    """What the library says of a disk that takes no more, as Python does; it tells by words alone."""
    for number in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
        if any(words in str(error) for words in (f"os error {number})", f"code: {number},")):
            return OSError(number, os.strerror(number))
    return None


def _sheet_name(title: str) -> str:
    """A title as Excel allows it for a sheet."""
    name = "".join(sign for sign in title if sign not in "[]:*?/\\")[:31].strip("' ")
    return name or "Sheet1"


# ---------------------------------------------------------------------------------------------- cells


@dataclass(frozen=True, slots=True)
class _Laid:
    """A column as it stands in a sheet."""

    label: str
    width: int
    pattern: str
    cell: Cell


def _laid_out(columns: Iterable[Column], fields: list[str]) -> list[_Laid]:
    place = {field: number for number, field in enumerate(fields)}
    zone = timezone.get_current_timezone()
    found = []
    for each in headings(columns):
        column, at = each.column, place[each.column.source]
        if each.is_currency:
            found.append(_Laid(each.label, CURRENCY_WIDTH, "", _currency(at, place[column.currency])))
            continue
        cell = _cell(column, at, place, zone)
        found.append(
            _Laid(each.label, column.width or WIDTHS[column.type], FORMATS.get(column.type, ""), cell)
        )
    return found


def _cell(column: Column, at: int, place: dict[str, int], zone: tzinfo) -> Cell:
    if column.type is Type.MONEY:
        return _amount(at, place[column.currency])
    if column.words is not None:
        return _word(at, words_of(column))
    match column.type:
        case Type.TEXT | Type.CODE:
            return _text_cell(at)
        case Type.MOMENT:
            return lambda row: _moment(row[at], zone)
        case Type.DATE | Type.MONTH:
            return lambda row: _day(row[at], zone)
        case Type.PERCENT:
            return lambda row: percent(row[at])
        case _:
            return lambda row: row[at]


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)[:LONGEST_CELL]


def _text_cell(at: int) -> Cell:
    """As `_text`; of a million cells nearly all are text that fits, which is seen first."""

    def cell(row: Row) -> Any:
        value = row[at]
        if value.__class__ is str and len(value) <= LONGEST_CELL:
            return value or None
        return _text(value)

    return cell


def _moment(value: datetime | None, zone: tzinfo) -> datetime | None:
    return value and value.astimezone(zone).replace(tzinfo=None, microsecond=0)


def _day(value: date | None, zone: tzinfo) -> date | None:
    """A date; of a moment, the reader's day."""
    return value.astimezone(zone).date() if isinstance(value, datetime) else value


def _word(at: int, words: dict[str, str]) -> Cell:
    shown = {value: _text(word) for value, word in words.items()}

    def cell(row: Row) -> Any:
        value = row[at]
        if value.__class__ is str and value in shown:
            return shown[value]
        return shown[text] if (text := as_text(value)) in shown else _text(value)

    return cell


def _amount(at: int, of: int) -> Cell:
    def cell(row: Row) -> Any:
        minor = row[at]
        return None if minor is None else Decimal(minor).scaleb(-places(row[of]))

    return cell


def _currency(at: int, of: int) -> Cell:
    """An amount's currency; none where there is no amount."""
    return lambda row: None if row[at] is None else row[of] or None
