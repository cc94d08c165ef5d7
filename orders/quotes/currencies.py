"""In which currencies a country's parts have prices."""

from __future__ import annotations

from datetime import date

from pricing.models import EditionStatus, PriceEdition
from pricing.money import currency_of


def currencies_in(country: str) -> list[str]:
    """Those of the price books that have a published edition there, the country's own first."""
    published = PriceEdition.objects.filter(country=country, status=EditionStatus.PUBLISHED)
    found = sorted(set(published.values_list("book__currency", flat=True)))
    own = currency_of(country)
    return sorted(found, key=lambda code: code != own)


def currency_for(country: str, today: date) -> str:
    """The currency to quote in there unless another is wished for."""
    return next(iter(currencies_in(country)), currency_of(country))
