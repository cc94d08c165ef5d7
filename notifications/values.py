"""A notice's context: written once, read by people in several languages.

Dates, amounts and translated words are kept as what they are and put into words for each reader.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, cast

from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext


class Amount(NamedTuple):
    """Money in a notice's context: the currency's minor units (cents), and its ISO 4217 code."""

    minor_units: int
    currency: str


class Words(NamedTuple):
    """A name that people gave in some languages, by language code; `otherwise` where they gave none."""

    by_language: Mapping[str, str]
    otherwise: str | Promise


def pack(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context as JSON. Raises TypeError for a value that cannot be kept."""
    return {name: _packed(value) for name, value in context.items()}


def _packed(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | str() if not isinstance(value, Promise):
            # An enumeration's member is its value: JSON knows nothing else.
            return str.__str__(value) if isinstance(value, str) else value
        case Promise():
            with translation.override(None):  # the source text is the key to its translations
                return {"words": str(value)}
        case Words():
            return {"by_language": [dict(value.by_language), _packed(value.otherwise)]}
        case Amount():
            return {"amount": list(value)}
        case dt.datetime():
            return {"moment": value.isoformat()}
        case dt.date():
            return {"date": value.isoformat()}
        case Decimal():
            return {"number": str(value)}
        case list() | tuple():
            return {"list": [_packed(part) for part in value]}
    raise TypeError(f"A notice cannot carry {value!r}.")


def unpack(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context in the words of the active language and time zone."""
    return {name: _isolated(_unpacked(value)) for name, value in context.items()}


# First-strong isolate and its end: what is between them cannot scramble the sentence around it.
ISOLATE, END = "\u2068", "\u2069"


def _isolated(value: Any) -> Any:
    """Text that may run in another direction than the sentence it goes into, kept to itself."""
    if not isinstance(value, str) or not value:
        return value
    foreign = translation.get_language_bidi() or any(
        unicodedata.bidirectional(c) in ("R", "AL") for c in value
    )
    return f"{ISOLATE}{value}{END}" if foreign else value


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((what, content),) = value.items()
    match what:
        case "words":
            return gettext(content)
        case "by_language":
            own, otherwise = content
            return own.get(translation.get_language() or "") or _unpacked(otherwise)
        case "amount":
            return _written("value[0]|plain_money(value[1])", content)
        case "moment":
            return _written("value|datetime", dt.datetime.fromisoformat(content))
        case "date":
            return _written("value|date", dt.date.fromisoformat(content))
        case "number":
            return _written("value|number", Decimal(content))
    return content


def _written(expression: str, value: Any) -> str:
    """By the pages' own filters, so that mails write things the same way."""
    return str(_compiled(expression)(value=value))


@cache
def _compiled(expression: str) -> Callable[..., Any]:
    return cast(Jinja2, engines["jinja2"]).env.compile_expression(expression)
