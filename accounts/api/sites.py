"""`/api/v1/sites/`, for the vendor's people: partners' sites, and who is primary contact there."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import Conflict, Input, ResourceViewSet
from identity.models import PriceLevel, Programme, Site, SiteKind
from identity.privileges import Privilege, Standing

from .. import actions
from ..forms import site_number
from .ground import ANSWERS, LOWER_STANDINGS
from .members import MemberOut, read_again

P = Privilege


class PartnerSiteOut(serializers.Serializer[Site]):
    id = serializers.CharField(source="public_id")
    number = serializers.CharField(help_text="7 digits, as text.")
    name = serializers.CharField()
    kind = serializers.ChoiceField(SiteKind.choices)
    country = serializers.CharField(help_text="ISO 3166-1, two letters.")
    programme = serializers.ChoiceField(Programme.choices)
    price_level = serializers.ChoiceField(PriceLevel.choices)
    agreement_number = serializers.CharField()
    time_zone = serializers.CharField()
    web_domain = serializers.CharField()
    is_active = serializers.BooleanField()


class PrimaryIn(Input):
    member = serializers.CharField(
        max_length=40, help_text="The id of the member who becomes primary contact."
    )
    former = serializers.ChoiceField(
        LOWER_STANDINGS,
        default=Standing.SECONDARY,
        help_text="What the present primary contact becomes.",
    )
    reason = serializers.CharField(max_length=1000, help_text="The former primary contact reads it.")


class SiteFilters(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=100, required=False, help_text="A site number, or a part of the name."
    )
    kind = serializers.ChoiceField(SiteKind.choices, required=False)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False)


class SiteViewSet(ResourceViewSet):
    privileges: ClassVar = {"list": P.SITE_VIEW, "retrieve": P.SITE_VIEW, "primary": P.PRIMARY_CHANGE}
    answers: ClassVar = ANSWERS | {
        actions.AlreadyMember: Conflict("already_primary", _("They are the primary contact already."))
    }
    ordering = ("name", "id")
    versioned = False

    @extend_schema(
        summary="Partners' sites", parameters=[SiteFilters], responses={200: PartnerSiteOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        """For the vendor's people: every site, by name."""
        wanted = self.asked(SiteFilters)
        sites = Site.objects.filter(
            **{name: wanted[name] for name in ("kind", "country") if wanted.get(name)}
        )
        if wanted.get("q"):
            sites = sites.filter(named(wanted["q"]))
        return self.page_of(sites, PartnerSiteOut)

    @extend_schema(summary="One site", responses={200: PartnerSiteOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(Site.objects.all(), public_id), PartnerSiteOut)

    @extend_schema(summary="Change the primary contact", request=PrimaryIn, responses={200: MemberOut})
    @action(detail=True, methods=["post"])
    def primary(self, request: Request, public_id: str) -> Response:
        """Customer care makes a member the primary contact; all concerned are told."""
        wanted = self.valid(PrimaryIn)
        member = actions.change_primary(
            public_id,
            wanted["member"],
            former=wanted["former"],
            reason=wanted["reason"],
            by=self.actor,
            now=self.now,
        )
        return self.one(read_again(member), MemberOut)


def named(typed: str) -> Q:
    """Sites by number in any spelling, or by a part of the name."""
    wanted = Q(name__icontains=typed)
    try:
        return wanted | Q(number=site_number(typed))
    except forms.ValidationError:
        return wanted
