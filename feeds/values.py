"""What a column of a feed holds: text as somebody wrote it becomes a value, or breaks a rule that is told.

Everything is refused that could mean two things; nothing is rounded, cut or guessed.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal as Exactly
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from babel.core import get_global
from babel.numbers import get_currency_precision, get_currency_symbol, list_currencies
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from feeds.reading import days, numbers
from feeds.reading.sheet import Exact
from feeds.reading.styles import PLAIN, Style
from feeds.words import fold, in_every_language
from identity.places import countries

Values = list[Any]


class Invalid(Exception):
    """The text breaks `rule`: what to give instead, for the sender, with `%(name)s` where `params` go.

    `code` says it to programs. As a string it is the whole sentence, in the reader's language.
    """

    def __init__(self, rule: str | Promise, code: str, **params: Any) -> None:
        super().__init__(code)
        self.rule = rule
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return str(self.rule) % self.params if self.params else str(self.rule)


_SHORTENED = _("The spreadsheet has shortened this number. Show it in full there, and save the file again.")
_NUMBER_TWO_WAYS = _(
    "This number can be read in two ways. Say whether a comma or a point begins the decimals."
)
_DAY_TWO_WAYS = _("This date can be read in two ways. Say whether the day or the month comes first.")
_SPREADSHEET_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "########"}
)


class Kind(ABC):
    """The type of a column. `beside` names the column that says more about the value, such as its currency."""

    sql: ClassVar[str] = "text"  # the type of a database column that holds the values
    styled: ClassVar[str] = ""  # what of a style it minds: "decimal", "order", or nothing

    @property
    def beside(self) -> str:
        return ""

    @abstractmethod
    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> Any:
        """The value of a cell that is not blank. Raises Invalid."""

    def parser(self, style: Style = PLAIN, beside: Any = None) -> Callable[[str], Any]:
        """`parse` for many cells of one style, which all have the same beside them. Raises Invalid when called."""

        def parse(text: str) -> Any:
            return self.parse(text, PLAIN if type(text) is Exact else style, beside)

        return parse

    def quick(self, cells: Sequence[str], style: Style = PLAIN, beside: Any = None) -> Values | None:
        """The values of a whole column at once, or None where each of its cells has to be looked at."""
        return None


# ------------------------------------------------------------------------------------------------------- text


def _tidy(text: str) -> str:
    """Without what cannot be seen: blanks around it, marks of direction at its ends; accents in one form (NFC)."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", text.strip(_INVISIBLE))


_INVISIBLE = " \t\r\n\v\f\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\u200b\u200e\u200f\u061c\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)


@dataclass(frozen=True)
class Text(Kind):
    """Text as it is, without blanks around it → str. `upper` for codes whose case does not matter."""

    max_length: int = 200
    upper: bool = False
    lines: bool = False  # whether line breaks are let in

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> str:
        text = _tidy(text)
        if text in _SPREADSHEET_ERRORS:
            raise Invalid(_("The spreadsheet shows an error here. Give what belongs here instead."), "error")
        if len(text) > self.max_length:
            raise Invalid(_("Give no more than %(limit)s characters."), "too_long", limit=self.max_length)
        if not text.isprintable():
            self._check_signs(text)
        return text.upper() if self.upper else text

    def _check_signs(self, text: str) -> None:
        allowed = "\n\t" if self.lines else ""
        for sign in text:
            if unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") and sign not in allowed:
                if sign == "\n":
                    raise Invalid(_("Give it in one line."), "one_line")
                raise Invalid(_("Leave out control characters."), "control")

    def quick(self, cells: Sequence[str], style: Style = PLAIN, beside: Any = None) -> Values | None:
        together = "".join(cells)
        if not (together.isascii() and together.isprintable()) or "#" in together:
            return None
        if max(map(len, cells), default=0) > self.max_length:
            return None
        found: Values = list(map(str.strip, cells))
        if self.upper:
            found = list(map(str.upper, found))
        return found if all(found) else [text or None for text in found]


@dataclass(frozen=True)
class Digits(Kind):
    """A number that is a name, such as a site number → str of exactly `length` digits.

    Leading zeros that a spreadsheet took away come back; so does what it made of the number besides ("403807.0").
    """

    length: int = 7

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> str:
        text = numbers.latin_digits(_tidy(text).removesuffix(".0"))
        if text.isascii() and text.isdecimal() and len(text) <= self.length and text.strip("0"):
            return text.zfill(self.length)
        if numbers.is_shortened(text):
            raise Invalid(_SHORTENED, "shortened")
        raise Invalid(_("Give a number of %(length)s digits."), "digits", length=self.length)


@dataclass(frozen=True)
class Pattern(Kind):
    """Text of a form, such as a part number → str. `rule` says which: "Give 7 letters and digits."."""

    regex: str
    rule: str | Promise
    upper: bool = True

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> str:
        text = _tidy(text)
        text = text.upper() if self.upper else text
        if not _compiled(self.regex).fullmatch(text):
            raise Invalid(self.rule, "pattern")
        return text

    def quick(self, cells: Sequence[str], style: Style = PLAIN, beside: Any = None) -> Values | None:
        found: Values = list(map(str.upper, cells)) if self.upper else list(cells)
        return found if all(map(_compiled(self.regex).fullmatch, found)) else None


_compiled = lru_cache(maxsize=256)(re.compile)


# ---------------------------------------------------------------------------------------------------- numbers


def _number(text: str, style: Style, wrong: Callable[[], Invalid]) -> tuple[str, str]:
    """A number before and after its decimal sign. Raises Invalid, which is `wrong()` where it is no number at all."""
    try:
        return numbers.plain(text, style.decimal)
    except numbers.Shortened:
        raise Invalid(_SHORTENED, "shortened") from None
    except numbers.ReadTwoWays:
        raise Invalid(_NUMBER_TWO_WAYS, "two_ways") from None
    except numbers.NotANumber:
        raise wrong() from None


def _day(text: str, style: Style) -> date:
    """Raises days.NotADay, Invalid."""
    try:
        return days.day(text, style.order)
    except days.ReadTwoWays:
        raise Invalid(_DAY_TWO_WAYS, "two_ways") from None


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number → int."""

    min: int = 0
    max: int = 2**31 - 1

    sql: ClassVar[str] = "bigint"
    styled: ClassVar[str] = "decimal"

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> int:
        whole, decimals = _number(text, style, self._wrong)
        if decimals.strip("0") or not self.min <= int(whole) <= self.max:
            raise self._wrong()
        return int(whole)

    def _wrong(self) -> Invalid:
        return Invalid(
            _("Give a whole number from %(min)s to %(max)s."),
            "whole",
            min=f"{self.min:,}",
            max=f"{self.max:,}",
        )


@dataclass(frozen=True)
class Decimal(Kind):
    """A number with at most `places` decimals → decimal.Decimal. `min` and `max` are written with a point."""

    places: int = 2
    min: str = "0"
    max: str = "999999999999"

    sql: ClassVar[str] = "numeric"
    styled: ClassVar[str] = "decimal"

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> Exactly:
        whole, decimals = _number(text, style, self._out_of_range)
        decimals = decimals.rstrip("0")
        if len(decimals) > self.places:
            raise Invalid(
                _("Give a number with no more than this many decimals: %(places)s."),
                "decimals",
                places=self.places,
            )
        value = Exactly(f"{whole}.{decimals}" if decimals else whole)
        if not Exactly(self.min) <= value <= Exactly(self.max):
            raise self._out_of_range()
        return value

    def _out_of_range(self) -> Invalid:
        low, high = (f"{Exactly(bound):,f}" for bound in (self.min, self.max))
        return Invalid(_("Give a number from %(min)s to %(max)s."), "number", min=low, max=high)


@dataclass(frozen=True)
class Amount(Kind):
    """Money → int, in the minor unit of the currency in the column `currency_column`, exactly."""

    currency_column: str = "currency"
    min: int = 0  # minor units
    max: int = 10**15

    sql: ClassVar[str] = "bigint"
    styled: ClassVar[str] = "decimal"

    @property
    def beside(self) -> str:
        return self.currency_column

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> int:
        """`beside` is the row's currency. It may stand with the amount; another one must not."""
        places = precision(beside)

        def wrong() -> Invalid:
            example = f"1234{style.decimal or '.'}{'5' * places}" if places else "1234"
            return Invalid(_("Give an amount such as %(example)s."), "amount", example=example)

        whole, decimals = _number(_without_currency(text, beside), style, wrong)
        if len(decimals.rstrip("0")) > places:
            raise Invalid(
                _("Give no more decimals than %(currency)s has: %(places)s."),
                "decimals",
                currency=beside,
                places=places,
            )
        return self._within(int(whole + decimals[:places].ljust(places, "0")), places)

    def _within(self, amount: int, places: int) -> int:
        if not self.min <= amount <= self.max:
            low, high = (f"{Exactly(bound).scaleb(-places):,f}" for bound in (self.min, self.max))
            raise Invalid(_("Give an amount from %(min)s to %(max)s."), "amount", min=low, max=high)
        return amount

    def quick(self, cells: Sequence[str], style: Style = PLAIN, beside: Any = None) -> Values | None:
        places = precision(beside)
        decimal = style.decimal or ("." if places != 3 else "")  # 1.234 could be read in two ways
        together = "\n".join(cells)
        if not decimal or not _plain_column(decimal, places).fullmatch(together):
            return None
        digits = together.replace(decimal, "").split("\n")
        found: Values = (
            list(map(int, digits)) if all(digits) else [int(text) if text else None for text in digits]
        )
        if not cells or self.min > 0 or self.max < 10**13:
            within = all(self.min <= amount <= self.max for amount in found if amount is not None)
            return found if within else None
        return found


@lru_cache(maxsize=32)
def _plain_column(decimal: str, places: int) -> re.Pattern[str]:
    """Cells, one per line, that are blank or digits with all the decimals there are, and not too many."""
    number = rf"[0-9]{{1,{13 - places}}}+" + (rf"\{decimal}[0-9]{{{places}}}" if places else "")
    return re.compile(rf"(?:(?:{number})?\n)*+(?:{number})?")


@lru_cache(maxsize=256)
def precision(currency: str | None) -> int:
    """How many decimals a currency has; two where it is not known."""
    return get_currency_precision(currency) if currency else 2


_BARE = "0123456789.,-"


def _without_currency(text: str, currency: str | None) -> str:
    if currency is None or text.strip(_BARE) == "":
        return text
    text = _tidy(text)
    for mark in (currency, currency.lower(), get_currency_symbol(currency, "en")):
        text = text.removeprefix(mark).removesuffix(mark)
    return text.strip(_INVISIBLE)


# ------------------------------------------------------------------------------------------- days and moments


@dataclass(frozen=True)
class Day(Kind):
    """A date → datetime.date."""

    first: date = date(1900, 1, 1)
    last: date = date(2199, 12, 31)

    sql: ClassVar[str] = "date"
    styled: ClassVar[str] = "order"

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> date:
        try:
            found = _day(text, style)
        except days.NotADay:
            raise Invalid(
                _("Give a date that exists, such as %(example)s."), "day", example="2026-12-31"
            ) from None
        if not self.first <= found <= self.last:
            raise Invalid(
                _("Give a date from %(first)s to %(last)s."),
                "day",
                first=self.first.isoformat(),
                last=self.last.isoformat(),
            )
        return found


_TIME = re.compile(
    r"(?P<day>.+?)(?:[T ]+|(?<=\d)T)(?P<time>\d{1,2}:\d\d(?::\d\d(?:\.\d{1,6})?)?)\s*(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?",
    re.ASCII,
)


@dataclass(frozen=True)
class Moment(Kind):
    """A date and a time → datetime.datetime with a zone; in UTC where none is written."""

    sql: ClassVar[str] = "timestamptz"
    styled: ClassVar[str] = "order"

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> datetime:
        try:
            return self._moment(numbers.latin_digits(_tidy(text)), style)
        except ValueError:
            raise Invalid(
                _("Give a date and a time, such as %(example)s."), "moment", example="2026-12-31T14:05:00Z"
            ) from None

    def _moment(self, text: str, style: Style) -> datetime:
        found = _TIME.fullmatch(text)
        if found is None:
            return datetime.combine(_day(text, style), time(), UTC)
        clock = found["time"] if found["time"][1] != ":" else "0" + found["time"]
        zone = found["zone"] or "Z"
        zone = "+00:00" if zone in ("Z", "UTC") else zone
        return datetime.combine(_day(found["day"].strip(), style), time.fromisoformat(clock + zone))


# ---------------------------------------------------------------------------------------------- words for codes


def _by_word(words: Iterable[tuple[str, str]]) -> dict[str, str]:
    """(word, code) pairs for looking up; words that would mean two codes mean none."""
    meanings: dict[str, set[str]] = {}
    for word, code in words:
        meanings.setdefault(fold(word), set()).add(code)
    return {word: codes.pop() for word, codes in meanings.items() if word and len(codes) == 1}


@dataclass(frozen=True)
class Choice(Kind):
    """One of some codes → str, the code. The words for it (labels, in every language) will do as well."""

    choices: Mapping[str, str | Promise] = field(hash=False)

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> str:
        text = _tidy(text)
        if text in self.choices:
            return text
        try:
            return self._words[fold(text)]
        except KeyError:
            raise Invalid(_("Give one of: %(choices)s."), "choice", choices=", ".join(self.choices)) from None

    @cached_property
    def _words(self) -> dict[str, str]:
        labels = ((word, code) for code, label in self.choices.items() for word in in_every_language(label))
        return _by_word(labels) | _by_word((code, code) for code in self.choices)


@dataclass(frozen=True)
class Country(Kind):
    """A country by code of two or three letters or by name, in every language of the portal → str of two letters."""

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> str:
        try:
            return _country_words()[fold(text)]
        except KeyError:
            raise Invalid(_("Give a country's code of two letters, such as DE."), "country") from None


@lru_cache(maxsize=1)
def _country_words() -> dict[str, str]:
    with override("en"):
        codes = tuple(countries())
    words = [
        ("UK", "GB"),
        ("Great Britain", "GB"),
        ("USA", "US"),
        ("Holland", "NL"),
        ("Czech Republic", "CZ"),
    ]
    for language, _name in settings.LANGUAGES:
        with override(language):
            words += [(name, code) for code, name in countries().items()]
    for long, short in get_global("territory_aliases").items():
        if len(long) == 3 and long.isalpha() and len(short) == 1 and short[0] in codes:
            words.append((long, short[0]))
    return _by_word(words) | {code.casefold(): code for code in codes}


@dataclass(frozen=True)
class Currency(Kind):
    """A currency's code of three letters → str. `choices` are those that are in use; all that exist where empty."""

    choices: frozenset[str] = frozenset()

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> str:
        code = _tidy(text).upper()
        if code not in (self.choices or _currencies()):
            raise Invalid(_("Give a currency's code of three letters, such as EUR."), "currency")
        return code


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    """Currencies that are legal tender somewhere today."""
    in_use = {
        code
        for used in get_global("territory_currencies").values()
        for code, _start, end, tender in used
        if tender and end is None
    }
    return frozenset(list_currencies()) & in_use


_YES = (
    "yes",
    "y",
    "true",
    "1",
    "x",
    "sim",
    "s",
    "sì",
    "si",
    "tak",
    "t",
    "نعم",
    "ja",
    "j",
    "oui",
    "vrai",
    "wahr",
)
_NO = ("no", "n", "false", "0", "não", "nie", "لا", "nein", "non", "faux", "falsch", "falso")


@dataclass(frozen=True)
class YesNo(Kind):
    """Yes or no, in every language of the portal → bool."""

    sql: ClassVar[str] = "boolean"

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> bool:
        word = fold(numbers.latin_digits(text))
        if word not in _YES_OR_NO:
            raise Invalid(_("Give yes or no."), "yes_no")
        return _YES_OR_NO[word]


_YES_OR_NO = {fold(word): True for word in (*_YES, "vero", "verdadeiro", "prawda")} | {
    fold(word): False for word in (*_NO, "fałsz")
}
