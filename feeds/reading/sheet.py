"""A table found in a file: its headers, and its rows as often as one likes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple


class Exact(str):
    """A cell the spreadsheet wrote as a number, date or truth value, as text that no style can change.

    Numbers have a decimal point, dates are 2026-12-31, moments 2026-12-31T14:05:00, truth values true and false.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found out about a file, for the person who sent it."""

    format: str  # "csv" or "xlsx"
    size: int  # bytes
    encoding: str = ""  # of a CSV file: "utf-8", "utf-16-le", "utf-16-be", "windows-1252", …
    delimiter: str = ""  # of a CSV file
    sheet: str = ""  # of a workbook: the name of the sheet that is read
    sheets: tuple[str, ...] = ()  # all the sheets one can see in it


class Rows(NamedTuple):
    """Some rows in the order of the file, blank ones left out."""

    numbers: Sequence[int]  # as a person sees them in the file: the first row is 1, also if it is a title
    cells: list[list[str]]  # not yet as wide as the headers


@dataclass(frozen=True)
class Sheet(ABC):
    """A table in a file. Text is str, what the spreadsheet itself knew the type of is Exact."""

    headers: list[str]
    header_row: int  # 1-based row in the file
    facts: Facts

    @abstractmethod
    def batches(self, size: int) -> Iterator[Rows]:
        """The rows below the header in pieces of at most `size`, from the start at each call, memory bounded.

        Raises Refused when it comes upon something that is not read, such as a formula.
        """

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Row number and cells, one for each header; from the start at each call. Raises Refused like `batches`."""
        width = len(self.headers)
        for number, cells in chain.from_iterable(zip(*piece, strict=True) for piece in self.batches(1000)):
            yield number, [*cells[:width], *[""] * (width - len(cells))]
