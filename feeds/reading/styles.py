"""How a sender writes numbers and days: decided for a whole column from all its values, never cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .checking import Column
    from .sheet import Sheet

Decimal = Literal[".", ","]
Order = Literal["dmy", "mdy"]


@dataclass(frozen=True, slots=True)
class Style:
    """The sign before decimals, and what comes first in 05/03/2026. 2026-03-05 and 5.3.2026 need no style."""

    decimal: Decimal = "."
    order: Order = "dmy"


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Question:
    """What only the sender knows: whether 1.234 is a thousand or a bit more than one, whether 05/03 is in March."""

    column: str  # its name
    about: Literal["decimal", "order"]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A style for each column that is mapped, and what is still to be asked. Any question must be answered first."""

    styles: dict[str, Style]
    questions: tuple[Question, ...]


def decide(
    sheet: Sheet,
    columns: Iterable[Column],
    mapping: Mapping[str, int | None],
    declared: Mapping[str, Style] | None = None,
) -> Decision:
    """Read the styles off the values. What is `declared` (a remembered answer) is taken as it is.

    A column whose own values leave it open goes by the file's other columns, if they agree. Raises Refused.
    """
    raise NotImplementedError
