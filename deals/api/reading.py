"""Reading deals."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from .. import queries
from ..models import Deal
from ..states import Status
from .ground import VIEW, DealPart, whole
from .input import DealFilters
from .output import DealEventOut, DealOut


class Reading(DealPart):
    """Deals, one deal, and its timeline."""

    privileges: ClassVar = {"list": VIEW, "retrieve": VIEW, "events": VIEW}
    ordering = queries.NEWEST_FIRST

    @extend_schema(
        summary="Deals, the newest first", parameters=[DealFilters], responses={200: DealOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        asked = self.asked(DealFilters)
        wanted = Q()
        if status := asked.get("status"):
            wanted &= Q(status=status)
        if text := asked.get("q", "").strip():
            wanted &= queries.meant_by(text, self.actor)
        if (days := asked.get("expires_within_days")) is not None:
            wanted &= Q(status=Status.APPROVED, expires_at__lt=self.now + timedelta(days=days))
        return self.page_of(whole().filter(wanted), DealOut)

    @extend_schema(summary="A deal", responses={200: DealOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(whole(), public_id), DealOut)

    @extend_schema(
        summary="What happened to a deal, the newest first", responses={200: DealEventOut(many=True)}
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def events(self, request: Request, public_id: str) -> Response:
        deal = self.found(Deal.objects.all(), public_id)
        return Response(DealEventOut(queries.events_of(deal), many=True).data)
