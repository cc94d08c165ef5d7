"""`GET /api/v1/me/`: whom a key speaks for, for which site, and what it may do."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from .actors import Kind
from .api import ANYONE, ResourceViewSet
from .models import ApiKey, Role, SiteKind, StaffRole, Standing
from .privileges import Privilege
from .queries import sites_of

KINDS = [(kind.value, kind.value) for kind in (Kind.RESELLER, Kind.DISTRIBUTOR, Kind.STAFF)]

PRIVILEGES = [(each.value, each.value) for each in Privilege]


class SiteOut(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="7 digits, as text.")
    name = serializers.CharField()
    kind = serializers.ChoiceField(SiteKind.choices)


class KeyOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class MeOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    email = serializers.EmailField()
    language = serializers.CharField(help_text="In which messages come; empty: as `Accept-Language` asks.")
    time_zone = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    site = SiteOut(allow_null=True, help_text="The site this key works for; null for the vendor's people.")
    standing = serializers.ChoiceField(
        Standing.choices, allow_null=True, help_text="At the site; null for the vendor's people."
    )
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices))
    staff_roles = serializers.ListField(child=serializers.ChoiceField(StaffRole.choices))
    privileges = serializers.ListField(
        child=serializers.ChoiceField(PRIVILEGES),
        help_text="What this key may do right now: what it was given, as far as its owner still has it.",
    )
    sites = SiteOut(
        many=True, help_text="Every site the key's owner has a place at. A key is for one of them."
    )
    key = KeyOut()


class MeViewSet(ResourceViewSet):
    privileges: ClassVar = {"retrieve": ANYONE}
    versioned = False

    @extend_schema(operation_id="me", summary="Whom this key speaks for", responses={200: MeOut})
    def retrieve(self, request: Request) -> Response:
        """Tells the key's owner, its site, and what it may do right now."""
        actor = self.actor
        site = {"number": actor.site_number, "name": actor.site_name, "kind": actor.kind}
        key = ApiKey.objects.get(id=actor.key_id or 0)
        found = {
            "name": actor.name,
            "email": actor.email,
            "language": actor.language,
            "time_zone": actor.time_zone,
            "kind": actor.kind,
            "site": site if actor.site_id else None,
            "standing": actor.standing or None,
            "roles": sorted(actor.roles),
            "staff_roles": sorted(actor.staff_roles),
            "privileges": sorted(actor.privileges),
            "sites": [own._asdict() for own in sites_of(actor)],
            "key": {
                "id": key.public_id,
                "name": key.name,
                "created_at": key.created_at,
                "expires_at": key.expires_at,
            },
        }
        return Response(MeOut(found).data)
