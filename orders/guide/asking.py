"""Answers in an address: `?need=backup&seats=25&extras=support&extras=training`. Nothing is kept anywhere else.

So the browser's own way back works, a page can be sent to a colleague, and nothing has to be thrown away. A question
of which none of the answers fit is there without a value: `&extras=`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from .logic import Answers, Given, Kind, Question

LONGEST = 12  # digits of a number that is still read


def answers_in(data: QueryDict, questions: Iterable[Question]) -> dict[str, Given]:
    """What the address answers; what is no answer to a question at all is left out."""
    found: dict[str, Given] = {}
    for question in questions:
        if question.code in data:
            given = _given(question, data.getlist(question.code))
            if given is not None:
                found[question.code] = given
    return found


def _given(question: Question, values: list[str]) -> Given | None:
    if question.kind is Kind.NUMBER:
        text = values[-1].strip()
        return int(text) if text.isdecimal() and len(text) <= LONGEST else None
    return frozenset(value for value in values if value)


def as_query(answers: Answers, *, without: str = "") -> str:
    """The address's query for these answers; `without` a question, to answer it anew."""
    pairs: list[tuple[str, str]] = []
    for code, given in answers.items():
        if code == without:
            continue
        pairs += pairs_of(code, given)
    return urlencode(pairs)


def pairs_of(code: str, given: Given) -> list[tuple[str, str]]:
    if isinstance(given, int):
        return [(code, str(given))]
    return [(code, value) for value in sorted(given)] or [(code, "")]


def problem(question: Question, data: Mapping[str, object]) -> str:
    """What is wrong with the answer that was sent to a question; "" if none was sent yet."""
    if question.code not in data:
        return ""
    if question.kind is Kind.NUMBER:
        return _("Enter a whole number from %(least)s to %(most)s.") % {
            "least": question.least,
            "most": question.most,
        }
    if question.kind is Kind.CHOICE:
        return _("Choose one of the answers.")
    return _("Choose from the answers shown.")
