"""`/api/v1/organisations/`: customers' organisations in the vendor's cloud that a site administers."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import ResourceViewSet

from ..models import Organisation, OrganisationKind
from ..subscriptions.possible import SEERS
from .listing import BY_NAME, Wanted, organisations


class OrganisationFilters(serializers.Serializer[Any]):
    q = serializers.CharField(
        required=False, max_length=200, help_text="How its name begins, its domain, or its subdomain."
    )
    customer = serializers.CharField(required=False, max_length=12, help_text="Its id in the directory.")


class OrganisationOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    kind = serializers.ChoiceField(OrganisationKind.choices)
    country = serializers.CharField(help_text="ISO 3166-1.")
    address = serializers.CharField()
    domain = serializers.CharField(help_text="Of its people's addresses.")
    subdomain = serializers.CharField()
    administrator_email = serializers.CharField()
    customer = serializers.SerializerMethodField(help_text="Its id in the directory.")
    administered = serializers.SerializerMethodField(
        help_text="Whether a partner administers it, together with the customer."
    )
    created_at = serializers.DateTimeField()

    def get_customer(self, organisation: Organisation) -> str | None:
        return organisation.customer.public_id if organisation.customer else None

    def get_administered(self, organisation: Organisation) -> bool:
        return organisation.administered_by_id is not None


class OrganisationViewSet(ResourceViewSet):
    """Customers' organisations: those that a site administers; all of them for the vendor's people."""

    privileges: ClassVar = {"list": SEERS, "retrieve": SEERS}
    ordering = BY_NAME

    @extend_schema(
        summary="Organisations, by name",
        parameters=[OrganisationFilters],
        responses={200: OrganisationOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        found = organisations(Wanted.of(self.asked(OrganisationFilters)))
        return self.page_of(found.select_related("customer"), OrganisationOut)

    @extend_schema(summary="An organisation", responses={200: OrganisationOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        found = Organisation.objects.select_related("customer")
        return self.one(self.found(found, public_id), OrganisationOut)
