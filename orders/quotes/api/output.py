"""What the API says of quotes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from deals.api.output import decimals
from identity.actors import Kind

from ...amounts import Money
from ...models import CutReason, Quote, QuoteKind, QuoteLine, QuoteStatus


class QuoteFlawOut(serializers.Serializer[Any]):
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField(source="text")


class QuoteLineOut(serializers.Serializer[QuoteLine]):
    id = serializers.CharField(source="public_id")
    position = serializers.IntegerField()
    part_number = serializers.CharField()
    description = serializers.CharField()
    part_type = serializers.CharField()
    metric = serializers.CharField()
    customer_site = serializers.CharField(source="site_number", help_text="Empty where it is the quote's.")
    quantity = serializers.IntegerField()
    installed = serializers.IntegerField(allow_null=True, help_text="Of what is renewed.")
    cut_reason = serializers.ChoiceField(CutReason.choices, allow_blank=True)
    cut_text = serializers.CharField()
    coverage_start = serializers.DateField(allow_null=True)
    coverage_end = serializers.DateField(allow_null=True, help_text="Its last day.")
    months = serializers.IntegerField(allow_null=True)
    term_months = serializers.IntegerField(allow_null=True, help_text="What the part's price is for.")
    unit_points = serializers.DecimalField(10, 2)
    points = serializers.DecimalField(14, 2)
    unit_list = Money(help_text="Of one for the term, at list price.")
    unit_level = Money(help_text="Of one for the term, at the price level.")
    unit_price = Money(help_text="Of one for the months covered, with the discount.")
    list_extended = Money()
    extended = Money(help_text="What the line costs.")
    discount_percent = serializers.SerializerMethodField()
    priced_on = serializers.DateField(allow_null=True, help_text="Since when its prices are in effect.")
    edition = serializers.CharField(help_text="The announcement that its prices stand in.")
    ordered = serializers.IntegerField(help_text="How many are ordered already.")
    requested_start = serializers.DateField(source="requested_start_on", allow_null=True)
    provisioning_email = serializers.CharField()
    renewal_quote = serializers.CharField()
    renewal_line = serializers.IntegerField(allow_null=True)
    flaws = serializers.SerializerMethodField()

    def get_discount_percent(self, line: QuoteLine) -> str:
        return f"{line.discount_bp / 100:.2f}"

    def get_flaws(self, line: QuoteLine) -> list[dict[str, str]]:
        found = self.context.get("flaws", {}).get(line.public_id, ())
        return list(QuoteFlawOut(found, many=True).data)


class QuoteSummaryOut(serializers.Serializer[Quote]):
    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    revision = serializers.IntegerField(help_text="Versions share a number.")
    status = serializers.ChoiceField(QuoteStatus.choices)
    kind = serializers.ChoiceField(QuoteKind.choices)
    title = serializers.CharField()
    customer = serializers.CharField(source="customer.public_id", default=None, allow_null=True)
    customer_name = serializers.CharField()
    customer_site = serializers.CharField(source="site_number")
    distributor_name = serializers.CharField()
    deal_number = serializers.CharField()
    country = serializers.CharField(help_text="Whose prices they are.")
    currency = serializers.CharField()
    price_level = serializers.CharField()
    earned_level = serializers.CharField(help_text="By the quote's own points; empty if no better one.")
    anniversary = serializers.DateField(source="anniversary_on", allow_null=True)
    valid_until = serializers.DateField(allow_null=True, help_text="Its last day.")
    po_number = serializers.CharField()
    list_total = Money()
    total = Money()
    points = serializers.DecimalField(14, 2)
    line_count = serializers.IntegerField()
    owner = serializers.CharField(source="owner_name")
    changed_by = serializers.CharField(source="changed_by_name")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_reason = serializers.CharField()
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")


class QuoteOut(QuoteSummaryOut):
    contact_name = serializers.CharField()
    contact_email = serializers.CharField()
    terms = serializers.CharField()
    note = serializers.SerializerMethodField(help_text="The reseller's own; empty for others.")
    total_today = serializers.SerializerMethodField(
        help_text="Of a proposal: what it would cost at the prices of today. Reprice it when it differs."
    )
    lines = QuoteLineOut(source="shown_lines", many=True)

    def get_note(self, quote: Quote) -> str:
        return quote.note if self.context["request"]._request.actor.kind is Kind.RESELLER else ""

    def get_total_today(self, quote: Quote) -> str | None:
        return decimals(self.context.get("total_today"), quote.currency)
