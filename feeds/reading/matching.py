"""Which header means which column."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from feeds.words import fold, in_every_language

if TYPE_CHECKING:
    from .checking import Column

_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})


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
    )  # column → several headers for it; not mapped
    missing: tuple[
        str, ...
    ] = ()  # required columns without a header (clashes included): nothing can be checked


def match(
    headers: Sequence[str], columns: Sequence[Column], remembered: Mapping[str, str] | None = None
) -> Match:
    """Match by name, label (in every language) and aliases; case, accents, spaces and underscores do not matter.

    A name counts more than a label, a label more than an alias. Several headers that mean a column equally are a
    clash, which a person has to settle. `remembered` says for some columns what their header was called in an
    earlier file, and comes first.
    """
    free = {at: spellings(header) for at, header in enumerate(headers) if fold(header)}
    mapping: dict[str, int | None] = {column.name: None for column in columns}
    clashes: dict[str, tuple[int, ...]] = {}
    for names in _ways_to_name(columns, remembered or {}):
        for column, wanted in names.items():
            if mapping.get(column, 0) is not None or column in clashes:
                continue
            found = tuple(at for at, spelled in free.items() if spelled & wanted)
            if len(found) == 1:
                mapping[column] = found[0]
                del free[found[0]]
            elif found:
                clashes[column] = found
    without = [column for column in columns if mapping[column.name] is None]
    return Match(
        mapping,
        tuple(free),
        {column.name: near for column in without if (near := _near_misses(column, free))},
        clashes,
        tuple(column.name for column in without if column.required),
    )


def _ways_to_name(columns: Sequence[Column], remembered: Mapping[str, str]) -> list[dict[str, set[str]]]:
    """What each column may be called, the surest way first."""
    return [
        {name: spellings(header) for name, header in remembered.items()},
        {column.name: spellings(column.name) for column in columns},
        {column.name: _all_spellings(in_every_language(column.label)) for column in columns},
        {column.name: _all_spellings(column.aliases) for column in columns},
    ]


def spellings(name: str) -> set[str]:
    """The ways in which a name may be spelled, as they are compared: with umlauts as "ae" and as "a"."""
    return {fold(name), fold(name.casefold().translate(_SPELLED_OUT))} - {""}


def _all_spellings(names: Iterable[str]) -> set[str]:
    return set().union(*map(spellings, names))


def _near_misses(column: Column, free: Mapping[int, set[str]]) -> tuple[int, ...]:
    """Headers that may be this column's: a letter amiss, or its name with something before or after it."""
    names = names_of([column])
    return tuple(at for at, spelled in free.items() if any(_is_near(a, b) for a in spelled for b in names))


def _is_near(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return len(short) >= 4 and (is_one_letter_amiss(a, b) or short in long)


def is_one_letter_amiss(a: str, b: str) -> bool:
    """Whether one letter more, less, changed or swapped with its neighbour makes one word of the other."""
    if a == b or abs(len(a) - len(b)) > 1:
        return a == b
    same = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[same:], b[same:]
    swapped = len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped


def signature(headers: Sequence[str]) -> str:
    """The same for files with the same headers in any order and spelling: what mappings are remembered by."""
    names = sorted(filter(None, map(fold, headers)))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def remember(headers: Sequence[str], mapping: Mapping[str, int | None]) -> dict[str, str]:
    """A mapping in the form in which it is kept (JSON) and given to `match` again."""
    return {column: headers[at] for column, at in mapping.items() if at is not None and headers[at]}


def names_of(columns: Iterable[Column]) -> set[str]:
    """Every name that a header of these columns may have: `known` of `open_table`."""
    return {
        spelled
        for column in columns
        for spelled in _all_spellings({column.name, *column.aliases} | in_every_language(column.label))
    }
