"""What a deal is worth in US dollars on a day; and whether it is so small that the vendor gives no reason (C7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from babel.numbers import get_currency_precision

from pricing.rates.rates import RateUnknown, rate_on

from ..models import REASON_FROM_USD


@dataclass(frozen=True, slots=True)
class Worth:
    """`cents` of US dollars; None where no rate is known. Without a rate no deal counts as small: a reason is given."""

    cents: int | None

    @property
    def is_small(self) -> bool:
        return self.cents is not None and self.cents < REASON_FROM_USD


def worth_of(value: int, currency: str, day: date) -> Worth:
    """What an amount in minor units is worth, at the rate of the day or the latest before it."""
    try:
        rate = rate_on(currency, day)
    except RateUnknown:
        return Worth(None)
    return Worth(in_cents(value, currency, rate))


def in_cents(value: int, currency: str, rate: Decimal) -> int:
    """`rate` units of the currency are one dollar. Pure."""
    amount = Decimal(value).scaleb(-get_currency_precision(currency))
    return int((amount / rate * 100).to_integral_value(ROUND_HALF_EVEN))
