"""`/api/v1/referral-uploads/`: files of co-sell deals, and what became of their rows."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import Conflict, Input, Refused, ResourceViewSet
from identity.gate import StrictJSONParser
from identity.privileges import Privilege

from ..models import Outcome, ReferralUpload, UploadProblem, UploadRow, UploadStatus
from ..referrals.listing import TABS
from ..states import SalesStage, Sharing, Status, Substatus
from . import files, sending
from .views import error_file, handed_out
from .working import figures

WORK = Privilege.REFERRAL_WORK
#: Refusals that are not about the file itself.
NOT_NOW = {
    "too_many": gettext_lazy("Several files of yours are being worked on already."),
    "sent_already": gettext_lazy("You sent this very file already, and it made deals."),
}


class UploadFlawOut(serializers.Serializer[Any]):
    """What is wrong with a row, in the language of the call that sent it."""

    field = serializers.CharField(
        help_text="The column's header; empty where it is about the row as a whole."
    )
    rule = serializers.CharField()


class UploadRowOut(serializers.Serializer[UploadRow]):
    row = serializers.IntegerField(source="number", help_text="As a person counts in the file.")
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    name = serializers.CharField(help_text="Of the deal.")
    referral = serializers.CharField(source="referral.public_id", default=None, allow_null=True)
    flaws = serializers.SerializerMethodField()

    @extend_schema_field(UploadFlawOut(many=True))
    def get_flaws(self, row: UploadRow) -> list[dict[str, str]]:
        return [{"field": field, "rule": rule} for field, rule in row.flaws]


class ReferralUploadOut(serializers.Serializer[ReferralUpload]):
    id = serializers.CharField(source="public_id")
    file_name = serializers.CharField()
    size = serializers.IntegerField(help_text="Of the file, in bytes.")
    sha256 = serializers.CharField()
    status = serializers.ChoiceField(choices=UploadStatus.choices)
    problem = serializers.ChoiceField(
        choices=[("", ""), *UploadProblem.choices], help_text="Why no further row was looked at."
    )
    rows = serializers.IntegerField()
    created = serializers.SerializerMethodField()
    updated = serializers.SerializerMethodField()
    unchanged = serializers.SerializerMethodField()
    unprocessed = serializers.SerializerMethodField()
    sent_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(
        help_text="The file and what is said of its rows are then deleted."
    )

    def _figure(self, upload: ReferralUpload, outcome: Outcome) -> int:
        if not upload.is_live:
            return int(getattr(upload, outcome.value))
        counted: dict[int, dict[str, int]] = self.__dict__.setdefault("counted", {})
        if upload.id not in counted:
            counted[upload.id] = figures(upload)
        return counted[upload.id][outcome.value]

    def get_created(self, upload: ReferralUpload) -> int:
        return self._figure(upload, Outcome.CREATED)

    def get_updated(self, upload: ReferralUpload) -> int:
        return self._figure(upload, Outcome.UPDATED)

    def get_unchanged(self, upload: ReferralUpload) -> int:
        """Rows that say what the deal says already, so far."""
        return self._figure(upload, Outcome.UNCHANGED)

    def get_unprocessed(self, upload: ReferralUpload) -> int:
        """Rows that were left out, so far."""
        return self._figure(upload, Outcome.UNPROCESSED)


class ReferralUploadIn(Input):
    file = serializers.FileField(help_text="CSV or XLSX, with up to 1,000 rows below one row of headers.")


class ReferralFileFilters(serializers.Serializer[Any]):
    """What the list of deals is narrowed by on its page (cosell/referrals/listing.py)."""

    show = serializers.ChoiceField(
        [tab.name for tab in TABS], required=False, help_text="`all` when it is not given."
    )
    q = serializers.CharField(required=False, max_length=200, help_text="Name, customer, CRM id or campaign.")
    status = serializers.ChoiceField(Status.choices, required=False)
    substatus = serializers.ChoiceField(Substatus.choices, required=False)
    type = serializers.ChoiceField(Sharing.choices, required=False)
    stage = serializers.ChoiceField(SalesStage.choices, required=False)
    country = serializers.CharField(required=False, max_length=2, help_text="ISO 3166-1.")
    location = serializers.CharField(required=False, max_length=12, help_text="Its id in `locations`.")
    customer = serializers.CharField(required=False, max_length=12, help_text="Its id in `customers`.")
    close_from = serializers.DateField(required=False, help_text="The first expected close date.")
    close_to = serializers.DateField(required=False, help_text="The last one.")


class ReferralUploadViewSet(ResourceViewSet):
    """Your own files of co-sell deals. A row without a Referral ID makes a deal, one with it changes that deal.

    The columns are those of `download`, in any order; a deal is only changed where the row's Version is the deal's.
    """

    privileges: ClassVar = dict.fromkeys(("list", "retrieve", "create", "download", "rows", "errors"), WORK)
    ordering = ("-id",)
    versioned = False
    upload_limits: ClassVar = {"create": sending.LARGEST}
    answers_besides: ClassVar = {"create": ("409", "422"), "download": ("409",), "errors": ("409",)}

    def get_parsers(self) -> list[Any]:
        """Files come as forms."""
        create = getattr(self, "action_map", {}).get("post") == "create"
        return [MultiPartParser()] if create else [StrictJSONParser()]

    @extend_schema(summary="Files of deals", responses={200: ReferralUploadOut(many=True)})
    def list(self, request: Request) -> Response:
        return self.page_of(ReferralUpload.objects.all(), ReferralUploadOut)

    @extend_schema(summary="A file of deals, and how far it is", responses={200: ReferralUploadOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(ReferralUpload.objects.all(), public_id), ReferralUploadOut)

    @extend_schema(
        summary="Send a file of deals",
        request={"multipart/form-data": ReferralUploadIn},
        responses={202: ReferralUploadOut},
    )
    def create(self, request: Request) -> Response:
        """Worked on in the background: ask for it again until its `status` is `done` or `stopped`. What is no file of
        deals, and what has more than 1,000 rows, is refused with 422: nothing of it is taken.
        """
        file = self.valid(ReferralUploadIn)["file"]
        try:
            upload = sending.send_file(file, file.name, by=self.actor, now=self.now)
        except sending.UploadRefused as refused:
            if refused.code in NOT_NOW:
                raise Conflict(refused.code, str(refused.reason)) from None
            raise Refused(422, f"file_{refused.code}", refused.reason) from None
        return self.one(
            upload, ReferralUploadOut, status=202, at=("api-referral-uploads-detail", upload.public_id)
        )

    @extend_schema(
        summary="Deals as a file",
        parameters=[ReferralFileFilters],
        responses={(200, "text/csv"): OpenApiTypes.BINARY},
    )
    @action(detail=False, methods=["get"])
    def download(self, request: Request) -> HttpResponseBase:
        """Your deals, narrowed as on their page, ready to be changed and sent back; 409 for more than 5,000."""
        asked = {name: str(value) for name, value in self.asked(ReferralFileFilters).items()}
        try:
            pieces = files.deals_file(asked, self.actor)
        except files.TooManyDeals:
            raise Conflict("too_many_deals", files.too_many()) from None
        return handed_out(pieces, f"deals-{self.now.date().isoformat()}.csv")

    @extend_schema(summary="What became of the rows", responses={200: UploadRowOut(many=True)})
    @action(detail=True, methods=["get"])
    def rows(self, request: Request, public_id: str) -> Response:
        """Those so far, in the order of the file."""
        upload = self.found(ReferralUpload.objects.all(), public_id)
        self.ordering = ("number",)
        return self.page_of(UploadRow.objects.filter(upload=upload).select_related("referral"), UploadRowOut)

    @extend_schema(
        summary="The rows that were not processed", responses={(200, "text/csv"): OpenApiTypes.BINARY}
    )
    @action(detail=True, methods=["get"])
    def errors(self, request: Request, public_id: str) -> HttpResponseBase:
        """As they were sent, with what is to be put right in the column Errors. 404 where there are none."""
        try:
            return error_file(self.found(ReferralUpload.objects.all(), public_id))
        except Http404:
            raise Conflict(
                "no_error_file", _("There is no such file: every row is done, or it is not over.")
            ) from None
