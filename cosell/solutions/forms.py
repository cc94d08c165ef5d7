"""What is typed into the pages of solutions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deals.forms.fields import Text, area

from ..models import Incentive, SolutionKind
from .actions import SolutionContent


class SolutionForm(forms.Form):
    """Only name and kind have to be there for a draft; the checklist says what else is needed, and for what."""

    name = Text(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("What it is"), choices=SolutionKind.choices, widget=forms.RadioSelect)
    description = Text(
        label=_("Description"),
        max_length=2500,
        required=False,
        widget=area(6),
        help_text=_("What it does, for somebody who has never heard of it. At least 50 characters."),
    )
    customer_value = Text(label=_("What customers gain"), max_length=1000, required=False, widget=area(4))
    document_url = forms.URLField(
        label=_("Address of a page about it"), max_length=300, required=False, assume_scheme="https"
    )
    contact_name = Text(label=_("Contact for the vendor's sellers"), max_length=120, required=False)
    contact_email = forms.EmailField(label=_("E-mail of the contact"), max_length=254, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def content(self) -> SolutionContent:
        return SolutionContent(
            **{name: value for name, value in self.cleaned_data.items() if name != "version"}
        )


class ReadyForm(forms.Form):
    incentive = forms.ChoiceField(
        label=_("Incentive for won deals"),
        required=False,
        choices=[("", _("None")), *Incentive.choices],
        help_text=_("Partners can register won deals with this solution for it."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class NoteForm(forms.Form):
    note = Text(
        label=_("What is missing"),
        max_length=1000,
        widget=area(4),
        help_text=_("The partner reads this, and can act on it."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_note_%s")
        super().__init__(*args, **kwargs)
