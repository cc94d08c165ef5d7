"""Part numbers and quantities as somebody has them in a list: pasted from a spreadsheet, or in a file.

A row is a part number and a quantity, wherever in it they stand: the first cell that looks like a part number, and the
quantity under a header that says so, or else the first whole number after (or before) it. Without a quantity it is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feeds.reading import open_table
from feeds.words import fold
from pricing.quoting import MAX_QUANTITY

from .models.fields import LINES

PART = re.compile(r"[A-Z0-9]{7}")
GROUPED = re.compile(r"\d{1,3}(?:([.,'\u00a0\u202f ])\d{3})(?:\1\d{3})*")
PARTS = frozenset(
    map(
        fold,
        (
            "part",
            "part number",
            "part no",
            "part_number",
            "number",
            "sku",
            "codice",
            "código",
            "numer",
            "رقم",
        ),
    )
)
QUANTITIES = frozenset(
    map(
        fold,
        ("quantity", "qty", "amount", "units", "quantità", "quantidade", "ilość", "liczba", "الكمية", "كمية"),
    )
)
LONGEST = 100_000  # characters of what is pasted


@dataclass(frozen=True, slots=True)
class Row:
    """A row with what was found in it, or with what is wrong. `number` is the row's place, from 1 on."""

    number: int
    part_number: str = ""
    quantity: int = 0
    problem: str | Promise = ""


NO_PART = _("There is no part number in this row. It has seven characters, letters A to Z and digits.")
NO_NUMBER = _("“%(text)s” is no quantity. Write a whole number.")
TOO_FEW = _("A quantity is 1 or more.")
TOO_MANY = _("At most %(limit)s can be ordered in one row.")


def pasted(text: str) -> list[Row]:
    """The rows of a pasted list: cells apart by tabs, semicolons, commas or spaces."""
    lines = text[:LONGEST].splitlines()
    return list(_rows((number, _cells(line)) for number, line in enumerate(lines, start=1)))


def in_file(path: Path, name: str) -> list[Row]:
    """The rows of a CSV or XLSX file. Raises feeds.reading.Refused."""
    sheet = open_table(path, name, PARTS | QUANTITIES)
    numbered: list[tuple[int, Sequence[str]]] = [(sheet.header_row, sheet.headers)]
    numbered += [(number, cells) for number, cells in _first(sheet.rows())]
    return list(_rows(numbered))


def _first(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """One more than there may be, so that too many are noticed; never a whole file of a million."""
    for place, row in enumerate(rows):
        if place > LINES:
            return
        yield row


def _cells(line: str) -> list[str]:
    for sign in ("\t", ";", ","):
        if sign in line:
            return [cell.strip().strip('"').strip() for cell in line.split(sign)]
    return line.split()


def _rows(numbered: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Row]:
    column: int | None = None  # where the quantity is, if a header says so
    begun = False
    for number, given in numbered:
        cells = [str(cell).strip() for cell in given]
        if not any(cells):
            continue
        if not begun:
            begun = True
            if _is_header(cells):
                column = next((at for at, cell in enumerate(cells) if fold(cell) in QUANTITIES), None)
                continue
        yield _row(number, cells, column)


def _is_header(cells: Sequence[str]) -> bool:
    """The first row is one when it names columns, or has no part number and no figure in it."""
    if any(fold(cell) in PARTS | QUANTITIES for cell in cells):
        return True
    return not any(_is_part(cell) or any(sign.isdecimal() for sign in cell) for cell in cells)


def _is_part(cell: str) -> bool:
    """Seven letters and digits, both among them: seven figures are rather a quantity, seven letters rather a word."""
    return PART.fullmatch(cell.upper()) is not None and not cell.isdecimal() and not cell.isalpha()


def _may_be_part(cell: str) -> bool:
    """Seven capitals, where there is nothing better."""
    return PART.fullmatch(cell) is not None and cell.isalpha()


def _part_at(cells: Sequence[str]) -> int | None:
    for fits in (_is_part, _may_be_part):
        at = next((place for place, cell in enumerate(cells) if fits(cell)), None)
        if at is not None:
            return at
    return None


def _row(number: int, cells: Sequence[str], column: int | None) -> Row:
    at = _part_at(cells)
    if at is None:
        # What stands first was meant as one, most likely: it is named as it was written.
        return Row(number, cells[0][:20].upper(), 0, NO_PART)
    part_number = cells[at].upper()
    if column is not None and column != at:
        text = cells[column] if column < len(cells) else ""
    else:
        others = [*cells[at + 1 :], *cells[:at]]
        figures = [cell for cell in others if _whole(cell) is not None]
        text = figures[0] if figures else next((cell for cell in cells[at + 1 : at + 2] if cell), "1")
    quantity = _whole(text)
    if quantity is None:
        return Row(number, part_number, 0, NO_NUMBER % {"text": text[:20]})
    if quantity < 1:
        return Row(number, part_number, quantity, TOO_FEW)
    if quantity > MAX_QUANTITY:
        return Row(number, part_number, quantity, TOO_MANY % {"limit": MAX_QUANTITY})
    return Row(number, part_number, quantity)


def _whole(text: str) -> int | None:
    """A whole number in any digits, thousands apart or not."""
    text = text.strip()
    if match := GROUPED.fullmatch(text):
        text = text.replace(match[1], "")
    text = re.sub(r"[.,]0+$", "", text)
    sign = -1 if text[:1] in "-−" and text else 1
    digits = text.lstrip("-−+")
    return sign * int(digits) if digits.isdecimal() and len(digits) < 12 else None
