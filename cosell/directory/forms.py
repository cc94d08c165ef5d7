"""The form by which a customer asks a partner."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from deals.forms.fields import Text, area, offer
from identity.places import countries

from .. import tags as known
from ..leads.content import LONGEST_WISH, Enquiry
from ..models import PublishedProfile
from ..states import CompanySize


def _line(label: Any, most: int, *, required: bool = True, **attrs: str) -> Text:
    return Text(label=label, max_length=most, required=required, widget=forms.TextInput(attrs=attrs))


class EnquiryForm(forms.Form):
    """`enquiry` is what was written, once the form is valid."""

    stamp = forms.CharField(widget=forms.HiddenInput, required=False)
    # Nobody sees it: whoever fills it in is a machine.
    homepage = forms.CharField(required=False)
    wish = Text(
        label=_("What do you need?"),
        help_text=_(
            "A few sentences: what you have, what you want to reach, and by when. Up to 2,000 characters."
        ),
        max_length=LONGEST_WISH,
        widget=area(6),
    )
    tags = forms.MultipleChoiceField(
        label=_("What is it about?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    company = _line(_("Company"), 200)
    size = forms.ChoiceField(label=_("How many people work there?"))
    country = forms.ChoiceField(label=_("Country"), widget=forms.Select(attrs={"data-combobox": ""}))
    city = _line(_("City"), 120, required=False)
    first_name = _line(_("First name"), 60)
    last_name = _line(_("Last name"), 60)
    job_title = _line(_("Job title"), 120, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"dir": "ltr"}))
    phone = _line(_("Phone"), 40, required=False, type="tel", dir="ltr")
    wants_contact = forms.BooleanField(label=_("Please contact me soon"), required=False)
    consent_share = forms.BooleanField(
        label=_("I agree that what I wrote here is shared with this partner."),
        error_messages={"required": _("Without your consent nothing can be sent to the partner.")},
    )
    consent_contact = forms.BooleanField(
        label=_("I agree that the partner contacts me about it."),
        error_messages={
            "required": _("Without your consent nobody may write or call, so nobody could answer.")
        },
    )

    def __init__(self, *args: Any, profile: PublishedProfile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "tags", [(code, known.NAMES[code]) for code in known.in_order(profile.tags)])
        if not profile.tags:
            del self.fields["tags"]
        offer(self, "size", [("", _("Choose")), *CompanySize.choices])
        offer(self, "country", [("", _("Choose a country")), *countries().items()])

    @property
    def enquiry(self) -> Enquiry:
        data = self.cleaned_data
        plain = (
            "company",
            "first_name",
            "last_name",
            "email",
            "wish",
            "country",
            "city",
            "phone",
            "job_title",
            "size",
        )
        return Enquiry(
            **{name: data[name] for name in plain},
            tags=tuple(data.get("tags", ())),
            consent_contact=data["consent_contact"],
            wants_contact=data["wants_contact"],
            language=get_language() or "en",
        )
