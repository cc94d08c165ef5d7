"""`/api/v1/views/`: saved views of lists, for programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import ANYONE, CHANGED, Conflict, Input, ResourceViewSet
from identity.gate import Refused

from . import actions, queries
from .listings import Listing, QueryTooLong, listing_named
from .models import SavedView


class SavedViewOut(serializers.Serializer[SavedView]):
    id = serializers.CharField(source="public_id")
    list = serializers.CharField(source="listing", help_text="Of which list, e.g. `deals`.")
    name = serializers.CharField()
    query = serializers.CharField(help_text="The list's filters, as in its address.")
    shared = serializers.BooleanField()
    owner = serializers.CharField(source="owner_name")
    default = serializers.SerializerMethodField(
        method_name="is_default", help_text="Whether the list opens with this view for you."
    )
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")

    def is_default(self, view: Any) -> bool:
        return view.default_id is not None


class SavedViewIn(Input):
    name = serializers.CharField(max_length=80)
    query = serializers.CharField(max_length=6000, allow_blank=True, default="")
    shared = serializers.BooleanField(default=False)
    default = serializers.BooleanField(default=False)

    def validate_name(self, name: str) -> str:
        return " ".join(name.split())


class NewSavedViewIn(SavedViewIn):
    list = serializers.CharField(max_length=40, help_text="Of which list, e.g. `deals`.")

    def validate_list(self, key: str) -> Listing:
        listing = listing_named(key)
        if listing is None or not listing.open_to(self.context["request"]._request.actor):
            raise serializers.ValidationError(_("There is no list of this name."))
        return listing


class SavedViewFilters(serializers.Serializer[Any]):
    list = serializers.CharField(required=False, max_length=40)


class SavedViewViewSet(ResourceViewSet):
    """One's own views of lists, and those that colleagues share."""

    privileges: ClassVar = dict.fromkeys(("list", "retrieve", "create", "partial_update", "destroy"), ANYONE)
    ordering = ("listing", "name", "id")
    answers: ClassVar = {
        actions.TooManyViews: Conflict(
            "too_many_views", gettext_lazy("You keep as many views of this list as one may.")
        ),
        actions.NameTaken: Conflict("name_taken", gettext_lazy("Another view of yours has this name.")),
        actions.ViewChanged: CHANGED,
        actions.NotYours: Refused(403, "not_yours", gettext_lazy("A colleague saved this view.")),
    }

    @extend_schema(
        summary="Saved views", parameters=[SavedViewFilters], responses={200: SavedViewOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        found = self._views()
        if key := self.asked(SavedViewFilters).get("list"):
            found = found.filter(listing=key)
        return self.page_of(found, SavedViewOut)

    @extend_schema(summary="A saved view", responses={200: SavedViewOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(self._views(), public_id), SavedViewOut)

    @extend_schema(summary="Save a view", request=NewSavedViewIn, responses={201: SavedViewOut})
    def create(self, request: Request) -> Response:
        """One's own view of the same name is replaced."""
        given = self.valid(NewSavedViewIn)
        listing = given.pop("list")
        given["query"] = self._normalised(listing, given["query"])
        view = actions.save_view(listing, **given, by=self.actor, now=self.now)
        return self._answer(view, status=201)

    @extend_schema(
        summary="Change a saved view of one's own", request=SavedViewIn, responses={200: SavedViewOut}
    )
    def partial_update(self, request: Request, public_id: str) -> Response:
        view = self.found(self._views(), public_id)
        self.match(view)
        given = self._changes(view)
        default = given.pop("default", None)
        if given:
            given = {"name": view.name, "shared": view.shared} | given
            view = actions.change_view(view, **given, version=view.version, by=self.actor, now=self.now)
        if default is not None:
            set_ = actions.set_default if default else actions.clear_default
            set_(view, by=self.actor, now=self.now)
        return self._answer(view)

    def _changes(self, view: SavedView) -> dict[str, Any]:
        """What the call changes: only what it names."""
        checked = SavedViewIn(data=self.request.data, partial=True, context=self.get_serializer_context())
        checked.is_valid(raise_exception=True)
        given = dict(checked.validated_data)
        listing = listing_named(view.listing)
        assert listing is not None  # or it would not be among the views found
        if "query" in given:
            given["query"] = self._normalised(listing, given["query"])
        return given

    @extend_schema(summary="Delete a saved view", responses={204: None})
    def destroy(self, request: Request, public_id: str) -> Response:
        actions.delete_view(self.found(self._views(), public_id), by=self.actor, now=self.now)
        return Response(status=204)

    def _views(self) -> QuerySet[SavedView]:
        return queries.all_views(self.actor)

    @staticmethod
    def _normalised(listing: Listing, query: str) -> str:
        try:
            return listing.normalised(query)
        except QueryTooLong:
            raise serializers.ValidationError(
                {"query": [_("These filters are too long to be saved.")]}
            ) from None

    def _answer(self, view: SavedView, *, status: int = 200) -> Response:
        at = ("api-views-detail", view.public_id) if status == 201 else None
        return self.one(self._views().get(id=view.id), SavedViewOut, status=status, at=at)
