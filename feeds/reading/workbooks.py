"""XLSX files: an archive that is looked over before anything in it is unpacked, and the sheet to be read."""

from __future__ import annotations

import errno
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from .headers import Header, find_header
from .limits import (
    HEAD_ROWS,
    MAX_DIRECTORY,
    MAX_ENTRIES,
    MAX_RATIO,
    MAX_SHEETS,
    MAX_SMALL_PART,
    MAX_UNPACKED,
    MAX_WORKBOOK,
    PIECE,
    SMALL_ENTRY,
)
from .refusals import Refused
from .sheet import Facts, Rows, Sheet
from .worksheets import Format, read_head, read_rows, read_strings
from .xml import bomb, damaged, elements

# What of an archive's list of files says that it is no plain workbook.
_MACROS = ("vbaproject.bin", "/macrosheets/", "/dialogsheets/", "vbadata.xml")
_OUTSIDE = ("/externallinks/",)
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_WHAT_DAMAGE_RAISES = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, IndexError, NotImplementedError, RuntimeError,
    ValueError, OverflowError,
)  # fmt: skip


class Listed(NamedTuple):
    """A sheet as the workbook lists it."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Workbook:
    """An archive that has been looked over, and what applies to all its sheets."""

    path: Path
    sheets: tuple[Listed, ...]
    strings_part: str
    styles_part: str

    @cached_property
    def strings(self) -> list[str]:
        """The table of texts that cells refer to."""
        if not self.strings_part:
            return []
        with opened(self.path) as archive, part(archive, self.strings_part) as file:
            return read_strings(file)

    @cached_property
    def formats(self) -> list[Format]:
        """How the cells of each style show their numbers."""
        if not self.styles_part:
            return []
        with opened(self.path) as archive, part(archive, self.styles_part, MAX_SMALL_PART) as file:
            return _formats(file)


@dataclass(frozen=True)
class WorkbookSheet(Sheet):
    """A table in a workbook."""

    book: Workbook = field(repr=False)
    part: str

    def batches(self, size: int) -> Iterator[Rows]:
        size = min(size, PIECE)
        with opened(self.book.path) as archive, part(archive, self.part) as file:
            yield from read_rows(file, self.book.strings, self.book.formats, size, after=self.header_row)


def open_workbook(path: Path, known: Collection[str], wanted: str = "") -> WorkbookSheet:
    """The sheet with data of a workbook: the one `wanted`, or the first with the best header. Raises Refused."""
    book = _look_over(path)
    visible = [sheet for sheet in book.sheets if not sheet.hidden]
    chosen = [sheet for sheet in book.sheets if sheet.name == wanted] if wanted else visible
    best: tuple[Listed, Header, int] | None = None
    failure: Refused | None = None
    for sheet in chosen:
        try:
            header, row = _header_of(book, sheet, known)
        except Refused as refused:
            if refused.code != "empty":
                raise
            failure = refused
            continue
        if best is None or header.hits > best[1].hits:
            best = sheet, header, row
    if best is None:
        raise failure or Refused(_("There is no such sheet in this workbook."), "no_sheet")
    sheet, header, row = best
    facts = Facts("xlsx", path.stat().st_size, sheet=sheet.name, sheets=tuple(one.name for one in visible))
    return WorkbookSheet(header.names, row, facts, book, sheet.part)


def _header_of(book: Workbook, sheet: Listed, known: Collection[str]) -> tuple[Header, int]:
    """A sheet's header, and the number of its row."""
    with opened(book.path) as archive, part(archive, sheet.part) as file:
        rows = read_head(file, book.strings, book.formats, HEAD_ROWS)
    header = find_header(rows.cells, known)
    return header, rows.numbers[header.at]


# ---------------------------------------------------------------------------------------------------- archive


class _Bounded:
    """A file of which nobody gets more at once than the largest list of files an archive may have."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size if 0 <= size <= MAX_DIRECTORY else MAX_DIRECTORY + 1)
        if len(data) > MAX_DIRECTORY:
            raise bomb()
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """An archive; whatever damage is found while it is open becomes Refused."""
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(_Bounded(file)) as archive:
                yield archive
        except _WHAT_DAMAGE_RAISES:
            raise damaged() from None
        except OSError as error:
            if (
                error.errno != errno.EINVAL
            ):  # anything but a place that is not in the file is the disk's fault
                raise
            raise damaged() from None


@contextmanager
def part(archive: zipfile.ZipFile, name: str, limit: int = MAX_UNPACKED) -> Iterator[IO[bytes]]:
    """One file of an archive. It gives no more bytes than the archive's list promised. Raises Refused."""
    found = archive.getinfo(name)
    if found.flag_bits & 0x1:
        raise Refused(
            _("This workbook is protected by a password. Take the password off, and save it again."),
            "encrypted",
        )
    if found.file_size > limit:
        raise bomb()
    if found.compress_type not in _READABLE:
        raise damaged()
    with archive.open(found) as file:
        yield file


def _look_over(path: Path) -> Workbook:
    """Make sure that a file is a workbook that can be read safely. Raises Refused."""
    if path.stat().st_size > MAX_WORKBOOK:
        raise Refused(_("This workbook is too large to be read. Send it as a CSV file."), "too_large")
    with opened(path) as archive:
        _check_entries(archive.infolist())
        return _workbook(path, archive)


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise bomb()
    for entry in entries:
        if entry.file_size > SMALL_ENTRY and entry.file_size > MAX_RATIO * entry.compress_size:
            raise bomb()
    names = ["/" + entry.filename.lower() for entry in entries]
    if len(set(names)) < len(names):
        raise damaged()
    if any(sign in name for name in names for sign in _MACROS):
        raise Refused(_("This workbook has macros. Save it as XLSX, without macros."), "macros")
    if any(sign in name for name in names for sign in _OUTSIDE):
        raise Refused(
            _("This workbook refers to other files. Save the values only, and send it again."), "external"
        )
    _check_is_workbook(set(names))


def _check_is_workbook(names: set[str]) -> None:
    if "/xl/workbook.bin" in names:
        raise Refused(_("This is a workbook in the binary XLSB format. Save it as XLSX."), "xlsb")
    if "/mimetype" in names and "/content.xml" in names:
        raise Refused(_("This is an OpenDocument file. Save it as XLSX or CSV."), "opendocument")
    if "/[content_types].xml" not in names:
        raise Refused(_("This is a ZIP archive. Send the file in it, not packed."), "archive")


# ------------------------------------------------------------------------------------------- what is where


def _workbook(path: Path, archive: zipfile.ZipFile) -> Workbook:
    """What a workbook consists of. Raises Refused."""
    types = _content_types(archive)
    if any("macroenabled" in kind.lower() or "vbaproject" in kind.lower() for kind in types):
        raise Refused(_("This workbook has macros. Save it as XLSX, without macros."), "macros")
    main = next((link.part for link in _links(archive, "").values() if link.kind == "officeDocument"), None)
    if main is None or not any("spreadsheetml" in kind for kind in types):
        raise Refused(_("This is no workbook. Send a CSV or XLSX file."), "archive")
    links = _links(archive, main)
    if any(link.kind.startswith("externalLink") for link in links.values()):
        raise Refused(
            _("This workbook refers to other files. Save the values only, and send it again."), "external"
        )
    by_kind = {link.kind: link.part for link in links.values()}
    sheets = _sheets(
        archive, main, {key: link.part for key, link in links.items() if link.kind == "worksheet"}
    )
    return Workbook(path, sheets, by_kind.get("sharedStrings", ""), by_kind.get("styles", ""))


class _Link(NamedTuple):
    kind: str  # "worksheet", "styles", …
    part: str


def _content_types(archive: zipfile.ZipFile) -> set[str]:
    with part(archive, "[Content_Types].xml", MAX_SMALL_PART) as file:
        return {attributes.get("ContentType", "") for _around, _name, attributes in elements(file)}


def _links(archive: zipfile.ZipFile, source: str) -> dict[str, _Link]:
    """What a part of the workbook refers to, by the id it uses for it."""
    folder, name = posixpath.split(source)
    found: dict[str, _Link] = {}
    with part(archive, posixpath.join(folder, "_rels", name + ".rels"), MAX_SMALL_PART) as file:
        for _around, element, given in elements(file):
            if element != "Relationship" or len(found) > MAX_ENTRIES:
                continue
            kind = given["Type"].rpartition("/")[2]
            target = given["Target"]
            inside = (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(folder, target))
            )
            found[given["Id"]] = _Link(kind, inside)
    return found


def _sheets(archive: zipfile.ZipFile, main: str, parts: dict[str, str]) -> tuple[Listed, ...]:
    sheets: list[Listed] = []
    with part(archive, main, MAX_SMALL_PART) as file:
        for around, element, given in elements(file):
            if element == "workbookPr" and given.get("date1904", "0") not in ("0", "false"):
                raise Refused(
                    _(
                        "This workbook counts days from 1904. Switch that off in its settings, or send a CSV file."
                    ),
                    "date1904",
                )
            if (
                element == "sheet"
                and around == "sheets"
                and given.get("id") in parts
                and len(sheets) < MAX_SHEETS
            ):
                sheets.append(
                    Listed(given["name"], parts[given["id"]], given.get("state", "visible") != "visible")
                )
    return tuple(sheets)


_ZEROS = re.compile(r"0{2,30}")


def _formats(file: IO[bytes]) -> list[Format]:
    """For each style of cells whether it shows days, and how many digits it fills up with zeros."""
    codes: dict[str, str] = {}
    formats: list[Format] = []
    for around, element, given in elements(file):
        if element == "numFmt" and around == "numFmts":
            codes[given["numFmtId"]] = given.get("formatCode", "")
        elif element == "xf" and around == "cellXfs":
            number = given.get("numFmtId", "0")
            code = codes.get(number) or BUILTIN_FORMATS.get(int(number), "")
            day = bool(is_date_format(code)) or 27 <= int(number) <= 36 or 50 <= int(number) <= 58
            formats.append(Format(day, len(code) if _ZEROS.fullmatch(code) else 0))
    return formats
