"""`/api/v1/access-requests/`: who asks for access to a site, and deciding about it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import Input, ResourceViewSet
from identity.privileges import Privilege, Refusal, Role, Tool

from .. import actions
from ..models import AccessCase, Problem, RejectReason, RequestKind, RequestStatus, Route
from .ground import ANSWERS, LOWER_STANDINGS, SiteNumberField, SiteRefOut, several
from .members import MemberOut, read_again

P = Privilege
PROBLEMS = [(each.value, each.label) for each in Problem if each.value]


class RefusalOut(serializers.Serializer[Refusal]):
    """Why something is not possible now, and who can change that."""

    reason = serializers.CharField()
    who = serializers.CharField()


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
