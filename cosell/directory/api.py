"""`/api/v1/directory/`: the live profiles of all partners, as the public pages show them, for programs with a key."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import ANYONE, ResourceViewSet

from .. import tags as known
from ..models import PublishedLocation, PublishedProfile
from ..states import CompanySize
from .finding import ORDER, Wanted, live_profiles


class DirectoryFilters(serializers.Serializer[Any]):
    q = serializers.CharField(
        required=False, max_length=200, default="", allow_blank=True,
        help_text="Beginnings of words of names, tags and skills.",
    )  # fmt: skip
    country = serializers.RegexField("^[A-Z]{2}$", required=False, default="", help_text="ISO 3166-1.")
    size = serializers.ChoiceField(
        CompanySize.choices,
        required=False,
        default="",
        help_text="The customer's: partners that work with it.",
    )
    tags = serializers.CharField(
        required=False, max_length=1000, default="", allow_blank=True,
        help_text="Codes between commas. Of one kind one is enough; of each kind that is named there is one.",
    )  # fmt: skip


class DirectoryPlaceOut(serializers.Serializer[PublishedLocation]):
    name = serializers.CharField()
    address_line1 = serializers.CharField()
    address_line2 = serializers.CharField()
    city = serializers.CharField()
    state = serializers.CharField()
    postal_code = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1.")


class DirectoryPartnerOut(serializers.Serializer[PublishedProfile]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1.")
    description = serializers.CharField()
    website = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    skills = serializers.ListField(child=serializers.CharField())
    languages = serializers.ListField(child=serializers.CharField(), help_text="ISO 639.")
    sizes = serializers.ListField(
        child=serializers.ChoiceField(CompanySize.choices), help_text="Empty: customers of any size."
    )
    turns_away = serializers.BooleanField(
        help_text="Whether enquiries of customers of another size are turned away at once."
    )
    live_since = serializers.DateTimeField()
    locations = serializers.SerializerMethodField()

    @extend_schema_field(DirectoryPlaceOut(many=True))
    def get_locations(self, profile: PublishedProfile) -> list[DirectoryPlaceOut]:
        places = sorted(profile.locations.all(), key=lambda each: each.position)
        return [DirectoryPlaceOut(place).data for place in places]


class DirectoryViewSet(ResourceViewSet):
    """The partners whose profiles are live, by name."""

    privileges: ClassVar = {"list": ANYONE, "retrieve": ANYONE}
    versioned = False
    ordering = ORDER

    @extend_schema(
        summary="Find partners",
        parameters=[DirectoryFilters],
        responses={200: DirectoryPartnerOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        asked = self.asked(DirectoryFilters)
        tags = tuple(known.in_order(code.strip() for code in asked["tags"].split(",")))
        wanted = Wanted(asked["q"], asked["country"], tags, asked["size"])
        return self.page_of(live_profiles(wanted).prefetch_related("locations"), DirectoryPartnerOut)

    @extend_schema(summary="A partner", responses={200: DirectoryPartnerOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        found = live_profiles().prefetch_related("locations")
        return self.one(self.found(found, public_id), DirectoryPartnerOut)
