"""`/api/v1/profiles/`: a partner's business profiles, and what the vendor does with those that wait."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from deals.api.input import EmptyIn
from identity.api import CHANGED, Conflict, Input, ResourceViewSet
from identity.places import countries
from identity.privileges import Privilege

from .. import tags as known
from ..models import Location, Profile, ProfileState
from ..states import CompanySize
from . import actions
from .content import LANGUAGES, ProfileContent, each_once
from .logos import LogoRefused, logo_in

P = Privilege
READERS = (P.PROFILE_EDIT, P.COSELL_DECIDE)
PLAIN = ("name", "description", "website", "turns_away")
LISTS = ("tags", "languages", "sizes")
LARGEST_SENT = 1_400_000  # characters of a logo in base64: a call has up to 2 MB


class ProfileFilters(serializers.Serializer[Any]):
    state = serializers.ChoiceField(ProfileState.choices, required=False)


class ProfileOut(serializers.Serializer[Profile]):
    id = serializers.CharField(source="public_id")
    country = serializers.CharField(help_text="ISO 3166-1. A site has one profile for each.")
    name = serializers.CharField()
    description = serializers.CharField()
    website = serializers.CharField()
    locations = serializers.SerializerMethodField(help_text="Ids of the site's locations, in their order.")
    tags = serializers.ListField(child=serializers.CharField(), help_text="Codes of the closed lists.")
    skills = serializers.ListField(child=serializers.CharField())
    languages = serializers.ListField(child=serializers.CharField(), help_text="ISO 639.")
    sizes = serializers.ListField(
        child=serializers.ChoiceField(CompanySize.choices), help_text="Empty: customers of any size."
    )
    turns_away = serializers.BooleanField(
        help_text="Whether enquiries of customers of another size are turned away at once."
    )
    has_logo = serializers.SerializerMethodField()
    site = serializers.CharField(source="site_number", help_text="The partner's number, 7 digits as text.")
    state = serializers.ChoiceField(ProfileState.choices)
    is_public = serializers.BooleanField(help_text="Whether customers read it, or what was live before.")
    published_at = serializers.DateTimeField(allow_null=True)
    live_at = serializers.DateTimeField(allow_null=True, help_text="When what waits goes live by itself.")
    live_since = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Why the vendor stopped it.")
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")

    def get_locations(self, profile: Profile) -> list[str]:
        return [
            each.location.public_id for each in sorted(profile.locations.all(), key=lambda it: it.position)
        ]

    def get_has_logo(self, profile: Profile) -> bool:
        return bool(profile.logo)


def _texts(most: int, **more: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=most, required=False, **more
    )


class ProfileChangeIn(Input):
    """What is not sent stays as it is."""

    name = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    website = serializers.CharField(max_length=300, required=False, allow_blank=True)
    locations = _texts(20, help_text="Ids of up to 5 of the site's locations.")
    tags = _texts(60, help_text="Codes of industries, products and services; up to 10 of each.")
    skills = _texts(40, help_text="Up to 20, in your own words.")
    languages = _texts(50, help_text="ISO 639.")
    sizes = _texts(8, help_text="Of customers; none means any.")
    turns_away = serializers.BooleanField(required=False)


class ProfileIn(ProfileChangeIn):
    country = serializers.RegexField("^[A-Z]{2}$", help_text="ISO 3166-1.")
    name = serializers.CharField(max_length=120)

    def validate_country(self, code: str) -> str:
        if code not in countries():
            raise serializers.ValidationError(_("There is no such country."))
        return code


class ProfileLogoIn(Input):
    content = serializers.CharField(
        max_length=LARGEST_SENT, allow_blank=True,
        help_text="A PNG or JPEG in base64, made smaller than 300 pixels if it is wider; empty takes the logo off.",
    )  # fmt: skip


class ProfileStopIn(Input):
    reason = serializers.CharField(max_length=1000, help_text="The partner reads it.")


class ProfileTagOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    kind = serializers.ChoiceField(known.TagKind.choices)
    name = serializers.CharField(help_text="In your language.")


class ProfileListsOut(serializers.Serializer[Any]):
    tags = ProfileTagOut(many=True)
    languages = serializers.ListField(child=serializers.CharField())


class ProfileViewSet(ResourceViewSet):
    """What partners say of themselves: a site's own; to the vendor's people those that are no drafts."""

    privileges: ClassVar = {
        "list": READERS, "retrieve": READERS, "lists": READERS, "create": P.PROFILE_EDIT,
        "partial_update": P.PROFILE_EDIT, "destroy": P.PROFILE_EDIT, "logo": P.PROFILE_EDIT,
        "publish": P.PROFILE_EDIT, "take_back": P.PROFILE_EDIT, "withdraw": P.PROFILE_EDIT,
        "approve": P.COSELL_DECIDE, "stop": P.COSELL_DECIDE,
    }  # fmt: skip
    may_match = ("publish", "take_back", "withdraw", "approve", "stop", "logo", "destroy")
    ordering = ("-changed_at", "-id")
    answers: ClassVar = {actions.ProfileChanged: CHANGED}

    @extend_schema(
        summary="Business profiles", parameters=[ProfileFilters], responses={200: ProfileOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        """The one that was changed last first."""
        found = _rows()
        if state := self.asked(ProfileFilters).get("state"):
            found = found.filter(state=state)
        return self.page_of(found, ProfileOut)

    @extend_schema(summary="A business profile", responses={200: ProfileOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(_rows(), public_id), ProfileOut)

    @extend_schema(summary="The closed lists of tags and languages", responses={200: ProfileListsOut})
    @action(detail=False, methods=["get"], pagination_class=None)
    def lists(self, request: Request) -> Response:
        tags = [{"code": code, "kind": known.kind_of(code), "name": name} for code, name in known.CHOICES]
        return Response(ProfileListsOut({"tags": tags, "languages": LANGUAGES}).data)

    @extend_schema(summary="Begin a profile", request=ProfileIn, responses={201: ProfileOut})
    def create(self, request: Request) -> Response:
        """A draft, for a country that has none yet."""
        given = self.valid(ProfileIn)
        content = self._content(ProfileContent(name=given["name"]), given)
        try:
            profile = actions.make_profile(given["country"], content, by=self.actor, now=self.now)
        except actions.BadProfile as bad:
            raise serializers.ValidationError(bad.errors) from None
        except actions.ProfileExists as exists:
            details = {"id": exists.profile.public_id}
            text = _("Your site has a profile for this country. Change that one.")
            raise Conflict("profile_exists", text, details=details) from None
        return self.one(profile, ProfileOut, status=201, at=("api-profiles-detail", profile.public_id))

    @extend_schema(summary="Change a profile", request=ProfileChangeIn, responses={200: ProfileOut})
    def partial_update(self, request: Request, public_id: str) -> Response:
        """What is live stays until the changes are published and live; what waited has to be published again."""
        profile = self.found(_rows(), public_id)
        self.match(profile)
        return self._edit(profile, self._content(_content_of(profile), self.valid(ProfileChangeIn)))

    @extend_schema(summary="Throw a draft away", responses={204: None})
    def destroy(self, request: Request, public_id: str) -> Response:
        """Only what was never published."""
        self._act(actions.delete_draft, self.found(_rows(), public_id))
        return Response(status=204)

    @extend_schema(summary="Send a logo, or take it off", request=ProfileLogoIn, responses={200: ProfileOut})
    @action(detail=True, methods=["post"])
    def logo(self, request: Request, public_id: str) -> Response:
        profile = self.found(_rows(), public_id)
        sent = self.valid(ProfileLogoIn)["content"]
        if not sent:
            return self._edit(profile, _content_of(profile), without_logo=True)
        try:
            picture = base64.b64decode(sent, validate=True)
            logo = logo_in(io.BytesIO(picture), len(picture))
        except (binascii.Error, ValueError):
            raise serializers.ValidationError({"content": [_("This is not base64.")]}) from None
        except LogoRefused as refused:
            raise serializers.ValidationError({"content": [str(refused.reason)]}) from None
        return self._edit(profile, _content_of(profile), logo=logo)

    @extend_schema(summary="Publish a profile", request=EmptyIn, responses={200: ProfileOut})
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, public_id: str) -> Response:
        """It goes live by itself at `live_at`, unless the vendor stops it or is quicker."""
        return self._do(actions.publish, public_id)

    @extend_schema(summary="Take back what waits", request=EmptyIn, responses={200: ProfileOut})
    @action(detail=True, methods=["post"])
    def take_back(self, request: Request, public_id: str) -> Response:
        return self._do(actions.take_back, public_id)

    @extend_schema(summary="Withdraw a profile", request=EmptyIn, responses={200: ProfileOut})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, public_id: str) -> Response:
        """Customers do not find it any more, from now on."""
        return self._do(actions.withdraw, public_id)

    @extend_schema(summary="Let a profile go live", request=EmptyIn, responses={200: ProfileOut})
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, public_id: str) -> Response:
        """At once, for the vendor's people."""
        return self._do(actions.approve, public_id)

    @extend_schema(summary="Stop a profile", request=ProfileStopIn, responses={200: ProfileOut})
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, public_id: str) -> Response:
        """What waits does not go live; what is live is taken away. For the vendor's people."""
        profile = self.found(_rows(), public_id)
        reason = self.valid(ProfileStopIn)["reason"]
        return self.one(self._act(actions.stop, profile, reason=reason), ProfileOut)

    # ---------------------------------------------------------------------------------------- the ground

    def _do(self, act: Callable[..., Profile], public_id: str) -> Response:
        profile = self.found(_rows(), public_id)
        self.valid(EmptyIn)
        return self.one(self._act(act, profile), ProfileOut)

    def _act(self, act: Callable[..., Any], profile: Profile, **given: Any) -> Any:
        try:
            return act(profile, version=self.seen(profile), by=self.actor, now=self.now, **given)
        except actions.NotPossible as refused:
            text = f"{refused.refusal.reason} {refused.refusal.who}"
            raise Conflict("profile_state", text) from None
        except actions.BadProfile as bad:
            raise serializers.ValidationError(bad.errors) from None

    def _edit(self, profile: Profile, content: ProfileContent, **logo: Any) -> Response:
        edited = self._act(lambda held, **seen: actions.edit_profile(held, content, **logo, **seen), profile)
        return self.one(edited, ProfileOut)

    def _content(self, before: ProfileContent, given: dict[str, Any]) -> ProfileContent:
        said: dict[str, Any] = {
            name: tuple(given[name]) if name in LISTS else given[name]
            for name in (*PLAIN, *LISTS)
            if name in given
        }
        if "skills" in given:
            said["skills"] = each_once(given["skills"])
        if "locations" in given:
            said["locations"] = self._places(given["locations"])
        return replace(before, **said)

    def _places(self, public_ids: Sequence[str]) -> tuple[Location, ...]:
        """The site's own, in the order in which they were named. Raises ValidationError for another's."""
        there = {each.public_id: each for each in Location.objects.filter(public_id__in=public_ids)}
        missing = [public_id for public_id in public_ids if public_id not in there]
        if missing:
            text = _("Your site has no location %(id)s.") % {"id": missing[0][:40]}
            raise serializers.ValidationError({"locations": [text]})
        return tuple(there[public_id] for public_id in dict.fromkeys(public_ids))


def _rows() -> Any:
    return Profile.objects.prefetch_related("locations__location")


def _content_of(profile: Profile) -> ProfileContent:
    places = sorted(profile.locations.all(), key=lambda each: each.position)
    return ProfileContent(
        name=profile.name, description=profile.description, website=profile.website,
        locations=tuple(each.location for each in places), tags=tuple(profile.tags), skills=tuple(profile.skills),
        languages=tuple(profile.languages), sizes=tuple(profile.sizes), turns_away=profile.turns_away,
    )  # fmt: skip
