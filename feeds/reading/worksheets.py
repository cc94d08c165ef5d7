"""The cells of a sheet, row by row as its XML flows by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import IO, NamedTuple

from django.utils.translation import gettext_lazy as _

from .limits import (
    HEAD_BYTES,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_DEPTH,
    MAX_PIECE,
    MAX_SHEET_ROWS,
    MAX_STRINGS,
)
from .numbers import NotANumber, from_workbook
from .refusals import Refused
from .sheet import Exact, Rows
from .xml import CHUNK, bomb, damaged, local, parse

_EPOCH = datetime(1899, 12, 30)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Format(NamedTuple):
    """How a style shows numbers."""

    day: bool
    zeros: int  # digits that are filled up with zeros; 0 for none


PLAIN = Format(False, 0)
MEMORY = 10_000  # numbers whose meaning is remembered, per style


def unescaped(text: str) -> str:
    """A text of a workbook, in which signs that XML cannot have are written _x000D_."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def read_strings(file: IO[bytes]) -> list[str]:
    """The table of texts. Raises Refused."""
    reading = _Strings()
    for _chunk in parse(file, reading.start, reading.end, reading.words):
        pass
    return reading.found


class _Strings:
    def __init__(self) -> None:
        self.found: list[str] = []
        self.text: list[str] = []
        self.pieces: list[str] | None = None
        self.skipping = 0  # hints at how to say something, which are not part of the text
        self.depth = 0
        self.memory = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise bomb()
        name = local(name)
        if name == "si":
            self.text = []
        elif name == "rPh":
            self.skipping += 1
        elif name == "t" and not self.skipping:
            self.pieces = self.text

    def end(self, name: str) -> None:
        self.depth -= 1
        name = local(name)
        if name == "t":
            self.pieces = None
        elif name == "rPh":
            self.skipping -= 1
        elif name == "si":
            self._keep("".join(self.text))

    def words(self, words: str) -> None:
        if self.pieces is not None:
            self.pieces.append(words)
            self._count(len(words))

    def _keep(self, text: str) -> None:
        self._count(80)
        if len(text) > MAX_CELL:
            raise Refused(_("A cell of this workbook is far too long."), "long_row")
        self.found.append(unescaped(text))

    def _count(self, more: int) -> None:
        self.memory += more
        if self.memory > MAX_STRINGS:
            raise Refused(
                _("This workbook has too much text to be read. Send it as a CSV file."), "too_large"
            )


def read_rows(
    file: IO[bytes], strings: list[str], formats: list[Format], size: int, after: int = 0
) -> Iterator[Rows]:
    """The rows below row `after` that are not blank, `size` at a time. Raises Refused."""
    reading = _Cells(strings, formats, after)
    for _chunk in parse(file, reading.start, reading.end, reading.words):
        while len(reading.rows) >= size:
            yield reading.take(size)
    if reading.rows:
        yield reading.take(size)


def read_head(file: IO[bytes], strings: list[str], formats: list[Format], size: int) -> Rows:
    """The first `size` rows that are not blank, if they come soon. Raises Refused."""
    reading = _Cells(strings, formats, 0)
    for chunk, _parsed in enumerate(parse(file, reading.start, reading.end, reading.words)):
        if len(reading.rows) >= size or chunk * CHUNK > HEAD_BYTES:
            break
    return reading.take(size)


class _Cells:
    """Rows as they are being put together from what the parser comes upon."""

    def __init__(self, strings: list[str], formats: list[Format], after: int) -> None:
        self.rows: list[list[str]] = []
        self.numbers: list[int] = []
        self._strings = strings
        self._numbers = _Styles(formats)
        self._after = after
        self._row: list[str] = []
        self._number = 0
        self._column = 0  # of the cell, from 0
        self._type = ""
        self._style = ""
        self._pieces: list[str] = []
        self._collecting = False
        self._in_cell = False
        self._depth = 0
        self._skipping = 0
        self._length = 0
        self._memory = 0

    def take(self, size: int) -> Rows:
        taken = Rows(self.numbers[:size], self.rows[:size])
        del self.numbers[:size], self.rows[:size]
        self._memory = 0
        return taken

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self._start_value()
        else:
            self._start_other(name, attributes)

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name == "v":
            self._collecting = False
        else:
            self._end_other(name)

    def words(self, words: str) -> None:
        if self._collecting:
            self._pieces.append(words)
            self._length += len(words)
            if self._length > MAX_CELL:
                raise Refused(_("A cell of this workbook is far too long."), "long_row")

    def _start_other(self, name: str, attributes: dict[str, str]) -> None:
        """What is rarer than cells and their values, or has a prefix."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise bomb()
        plain = local(name)
        if plain != name and plain in ("c", "v"):
            self.start(plain, attributes)
        elif plain == "row":
            self._start_row(attributes)
        elif plain == "t":
            self._collecting = not self._skipping
        elif plain == "rPh":
            self._skipping += 1
        elif plain == "f":
            cell = f"{letters(self._column)}{self._number}"
            raise Refused(
                _("Cell %(cell)s has a formula. Save the values only, and send it again."),
                "formula",
                cell=cell,
            )

    def _end_other(self, name: str) -> None:
        self._depth -= 1
        plain = local(name)
        if plain != name and plain in ("c", "v"):
            self.end(plain)
        elif plain == "row":
            self._end_row()
        elif plain == "t":
            self._collecting = False
        elif plain == "rPh":
            self._skipping -= 1

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r") or self._number + 1)
        if not self._number < number <= MAX_SHEET_ROWS:
            raise damaged()
        self._number = number
        self._row = []
        self._column = -1

    def _end_row(self) -> None:
        if self._number > self._after and any(map(str.strip, self._row)):
            self.rows.append(self._row)
            self.numbers.append(self._number)
        self._row = []

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if self._in_cell:
            raise damaged()
        self._in_cell = True
        place = attributes.get("r")
        self._column = column_of(place) if place else self._column + 1
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "")

    def _start_value(self) -> None:
        if self._collecting or not self._in_cell:
            raise damaged()
        self._collecting = True

    def _end_cell(self) -> None:
        self._in_cell = False
        pieces = self._pieces
        if not pieces:
            return
        text = self._value(pieces[0] if len(pieces) == 1 else "".join(pieces))
        self._pieces = []
        self._length = 0
        if self._column >= MAX_COLUMNS:
            raise Refused(_("There are more columns in this file than any feed has."), "columns")
        row = self._row
        if self._column != len(row):
            self._leave_blanks(row)
        row.append(text)
        self._memory += len(text)
        if self._memory > MAX_PIECE:
            raise Refused(_("A row of this file is far too long."), "long_row")

    def _leave_blanks(self, row: list[str]) -> None:
        """Fill the row up to the cell."""
        blanks = self._column - len(row)
        if blanks < 0:
            raise damaged()
        self._memory += blanks
        row.extend([""] * blanks)

    def _value(self, text: str) -> str:
        kind = self._type
        if kind == "s":
            return self._strings[int(text)]
        if kind == "n":
            return self._numbers[self._style][text]
        if kind == "b":
            return Exact("true" if text.strip() == "1" else "false")
        if kind == "d":
            return Exact(text)
        return unescaped(text)  # texts in the sheet itself, and errors such as #N/A


class _Numbers(dict[str, Exact]):
    """What the numbers of a style mean, as far as they are remembered."""

    def __init__(self, shown: Format) -> None:
        super().__init__()
        self._shown = shown

    def __missing__(self, text: str) -> Exact:
        if len(self) >= MEMORY:
            self.clear()
        meaning = self[text] = number(text, self._shown)
        return meaning


class _Styles(dict[str, _Numbers]):
    """The numbers of each style that comes up."""

    def __init__(self, formats: list[Format]) -> None:
        super().__init__()
        self._formats = formats

    def __missing__(self, style: str) -> _Numbers:
        at = int(style or 0)
        known = 0 <= at < len(self._formats)
        found = _Numbers(self._formats[at] if known else PLAIN)
        if known or not style:
            self[style] = found
        return found


@lru_cache(maxsize=4096)
def _column_of(name: str) -> int:
    if not (name.isascii() and name.isalpha() and len(name) <= 3):
        raise damaged()
    column = 0
    for letter in name.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


def column_of(place: str) -> int:
    """The column of a cell such as "AB12", from 0. Raises Refused."""
    return _column_of(place.rstrip("0123456789"))


def letters(column: int) -> str:
    """What a column (from 0) is called in a spreadsheet."""
    name = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def number(text: str, shown: Format) -> Exact:
    """A number, or the day or moment it stands for. Raises Refused."""
    try:
        exact = from_workbook(text.strip())
    except NotANumber:
        raise damaged() from None
    if shown.day:
        return Exact(_moment(exact))
    return Exact(exact.zfill(shown.zeros)) if shown.zeros and exact.isdecimal() else Exact(exact)


def _moment(exact: str) -> str:
    """The day, or the moment to the second, that a workbook counts as this number; the number if it is neither."""
    serial = float(exact)
    if not 61 <= serial < 2_958_466:  # before March 1900 it counts a day that never was
        return exact
    whole, fraction = divmod(serial, 1)
    moment = _EPOCH + timedelta(days=whole, seconds=round(fraction * 86_400))
    return moment.date().isoformat() if moment.time() == moment.time().min else moment.isoformat()
