"""From a sheet to a staged file: the valid rows, typed and written the one way PostgreSQL copies at full speed.

Nothing of a file lies in tables before it is loaded: COPY FROM is refused under row-level security, and a table
without it would be open to all. The staged file is copied into a temporary table of the transaction that looks at it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.db import connection

from .declared import Feed, Staged
from .flaws import Flaws
from .reading.checking import Batch

NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
CHUNK = 1024 * 1024
Pulse = Callable[[int], None]  # told how far the work is


# ------------------------------------------------------------------------------------------ to the staged file


@dataclass(frozen=True, slots=True)
class Written:
    """What came of reading a file: `rows` in all, of which `valid` were staged, with these columns in this order.

    `twice`: some of them are about the same as others.
    """

    rows: int
    valid: int
    columns: tuple[str, ...]
    twice: bool = False


def write(
    feed: Feed, present: Sequence[str], batches: Iterable[Batch], out: Path, flaws: Flaws, pulse: Pulse
) -> Written:
    """Write the valid rows of a file to `out`, and what is wrong with the others to `flaws`; memory bounded."""
    rows = valid = 0
    twice = False
    names = [column.name for column in feed.columns if column.name in present]
    with out.open("w", encoding="utf-8", newline="") as file:
        # CRLF: a writer that ends lines so quotes both signs wherever else they stand.
        writer = csv.writer(file, lineterminator="\r\n")
        for batch in batches:
            flaws.add_all(batch.errors)
            twice = twice or bool(batch.errors and not batch.numbers)
            columns: list[Sequence[Any]] = [batch.numbers, *(batch.columns[name] for name in names)]
            columns += _derived(feed, batch)
            wrong = {error.row for error in batch.errors}
            lines: Iterable[tuple[Any, ...]] = zip(*columns, strict=True)
            if wrong:
                lines = [line for line in lines if line[0] not in wrong]
                valid += len(lines)
            else:
                valid += len(batch.numbers)
            writer.writerows(lines)
            rows += len(batch.numbers)
            pulse(rows)
    return Written(rows, valid, (*names, *(derived.name for derived in feed.derived)), twice)


def _derived(feed: Feed, batch: Batch) -> Iterator[Sequence[str | None]]:
    blank = [None] * len(batch.numbers)
    for derived in feed.derived:
        yield derived.make(*(batch.columns.get(name, blank) for name in derived.of))


# ------------------------------------------------------------------------------------------ to the temporary table


def copy_in(
    feed: Feed, path: Path, written: Written, *, complete: bool, delivery: str, pulse: Pulse
) -> Staged:
    """The rows of a staged file in a temporary table of the running transaction."""
    table = f"feeds_staged_{delivery}"
    columns = [f"{_name(column.name)} {column.kind.sql}" for column in feed.columns]
    columns += [f"{_name(derived.name)} text" for derived in feed.derived]
    listed = ", ".join(["row", *map(_name, written.columns)])
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {table} (row integer, {', '.join(columns)}) ON COMMIT DROP")
        with path.open("rb") as file:
            copy = f"COPY {table} ({listed}) FROM STDIN (FORMAT csv, ENCODING 'UTF8')"
            cursor.copy_expert(copy, Counted(file, pulse), CHUNK)
        cursor.execute(f"ANALYZE {table}")
    names = frozenset(written.columns) & {column.name for column in feed.columns}
    # What was derived of a column that the file lacks says nothing.
    derived = frozenset(derived.name for derived in feed.derived if names.issuperset(derived.of))
    return Staged(table, names, derived, written.valid, complete, delivery)


class Counted:
    """A file that says how much of it was read."""

    def __init__(self, file: IO[bytes], pulse: Pulse) -> None:
        self._file, self._pulse, self._read = file, pulse, 0

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._read += len(piece)
        self._pulse(self._read)
        return piece


def _name(name: str) -> str:
    """A column's name, quoted. Names are our own; one that is not fit for a column is refused with a ValueError."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a column.")
    return f'"{name}"'
