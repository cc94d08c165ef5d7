"""Days, months and amounts in the reader's words, for what is written outside of templates: chips, charts, groups."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, get_month_names
from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language

LOCALES = {"en": "en_GB", "pt-br": "pt_BR"}


@lru_cache(maxsize=16)
def _locale_of(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language, language.replace("-", "_")))


def locale() -> Locale:
    return _locale_of(get_language() or "en")


def day(value: date) -> str:
    return format_date(value, "medium", locale=locale())


def month(value: date, *, short: bool = False) -> str:
    """ "March 2026", or short "Mar 2026". Digits are Latin in every language, as on all pages."""
    return format_skeleton("yMMM" if short else "yMMMM", value, locale=locale())


def amount(minor: int, currency: str) -> str:
    """An amount of minor units as the reader writes it."""
    value = Decimal(minor).scaleb(-get_currency_precision(currency))
    return format_currency(value, currency, locale=locale())


def month_name(number: int) -> str:
    """ "March", of 3, standing alone."""
    return str(get_month_names("wide", "stand-alone", locale())[number])
