"""`/api/v1/exchange-rates/`: what currencies are worth, day by day."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import ResourceViewSet
from identity.privileges import Privilege

from ..models import ExchangeRate
from .rates import ORDER, rates


class ExchangeRateOut(serializers.Serializer[ExchangeRate]):
    currency = serializers.CharField(help_text="ISO 4217.")
    day = serializers.DateField()
    rate = serializers.DecimalField(
        max_digits=18, decimal_places=8, help_text="How much of the currency one US dollar is."
    )


class RateFilters(serializers.Serializer[Any]):
    currency = serializers.RegexField("^[A-Z]{3}$", required=False)
    day = serializers.DateField(required=False)


class ExchangeRateViewSet(ResourceViewSet):
    privileges: ClassVar = {"list": Privilege.SETTING_VIEW}
    versioned = False
    ordering = ORDER

    @extend_schema(
        summary="Exchange rates", parameters=[RateFilters], responses={200: ExchangeRateOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        """The newest day first. They come by the feed `exchange-rates`."""
        return self.page_of(rates(**self.asked(RateFilters)), ExchangeRateOut)
