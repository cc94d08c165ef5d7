"""The provisioning form of a line: a field for each thing that has to be known, checked by its kind.

What is known can be kept while the rest is missing, so no field insists on being filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity.places import time_zones
from orders.models import DataElement

from ..models import ElementKind, PartElement, SetupLine

LONGEST = 500
LARGEST = 10**12


@dataclass(frozen=True, slots=True)
class Element:
    """A line of a form: what was given, and what is asked for. What the vendor's systems ask for is any text."""

    row: DataElement
    kind: str = ElementKind.TEXT
    help: str = ""
    choices: tuple[str, ...] = ()
    position: int = 1000  # after what is asked for here

    @property
    def field_name(self) -> str:
        return f"element_{self.row.id}"


def elements_of(line: SetupLine, *, locked: bool = False) -> list[Element]:
    """All that is on the form of a line, in its order."""
    rows = DataElement.objects.filter(fulfilment_id=line.fulfilment_id).order_by("id")
    if locked:
        rows = rows.select_for_update(of=("self",), no_key=True)
    asked = {row.name: row for row in PartElement.objects.filter(part__number=line.part_number)}
    found = [_element(row, asked.get(row.element)) for row in rows]
    return sorted(found, key=lambda each: (each.position, each.row.element, each.row.id))


def _element(row: DataElement, asked: PartElement | None) -> Element:
    if asked is None:
        return Element(row)
    return Element(row, asked.kind, asked.help, tuple(asked.choices), asked.position)


def version_of(elements: Sequence[Element]) -> str:
    """Another one after every change of the form: of a value, and of what is asked for, and how."""
    told = [
        (each.row.id, each.row.version, each.kind, each.help, each.choices, each.position)
        for each in elements
    ]
    return sha256(repr(told).encode()).hexdigest()[:32]


class FillForm(forms.Form):
    """`values()` are what the elements hold as text, by their names, as they are kept."""

    use_required_attribute = False
    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, *args: Any, elements: Sequence[Element], **kwargs: Any) -> None:
        initial = {"version": version_of(elements)} | {each.field_name: each.row.value for each in elements}
        super().__init__(*args, initial=initial, **kwargs)
        self.elements = elements
        for each in elements:
            self.fields[each.field_name] = _field(each)

    def values(self) -> dict[str, str]:
        return {each.row.element: as_kept(self.cleaned_data[each.field_name]) for each in self.elements}

    def mark_required(self) -> None:
        """For showing it: only what may stay empty is called optional."""
        for each in self.elements:
            self.fields[each.field_name].required = each.row.required

    def problems(self) -> dict[str, list[str]]:
        """What is wrong, by the names of elements: for programs."""
        return {
            each.row.element: [str(error) for error in self.errors[each.field_name]]
            for each in self.elements
            if each.field_name in self.errors
        }


def as_kept(value: Any) -> str:
    """A checked value as text: numbers in digits, dates as 2026-12-31."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def _field(each: Element) -> forms.Field:
    help_text = f"\u2068{each.help}\u2069" if each.help else ""  # in whichever script somebody wrote it
    shared: dict[str, Any] = {"label": each.row.element, "help_text": help_text, "required": False}
    if each.kind == ElementKind.EMAIL:
        return forms.EmailField(**shared)
    if each.kind == ElementKind.NUMBER:
        return forms.IntegerField(**shared, min_value=0, max_value=LARGEST)
    if each.kind == ElementKind.DATE:
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(**shared, widget=day, input_formats=["%Y-%m-%d"])
    if each.kind == ElementKind.CHOICE:
        return forms.ChoiceField(**shared, choices=_choices(each.row.value, each.choices))
    if each.kind == ElementKind.TIME_ZONE:
        zones = forms.Select(attrs={"data-combobox": ""})
        return forms.ChoiceField(**shared, choices=_choices(each.row.value, time_zones()), widget=zones)
    return forms.CharField(**shared, max_length=LONGEST, validators=[ProhibitNullCharactersValidator()])


def _choices(given: str, offered: Sequence[str]) -> list[tuple[str, Any]]:
    """What is offered; with what was chosen before and is offered no longer."""
    gone = [(given, _("%(choice)s (no longer offered)") % {"choice": given})]
    kept = gone if given and given not in offered else []
    return [("", gettext_lazy("Not known yet")), *((each, each) for each in offered), *kept]
