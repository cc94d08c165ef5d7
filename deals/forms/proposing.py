"""What a distributor writes to propose a deal: the steps of registering one, on one page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..models import Deal
from ..queries import rules_in_force
from .fields import Text, area
from .steps import ContactForm, CustomerForm, DetailsForm, ProductsForm, StepForm

NOT_ASKED = ("known", "owner", "distributor", "engineer_name", "engineer_email", "competitors")


class ProposalForm(DetailsForm, ProductsForm, ContactForm, CustomerForm):
    reseller_number = Text(
        label=_("Reseller's site number"),
        max_length=7,
        help_text=_(
            "Seven digits. The reseller finds your proposal among its drafts, and confirms or declines it."
        ),
        error_messages={"required": _("Say for which reseller it is.")},
        widget=forms.TextInput(attrs={"class": "input-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args, deal=Deal(), products=[], colleagues=[], distributors=[], rules=rules_in_force(), **kwargs
        )
        for name in NOT_ASKED:
            del self.fields[name]
        self.fields["next_steps"].required = False

    def clean_reseller_number(self) -> str:
        number: str = self.cleaned_data["reseller_number"]
        if not (number.isascii() and number.isdigit()):
            raise ValidationError(_("A site number has up to seven digits."))
        return number.zfill(7)

    def changes(self) -> dict[str, Any]:
        """What was written of the deal, by the names that `save_draft` knows."""
        return StepForm.changes(self) | CustomerForm.changes(self) | {"products": self.chosen_parts}


class DeclineForm(forms.Form):
    text = Text(
        label=_("Why do you decline it?"),
        required=False,
        max_length=2000,
        widget=area(3),
        help_text=_("The distributor reads it."),
    )
