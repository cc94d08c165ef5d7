"""From rules that propose to parts with prices: which part it is, what it costs at today's level, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from pricing import quoting
from pricing.models import Part
from pricing.quoting import Found, Missing, prices

from ..models import GuideRule
from ..models.guide import in_language
from .checking import can_be_proposed
from .logic import Answers, Comparison, Condition, PassedOver, evaluate
from .reading import Guide

MOST_EXPLAINED = 6  # of what was not proposed


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A part that is proposed. Amounts in minor units, at the level that the whole order is priced at."""

    part: Part
    quantity: int
    unit_price: int
    amount: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotSuggested:
    """What was nearly proposed, and why it is not."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Suggested:
    currency: str
    lines: tuple[Suggestion, ...] = ()
    others: tuple[NotSuggested, ...] = ()
    total: int = 0
    level: str = quoting.LIST


@dataclass(slots=True)
class _Wanted:
    """A part that one or more rules propose: the largest quantity counts, and every reason."""

    part: Part
    quantity: int
    reasons: list[str] = field(default_factory=list)


def suggest(guide: Guide, answers: Answers, *, country: str, currency: str, today: date) -> Suggested:
    """What is proposed for the answers of an interview that is over."""
    proposed, passed_over = evaluate(guide.as_rules(), answers)
    parts = parts_for([guide.rules[each.rule] for each in proposed])
    found = prices.look_up(
        {(part, today) for each in parts.values() for part in each}, country=country, currency=currency
    )
    wanted: dict[int, _Wanted] = {}
    others = []
    for each in proposed:
        rule = guide.rules[each.rule]
        sold = [part for part in parts[each.rule] if isinstance(found[part.id, today], Found)]
        if not sold:
            others.append(NotSuggested(rule.target, _not_sold(parts[each.rule], found, today)))
            continue
        line = wanted.setdefault(sold[0].id, _Wanted(sold[0], 0))
        line.quantity = max(line.quantity, each.quantity)
        line.reasons.append(in_language(rule.reasons))
    others += _nearly(passed_over, guide, answers, [each.part for each in wanted.values()])
    return _priced(list(wanted.values()), others[:MOST_EXPLAINED], found, currency=currency, today=today)


def _nearly(
    passed_over: Iterable[PassedOver], guide: Guide, answers: Answers, taken: list[Part]
) -> list[NotSuggested]:
    """What one answer alone kept from being proposed; not what is proposed already, nor what never can be."""
    rules, questions = {rule.key: rule for rule in guide.as_rules()}, guide.as_questions()
    numbers, kinds = {part.id for part in taken}, {(part.line_id, part.type) for part in taken}
    found: dict[str, NotSuggested] = {}
    for over in passed_over:
        row = guide.rules[over.rule]
        if len(over.failing) != 1 or over.failing[0].question not in answers:
            continue
        if row.part_id in numbers or (row.line_id, row.part_type) in kinds:
            continue
        if can_be_proposed(rules[over.rule], questions):
            found.setdefault(row.target, NotSuggested(row.target, told(over.failing[0], guide)))
    return list(found.values())


def parts_for(rules: Iterable[GuideRule]) -> dict[str, list[Part]]:
    """The parts sold today that each rule may mean, by its public id: the one it names, else in order of numbers."""
    asked = list(rules)
    lines = {rule.line_id for rule in asked if rule.line_id is not None}
    sold = list(
        Part.objects.filter(is_active=True, line_id__in=lines).select_related("line").order_by("number")
    )
    found = {}
    for rule in asked:
        if rule.part is not None:
            found[rule.public_id] = [rule.part] if rule.part.is_active else []
            continue
        found[rule.public_id] = [
            part
            for part in sold
            if (part.line_id, part.type) == (rule.line_id, rule.part_type)
            and rule.metric in ("", part.metric)
        ]
    return found


def _not_sold(parts: Sequence[Part], found: dict[prices.Wanted, Found | Missing], today: date) -> str:
    if not parts:
        return _("It is no longer sold.")
    missing = found[parts[0].id, today]
    if isinstance(missing, Missing) and missing.sold_here:
        return _("It has no price in your country today.")
    return _("It is not sold in your country, or not in this currency.")


def told(condition: Condition, guide: Guide) -> str:
    """Why a condition does not hold, by what was answered instead."""
    question = guide.questions.get(condition.question)
    words = {"question": str(question or condition.question), "answer": value_of(condition, guide)}
    return {
        Comparison.IS: _("You did not answer “%(question)s” with “%(answer)s”."),
        Comparison.IS_NOT: _("You answered “%(question)s” with “%(answer)s”."),
        Comparison.AT_LEAST: _("For this, “%(question)s” would have to be at least %(answer)s."),
        Comparison.AT_MOST: _("For this, “%(question)s” would have to be at most %(answer)s."),
    }[condition.test] % words


def value_of(condition: Condition, guide: Guide) -> str:
    answer = guide.answers.get(condition.question, {}).get(str(condition.value))
    return str(answer or condition.value)


def _priced(
    wanted: list[_Wanted],
    others: list[NotSuggested],
    found: dict[prices.Wanted, Found | Missing],
    *,
    currency: str,
    today: date,
) -> Suggested:
    """At list level, or the better one that so many points earn: as a quote of these lines would be."""
    asked = [
        quoting.LineAsked(
            key=each.part.id,
            part=each.part.number,
            type=each.part.type,
            quantity=each.quantity,
            price=found[each.part.id, today],
            points=each.part.points,
            term_months=each.part.term_months,
        )
        for each in wanted
    ]
    whole = quoting.price_quote(asked, buyer=quoting.Buyer(), currency=currency, on=today)
    costs = {line.key: line for line in whole.lines}
    lines = [
        Suggestion(each.part, each.quantity, cost.unit_price, cost.amount, tuple(dict.fromkeys(each.reasons)))
        for each in wanted
        if (cost := costs.get(each.part.id)) is not None
    ]
    unpriced = [
        NotSuggested(str(each.part), _("It has no price in your country today."))
        for each in wanted
        if each.part.id not in costs
    ]
    return Suggested(
        currency, tuple(lines), (*unpriced, *others), sum(line.amount for line in lines), whole.level
    )
