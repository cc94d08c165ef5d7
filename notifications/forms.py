from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Choice
from .preferences import Group


class PreferencesForm(forms.Form):
    """When to be mailed, for each kind that can be chosen; the fields are named after the kinds."""

    def __init__(self, groups: list[Group], chosen: dict[str, str], data: Any = None) -> None:
        super().__init__(data)
        for kind in (kind for group in groups for kind in group.kinds if not kind.mandatory):
            self.fields[kind.name] = forms.ChoiceField(
                label=str(kind.title),
                choices=Choice.choices,
                initial=chosen.get(kind.name, kind.default),
                widget=forms.RadioSelect,
            )


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("Address for notifications"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()
