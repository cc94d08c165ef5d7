"""Forms for what cannot be undone, and for what is tried."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from deals.forms.fields import Text, offer

from ..models import PartSetup
from .trials import MOST, parts_to_try


class DeleteForm(forms.Form):
    number = Text(
        label=_("The number of this subscription"),
        max_length=24,
        widget=forms.TextInput(attrs={"class": "input-code", "autocomplete": "off"}),
        help_text=_("Write it here, so that nothing is deleted by mistake."),
    )


class TrialForm(forms.Form):
    part = forms.ChoiceField(label=_("What is tried"))
    quantity = forms.IntegerField(
        label=_("For how many"),
        min_value=1,
        max_value=MOST,
        initial=10,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, data: QueryDict | None = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.setups: dict[str, PartSetup] = {setup.part.number: setup for setup in parts_to_try()}
        words = [(number, f"{number} {setup.part.description}") for number, setup in self.setups.items()]
        offer(self, "part", [("", _("Choose what is tried")), *words])

    @property
    def setup(self) -> PartSetup:
        return self.setups[self.cleaned_data["part"]]
