"""What is asked next, and what is proposed in the end. Pure: no database, no clock, no texts.

Questions come in an order. One is asked if all its conditions hold with the answers given before it: whatever those
have made moot is skipped, and an answer to it, left from before somebody went back, counts for nothing. A condition on
a question without an answer never holds, whatever it says.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Given = frozenset[str] | int  # codes of the answers chosen, or a number
Answers = Mapping[str, Given]  # by the question's code

MAX_QUANTITY = 100_000


class Kind(enum.StrEnum):
    CHOICE = "choice"  # exactly one answer
    SEVERAL = "several"  # any of them, or none
    NUMBER = "number"


class Comparison(enum.StrEnum):
    IS = "is"  # for several: is among them
    IS_NOT = "is_not"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


OF_NUMBERS = frozenset({Comparison.AT_LEAST, Comparison.AT_MOST})


@dataclass(frozen=True, slots=True)
class Condition:
    question: str
    test: Comparison
    value: str | int  # an answer's code, or a number

    def holds(self, answers: Answers) -> bool:
        given = answers.get(self.question)
        if isinstance(given, int):
            if not isinstance(self.value, int):
                return False
            return given >= self.value if self.test is Comparison.AT_LEAST else given <= self.value
        if given is None or self.test in OF_NUMBERS:
            return False
        return (self.value in given) is (self.test is Comparison.IS)


@dataclass(frozen=True, slots=True)
class Question:
    code: str
    kind: Kind
    answers: tuple[str, ...] = ()
    least: int = 0
    most: int = MAX_QUANTITY
    conditions: tuple[Condition, ...] = ()

    @property
    def can_be_answered(self) -> bool:
        """Not while it is without answers to choose from: then nobody is asked it."""
        return self.kind is Kind.NUMBER or bool(self.answers)

    def takes(self, given: Given | None) -> bool:
        """Whether this can be an answer to it."""
        if self.kind is Kind.NUMBER:
            return isinstance(given, int) and self.least <= given <= self.most
        if not isinstance(given, frozenset) or not given <= set(self.answers):
            return False
        return self.kind is Kind.SEVERAL or len(given) == 1


@dataclass(frozen=True, slots=True)
class Rule:
    key: str
    conditions: tuple[Condition, ...] = ()
    quantity: int = 1
    counted: str = ""  # the question whose number counts; "" = the quantity is as it is
    per: int = 1


@dataclass(frozen=True, slots=True)
class Interview:
    """How far the questions are."""

    asked: tuple[Question, ...]  # answered, and the next one
    answers: Answers  # to those that were asked, and nothing else
    next: Question | None  # None: everything is answered

    @property
    def is_over(self) -> bool:
        return self.next is None


@dataclass(frozen=True, slots=True)
class Proposed:
    rule: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A rule that proposes nothing, and the conditions that keep it from it; none: there is nothing to count."""

    rule: str
    failing: tuple[Condition, ...]


def interview(questions: Iterable[Question], given: Answers) -> Interview:
    """Put the questions in their order, with the answers that are known, until one is missing or cannot be."""
    asked: list[Question] = []
    kept: dict[str, Given] = {}
    for question in questions:
        if not question.can_be_answered or not all(
            condition.holds(kept) for condition in question.conditions
        ):
            continue
        asked.append(question)
        answer = given.get(question.code)
        if answer is None or not question.takes(answer):
            return Interview(tuple(asked), kept, question)
        kept[question.code] = answer
    return Interview(tuple(asked), kept, None)


def evaluate(rules: Sequence[Rule], answers: Answers) -> tuple[list[Proposed], list[PassedOver]]:
    """What is proposed for the answers of an interview, and what is not; both in the order of the rules."""
    proposed, passed_over = [], []
    for rule in rules:
        failing = tuple(condition for condition in rule.conditions if not condition.holds(answers))
        quantity = 0 if failing else quantity_of(rule, answers)
        if quantity:
            proposed.append(Proposed(rule.key, quantity))
        else:
            passed_over.append(PassedOver(rule.key, failing))
    return proposed, passed_over


def quantity_of(rule: Rule, answers: Answers) -> int:
    """How many; for each begun `per` of a number asked for, so 101 users at one for each 100 make two."""
    if not rule.counted:
        return rule.quantity
    number = answers.get(rule.counted)
    if not isinstance(number, int):
        return 0  # it was not asked
    return min(-(-number // rule.per) * rule.quantity, MAX_QUANTITY)
