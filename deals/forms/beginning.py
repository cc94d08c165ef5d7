"""What is asked before a deal is begun."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.countries import countries
from pricing.money import currency_choices

from ..models import Opportunity
from ..states import Stage
from .fields import Amount, Day, Text, amount_in, area, offer


class BeginForm(forms.Form):
    """Is there an opportunity already? (B2)"""

    is_there_one = forms.ChoiceField(
        label=_("Is there an opportunity for this sale already?"),
        choices=[
            ("no", _("No. I start with the customer.")),
            ("yes", _("Yes. Take over what I wrote down there.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    opportunity = forms.ChoiceField(label=_("Opportunity"), required=False)

    def __init__(self, *args: Any, opportunities: list[Opportunity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opportunities = {found.public_id: found for found in opportunities}
        known = (
            (key, " · ".join(filter(None, [found.name, found.customer_name])))
            for key, found in self.opportunities.items()
        )
        offer(self, "opportunity", [("", _("Choose an opportunity")), *known])
        self.fields["opportunity"].widget.attrs["data-combobox"] = ""

    def clean(self) -> None:
        super().clean()
        wanted = self.cleaned_data.get("is_there_one") == "yes"
        self.chosen = self.opportunities.get(self.cleaned_data.get("opportunity", "")) if wanted else None
        if wanted and self.chosen is None and "opportunity" not in self.errors:
            self.add_error("opportunity", _("Choose the opportunity."))


class OpportunityForm(forms.Form):
    """A chance of a sale, as far as one knows yet: only its name is needed."""

    name = Text(label=_("Name"), max_length=120, error_messages={"required": _("Give it a name.")})
    customer_name = Text(label=_("Customer"), required=False, max_length=200)
    customer_country = forms.ChoiceField(label=_("Country"), required=False)
    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices)
    value = Amount(label=_("Value"), required=False, max_length=40)
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    close_on = Day(label=_("Expected close date"), required=False)
    note = Text(label=_("Note"), required=False, max_length=2000, widget=area())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "currency", currency_choices())
        offer(self, "customer_country", [("", _("Choose a country")), *countries().items()])
        self.fields["customer_country"].widget.attrs["data-combobox"] = ""

    def clean(self) -> None:
        super().clean()
        text, currency = self.cleaned_data.get("value"), self.cleaned_data.get("currency") or "USD"
        self.cleaned_data["value"] = None
        self.cleaned_data["currency"] = currency
        if text:
            try:
                self.cleaned_data["value"] = amount_in(text, currency)
            except ValidationError as error:
                self.add_error("value", error)
