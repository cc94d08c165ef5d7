"""Currencies, and amounts as people write them. Amounts are kept in the currency's minor unit, as whole numbers."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, get_currency_name, get_currency_precision, get_currency_symbol
from django.utils.translation import get_language

# What deals and quotes may be in; the countries that use one without asking.
CURRENCIES: dict[str, str] = {
    "USD": "US", "EUR": "IT DE FR ES PT NL BE AT IE FI GR", "PLN": "PL", "BRL": "BR", "EGP": "EG", "SAR": "SA",
    "AED": "AE", "QAR": "QA", "KWD": "KW", "BHD": "BH", "OMR": "OM", "JOD": "JO", "MAD": "MA", "TND": "TN",
    "GBP": "GB", "CHF": "CH", "CZK": "CZ", "SEK": "SE", "NOK": "NO", "DKK": "DK", "HUF": "HU", "RON": "RO",
    "TRY": "TR", "CAD": "CA", "AUD": "AU", "NZD": "NZ", "JPY": "JP", "KRW": "KR", "INR": "IN", "SGD": "SG",
    "ZAR": "ZA", "MXN": "MX", "CLP": "CL", "COP": "CO", "ARS": "AR",
}  # fmt: skip
_OF_COUNTRY = {country: code for code, users in CURRENCIES.items() for country in users.split()}
_GROUPED = re.compile(r"\d{1,3}(?:(?P<group>[.,'])\d{3})(?:(?P=group)\d{3})*")


class NotAnAmount(ValueError):
    """The text is no amount of money."""


class TooPrecise(ValueError):
    """The amount has more decimals than its currency."""


def currency_of(country: str) -> str:
    """The currency a country's businesses reckon in; US dollars where none is listed."""
    return _OF_COUNTRY.get(country, "USD")


@lru_cache(maxsize=16)
def _names(language: str) -> list[tuple[str, str]]:
    locale = Locale.parse(language.replace("-", "_"))
    return [(code, f"{code} – {get_currency_name(code, locale=locale)}") for code in sorted(CURRENCIES)]


def currency_choices() -> list[tuple[str, str]]:
    """The currencies' codes, with their names in the reader's language."""
    return _names(get_language() or "en")


def minor_units(text: str, currency: str) -> int:
    """An amount as somebody wrote it, in the currency's minor unit: "1,250.50" EUR is 125050.

    Understands the separators of the reader's language and the other way round where there is no doubt, spaces,
    apostrophes, and Arabic digits. Raises NotAnAmount, TooPrecise.
    """
    places = get_currency_precision(currency)
    whole, fraction = _parts(_plain(text, currency))
    if len(fraction.rstrip("0")) > places:
        raise TooPrecise
    return int(whole + fraction[:places].ljust(places, "0"))


def _plain(text: str, currency: str) -> str:
    """The text in ASCII digits and separators, without the currency and what only makes it easier to read."""
    text = _without_marks(text)
    for known in (
        _without_marks(get_currency_symbol(currency, locale=_locale())),
        currency,
        currency.lower(),
    ):
        text = text.replace(known, "")
    signs = []
    for sign in text:
        if unicodedata.category(sign) == "Nd":
            signs.append(str(unicodedata.digit(sign)))
        elif sign == "٫":
            signs.append(".")
        elif sign == "’":
            signs.append("'")
        elif not sign.isspace() and unicodedata.category(sign) != "Sc" and sign != "٬":
            signs.append(sign)
    return "".join(signs)


def _without_marks(text: str) -> str:
    """The text without signs that only say in which direction it runs."""
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def _parts(text: str) -> tuple[str, str]:
    """The digits before and after the decimal separator."""
    if len(text) > 40 or not re.fullmatch(r"[\d.,']*\d", text):
        raise NotAnAmount
    last = max(text.rfind("."), text.rfind(","))
    whole, decimals = text, ""
    if last >= 0 and not _is_grouping(text, last):
        whole, decimals = text[:last], text[last + 1 :]
    if decimals and text[last] in whole:
        raise NotAnAmount  # the same sign cannot group and end the whole
    if whole and not whole.isdigit() and not _GROUPED.fullmatch(whole):
        raise NotAnAmount
    return re.sub(r"\D", "", whole) or "0", decimals


def _is_grouping(text: str, last: int) -> bool:
    """Whether the last separator groups thousands rather than beginning the decimals."""
    sign = text[last]
    if len(text) - last - 1 != 3:
        return False
    if text.count(sign) > 1:
        return True
    if ({".", ","} - {sign}).pop() in text:
        return False  # after another separator: the decimals
    return sign != _decimal_sign()


def as_written(amount: int | None, currency: str) -> str:
    """An amount for a field that somebody goes on writing in: no grouping, decimals only if there are any."""
    if amount is None:
        return ""
    places = get_currency_precision(currency)
    whole, rest = divmod(amount, 10**places)
    if not rest:
        return str(whole)
    return f"{whole}{_decimal_sign()}{rest:0{places}d}"


def in_figures(amount: int, currency: str) -> str:
    """An amount for a sentence, as the reader's language writes it: "€1,250.00"."""
    value = Decimal(amount).scaleb(-get_currency_precision(currency))
    written = format_currency(value, currency, locale=_locale())
    return re.sub(r"(?<=[^\W\d_])(?=\d)", "\xa0", written)  # "EGP 5": a code is kept off the digits


def _locale() -> Locale:
    return Locale.parse((get_language() or "en").replace("-", "_"))


def _decimal_sign() -> str:
    return str(_locale().number_symbols["latn"]["decimal"])
