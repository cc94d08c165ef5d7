"""`/api/v1/won-registrations/`: won deals that are registered for an incentive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from deals.api.input import CURRENCY_CHOICES, AmountField, EmptyIn, minor_units
from deals.api.output import decimals
from identity.api import CHANGED, Conflict, Input, ResourceViewSet
from identity.lists import typed
from identity.privileges import Privilege, Refusal

from ..models import (
    Deployment,
    Incentive,
    PricingModel,
    Referral,
    RegisteredSolution,
    RegistrationStatus,
    RegistrationStep,
    WonRegistration,
)
from . import actions, listing
from .content import Item, RegistrationContent, eligible_solutions
from .possible import SEERS, why_not_register

P = Privilege


class WonRegistrationFilters(serializers.Serializer[Any]):
    q = serializers.CharField(
        required=False, max_length=200, help_text="A part of deal, customer or company."
    )
    status = serializers.ChoiceField(RegistrationStatus.choices, required=False)


class RegisteredSolutionOut(serializers.Serializer[RegisteredSolution]):
    solution = serializers.CharField(source="solution.public_id")
    name = serializers.CharField()
    value = serializers.SerializerMethodField(
        "get_amount", help_text="A decimal number, in the contract's currency."
    )
    deployed = serializers.ChoiceField(Deployment.choices)
    pricing = serializers.ChoiceField(PricingModel.choices)
    marketplace_id = serializers.CharField()

    @extend_schema_field(str)
    def get_amount(self, item: RegisteredSolution) -> str | None:
        return decimals(item.value, item.registration.currency)


class RegistrationStepOut(serializers.Serializer[RegistrationStep]):
    status = serializers.ChoiceField(RegistrationStatus.choices)
    at = serializers.DateTimeField()
    by = serializers.CharField(source="by_name")
    by_vendor = serializers.BooleanField()
    note = serializers.CharField()


class WonRegistrationOut(serializers.Serializer[WonRegistration]):
    id = serializers.CharField(source="public_id")
    engagement = serializers.CharField()
    deal = serializers.CharField(source="referral.public_id")
    deal_name = serializers.CharField(source="referral_name")
    customer_name = serializers.CharField()
    site_number = serializers.CharField()
    site_name = serializers.CharField()
    location_name = serializers.CharField()
    incentive = serializers.ChoiceField(Incentive.choices)
    contract_value = serializers.SerializerMethodField(help_text="A decimal number.")
    currency = serializers.CharField(help_text="ISO 4217.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, help_text="Null where the contract has no end.")
    signed_on = serializers.DateField()
    solutions = RegisteredSolutionOut(many=True)
    status = serializers.ChoiceField(RegistrationStatus.choices)
    note = serializers.CharField(help_text="What was said with the last step.")
    answer_by = serializers.DateTimeField(help_text="Until when the vendor promises an answer.")
    steps = RegistrationStepOut(many=True)
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")

    @extend_schema_field(str)
    def get_contract_value(self, registration: WonRegistration) -> str | None:
        return decimals(registration.contract_value, registration.currency)


class RegisteredSolutionIn(Input):
    solution = serializers.CharField(max_length=12, help_text="The id of a solution of the deal.")
    value = AmountField()
    deployed = serializers.ChoiceField(Deployment.choices)
    pricing = serializers.ChoiceField(PricingModel.choices)
    marketplace_id = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class WonRegistrationIn(Input):
    deal = serializers.CharField(max_length=12, help_text="The id of a won co-sell or partner-led deal.")
    incentive = serializers.ChoiceField(Incentive.choices)
    contract_value = AmountField()
    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    signed_on = serializers.DateField()
    solutions = RegisteredSolutionIn(many=True, max_length=50)  # type: ignore[call-arg]


class WonRegistrationCorrectIn(Input):
    """The registration as it is to be: what is left out is missing."""

    incentive = serializers.ChoiceField(Incentive.choices)
    contract_value = AmountField()
    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    signed_on = serializers.DateField()
    solutions = RegisteredSolutionIn(many=True, max_length=50)  # type: ignore[call-arg]
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class WonRegistrationReasonIn(Input):
    note = serializers.CharField(max_length=2000, help_text="Why; the partner reads it.")


class WonRegistrationApproveIn(Input):
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class WonRegistrationViewSet(ResourceViewSet):
    """Registrations of the locations of a referrals administrator; all for the vendor's people who decide."""

    privileges: ClassVar = {
        "list": SEERS, "retrieve": SEERS,
        **dict.fromkeys(("create", "correct", "withdraw"), P.REFERRAL_MANAGE),
        **dict.fromkeys(("approve", "require_action", "fail", "close"), P.COSELL_DECIDE),
    }  # fmt: skip
    matched = ("correct",)
    may_match = ("withdraw", "approve", "require_action", "fail", "close")
    ordering = listing.NEWEST
    answers: ClassVar = {actions.RegistrationChanged: CHANGED}

    @extend_schema(
        summary="Registrations of won deals, the newest first",
        parameters=[WonRegistrationFilters],
        responses={200: WonRegistrationOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        asked = self.asked(WonRegistrationFilters)
        found = listing.narrowed(self._all(), typed(asked))
        if status := asked.get("status"):
            found = found.filter(status=status)
        return self.page_of(found, WonRegistrationOut)

    @extend_schema(summary="A registration of a won deal", responses={200: WonRegistrationOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(self._all(), public_id), WonRegistrationOut)

    @extend_schema(
        summary="Register a won deal", request=WonRegistrationIn, responses={201: WonRegistrationOut}
    )
    def create(self, request: Request) -> Response:
        """For an incentive. The first rule of eligibility that the deal fails is the answer's message."""
        given = self.valid(WonRegistrationIn)
        referral = Referral.objects.filter(public_id=given.pop("deal")).first()
        if referral is None:
            raise serializers.ValidationError({"deal": [_("You see no deal of this id.")]})
        if refused := why_not_register(
            referral, self.actor, self.now
        ):  # before what is wrong with its contents
            raise _conflict(refused)
        content = _content(given, referral)
        made = self._doing(actions.register_won_deal, referral, content)
        at = ("api-won-registrations-detail", made.public_id)
        return self.one(self._again(made), WonRegistrationOut, status=201, at=at)

    @extend_schema(
        summary="Correct a registration and send it again",
        request=WonRegistrationCorrectIn,
        responses={200: WonRegistrationOut},
    )
    @action(detail=True, methods=["put"])
    def correct(self, request: Request, public_id: str) -> Response:
        """Only where action is required."""
        registration = self.found(self._all(), public_id)
        self.match(registration)
        given = self.valid(WonRegistrationCorrectIn)
        note = given.pop("note")
        content = _content(given, registration.referral)
        version = registration.version
        changed = self._doing(actions.correct, registration, content, note=note, version=version)
        return self.one(self._again(changed), WonRegistrationOut)

    @extend_schema(summary="Withdraw a registration", request=EmptyIn, responses={200: WonRegistrationOut})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, public_id: str) -> Response:
        """The deal can be registered again."""
        return self._deed(actions.withdraw, public_id, EmptyIn)

    @extend_schema(
        summary="Approve a registration",
        request=WonRegistrationApproveIn,
        responses={200: WonRegistrationOut},
    )
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, public_id: str) -> Response:
        return self._deed(actions.approve, public_id, WonRegistrationApproveIn)

    @extend_schema(
        summary="Ask for a correction", request=WonRegistrationReasonIn, responses={200: WonRegistrationOut}
    )
    @action(detail=True, methods=["post"])
    def require_action(self, request: Request, public_id: str) -> Response:
        return self._deed(actions.require_action, public_id, WonRegistrationReasonIn)

    @extend_schema(
        summary="Say that it is not eligible",
        request=WonRegistrationReasonIn,
        responses={200: WonRegistrationOut},
    )
    @action(detail=True, methods=["post"])
    def fail(self, request: Request, public_id: str) -> Response:
        return self._deed(actions.fail, public_id, WonRegistrationReasonIn)

    @extend_schema(
        summary="Close a registration", request=WonRegistrationReasonIn, responses={200: WonRegistrationOut}
    )
    @action(detail=True, methods=["post"])
    def close(self, request: Request, public_id: str) -> Response:
        return self._deed(actions.close, public_id, WonRegistrationReasonIn)

    def _all(self) -> Any:
        items = RegisteredSolution.objects.select_related("solution").order_by("name", "id")
        steps = RegistrationStep.objects.order_by("id")
        return WonRegistration.objects.select_related("referral").prefetch_related(
            Prefetch("solutions", items), Prefetch("steps", steps)
        )

    def _again(self, registration: WonRegistration) -> WonRegistration:
        """As it is now, with its parts."""
        found: WonRegistration = self._all().get(id=registration.id)
        return found

    def _deed(self, act: Callable[..., WonRegistration], public_id: str, serializer: type[Input]) -> Response:
        registration = self.found(self._all(), public_id)
        given = self.valid(serializer)
        changed = self._doing(act, registration, **given, version=self.seen(registration))
        return self.one(self._again(changed), WonRegistrationOut)

    def _doing(self, act: Callable[..., WonRegistration], *what: Any, **given: Any) -> WonRegistration:
        try:
            return act(*what, **given, by=self.actor, now=self.now)
        except actions.NotPossible as error:
            raise _conflict(error.refusal) from None
        except actions.BadContent as error:
            raise serializers.ValidationError(error.errors) from None
        except actions.ReasonMissing:
            raise serializers.ValidationError({"note": [_("Say why.")]}) from None


def _conflict(refused: Refusal) -> Exception:
    return Conflict("not_possible", f"{refused.reason} {refused.who}")


def _content(given: dict[str, Any], referral: Referral) -> RegistrationContent:
    """What was given, with amounts in minor units and solutions found among those of the deal."""
    eligible = {solution.public_id: solution for solution in eligible_solutions(referral)}
    currency = given["currency"]
    items = []
    for row in given.pop("solutions"):
        solution = eligible.get(row["solution"])
        if solution is None:
            text = _("%(id)s is not a solution of this deal that is eligible for an incentive.")
            raise serializers.ValidationError({"solutions": [text % {"id": row["solution"]}]})
        items.append(
            Item(**(row | {"solution": solution, "value": _minor(row["value"], currency, "solutions")}))
        )
    value = _minor(given.pop("contract_value"), currency, "contract_value")
    return RegistrationContent(**given, contract_value=value, items=tuple(items))


def _minor(value: Any, currency: str, field: str) -> int:
    try:
        return minor_units(value, currency)
    except serializers.ValidationError as error:
        texts = error.detail["value"]  # type: ignore[call-overload]
        raise serializers.ValidationError({field: texts}) from None
