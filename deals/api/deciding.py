"""The deal desk's deeds."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from .. import actions
from .ground import DECIDE, DealPart
from .input import DealNoteIn, DealRejectIn, DealTextIn, EmptyIn
from .output import DealOut


class Deciding(DealPart):
    """What the deal desk decides."""

    privileges: ClassVar = {
        "take": DECIDE,
        "approve": DECIDE,
        "return_": DECIDE,
        "reject": DECIDE,
        "revoke": DECIDE,
    }
    may_match = ("take", "approve", "return_", "reject", "revoke")

    @extend_schema(summary="Begin to review", request=EmptyIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def take(self, request: Request, public_id: str) -> Response:
        return self.do("take", actions.take_under_review, EmptyIn, public_id)

    @extend_schema(summary="Approve", request=DealNoteIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, public_id: str) -> Response:
        return self.do("approve", actions.approve_deal, DealNoteIn, public_id)

    @extend_schema(summary="Return for changes", request=DealTextIn, responses={200: DealOut})
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def return_(self, request: Request, public_id: str) -> Response:
        return self.do("return", actions.return_deal, DealTextIn, public_id)

    @extend_schema(summary="Reject", request=DealRejectIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, public_id: str) -> Response:
        return self.do("reject", actions.reject_deal, DealRejectIn, public_id)

    @extend_schema(summary="Revoke an approval", request=DealTextIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, public_id: str) -> Response:
        return self.do("revoke", actions.revoke_deal, DealTextIn, public_id)
