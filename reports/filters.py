"""What a report is narrowed by: typed, declared things, each with its fields, its condition and its words.

A filter knows the parameters of the address that it reads, makes the form's fields of them, and gives the condition on
the rows. What it cannot read is an error at its field, and never guessed at. `column` names the column it is about:
whoever may not see that may not narrow by it either.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.places import countries

from . import words
from .columns import EVERYBODY

Words = Any  # text, or text to be translated when it is shown
Given = Mapping[str, Any]  # what a form has cleaned, by parameter
Parameters = dict[str, list[str]]
ANY = ("", _("Any"))
#: In the address, for rows that have no value.
NONE = "-"
LARGEST_NUMBER = 2**63 - 1


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d",)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Filter:
    """The base of all. `name` is the address's word for it, `field` the rows' (`name` if not given)."""

    #: Whether few rows may fit, which are better found by what is asked for than one after the other in their order.
    finds_few: ClassVar[bool] = True

    name: str
    label: Words
    column: str = ""  # the name of the column it is about; `name` if not given, see __post_init__
    field: str = ""
    offered_to: frozenset[Kind] = EVERYBODY

    def __post_init__(self) -> None:
        object.__setattr__(self, "column", self.column or self.name)
        object.__setattr__(self, "field", self.field or self.name)

    @property
    def parameters(self) -> tuple[str, ...]:
        return (self.name,)

    def fields(self) -> dict[str, forms.Field]:
        """The form's fields, by parameter."""
        raise NotImplementedError

    def checked(self, given: dict[str, Any]) -> Iterable[tuple[str, ValidationError]]:
        """What is wrong between fields that are right each by itself: (parameter, error). May put values right."""
        return ()

    def condition(self, given: Given, actor: Actor) -> Q | None:
        """What the rows must fulfil; None if nothing was asked for."""
        raise NotImplementedError

    def words(self, given: Given) -> str:
        """What was asked for, for a reader; empty if nothing was."""
        raise NotImplementedError

    def narrowed_to(self, value: Any, given: Given) -> Parameters:
        """What the address says to see one value (of a group) alone."""
        return {self.name: [str(value)]}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choice(Filter):
    """One or several of known values. `choices` gives them with their words; "" is written as NONE.

    `means` gives another condition for what was chosen than that the field is one of it.
    """

    finds_few: ClassVar[bool] = False

    choices: Callable[[], Mapping[str, Any]]
    several: bool = True
    means: Callable[[list[str]], Q] | None = None

    def fields(self) -> dict[str, forms.Field]:
        options = [(value or NONE, word) for value, word in self.choices().items()]
        if self.several:
            widget = (
                forms.CheckboxSelectMultiple
                if len(options) <= 12
                else forms.SelectMultiple(attrs={"size": 6})
            )
            return {
                self.name: forms.MultipleChoiceField(
                    label=self.label, required=False, choices=options, widget=widget
                )
            }
        return {self.name: forms.ChoiceField(label=self.label, required=False, choices=[ANY, *options])}

    def _asked(self, given: Given) -> list[str]:
        value = given.get(self.name) or []
        return [value] if isinstance(value, str) else list(value)

    def condition(self, given: Given, actor: Actor) -> Q | None:
        values = ["" if value == NONE else value for value in self._asked(given)]
        if not values:
            return None
        return self.means(values) if self.means else Q(**{f"{self.field}__in": values})

    def words(self, given: Given) -> str:
        known = self.choices()
        return ", ".join(
            str(known.get("" if value == NONE else value, value)) for value in self._asked(given)
        )

    def narrowed_to(self, value: Any, given: Given) -> Parameters:
        return {self.name: [str(value) or NONE]}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Country(Choice):
    """One country, by ISO 3166-1."""

    choices: Callable[[], Mapping[str, Any]] = countries
    several: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class YesNo(Choice):
    choices: Callable[[], Mapping[str, Any]] = lambda: {"yes": _("Yes"), "no": _("No")}
    several: bool = False

    def condition(self, given: Given, actor: Actor) -> Q | None:
        values = self._asked(given)
        return Q(**{self.field: values == ["yes"]}) if values else None

    def narrowed_to(self, value: Any, given: Given) -> Parameters:
        return {self.name: ["yes" if value else "no"]}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Text(Filter):
    """Text that a value begins with. `means` gives another condition for it, for searches of their own."""

    means: Callable[[str, Actor], Q] | None = None
    lookup: str = "istartswith"
    hint: Words = ""
    longest: int = 200

    def fields(self) -> dict[str, forms.Field]:
        no_nulls = [ProhibitNullCharactersValidator()]
        return {
            self.name: forms.CharField(
                label=self.label,
                required=False,
                max_length=self.longest,
                validators=no_nulls,
                help_text=self.hint,
            )
        }

    def condition(self, given: Given, actor: Actor) -> Q | None:
        text = given.get(self.name, "")
        if not text:
            return None
        return self.means(text, actor) if self.means else Q(**{f"{self.field}__{self.lookup}": text})

    def words(self, given: Given) -> str:
        return given.get(self.name, "")


def in_quotes(text: str) -> str | None:
    """What stands in quotation marks, if all of it does."""
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] == '"' else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Named(Text):
    """Text that a value begins with; in quotation marks, all of it. A group of one value leads to that alone."""

    longest: int = 202  # the marks included

    def condition(self, given: Given, actor: Actor) -> Q | None:
        value = in_quotes(given.get(self.name, ""))
        return Text.condition(self, given, actor) if value is None else Q(**{self.field: value})

    def narrowed_to(self, value: Any, given: Given) -> Parameters:
        return {self.name: [f'"{value}"']}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Code(Text):
    """A number that is a name, as it stands there or in small letters; NONE for rows without one.

    It asks for equality alone, which an index answers under a policy.
    """

    lookup: str = "exact"
    longest: int = 24

    def checked(self, given: dict[str, Any]) -> Iterable[tuple[str, ValidationError]]:
        if given.get(self.name):
            given[self.name] = given[self.name].upper()
        return ()

    def condition(self, given: Given, actor: Actor) -> Q | None:
        code = given.get(self.name, "")
        return Q(**{f"{self.field}__{self.lookup}": "" if code == NONE else code}) if code else None

    def words(self, given: Given) -> str:
        code = given.get(self.name, "")
        return gettext("none") if code == NONE else code

    def narrowed_to(self, value: Any, given: Given) -> Parameters:
        return {self.name: [str(value) or NONE]}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Site(Code):
    """A site's number: seven digits; leading zeros may be left out."""

    longest: int = 7

    def fields(self) -> dict[str, forms.Field]:
        return {
            self.name: forms.RegexField(
                r"^([0-9]{1,7}|-)$",
                label=self.label,
                required=False,
                error_messages={"invalid": _("A site number has seven digits.")},
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-code"}),
            )
        }

    def checked(self, given: dict[str, Any]) -> Iterable[tuple[str, ValidationError]]:
        if given.get(self.name, NONE) not in ("", NONE):
            given[self.name] = given[self.name].zfill(7)
        return ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Range(Filter):
    """From and up to, both included."""

    @property
    def parameters(self) -> tuple[str, ...]:
        return (f"{self.name}_from", f"{self.name}_to")

    def fields(self) -> dict[str, forms.Field]:
        first, last = self.parameters
        label = {"label": self.label}
        return {
            first: self._field(label=_("%(label)s from") % label),
            last: self._field(label=_("%(label)s up to") % label),
        }

    def _field(self, **words: Any) -> forms.Field:
        raise NotImplementedError

    def _asked(self, given: Given) -> tuple[Any, Any]:
        first, last = self.parameters
        return given.get(first), given.get(last)

    def checked(self, given: dict[str, Any]) -> Iterable[tuple[str, ValidationError]]:
        first, last = self._asked(given)
        if first is not None and last is not None and first > last:
            yield self.parameters[1], ValidationError(_("This is before the beginning of the range."))

    def condition(self, given: Given, actor: Actor) -> Q | None:
        first, last = self._asked(given)
        found = Q()
        if first is not None:
            found &= Q(**{f"{self.field}__gte": self._lowest(first)})
        if last is not None:
            found &= Q(**{f"{self.field}__lte": self._highest(last)})
        return found or None

    def _lowest(self, first: Any) -> Any:
        return first

    def _highest(self, last: Any) -> Any:
        return last

    def words(self, given: Given) -> str:
        first, last = (None if end is None else self._word(end, given) for end in self._asked(given))
        if first is not None and last is not None:
            return gettext("%(first)s to %(last)s") % {"first": first, "last": last}
        if first is not None:
            return gettext("from %(first)s") % {"first": first}
        return "" if last is None else gettext("up to %(last)s") % {"last": last}

    def _word(self, end: Any, given: Given) -> str:
        return str(end)

    def narrowed_to(self, value: Any, given: Given) -> Parameters:
        first, last = self.parameters
        return {first: [str(value)], last: [str(value)]}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numbers(Range):
    least: int = 0
    most: int = LARGEST_NUMBER

    def _field(self, **words: Any) -> forms.Field:
        return forms.IntegerField(required=False, min_value=self.least, max_value=self.most, **words)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Days(Range):
    """Days as they are where the reader is. `moments`: the field holds times, not days."""

    moments: bool = False

    def _field(self, **words: Any) -> forms.Field:
        return DayField(required=False, **words)

    def _lowest(self, first: date) -> Any:
        return timezone.make_aware(datetime.combine(first, time.min)) if self.moments else first

    def _highest(self, last: date) -> Any:
        return timezone.make_aware(datetime.combine(last, time.max)) if self.moments else last

    def _word(self, end: date, given: Given) -> str:
        return words.day(end)

    def narrowed_to(self, value: date, given: Given) -> Parameters:
        """A month, as far as the days asked for reach into it."""
        asked_first, asked_last = self._asked(given)
        first, last = value, value.replace(day=monthrange(value.year, value.month)[1])
        first = max(first, asked_first) if asked_first else first
        last = min(last, asked_last) if asked_last else last
        return {name: [day.isoformat()] for name, day in zip(self.parameters, (first, last), strict=True)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Money(Range):
    """An amount in one currency, which the filter `currency` names. `minor_units` reads what somebody typed: it
    takes the text and the currency, and raises ValidationError."""

    minor_units: Callable[[str, str], int]
    currency: str = "currency"

    def _field(self, **words: Any) -> forms.Field:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "input-code"})
        return forms.CharField(required=False, max_length=40, widget=widget, **words)

    def _asked(self, given: Given) -> tuple[Any, Any]:
        first, last = self.parameters
        return given.get(first) or None, given.get(last) or None

    def checked(self, given: dict[str, Any]) -> Iterable[tuple[str, ValidationError]]:
        wrong = False
        for name in self.parameters:
            if not given.get(name):
                continue
            try:
                if not given.get(self.currency):
                    raise ValidationError(_("Choose the currency of this value."))
                given[name] = self.minor_units(given[name], given[self.currency])
            except ValidationError as error:
                wrong = True
                yield name, error
        if not wrong:
            yield from Range.checked(self, given)

    def _word(self, end: int, given: Given) -> str:
        return words.amount(end, given[self.currency])
