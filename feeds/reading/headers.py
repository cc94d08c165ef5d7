"""Where the header is: below any titles, above the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from feeds.words import fold

from .limits import HEADER_WITHIN, MAX_COLUMNS
from .refusals import Refused


class Header(NamedTuple):
    """A header found among the first rows."""

    at: int  # which of the rows, from 0
    names: list[str]
    hits: int  # how many of the names are known


def find_header(rows: Sequence[Sequence[str]], known: Collection[str]) -> Header:
    """The first row with the most known (folded) names; where none is known, the first that looks like a header.

    Raises Refused when there is no table.
    """
    widths = [_width(row) for row in rows]
    if not any(widths):
        raise Refused(_("There is nothing in this file."), "empty")
    usual = Counter(width for width in widths if width).most_common(1)[0][0]
    candidates = [at for at in range(min(len(rows), HEADER_WITHIN)) if _filled(rows[at]) >= min(2, usual)]
    if not candidates:
        candidates = [next(at for at, width in enumerate(widths) if width)]
    hits = {at: len({fold(cell) for cell in rows[at]} & set(known)) for at in candidates}
    best = max(candidates, key=lambda at: hits[at])  # the first of them
    if not hits[best]:
        best = next((at for at in candidates if _looks_like_a_header(rows[at], usual)), candidates[0])
    return Header(best, _names(rows[best], rows[best + 1 :]), hits[best])


def _width(row: Sequence[str]) -> int:
    """How many cells there are up to the last that is filled."""
    return next((at for at in range(len(row), 0, -1) if row[at - 1].strip()), 0)


def _filled(row: Iterable[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _looks_like_a_header(row: Sequence[str], usual: int) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    words = [cell for cell in cells if not any(sign.isdecimal() for sign in cell[:1])]
    return len(cells) * 2 > usual and len(words) == len(cells) == len(set(cells))


def _names(header: Sequence[str], below: Sequence[Sequence[str]]) -> list[str]:
    """The names without blank columns at the end, unless most rows have something there."""
    width = _width(header)
    widths = sorted(_width(row) for row in below if _filled(row))
    if widths:
        width = max(width, widths[len(widths) // 2])
    if width > MAX_COLUMNS:
        raise Refused(_("There are more columns in this file than any feed has."), "columns")
    names = [" ".join(cell.split()) for cell in header[:width]]
    return names + [""] * (width - len(names))
