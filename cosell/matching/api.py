"""`/api/v1/needs/` and `/api/v1/match-figures/`: whom to propose to a customer, and how one is proposed oneself."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from deals.api.input import EmptyIn
from identity.access import PrivilegeMissing
from identity.api import Conflict, Input, ResourceViewSet
from identity.privileges import Privilege

from ..leads import actions
from ..leads.content import LONGEST_WISH, Enquiry
from ..leads.states import Stage
from ..models import Lead, Need, PublishedProfile
from ..states import CompanySize
from . import proposing
from .ranking import points_of
from .words import advice, figure_contributions

P = Privilege


class NeedIn(Input):
    company = serializers.CharField(max_length=200)
    size = serializers.ChoiceField(CompanySize.choices, required=False, default="", allow_blank=True)
    first_name = serializers.CharField(max_length=60)
    last_name = serializers.CharField(max_length=60)
    job_title = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    email = serializers.EmailField(max_length=254)
    phone = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    language = serializers.CharField(max_length=10, required=False, default="en")
    city = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    country = serializers.CharField(max_length=2, help_text="ISO 3166-1.")
    wish = serializers.CharField(max_length=LONGEST_WISH)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list, max_length=60
    )
    wants_contact = serializers.BooleanField(required=False, default=False)
    consent_contact = serializers.BooleanField(
        help_text="The customer agreed that partners may write and call."
    )


class NeedOfferedOut(serializers.Serializer[Lead]):
    lead = serializers.CharField(source="public_id")
    partner = serializers.CharField(source="profile_name")
    stage = serializers.ChoiceField(Stage.choices)


class NeedFilters(serializers.Serializer[Any]):
    closed = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Whether no partner is looked for any more."
    )


class NeedOut(serializers.Serializer[Need]):
    id = serializers.CharField(source="public_id")
    company = serializers.CharField(source="customer_name")
    size = serializers.ChoiceField(CompanySize.choices, allow_blank=True, source="customer_size")
    first_name = serializers.CharField(source="contact_first_name")
    last_name = serializers.CharField(source="contact_last_name")
    job_title = serializers.CharField(source="contact_title")
    email = serializers.CharField(source="contact_email")
    phone = serializers.CharField(source="contact_phone")
    language = serializers.CharField(source="contact_language")
    city = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1.")
    wish = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    wants_contact = serializers.BooleanField()
    offered = NeedOfferedOut(many=True, source="leads", help_text="To which partners, and how they answered.")
    created_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")


class NeedOfferIn(Input):
    profiles = serializers.ListField(
        child=serializers.CharField(max_length=12), min_length=1, max_length=proposing.MOST,
        help_text="Ids of public profiles.",
    )  # fmt: skip


class PartnerProposalPartOut(serializers.Serializer[Any]):
    part = serializers.CharField(source="label")
    points = serializers.IntegerField(help_text="Thousandths of a point.")
    most = serializers.IntegerField(help_text="Thousandths of a point.")
    why = serializers.CharField(help_text="In your language.")


class PartnerProposalOut(serializers.Serializer[Any]):
    place = serializers.IntegerField()
    profile = serializers.CharField(source="profile.public_id")
    partner = serializers.CharField(source="profile.name")
    country = serializers.CharField(source="profile.country")
    points = serializers.IntegerField(source="thousandths", help_text="Thousandths of a point, of 100,000.")
    why = PartnerProposalPartOut(many=True)


class PartnerProposalFilters(serializers.Serializer[Any]):
    anywhere = serializers.BooleanField(
        required=False, default=False, help_text="Also partners of other countries than the customer's."
    )


class NeedViewSet(ResourceViewSet):
    """Customers for whom the vendor looks for a partner; for the vendor's people alone."""

    privileges: ClassVar = {
        "list": P.COSELL_DECIDE, "retrieve": P.COSELL_DECIDE, "create": P.COSELL_DECIDE,
        "proposals": P.COSELL_DECIDE, "offer": P.COSELL_DECIDE, "close": P.COSELL_DECIDE,
    }  # fmt: skip
    answers: ClassVar = {
        actions.NotPublic: Conflict("profile_not_public", gettext_lazy("A profile was taken down meanwhile."))
    }

    @extend_schema(
        summary="Needs, the newest first", parameters=[NeedFilters], responses={200: NeedOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        closed = self.asked(NeedFilters).get("closed")
        found = _needs() if closed is None else _needs().filter(closed_at__isnull=not closed)
        return self.page_of(found, NeedOut)

    @extend_schema(summary="A customer's need", responses={200: NeedOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(_needs(), public_id), NeedOut)

    @extend_schema(summary="Enter a customer's need", request=NeedIn, responses={201: NeedOut})
    def create(self, request: Request) -> Response:
        given = self.valid(NeedIn)
        enquiry = Enquiry(**given | {"tags": tuple(given["tags"])})
        try:
            need = actions.enter_need(enquiry, by=self.actor, now=self.now)
        except actions.BadEnquiry as error:
            raise serializers.ValidationError(
                {name: [str(text) for text in texts] for name, texts in error.errors.items()}
            ) from None
        return self.one(need, NeedOut, status=201, at=("api-needs-detail", need.public_id))

    @extend_schema(
        summary="Partners that fit, the best first",
        parameters=[PartnerProposalFilters],
        responses={200: PartnerProposalOut(many=True)},
        filters=False,
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def proposals(self, request: Request, public_id: str) -> Response:
        """At most twenty, each with what it was given points for, and why."""
        need = self.found(Need.objects.all(), public_id)
        found = proposing.proposals_for(need, anywhere=self.asked(PartnerProposalFilters)["anywhere"])
        return Response(PartnerProposalOut(found, many=True).data)

    @extend_schema(summary="Offer a need to partners", request=NeedOfferIn, responses={200: NeedOut})
    @action(detail=True, methods=["post"])
    def offer(self, request: Request, public_id: str) -> Response:
        """Each is sent a lead; who was sent one of this need before is left out."""
        need = self.found(Need.objects.all(), public_id)
        wanted = self.valid(NeedOfferIn)["profiles"]
        profiles = list(PublishedProfile.objects.filter(public_id__in=wanted).order_by("pk"))
        if len(profiles) != len(set(wanted)):
            raise serializers.ValidationError({"profiles": [_("One of them is not public.")]})
        try:
            actions.offer_need(need, profiles, by=self.actor, now=self.now)
        except actions.NotPossible as error:
            raise _refused(error) from None
        return self.one(_needs().get(id=need.id), NeedOut)

    @extend_schema(summary="Look for no partner any more", request=EmptyIn, responses={200: NeedOut})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, public_id: str) -> Response:
        need = self.found(Need.objects.all(), public_id)
        self.valid(EmptyIn)
        try:
            return self.one(actions.close_need(need, by=self.actor, now=self.now), NeedOut)
        except actions.NotPossible as error:
            raise _refused(error) from None


def _needs() -> QuerySet[Need]:
    """Each with the leads that came of it, in the order in which they were offered."""
    return Need.objects.prefetch_related(Prefetch("leads", Lead.objects.order_by("id")))


def _refused(error: actions.NotPossible) -> Exception:
    if error.of_person:
        return PrivilegeMissing(error.refusal)
    return Conflict("need_closed", f"{error.refusal.reason} {error.refusal.who}")


# ------------------------------------------------------------------------------------------------ one's own figures


class MatchFiguresOut(serializers.Serializer[PublishedProfile]):
    id = serializers.CharField(source="public_id", help_text="The profile's.")
    name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1.")
    tags = serializers.ListField(child=serializers.CharField())
    received = serializers.SerializerMethodField(help_text="Leads and deals that came over the last year.")
    accepted = serializers.SerializerMethodField()
    answer_minutes = serializers.SerializerMethodField(help_text="The median; null where nothing was asked.")
    closed = serializers.SerializerMethodField()
    won = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField(help_text="What counts besides tags.")
    advice = serializers.SerializerMethodField(help_text="What would improve it, in your language.")

    def get_received(self, profile: PublishedProfile) -> int:
        return proposing.figures_of(profile).received

    def get_accepted(self, profile: PublishedProfile) -> int:
        return proposing.figures_of(profile).accepted

    def get_answer_minutes(self, profile: PublishedProfile) -> int | None:
        had = proposing.figures_of(profile)
        return had.answer_minutes if had.answered else None

    def get_closed(self, profile: PublishedProfile) -> int:
        return proposing.figures_of(profile).closed

    def get_won(self, profile: PublishedProfile) -> int:
        return proposing.figures_of(profile).won

    @extend_schema_field(PartnerProposalPartOut(many=True))
    def get_parts(self, profile: PublishedProfile) -> Any:
        had = proposing.figures_of(profile)
        return PartnerProposalPartOut(figure_contributions(had, points_of([], [], had)), many=True).data

    def get_advice(self, profile: PublishedProfile) -> list[str]:
        had = proposing.figures_of(profile)
        return advice(profile.tags, had, points_of([], [], had))


class MatchFiguresViewSet(ResourceViewSet):
    """What decides how often your public profiles are proposed to customers; nobody else's."""

    privileges: ClassVar = {"list": (P.REFERRAL_VIEW, P.PROFILE_EDIT)}
    ordering = ("pk",)

    @extend_schema(summary="Your figures, by profile", responses={200: MatchFiguresOut(many=True)})
    def list(self, request: Request) -> Response:
        own = PublishedProfile.objects.filter(site_id=self.actor.site_id)
        return self.page_of(own.select_related("profile__figures"), MatchFiguresOut)
