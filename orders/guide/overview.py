"""What the vendor's people see of guided selling at a glance, with what cannot work as it was written."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import GuideQuestion, GuideRule
from .checking import Flaw, What, flaws_of_question, flaws_of_rule
from .logic import Comparison, Condition
from .reading import Guide, conditions_of, guide
from .suggesting import parts_for, value_of

WORDS: dict[What, str | Promise] = {
    What.FEW_ANSWERS: gettext_lazy("It has fewer than two answers."),
    What.UNKNOWN: gettext_lazy("A condition is about something that is no longer asked: %(about)s."),
    What.LATER: gettext_lazy("A condition is about a question that comes later: %(about)s."),
    What.CONTRADICTORY: gettext_lazy("Its conditions contradict each other: they never hold at once."),
    What.UNREACHABLE: gettext_lazy("What its conditions are about is never asked at once."),
    What.NOTHING_COUNTED: gettext_lazy(
        "The number that it counts is not asked for when its conditions hold."
    ),
    What.NO_PART: gettext_lazy("No such part is sold any more."),
}


def overview() -> dict[str, Any]:
    """Questions and rules, live and retired; `flaws` by public id, in words."""
    of = guide()
    flaws = all_flaws(of)
    rules = list(of.rules.values())
    return {
        "questions": list(of.questions.values()),
        "rules": [
            (rule, [said(condition, of) for condition in conditions_of(rule.conditions)]) for rule in rules
        ],
        "asked_if": {
            row.public_id: [said(condition, of) for condition in conditions_of(row.conditions)]
            for row in of.questions.values()
        },
        "answers_of": of.answers,
        "retired_questions": list(GuideQuestion.objects.exclude(retired_at=None).order_by("position", "id")),
        "retired_rules": list(GuideRule.objects.exclude(retired_at=None).order_by("position", "id")),
        "flaws": {key: [in_words(flaw) for flaw in found] for key, found in flaws.items()},
        "flawed": len(flaws),
    }


def all_flaws(of: Guide) -> dict[str, list[Flaw]]:
    """What is wrong, by the public id of what it is wrong with."""
    questions = of.as_questions()
    found: dict[str, list[Flaw]] = defaultdict(list)
    for question in questions:
        if flaws := flaws_of_question(question, questions):
            found[of.questions[question.code].public_id] += flaws
    sold = parts_for(of.rules.values())
    for rule in of.as_rules():
        if flaws := flaws_of_rule(rule, questions):
            found[rule.key] += flaws
        if not sold[rule.key]:
            found[rule.key].append(Flaw(What.NO_PART))
    return dict(found)


def in_words(flaw: Flaw) -> str:
    return str(WORDS[flaw.what]) % {"about": flaw.about}


def said(condition: Condition, of: Guide) -> str:
    """A condition as a sentence."""
    words = {
        "question": str(of.questions.get(condition.question, condition.question)),
        "answer": value_of(condition, of),
    }
    return {
        Comparison.IS: _("“%(question)s” is “%(answer)s”"),
        Comparison.IS_NOT: _("“%(question)s” is not “%(answer)s”"),
        Comparison.AT_LEAST: _("“%(question)s” is at least %(answer)s"),
        Comparison.AT_MOST: _("“%(question)s” is at most %(answer)s"),
    }[condition.test] % words
