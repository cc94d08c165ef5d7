"""`/api/v1/leads/`: customers who look for a partner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from deals.api.input import EmptyIn
from identity.access import PrivilegeMissing
from identity.api import CHANGED, Conflict, Input, ResourceViewSet
from identity.models import Membership, MembershipStatus
from identity.places import countries
from identity.privileges import Privilege

from ..models import Lead
from ..states import CompanySize
from . import actions, listing
from .states import PATIENCE, REASONS, ArchiveReason, Quality, Source, Stage

P = Privilege


class LeadFilters(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, max_length=200, help_text="Company, name or e-mail.")
    tab = serializers.ChoiceField([tab.name for tab in listing.TABS], required=False)
    stage = serializers.ChoiceField(
        list(listing.STAGES), required=False, default="any", help_text="`open` is received or accepted."
    )
    quality = serializers.ChoiceField(Quality.choices, required=False)
    country = serializers.CharField(required=False, max_length=2, help_text="ISO 3166-1.")

    def validate_country(self, value: str) -> str:
        if value not in countries():
            raise serializers.ValidationError(gettext_lazy("There is no such country."))
        return value


class LeadOut(serializers.Serializer[Lead]):
    id = serializers.CharField(source="public_id")
    came_through = serializers.ChoiceField(Source.choices, source="source")
    stage = serializers.ChoiceField(Stage.choices)
    reason = serializers.ChoiceField(
        ArchiveReason.choices, allow_blank=True, help_text="Why it is archived; empty where it is not."
    )
    note = serializers.CharField()
    spam = serializers.BooleanField(source="is_spam")
    quality = serializers.ChoiceField(Quality.choices)
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
    wants_contact = serializers.BooleanField(help_text="The customer asked to be contacted.")
    answer_by = serializers.SerializerMethodField(
        help_text="72 hours after it came, where the customer asked to be contacted and nobody has answered."
    )
    profile = serializers.CharField(source="profile_name")
    location = serializers.CharField(source="location_name")
    assigned_to = serializers.CharField(source="assigned_name")
    referral = serializers.CharField(
        source="referral.public_id", default=None, allow_null=True, help_text="The deal that it became."
    )
    received_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")

    def get_answer_by(self, lead: Lead) -> datetime | None:
        waits = lead.wants_contact and lead.stage == Stage.RECEIVED
        return lead.received_at + PATIENCE if waits else None


class LeadArchiveIn(Input):
    reason = serializers.ChoiceField([(each.value, each.label) for each in REASONS])
    note = serializers.CharField(
        max_length=1000, required=False, default="", help_text="Needed with the reason `other`."
    )


class LeadAssignIn(Input):
    member = serializers.CharField(max_length=40, help_text="The id of a member with a role at the location.")


class LeadMarkIn(Input):
    on = serializers.BooleanField()


class LeadViewSet(ResourceViewSet):
    """Leads at your locations; users see those that they work on, the vendor's people those that they offered."""

    privileges: ClassVar = {
        "list": P.REFERRAL_VIEW, "retrieve": P.REFERRAL_VIEW, "favourite": P.REFERRAL_VIEW,
        "accept": P.REFERRAL_WORK, "archive": P.REFERRAL_WORK, "spam": P.REFERRAL_WORK, "restore": P.REFERRAL_WORK,
        "assign": P.REFERRAL_MANAGE,
    }  # fmt: skip
    may_match = ("accept", "archive", "spam", "restore", "assign")
    ordering = listing.ORDER
    answers: ClassVar = {actions.LeadChanged: CHANGED}

    @extend_schema(
        summary="Leads, the newest first", parameters=[LeadFilters], responses={200: LeadOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        asked = self.asked(LeadFilters)
        tab = listing.tab_named(asked.get("tab", ""))
        found = listing.narrowed(listing.leads_in(tab, self.actor), listing.Wanted.of(asked))
        return self.page_of(found.select_related("referral"), LeadOut)

    @extend_schema(summary="A lead", responses={200: LeadOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self._lead(public_id), LeadOut)

    @extend_schema(summary="Accept a lead", request=EmptyIn, responses={200: LeadOut})
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, public_id: str) -> Response:
        """Whoever accepts it works on it, unless somebody was named."""
        return self._do(actions.accept_lead, EmptyIn, public_id)

    @extend_schema(summary="Archive a lead", request=LeadArchiveIn, responses={200: LeadOut})
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, public_id: str) -> Response:
        return self._do(actions.archive_lead, LeadArchiveIn, public_id)

    @extend_schema(summary="Mark a lead as spam", request=EmptyIn, responses={200: LeadOut})
    @action(detail=True, methods=["post"])
    def spam(self, request: Request, public_id: str) -> Response:
        """It is archived, and counts in nobody's figures."""
        return self._do(actions.mark_spam, EmptyIn, public_id)

    @extend_schema(summary="Take up a lead that is no spam", request=EmptyIn, responses={200: LeadOut})
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, public_id: str) -> Response:
        """Also one that was turned away by the size of the company."""
        return self._do(actions.restore_lead, EmptyIn, public_id)

    @extend_schema(summary="Say who works on a lead", request=LeadAssignIn, responses={200: LeadOut})
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, public_id: str) -> Response:
        def act(lead: Lead, *, member: str, **seen: Any) -> Lead:
            found = Membership.objects.filter(
                public_id=member, site_id=lead.site_id, status=MembershipStatus.ACTIVE
            ).first()
            if found is None:
                raise actions.NotTheirs
            return actions.assign_lead(lead, found, **seen)

        return self._do(act, LeadAssignIn, public_id)

    @extend_schema(summary="Mark a lead as a favourite", request=LeadMarkIn, responses={200: LeadOut})
    @action(detail=True, methods=["post"])
    def favourite(self, request: Request, public_id: str) -> Response:
        """Yours alone; `on` false takes the mark away."""
        lead = self._lead(public_id)
        given = self.valid(LeadMarkIn)
        if not self.actor.is_partner:
            raise PrivilegeMissing(actions.THE_PARTNERS)
        actions.mark_lead(lead, given["on"], by=self.actor)
        return self.one(lead, LeadOut)

    def _lead(self, public_id: str) -> Any:
        return self.found(Lead.objects.select_related("referral"), public_id)

    def _do(self, act: Callable[..., Lead], serializer: type[Input], public_id: str) -> Response:
        lead = self._lead(public_id)
        given = self.valid(serializer)
        try:
            changed = act(lead, **given, by=self.actor, now=self.now, version=self.seen(lead))
        except actions.BadReason:
            text = gettext_lazy("Say in a few words why.")
            raise serializers.ValidationError({"note": [text]}) from None
        except actions.NotTheirs:
            text = gettext_lazy("They have no role at this lead's location.")
            raise serializers.ValidationError({"member": [text]}) from None
        except actions.NotPossible as error:
            raise _refused(error) from None
        return self.one(changed, LeadOut)


def _refused(error: actions.NotPossible) -> Exception:
    if error.of_person:
        return PrivilegeMissing(error.refusal)
    return Conflict("lead_not_open", f"{error.refusal.reason} {error.refusal.who}")
