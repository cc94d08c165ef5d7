"""From a sheet to columns of typed values, with every mistake told as row, column, value, rule.

Columns are read a thousand cells at a time: at once where a kind can do that, else cell by cell through a memory of
what each text meant, since most columns say the same few things over and over.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise, repeat
from typing import Any, NamedTuple, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feeds.declared import Flaw
from feeds.values import Invalid, Kind

from .limits import PIECE
from .sheet import Exact, Rows, Sheet
from .styles import OPEN, PLAIN, Style

MEMORY = 20_000  # texts whose meaning is remembered, per column
SHOWN = 200  # characters of a wrong value that are told
MAX_DUPLICATES = 50_000  # keys that stand in a file more than once and are told; the first ones
HASHES_AT_ONCE = 1_000_000


class Column(Protocol):
    """What a reader needs to know of a declared column (feeds.declared.FeedColumn)."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str | Promise: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def required(self) -> bool: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


@dataclass(slots=True)
class Batch:
    """Some rows by column. Where a cell is empty or wrong its value is None; what is wrong is among the errors.

    Duplicate keys come in last batches, without rows.
    """

    numbers: list[int]
    columns: dict[str, list[Any]]  # every mapped column's name → a value for each row
    errors: list[Flaw] = field(default_factory=list)


def check(
    sheet: Sheet,
    columns: Sequence[Column],
    mapping: Mapping[str, int | None],
    styles: Mapping[str, Style],
    *,
    key: tuple[str, ...] = (),
    batch_rows: int = 10_000,
) -> Iterator[Batch]:
    """Typed values of the mapped columns in pieces, memory bounded. Two rows with one `key` are both named.

    The errors of a batch are in the order of columns, then rows. Raises Refused when the file turns out not to be
    readable further on, such as for a formula in row 90,000.
    """
    readers = _readers(sheet, columns, mapping, styles)
    keys = _Keys(key if all(mapping.get(name) is not None for name in key) else ())
    batch = _empty(readers)
    for piece in sheet.batches(PIECE):
        keys.add(_read(piece, len(sheet.headers), readers, batch))
        if len(batch.numbers) >= batch_rows:
            yield batch
            batch = _empty(readers)
    if batch.numbers:
        yield batch
    yield from _duplicates(sheet, readers, keys)


def _empty(readers: Sequence[_Reader]) -> Batch:
    return Batch([], {reader.name: [] for reader in readers})


def _read(piece: Rows, width: int, readers: Sequence[_Reader], batch: Batch) -> _Piece:
    """Add the values of some rows to a batch, and what is wrong with them."""
    cells = _by_column(piece, width, batch.errors)
    values: dict[str, list[Any]] = {}
    flawed: dict[str, set[int]] = {}
    for reader in readers if piece.cells else ():
        errors: list[Flaw] = []
        beside = values.get(reader.beside)
        values[reader.name] = reader.read(cells[reader.at], beside, piece.numbers, errors)
        if reader.beside and (beside is None or None in beside):
            errors += reader.alone(cells[reader.at], beside, piece.numbers, flawed.get(reader.beside, set()))
        flawed[reader.name] = {error.row for error in errors}
        batch.errors += errors
        batch.columns[reader.name] += values[reader.name]
    batch.numbers += piece.numbers
    return _Piece(piece.numbers, values, flawed)


class _Piece(NamedTuple):
    """Some rows that were read."""

    numbers: Sequence[int]
    values: Mapping[str, list[Any]]  # by column
    flawed: Mapping[str, set[int]]  # by column: the numbers of the rows where it is wrong


def _by_column(piece: Rows, width: int, errors: list[Flaw]) -> list[Sequence[str]]:
    """Rows turned into columns, all of them as wide as the header."""
    rows = piece.cells
    if set(map(len, rows)) != {width}:
        blanks = [""] * width
        for number, row in zip(piece.numbers, rows, strict=True):
            if any(map(str.strip, row[width:])):
                value = next(cell for cell in row[width:] if cell.strip())
                errors.append(Flaw(number, "", _shown(value), _TOO_WIDE, "too_wide"))
            row += blanks[len(row) :]
            del row[width:]
    return list(zip(*rows, strict=True))


_TOO_WIDE = _(
    "This row has more cells than the header. Put a value that contains the separator in quotation marks."
)
_REQUIRED = _("Give a value; this column cannot be left blank.")
_ALONE = _("Give what it is in as well, in the column %(column)s.")


def _shown(value: str) -> str:
    value = str(value)
    return value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"


# ---------------------------------------------------------------------------------------------------- columns


class _Meanings(dict[str, Any]):
    """What each text of a column means: a value, None if it is blank, or Invalid."""

    def __init__(self, parse: Callable[[str], Any]) -> None:
        super().__init__({"": None})
        self._parse = parse
        self.wrong = False  # whether any text was invalid

    def __missing__(self, text: str) -> Any:
        if len(self) >= MEMORY:
            self.clear()
        try:
            meaning = self._parse(text) if text.strip() else None
        except Invalid as invalid:  # kept anew: this one holds on to the frames that it came through
            meaning = Invalid(invalid.rule, invalid.code, **invalid.params)
            self.wrong = True
        self[text] = meaning
        return meaning


class _Reader:
    """Reads one column, piece by piece."""

    def __init__(self, column: Column, at: int, style: Style, typed: bool) -> None:
        self.name = column.name
        self.at = at
        self.kind = column.kind
        self.beside = column.kind.beside
        self._required = column.required
        self._style = style
        self._typed = typed  # whether cells may be Exact
        self._meanings: dict[tuple[Any, bool], _Meanings] = {}

    def read(
        self, cells: Sequence[str], beside: Sequence[Any] | None, numbers: Sequence[int], errors: list[Flaw]
    ) -> list[Any]:
        """The values of some cells, in their order. Adds to the errors."""
        values = self._values(cells, beside)
        if self._required and None in values:
            self._tell_blanks(cells, numbers, errors)
        if any(meanings.wrong for meanings in self._meanings.values()) and Invalid in set(map(type, values)):
            self._tell_wrong(values, cells, numbers, errors)
        return values

    def _values(self, cells: Sequence[str], beside: Sequence[Any] | None) -> list[Any]:
        exact = self._typed and Exact in set(map(type, cells))
        if self.beside and (beside is None or len(set(beside)) > 1):
            return self._beside_several(cells, beside or repeat(None, len(cells)))
        neighbour = beside[0] if beside else None
        if self.beside and neighbour is None:
            return [None] * len(cells)
        style = PLAIN if exact else self._style
        if not exact or all(type(cell) is Exact or not cell for cell in cells):
            values = self.kind.quick(cells, style, neighbour)
            if values is not None:
                return values
            return list(map(self._meaning(neighbour, exact).__getitem__, cells))
        written, known = self._meaning(neighbour, False), self._meaning(neighbour, True)
        return [(known if type(cell) is Exact else written)[cell] for cell in cells]

    def _beside_several(self, cells: Sequence[str], beside: Any) -> list[Any]:
        """Values of which not all have the same beside them."""
        return [
            None if neighbour is None else self._meaning(neighbour, type(cell) is Exact)[cell]
            for cell, neighbour in zip(cells, beside, strict=True)
        ]

    def alone(
        self, cells: Sequence[str], beside: Sequence[Any] | None, numbers: Sequence[int], told: set[int]
    ) -> Iterator[Flaw]:
        """What is wrong with cells that have nothing beside them, unless that itself is `told` to be wrong."""
        for cell, neighbour, number in zip(cells, beside or repeat(None, len(cells)), numbers, strict=True):
            if neighbour is None and cell.strip() and number not in told:
                yield Flaw(number, self.name, _shown(cell), _ALONE, "alone", {"column": self.beside})

    def _meaning(self, beside: Any, exact: bool) -> _Meanings:
        found = self._meanings.get((beside, exact))
        if found is None:
            style = PLAIN if exact else self._style
            found = self._meanings[beside, exact] = _Meanings(self.kind.parser(style, beside))
        return found

    def _tell_blanks(self, cells: Sequence[str], numbers: Sequence[int], errors: list[Flaw]) -> None:
        errors += [
            Flaw(number, self.name, "", _REQUIRED, "required")
            for number, cell in zip(numbers, cells, strict=True)
            if not cell.strip()
        ]

    def _tell_wrong(
        self, values: list[Any], cells: Sequence[str], numbers: Sequence[int], errors: list[Flaw]
    ) -> None:
        for at, value in enumerate(values):
            if type(value) is Invalid:
                errors.append(
                    Flaw(numbers[at], self.name, _shown(cells[at]), value.rule, value.code, value.params)
                )
                values[at] = None


def _readers(
    sheet: Sheet, columns: Sequence[Column], mapping: Mapping[str, int | None], styles: Mapping[str, Style]
) -> list[_Reader]:
    """A reader for each mapped column, those last that need another one's values."""
    found = [
        _Reader(column, at, styles.get(column.name, OPEN), sheet.facts.format == "xlsx")
        for column in columns
        if (at := mapping.get(column.name)) is not None
    ]
    return sorted(found, key=lambda reader: bool(reader.beside))


# ----------------------------------------------------------------------------------------------- duplicate keys


class _Keys:
    """A hash of each row's key: 8 bytes a row, however long the keys are."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self._hashes = array("q")

    def add(self, piece: _Piece) -> None:
        if self.names and piece.values:
            self._hashes.extend(hash(key) for key, _number in self.of(piece))

    def of(self, piece: _Piece) -> Iterator[tuple[tuple[Any, ...], int]]:
        """The keys of rows in which no part of it is wrong, and the rows' numbers."""
        flawed = set().union(*(piece.flawed[name] for name in self.names))
        keys = zip(*(piece.values[name] for name in self.names), strict=True)
        for key, number in zip(keys, piece.numbers, strict=True):
            if number not in flawed:
                yield key, number

    def twice(self) -> set[int]:
        """Hashes that several rows have; the first ones if there are too many."""
        found: set[int] = set()
        shares = 1 + len(self._hashes) // HASHES_AT_ONCE
        for share in range(shares):
            ordered = sorted(one for one in self._hashes if one % shares == share)
            same = (one for one, following in pairwise(ordered) if one == following)
            found.update(islice(same, MAX_DUPLICATES))
            if len(found) >= MAX_DUPLICATES:
                break
        return found


def _duplicates(sheet: Sheet, readers: Sequence[_Reader], keys: _Keys) -> Iterator[Batch]:
    """Batches of nothing but errors: each row whose key stands in an earlier row. Reads the keys once more."""
    twice = keys.twice()
    seen: dict[tuple[Any, ...], int] = {}
    of_key = [reader for reader in readers if reader.name in keys.names]
    for piece in sheet.batches(PIECE) if twice else ():
        errors: list[Flaw] = []
        for key, number in keys.of(_read(piece, len(sheet.headers), of_key, _empty(of_key))):
            if hash(key) in twice and (first := seen.setdefault(key, number)) != number:
                errors.append(_duplicate(number, first, key, keys.names))
        if errors:
            yield Batch([], {reader.name: [] for reader in readers}, errors)


def _duplicate(row: int, first: int, values: tuple[Any, ...], names: tuple[str, ...]) -> Flaw:
    return Flaw(
        row,
        names[0] if len(names) == 1 else "",
        _shown(" · ".join("" if value is None else str(value) for value in values)),
        _("Rows %(first)s and %(row)s are about the same thing. Leave one of them out."),
        "duplicate",
        {"first": first, "row": row},
    )
