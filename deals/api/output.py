"""What the API says of deals and opportunities."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from identity.actors import Kind

from ..columns import is_hidden
from ..discounts import percent
from ..events import text_of
from ..models import Deal, DealEvent, DealViewing, Opportunity, VisibleTo
from ..states import DealType, MatchRule, Stage, Status, Verdict


def decimals(minor_units: int | None, currency: str) -> str | None:
    """An amount in the API: "1250.50", with the currency's own number of decimals."""
    if minor_units is None:
        return None
    return str(Decimal(minor_units).scaleb(-get_currency_precision(currency or "USD")))


class DealCustomerOut(serializers.Serializer[Deal]):
    id = serializers.CharField(
        source="customer.public_id",
        default=None,
        allow_null=True,
        help_text="In the shared directory; null while a draft's customer is not in it.",
    )
    name = serializers.CharField(source="customer_name")
    country = serializers.CharField(source="customer_country", help_text="ISO 3166-1.")
    tax_id = serializers.CharField(source="customer_tax_id")
    web_domain = serializers.CharField(source="customer_domain")


class DealContactOut(serializers.Serializer[Deal]):
    name = serializers.CharField(source="contact_name")
    job_title = serializers.CharField(source="contact_job_title")
    email = serializers.CharField(source="contact_email")
    phone = serializers.CharField(source="contact_phone")


class DealProductOut(serializers.Serializer[Any]):
    part_number = serializers.CharField()
    description = serializers.CharField()
    quantity = serializers.IntegerField()


class DealPartyOut(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="7 digits, as text.")
    name = serializers.CharField()


# Fields that not everybody is told, and the column whose declaration says who is.
COLUMN_OF = {
    "competitors": "competitors",
    "next_steps": "next_steps",
    "engineer_name": "engineer",
    "engineer_email": "engineer",
    "reviewer": "reviewer",
}
FOR_SOME = "Empty for distributors."


class DealOut(serializers.Serializer[Deal]):
    id = serializers.CharField(source="public_id")
    status = serializers.ChoiceField(Status.choices)
    reference = serializers.CharField(
        source="submission_ref", allow_null=True, help_text="From the first submission on."
    )
    number = serializers.CharField(allow_null=True, help_text="The registration number, from approval on.")
    name = serializers.CharField()
    partner = serializers.SerializerMethodField()
    customer = DealCustomerOut(source="*")
    contact = DealContactOut(source="*")
    products = DealProductOut(many=True, source="dealproducts.all")
    value = serializers.SerializerMethodField(method_name="get_amount")
    currency = serializers.CharField()
    close_on = serializers.DateField(allow_null=True)
    deal_type = serializers.ChoiceField(DealType.choices)
    stage = serializers.ChoiceField(Stage.choices)
    competitors = serializers.CharField(help_text=FOR_SOME)
    next_steps = serializers.CharField(help_text=FOR_SOME)
    distributor = serializers.SerializerMethodField()
    sales_contact = serializers.CharField(source="owner_name")
    engineer_name = serializers.CharField(help_text=FOR_SOME)
    engineer_email = serializers.CharField(help_text=FOR_SOME)
    reviewer = serializers.CharField(source="reviewer_name", help_text=FOR_SOME)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(
        allow_null=True, help_text="The first complete submission: first come is judged by it."
    )
    verdict = serializers.ChoiceField(
        Verdict.choices,
        allow_blank=True,
        help_text="Of conflicts, when it was handed in; empty before, when too much was asked, and for distributors.",
    )
    verdict_rule = serializers.ChoiceField(
        MatchRule.choices, allow_blank=True, help_text="By which the customers match; empty as is `verdict`."
    )
    decision_due_at = serializers.DateTimeField(
        allow_null=True, help_text="By when a decision is promised; null while none is awaited."
    )
    escalated_at = serializers.DateTimeField(
        allow_null=True,
        help_text="The latest promise, of a decision or of the answer to an extension, was late: deal desk and "
        "channel operations were told then.",
    )
    question_at = serializers.DateTimeField(
        allow_null=True, help_text="The deal desk asked something then; a comment of the partner answers it."
    )
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_code = serializers.CharField(help_text="Of a rejection; its words are in `/rules/current/`.")
    decision_text = serializers.CharField()
    approved_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    discount_percent = serializers.SerializerMethodField(
        help_text="The registered-deal discount, as it was granted; null before an approval, and for distributors."
    )
    tier = serializers.CharField(help_text="Code of the tier it was granted by. " + FOR_SOME)
    rules_version = serializers.IntegerField(
        allow_null=True, help_text="The version of the rules that the last decision was made under."
    )
    extensions = serializers.IntegerField(help_text="How often it was extended.")
    extension_asked_at = serializers.DateTimeField(
        allow_null=True, help_text="An extension waits for a decision; the deal does not expire until then."
    )
    extension_text = serializers.CharField(help_text="Why it was asked for; empty when none waits.")
    extension_due_at = serializers.DateTimeField(allow_null=True, help_text="By when it is decided.")
    appeal_text = serializers.CharField(help_text="Of an appeal against the rejection of an earlier deal.")
    closed_at = serializers.DateTimeField(allow_null=True)
    outcome_code = serializers.CharField(help_text="Why a deal was lost.")
    outcome_text = serializers.CharField()
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")

    def to_representation(self, deal: Deal) -> dict[str, Any]:
        """What the opportunity manager does not show a reader, the API does not tell either."""
        found = super().to_representation(deal)
        for field, column in COLUMN_OF.items():
            if is_hidden(column, self.context["request"].actor):
                found[field] = ""
        if self.context["request"].actor.kind is Kind.DISTRIBUTOR:
            found["verdict"] = found["verdict_rule"] = found["tier"] = ""
            found["discount_percent"] = None
        return found

    @extend_schema_field(DealPartyOut)
    def get_partner(self, deal: Deal) -> dict[str, str]:
        return {"number": deal.site_number, "name": deal.site_name}

    def get_discount_percent(self, deal: Deal) -> str | None:
        return None if deal.discount_bp is None else f"{percent(deal.discount_bp):.2f}"

    def get_amount(self, deal: Deal) -> str | None:
        """As a decimal number in text."""
        return decimals(deal.value, deal.currency)

    @extend_schema_field(DealPartyOut(allow_null=True))
    def get_distributor(self, deal: Deal) -> dict[str, str] | None:
        if deal.distributor is None:
            return None
        return {"number": deal.distributor.number, "name": deal.distributor_name}


class DealEventOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(DealEvent.Kind.choices)
    actor = serializers.CharField(source="actor_name")
    actor_kind = serializers.CharField()
    visible_to = serializers.ChoiceField(VisibleTo.choices)
    code = serializers.CharField(help_text="Of a reason; its words are in `/rules/current/`.")
    text = serializers.SerializerMethodField(help_text="What was said, or what changed, in words.")
    rules_version = serializers.IntegerField(
        allow_null=True, help_text="The version of the rules that it was decided under."
    )

    def get_text(self, event: DealEvent) -> str:
        return text_of(event)


class DealViewingOut(serializers.Serializer[DealViewing]):
    on = serializers.DateField(help_text="In UTC. Each person is told of once a day and way.")
    at = serializers.DateTimeField(help_text="The first time on that day.")
    viewer = serializers.CharField(source="viewer_name")
    viewer_kind = serializers.ChoiceField(
        [kind.value for kind in (Kind.RESELLER, Kind.DISTRIBUTOR, Kind.STAFF)]
    )
    organisation = serializers.CharField(
        help_text="Name of the viewer's site; empty for the vendor's people."
    )
    through_api = serializers.BooleanField(source="by_key")


class OpportunityOut(serializers.Serializer[Opportunity]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    customer_name = serializers.CharField()
    customer_country = serializers.CharField()
    stage = serializers.ChoiceField(Stage.choices)
    value = serializers.SerializerMethodField(method_name="get_amount")
    currency = serializers.CharField()
    close_on = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    status = serializers.CharField()
    created_at = serializers.DateTimeField()

    def get_amount(self, opportunity: Opportunity) -> str | None:
        return decimals(opportunity.value, opportunity.currency)
