"""`/api/v1/quotes/{id}/pdf/` and `…/xlsx/`: a quote's papers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from identity.api import ResourceViewSet

from ..models import Quote
from ..quotes.possible import SEERS, demand_reader
from .handing import MEDIA_TYPES, paper, response


class PaperAsked(serializers.Serializer[Any]):
    language = serializers.ChoiceField(
        settings.LANGUAGES, required=False, help_text="Of the paper; by default, that of `Accept-Language`."
    )


class QuotePaperViewSet(ResourceViewSet):
    """A quote as the file that the page offers, with the same figures."""

    privileges: ClassVar = {"pdf": SEERS, "xlsx": SEERS}
    ordering = ("-updated_at", "-id")

    @extend_schema(
        summary="Fetch a quote as PDF",
        parameters=[PaperAsked],
        responses={(200, MEDIA_TYPES["pdf"]): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def pdf(self, request: Request, public_id: str) -> HttpResponse:
        """The proposal or quote on paper, under the reseller's letterhead. The same quote gives the same bytes."""
        return self._paper(public_id, "pdf")

    @extend_schema(
        summary="Fetch a quote as a workbook",
        parameters=[PaperAsked],
        responses={(200, MEDIA_TYPES["xlsx"]): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def xlsx(self, request: Request, public_id: str) -> HttpResponse:
        """The same as a workbook, with amounts, numbers and dates to reckon with."""
        return self._paper(public_id, "xlsx")

    def _paper(self, public_id: str, format: str) -> HttpResponse:
        demand_reader(self.actor)
        asked = self.asked(PaperAsked)
        language = asked.get("language") or translation.get_language() or "en"
        quote = self.found(Quote.objects.all(), public_id)
        return response(paper(quote, format, language=language, now=self.now))
