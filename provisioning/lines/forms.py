"""Forms for changing who sets a line up, and when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from deals.forms.fields import Day
from identity.places import time_zones


class ContactForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address of the contact"),
        max_length=254,
        help_text=_("An address that several people read is fine."),
        widget=forms.EmailInput(attrs={"dir": "ltr"}),
    )
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)
    all_lines = forms.BooleanField(
        label=_("Apply to all lines of this order"),
        required=False,
        help_text=_("To all that nobody has confirmed yet."),
    )


class StartForm(forms.Form):
    start_on = Day(label=_("Requested start date"), help_text=_("The mail goes out at 07:00 on this day."))
    time_zone = forms.ChoiceField(label=_("Time zone of the customer"))

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["time_zone"].choices = [(name, name.replace("_", " ")) for name in time_zones()]  # type: ignore[attr-defined]
