from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from .models import SavedView


class ViewForm(forms.Form):
    """A view's name, and whether colleagues see it."""

    name = forms.CharField(label=_("Name"), max_length=80, validators=[ProhibitNullCharactersValidator()])
    shared = forms.BooleanField(label=_("Share with my colleagues"), required=False)

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class SaveForm(ViewForm):
    """A list's address, to be kept under a name."""

    listing = forms.CharField(max_length=40, widget=forms.HiddenInput)
    query = forms.CharField(required=False, max_length=6000, widget=forms.HiddenInput, strip=False)
    default = forms.BooleanField(label=_("Open the list with this view"), required=False)


class ChangeForm(ViewForm):
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @classmethod
    def of(cls, view: SavedView, data: Any = None) -> ChangeForm:
        initial = {"name": view.name, "shared": view.shared, "version": view.version}
        return cls(data, initial=initial, auto_id=f"id_{view.public_id}_%s")
