"""`/api/v1/members/`: the people of a site, what they may, and adding and removing them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import Input, ResourceViewSet
from identity.models import Membership, MembershipStatus, UserManager
from identity.privileges import Privilege, Role, Standing, Tool

from .. import actions
from ..forms import NAME
from .ground import ANSWERS, LOWER_STANDINGS, SiteNumberField, SiteRefOut, several
from .invitations import InvitationOut

P = Privilege
PHONE = r"^\+?[0-9 ()./-]{5,}$"  # as in the form


class MemberOut(serializers.Serializer[Membership]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    email = serializers.EmailField()
    job_title = serializers.CharField()
    phone = serializers.CharField()
    standing = serializers.ChoiceField(Standing.choices)
    tools = several(Tool)
    roles = several(Role)
    status = serializers.ChoiceField(MembershipStatus.choices)
    site = SiteRefOut()
    created_at = serializers.DateTimeField()
    removed_at = serializers.DateTimeField(allow_null=True)


class RightsIn(Input):
    tools = several(Tool)
    roles = several(Role)


class MemberIn(Input):
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=NAME)
    job_title = serializers.CharField(max_length=NAME, required=False, allow_blank=True)
    tools = several(Tool, required=False)
    roles = several(Role, required=False)

    def validate_email(self, value: str) -> str:
        return UserManager.normalise(value)


class MemberChangeIn(Input):
    """What is left out stays as it is."""

    name = serializers.CharField(max_length=NAME, required=False)
    job_title = serializers.CharField(max_length=NAME, required=False, allow_blank=True)
    phone = serializers.RegexField(PHONE, max_length=40, required=False, allow_blank=True)


class StandingIn(Input):
    standing = serializers.ChoiceField(LOWER_STANDINGS)


class MemberFilters(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=100, required=False, help_text="A part of the name or e-mail.")
    standing = serializers.ChoiceField(Standing.choices, required=False)
    role = serializers.ChoiceField(Role.choices, required=False)
    tool = serializers.ChoiceField(Tool.choices, required=False)
    status = serializers.ChoiceField(
        MembershipStatus.choices, required=False, help_text="active if not given."
    )
    site = SiteNumberField(required=False, help_text="For the vendor's people: one site's members.")


class AddedOut(serializers.Serializer[Any]):
    """One of the two: a member, when the address has a vendor ID; else an invitation, sent to the address."""

    member = MemberOut(allow_null=True)
    invitation = InvitationOut(allow_null=True)


class MemberViewSet(ResourceViewSet):
    privileges: ClassVar = {
        "list": (P.MEMBER_VIEW, P.SITE_VIEW),
        "retrieve": (P.MEMBER_VIEW, P.SITE_VIEW),
        "create": P.MEMBER_MANAGE,
        "partial_update": (P.MEMBER_VIEW, P.PRIMARY_CHANGE),
        "rights": (P.MEMBER_MANAGE, P.ROLE_GRANT, P.PRIMARY_CHANGE),
        "standing": (P.MEMBER_MANAGE, P.PRIMARY_CHANGE),
        "destroy": (P.MEMBER_MANAGE, P.PRIMARY_CHANGE),
    }
    answers: ClassVar = ANSWERS
    ordering = ("name", "id")
    matched = ("destroy",)

    def _members(self) -> QuerySet[Membership]:
        """A partner's own site only: one's places at other sites are no members of this one."""
        members = Membership.objects.select_related("site")
        return members if self.actor.is_staff else members.filter(site_id=self.actor.site_id or 0)

    def _seen(self, public_id: str) -> Membership:
        """An active member as the caller has seen it. Raises Http404, and what `match` raises."""
        member: Membership = self.found(self._members(), public_id, status=MembershipStatus.ACTIVE)
        self.match(member)
        return member

    @extend_schema(
        summary="The people of the site", parameters=[MemberFilters], responses={200: MemberOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        """Everybody with access, by name. The vendor's people see those of all sites."""
        wanted = self.asked(MemberFilters)
        members = self._members().filter(status=wanted.get("status", MembershipStatus.ACTIVE))
        conditions = {
            "standing": lambda value: Q(standing=value),
            "role": lambda value: Q(roles__contains=[value]),
            "tool": lambda value: Q(tools__contains=[value]),
            "site": lambda value: Q(site__number=value),
            "q": lambda value: Q(name__icontains=value) | Q(email__icontains=value),
        }
        for name, condition in conditions.items():
            if wanted.get(name):
                members = members.filter(condition(wanted[name]))
        return self.page_of(members, MemberOut)

    @extend_schema(summary="One member", responses={200: MemberOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(self._members(), public_id), MemberOut)

    @extend_schema(
        summary="Add somebody",
        request=MemberIn,
        responses={201: AddedOut},
        examples=[
            OpenApiExample(
                "A sales representative",
                value={
                    "email": "nadia@nile.example",
                    "name": "Nadia Farouk",
                    "job_title": "Sales",
                    "tools": ["deal_registration"],
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Whoever has a vendor ID with this address has access at once; others get an invitation by mail."""
        added = actions.add_member(**self.valid(MemberIn), by=self.actor, now=self.now)
        member, invitation = (added, None) if isinstance(added, Membership) else (None, added)
        return Response(AddedOut({"member": member, "invitation": invitation}).data, status=201)

    @extend_schema(summary="Correct a member's details", request=MemberChangeIn, responses={200: MemberOut})
    def partial_update(self, request: Request, public_id: str) -> Response:
        """One's own, or those of people one manages."""
        member = self._seen(public_id)
        present = {name: getattr(member, name) for name in ("name", "job_title", "phone")}
        wanted = present | self.valid(MemberChangeIn)
        changed = actions.edit_member(
            public_id, version=member.version, **wanted, by=self.actor, now=self.now
        )
        return self.one(changed, MemberOut)

    @extend_schema(summary="Set a member's tools and roles", request=RightsIn, responses={200: MemberOut})
    @action(detail=True, methods=["put"])
    def rights(self, request: Request, public_id: str) -> Response:
        """Exactly these. What one does not hold oneself can neither be given nor taken."""
        member = self._seen(public_id)
        wanted = self.valid(RightsIn)
        changed = actions.grant_privileges(
            public_id, version=member.version, **wanted, by=self.actor, now=self.now
        )
        return self.one(changed, MemberOut)

    @extend_schema(
        summary="Make or unmake a secondary contact", request=StandingIn, responses={200: MemberOut}
    )
    @action(detail=True, methods=["put"])
    def standing(self, request: Request, public_id: str) -> Response:
        """The primary contact delegates, and takes back."""
        member = self._seen(public_id)
        wanted = self.valid(StandingIn)["standing"]
        changed = actions.set_standing(public_id, wanted, version=member.version, by=self.actor, now=self.now)
        return self.one(changed, MemberOut)

    @extend_schema(summary="End somebody's access", responses={204: OpenApiResponse(description="Ended.")})
    def destroy(self, request: Request, public_id: str) -> Response:
        """From their very next request on; their API keys for the site end too."""
        member = self._seen(public_id)
        actions.remove_member(public_id, version=member.version, by=self.actor, now=self.now)
        return Response(status=204)


def read_again(member: Membership) -> Membership:
    """The member together with its site, as it is after an action."""
    return Membership.objects.select_related("site").get(id=member.id)
