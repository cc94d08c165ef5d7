"""`/api/v1/feeds/`: what can be sent; `/api/v1/deliveries/`: sending it, and following what comes of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404, HttpResponseBase
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

from . import actions
from .declared import Feed, FeedColumn, FeedNotFound, feed_of, feeds
from .flaws import SHOWN, page_of_flaws
from .models import Delivery, Source, Status
from .sentences import told
from .showing import Shown
from .views import error_file

P = Privilege
SEND = (P.PRODUCT_EDIT, P.SITE_EDIT, P.CUSTOMER_EDIT, P.PRICE_EDIT)  # the action asks for the feed's own

# ------------------------------------------------------------------------------------------ feeds


class FeedColumnOut(serializers.Serializer[FeedColumn]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    required = serializers.BooleanField()  # type: ignore[assignment]
    aliases = serializers.ListField(
        child=serializers.CharField(), help_text="Other names that a file's header may use."
    )
    text = serializers.CharField()
    example = serializers.CharField()


class FeedOut(serializers.Serializer[Feed]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    text = serializers.CharField()
    privilege = serializers.CharField(help_text="What sending it takes.")
    removes = serializers.BooleanField(
        source="target.removes", help_text="Whether a file may be said to be complete."
    )
    identity = serializers.ListField(
        child=serializers.CharField(), help_text="The columns that tell rows apart."
    )
    columns = FeedColumnOut(many=True)


class FeedViewSet(ResourceViewSet):
    """What the vendor's systems may send, and what such a file must look like."""

    privileges: ClassVar = {"list": P.FEED_VIEW, "retrieve": P.FEED_VIEW}
    versioned = False
    pagination_class = None  # type: ignore[assignment]
    lookup_field = "key"
    lookup_value_regex = "[a-z0-9-]{1,40}"

    @extend_schema(summary="What can be sent", responses={200: FeedOut(many=True)})
    def list(self, request: Request) -> Response:
        return Response([FeedOut(feed).data for feed in feeds()])

    @extend_schema(summary="What a feed's file must look like", responses={200: FeedOut})
    def retrieve(self, request: Request, key: str) -> Response:
        return Response(FeedOut(_feed(key)).data)


def _feed(key: str) -> Feed:
    try:
        return feed_of(key)
    except FeedNotFound:
        raise Http404 from None


# ------------------------------------------------------------------------------------------ deliveries


class FlawOut(serializers.Serializer[Any]):
    row = serializers.IntegerField(help_text="As a person counts rows in the file.")
    column = serializers.CharField(help_text="The column's name; empty when it is about the whole row.")
    value = serializers.CharField()
    rule = serializers.CharField(help_text="What to give instead, in the caller's language.")
    code = serializers.CharField(help_text="The rule, for programs.")


class ChangeOut(serializers.Serializer[Any]):
    action = serializers.ChoiceField(["added", "changed", "removed"])
    label = serializers.CharField()  # type: ignore[assignment]
    row = serializers.IntegerField(allow_null=True)
    old = serializers.DictField(child=serializers.CharField(allow_null=True), help_text="Values by column.")
    new = serializers.DictField(child=serializers.CharField(allow_null=True))


class SummaryOut(serializers.Serializer[Any]):
    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    removed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    samples = ChangeOut(many=True)


class QuestionOut(serializers.Serializer[Any]):
    column = serializers.CharField()
    about = serializers.ChoiceField(
        ["header", "clash", "decimal", "order"],
        help_text="No header found; several headers; decimal point or comma; day or month first.",
    )
    near = serializers.ListField(help_text="Indices of headers that come near, or values from the file.")


class DeliveryOut(serializers.Serializer[Delivery]):
    id = serializers.CharField(source="public_id")
    feed = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    source = serializers.ChoiceField(Source.choices)  # type: ignore[assignment]
    file_name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    complete = serializers.BooleanField()
    headers = serializers.ListField(child=serializers.CharField(), help_text="As found in the file.")
    mapping = serializers.DictField(
        child=serializers.IntegerField(allow_null=True), help_text="The index of its header, by column."
    )
    questions = QuestionOut(many=True)
    rows = serializers.IntegerField()
    error_count = serializers.IntegerField()
    errors = serializers.SerializerMethodField(help_text=f"The first {SHOWN}.")  # type: ignore[assignment]
    summary = serializers.SerializerMethodField(
        help_text="What loading it would change; null before it is known."
    )
    summary_id = serializers.CharField(
        source="fingerprint", help_text="Sent back to confirm just this summary."
    )
    renewed = serializers.BooleanField(help_text="The data changed after a confirmation: confirm anew.")
    removes_much = serializers.SerializerMethodField(help_text="Confirming takes `remove_much`.")
    problem = serializers.SerializerMethodField(help_text="Why it was refused or has failed.")
    step = serializers.CharField(help_text="What a worker is doing.")
    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="0 where nobody knows.")
    sent_by = serializers.CharField(source="sender_name")
    confirmed_by = serializers.CharField(source="confirmed_name")
    received_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(FlawOut(many=True))
    def get_errors(self, delivery: Delivery) -> Any:
        return FlawOut(Shown(delivery).flaws, many=True).data

    @extend_schema_field(SummaryOut(allow_null=True))
    def get_summary(self, delivery: Delivery) -> Any:
        return SummaryOut(delivery.summary).data if delivery.summary else None

    def get_removes_much(self, delivery: Delivery) -> bool:
        return bool(delivery.summary) and actions.removes_much(delivery)

    def get_problem(self, delivery: Delivery) -> str:
        return told(delivery.problem["words"]) if delivery.problem else ""


class DeliveryIn(Input):
    """Sent as multipart/form-data."""

    feed = serializers.ChoiceField(choices=[], help_text="A feed's key.")
    file = serializers.FileField(max_length=500, allow_empty_file=True, help_text="CSV or XLSX.")
    complete = serializers.BooleanField(
        default=False, help_text="What is there now and not in the file is to be removed."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["feed"].choices = [feed.key for feed in feeds()]  # type: ignore[attr-defined]


class StyleIn(Input):
    decimal = serializers.ChoiceField([".", ","], required=False)
    order = serializers.ChoiceField(["dmy", "mdy"], required=False)


class ColumnsIn(Input):
    mapping = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=100_000, allow_null=True),
        help_text="The index of its header (from 0), or null, by column.",
    )
    styles = serializers.DictField(
        child=StyleIn(),
        required=False,
        default=dict,
        help_text="How numbers or dates are written, by column.",
    )
    complete = serializers.BooleanField(required=False)


class ConfirmIn(Input):
    summary_id = serializers.CharField(max_length=64, help_text="Of the summary that is confirmed.")
    remove_much = serializers.BooleanField(default=False)


class EmptyDeliveryIn(Input):
    """An empty object, or no body at all."""


class DeliveryFilters(serializers.Serializer[Any]):
    feed = serializers.CharField(max_length=40, required=False)
    status = serializers.ChoiceField(Status.choices, required=False)


class FlawFilters(serializers.Serializer[Any]):
    after = serializers.IntegerField(
        min_value=0, max_value=10**6, default=0, help_text="How many to leave out."
    )


class DeliveryViewSet(ResourceViewSet):
    """Files that were sent. A worker checks each; one that is ready is loaded once it is confirmed, all or nothing."""

    privileges: ClassVar = {
        "list": P.FEED_VIEW, "retrieve": P.FEED_VIEW, "errors": P.FEED_VIEW, "error_file": P.FEED_VIEW,
        "create": SEND, "columns": SEND, "confirm": SEND, "cancel": SEND,
    }  # fmt: skip
    upload_limits: ClassVar = {"create": settings.FEEDS_LARGEST}
    matched = ("columns",)
    may_match = ("cancel",)
    ordering = ("-received_at", "-id")
    answers: ClassVar = {
        actions.DeliveryBusy: Conflict(
            "delivery_busy",
            gettext_lazy("This delivery has gone on meanwhile, or is over. Look at it again."),
        ),
        actions.SummaryRenewed: Conflict(
            "summary_renewed", gettext_lazy("The summary was made anew meanwhile. Look at it again.")
        ),
        actions.RemovalUnconfirmed: Conflict(
            "removes_much", gettext_lazy("So much would be removed that `remove_much` has to be sent.")
        ),
    }

    def get_parsers(self) -> list[Any]:
        """Files come as forms, everything else as JSON."""
        create = getattr(self, "action_map", {}).get("post") == "create"
        return [MultiPartParser()] if create else [StrictJSONParser()]

    def _delivery(self, public_id: str) -> Delivery:
        delivery: Delivery = self.found(Delivery.objects.all(), public_id)
        return delivery

    @extend_schema(
        summary="List deliveries", parameters=[DeliveryFilters], responses={200: DeliveryOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        """The newest first."""
        wanted = {name: value for name, value in self.asked(DeliveryFilters).items() if value}
        return self.page_of(Delivery.objects.filter(**wanted), DeliveryOut)

    @extend_schema(summary="A delivery", responses={200: DeliveryOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        """Ask again every few seconds while its status is received, checking or loading."""
        return self.one(self._delivery(public_id), DeliveryOut)

    @extend_schema(
        summary="Send a file", request={"multipart/form-data": DeliveryIn}, responses={201: DeliveryOut}
    )
    def create(self, request: Request) -> Response:
        """It is checked first; nothing is loaded before it is confirmed. What is no table is refused with 422."""
        given = self.valid(DeliveryIn)
        file = given["file"]
        try:
            made = actions.receive(
                _feed(given["feed"]),
                file=file,
                name=file.name,
                complete=given["complete"],
                source=Source.API,
                by=self.actor,
                now=self.now,
            )
        except actions.DeliveryRefused as refused:
            raise Refused(422, f"file_{refused.code}", refused.reason) from None
        return self.one(made, DeliveryOut, status=201, at=("api-deliveries-detail", made.public_id))

    @extend_schema(
        summary="Errors of a delivery", parameters=[FlawFilters], responses={200: FlawOut(many=True)}
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def errors(self, request: Request, public_id: str) -> Response:
        """A hundred at a time."""
        delivery = self._delivery(public_id)
        after = self.asked(FlawFilters)["after"]
        if not delivery.error_file:
            return Response([])
        path = actions.FILES.path_of(delivery.error_file)
        found = page_of_flaws(Shown(delivery).feed, path, after=after, size=SHOWN)
        return Response(FlawOut(found, many=True).data)

    @extend_schema(summary="The error file", responses={(200, "text/csv"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path="error-file", url_name="error-file", pagination_class=None)
    def error_file(self, request: Request, public_id: str) -> HttpResponseBase:
        """All errors (up to 100,000) as CSV."""
        delivery = self._delivery(public_id)
        if not delivery.error_file:
            raise Http404
        return error_file(delivery)

    @extend_schema(summary="Match the columns", request=ColumnsIn, responses={200: DeliveryOut})
    @action(detail=True, methods=["post"])
    def columns(self, request: Request, public_id: str) -> Response:
        """Say which header is which column; then the file is checked anew. It is remembered for the next file."""
        delivery = self._delivery(public_id)
        self.match(delivery)
        given = self.valid(ColumnsIn)
        feed = _feed(delivery.feed)
        known = {column.name for column in feed.columns}
        if unknown := ({*given["mapping"], *given["styles"]} - known):
            raise serializers.ValidationError(
                {"mapping": [_("There is no such column.") + f" {min(unknown)}"]}
            )
        try:
            matched = actions.match_columns(
                delivery,
                given["mapping"],
                given["styles"],
                complete=given.get("complete", delivery.complete),
                version=delivery.version,
                by=self.actor,
                now=self.now,
            )
        except actions.MappingIncomplete as wrong:
            raise serializers.ValidationError(
                {name: [_("Say which header of the file this is.")] for name in wrong.missing}
                | {name: [_("One header can be one column only.")] for name in wrong.twice}
            ) from None
        return self.one(matched, DeliveryOut)

    @extend_schema(summary="Load what the summary says", request=ConfirmIn, responses={200: DeliveryOut})
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, public_id: str) -> Response:
        """A worker does it. When the data changed meanwhile nothing is loaded, and there is a new summary."""
        given = self.valid(ConfirmIn)
        confirmed = actions.confirm(
            self._delivery(public_id),
            seen=given["summary_id"],
            removal_ticked=given["remove_much"],
            by=self.actor,
            now=self.now,
        )
        return self.one(confirmed, DeliveryOut)

    @extend_schema(summary="Cancel a delivery", request=EmptyDeliveryIn, responses={200: DeliveryOut})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, public_id: str) -> Response:
        """Before it is loaded. Nothing of it was."""
        self.valid(EmptyDeliveryIn)
        delivery = self._delivery(public_id)
        if "If-Match" in request.headers:
            self.match(delivery)
        return self.one(actions.cancel(delivery, by=self.actor, now=self.now), DeliveryOut)
