"""What the API's list of deals is narrowed by: the filters of the opportunity manager."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from identity.places import countries
from pricing.money import CURRENCIES

from ..desk import QUEUES
from ..listing import ORDERS, Wanted
from ..states import DealType, Stage, Status
from .input import AmountField, minor_units

SEVERAL = "May be given several times."
DAY = "A day in your time zone; it is included."


class SeveralField(serializers.MultipleChoiceField):
    """Choices in the query, one or several; none given is none asked for."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices=choices, required=False, help_text=SEVERAL, **kwargs)

    def get_value(self, dictionary: Any) -> Any:
        return dictionary.getlist(self.field_name) or serializers.empty


class NumberField(serializers.RegexField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"^\d{7}$", required=False, **kwargs)


class DealFilters(serializers.Serializer[Any]):
    q = serializers.CharField(
        required=False,
        max_length=200,
        help_text="A registration number, a reference, a customer's name; for a reseller the deal's as well.",
    )
    queue = serializers.ChoiceField(
        [queue.name for queue in QUEUES],
        required=False,
        help_text="What waits for the deal desk; the soonest promise comes first, whatever `order` says.",
    )
    status = SeveralField(Status.choices)
    stage = SeveralField(Stage.choices)
    deal_type = SeveralField(DealType.choices)
    country = serializers.RegexField("^[A-Z]{2}$", required=False, help_text="The customer's, by ISO 3166-1.")
    product_line = serializers.CharField(required=False, max_length=20, help_text="Its code.")
    distributor = NumberField(help_text="A distributor's site number.")
    partner = NumberField(help_text="A reseller's site number; for the vendor and distributors.")
    owner = serializers.CharField(
        required=False, max_length=12, help_text="`me`, or the id of a colleague from `/members/`."
    )
    currency = serializers.ChoiceField([(code, code) for code in sorted(CURRENCIES)], required=False)
    value_from = AmountField(required=False, help_text="In `currency`, which has to be given.")
    value_to = AmountField(required=False, help_text="In `currency`, which has to be given.")
    submitted_from = serializers.DateField(required=False, help_text=DAY)
    submitted_to = serializers.DateField(required=False, help_text=DAY)
    approved_from = serializers.DateField(required=False, help_text=DAY)
    approved_to = serializers.DateField(required=False, help_text=DAY)
    expires_from = serializers.DateField(required=False, help_text=DAY)
    expires_to = serializers.DateField(required=False, help_text=DAY)
    close_from = serializers.DateField(required=False, help_text=DAY)
    close_to = serializers.DateField(required=False, help_text=DAY)
    expires_within_days = serializers.IntegerField(required=False, min_value=0, max_value=400)
    order = serializers.ChoiceField(
        [(order.name, order.label) for order in ORDERS],
        default="newest",
        help_text="`expiry` needs `status=approved`, `close` statuses of deals that are not closed yet.",
    )

    def validate_country(self, code: str) -> str:
        if code not in countries():
            raise serializers.ValidationError(_("There is no country of this code."))
        return code

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Amounts in minor units. Raises ValidationError without a currency."""
        for name in ("value_from", "value_to"):
            if name in given:
                given[name] = self._minor_units(name, given[name], given.get("currency"))
        return given

    @staticmethod
    def _minor_units(name: str, value: Decimal, currency: str | None) -> int:
        if not currency:
            raise serializers.ValidationError({"currency": [_("Say in which currency the value is.")]})
        try:
            return minor_units(value, currency)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({name: error.detail["value"]}) from None  # type: ignore[call-overload]


def wanted_by(given: dict[str, Any]) -> Wanted:
    """The checked query as the list knows it."""
    same = {name: given[name] for name in Wanted.__slots__ if name in given}
    return Wanted(
        **same,
        text=given.get("q", "").strip(),
        statuses=tuple(sorted(given.get("status", ()))),
        stages=tuple(sorted(given.get("stage", ()))),
        types=tuple(sorted(given.get("deal_type", ()))),
        line=given.get("product_line", ""),
    )
