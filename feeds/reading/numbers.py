"""Numbers as people and spreadsheets write them, without ever passing through a float that would round them."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 40  # signs that a number may have

# What groups thousands in some country and never begins decimals; all of it becomes an apostrophe.
_GROUPING = "'’‘´`ʼ\u00a0\u202f\u2009\u2007 ٬"
_MARKS = "\u200e\u200f\u061c\ufeff\u200b"  # say in which direction text runs, or nothing at all
_SIGNS = str.maketrans(dict.fromkeys(_GROUPING, "'") | dict.fromkeys(_MARKS) | {"−": "-", "–": "-"})
# The groups in the middle may have two digits, as in India: 12,34,567.
_GROUPED = r"\d{1,3}(?=(?P<group>['%s]))(?:(?P=group)\d{2,3})*(?P=group)\d{3}"
_NUMBER = {
    decimal: re.compile(
        rf"(?P<minus>[-+]?)(?P<whole>\d+|{_GROUPED % other}|)(?:[{decimal}٫](?P<decimals>\d*))?(?P<after>-?)",
        re.ASCII,
    )
    for decimal, other in ((".", ","), (",", "."))
}
_SHORTENED = re.compile(r"[-+]?\d+(?:[.,]\d*)?[eE][-+]?\d{1,3}", re.ASCII)


class NotANumber(ValueError):
    """The text is no number, or none in this style."""


class ReadTwoWays(NotANumber):
    """1.234 is a thousand for some people and a bit more than one for others, and nobody has said which."""


class Shortened(NotANumber):
    """A spreadsheet has rounded the number: 4.03807E+05."""


def plain(text: str, decimal: str) -> tuple[str, str]:
    """The digits before the decimals, with a minus if there is one, and the decimals: "1'234,50" is ("1234", "50").

    `decimal` is the sign that begins decimals in this column, the other one groups thousands; "" if it is not known.
    Raises NotANumber.
    """
    if text.isascii() and text.isdecimal() and len(text) <= LONGEST:
        return text, ""
    decimal = decimal or _told_by(text)
    text = tidy(text)
    found = _NUMBER[decimal].fullmatch(text)
    if found is None:
        raise Shortened if is_shortened(text) else NotANumber
    minus, whole, decimals, after = found.group("minus", "whole", "decimals", "after")
    if (minus and after) or not (whole or decimals):
        raise NotANumber
    digits = re.sub(r"\D", "", whole) or "0"
    return ("-" + digits if "-" in (minus, after) else digits), decimals or ""


def _told_by(text: str) -> str:
    told = evidence(text)
    if told == "?":
        raise ReadTwoWays
    return told or "."


def tidy(text: str) -> str:
    """Digits and signs in ASCII, one sign for all that only group thousands. Raises NotANumber for what is too long."""
    text = text.translate(_SIGNS).strip("'")
    if len(text) > LONGEST:
        raise NotANumber
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]  # how accountants write what is owed
    return text if text.isascii() else latin_digits(text)


def is_shortened(text: str) -> bool:
    """Whether a spreadsheet has rounded a number to fit it into a column: 4.03807E+05."""
    return _SHORTENED.fullmatch(text) is not None


def latin_digits(text: str) -> str:
    """Digits of any script (١٢٣) as 123; the rest as it is."""
    return "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in text)


def from_workbook(text: str) -> str:
    """A workbook's binary number as people see it there, to 15 digits: "19.990000000000002" is "19.99".

    Raises NotANumber.
    """
    if len(text) <= 16 and text.isascii() and text[:1] in _FIRST_DIGITS:
        if text.isdecimal() and len(text) < 16:
            return text
        if text.replace(".", "", 1).isdecimal():
            return text.rstrip("0").rstrip(".") if "." in text else text
    try:
        number = float(text)
    except ValueError:
        raise NotANumber from None
    if not abs(number) < 1e30:
        raise NotANumber
    return _without_exponent(f"{number:.15g}")


_FIRST_DIGITS = frozenset("123456789")


def _without_exponent(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    shift = int(exponent)
    if shift >= 0:
        fraction = fraction.ljust(shift, "0")
        return sign + whole + fraction[:shift] + ("." + fraction[shift:] if fraction[shift:] else "")
    digits = (whole + fraction).rjust(1 - shift + len(fraction), "0")
    return f"{sign}{digits[0]}.{digits[1:]}"


# ------------------------------------------------------------------------------------------ what the signs tell


def evidence(text: str) -> str:
    """What a number tells of its column's style: "." or "," begin decimals; "" nothing; "?" 1.234 can be either."""
    if text.isdecimal():
        return ""
    try:
        text = tidy(text).strip("+-")
    except NotANumber:
        return ""
    dot, comma = text.rfind("."), text.rfind(",")
    if dot < 0 and comma < 0:
        return ""
    if dot >= 0 and comma >= 0:
        return "." if dot > comma else ","
    sign = "." if dot >= 0 else ","
    other = "," if sign == "." else "."
    whole, _, rest = text.partition(sign)
    if sign in rest:
        return other  # the same sign twice groups
    if (
        len(rest) == 3
        and rest.isdecimal()
        and len(whole) <= 3
        and whole.isdecimal()
        and not whole.startswith("0")
    ):
        return "?"
    return sign
