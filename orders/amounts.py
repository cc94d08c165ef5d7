"""Amounts as the API says them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from deals.api.output import decimals


@extend_schema_field({"type": "string", "format": "decimal", "nullable": True})
class Money(serializers.Field[int | None, Any, str | None, Any]):
    """An amount of minor units as text, with the currency's own decimals; the parent knows the currency."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("read_only", True)
        super().__init__(**kwargs)

    def get_attribute(self, instance: Any) -> Any:
        currency = instance.currency if hasattr(instance, "currency") else instance.quote.currency
        return super().get_attribute(instance), currency

    def to_representation(self, value: Any) -> str | None:
        return decimals(*value)
