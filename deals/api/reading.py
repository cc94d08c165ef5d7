"""Reading deals."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from .. import actions, desk, listing, queries
from ..models import Deal
from ..states import Status
from .filters import DealFilters, wanted_by
from .ground import VIEW, DealPart, whole
from .output import DealEventOut, DealOut


class Reading(DealPart):
    """Deals, one deal, and its timeline."""

    privileges: ClassVar = {"list": VIEW, "retrieve": VIEW, "events": VIEW}
    ordering = listing.NEWEST.by

    @extend_schema(
        summary="Deals, the newest first", parameters=[DealFilters], responses={200: DealOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        """With the filters of the opportunity manager, and in its orders."""
        asked = self.asked(DealFilters)
        days, wanted = asked.get("expires_within_days"), wanted_by(asked)
        order = listing.order_named(asked["order"], listing.ALL, wanted)
        if order.name != asked["order"]:
            message = _("Deals of these statuses have no such order.")
            raise serializers.ValidationError({"order": [message]})
        self.ordering = order.by
        found = listing.narrowed(whole().annotate(**listing.PAGED), wanted, self.actor)
        if days is not None:
            found = found.filter(status=Status.APPROVED, expires_at__lt=self.now + timedelta(days=days))
        if queue := asked.get("queue"):
            found = desk.narrowed(found, desk.queue_named(queue), by=self.actor, now=self.now)
            self.ordering = desk.SOONEST
        return self.page_of(found, DealOut)

    @extend_schema(summary="A deal", responses={200: DealOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        deal = self.found(whole(), public_id)
        actions.note_viewing(deal, by=self.actor, now=self.now)
        return self.one(deal, DealOut)

    @extend_schema(
        summary="What happened to a deal, the newest first", responses={200: DealEventOut(many=True)}
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def events(self, request: Request, public_id: str) -> Response:
        deal = self.found(Deal.objects.all(), public_id)
        return Response(DealEventOut(queries.events_of(deal), many=True).data)
