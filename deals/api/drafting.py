"""Registering: the draft, and handing it in."""

from __future__ import annotations

from typing import ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from .. import actions
from ..models import Deal
from ..possible import demand_deed, demand_reseller
from .ground import REGISTER, DealPart
from .input import DealIn, EmptyIn, NewDealIn
from .output import DealOut


class Drafting(DealPart):
    """Begun, written, discarded, handed in."""

    privileges: ClassVar = {
        "create": REGISTER,
        "partial_update": REGISTER,
        "destroy": REGISTER,
        "submit": REGISTER,
        "again": REGISTER,
    }
    may_match = ("submit",)

    @extend_schema(summary="Register a deal", request=NewDealIn, responses={201: DealOut})
    def create(self, request: Request) -> Response:
        """Registers a deal in one call, or keeps a draft with `"submit": false`."""
        demand_reseller(self.actor)
        given = self.valid(NewDealIn)
        submit = given.pop("submit")
        with transaction.atomic():  # all of it, or nothing
            deal = actions.begin_deal(by=self.actor, now=self.now)
            deal = self.write(deal, given, NewDealIn)
            if submit:
                deal = self.hand_in(deal)
        return self.answer(deal, status=201)

    @extend_schema(summary="Change a draft or a returned deal", request=DealIn, responses={200: DealOut})
    def partial_update(self, request: Request, public_id: str) -> Response:
        demand_reseller(self.actor)
        deal = self.found(Deal.objects.all(), public_id)
        self.match(deal)
        return self.answer(self.write(deal, self.valid(DealIn, deal=deal), DealIn, version=deal.version))

    @extend_schema(summary="Discard a draft", responses={204: None})
    def destroy(self, request: Request, public_id: str) -> Response:
        demand_reseller(self.actor)
        actions.discard_draft(self.found(Deal.objects.all(), public_id), by=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(summary="Hand a draft or a returned deal in", request=EmptyIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, public_id: str) -> Response:
        demand_reseller(self.actor)
        deal = self.found(Deal.objects.all(), public_id)
        return self.answer(self.hand_in(deal, version=self.seen(deal)))

    @extend_schema(
        summary="Take a closed deal up again in a new draft", request=EmptyIn, responses={201: DealOut}
    )
    @action(detail=True, methods=["post"])
    def again(self, request: Request, public_id: str) -> Response:
        demand_deed("again", self.actor)
        previous = self.found(Deal.objects.all(), public_id)
        self.valid(EmptyIn)
        deal = actions.begin_deal(previous=previous, by=self.actor, now=self.now)
        return self.answer(deal, status=201)
