"""The form of a report that is sent by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils import dates
from django.utils.translation import gettext_lazy as _

from identity.models import Membership

from .downloads import Wanted
from .files import Format
from .models import Every, Schedule
from .schedules import MOST_COLLEAGUES, Plan

FORMATS = (
    (Format.XLSX.value, _("Spreadsheet (XLSX)")),
    (Format.CSV.value, _("Comma-separated (CSV)")),
    (Format.PARQUET.value, _("For analysis (Parquet)")),
)
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class ScheduleForm(forms.Form):
    """When a report is sent, to whom, and how. `colleagues` are those who may see it."""

    source = forms.CharField(max_length=60, widget=forms.HiddenInput)
    level = forms.CharField(max_length=10, widget=forms.HiddenInput)
    query = forms.CharField(required=False, max_length=6000, widget=forms.HiddenInput, strip=False)
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        validators=[ProhibitNullCharactersValidator()],
        help_text=_("The subject of the mail."),
    )
    every = forms.ChoiceField(label=_("How often"), choices=Every.choices, widget=forms.RadioSelect)
    weekday = forms.TypedChoiceField(
        label=_("On which day of the week"),
        coerce=int,
        choices=list(dates.WEEKDAYS.items()),
        required=False,
        empty_value=None,
        help_text=_("If it is sent every week."),
    )
    day = forms.TypedChoiceField(
        label=_("On which day of the month"),
        coerce=int,
        choices=[(day, str(day)) for day in range(1, 32)],
        required=False,
        empty_value=None,
        help_text=_("If it is sent every month. In a shorter month it is the last day."),
    )
    hour = forms.TypedChoiceField(label=_("At what time"), coerce=int, choices=HOURS)
    format = forms.ChoiceField(label=_("As which kind of file"), choices=FORMATS)
    attached = forms.BooleanField(
        label=_("Attach the file to the mail"),
        required=False,
        help_text=_("Up to 5 MB. Otherwise the mail has a link, which works for its reader alone."),
    )
    to_owner = forms.BooleanField(label=_("Send it to me"), required=False)
    colleagues = forms.TypedMultipleChoiceField(
        label=_("Send it to colleagues as well"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Everybody is sent what they may see themselves. Only those who may see it are named here."
        ),
    )

    def __init__(self, *args: Any, colleagues: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(member.id, member.name) for member in colleagues]
        if choices:
            self.fields["colleagues"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["colleagues"]

    @staticmethod
    def of(schedule: Schedule) -> dict[str, Any]:
        names = (
            *("source", "level", "query", "version", "name", "every", "weekday", "day", "hour", "format"),
            *("attached", "to_owner", "colleagues"),
        )
        return {name: getattr(schedule, name) for name in names}

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_colleagues(self) -> list[int]:
        chosen: list[int] = self.cleaned_data["colleagues"]
        if len(chosen) > MOST_COLLEAGUES:
            raise forms.ValidationError(
                _("Choose %(most)s colleagues at most.") % {"most": MOST_COLLEAGUES}, code="too_many"
            )
        return chosen

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not self.errors and not given.get("to_owner") and not given.get("colleagues"):
            self.add_error("to_owner", _("Somebody must get it."))
        return given

    @property
    def wanted(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(given["source"], given["query"], given["level"], Format(given["format"]))

    @property
    def plan(self) -> Plan:
        given = self.cleaned_data
        return Plan(
            name=given["name"],
            every=given["every"],
            hour=given["hour"],
            weekday=given["weekday"] or 0,
            day=given["day"] or 1,
            attached=given["attached"],
            to_owner=given["to_owner"],
            colleagues=tuple(given.get("colleagues", ())),
        )
