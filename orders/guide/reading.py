"""The questions and rules that staff wrote, as `logic` wants them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..models import GuideAnswer, GuideQuestion, GuideRule
from ..models.guide import LARGEST_NUMBER
from .logic import Comparison, Condition, Kind, Question, Rule


@dataclass(frozen=True, slots=True)
class Guide:
    """What is asked and proposed today: rows with their texts, and the same as logic. Three queries."""

    questions: dict[str, GuideQuestion] = field(default_factory=dict)  # by code, in their order
    answers: dict[str, dict[str, GuideAnswer]] = field(default_factory=dict)  # by question's and own code
    rules: dict[str, GuideRule] = field(default_factory=dict)  # by public id

    def as_questions(self) -> list[Question]:
        return [question_of(row, self.answers.get(code, {})) for code, row in self.questions.items()]

    def as_rules(self) -> list[Rule]:
        return [rule_of(row) for row in self.rules.values()]


def guide() -> Guide:
    questions = {
        row.code: row for row in GuideQuestion.objects.filter(retired_at=None).order_by("position", "id")
    }
    answers: dict[str, dict[str, GuideAnswer]] = defaultdict(dict)
    live = GuideAnswer.objects.filter(retired_at=None).order_by("position", "id").select_related("question")
    for answer in live:
        answers[answer.question.code][answer.code] = answer
    rules = GuideRule.objects.filter(retired_at=None).order_by("position", "id")
    return Guide(
        questions, answers, {row.public_id: row for row in rules.select_related("part", "line", "counted")}
    )


def question_of(row: GuideQuestion, answers: Iterable[str]) -> Question:
    return Question(
        row.code,
        Kind(row.kind),
        tuple(answers),
        least=row.least or 0,
        most=LARGEST_NUMBER if row.most is None else row.most,
        conditions=conditions_of(row.conditions),
    )


def rule_of(row: GuideRule) -> Rule:
    return Rule(
        row.public_id,
        conditions_of(row.conditions),
        quantity=row.quantity,
        counted=row.counted.code if row.counted else "",
        per=row.per,
    )


def conditions_of(stored: list[dict[str, Any]]) -> tuple[Condition, ...]:
    return tuple(Condition(each["question"], Comparison(each["test"]), each["value"]) for each in stored)


def as_stored(conditions: Iterable[Condition]) -> list[dict[str, Any]]:
    return [{"question": c.question, "test": str(c.test), "value": c.value} for c in conditions]
