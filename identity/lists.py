"""Lists with tabs and filters, as their addresses say them: what is typed, where the other tabs are, how many rows.

Which tabs and filters a list has, and what they mean, says its own module (cosell/leads/listing.py, for instance).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

#: Rows behind a tab are counted so far; beyond it, "999+": nobody reads such a number, and counting on would cost.
COUNTED = 999
LONGEST = 200  # characters of what is typed into a filter


@dataclass(frozen=True, slots=True, eq=False)
class Tab:
    """A cut of a list: which rows, and in which order."""

    name: str
    label: str | Promise
    where: Q
    order: tuple[str, ...] = ("-id",)


class Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def named(tabs: Sequence[N], name: str) -> N:
    """The tab of this name, or the first one, on which one lands."""
    return next((tab for tab in tabs if tab.name == name), tabs[0])


def typed(asked: Mapping[str, Any], name: str = "q", most: int = LONGEST) -> str:
    """What an address says a filter is, on one line, as far as it is read."""
    return " ".join(str(asked.get(name, "")).replace("\0", "").split())[:most]


def query_of(asked: Mapping[str, Any], parameters: Sequence[str], **changes: str) -> str:
    """The list's tab and filters with something changed; what is empty is left out."""
    kept = {name: asked.get(name, "") for name in parameters} | changes
    return urlencode({name: value for name, value in kept.items() if value})


def address_of(page: str, asked: Mapping[str, Any], parameters: Sequence[str], **changes: str) -> str:
    """The address of the same list with something changed, from its first page on. `page` is the list's name."""
    address, query = reverse(page), query_of(asked, parameters, **changes)
    return f"{address}?{query}" if query else address


def how_many(found: QuerySet[Any, Any]) -> int:
    """How many rows there are; COUNTED + 1 where there are more."""
    return found.order_by()[: COUNTED + 1].count()


def counted(number: int) -> str:
    """What `how_many` found, as it stands on a tab."""
    return _("%(number)d+") % {"number": COUNTED} if number > COUNTED else str(number)
