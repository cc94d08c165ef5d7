"""`/api/v1/exports/`: files of reports and lists, made in the background."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import ANYONE, Conflict, Input, ResourceViewSet
from identity.gate import Refused

from . import exports
from .downloads import Wanted
from .files import MEDIA_TYPES, Format, SheetFull
from .models import Export, ExportStatus, Problem
from .sources import BadFilter, ReportNotFound

FORMATS = [format.value for format in Format]
PROBLEMS = [("", ""), *Problem.choices]


class ExportOut(serializers.Serializer[Export]):
    id = serializers.CharField(source="public_id")
    source = serializers.CharField(help_text="The key of a report, or `deals`.")  # type: ignore[assignment]
    level = serializers.CharField()
    query = serializers.CharField()
    format = serializers.ChoiceField(choices=FORMATS)
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=ExportStatus.choices)
    problem = serializers.ChoiceField(choices=PROBLEMS, help_text="Why there is no file (any more).")
    rows = serializers.IntegerField(source="rows_done", help_text="Written so far.")
    rows_expected = serializers.IntegerField(allow_null=True, help_text="About how many there will be.")
    size = serializers.IntegerField(help_text="Of the file, in bytes.")
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


class ExportIn(Input):
    source = serializers.CharField(max_length=60, help_text="The key of a report, or `deals`.")  # type: ignore[assignment]
    level = serializers.ChoiceField(
        choices=["detail", "summary", "list"], help_text="Of a list (`deals`) it is `list`."
    )
    query = serializers.CharField(
        max_length=6000, allow_blank=True, default="", help_text="Filters, as in the page's address."
    )
    format = serializers.ChoiceField(choices=FORMATS)


def wanted_in(given: dict[str, Any]) -> Wanted:
    return Wanted(given["source"], given["query"], given["level"], Format(given["format"]))


def checked(error: Exception) -> serializers.ValidationError:
    """What is wrong with what was asked for, at its field."""
    if isinstance(error, ReportNotFound):
        return serializers.ValidationError({"source": [_("There is no report of this key and level.")]})
    assert isinstance(error, BadFilter)
    said = [f"{name}: {' '.join(texts)}" if name else " ".join(texts) for name, texts in error.errors.items()]
    return serializers.ValidationError({"query": said or [_("This address is too long.")]})


class ExportViewSet(ResourceViewSet):
    """One's own files. Each holds what you may see when it is made; it is asked again when you fetch it."""

    privileges: ClassVar = dict.fromkeys(("list", "retrieve", "create", "cancel", "file"), ANYONE)
    ordering = ("-id",)
    versioned = False
    answers_besides: ClassVar = {"file": ("409",)}
    answers: ClassVar = {
        exports.TooManyExports: Conflict(
            "too_many_exports", gettext_lazy("As many files are being made for you already as may be.")
        ),
        exports.ExportNotLive: Conflict(
            "export_over", gettext_lazy("It is over already: there is nothing left to cancel.")
        ),
        exports.FileNotReady: Conflict(
            "file_not_ready", gettext_lazy("There is no file here at the moment.")
        ),
        exports.FileNoLongerYours: Refused(
            403, "not_yours_any_more", gettext_lazy("This file holds something that you may no longer see.")
        ),
        SheetFull: Conflict(
            "sheet_full", gettext_lazy("A sheet of Excel has not room for so many rows. Take CSV or Parquet.")
        ),
        ReportNotFound: Conflict(
            "source_gone", gettext_lazy("What this file was made of is not there any more.")
        ),
        BadFilter: Conflict("source_gone", gettext_lazy("What this file was made of is not there any more.")),
    }

    @extend_schema(summary="Files", responses={200: ExportOut(many=True)})
    def list(self, request: Request) -> Response:
        return self.page_of(Export.objects.all(), ExportOut)

    @extend_schema(summary="A file, and how far it is", responses={200: ExportOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(Export.objects.all(), public_id), ExportOut)

    @extend_schema(summary="Have a file made", request=ExportIn, responses={202: ExportOut})
    def create(self, request: Request) -> Response:
        """In the background, whatever its size. Ask for it again until its `status` is `ready`."""
        try:
            export = exports.begin_export(wanted_in(self.valid(ExportIn)), by=self.actor, now=self.now)
        except (ReportNotFound, BadFilter) as error:
            raise checked(error) from None
        return self.one(export, ExportOut, status=202, at=("api-exports-detail", export.public_id))

    @extend_schema(summary="Cancel a file", request=None, responses={200: ExportOut})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, public_id: str) -> Response:
        export = self.found(Export.objects.all(), public_id)
        return self.one(exports.cancel_export(export, by=self.actor, now=self.now), ExportOut)

    @extend_schema(
        summary="The file itself",
        responses={(200, media_type): OpenApiTypes.BINARY for media_type in MEDIA_TYPES.values()},
    )
    @action(detail=True, methods=["get"])
    def file(self, request: Request, public_id: str) -> HttpResponseBase:
        """Resumable (`Range`), with an `ETag`."""
        export = self.found(Export.objects.all(), public_id)
        return exports.file_response(request._request, export, now=timezone.now())
