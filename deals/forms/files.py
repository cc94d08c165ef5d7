"""What is asked when a file is attached."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..attachments import TYPES, FileRefused, clean_name, content_type


class AttachForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, PNG, JPEG, Office without macros, text or CSV; up to 10 MB."),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("This file is empty."),
            "missing": _("Choose a file."),
        },
        widget=forms.FileInput(attrs={"accept": ",".join(TYPES)}),
    )
    for_distributor = forms.BooleanField(
        label=_("The distributor named may read it too"),
        required=False,
        help_text=_("Otherwise only your site and the vendor do."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            content_type(clean_name(file.name), file.size, file)
        except FileRefused as refused:
            raise ValidationError(str(refused.reason)) from None
        return file
