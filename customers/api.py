"""`/api/v1/customers/`: finding customers in the shared directory."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import ResourceViewSet
from identity.privileges import Privilege

from .queries import find_customers


class CustomerOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    number = serializers.CharField(allow_null=True, help_text="The vendor's customer number.")
    name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1.")
    tax_id = serializers.CharField()
    web_domain = serializers.CharField()


class Search(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=200, help_text="The beginning of a name or of a word in it, or a tax id."
    )


class CustomerViewSet(ResourceViewSet):
    privileges: ClassVar = {"list": Privilege.DEAL_REGISTER}
    versioned = False
    pagination_class = None  # type: ignore[assignment]

    @extend_schema(summary="Find customers", parameters=[Search], responses={200: CustomerOut(many=True)})
    def list(self, request: Request) -> Response:
        """The ten that fit best."""
        found = find_customers(self.asked(Search)["q"])
        return Response(CustomerOut(found, many=True).data)
