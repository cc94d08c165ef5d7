"""Days as people and spreadsheets write them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from babel import Locale

from .numbers import latin_digits

LONGEST = 40  # signs that a day may have
# Day 60 of a workbook is 29 February 1900, which never was: what counts from 1 March on is right.
FIRST_SERIAL, LAST_SERIAL = 61, 2_958_465
_WORKBOOK_EPOCH = date(1899, 12, 30)
# Whose names of months are known: the portal's languages and some neighbours'.
_LANGUAGES = ("en", "ar", "pt", "pl", "it", "de", "fr", "es", "nl")

_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_IN_ONE = re.compile(r"((?:19|20|21)\d\d)(\d\d)(\d\d)", re.ASCII)
_SERIAL = re.compile(r"[1-9]\d{4}", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})[-\s./]*(?:de )?([^\W\d]+)[-\s./]*(?:de )?(\d{4})")
_NAMED_FIRST = re.compile(r"([^\W\d]+)[-\s./]*(\d{1,2})(?:\s*,\s*|[-\s./]+)(\d{4})")
_MIDNIGHT = re.compile(r"[T ]+00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?$")


class NotADay(ValueError):
    """The text is no day, or none that there ever was."""


class ReadTwoWays(NotADay):
    """05/03/2026 is in March for some people and in May for others, and nobody has said which."""


def day(text: str, order: str) -> date:
    """The day a text tells. Raises NotADay.

    `order` is what 05/03/2026 means in this column: "dmy" or "mdy", "" if it is not known.
    """
    text = _plain(text)
    if not order:
        order = evidence(text)
        if order == "?":
            raise ReadTwoWays
    try:
        return _day(text, order)
    except (ValueError, OverflowError):
        raise NotADay from None


def _plain(text: str) -> str:
    if len(text) > LONGEST:
        raise NotADay
    text = " ".join(text.split())
    if not text.isascii():
        text = latin_digits(text).strip("\u200e\u200f\u061c\ufeff")
    return _MIDNIGHT.sub("", text)


def _day(text: str, order: str) -> date:
    if found := _YEAR_FIRST.fullmatch(text):
        return date(int(found[1]), int(found[3]), int(found[4]))
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if order == "mdy" and found[2] != ".":  # with full stops the day is first wherever they are used
            first, second = second, first
        return date(year, second, first)
    if found := _IN_ONE.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if _SERIAL.fullmatch(text):
        return of_serial(int(text))
    if found := _NAMED.fullmatch(text):
        return date(int(found[3]), _month(found[2]), int(found[1]))
    if found := _NAMED_FIRST.fullmatch(text):
        return date(int(found[3]), _month(found[1]), int(found[2]))
    raise NotADay


def of_serial(number: int) -> date:
    """The day that workbooks count as `number`. Raises NotADay."""
    if not FIRST_SERIAL <= number <= LAST_SERIAL:
        raise NotADay
    return _WORKBOOK_EPOCH + timedelta(days=number)


def _month(name: str) -> int:
    try:
        return _months()[name.casefold()]
    except KeyError:
        raise NotADay from None


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """Names of months, long and short; without those that mean different months in two languages."""
    found: dict[str, set[int]] = {}
    for language in _LANGUAGES:
        months = Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    found.setdefault(str(name).casefold().strip(". "), set()).add(int(number))
    found.setdefault("sept", {9})
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}


def evidence(text: str) -> str:
    """What a day tells of its column's style: "dmy", "mdy", "" nothing, "?" either."""
    try:
        found = _YEAR_LAST.fullmatch(_plain(text))
    except NotADay:
        return ""
    if found is None or found[2] == ".":
        return ""
    first, second = int(found[1]), int(found[3])
    if first > 12 or second > 12:
        return "dmy" if first > 12 else "mdy"
    return "" if first == second else "?"
