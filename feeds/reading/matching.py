"""Which header means which column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .checking import Column


@dataclass(frozen=True, slots=True)
class Match:
    """`mapping` is what `checking.check` wants. All indices are of headers, from 0."""

    mapping: dict[str, int | None]  # every column's name → its header, or None where there is none
    unknown: tuple[int, ...] = ()  # headers (not blank) that no column took
    suggestions: dict[str, tuple[int, ...]] = field(
        default_factory=dict
    )  # column without a header → near misses
    clashes: dict[str, tuple[int, ...]] = field(
        default_factory=dict
    )  # column → several headers that mean it; not mapped
    missing: tuple[
        str, ...
    ] = ()  # required columns without a header (clashes included): the file cannot be checked


def match(
    headers: Sequence[str], columns: Sequence[Column], remembered: Mapping[str, str] | None = None
) -> Match:
    """Match by name, label (in every language) and aliases; case, accents, spaces and underscores do not matter.

    `remembered` says for some columns what their header was called in an earlier file, and comes first.
    """
    raise NotImplementedError


def signature(headers: Sequence[str]) -> str:
    """The same for files with the same headers in any order and spelling: what mappings are remembered by."""
    raise NotImplementedError


def remember(headers: Sequence[str], mapping: Mapping[str, int | None]) -> dict[str, str]:
    """A mapping in the form in which it is kept (JSON) and given to `match` again."""
    raise NotImplementedError


def names_of(columns: Iterable[Column]) -> set[str]:
    """Every name that a header of these columns may have: `known` of `open_table`."""
    raise NotImplementedError
