"""The deal desk: asking a partner, comparing a deal with its candidates, deciding about several at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import Input

from .. import actions, conflicts, queries
from ..actions.bulk import LEFT, MOST
from ..models import Deal
from ..states import MatchRule
from .ground import DECIDE, DealPart, whole
from .input import DealTextIn
from .output import DealOut


class DealChosenIn(Input):
    id = serializers.CharField(max_length=12)
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="As it was seen; a deal that was changed since is left as it is.",
    )


class DealTogetherIn(Input):
    what = serializers.ChoiceField(["take", "approve"])
    deals = DealChosenIn(many=True, min_length=1, max_length=MOST)  # type: ignore[call-arg]


class DealOutcomeOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    done = serializers.BooleanField()
    code = serializers.ChoiceField(sorted(LEFT), allow_blank=True, help_text="Why it was left as it is.")
    message = serializers.CharField(help_text="The same in words.")


class DealOutcomesOut(serializers.Serializer[Any]):
    results = DealOutcomeOut(many=True)


class DealCandidateOut(serializers.Serializer[Any]):
    deal = DealOut()
    rule = serializers.ChoiceField(MatchRule.choices, help_text="Why the customers may be one.")
    lines = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of the product lines that both deals have."
    )
    came_first = serializers.BooleanField()
    is_own = serializers.BooleanField(help_text="It is of the same partner.")
    is_incumbent = serializers.BooleanField(help_text="Its partner sold a line to this customer lately.")
    forbids_approval = serializers.BooleanField()
    needs_reason = serializers.BooleanField(help_text="Approving the deal beside it takes `despite`.")


TOGETHER = {"take": actions.take_together, "approve": actions.approve_together}


class Desk(DealPart):
    """What only the deal desk does."""

    privileges: ClassVar = {"ask": DECIDE, "candidates": DECIDE, "together": DECIDE}
    may_match = ("ask",)

    @extend_schema(
        summary="Ask the partner something while the deal waits", request=DealTextIn, responses={200: DealOut}
    )
    @action(detail=True, methods=["post"])
    def ask(self, request: Request, public_id: str) -> Response:
        return self.do("ask", actions.ask_partner, DealTextIn, public_id)

    @extend_schema(
        summary="The deals that a deal may conflict with, the likeliest first",
        responses={200: DealCandidateOut(many=True)},
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def candidates(self, request: Request, public_id: str) -> Response:
        deal = self.found(Deal.objects.all(), public_id)
        found = conflicts.candidates_of(deal, rules=queries.rules_in_force(), now=self.now)
        deals = whole().in_bulk([candidate.deal.id for candidate in found])
        found = [replace(candidate, deal=deals[candidate.deal.id]) for candidate in found]
        return Response(DealCandidateOut(found, many=True, context=self.get_serializer_context()).data)

    @extend_schema(
        summary="Begin to review, or approve, several deals",
        request=DealTogetherIn,
        responses={200: DealOutcomesOut},
    )
    @action(detail=False, methods=["post"], url_path="together")
    def together(self, request: Request) -> Response:
        """Approves only those that are plainly safe to approve, and says of each other one why it was left."""
        given = self.valid(DealTogetherIn)
        chosen = [actions.Chosen(each["id"], each.get("version")) for each in given["deals"]]
        outcomes = TOGETHER[given["what"]](chosen, by=self.actor, now=self.now)
        results = [
            {
                "id": each.public_id,
                "done": each.done,
                "code": each.left,
                "message": str(LEFT[each.left]) if each.left else "",
            }
            for each in outcomes
        ]
        return Response(DealOutcomesOut({"results": results}).data)
