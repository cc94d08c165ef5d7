"""What currencies are worth: looking it up, and looking at it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from ..models import ExchangeRate

BASE = "USD"


class RateUnknown(LookupError):
    """There is no rate for a currency on or before a day."""


def rate_on(currency: str, day: date) -> Decimal:
    """How much of a currency (ISO 4217) one US dollar is on a day: the latest rate of that day or before.

    Raises RateUnknown.
    """
    if currency == BASE:
        return Decimal(1)
    known = ExchangeRate.objects.filter(currency=currency, day__lte=day).order_by("-day")
    rate = known.values_list("rate", flat=True).first()
    if rate is None:
        raise RateUnknown(currency, day)
    return rate


def rates(*, currency: str = "", day: date | None = None) -> QuerySet[ExchangeRate]:
    """Rates, of one currency or of one day."""
    found = ExchangeRate.objects.all()
    if currency:
        found = found.filter(currency=currency)
    if day is not None:
        found = found.filter(day=day)
    return found


ORDER = ("-day", "currency", "-id")
