"""The forms of the price books' pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from identity.places import countries, time_zones

from ..models import BookKind
from ..money import currency_choices
from ..products.forms import Text

COMBOBOX = {"data-combobox": ""}


def _countries() -> list[tuple[str, str]]:
    return [("", str(_("Choose a country"))), *countries().items()]


def _currencies() -> list[tuple[str, str]]:
    return [("", str(_("Choose a currency"))), *currency_choices()]


class BookForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lazy(lambda: [(name, name) for name in time_zones()], list)(),
        widget=forms.Select(attrs=COMBOBOX),
        help_text=_("Prices take effect at midnight here."),
    )


class NewBookForm(BookForm):
    country = forms.ChoiceField(
        label=_("Country"), choices=lazy(_countries, list)(), widget=forms.Select(attrs=COMBOBOX)
    )
    currency = forms.ChoiceField(
        label=_("Currency"), choices=lazy(_currencies, list)(), widget=forms.Select(attrs=COMBOBOX)
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Choose a kind")), *BookKind.choices])
    field_order = ("country", "currency", "kind", "time_zone")


class EditionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = Text(
        label=_("Announcement number"),
        max_length=40,
        help_text=_("Partners know the edition by it, such as 2027-02-A."),
    )
    effective_on = forms.DateField(
        label=_("Effective on"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The first day of these prices, normally the 1st of a month."),
    )

    def clean_effective_on(self) -> Any:
        day = self.cleaned_data["effective_on"]
        if not 2000 <= day.year <= 2100:
            raise forms.ValidationError(_("Give a year from 2000 to 2100."))
        return day


class PublishForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)


class WithdrawForm(PublishForm):
    reason = Text(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who downloaded these prices reads it."),
    )
