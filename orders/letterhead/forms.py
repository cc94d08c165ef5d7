"""The form for what stands at the head of papers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import ValidationError
from django.utils.translation import gettext_lazy as _

from ..models import Letterhead
from .logos import TYPES, Logo, LogoRefused, made_anew

MOST_LINES = 6


class LetterheadForm(forms.Form):
    """`cleaned_data["logo"]` is a logos.Logo, or None where no file was chosen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    address = forms.CharField(
        label=_("Address and whatever else stands below the name"),
        help_text=_("Up to six lines: street, city, tax id, phone."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("A PNG or JPEG of up to 2 MB. On paper it is at most 60 by 15 millimetres."),
        required=False,
        error_messages={"empty": _("This file is empty."), "missing": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ",".join(TYPES.values())}),
    )
    without_logo = forms.BooleanField(label=_("Take the logo off"), required=False)

    def __init__(self, *args: Any, letterhead: Letterhead | None, **kwargs: Any) -> None:
        shown = {
            "version": letterhead.version if letterhead else 0,
            "address": letterhead.address if letterhead else "",
        }
        super().__init__(*args, initial=shown, **kwargs)
        if letterhead is None or not letterhead.logo:
            del self.fields["without_logo"]

    def clean_address(self) -> str:
        lines = [line.strip() for line in self.cleaned_data["address"].splitlines()]
        kept = "\n".join(line for line in lines if line)
        if kept.count("\n") >= MOST_LINES:
            raise ValidationError(_("There is room for six lines."))
        return kept

    def clean_logo(self) -> Logo | None:
        file = self.cleaned_data["logo"]
        if not file:
            return None
        try:
            return made_anew(file, file.size)
        except LogoRefused as refused:
            raise ValidationError(str(refused.reason)) from None
