"""`/api/v1/opportunities/`."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import ResourceViewSet

from .. import actions
from ..models import Opportunity
from ..possible import demand_reseller
from .ground import REGISTER
from .input import EmptyIn, OpportunityIn, minor_units
from .output import OpportunityOut


class OpportunityViewSet(ResourceViewSet):
    """Chances of a sale, which only the site itself sees."""

    privileges: ClassVar = {"list": REGISTER, "create": REGISTER, "close": REGISTER}
    versioned = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        demand_reseller(self.actor)

    @extend_schema(summary="Opportunities, the newest first", responses={200: OpportunityOut(many=True)})
    def list(self, request: Request) -> Response:
        return self.page_of(Opportunity.objects.all(), OpportunityOut)

    @extend_schema(summary="Note an opportunity", request=OpportunityIn, responses={201: OpportunityOut})
    def create(self, request: Request) -> Response:
        given = self.valid(OpportunityIn)
        if "value" in given:
            given["value"] = minor_units(given["value"], given["currency"])
        found = actions.note_opportunity(**given, by=self.actor, now=self.now)
        return self.one(found, OpportunityOut, status=201)

    @extend_schema(summary="Close an opportunity", request=EmptyIn, responses={200: OpportunityOut})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, public_id: str) -> Response:
        self.valid(EmptyIn)
        found = self.found(Opportunity.objects.all(), public_id)
        actions.close_opportunity(found, by=self.actor, now=self.now)
        found.refresh_from_db()
        return self.one(found, OpportunityOut)
