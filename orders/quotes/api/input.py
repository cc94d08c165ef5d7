"""What the API takes for quotes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from customers.models import Customer, CustomerSite
from identity.api import Input
from identity.models import Site, SiteKind
from identity.numbering import as_typed

from ...models import CutReason
from ...models.fields import LINES
from ..wanted import WantedLine


class QuoteLineIn(Input):
    part_number = serializers.CharField(max_length=7)
    quantity = serializers.IntegerField(default=1)
    coverage_start = serializers.DateField(required=False, allow_null=True)
    coverage_end = serializers.DateField(required=False, allow_null=True, help_text="Its last day.")


def wanted(lines: list[dict[str, Any]]) -> list[WantedLine]:
    return [WantedLine(**line | {"part_number": line["part_number"].upper()}) for line in lines]


class QuoteHeadIn(Input):
    """What a proposal says above its lines."""

    title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    customer = serializers.CharField(
        max_length=12, required=False, allow_null=True, help_text="Its id in the directory."
    )
    customer_site = serializers.CharField(
        max_length=7, required=False, allow_null=True, help_text="The number of a site of the customer."
    )
    contact_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    contact_email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    distributor = serializers.RegexField(
        r"^\d{7}$", required=False, allow_null=True, help_text="The distributor's site number, or null."
    )
    deal_number = serializers.CharField(
        max_length=24, required=False, allow_blank=True, help_text="Of an approved deal of the site's own."
    )
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    po_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    terms = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)

    def validate_customer(self, id_: str | None) -> Customer | None:
        if id_ is None:
            return None
        found = Customer.objects.filter(public_id=id_).first()
        if found is None:
            raise serializers.ValidationError(_("This company is not in the directory."))
        return found

    def validate_customer_site(self, number: str | None) -> CustomerSite | None:
        if number is None:
            return None
        found = CustomerSite.objects.select_related("customer").filter(site_number=number.zfill(7)).first()
        if found is None:
            raise serializers.ValidationError(_("Your site knows no site of this customer by this number."))
        return found

    def validate_distributor(self, number: str | None) -> Site | None:
        if number is None:
            return None
        found = Site.objects.filter(number=number, kind=SiteKind.DISTRIBUTOR, is_active=True).first()
        if found is None:
            raise serializers.ValidationError(_("There is no distributor of this number."))
        return found

    def validate_deal_number(self, number: str) -> str:
        return as_typed(number)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        held, customer = given.get("customer_site"), given.get("customer")
        if held is not None:
            if customer is not None and held.customer_id != customer.id:
                message = _("Your site knows no site of this customer by this number.")
                raise serializers.ValidationError({"customer_site": [message]})
            given["customer"] = held.customer
        return given


class NewQuoteIn(QuoteHeadIn):
    lines = QuoteLineIn(many=True, required=False, max_length=LINES)  # type: ignore[call-arg]


class QuoteAddIn(Input):
    lines = QuoteLineIn(many=True, min_length=1, max_length=LINES)  # type: ignore[call-arg]


class QuoteLineChangeIn(Input):
    id = serializers.CharField(max_length=12)
    quantity = serializers.IntegerField(required=False)
    cut_reason = serializers.ChoiceField(
        CutReason.choices, required=False, help_text="Needed when fewer are renewed than are installed."
    )
    cut_text = serializers.CharField(max_length=500, required=False, allow_blank=True)
    coverage_start = serializers.DateField(
        required=False, allow_null=True, help_text="Null: a whole term from the order on."
    )
    coverage_end = serializers.DateField(required=False, allow_null=True, help_text="Its last day.")


class QuoteLinesIn(Input):
    lines = QuoteLineChangeIn(many=True, required=False, max_length=LINES)  # type: ignore[call-arg]
    remove = serializers.ListField(
        child=serializers.CharField(max_length=12),
        required=False,
        max_length=LINES,
        help_text="Ids of lines.",
    )


class QuoteCotermIn(Input):
    lines = serializers.ListField(
        child=serializers.CharField(max_length=12), required=False, max_length=LINES,
        help_text="Ids of lines; without any, all that can be prorated.",
    )  # fmt: skip
    back = serializers.BooleanField(default=False, help_text="Whole terms again.")


class QuoteOpenIn(Input):
    valid_until = serializers.DateField(required=False, help_text="Its last day; 30 days on if not said.")
    terms = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class QuoteCloseIn(Input):
    reason = serializers.CharField(max_length=500)


class QuoteMergeIn(Input):
    quotes = serializers.ListField(
        child=serializers.CharField(max_length=12), min_length=1, max_length=20, help_text="Ids of proposals."
    )


class QuoteOrderLineIn(Input):
    id = serializers.CharField(max_length=12)
    quantity = serializers.IntegerField(min_value=0)
    requested_start = serializers.DateField(required=False)
    provisioning_email = serializers.EmailField(max_length=254, required=False)


class QuoteOrderIn(Input):
    lines = QuoteOrderLineIn(many=True, required=False, max_length=LINES)  # type: ignore[call-arg]
    po_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class EmptyIn(Input):
    pass
