"""Which of the parts proposed somebody takes, and how many of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from pricing.quoting import MAX_QUANTITY

from .suggesting import Suggested, Suggestion


@dataclass(frozen=True, slots=True)
class Row:
    """A proposed part with what was chosen of it."""

    line: Suggestion
    taken: bool
    quantity: str  # as it was entered
    problem: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """`quantities` of the parts that were ticked, by number; what cannot be is in `problems`."""

    quantities: Mapping[str, int]
    entered: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    @classmethod
    def of(cls, data: QueryDict) -> Chosen:
        quantities, entered, problems = {}, {}, {}
        for number in data.getlist("part")[:500]:
            text = data.get(f"quantity-{number}", "").strip()
            entered[number] = text
            if text.isdecimal() and len(text) < 8 and 1 <= int(text) <= MAX_QUANTITY:
                quantities[number] = int(text)
            else:
                problems[number] = _("Enter a whole number from 1 to %(most)s.") % {
                    "most": f"{MAX_QUANTITY:,}"
                }
        if not entered:
            return cls.nothing()
        return cls(quantities, entered, problems)

    @classmethod
    def nothing(cls) -> Chosen:
        return cls({}, problem=_("Choose at least one part."))

    @classmethod
    def all_of(cls, found: Suggested) -> Chosen:
        quantities = {line.part.number: line.quantity for line in found.lines}
        return cls(quantities, {number: str(quantity) for number, quantity in quantities.items()})

    @property
    def has_problems(self) -> bool:
        return bool(self.problems or self.problem)

    def beside(self, found: Suggested) -> list[Row]:
        return [
            Row(
                line,
                line.part.number in self.entered,
                self.entered.get(line.part.number, str(line.quantity)),
                self.problems.get(line.part.number, ""),
            )
            for line in found.lines
        ]
