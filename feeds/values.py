"""What a column of a feed holds: text as somebody wrote it becomes a value, or breaks a rule that is told."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.functional import Promise

from feeds.reading.styles import PLAIN, Style


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


class Kind(ABC):
    """The type of a column. `beside` names the column that says more about the value, such as its currency."""

    sql: ClassVar[str] = "text"  # the type of a database column that holds the values
    beside: str = ""

    @abstractmethod
    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> Any:
        """The value of a cell that is not blank. Raises Invalid."""


@dataclass(frozen=True)
class Text(Kind):
    """Text as it is, without blanks around it → str. `upper` for codes whose case does not matter."""

    max_length: int = 200
    upper: bool = False
    lines: bool = False  # whether line breaks are let in

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Digits(Kind):
    """A number that is a name, such as a site number → str of exactly `length` digits; lost leading zeros come back."""

    length: int = 7

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Pattern(Kind):
    """Text of a form, such as a part number → str. `rule` says which: "Give 7 letters and digits."."""

    regex: str = ""
    rule: str | Promise = ""
    upper: bool = True

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number → int."""

    sql: ClassVar[str] = "bigint"
    min: int = 0
    max: int = 2**31 - 1

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> int:
        raise NotImplementedError


@dataclass(frozen=True)
class Decimal(Kind):
    """A number with at most `places` decimals → decimal.Decimal."""

    sql: ClassVar[str] = "numeric"
    places: int = 2
    min: str = "0"
    max: str = "999999999999"

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> Any:
        raise NotImplementedError


@dataclass(frozen=True)
class Amount(Kind):
    """Money → int, in the minor unit of the currency in the column `currency_column`."""

    sql: ClassVar[str] = "bigint"
    currency_column: str = "currency"
    min: int = 0  # minor units
    max: int = 10**15

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> int:
        """`beside` is the row's currency."""
        raise NotImplementedError


@dataclass(frozen=True)
class Day(Kind):
    """A date → datetime.date."""

    sql: ClassVar[str] = "date"

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> Any:
        raise NotImplementedError


@dataclass(frozen=True)
class Moment(Kind):
    """A date and a time → datetime.datetime with a zone; in UTC where none is written."""

    sql: ClassVar[str] = "timestamptz"

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> Any:
        raise NotImplementedError


@dataclass(frozen=True)
class Choice(Kind):
    """One of some codes → str, the code. The words for it (labels, in every language) will do as well."""

    choices: Mapping[str, str | Promise]

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Country(Kind):
    """A country by code of two or three letters or by name, in every language of the portal → str of two letters."""

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Currency(Kind):
    """A currency's code of three letters → str."""

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class YesNo(Kind):
    """Yes or no, in every language of the portal → bool."""

    sql: ClassVar[str] = "boolean"

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> bool:
        raise NotImplementedError
