"""Which files may be attached to a deal. What a file is, is judged by its content; its name has to agree.

Nothing that can carry a program is taken: no macros, no archives, no pages. Files are only ever handed out as
downloads, and under the name and type that were found here.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import PurePath
from typing import IO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feeds.words import printable
from identity.filestore import Store

FILES = Store("deals")
LARGEST = 10 * 1024 * 1024  # bytes
AT_MOST = 10  # files of a deal
LONGEST_NAME = 120
HEAD = 8192  # bytes that tell what a file is

OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".docx": OFFICE + "wordprocessingml.document",
    ".xlsx": OFFICE + "spreadsheetml.sheet",
    ".pptx": OFFICE + "presentationml.presentation",
    ".txt": "text/plain",
    ".csv": "text/csv",
}
SIGNATURES = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
}
PARTS = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".pptx": "ppt/presentation.xml"}
MANY_PARTS = 5_000


class FileRefused(Exception):
    """The file cannot be attached. `reason` is a sentence for whoever chose it."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(str(reason))
        self.reason = reason


def clean_name(name: str) -> str:
    """A file's name without folders and without what cannot be printed, no longer than we keep."""
    last = PurePath(name.replace("\\", "/")).name
    shown = printable(last).strip(" .")
    suffix = PurePath(shown).suffix[:10]
    return shown if len(shown) <= LONGEST_NAME else shown[: LONGEST_NAME - len(suffix)] + suffix


def content_type(name: str, size: int, file: IO[bytes]) -> str:
    """The type of a file that may be attached. Raises FileRefused."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in TYPES:
        raise FileRefused(
            _("Attach a PDF, a picture (PNG, JPEG), an Office document without macros, text or CSV.")
        )
    if size == 0:
        raise FileRefused(_("This file is empty."))
    if size > LARGEST:
        raise FileRefused(_("A file may have up to 10 MB."))
    file.seek(0)
    agrees = _checks(suffix)(file)
    file.seek(0)
    if not agrees:
        raise FileRefused(_("What is in this file does not agree with its name. Is it damaged, or renamed?"))
    return TYPES[suffix]


def _checks(suffix: str) -> Callable[[IO[bytes]], bool]:
    if suffix in SIGNATURES:
        return lambda file: file.read(HEAD).startswith(SIGNATURES[suffix])
    if suffix in PARTS:
        return lambda file: _is_office(file, PARTS[suffix])
    return _is_text


def _is_office(file: IO[bytes], part: str) -> bool:
    """Looks at the list of parts alone; nothing is unpacked. Raises FileRefused for macros and the like."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    if len(names) > MANY_PARTS:
        return False
    if any("vbaproject" in name.lower() or "/activex" in name.lower() for name in names):
        raise FileRefused(_("This document has macros. Save it without them."))
    return "[Content_Types].xml" in names and part in names


def _is_text(file: IO[bytes]) -> bool:
    """Text in UTF-8 or UTF-16 with a mark, or an older encoding of one byte a letter; without control signs."""
    content = file.read()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            content.decode("utf-16")
        except UnicodeDecodeError:
            return False
        return True
    return not any(sign < 9 or (13 < sign < 32 and sign != 27) for sign in content)
