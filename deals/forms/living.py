"""What is asked in the life of a registration: more time, another decision, what has changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Deal
from .fields import Text, area
from .steps import ContactForm, DetailsForm, ProductsForm


class AskExtensionForm(forms.Form):
    text = Text(
        label=_("Why do you need more time?"),
        max_length=2000,
        widget=area(3),
        error_messages={"required": _("Say why you need more time.")},
        help_text=_(
            "What holds the customer up, and when you expect to close. The distributor reads it too."
        ),
    )


class ExtendForm(forms.Form):
    text = Text(label=_("Message to the partner"), required=False, max_length=2000, widget=area(3))


class RefuseExtensionForm(forms.Form):
    text = Text(
        label=_("Why is it not extended?"),
        max_length=2000,
        widget=area(3),
        error_messages={"required": _("Explain it to the partner.")},
    )


class AppealForm(forms.Form):
    text = Text(
        label=_("Why should the deal be decided differently?"),
        max_length=2000,
        widget=area(4),
        error_messages={"required": _("Say what the deal desk should look at again.")},
        help_text=_("You can appeal once. Nothing else of the deal is changed by it."),
    )


class AmendForm(DetailsForm, ProductsForm, ContactForm):
    """Everything of an approved deal that can change, on one page."""

    step = "amend"

    approve_again = forms.BooleanField(
        label=_("Submit these changes, and let the approval rest until the deal desk has approved them."),
        required=False,
    )

    def initial_of(self, deal: Deal) -> dict[str, Any]:
        return (
            ContactForm.initial_of(self, deal)
            | ProductsForm.initial_of(self, deal)
            | super().initial_of(deal)
        )

    def changes(self) -> dict[str, Any]:
        """The values by the names that `amend_deal` knows. Only of a valid form."""
        rows = ("part_", "quantity_")
        values = {
            name: value
            for name, value in self.cleaned_data.items()
            if not name.startswith(rows) and name != "approve_again"
        }
        return values | {"products": self.chosen_parts}
