"""`/api/v1/solutions/`: what partners sell of their own, and its way to co-sell ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from deals.api.input import EmptyIn
from identity.api import CHANGED, Conflict, Input, ResourceViewSet
from identity.lists import typed
from identity.privileges import Privilege

from ..models import Incentive, Readiness, Solution, SolutionKind, SolutionStatus
from . import actions, listing
from .checklist import checklist
from .possible import SEERS

P = Privilege


class SolutionFilters(serializers.Serializer[Any]):
    q = serializers.CharField(
        required=False, max_length=200, help_text="A part of its name, or of the company's."
    )
    status = serializers.ChoiceField(SolutionStatus.choices, required=False)
    readiness = serializers.ChoiceField(Readiness.choices, required=False)


class SolutionStepOut(serializers.Serializer[Any]):
    step = serializers.CharField(source="step.name")
    text = serializers.SerializerMethodField(help_text="What is to be done, in your language.")
    by = serializers.SerializerMethodField(help_text="partner or vendor: who does it.")
    done = serializers.BooleanField()

    def get_text(self, line: Any) -> str:
        return str(line.step.what)

    def get_by(self, line: Any) -> str:
        return str(line.step.by.value)


class SolutionOut(serializers.Serializer[Solution]):
    id = serializers.CharField(source="public_id")
    site_name = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(SolutionKind.choices)
    description = serializers.CharField()
    customer_value = serializers.CharField()
    document_url = serializers.CharField()
    contact_name = serializers.CharField()
    contact_email = serializers.CharField()
    status = serializers.ChoiceField(SolutionStatus.choices)
    published_at = serializers.DateTimeField(allow_null=True)
    readiness = serializers.ChoiceField(Readiness.choices)
    readiness_note = serializers.CharField(help_text="What the vendor found missing.")
    asked_at = serializers.DateTimeField(allow_null=True)
    ready_at = serializers.DateTimeField(allow_null=True)
    incentive = serializers.ChoiceField(
        Incentive.choices, allow_blank=True, help_text="Of won deals with it."
    )
    checklist = serializers.SerializerMethodField(help_text="What leads to co-sell ready, in order.")
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")

    @extend_schema_field(SolutionStepOut(many=True))
    def get_checklist(self, solution: Solution) -> list[SolutionStepOut]:
        return SolutionStepOut(checklist(solution), many=True).data  # type: ignore[return-value]


class SolutionIn(Input):
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(SolutionKind.choices)
    description = serializers.CharField(max_length=2500, required=False, allow_blank=True, default="")
    customer_value = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    document_url = serializers.URLField(max_length=300, required=False, allow_blank=True, default="")
    contact_name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    contact_email = serializers.EmailField(max_length=254, required=False, allow_blank=True, default="")


class SolutionChangeIn(Input):
    """What is left out stays as it is."""

    name = serializers.CharField(max_length=120, required=False)
    kind = serializers.ChoiceField(SolutionKind.choices, required=False)
    description = serializers.CharField(max_length=2500, required=False, allow_blank=True)
    customer_value = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    document_url = serializers.URLField(max_length=300, required=False, allow_blank=True)
    contact_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    contact_email = serializers.EmailField(max_length=254, required=False, allow_blank=True)


class SolutionReadyIn(Input):
    incentive = serializers.ChoiceField(
        Incentive.choices,
        required=False,
        allow_blank=True,
        help_text="Of won deals with it. Left out, it stays the one that the solution had when it was ready before.",
    )


class SolutionNoteIn(Input):
    note = serializers.CharField(max_length=1000, help_text="What is missing; the partner reads it.")


class SolutionViewSet(ResourceViewSet):
    """A company's solutions; to the vendor's people those that partners published."""

    privileges: ClassVar = {
        "list": SEERS, "retrieve": SEERS,
        **dict.fromkeys(
            ("create", "partial_update", "publish", "ask", "take_back", "retire", "bring_back"), P.REFERRAL_MANAGE
        ),
        **dict.fromkeys(("make_ready", "send_back", "withdraw"), P.COSELL_DECIDE),
    }  # fmt: skip
    may_match = (
        "publish", "ask", "take_back", "retire", "bring_back", "make_ready", "send_back", "withdraw",
    )  # fmt: skip
    ordering = listing.NEWEST
    answers: ClassVar = {
        actions.SolutionChanged: CHANGED,
        actions.NameTaken: Conflict(
            "name_taken", gettext_lazy("Another solution of your company has this name.")
        ),
    }

    @extend_schema(
        summary="Solutions, the newest first",
        parameters=[SolutionFilters],
        responses={200: SolutionOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        asked = self.asked(SolutionFilters)
        found = listing.narrowed(Solution.objects.all(), typed(asked))
        for name in ("status", "readiness"):
            found = found.filter(**{name: asked[name]}) if asked.get(name) else found
        return self.page_of(found, SolutionOut)

    @extend_schema(summary="A solution", responses={200: SolutionOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self._found(public_id), SolutionOut)

    @extend_schema(summary="Describe a solution", request=SolutionIn, responses={201: SolutionOut})
    def create(self, request: Request) -> Response:
        """As a draft, which the vendor does not see."""
        content = actions.SolutionContent(**self.valid(SolutionIn))
        made = actions.write_solution(content, by=self.actor, now=self.now)
        return self.one(made, SolutionOut, status=201, at=("api-solutions-detail", made.public_id))

    @extend_schema(summary="Change a solution", request=SolutionChangeIn, responses={200: SolutionOut})
    def partial_update(self, request: Request, public_id: str) -> Response:
        """Where it is co-sell ready, another name, kind, description or value has the vendor look at it again."""
        solution = self._found(public_id)
        self.match(solution)
        present = {each.name: getattr(solution, each.name) for each in fields(actions.SolutionContent)}
        content = actions.SolutionContent(**(present | self.valid(SolutionChangeIn)))
        return self._do(actions.edit_solution, solution, content=content, version=solution.version)

    @extend_schema(summary="Publish a draft", request=EmptyIn, responses={200: SolutionOut})
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, public_id: str) -> Response:
        return self._deed(actions.publish_solution, public_id)

    @extend_schema(summary="Ask to make it co-sell ready", request=EmptyIn, responses={200: SolutionOut})
    @action(detail=True, methods=["post"])
    def ask(self, request: Request, public_id: str) -> Response:
        return self._deed(actions.ask_readiness, public_id)

    @extend_schema(summary="No longer ask", request=EmptyIn, responses={200: SolutionOut})
    @action(detail=True, methods=["post"])
    def take_back(self, request: Request, public_id: str) -> Response:
        return self._deed(actions.take_back, public_id)

    @extend_schema(summary="Retire a solution", request=EmptyIn, responses={200: SolutionOut})
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, public_id: str) -> Response:
        """No new deal can name it; those that do go on."""
        return self._deed(actions.retire_solution, public_id)

    @extend_schema(
        summary="Bring a retired solution back as a draft", request=EmptyIn, responses={200: SolutionOut}
    )
    @action(detail=True, methods=["post"])
    def bring_back(self, request: Request, public_id: str) -> Response:
        return self._deed(actions.bring_back, public_id)

    @extend_schema(
        summary="Make a solution co-sell ready", request=SolutionReadyIn, responses={200: SolutionOut}
    )
    @action(detail=True, methods=["post"])
    def make_ready(self, request: Request, public_id: str) -> Response:
        return self._deed(actions.make_ready, public_id, SolutionReadyIn)

    @extend_schema(
        summary="Send a solution back to its partner", request=SolutionNoteIn, responses={200: SolutionOut}
    )
    @action(detail=True, methods=["post"])
    def send_back(self, request: Request, public_id: str) -> Response:
        return self._deed(actions.send_back, public_id, SolutionNoteIn)

    @extend_schema(summary="Take readiness away", request=SolutionNoteIn, responses={200: SolutionOut})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, public_id: str) -> Response:
        return self._deed(actions.withdraw_readiness, public_id, SolutionNoteIn)

    def _found(self, public_id: str) -> Solution:
        solution: Solution = self.found(Solution.objects.all(), public_id)
        return solution

    def _deed(
        self, act: Callable[..., Solution], public_id: str, serializer: type[Input] = EmptyIn
    ) -> Response:
        solution = self._found(public_id)
        given = self.valid(serializer)
        return self._do(act, solution, **given, version=self.seen(solution))

    def _do(self, act: Callable[..., Solution], solution: Solution, **given: Any) -> Response:
        try:
            changed = act(solution, **given, by=self.actor, now=self.now)
        except actions.NotPossible as error:
            raise Conflict("not_possible", f"{error.refusal.reason} {error.refusal.who}") from None
        except actions.NoteMissing:
            raise serializers.ValidationError({"note": [_("Say what is missing.")]}) from None
        return self.one(changed, SolutionOut)
