"""CSV and its relatives: which encoding, which separator, and rows without end in little memory."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from django.utils.translation import gettext_lazy as _

from .headers import Header, find_header
from .limits import HEAD_ROWS, MAX_CELL, MAX_COLUMNS, MAX_LINE, MAX_PIECE, MAX_ROWS, MAX_TEXT_FILE, PIECE
from .refusals import Refused
from .sheet import Facts, Rows, Sheet

BLOCK = MAX_LINE
DELIMITERS = ",;\t|"
# Python's name of an encoding → what it is called where people choose it.
ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1256": "Windows-1256",
}
_CONTROLS = bytes({*range(32)} - set(b"\t\n\v\f\r\x1a\x1b"))
_ANNOUNCED = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE)  # a first line that some spreadsheets write


@dataclass(frozen=True)
class TextSheet(Sheet):
    """A table in a text file."""

    path: Path
    encoding: str  # Python's name
    delimiter: str

    def batches(self, size: int) -> Iterator[Rows]:
        done = 0
        with _lines(self.path, self.encoding) as lines:
            for piece in _pieces(lines, self.delimiter, min(size, PIECE), skip=self.header_row):
                first = self.header_row + done + 1
                done += len(piece)
                if done > MAX_ROWS:
                    raise Refused(_("There are more rows in this file than any feed takes."), "rows")
                yield _without_blanks(first, piece)


def open_text(path: Path, known: Collection[str], encoding: str = "") -> TextSheet:
    """The table in a text file. Goes through all of it once, to be sure of its encoding. Raises Refused."""
    size = path.stat().st_size
    if size > MAX_TEXT_FILE:
        raise Refused(_("This file is too large to be read."), "too_large")
    encoding = _settle_encoding(path, encoding)
    delimiter, header = _settle_delimiter(path, encoding, known)
    facts = Facts("csv", size, ENCODINGS[encoding], delimiter)
    return TextSheet(header.names, header.at + 1, facts, path, encoding, delimiter)


# ------------------------------------------------------------------------------------------------------- rows


class _Lines:
    """The lines of a file, as long as one piece of rows does not take too many of them."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file
        self.taken = 0  # characters since the last piece

    def __iter__(self) -> Iterator[str]:
        for line in self.file:
            self.taken += len(line)
            if self.taken > MAX_PIECE:
                raise Refused(_("A row of this file is far too long."), "long_row")
            yield line


@contextmanager
def _lines(path: Path, encoding: str) -> Iterator[_Lines]:
    with path.open(encoding=encoding, newline=None) as file:
        yield _Lines(file)


def _pieces(lines: _Lines, delimiter: str, size: int, skip: int = 0) -> Iterator[list[list[str]]]:
    """Rows in pieces of `size`, after those that are skipped. Raises Refused."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    done = 0
    try:
        done = len(list(islice(reader, skip)))
        while True:
            lines.taken = 0
            piece = list(islice(reader, size))
            if not piece:
                return
            if max(map(len, piece)) > MAX_COLUMNS:
                raise Refused(_("There are more columns in this file than any feed has."), "columns")
            done += len(piece)
            yield piece
    except csv.Error as error:
        raise _torn(error, reader.line_num) from None
    except UnicodeDecodeError:
        raise Refused(_UNREADABLE, "encoding") from None


def _torn(error: csv.Error, line: int) -> Refused:
    """What to say of a quotation mark that opens or closes nothing; it was noticed in this line."""
    if "limit" in str(error):
        reason = _("A cell before line %(line)s is far too long; a quotation mark may not have been closed.")
    else:
        reason = _(
            "A quotation mark before or in line %(line)s is not closed, or not doubled inside a value."
        )
    return Refused(reason, "quotes", line=line)


def _without_blanks(first: int, piece: list[list[str]]) -> Rows:
    """The rows that have something in them, and their numbers; `first` is the number of the piece's first."""
    filled = [row for row in piece if (row and row[0] > " ") or any(map(str.strip, row))]
    if len(filled) == len(piece):
        return Rows(range(first, first + len(piece)), piece)
    numbers = [at for at, row in enumerate(piece, first) if any(map(str.strip, row))]
    return Rows(numbers, filled)


# --------------------------------------------------------------------------------------------------- encoding

_UNREADABLE = _("The letters of this file cannot be read. Save it as “CSV UTF-8”.")
_BINARY = _("This is no table but some other kind of file. Send a CSV or XLSX file.")


def _settle_encoding(path: Path, asked: str) -> str:
    """Python's name of the file's encoding, in which all of it can be read. Raises Refused."""
    with path.open("rb") as file:
        start = file.read(4)
    if asked:
        return _as_asked(path, asked)
    if start in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        raise Refused(_UNREADABLE, "encoding")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(path, "utf-16")
    if wide := _wide_without_mark(start):
        return _checked(path, wide)
    try:
        return _checked(path, "utf-8-sig")
    except _NotUtf8 as failure:
        if failure.seen or start.startswith(codecs.BOM_UTF8):
            raise Refused(
                _("Some letters of this file are written in UTF-8 and some are not. Save it as “CSV UTF-8”."),
                "mixed_encoding",
            ) from None
        return _checked(path, _code_page(failure.block))


def _wide_without_mark(start: bytes) -> str:
    """Which of the encodings of two bytes a letter it is, judged by four bytes of Latin letters; "" for neither."""
    zeros = [byte == 0 for byte in start]
    if zeros == [False, True, False, True]:
        return "utf-16-le"
    return "utf-16-be" if zeros == [True, False, True, False] else ""


def _as_asked(path: Path, asked: str) -> str:
    names = {name.casefold(): python for python, name in ENCODINGS.items()}
    try:
        return _checked(path, names[asked.casefold()])
    except (KeyError, _NotUtf8):
        raise Refused(_UNREADABLE, "encoding") from None


class _NotUtf8(Exception):
    """Not UTF-8 from somewhere in `block` on; `seen` tells whether there were letters in UTF-8 before."""

    def __init__(self, seen: bool, block: bytes) -> None:
        self.seen = seen
        self.block = block


def _checked(path: Path, encoding: str) -> str:
    """The encoding, if all of the file can be read in it. Raises Refused, and _NotUtf8 for UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)()
    wide = encoding.startswith("utf-16")
    seen = False
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            _check_block(block, wide)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                if encoding == "utf-8-sig":
                    raise _NotUtf8(seen or _has_utf8(block[: error.start]), block) from None
                raise Refused(_UNREADABLE, "encoding") from None
            if wide and "\0" in text:
                raise Refused(_BINARY, "binary")
            seen = seen or not text.isascii()
            if not block:
                return encoding


def _check_block(block: bytes, wide: bool) -> None:
    """Raise Refused for what is no text, or has no lines."""
    if not wide and (b"\0" in block or len(block) - len(block.translate(None, _CONTROLS)) > len(block) // 50):
        raise Refused(_BINARY, "binary")
    if len(block) == BLOCK and b"\n" not in block and b"\r" not in block:
        raise Refused(_("A line of this file is far too long."), "long_line")


def _has_utf8(text: bytes) -> bool:
    """Whether there are letters in UTF-8 beyond ASCII, in bytes of which only the first ones may be cut off."""
    return not text.lstrip(bytes(range(0x80, 0xC0))).isascii()


def _code_page(sample: bytes) -> str:
    """Which of the code pages of one byte per letter it is.

    Western unless there are words of high letters only, as in Arabic, or ³, ¹ and ¿ inside words, which are the
    ł, ą and ż of Central Europe.
    """
    words = re.findall(rb"[A-Za-z\x80-\xff]+", sample)
    high = [word for word in words if word.translate(None, bytes(range(128))) == word and len(word) > 2]
    if len(high) * 2 > sum(1 for word in words if not word.isascii()):
        return "cp1256"
    if re.search(rb"[A-Za-z\x80-\xff][\xb3\xb9\xbf][A-Za-z\x80-\xff]", sample):
        return "cp1250"
    return "cp1252"


# -------------------------------------------------------------------------------------------------- separator


def _settle_delimiter(path: Path, encoding: str, known: Collection[str]) -> tuple[str, Header]:
    """The separator with which the first rows make the best table, and its header. Raises Refused."""
    candidates = _announced(path, encoding) or DELIMITERS
    best: tuple[tuple[float, ...], str, Header] | None = None
    failures: list[Refused] = []
    for delimiter in candidates:
        try:
            rows = _head(path, encoding, delimiter)
            header = find_header(rows, known)
        except Refused as refused:
            if refused.code == "empty":  # nothing but this separator
                raise
            failures.append(refused)
            continue
        score = (header.hits, *_evenness(rows))
        if best is None or score > best[0]:
            best = score, delimiter, header
    if best is None:
        raise min(failures, key=lambda refused: refused.code not in _TELLING)
    return best[1], best[2]


_TELLING = ("columns", "long_row")  # refusals that come up with the right separator only


def _announced(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, newline=None) as file:
        found = _ANNOUNCED.fullmatch(file.readline(20))
    return found[1] if found else ""


def _head(path: Path, encoding: str, delimiter: str) -> list[list[str]]:
    with _lines(path, encoding) as lines:
        return next(_pieces(lines, delimiter, HEAD_ROWS), [])


def _evenness(rows: list[list[str]]) -> tuple[float, float]:
    """How alike rows are in width, and how wide: a wrong separator makes one column, or a jumble."""
    widths = Counter(len(row) for row in rows if row)
    if not widths:
        return 0, 0
    usual, often = widths.most_common(1)[0]
    return (often / widths.total() if usual > 1 else 0), usual


assert csv.field_size_limit() == MAX_CELL, "somebody has changed the csv module's limit for all of us"
