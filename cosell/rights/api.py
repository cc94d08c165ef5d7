"""`/api/v1/locations/` and `/api/v1/cosell-roles/`: where a partner works, and who has which role where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import MemberChanged
from deals.api.input import EmptyIn
from identity.api import CHANGED, Conflict, Input, ResourceViewSet
from identity.models import Membership, MembershipStatus, Role
from identity.places import countries
from identity.privileges import Privilege

from ..models import Location
from . import locations
from .granting import LocationClosed, NoLocations, Wanted, set_roles
from .possible import PARTAKERS
from .scopes import Held, narrowed, roles_of_each

P = Privilege


# ------------------------------------------------------------------------------------------------ locations


class LocationOut(serializers.Serializer[Location]):
    id = serializers.CharField(source="public_id")
    site_number = serializers.CharField(source="site.number")
    name = serializers.CharField()
    address_line1 = serializers.CharField()
    address_line2 = serializers.CharField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    state = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1.")
    contact_email = serializers.CharField(help_text="Mailed about deals that have nobody on their team.")
    closed_at = serializers.DateTimeField(allow_null=True, help_text="Nothing new comes there since then.")
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")


class LocationIn(Input):
    name = serializers.CharField(max_length=120)
    city = serializers.CharField(max_length=120)
    country = serializers.RegexField("^[A-Z]{2}$", help_text="ISO 3166-1, two capitals.")
    address_line1 = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    address_line2 = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    postal_code = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    state = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    contact_email = serializers.EmailField(max_length=254, required=False, allow_blank=True, default="")

    def validate_country(self, country: str) -> str:
        if country not in countries():
            raise serializers.ValidationError(_("There is no country of this code."))
        return country


class LocationChangeIn(Input):
    """What is left out stays as it is."""

    name = serializers.CharField(max_length=120, required=False)
    city = serializers.CharField(max_length=120, required=False)
    country = serializers.RegexField("^[A-Z]{2}$", required=False)
    address_line1 = serializers.CharField(max_length=200, required=False, allow_blank=True)
    address_line2 = serializers.CharField(max_length=200, required=False, allow_blank=True)
    postal_code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    state = serializers.CharField(max_length=120, required=False, allow_blank=True)
    contact_email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    validate_country = LocationIn.validate_country


class LocationViewSet(ResourceViewSet):
    """Where a partner works: deals, business profiles and roles are of locations. They are closed, never deleted."""

    privileges: ClassVar = {
        "list": PARTAKERS, "retrieve": PARTAKERS, "create": P.ROLE_GRANT, "partial_update": P.ROLE_GRANT,
        "close": P.ROLE_GRANT, "reopen": P.ROLE_GRANT,
    }  # fmt: skip
    may_match = ("close", "reopen")
    ordering = ("name", "id")
    answers: ClassVar = {
        locations.LocationChanged: CHANGED,
        locations.NameTaken: Conflict("name_taken", gettext_lazy("Another open location has this name.")),
    }

    @extend_schema(summary="Locations, by name", responses={200: LocationOut(many=True)})
    def list(self, request: Request) -> Response:
        return self.page_of(self._all(), LocationOut)

    @extend_schema(summary="A location", responses={200: LocationOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(self._all(), public_id), LocationOut)

    @extend_schema(summary="Add a location", request=LocationIn, responses={201: LocationOut})
    def create(self, request: Request) -> Response:
        place = locations.Place(**self.valid(LocationIn))
        made = locations.add_location(place, by=self.actor, now=self.now)
        return self.one(made, LocationOut, status=201, at=("api-locations-detail", made.public_id))

    @extend_schema(summary="Correct a location", request=LocationChangeIn, responses={200: LocationOut})
    def partial_update(self, request: Request, public_id: str) -> Response:
        location = self.found(self._all(), public_id)
        self.match(location)
        present = {each.name: getattr(location, each.name) for each in fields(locations.Place)}
        place = locations.Place(**(present | self.valid(LocationChangeIn)))
        changed = locations.edit_location(
            location, place, version=location.version, by=self.actor, now=self.now
        )
        return self.one(changed, LocationOut)

    @extend_schema(summary="Close a location", request=EmptyIn, responses={200: LocationOut})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, public_id: str) -> Response:
        """Nothing new comes there; what is open goes on. The last open one stays open."""
        return self._do(locations.close_location, public_id)

    @extend_schema(summary="Open a closed location again", request=EmptyIn, responses={200: LocationOut})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, public_id: str) -> Response:
        return self._do(locations.reopen_location, public_id)

    def _all(self) -> QuerySet[Location]:
        return Location.objects.select_related("site")

    def _do(self, act: Any, public_id: str) -> Response:
        location = self.found(self._all(), public_id)
        self.valid(EmptyIn)
        return self.one(act(location, version=self.seen(location), by=self.actor, now=self.now), LocationOut)


# ------------------------------------------------------------------------------------------------ roles


class HeldRoleOut(serializers.Serializer[Held]):
    role = serializers.ChoiceField(Role.choices)
    locations = serializers.SerializerMethodField(
        help_text="The ids of the locations where it holds; null for the whole company."
    )

    def get_locations(self, held: Held) -> list[str] | None:
        return None if held.locations is None else [location.public_id for location in held.locations]


class CosellRolesOut(serializers.Serializer[Membership]):
    id = serializers.CharField(source="public_id", help_text="Of the member, as under /members/.")
    name = serializers.CharField()
    email = serializers.EmailField()
    roles = serializers.SerializerMethodField()
    version = serializers.IntegerField(help_text="Raised by every change of the member; also the ETag.")

    @extend_schema_field(HeldRoleOut(many=True))
    def get_roles(self, member: Membership) -> list[HeldRoleOut]:
        known = self.context["view"].held
        held: Any = known[member.id] if member.id in known else roles_of_each([member])[member.id]
        return HeldRoleOut(held, many=True).data  # type: ignore[return-value]


class CosellRolesFilters(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, max_length=100, help_text="A part of name or e-mail.")
    location = serializers.CharField(
        required=False, max_length=12, help_text="A location's id: whose role (or that one) holds there."
    )
    role = serializers.ChoiceField(Role.choices, required=False)


class HeldRoleIn(Input):
    role = serializers.ChoiceField(Role.choices)
    locations = serializers.ListField(
        child=serializers.CharField(max_length=12),
        allow_null=True,
        required=False,
        default=None,
        max_length=500,
    )


class CosellRolesIn(Input):
    """Exactly these: a role that is not named is taken away."""

    roles = HeldRoleIn(many=True, max_length=len(Role))  # type: ignore[call-arg]


class CosellRoleViewSet(ResourceViewSet):
    """Who of a site has which role of co-selling, and where it holds."""

    privileges: ClassVar = {"list": P.ROLE_GRANT, "retrieve": P.ROLE_GRANT, "update": P.ROLE_GRANT}
    ordering = ("name", "id")
    answers: ClassVar = {MemberChanged: CHANGED}
    held: Mapping[int, Sequence[Held]] = MappingProxyType({})  # of those on the page, by membership

    @extend_schema(
        summary="The roles of everybody",
        parameters=[CosellRolesFilters],
        responses={200: CosellRolesOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        asked, members = self.asked(CosellRolesFilters), self._members()
        members = narrowed(members, asked.get("q"), asked.get("role"), asked.get("location"))
        shown: Any = self.paginate_queryset(members) or []
        self.held = roles_of_each(shown)
        context = self.get_serializer_context()
        return self.get_paginated_response(CosellRolesOut(shown, many=True, context=context).data)

    @extend_schema(summary="The roles of one member", responses={200: CosellRolesOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(self._members(), public_id), CosellRolesOut)

    @extend_schema(
        summary="Set the roles of a member, and where they hold",
        request=CosellRolesIn,
        responses={200: CosellRolesOut},
    )
    def update(self, request: Request, public_id: str) -> Response:
        """Nobody sets their own, and nobody gives what they do not hold."""
        member = self.found(self._members(), public_id)
        self.match(member)
        wanted = self._wanted(self.valid(CosellRolesIn)["roles"])
        try:
            changed = set_roles(public_id, wanted, version=member.version, by=self.actor, now=self.now)
        except NoLocations:
            raise _wrong(_("A role by location needs at least one; null means the whole company.")) from None
        except LocationClosed as closed:
            name = closed.location.name
            raise _wrong(_("%(name)s is closed, so that no role is given there.") % {"name": name}) from None
        return self.one(changed, CosellRolesOut)

    def _members(self) -> QuerySet[Membership]:
        members = Membership.objects.select_related("site").filter(status=MembershipStatus.ACTIVE)
        return members.filter(site_id=self.actor.site_id or 0)

    def _wanted(self, rows: Iterable[dict[str, Any]]) -> Wanted:
        found: dict[Role, Any] = {}
        for row in rows:
            role = Role(row["role"])
            if role in found:
                raise _wrong(_("A role is named twice."))
            ids = row["locations"]
            if ids is None:
                found[role] = None
                continue
            found[role] = [*Location.objects.filter(public_id__in=ids)]
            if len(found[role]) < len(set(ids)):
                raise _wrong(_("Your site has no location of one of these ids."))
        return found


def _wrong(text: str) -> serializers.ValidationError:
    return serializers.ValidationError({"roles": [text]})
