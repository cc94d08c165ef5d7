"""`/api/v1/members/`, `/invitations/`, `/access-requests/`, and for the vendor's people `/sites/`."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import CHANGED, Conflict, Input, Refused, ResourceViewSet
from identity.models import (
    Membership,
    MembershipStatus,
    PriceLevel,
    Programme,
    Site,
    SiteKind,
    UserManager,
)
from identity.privileges import Privilege, Refusal, Role, Standing, Tool

from . import actions, queries
from .forms import NAME, site_number
from .models import (
    AccessCase,
    Invitation,
    Problem,
    RejectReason,
    RequestKind,
    RequestStatus,
    Route,
)

P = Privilege
PHONE = r"^\+?[0-9 ()./-]{5,}$"  # as in the form
LOWER_STANDINGS = [(each.value, each.label) for each in (Standing.SECONDARY, Standing.MEMBER)]
PROBLEMS = [(each.value, each.label) for each in Problem if each.value]
Answers = dict[type[Exception], Refused]

TOO_MANY = Refused(429, "too_many_today", _("That is as many people as one can add in a day."), wait=60 * 60)
ANSWERS: Answers = {
    actions.MemberChanged: CHANGED,
    actions.TooManyToday: TOO_MANY,
    actions.AlreadyMember: Conflict("already_member", _("Whoever has this address has access already.")),
    actions.RequestClosed: Conflict("request_closed", _("This request was decided or withdrawn meanwhile.")),
    actions.NumberUnknown: Conflict("site_unknown", _("Say first which site is meant.")),
    actions.InvitationEnded: Conflict(
        "invitation_ended", _("This invitation was used or taken back meanwhile.")
    ),
}


def several(choices: Any, **extra: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.ChoiceField(choices.choices), **extra)


class SiteNumberField(serializers.CharField):
    """A site number in any spelling; its value is the seven digits."""

    def to_internal_value(self, data: Any) -> str:
        try:
            return site_number(super().to_internal_value(data))
        except forms.ValidationError as error:
            raise serializers.ValidationError(error.messages) from None


class SiteRefOut(serializers.Serializer[Site]):
    number = serializers.CharField(help_text="7 digits, as text.")
    name = serializers.CharField()


class RefusalOut(serializers.Serializer[Refusal]):
    """Why something is not possible now, and who can change that."""

    reason = serializers.CharField()
    who = serializers.CharField()


# -------------------------------------------------------------------------------------------- members


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


class InvitationOut(serializers.Serializer[Invitation]):
    id = serializers.CharField(source="public_id")
    email = serializers.EmailField()
    name = serializers.CharField()
    job_title = serializers.CharField()
    tools = several(Tool)
    roles = several(Role)
    invited_by = serializers.CharField(source="invited_by_name")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


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


class InvitationViewSet(ResourceViewSet):
    privileges: ClassVar = {"list": P.MEMBER_MANAGE, "revoke": P.MEMBER_MANAGE, "resend": P.MEMBER_MANAGE}
    answers: ClassVar = ANSWERS
    ordering = ("-created_at", "-id")

    @extend_schema(summary="Open invitations", responses={200: InvitationOut(many=True)})
    def list(self, request: Request) -> Response:
        """Sent to addresses without a vendor ID, and not accepted yet; the newest first."""
        return self.page_of(queries.open_invitations().order_by(), InvitationOut)

    @extend_schema(summary="Take an invitation back", request=None, responses={200: InvitationOut})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, public_id: str) -> Response:
        return self.one(actions.revoke_invitation(public_id, by=self.actor, now=self.now), InvitationOut)

    @extend_schema(summary="Send a new link", request=None, responses={200: InvitationOut})
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, public_id: str) -> Response:
        """With a new term; the former link no longer works."""
        return self.one(actions.resend_invitation(public_id, by=self.actor, now=self.now), InvitationOut)


def read_again(member: Membership) -> Membership:
    """The member together with its site, as it is after an action."""
    return Membership.objects.select_related("site").get(id=member.id)


# -------------------------------------------------------------------------------------------- requests


class AccessRequestOut(serializers.Serializer[AccessCase]):
    id = serializers.CharField(source="public_id")
    number = serializers.CharField(help_text="The site number as it was typed.")
    site = SiteRefOut(allow_null=True)
    kind = serializers.ChoiceField(RequestKind.choices)
    name = serializers.CharField()
    email = serializers.EmailField()
    message = serializers.CharField()
    job_title = serializers.CharField()
    company_email = serializers.CharField()
    reason = serializers.CharField(help_text="Why the primary contact should change.")
    status = serializers.ChoiceField(RequestStatus.choices)
    created_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="When customer care takes over.")
    route = serializers.ChoiceField(Route.choices, help_text="Who decides.")
    problem = serializers.ChoiceField(PROBLEMS, allow_null=True, source="problem_or_none")
    closed_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(source="decided_by_name")
    reject_code = serializers.ChoiceField(RejectReason.choices, allow_null=True, source="reject_code_or_none")
    decision_text = serializers.CharField()
    tools = several(Tool, help_text="What was granted.")
    roles = several(Role)
    refusal = serializers.SerializerMethodField(help_text="Why you cannot decide it; null when you can.")

    def to_representation(self, case: AccessCase) -> dict[str, Any]:
        case.problem_or_none = case.problem or None  # type: ignore[attr-defined]
        case.reject_code_or_none = case.reject_code or None  # type: ignore[attr-defined]
        return super().to_representation(case)

    @extend_schema_field(RefusalOut(allow_null=True))
    def get_refusal(self, case: AccessCase) -> Any:
        refusal = actions.why_not_decide(self.context["view"].actor, case)
        return RefusalOut(refusal).data if refusal else None


class ApproveIn(Input):
    tools = several(Tool, required=False)
    roles = several(Role, required=False)
    former_primary = serializers.ChoiceField(
        LOWER_STANDINGS,
        required=False,
        help_text="What the present primary contact becomes after an authorisation form.",
    )


class RejectIn(Input):
    code = serializers.ChoiceField(RejectReason.choices)
    text = serializers.CharField(max_length=1000, help_text="The applicant reads it word for word.")


class AssignIn(Input):
    number = SiteNumberField(help_text="The number of the site that is meant.")


class AccessRequestFilters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(RequestStatus.choices, required=False)
    kind = serializers.ChoiceField(RequestKind.choices, required=False)
    route = serializers.ChoiceField(Route.choices, required=False)
    overdue = serializers.BooleanField(required=False, help_text="Only what nobody decided in time.")


class AccessRequestViewSet(ResourceViewSet):
    privileges: ClassVar = {
        "list": (P.MEMBER_MANAGE, P.REQUEST_DECIDE),
        "retrieve": (P.MEMBER_MANAGE, P.REQUEST_DECIDE),
        "approve": (P.MEMBER_MANAGE, P.REQUEST_DECIDE),
        "reject": (P.MEMBER_MANAGE, P.REQUEST_DECIDE),
        "assign": P.REQUEST_DECIDE,
    }
    answers: ClassVar = ANSWERS
    ordering = ("due_at", "id")
    versioned = False

    def _cases(self) -> QuerySet[AccessCase]:
        cases = AccessCase.objects.select_related("site")
        return cases if self.actor.is_staff else cases.exclude(user_id=self.actor.user_id or 0)

    @extend_schema(
        summary="Requests for access",
        parameters=[AccessRequestFilters],
        responses={200: AccessRequestOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        """Those of the own site; for customer care, all. What is due first comes first."""
        wanted = self.asked(AccessRequestFilters)
        cases = self._cases().filter(
            **{name: wanted[name] for name in ("status", "kind", "route") if wanted.get(name)}
        )
        if wanted.get("overdue"):
            cases = cases.filter(status=RequestStatus.WAITING, due_at__lte=self.now)
        return self.page_of(cases, AccessRequestOut)

    @extend_schema(summary="One request for access", responses={200: AccessRequestOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(self._cases(), public_id), AccessRequestOut)

    @extend_schema(summary="Let the applicant in", request=ApproveIn, responses={200: MemberOut})
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, public_id: str) -> Response:
        """With these tools and roles, of those one holds oneself; a form makes them primary contact."""
        member = actions.approve_request(public_id, **self.valid(ApproveIn), by=self.actor, now=self.now)
        return self.one(read_again(member), MemberOut)

    @extend_schema(summary="Turn the applicant down", request=RejectIn, responses={200: AccessRequestOut})
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, public_id: str) -> Response:
        """With a reason, in a code and in words, which they are told."""
        case = actions.reject_request(public_id, **self.valid(RejectIn), by=self.actor, now=self.now)
        return self.one(self.found(self._cases(), case.public_id), AccessRequestOut)

    @extend_schema(summary="Say which site is meant", request=AssignIn, responses={200: AccessRequestOut})
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, public_id: str) -> Response:
        """Customer care corrects the number of a request whose number was mistyped."""
        number = self.valid(AssignIn)["number"]
        try:
            case = actions.assign_site(public_id, number, by=self.actor, now=self.now)
        except actions.NumberUnknown:
            message = _("There is no active site with this number.")
            raise serializers.ValidationError({"number": [message]}) from None
        return self.one(self.found(self._cases(), case.public_id), AccessRequestOut)


# -------------------------------------------------------------------------------------------- sites


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
