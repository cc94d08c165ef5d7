"""Reading quotes."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ...models import QuoteKind, QuoteStatus
from .. import listing
from ..possible import demand_reader
from .ground import SEE, QuotePart, whole
from .output import QuoteOut, QuoteSummaryOut


class QuoteFilters(serializers.Serializer[Any]):
    q = serializers.CharField(
        required=False, max_length=200, help_text="Customer, number, title, or PO number."
    )
    status = serializers.ChoiceField(QuoteStatus.choices, required=False)
    kind = serializers.ChoiceField(QuoteKind.choices, required=False)
    customer = serializers.CharField(required=False, max_length=12, help_text="Its id in the directory.")
    number = serializers.CharField(required=False, max_length=24, help_text="All versions of one quote.")
    mine = serializers.BooleanField(required=False, default=False)


class Reading(QuotePart):
    """Quotes, and one quote."""

    privileges: ClassVar = {"list": SEE, "retrieve": SEE}
    ordering = listing.NEWEST

    @extend_schema(
        summary="Quotes, the last changed first",
        parameters=[QuoteFilters],
        responses={200: QuoteSummaryOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        demand_reader(self.actor)
        asked = self.asked(QuoteFilters)
        found = listing.narrowed(whole(), listing.Wanted.of(asked), self.actor)
        if status := asked.get("status"):
            found = found.filter(status=status)
        if number := asked.get("number"):
            found = found.filter(number=number)
        return self.page_of(found, QuoteSummaryOut)

    @extend_schema(summary="A quote with its lines", responses={200: QuoteOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        demand_reader(self.actor)
        return self.answer(self.one_quote(public_id))
