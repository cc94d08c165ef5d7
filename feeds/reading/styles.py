"""How a sender writes numbers and days: decided for a whole column from its values, never cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast

from . import days, numbers
from .sheet import Exact

if TYPE_CHECKING:
    from .checking import Column
    from .sheet import Sheet

About = Literal["decimal", "order"]
DecimalSign = Literal[".", ",", ""]
Order = Literal["dmy", "mdy", ""]

# Rows after which columns are left open that said nothing so far, such as dates that all were 2026-12-31. Should one
# of them say something that can be read in two ways later on, that cell is an error.
ENOUGH = 20_000
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Style:
    """The sign before decimals, and what comes first in 05/03/2026. 2026-03-05 and 5.3.2026 need no style.

    Where it is "" nobody knows, and what would need to know is refused.
    """

    decimal: DecimalSign = "."
    order: Order = "dmy"


PLAIN = Style()
OPEN = Style("", "")


@dataclass(frozen=True, slots=True)
class Question:
    """What only the sender knows: whether 1.234 is a thousand or a bit more than one, whether 05/03 is in March."""

    column: str  # its name
    about: About
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A style for each column that is mapped, and what is still to be asked. Any question must be answered first."""

    styles: dict[str, Style]
    questions: tuple[Question, ...]


@dataclass(slots=True)
class _Evidence:
    """What the values of one column have told so far."""

    column: str
    about: About
    at: int  # of its header
    votes: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def hear(self, rows: list[list[str]]) -> None:
        tell = numbers.evidence if self.about == "decimal" else days.evidence
        for text in {row[self.at] for row in rows if len(row) > self.at}:
            if type(text) is Exact or not (told := tell(text)):
                continue
            if told != "?":
                self.votes[told] += 1
            elif len(self.examples) < EXAMPLES:
                self.examples.append(text.strip())

    @property
    def verdict(self) -> str:
        """What most values say; "" if none says anything, or two say as much."""
        ranked = self.votes.most_common(2)
        if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
            return ""
        return ranked[0][0]

    @property
    def in_doubt(self) -> bool:
        return bool(self.examples) and not self.verdict


def decide(
    sheet: Sheet,
    columns: Iterable[Column],
    mapping: Mapping[str, int | None],
    declared: Mapping[str, Style] | None = None,
) -> Decision:
    """Read the styles off the values. What is `declared` (an answer, or a remembered one) is taken as it is.

    A column whose own values can be read in two ways goes by the file's other columns, if they agree.
    Raises Refused.
    """
    declared = declared or {}
    heard = [
        _Evidence(column.name, cast(About, column.kind.styled), at)
        for column in columns
        if (at := mapping.get(column.name)) is not None and column.kind.styled and column.name not in declared
    ]
    _listen(sheet, heard)
    styles = {column: style for column, style in declared.items() if mapping.get(column) is not None}
    questions = []
    for evidence in heard:
        verdict = evidence.verdict or (_of_the_others(evidence, heard) if evidence.in_doubt else "")
        styles[evidence.column] = _style(evidence.about, verdict)
        if evidence.in_doubt and not verdict:
            questions.append(Question(evidence.column, evidence.about, tuple(evidence.examples)))
    return Decision(styles, tuple(questions))


def _listen(sheet: Sheet, heard: list[_Evidence]) -> None:
    """Go through the rows for as long as there is something to find out."""
    undecided = heard
    done = 0
    for piece in sheet.batches(1000) if heard else ():
        for evidence in undecided:
            evidence.hear(piece.cells)
        done += len(piece.cells)
        undecided = [one for one in undecided if not one.verdict and (one.in_doubt or done < ENOUGH)]
        if not undecided:
            return


def _style(about: About, verdict: str) -> Style:
    if about == "decimal":
        return Style(cast(DecimalSign, verdict), "")
    return Style("", cast(Order, verdict))


def _of_the_others(evidence: _Evidence, heard: list[_Evidence]) -> str:
    verdicts = {one.verdict for one in heard if one.about == evidence.about and one.verdict}
    return verdicts.pop() if len(verdicts) == 1 else ""
