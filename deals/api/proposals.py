"""`/api/v1/proposals/`: what a distributor proposes to resellers; and a reseller's no."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import Conflict, ResourceViewSet

from .. import actions
from ..actions.proposing import as_content
from ..models import Deal, Proposal, ProposalStatus
from ..possible import demand_distributor, demand_reseller
from .ground import REGISTER, DealPart
from .input import DealIn, DealNoteIn, EmptyIn
from .output import decimals


class ProposalIn(DealIn):
    """A deal as it is written for registration, and the reseller's site number."""

    reseller = serializers.RegexField(r"^\d{1,7}$", help_text="The reseller's site number.")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        needed = [name for name in ("name", "customer") if name not in given]
        if needed:
            raise serializers.ValidationError(
                {name: [self.fields[name].error_messages["required"]] for name in needed}
            )
        return given


class ProposalOut(serializers.Serializer[Proposal]):
    id = serializers.CharField(source="public_id")
    reseller = serializers.CharField(source="reseller_number")
    status = serializers.ChoiceField(ProposalStatus.choices)
    name = serializers.CharField()
    customer_name = serializers.CharField()
    value = serializers.SerializerMethodField(method_name="get_amount")
    currency = serializers.SerializerMethodField()
    proposed_by = serializers.CharField(source="made_by_name")
    proposed_at = serializers.DateTimeField(source="made_at")
    lapses_at = serializers.DateTimeField()
    answer = serializers.CharField(help_text="What the reseller says.")
    deal = serializers.CharField(
        source="deal_public_id", help_text="Its id, once the reseller has registered it."
    )

    def get_amount(self, proposal: Proposal) -> str | None:
        return decimals(proposal.content.get("value"), proposal.content.get("currency", ""))

    def get_currency(self, proposal: Proposal) -> str:
        return str(proposal.content.get("currency", ""))


class ProposalViewSet(ResourceViewSet):
    """Deals that a distributor prepares for resellers, who confirm or decline them."""

    privileges: ClassVar = {"list": REGISTER, "retrieve": REGISTER, "create": REGISTER, "take_back": REGISTER}
    versioned = False
    answers: ClassVar = {
        actions.TooManyProposals: Conflict(
            "too_many_proposals", gettext_lazy("Your site has proposed 30 deals in a day. Go on tomorrow.")
        ),
        actions.ProposalClosed: Conflict("proposal_closed", gettext_lazy("The proposal is closed.")),
    }

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        demand_distributor(self.actor)

    @extend_schema(summary="Proposals, the newest first", responses={200: ProposalOut(many=True)})
    def list(self, request: Request) -> Response:
        return self.page_of(Proposal.objects.all(), ProposalOut)

    @extend_schema(summary="A proposal", responses={200: ProposalOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(Proposal.objects.all(), public_id), ProposalOut)

    @extend_schema(summary="Propose a deal", request=ProposalIn, responses={201: ProposalOut})
    def create(self, request: Request) -> Response:
        given = self.valid(ProposalIn)
        number = given.pop("reseller")
        given.pop("distributor", None)  # is who proposes
        changes = ProposalIn().changes(Deal(), given)
        made = actions.propose_deal(
            reseller_number=number, content=as_content(changes), by=self.actor, now=self.now
        )
        return self.one(made, ProposalOut, status=201, at=("api-proposals-detail", made.public_id))

    @extend_schema(summary="Take a proposal back", request=EmptyIn, responses={200: ProposalOut})
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, public_id: str) -> Response:
        self.valid(EmptyIn)
        found = self.found(Proposal.objects.all(), public_id)
        return self.one(actions.take_back_proposal(found, by=self.actor, now=self.now), ProposalOut)


class Proposed(DealPart):
    """What a reseller does with a draft that a distributor proposed, beside registering it."""

    privileges: ClassVar = {"decline": REGISTER}

    @extend_schema(summary="Decline a proposed draft", request=DealNoteIn, responses={204: None})
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, public_id: str) -> Response:
        """The draft is thrown away, and the distributor is told."""
        demand_reseller(self.actor)
        deal = self.found(Deal.objects.all(), public_id)
        actions.decline_proposal(deal, **self.valid(DealNoteIn), by=self.actor, now=self.now)
        return Response(status=204)
