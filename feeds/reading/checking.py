"""From a sheet to columns of typed values, with every mistake told as row, column, value, rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.functional import Promise

from feeds.declared import Flaw
from feeds.values import Kind

from .sheet import Sheet
from .styles import Style


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


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows by column. Where a cell is empty or wrong its value is None; what is wrong is among the errors.

    Duplicate keys come in a last batch, without rows.
    """

    numbers: Sequence[int]
    columns: dict[str, Sequence[Any]]  # every mapped column's name → a value for each row
    errors: list[Flaw]


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

    Raises Refused when the file turns out not to be readable further on, such as for a formula in row 90,000.
    """
    raise NotImplementedError
