"""`/api/v1/parts/`: finding parts."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import ResourceViewSet
from identity.privileges import Privilege

from .models import PartType
from .queries import find_parts


class PartOut(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="7 characters.")
    description = serializers.CharField()
    line = serializers.CharField(source="line.name", help_text="The product line.")
    type = serializers.ChoiceField(PartType.choices)


class PartSearch(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=80, help_text="The beginning of a number, or words of the description."
    )


class PartViewSet(ResourceViewSet):
    privileges: ClassVar = {"list": Privilege.DEAL_REGISTER}
    versioned = False
    pagination_class = None  # type: ignore[assignment]

    @extend_schema(summary="Find parts", parameters=[PartSearch], responses={200: PartOut(many=True)})
    def list(self, request: Request) -> Response:
        """The ten that fit best, of those sold today."""
        return Response(PartOut(find_parts(self.asked(PartSearch)["q"]), many=True).data)
