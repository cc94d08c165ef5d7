"""`/api/v1/guided-selling/`: the questions, and what is proposed for answers to them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from deals.api.output import decimals
from identity.api import Input, ResourceViewSet
from identity.models import Site
from identity.privileges import Privilege

from ..models import GuideQuestion, QuestionKind
from ..quotes.actions.ground import day_at
from ..quotes.currencies import currency_for
from .logic import Comparison, Given, Kind, Question, interview
from .reading import Guide, guide
from .seller import demand_seller
from .suggesting import Suggested, Suggestion, suggest

USE = Privilege.GUIDED_SELLING_USE


class GuideChoiceOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField(
        source="*", help_text="In the language asked for; English where there is none."
    )


class GuideConditionOut(serializers.Serializer[Any]):
    question = serializers.CharField(help_text="The code of an earlier question.")
    test = serializers.ChoiceField([(test.value, test.value) for test in Comparison])
    value = serializers.JSONField(help_text="An answer's code, or a number.")


class GuideQuestionOut(serializers.Serializer[GuideQuestion]):
    code = serializers.CharField()
    kind = serializers.ChoiceField(QuestionKind.choices)
    text = serializers.CharField(
        source="*", help_text="In the language asked for; English where there is none."
    )
    hint = serializers.CharField()
    least = serializers.IntegerField(allow_null=True, help_text="Of a number.")
    most = serializers.IntegerField(allow_null=True, help_text="Of a number.")
    choices = serializers.SerializerMethodField()
    asked_if = GuideConditionOut(many=True, source="conditions")

    def get_choices(self, row: GuideQuestion) -> list[dict[str, str]]:
        live = [answer for answer in row.answers.all() if answer.retired_at is None]
        live.sort(key=lambda answer: (answer.position, answer.id))
        return [{"code": answer.code, "text": str(answer)} for answer in live]


class GuideAnswersIn(Input):
    answers = serializers.DictField(
        child=serializers.JSONField(),
        help_text="By question: an answer's code, a list of codes where there may be several, or a number.",
    )


class SuggestionOut(serializers.Serializer[Any]):
    part_number = serializers.CharField()
    description = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = serializers.CharField(help_text="A decimal, of one for the term, at the level below.")
    amount = serializers.CharField(help_text="A decimal: what the line costs.")
    reasons = serializers.ListField(child=serializers.CharField())


class NotSuggestedOut(serializers.Serializer[Any]):
    what = serializers.CharField()
    why = serializers.CharField()


class SuggestedOut(serializers.Serializer[Any]):
    next = serializers.CharField(
        allow_null=True, help_text="The question to answer next; null when all are answered."
    )
    asked = serializers.ListField(
        child=serializers.CharField(), help_text="Questions that the answers make matter."
    )
    currency = serializers.CharField()
    price_level = serializers.CharField()
    total = serializers.CharField(allow_null=True, help_text="A decimal.")
    suggestions = SuggestionOut(many=True)
    others = NotSuggestedOut(many=True, help_text="What was nearly suggested, and why it was not.")


class GuidedSellingViewSet(ResourceViewSet):
    """Guided selling: questions about a customer's need, and the parts that answer it, with reasons."""

    privileges: ClassVar = {"list": USE, "evaluate": USE}
    ordering = ("position", "id")

    @extend_schema(summary="List the questions of guided selling", responses=GuideQuestionOut(many=True))
    def list(self, request: Request) -> Response:
        """In the order in which they are asked. One is asked if all its conditions hold with earlier answers."""
        demand_seller(self.actor)
        live = GuideQuestion.objects.filter(retired_at=None).prefetch_related("answers")
        return self.page_of(live, GuideQuestionOut)

    @extend_schema(summary="Evaluate answers", request=GuideAnswersIn, responses=SuggestedOut)
    @action(detail=False, methods=["post"])
    def evaluate(self, request: Request) -> Response:
        """Which parts are proposed at today's prices; or which question comes next. Nothing is kept."""
        demand_seller(self.actor)
        of = guide()
        questions = of.as_questions()
        given = _given(self.valid(GuideAnswersIn)["answers"], questions)
        now = interview(questions, given)
        if now.next is not None and now.next.code in given:
            raise serializers.ValidationError(
                {"answers": {now.next.code: [_("This is no answer to this question.")]}}
            )
        found = self._suggested(of, now.answers) if now.next is None else Suggested("")
        shown = SuggestedOut(
            {
                "next": now.next and now.next.code,
                "asked": [question.code for question in now.asked],
                "currency": found.currency,
                "price_level": found.level,
                "total": decimals(found.total, found.currency) if found.currency else None,
                "suggestions": [_line(line, found.currency) for line in found.lines],
                "others": found.others,
            }
        )
        return Response(shown.data)

    def _suggested(self, of: Guide, answers: Any) -> Suggested:
        site = Site.objects.get(id=self.actor.site_id)
        today = day_at(site, timezone.now())
        currency = currency_for(site.country, today)
        return suggest(of, answers, country=site.country, currency=currency, today=today)


def _line(line: Suggestion, currency: str) -> dict[str, Any]:
    return {
        "part_number": line.part.number,
        "description": line.part.description,
        "quantity": line.quantity,
        "unit_price": decimals(line.unit_price, currency),
        "amount": decimals(line.amount, currency),
        "reasons": line.reasons,
    }


def _given(sent: dict[str, Any], questions: list[Question]) -> dict[str, Given]:
    """The answers as logic knows them. Raises ValidationError for questions that there are not, and wrong types."""
    known = {question.code: question for question in questions}
    wrong = {code: [_("There is no such question.")] for code in sent if code not in known}
    found: dict[str, Given] = {}
    for code, value in sent.items():
        question = known.get(code)
        if question is None:
            continue
        if question.kind is Kind.NUMBER and isinstance(value, int) and not isinstance(value, bool):
            found[code] = value
        elif question.kind is Kind.CHOICE and isinstance(value, str):
            found[code] = frozenset({value})
        elif (
            question.kind is Kind.SEVERAL
            and isinstance(value, list)
            and all(isinstance(v, str) for v in value)
        ):
            found[code] = frozenset(value)
        else:
            wrong[code] = [_("This is no answer to this question.")]
    if wrong:
        raise serializers.ValidationError({"answers": wrong})
    return found
