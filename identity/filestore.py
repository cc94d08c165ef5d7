"""Where the bytes of files are: one file each, under a name made at random that tells nothing.

The database is the truth. A file is there, whole and on the disk, before its row is; a file without a row is
nobody's, and swept up after a day.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

DAY = 24 * 60 * 60  # seconds
CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is whole and on the disk."""

    name: str  # in its store
    size: int  # bytes
    sha256: str


class Filling:
    """A file being made at `path`; `stored` tells of it once the block that filled it has ended."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stored: Stored | None = None

    @property
    def stored(self) -> Stored:
        assert self._stored is not None, "still being made"
        return self._stored


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of files of one kind, such as attachments of deals."""

    folder: str

    def path_of(self, name: str) -> Path:
        """Where a stored file is. Names are our own; one that is not is refused with a ValueError."""
        if not name.isalnum():
            raise ValueError("This is not the name of a stored file.")
        return self._folder() / name[:2] / name

    def keep(self, file: IO[bytes]) -> Stored:
        """Store a file whole or not at all."""
        file.seek(0)
        with self.filling() as filling, filling.path.open("wb") as out:
            while chunk := file.read(CHUNK):
                out.write(chunk)
        return filling.stored

    @contextmanager
    def filling(self) -> Iterator[Filling]:
        """A new file for the block to write, at the path it is given. Nothing of it stays if the block raises.

        Raises OSError when the disk does not take it.
        """
        name = secrets.token_hex(24)
        target = self.path_of(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        filling = Filling(target.with_suffix(".part"))
        try:
            filling.path.touch(exist_ok=False)
            yield filling
            filling._stored = _settled(filling.path, name)
            filling.path.replace(target)
        finally:
            filling.path.unlink(missing_ok=True)

    def forget(self, name: str) -> None:
        self.path_of(name).unlink(missing_ok=True)

    def older_than_a_day(self) -> Iterator[str]:
        """The names of files that have been there for a day: none belongs to a transaction under way.

        What somebody began to write who died over it is nobody's, and gone.
        """
        limit = time.time() - DAY
        for found in self._folder().glob("*/*"):
            try:
                if not found.is_file() or found.stat().st_mtime >= limit:
                    continue
                if found.suffix:
                    found.unlink(missing_ok=True)
                else:
                    yield found.name
            except FileNotFoundError:
                continue

    def _folder(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.folder


def _settled(path: Path, name: str) -> Stored:
    """A finished file, forced to the disk and summed up."""
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        os.fsync(content.fileno())
    return Stored(name, path.stat().st_size, digest)
