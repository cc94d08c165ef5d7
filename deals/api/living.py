"""What becomes of a registration, what is said about it, and who looked."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import Conflict

from .. import actions, queries
from ..models import Deal
from ..possible import demand_deed
from .ground import DECIDE, REGISTER, VIEW, DealPart, naming_what_is_missing
from .input import DealAmendIn, DealCommentIn, DealLoseIn, DealNoteIn, DealTextIn, EmptyIn
from .output import DealEventOut, DealOut, DealViewingOut


class Living(DealPart):
    """Changed, extended, appealed for, withdrawn, won, lost; comments; and who looked."""

    privileges: ClassVar = {
        "amend": REGISTER,
        "ask_extension": REGISTER,
        "take_extension_back": REGISTER,
        "extend": DECIDE,
        "refuse_extension": DECIDE,
        "appeal": REGISTER,
        "viewings": VIEW,
        "withdraw": REGISTER,
        "win": REGISTER,
        "lose": REGISTER,
        "comment": (REGISTER, DECIDE),
    }
    may_match = (
        "amend",
        "ask_extension",
        "take_extension_back",
        "extend",
        "refuse_extension",
        "appeal",
        "withdraw",
        "win",
        "lose",
    )

    @extend_schema(summary="Change an approved deal", request=DealAmendIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def amend(self, request: Request, public_id: str) -> Response:
        """Fields left out stay as they are. Products, value, currency, deal type and distributor have to be approved
        again: the deal is submitted again with its number, and `approve_again` has to be true.
        """
        deal = self.found(Deal.objects.all(), public_id)
        demand_deed("amend", self.actor)
        given = self.valid(DealAmendIn, deal=deal)
        agreed = given.pop("approve_again")
        changes = DealAmendIn().changes(deal, given)
        seen = self.seen(deal)
        try:
            with naming_what_is_missing():
                amended = actions.amend_deal(
                    deal, changes=changes, approve_again=agreed, version=seen, by=self.actor, now=self.now
                )
        except actions.ApprovalRests as rests:
            raise Conflict(
                "approve_again",
                gettext("This takes the approval back until it is given again; agree with `approve_again`."),
                details={"fields": [change.field for change in rests.changes]},
            ) from None
        return self.answer(amended)

    @extend_schema(summary="Ask for an extension", request=DealTextIn, responses={200: DealOut})
    @action(detail=True, methods=["post"], url_path="ask-extension", url_name="ask-extension")
    def ask_extension(self, request: Request, public_id: str) -> Response:
        return self.do("ask_extension", actions.ask_extension, DealTextIn, public_id)

    @extend_schema(
        summary="Take the request for an extension back", request=EmptyIn, responses={200: DealOut}
    )
    @action(detail=True, methods=["post"], url_path="take-extension-back", url_name="take-extension-back")
    def take_extension_back(self, request: Request, public_id: str) -> Response:
        return self.do("take_extension_back", actions.take_extension_back, EmptyIn, public_id)

    @extend_schema(summary="Extend", request=DealNoteIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, public_id: str) -> Response:
        return self.do("extend", actions.extend_deal, DealNoteIn, public_id)

    @extend_schema(summary="Refuse an extension", request=DealTextIn, responses={200: DealOut})
    @action(detail=True, methods=["post"], url_path="refuse-extension", url_name="refuse-extension")
    def refuse_extension(self, request: Request, public_id: str) -> Response:
        return self.do("refuse_extension", actions.refuse_extension, DealTextIn, public_id)

    @extend_schema(summary="Appeal against a rejection", request=DealTextIn, responses={201: DealOut})
    @action(detail=True, methods=["post"])
    def appeal(self, request: Request, public_id: str) -> Response:
        """Answers with the deal that is decided anew, by somebody other than whoever rejected it."""
        rejected = self.found(Deal.objects.all(), public_id)
        demand_deed("appeal", self.actor)
        given = self.valid(DealTextIn)
        seen = self.seen(rejected)
        found = actions.appeal_deal(rejected, **given, version=seen, by=self.actor, now=self.now)
        return self.answer(found, status=201)

    @extend_schema(
        summary="Who looked at a deal, the newest first", responses={200: DealViewingOut(many=True)}
    )
    @action(detail=True, methods=["get"])
    def viewings(self, request: Request, public_id: str) -> Response:
        """Once for each person, day and way. A distributor is told of its own people alone."""
        deal = self.found(Deal.objects.all(), public_id)
        self.ordering = queries.LATEST_LOOK
        return self.page_of(queries.viewings().filter(deal=deal), DealViewingOut)

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
