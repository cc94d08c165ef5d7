"""Amounts, numbers and days on paper, in the language of the paper. A paper has thousands, so they are made quickly.

Tables say their currency once, at their head, and bear plain figures: "1,234.50". Digits are Latin in every language.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_skeleton
from babel.numbers import get_currency_precision

from reports.words import locale

NOTHING = "–"


class Figures:
    """How the active language writes what a paper in one currency bears."""

    def __init__(self, currency: str) -> None:
        self._locale = locale()
        symbols = self._locale.number_symbols["latn"]
        self._group, self._decimal = str(symbols["group"]), str(symbols["decimal"])
        self._minus = str(symbols["minusSign"])
        self._places = get_currency_precision(currency)

    def amount(self, minor: int | None) -> str:
        """An amount of minor units: "1,234.50"."""
        if minor is None:
            return NOTHING
        whole, fraction = divmod(abs(minor), 10**self._places)
        rest = f"{self._decimal}{fraction:0{self._places}d}" if self._places else ""
        return f"{self._minus if minor < 0 else ''}{self.number(whole)}{rest}"

    def number(self, value: int) -> str:
        return f"{value:,}".replace(",", self._group)

    def points(self, value: Decimal) -> str:
        """With as many decimals as it has, at most two."""
        whole, _, fraction = f"{value:.2f}".partition(".")
        fraction = fraction.rstrip("0")
        return self.number(int(whole)) + (self._decimal + fraction if fraction else "")

    def percent(self, basis_points: int) -> str:
        prefix, suffix = (
            self._locale.percent_formats[None].prefix[0],
            self._locale.percent_formats[None].suffix[0],
        )
        return f"{prefix}{self.points(Decimal(basis_points) / 100)}{suffix}"

    def day(self, value: date | None) -> str:
        """ "5 Mar 2026": the month by name in every language."""
        return NOTHING if value is None else _day(self._locale, value)


@lru_cache(maxsize=1024)
def _day(of: Locale, value: date) -> str:
    return str(format_skeleton("yMMMd", value, locale=of))
