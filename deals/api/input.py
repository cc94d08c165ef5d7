"""What the API is given, checked field by field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.utils.translation import gettext as _
from rest_framework import serializers

from customers.countries import countries
from customers.models import Customer
from customers.names import search_domain, search_name
from identity.api import Input
from identity.models import Site, SiteKind
from pricing.money import CURRENCIES
from pricing.products.queries import parts_by_number

from ..models import LARGEST_VALUE, PRODUCTS, Deal, DealProduct, VisibleTo
from ..queries import rules_in_force
from ..rules import LOST, REJECT
from ..states import DealType, Stage

CURRENCY_CHOICES = [(code, code) for code in sorted(CURRENCIES)]


class AmountField(serializers.DecimalField):
    """A decimal number; the currency says how many decimals it may have."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=3, **kwargs)


def minor_units(value: Decimal, currency: str) -> int:
    """The amount in minor units. Raises ValidationError for more decimals than the currency has, and out of range."""
    scaled = value.scaleb(get_currency_precision(currency))
    if scaled != scaled.to_integral_value():
        raise serializers.ValidationError({"value": [_("This currency has fewer decimals.")]})
    if not 0 < scaled <= LARGEST_VALUE:
        raise serializers.ValidationError({"value": [_("This is not the value of a deal. Check it.")]})
    return int(scaled)


class DealCustomerIn(Input):
    """A customer of the directory by its `id`, or a name and country (and what else is known)."""

    id = serializers.CharField(required=False, max_length=12)
    name = serializers.CharField(required=False, max_length=200)
    country = serializers.RegexField("^[A-Z]{2}$", required=False, help_text="ISO 3166-1, two capitals.")
    tax_id = serializers.CharField(required=False, max_length=30, allow_blank=True)
    web_domain = serializers.CharField(required=False, max_length=100, allow_blank=True)

    def validate_country(self, country: str) -> str:
        if country not in countries():
            raise serializers.ValidationError(_("There is no country of this code."))
        return country

    def validate_name(self, name: str) -> str:
        if not search_name(name):
            raise serializers.ValidationError(_("A name has at least one letter or digit."))
        return " ".join(name.split())


class DealContactIn(Input):
    name = serializers.CharField(max_length=120)
    job_title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)


class DealProductIn(Input):
    part_number = serializers.CharField(max_length=7)
    quantity = serializers.IntegerField(min_value=1, max_value=1_000_000, default=1)


class DealIn(Input):
    """What a partner writes of a deal. A draft may leave anything out."""

    name = serializers.CharField(max_length=120, required=False)
    customer = DealCustomerIn(required=False)
    contact = DealContactIn(required=False)
    products = DealProductIn(many=True, required=False, max_length=PRODUCTS)  # type: ignore[call-arg]
    value = AmountField(required=False)
    currency = serializers.ChoiceField(CURRENCY_CHOICES, required=False)
    close_on = serializers.DateField(required=False)
    deal_type = serializers.ChoiceField(
        DealType.choices, required=False, help_text="The registered-deal discount depends on it."
    )
    stage = serializers.ChoiceField(Stage.choices, required=False)
    competitors = serializers.CharField(max_length=500, required=False, allow_blank=True)
    next_steps = serializers.CharField(max_length=2000, required=False)
    distributor = serializers.RegexField(
        r"^\d{7}$", required=False, allow_null=True, help_text="The distributor's site number, or null."
    )
    engineer_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    engineer_email = serializers.EmailField(max_length=254, required=False, allow_blank=True)

    def validate_products(self, products: list[dict[str, Any]]) -> list[tuple[Any, int]]:
        numbers = [product["part_number"].upper() for product in products]
        if len(set(numbers)) < len(numbers):
            raise serializers.ValidationError(_("A part is named twice; raise its quantity instead."))
        deal: Deal | None = self.context.get("deal")
        kept = (
            list(DealProduct.objects.filter(deal=deal).values_list("part_number", flat=True)) if deal else []
        )
        known = parts_by_number(numbers, kept=kept)
        if unknown := [number for number in numbers if number not in known]:
            message = _("These part numbers are not sold: %(numbers)s.") % {"numbers": ", ".join(unknown)}
            raise serializers.ValidationError(message)
        return [(known[product["part_number"].upper()], product["quantity"]) for product in products]

    def validate_distributor(self, number: str | None) -> Site | None:
        if number is None:
            return None
        found = Site.objects.filter(number=number, kind=SiteKind.DISTRIBUTOR, is_active=True).first()
        if found is None:
            raise serializers.ValidationError(_("There is no distributor of this number."))
        return found

    def changes(self, deal: Deal, given: dict[str, Any]) -> dict[str, Any]:
        """The checked input, by the names that `save_draft` knows."""
        changes = dict(given)
        if contact := changes.pop("contact", None):
            changes |= {f"contact_{name}": value for name, value in contact.items()}
        if customer := changes.pop("customer", None):
            changes |= self._customer(customer)
        if "value" in changes:
            changes["value"] = minor_units(changes["value"], changes.get("currency", deal.currency))
        elif "currency" in changes and deal.value and changes["currency"] != deal.currency:
            raise serializers.ValidationError({"value": [_("With another currency, give the value again.")]})
        return changes

    @staticmethod
    def _customer(given: dict[str, Any]) -> dict[str, Any]:
        if chosen := given.get("id"):
            known = Customer.objects.filter(public_id=chosen).first()
            if known is None:
                message = _("This company is not in the directory.")
                raise serializers.ValidationError({"customer": {"id": [message]}})
            return {"customer": known}
        if "web_domain" in given:
            given["web_domain"] = search_domain(given["web_domain"])
        names = {"name": "customer_name", "country": "customer_country", "tax_id": "customer_tax_id"}
        names["web_domain"] = "customer_domain"
        return {"customer": None} | {names[name]: value for name, value in given.items()}


class DealAmendIn(DealIn):
    """What may change in an approved deal; its customer never does."""

    customer = None  # type: ignore[assignment]
    approve_again = serializers.BooleanField(
        default=False,
        help_text="Agrees that changes of products, value, currency, deal type and distributor are approved anew.",
    )


class NewDealIn(DealIn):
    submit = serializers.BooleanField(
        default=True, help_text="Hand it in at once; it has to be complete then. False keeps a draft."
    )


class DealCommentIn(Input):
    text = serializers.CharField(max_length=4000)
    visible_to = serializers.ChoiceField(
        VisibleTo.choices, default=VisibleTo.ALL, help_text="`staff` is for the vendor's people only."
    )

    def validate_visible_to(self, value: str) -> str:
        """A partner's note for the vendor alone would be read by all: it is refused instead."""
        if value == VisibleTo.STAFF and not self.context["request"].actor.is_staff:
            self.fields["visible_to"].fail("invalid_choice", input=value)
        return value


class DealTextIn(Input):
    text = serializers.CharField(max_length=2000)


class DealNoteIn(Input):
    text = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class DealApproveIn(DealNoteIn):
    despite = serializers.CharField(
        max_length=2000,
        required=False,
        allow_blank=True,
        default="",
        help_text="Why, although another partner's approved deal may be about the same; for the vendor alone.",
    )


class ReasonField(serializers.CharField):
    """One of the reasons of the rules in force."""

    def __init__(self, which: str, **kwargs: Any) -> None:
        self.which = which
        super().__init__(max_length=24, help_text="Code of a reason in `/rules/current/`.", **kwargs)

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data)
        if code not in dict(rules_in_force().offered(self.which)):
            raise serializers.ValidationError(_("This reason is not offered: see the rules in force."))
        return code


class DealRejectIn(DealTextIn):
    code = ReasonField(REJECT)


class DealLoseIn(DealNoteIn):
    code = ReasonField(LOST)


class EmptyIn(Input):
    """An empty object, or no body at all."""


class OpportunityIn(Input):
    name = serializers.CharField(max_length=120)
    customer_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    customer_country = serializers.RegexField("^[A-Z]{2}$", required=False)
    stage = serializers.ChoiceField(Stage.choices, default=Stage.QUALIFIED)
    value = AmountField(required=False)
    currency = serializers.ChoiceField(CURRENCY_CHOICES, default="USD")
    close_on = serializers.DateField(required=False)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
