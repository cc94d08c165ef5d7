"""The form of the one address for all co-sell mail."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("One address for all co-sell mail"),
        max_length=254,
        required=False,
        help_text=_(
            "Leave it empty to have each mail sent to those whom the deal concerns. An address that several people read"
            " is fine."
        ),
        widget=forms.EmailInput(attrs={"dir": "ltr"}),
    )
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)
