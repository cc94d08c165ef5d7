"""Fields and pieces that the forms of deals share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from feeds.words import printable
from pricing.money import NotAnAmount, TooPrecise, minor_units

from ..models import LARGEST_VALUE


class Text(forms.CharField):
    """A line of text, without what cannot be printed."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return printable(text, besides="\n\t\u200c\u200d\u200e\u200f")


class Amount(forms.CharField):
    """An amount as the reader's language writes it. The currency is another field, so a form converts it."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "input-code"})


class Day(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d",)


def area(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """What a form's select offers, known only now."""
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined]


def need_by_case(form: forms.Form, *names: str) -> None:
    """Mark fields of which other answers decide whether they are needed: a page does not call them optional."""
    for name in names:
        form.fields[name].needed_by_case = True  # type: ignore[attr-defined]


def amount_in(text: str, currency: str) -> int:
    """The amount in minor units. Raises ValidationError with a sentence for whoever wrote it."""
    try:
        value = minor_units(text, currency)
    except NotAnAmount:
        raise ValidationError(_("This is not an amount. Write it in digits, as in 12500.")) from None
    except TooPrecise:
        raise ValidationError(_("This currency has fewer decimals.")) from None
    if value <= 0:
        raise ValidationError(_("The value is more than zero."))
    if value > LARGEST_VALUE:
        raise ValidationError(_("This is more than any deal we can register. Check the value."))
    return value
