"""What staff's questions and rules can never do: exact, since every condition is about one question alone. Pure.

Conditions are joined by "and" only. So whether all of them can hold at once is seen question by question; and whether
a question can be asked is whether its conditions, and those of the questions that they are about, can hold at once.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .logic import OF_NUMBERS, Comparison, Condition, Kind, Question, Rule


class What(enum.StrEnum):
    FEW_ANSWERS = "few_answers"  # fewer than two: there is nothing to choose
    UNKNOWN = "unknown"  # a condition is about a question or an answer that is retired
    LATER = "later"  # a condition is about a question that comes later, or is the same
    CONTRADICTORY = "contradictory"  # its conditions can never hold at once
    UNREACHABLE = "unreachable"  # what its conditions are about is never asked then
    NOTHING_COUNTED = "nothing_counted"  # the number that it counts is never asked for
    NO_PART = "no_part"  # no part of that kind is sold any more


@dataclass(frozen=True, slots=True)
class Flaw:
    what: What
    about: str = ""  # the code of the question that a condition is about


def flaws_of_question(question: Question, questions: Sequence[Question]) -> list[Flaw]:
    known = {each.code: each for each in questions}
    found = list(_unknown(question.conditions, known))
    found += [
        Flaw(What.LATER, condition.question)
        for condition in question.conditions
        if condition.question in known and not _before(condition.question, question.code, questions)
    ]
    if question.kind is not Kind.NUMBER and len(question.answers) < 2:
        found.append(Flaw(What.FEW_ANSWERS))
    return found or _impossible(question.conditions, questions)


def flaws_of_rule(rule: Rule, questions: Sequence[Question]) -> list[Flaw]:
    known = {each.code: each for each in questions}
    found = list(_unknown(rule.conditions, known))
    if found:
        return found
    if impossible := _impossible(rule.conditions, questions):
        return impossible
    return [] if can_be_proposed(rule, questions) else [Flaw(What.NOTHING_COUNTED, rule.counted)]


def can_be_proposed(rule: Rule, questions: Sequence[Question]) -> bool:
    """Whether there are answers for which the rule proposes something."""
    conditions = rule.conditions
    if rule.counted:
        counted = next((each for each in questions if each.code == rule.counted), None)
        if counted is None or counted.kind is not Kind.NUMBER:
            return False
        conditions = (*conditions, Condition(rule.counted, Comparison.AT_LEAST, 1))
    return can_hold(conditions, questions)


def can_hold(conditions: Iterable[Condition], questions: Sequence[Question]) -> bool:
    """Whether there are answers, to questions that are then really asked, with which all of them hold."""
    needed = _with_those_behind(conditions, questions)
    return needed is not None and agree(needed, {each.code: each for each in questions})


def agree(conditions: Iterable[Condition], known: Mapping[str, Question]) -> bool:
    """Whether all of them can hold at once, leaving aside whether their questions are asked."""
    by_question: dict[str, list[Condition]] = defaultdict(list)
    for condition in conditions:
        by_question[condition.question].append(condition)
    return all(code in known and _agree_on(known[code], each) for code, each in by_question.items())


def _agree_on(question: Question, conditions: list[Condition]) -> bool:
    if any((condition.test in OF_NUMBERS) is not (question.kind is Kind.NUMBER) for condition in conditions):
        return False
    if question.kind is Kind.NUMBER:
        least = max([question.least, *_bounds(conditions, Comparison.AT_LEAST)])
        most = min([question.most, *_bounds(conditions, Comparison.AT_MOST)])
        return least <= most
    wanted = {condition.value for condition in conditions if condition.test is Comparison.IS}
    unwanted = {condition.value for condition in conditions if condition.test is Comparison.IS_NOT}
    if not question.answers or wanted & unwanted or not wanted <= set(question.answers):
        return False
    if question.kind is Kind.SEVERAL:
        return True
    return len(wanted) == 1 or (not wanted and bool(set(question.answers) - unwanted))


def _bounds(conditions: Iterable[Condition], test: Comparison) -> list[int]:
    return [c.value for c in conditions if c.test is test and isinstance(c.value, int)]


def _with_those_behind(
    conditions: Iterable[Condition], questions: Sequence[Question]
) -> list[Condition] | None:
    """The conditions, and those under which their questions are asked, and so on; None if that leads nowhere."""
    known = {each.code: each for each in questions}
    needed, waiting, seen = [], list(conditions), set[str]()
    while waiting:
        condition = waiting.pop()
        needed.append(condition)
        question = known.get(condition.question)
        if question is None:
            return None
        if question.code in seen:
            continue
        seen.add(question.code)
        if not all(_before(each.question, question.code, questions) for each in question.conditions):
            return None
        waiting.extend(question.conditions)
    return needed


def _before(code: str, other: str, questions: Sequence[Question]) -> bool:
    order = [each.code for each in questions]
    return code in order and order.index(code) < order.index(other)


def _unknown(conditions: Iterable[Condition], known: Mapping[str, Question]) -> Iterator[Flaw]:
    for condition in conditions:
        question = known.get(condition.question)
        if question is None or (condition.test not in OF_NUMBERS and condition.value not in question.answers):
            yield Flaw(What.UNKNOWN, condition.question)


def _impossible(conditions: Sequence[Condition], questions: Sequence[Question]) -> list[Flaw]:
    if not agree(conditions, {each.code: each for each in questions}):
        return [Flaw(What.CONTRADICTORY)]
    return [] if can_hold(conditions, questions) else [Flaw(What.UNREACHABLE)]
