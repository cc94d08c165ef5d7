"""What becomes of a registration, and what is said about it."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from .. import actions
from ..models import Deal
from .ground import DECIDE, REGISTER, DealPart
from .input import DealCommentIn, DealLoseIn, DealNoteIn, EmptyIn
from .output import DealEventOut, DealOut


class Living(DealPart):
    """Withdrawn, won, lost; and comments."""

    privileges: ClassVar = {
        "withdraw": REGISTER,
        "win": REGISTER,
        "lose": REGISTER,
        "comment": (REGISTER, DECIDE),
    }
    may_match = ("withdraw", "win", "lose")

    @extend_schema(summary="Withdraw", request=DealNoteIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, public_id: str) -> Response:
        return self.do("withdraw", actions.withdraw_deal, DealNoteIn, public_id)

    @extend_schema(summary="Mark as won", request=EmptyIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def win(self, request: Request, public_id: str) -> Response:
        return self.do("win", actions.win_deal, EmptyIn, public_id)

    @extend_schema(summary="Mark as lost", request=DealLoseIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def lose(self, request: Request, public_id: str) -> Response:
        return self.do("lose", actions.lose_deal, DealLoseIn, public_id)

    @extend_schema(summary="Comment", request=DealCommentIn, responses={201: DealEventOut})
    @action(detail=True, methods=["post"])
    def comment(self, request: Request, public_id: str) -> Response:
        deal = self.found(Deal.objects.all(), public_id)
        event = actions.comment_on_deal(deal, **self.valid(DealCommentIn), by=self.actor, now=self.now)
        return Response(DealEventOut(event).data, status=201)
