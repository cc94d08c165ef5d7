"""What the vendor's people type who look for a partner for a customer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from deals.forms.fields import Text, area, offer
from identity.places import countries

from ..leads.actions import problems_of
from ..leads.content import LONGEST_WISH, Enquiry
from ..states import CompanySize
from ..tags import FIELDS, LISTS, TagKind


def _of(kind: TagKind) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=kind.label, choices=LISTS[kind].choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class NeedForm(forms.Form):
    company = Text(label=_("Company"), max_length=200)
    size = forms.ChoiceField(
        label=_("People at the company"), required=False, choices=[("", _("Not known")), *CompanySize.choices]
    )
    country = forms.ChoiceField(label=_("Country"))
    city = Text(label=_("City"), max_length=120, required=False)
    first_name = Text(label=_("First name"), max_length=60)
    last_name = Text(label=_("Last name"), max_length=60)
    job_title = Text(label=_("Job title"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"dir": "ltr"}))
    phone = Text(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"}),
    )
    wish = Text(label=_("What is wished for"), max_length=LONGEST_WISH, widget=area(5))
    industries = _of(TagKind.INDUSTRY)
    products = _of(TagKind.PRODUCT)
    services = _of(TagKind.SERVICE)
    wants_contact = forms.BooleanField(
        label=_("The customer asked to be contacted soon"),
        required=False,
        help_text=_("The partner is shown a clock of 72 hours."),
    )
    consent_contact = forms.BooleanField(
        label=_("The customer agreed that partners may write and call"),
        error_messages={
            "required": _("Without the customer's consent nobody may write or call, so nobody could answer.")
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "country", [("", _("Choose a country")), *countries().items()])
        self.fields["country"].widget.attrs["data-combobox"] = ""

    def clean(self) -> None:
        """The rules of all enquiries, of what could be read."""
        super().clean()
        for name, texts in problems_of(self.enquiry).items():
            for text in texts:
                if name not in self.errors:
                    self.add_error(name if name in self.fields else None, str(text))

    @property
    def enquiry(self) -> Enquiry:
        said = self.cleaned_data
        given = {name: said.get(name, "") for name in self.fields if name not in FIELDS.values()}
        tags = tuple(code for name in FIELDS.values() for code in said.get(name, []))
        return Enquiry(**given, tags=tags, language=get_language() or "en")
