"""A quote as XLSX: what the PDF says, with real amounts, numbers and dates to reckon with. Text stays text.

Laid out like the paper: who and for whom, the lines as a table, totals below. Amounts have the quote's one currency,
which stands in the head of their columns. Totals are stored figures, not formulas: they are what was quoted.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from identity.places import country_name

from ..models import Quote, QuoteLine
from .document import Sender, columns, described, notes, stamp, title
from .figures import Figures
from .written import plain

WIDTHS = (5, 11, 52, 11, 11, 15, 15, 9, 18, 18, 20)
DAY, COUNT, POINTS = "yyyy-mm-dd", "#,##0", "#,##0.00"
HEAD = Font(bold=True)
SHADE = PatternFill("solid", fgColor="F2F4F7")
LONGEST = 32_767  # Excel's own bound of a cell
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a ZIP archive knows


def workbook(quote: Quote, lines: Iterable[QuoteLine], *, sender: Sender, today: date) -> bytes:
    """The workbook in the active language. The same quote gives the same bytes."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = f"{quote.number} {quote.revision}"[:31]
    sheet.sheet_view.rightToLeft = get_language_bidi()
    places = get_currency_precision(quote.currency)
    money = "#,##0" + (f".{'0' * places}" if places else "")
    row = _put_head(sheet, quote, sender, today)
    row = _put_lines(sheet, row + 1, quote, lines, places, money)
    row = _put_totals(sheet, row + 1, quote, places, money)
    _put_words(sheet, row + 1, quote)
    for number, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    book.properties.creator = plain(sender.name)
    book.properties.title = f"{title(quote)} {quote.number}"
    book.properties.created = book.properties.modified = quote.updated_at.replace(tzinfo=None, microsecond=0)
    return _packed(book)


def _put(
    sheet: Worksheet, row: int, column: int, value: Any, pattern: str = "", *, bold: bool = False
) -> None:
    if value is None or value == "":
        return
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if isinstance(value, str):
        cell.value = plain(value)[:LONGEST]
        cell.data_type = "s"  # whatever it begins with
        cell.alignment = Alignment(vertical="top", wrap_text="\n" in value or column == 3)
    else:
        cell.value = value
        cell.alignment = Alignment(vertical="top")
    if pattern:
        cell.number_format = pattern
    if bold:
        cell.font = HEAD


def _put_head(sheet: Worksheet, quote: Quote, sender: Sender, today: date) -> int:
    """Returns the last row that was written to, as the others do."""
    _put(sheet, 1, 1, sender.name, bold=True)
    _put(sheet, 2, 1, f"{title(quote)} {quote.number}", bold=True)
    _put(sheet, 2, 4, stamp(quote, today), bold=True)
    row = 2
    for label, value, pattern in _facts(quote):
        if value in (None, ""):
            continue
        row += 1
        _put(sheet, row, 1, label)
        _put(sheet, row, 3, value, pattern)
    return row


def _facts(quote: Quote) -> list[tuple[str, Any, str]]:
    opened = quote.opened_at and quote.opened_at.date()
    return [
        (_("Version"), quote.revision, "0"),
        (_("Status"), str(quote.get_status_display()), ""),
        (_("Title"), quote.title, ""),
        (_("Customer"), quote.customer_name, ""),
        (_("Customer's site"), quote.site_number, ""),
        (_("Country"), country_name(quote.country), ""),
        (_("Contact"), quote.contact_name, ""),
        (_("E-mail"), quote.contact_email, ""),
        (_("Date"), opened, DAY),
        (_("Valid until"), quote.valid_until, DAY),
        (_("Currency"), quote.currency, ""),
        (_("Price level"), quote.earned_level or quote.price_level, ""),
        (_("Purchase order"), quote.po_number, ""),
        (_("Deal registration"), quote.deal_number, ""),
        (_("Distributor"), quote.distributor_name, ""),
        (_("Prepared by"), quote.owner_name, ""),
    ]


def _put_lines(
    sheet: Worksheet, row: int, quote: Quote, lines: Iterable[QuoteLine], places: int, money: str
) -> int:
    row += 1
    for number, column in enumerate(columns(quote.currency), start=1):
        _put(sheet, row, number, column["label"], bold=True)
        sheet.cell(row, number).fill = SHADE
    patterns = ("0", "", "", COUNT, POINTS, DAY, DAY, COUNT, money, money, money)
    for line in lines:
        row += 1
        values = (
            line.position,
            line.part_number,
            plain(described(line, quote)),
            line.quantity,
            line.points,
            line.coverage_start,
            line.coverage_end,
            line.months,
            amount(line.unit_level, places),
            amount(line.unit_price, places),
            amount(line.extended, places),
        )
        for number, (value, pattern) in enumerate(zip(values, patterns, strict=True), start=1):
            _put(sheet, row, number, value, pattern)
    return row


def _put_totals(sheet: Worksheet, row: int, quote: Quote, places: int, money: str) -> int:
    rows: list[tuple[str, Decimal | None, str]] = [(_("Total points"), quote.points, POINTS)]
    of = {"currency": quote.currency}
    if quote.list_total > quote.total:
        rows += [
            (_("At list prices, %(currency)s") % of, amount(quote.list_total, places), money),
            (_("Discount, %(currency)s") % of, amount(quote.total - quote.list_total, places), money),
        ]
    rows.append((_("Total, %(currency)s") % of, amount(quote.total, places), money))
    for label, value, pattern in rows:
        row += 1
        _put(sheet, row, 10, label, bold=True)
        _put(sheet, row, 11, value, pattern, bold=True)
    return row


def _put_words(sheet: Worksheet, row: int, quote: Quote) -> None:
    said = notes(quote, Figures(quote.currency))
    for text in [*said, *([_("Terms"), quote.terms] if quote.terms else [])]:
        row += 1
        _put(sheet, row, 3, text)


def amount(minor: int | None, places: int) -> Decimal | None:
    return None if minor is None else Decimal(minor).scaleb(-places)


def _packed(book: Workbook) -> bytes:
    """The file, with the archive's own moments set to one: they would tell when it was made, nothing else."""
    made, out = io.BytesIO(), io.BytesIO()
    modified: datetime = book.properties.modified
    book.save(made)
    now = book.properties.modified  # saving sets it
    stamp_now, stamp_then = (each.strftime("%Y-%m-%dT%H:%M:%SZ").encode() for each in (now, modified))
    with zipfile.ZipFile(made) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in archive.namelist():
            content = archive.read(part)
            if part == "docProps/core.xml":
                content = content.replace(stamp_now, stamp_then)
            packed.writestr(zipfile.ZipInfo(part, EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
