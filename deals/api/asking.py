"""Whether a deal conflicts with another, before it is handed in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import Refused

from .. import actions
from ..models import Deal
from ..possible import demand_reseller
from ..states import MatchRule, Verdict
from ..verdicts import Answer, explained
from .ground import REGISTER, DealPart, naming_what_is_missing
from .input import EmptyIn


class DealVerdictOut(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(Verdict.choices)
    rule = serializers.ChoiceField(
        MatchRule.choices, allow_blank=True, help_text="By which the customers match."
    )
    text = serializers.CharField()
    why = serializers.CharField(help_text="The rule in words.")
    help = serializers.ListField(child=serializers.CharField(), help_text="What would resolve it.")
    own_deal = serializers.CharField(allow_null=True, help_text="The id of a live deal of the site's own.")
    asked_at = serializers.DateTimeField(help_text="The same question within a day gets the same answer.")
    questions_left = serializers.IntegerField(help_text="How many more the site may ask now.")


class Asking(DealPart):
    """The conflict verdict."""

    privileges: ClassVar = {"verdict": REGISTER}
    may_match = ("verdict",)

    @extend_schema(
        summary="Check a draft or a returned deal for conflicts",
        request=EmptyIn,
        responses={200: DealVerdictOut},
    )
    @action(detail=True, methods=["post"])
    def verdict(self, request: Request, public_id: str) -> Response:
        """Of a complete deal only. Each question is counted; 429 `too_many_verdicts` when the site has asked too many
        in 24 hours. Registering works without it.
        """
        demand_reseller(self.actor)
        deal = self.found(Deal.objects.all(), public_id)
        self.valid(EmptyIn)
        with naming_what_is_missing():
            answer = actions.ask_verdict(deal, version=self.seen(deal), by=self.actor, now=self.now)
        if answer.is_refused:
            raise self._too_many(answer)
        return Response(DealVerdictOut(_out(answer)).data)

    def _too_many(self, answer: Answer) -> Refused:
        wait = (answer.again_at - self.now).total_seconds() if answer.again_at else 24 * 3600
        message = gettext(
            "Your site has asked as often as it may in 24 hours. Registering works without the verdict."
        )
        return Refused(429, "too_many_verdicts", message, wait=max(1, int(wait) + 1))


def _out(answer: Answer) -> dict[str, Any]:
    words = explained(answer.verdict, answer.rule)
    assert words is not None  # there is a verdict
    return {
        "verdict": answer.verdict,
        "rule": answer.rule,
        "text": str(words.text),
        "why": str(words.why),
        "help": [str(way) for way in words.help],
        "own_deal": answer.own_deal or None,
        "asked_at": answer.at,
        "questions_left": answer.left,
    }
