"""The deal desk's deeds."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import Conflict, Refused

from .. import actions
from ..conflicts import Candidate, words
from .ground import DECIDE, DealPart
from .input import DealApproveIn, DealRejectIn, DealTextIn, EmptyIn
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

    @extend_schema(summary="Approve", request=DealApproveIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, public_id: str) -> Response:
        """409 `deal_conflict` names the approved deal of another partner that stands against it.

        When it is `final`, that approval has to be revoked first; else `despite` may say why both are approved.
        """
        try:
            return self.do("approve", actions.approve_deal, DealApproveIn, public_id)
        except actions.DealConflict as conflict:
            raise _in_the_way(conflict.candidate) from None

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


def _in_the_way(candidate: Candidate) -> Refused:
    other = candidate.deal
    details = {
        "deal": other.public_id,
        "number": other.number,
        "partner": {"number": other.site_number, "name": other.site_name},
        "rule": candidate.rule.value,
        "lines": list(candidate.lines),
        "final": candidate.forbids_approval,
    }
    return Conflict("deal_conflict", words(candidate), details=details)
