"""What is filled in to send deals as a file."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .sending import SUFFIXES


class SendForm(forms.Form):
    """A file of deals."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, with one row of headers and up to a thousand deals."),
        error_messages={
            "required": _("Choose a file."),
            "missing": _("Choose a file."),
            "empty": _("This file is empty."),
        },
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        max_length=500,
    )
