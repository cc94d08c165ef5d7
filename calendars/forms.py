"""The forms of the calendars' pages: every rule with its message at its field."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from identity.places import countries, time_zones

from .actions import MOST_HOLIDAYS, Day
from .models import Weekday

YEARS = range(2000, 2101)
NAME = 80
LINE = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})[\s,;]+(.*)")
HOUR = {"type": "time"}


def _country_choices() -> list[tuple[str, str]]:
    return [("", str(_("Choose a country"))), *countries().items()]


def valid_date(day: date) -> None:
    """Raises ValidationError for a year that is far from any promise."""
    if day.year not in YEARS:
        raise forms.ValidationError(
            _("Give a year from %(first)s to %(last)s.") % {"first": YEARS[0], "last": YEARS[-1]}
        )


class CalendarForm(forms.Form):
    """Days and hours of a calendar."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=_("Name"),
        max_length=NAME,
        required=False,
        validators=[ProhibitNullCharactersValidator()],
        help_text=_("Where the country's name does not say enough, such as “England and Wales”."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lazy(lambda: [(name, name) for name in time_zones()], list)(),
        initial="UTC",
        widget=forms.Select(attrs={"data-combobox": ""}),
    )
    weekend = forms.TypedMultipleChoiceField(
        label=_("Days off every week"),
        choices=Weekday.choices,
        coerce=int,
        required=False,
        initial=[Weekday.SATURDAY, Weekday.SUNDAY],
        widget=forms.CheckboxSelectMultiple,
    )
    opens = forms.TimeField(
        label=_("Opens"), initial="09:00", widget=forms.TimeInput(attrs=HOUR, format="%H:%M")
    )
    closes = forms.TimeField(
        label=_("Closes"),
        initial="17:00",
        widget=forms.TimeInput(attrs=HOUR, format="%H:%M"),
        help_text=_("What comes later counts from the next opening."),
    )

    def clean_weekend(self) -> list[int]:
        weekend = sorted(self.cleaned_data["weekend"])
        if len(weekend) == len(Weekday):
            raise forms.ValidationError(_("Leave at least one day to work on."))
        return weekend

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        opens, closes = found.get("opens"), found.get("closes")
        if opens and closes and opens >= closes:
            self.add_error("closes", _("Closing time comes after opening time."))
        return found


class NewCalendarForm(CalendarForm):
    country = forms.ChoiceField(
        label=_("Country"),
        choices=lazy(_country_choices, list)(),
        widget=forms.Select(attrs={"data-combobox": ""}),
    )
    field_order = ("country", "name", "time_zone", "weekend", "opens", "closes")


class HolidayForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    on = forms.DateField(
        label=_("Date"),
        validators=[valid_date],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    name = forms.CharField(label=_("Name"), max_length=NAME, validators=[ProhibitNullCharactersValidator()])
    every_year = forms.BooleanField(
        label=_("On this date every year"),
        required=False,
        help_text=_("It is then copied with the year. Leave it for feasts that move."),
    )


class RemoveForm(forms.Form):
    version = forms.IntegerField()


class YearForm(forms.Form):
    year = forms.IntegerField(min_value=YEARS[0], max_value=YEARS[-2])


# ------------------------------------------------------------------------------------------ a list of lines


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a line from being used: its number (from 1), the field ("date" or "name"), and the reason."""

    line: int
    field: str | Promise
    text: str | Promise


DATE, TITLE = _("Date"), _("Name")


class PasteForm(forms.Form):
    """One holiday on each line: the date, then the name. One mistake, and none is taken."""

    lines = forms.CharField(
        label=_("Holidays, one on each line"),
        max_length=60_000,
        validators=[ProhibitNullCharactersValidator()],
        widget=forms.Textarea(attrs={"rows": 12, "class": "input-code", "spellcheck": "false"}),
        help_text=_("The date, then the name: 2026-12-25 Christmas Day"),
    )
    every_year = forms.BooleanField(
        label=_("On these dates every year"),
        required=False,
        help_text=_("They are then copied with the year. Leave it for feasts that move."),
    )

    def __init__(self, *args: Any, taken: Iterable[date] = (), **kwargs: Any) -> None:
        """`taken` are the dates that the calendar has already."""
        super().__init__(*args, **kwargs)
        self.taken = frozenset(taken)
        self.problems: list[Problem] = []

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "lines" not in found:
            return found
        read = [
            Read.of(number, line)
            for number, line in enumerate(found["lines"].splitlines(), 1)
            if line.strip()
        ]
        self.problems = list(_problems(read, self.taken))
        if len(read) > MOST_HOLIDAYS:
            self.add_error("lines", _("At most %(most)s lines at once.") % {"most": MOST_HOLIDAYS})
        elif self.problems:
            self.add_error("lines", _("Nothing was added: some lines cannot be used. They are named above."))
        found["days"] = [
            Day(each.day, each.name, found.get("every_year", False)) for each in read if each.day
        ]
        return found


@dataclass(frozen=True, slots=True)
class Read:
    """A line as it was understood; without a day when its date was not."""

    number: int
    day: date | None
    name: str

    @classmethod
    def of(cls, number: int, line: str) -> Read:
        match = LINE.fullmatch(f"{line.strip()} ")
        if match is None:
            return cls(number, None, line.strip())
        try:
            day = date(*map(int, match[1].split("-")))
            valid_date(day)
        except (ValueError, forms.ValidationError):
            return cls(number, None, match[2].strip())
        return cls(number, day, match[2].strip())


def _problems(read: list[Read], taken: frozenset[date]) -> Iterator[Problem]:
    times = Counter(each.day for each in read)
    for each in read:
        if each.day is None:
            yield Problem(each.number, DATE, _("Begin the line with a date such as 2026-12-25."))
            continue
        if times[each.day] > 1:
            yield Problem(each.number, DATE, _("This date is in the list more than once."))
        elif each.day in taken:
            yield Problem(each.number, DATE, _("This date is a day off already."))
        if not each.name:
            yield Problem(each.number, TITLE, _("Say after the date what day it is."))
        elif len(each.name) > NAME:
            yield Problem(each.number, TITLE, _("At most %(most)s characters.") % {"most": NAME})
