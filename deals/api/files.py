"""Files of a deal."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import Input

from .. import actions, queries
from ..attachments import LARGEST, FileRefused
from ..downloads import file_response
from ..models import Deal, DealAttachment
from ..possible import demand_reseller
from .ground import REGISTER, VIEW, DealPart

FILE_PATH = r"attachments/(?P<file_id>[0-9a-z]{1,40})"


class AttachmentIn(Input):
    """Sent as multipart/form-data."""

    file = serializers.FileField(help_text="PDF, PNG, JPEG, Office without macros, text or CSV; up to 10 MB.")
    for_distributor = serializers.BooleanField(
        default=False, help_text="May the distributor that the deal names read it?"
    )


class AttachmentOut(serializers.Serializer[DealAttachment]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    for_distributor = serializers.BooleanField()
    added_by = serializers.CharField(source="added_by_name")
    added_at = serializers.DateTimeField()


class Files(DealPart):
    """What is attached to a deal."""

    privileges: ClassVar = {
        "attachments": VIEW,
        "attach": REGISTER,
        "attachment": VIEW,
        "take_back": REGISTER,
    }
    upload_limits: ClassVar = {"attach": LARGEST}

    @extend_schema(summary="Files of a deal", responses={200: AttachmentOut(many=True)})
    @action(detail=True, methods=["get"], pagination_class=None, parser_classes=[MultiPartParser])
    def attachments(self, request: Request, public_id: str) -> Response:
        deal = self.found(Deal.objects.all(), public_id)
        return Response([AttachmentOut(found).data for found in queries.attachments().filter(deal=deal)])

    @extend_schema(
        summary="Attach a file", request={"multipart/form-data": AttachmentIn}, responses={201: AttachmentOut}
    )
    @attachments.mapping.post
    def attach(self, request: Request, public_id: str) -> Response:
        demand_reseller(self.actor)
        deal = self.found(Deal.objects.all(), public_id)
        given: dict[str, Any] = self.valid(AttachmentIn)
        file = given.pop("file")
        try:
            made = actions.attach_file(
                deal, file=file, name=file.name, size=file.size, **given, by=self.actor, now=self.now
            )
        except FileRefused as refused:
            raise serializers.ValidationError({"file": [str(refused.reason)]}) from None
        return Response(AttachmentOut(made).data, status=201)

    @extend_schema(
        summary="Download a file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    @action(detail=True, methods=["get"], url_path=FILE_PATH, pagination_class=None)
    def attachment(self, request: Request, public_id: str, file_id: str) -> HttpResponseBase:
        deal = self.found(Deal.objects.all(), public_id)
        attachment = self.found(queries.attachments(), file_id, deal=deal)
        actions.note_viewing(deal, by=self.actor, now=self.now)
        return file_response(request._request, attachment)

    @extend_schema(summary="Take a file back", responses={204: None})
    @attachment.mapping.delete
    def take_back(self, request: Request, public_id: str, file_id: str) -> Response:
        demand_reseller(self.actor)
        deal = self.found(Deal.objects.all(), public_id)
        attachment = self.found(queries.attachments().select_related("deal"), file_id, deal=deal)
        actions.take_back_attachment(attachment, by=self.actor, now=self.now)
        return Response(status=204)
