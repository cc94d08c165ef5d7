"""A small guide: what is needed, for how many, and what is proposed."""

from __future__ import annotations

from typing import Any

from identity import tenancy
from orders.models import GuideAnswer, GuideQuestion, GuideRule
from pricing.models import Part
from tests.orders.made import LICENCE, RENEWAL, SAAS, UNPRICED, sell


def is_(question: str, value: str) -> dict[str, Any]:
    return {"question": question, "test": "is", "value": value}


def make_question(code: str, kind: str = "choice", *answers: str, **extra: Any) -> GuideQuestion:
    bounds = {"least": 1, "most": 500} if kind == "number" else {}
    extra.setdefault("texts", {"en": f"Which {code}?"})
    with tenancy.as_system():
        question = GuideQuestion.objects.create(code=code, kind=kind, **(bounds | extra))
        for place, answer in enumerate(answers):
            GuideAnswer.objects.create(
                question=question, code=answer, position=place, texts={"en": answer.capitalize()}
            )
    return question


def make_rule(name: str, number: str, *conditions: dict[str, Any], **extra: Any) -> GuideRule:
    extra.setdefault("reasons", {"en": f"Because of {name}."})
    with tenancy.as_system():
        return GuideRule.objects.create(
            name=name, part=Part.objects.get(number=number), conditions=list(conditions), **extra
        )


def write_guide() -> dict[str, Any]:
    """Need (flow or cloud) → seats, only for flow → extras (support, training)."""
    sell()
    need = make_question("need", "choice", "flow", "cloud", position=1)
    seats = make_question("seats", "number", position=2, conditions=[is_("need", "flow")])
    extras = make_question("extras", "several", "support", "training", position=3)
    return {
        "need": need,
        "seats": seats,
        "extras": extras,
        "licence": make_rule("licence", LICENCE, is_("need", "flow"), counted=seats, per=10, position=1),
        "cloud": make_rule("cloud", SAAS, is_("need", "cloud"), quantity=5, position=2),
        "support": make_rule("support", RENEWAL, is_("need", "flow"), is_("extras", "support"), position=3),
        "unpriced": make_rule("unpriced", UNPRICED, is_("extras", "training"), position=4),
    }
