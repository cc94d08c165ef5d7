"""Columns: what a list is made of, declared once for its page, its files and whoever may see what."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from identity.actors import Actor, Kind

EVERYBODY = frozenset(Kind)


class Type(enum.Enum):
    """What a column's values are, and so how a file holds them."""

    TEXT = enum.auto()
    CODE = enum.auto()  # a number that is a name: never counted with, leading zeros kept
    NUMBER = enum.auto()
    DECIMAL = enum.auto()  # a number with decimals, as many as the database keeps
    PERCENT = enum.auto()  # in hundredths of a per cent, as a whole number; written in per cent
    MONEY = enum.auto()  # in minor units, as a whole number; `currency` says of which currency
    DATE = enum.auto()
    MOMENT = enum.auto()  # a time with its zone; shown in the reader's
    MONTH = enum.auto()  # the first day of a month, as a date


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    `name` stands in addresses. `field` is where its value is found in a row of the query (`name` if not given),
    `currency` the field that holds the currency of an amount. `words` gives the reader's words for stored values,
    such as those of a status. Whoever is not in `seen_by` is not shown the column, wherever the list appears.
    """

    name: str
    label: str | Promise
    type: Type = Type.TEXT
    field: str = ""
    currency: str = ""
    words: Callable[[], Mapping[str, str]] | None = None
    seen_by: frozenset[Kind] = EVERYBODY
    width: int = 0  # in characters; as wide as its type needs if not given

    @property
    def source(self) -> str:
        return self.field or self.name


def seen_by(actor: Actor, columns: Iterable[Column]) -> tuple[Column, ...]:
    """Those of the columns that this actor may see."""
    return tuple(column for column in columns if actor.kind in column.seen_by)


def chosen(names: str, columns: Iterable[Column]) -> tuple[Column, ...]:
    """The columns named in an address (`"customer,value"`), in the list's own order; unknown names are left out."""
    wanted = frozenset(names.split(","))
    return tuple(column for column in columns if column.name in wanted)


def sources(columns: Iterable[Column]) -> list[str]:
    """The fields of the query that these columns need, each once."""
    fields = [field for column in columns for field in (column.source, column.currency) if field]
    return list(dict.fromkeys(fields))
