"""Where the bytes of attachments are: one file each, under a name made at random that tells nothing.

The database is the truth. A file is there, whole and on the disk, before its row is; a file without a row is
nobody's, and swept up after a day.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.conf import settings

DAY = 24 * 60 * 60  # seconds
CHUNK = 1024 * 1024


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "deals"


def path_of(stored: str) -> Path:
    """Where a stored file is. Names are our own; one that is not is refused with a ValueError."""
    if not stored.isalnum():
        raise ValueError("This is not the name of a stored file.")
    return _folder() / stored[:2] / stored


def keep(file: IO[bytes]) -> tuple[str, str]:
    """Store a file whole or not at all; returns its name in the store and its SHA-256."""
    stored = secrets.token_hex(24)
    target = path_of(stored)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    digest = hashlib.sha256()
    file.seek(0)
    try:
        with part.open("xb") as out:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return stored, digest.hexdigest()


def forget(stored: str) -> None:
    path_of(stored).unlink(missing_ok=True)


def older_than_a_day() -> Iterator[str]:
    """The names of stored files that have been there for a day: none of them belongs to a transaction under way."""
    limit = time.time() - DAY
    for found in _folder().glob("*/*"):
        try:
            if found.is_file() and found.stat().st_mtime < limit:
                yield found.name
        except FileNotFoundError:
            continue
