"""The one door to files: what they are is judged by their content, never by their name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from feeds.words import fold

from .refusals import Refused
from .sheet import Sheet
from .text_files import open_text
from .workbooks import open_workbook

_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # also the wrapping of workbooks with a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHER_KINDS = (
    b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"PAR1", b"BZh", b"\xfd7zXZ",
    b"{\\rtf", b"\x28\xb5\x2f\xfd",
)  # fmt: skip
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<head", b"<meta")


def open_table(
    path: Path, name: str, known: Iterable[str] = (), *, encoding: str = "", sheet: str = ""
) -> Sheet:
    """The table in a file that somebody called `name`.

    `known` are names that headers may have (`matching.names_of(columns)`): by them the header is told from titles
    above it, and the sheet with data from its neighbours. `encoding` and `sheet` overrule what would be found.
    Raises Refused, within seconds and a few megabytes whatever the file is.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    names = frozenset(map(fold, known)) - {""}
    if start.startswith(b"PK"):
        return open_workbook(path, names, sheet)
    _refuse_other_kinds(path, start)
    return open_text(path, names, encoding)


def _refuse_other_kinds(path: Path, start: bytes) -> None:
    if not start:
        raise Refused(_("There is nothing in this file."), "empty")
    if start.startswith(_OLD_WORKBOOK):
        raise _old_workbook(path)
    if start.startswith(_OTHER_KINDS):
        raise Refused(_("This is no table but some other kind of file. Send a CSV or XLSX file."), "binary")
    if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:9].lower().startswith(_MARKUP):
        raise Refused(
            _("This is a web page or XML. Open it in a spreadsheet, and save it as XLSX."), "markup"
        )


def _old_workbook(path: Path) -> Refused:
    """What to say of a workbook in Microsoft's older container, by the list of what is in it."""
    with path.open("rb") as file:
        for _block in range(64):
            block = file.read(1024 * 1024)
            if _ENCRYPTED in block:
                return Refused(
                    _("This workbook is protected by a password. Take the password off, and save it again."),
                    "encrypted",
                )
    return Refused(_("This is a workbook in the old XLS format. Save it as XLSX."), "xls")
