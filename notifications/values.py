"""A notice's context: written once, read by people in several languages.

Dates, amounts and translated words are kept as what they are and put into words for each reader.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.template import engines
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext


class Amount(NamedTuple):
    """Money in a notice's context: the currency's minor units (cents), and its ISO 4217 code."""

    minor_units: int
    currency: str


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
        case Amount():
            return {"amount": list(value)}
        case dt.datetime():
            return {"moment": value.isoformat()}
        case dt.date():
            return {"date": value.isoformat()}
        case Decimal():
            return {"number": str(value)}
    raise TypeError(f"A notice cannot carry {value!r}.")


def unpack(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context in the words of the active language and time zone."""
    return {name: _unpacked(value) for name, value in context.items()}


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    filters = engines["jinja2"].env.filters  # the pages' own filters, so that mails write things the same way
    ((what, content),) = value.items()
    match what:
        case "words":
            return gettext(content)
        case "amount":
            return filters["plain_money"](*content)
        case "moment":
            return filters["datetime"](dt.datetime.fromisoformat(content))
        case "date":
            return filters["date"](dt.date.fromisoformat(content))
        case "number":
            return filters["number"](Decimal(content))
    return content
