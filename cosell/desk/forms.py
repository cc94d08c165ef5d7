"""What the vendor's people type: the seller, a reason, and a deal that is sent to a partner."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.countries import countries
from deals.forms.fields import Amount, Day, Text, amount_in, area, need_by_case, offer
from pricing.money import currency_choices, currency_of

from ..models import Location, Solution
from ..referrals.content import DealContent, Wanted
from ..states import CompanySize, Sharing, VendorReason
from .actions import Colleague, SellerDetails


class SellerForm(forms.Form):
    """Who works on the deal: a colleague, or anybody else."""

    seller = forms.ChoiceField(label=gettext_lazy("Colleague"), required=False)
    seller_name = Text(
        label=gettext_lazy("Name"), max_length=120, required=False,
        help_text=gettext_lazy("Where the seller is not in the list above."),
    )  # fmt: skip
    seller_email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"dir": "ltr"}),
    )
    seller_phone = Text(
        label=gettext_lazy("Phone"), max_length=40, required=False,
        help_text=gettext_lazy("The partner calls it."), widget=forms.TextInput(attrs={"type": "tel"}),
    )  # fmt: skip

    def __init__(self, *given: Any, people: list[Colleague], **more: Any) -> None:
        super().__init__(*given, **more)
        self.people = {each.public_id: each for each in people}
        offer(self, "seller", [("", _("Somebody else")), *((each.public_id, each.name) for each in people)])
        need_by_case(self, "seller", "seller_name", "seller_email")

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("seller"):
            return
        for name, sentence in (
            ("seller_name", _("Say who works on the deal: choose a colleague, or write a name.")),
            ("seller_email", _("The partner has to reach the seller: give an e-mail address.")),
        ):
            if not self.cleaned_data.get(name) and not self.has_error(name):
                self.add_error(name, sentence)

    @property
    def details(self) -> SellerDetails:
        """The colleague who was chosen, with what was typed in place of what is known; or what was typed."""
        given = self.cleaned_data
        chosen = self.people.get(given.get("seller", ""))
        return SellerDetails(
            given.get("seller_name") or (chosen.name if chosen else ""),
            given.get("seller_email") or (chosen.email if chosen else ""),
            given.get("seller_phone", ""),
            chosen.user_id if chosen else None,
        )


class DeclineForm(forms.Form):
    """Why the vendor does not help (C7)."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why does the vendor not help?"), choices=VendorReason.choices, widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say why the vendor does not help with this deal.")},
    )  # fmt: skip


class SendForm(SellerForm):
    """A deal that is sent to a partner at one of its locations."""

    location = forms.ChoiceField(
        label=gettext_lazy("Location"),
        error_messages={"required": gettext_lazy("Choose who is to work on it.")},
    )
    name = Text(label=gettext_lazy("Name of the deal"), max_length=120)
    customer_name = Text(label=gettext_lazy("Company"), max_length=200)
    customer_size = forms.ChoiceField(label=gettext_lazy("People who work there"), required=False)
    duns = Text(label=gettext_lazy("D-U-N-S number"), required=False, max_length=11)
    address_line1 = Text(label=gettext_lazy("Address"), max_length=200)
    address_line2 = Text(label=gettext_lazy("Address, second line"), required=False, max_length=200)
    city = Text(label=gettext_lazy("City"), max_length=120)
    state = Text(label=gettext_lazy("State or province"), required=False, max_length=120)
    postal_code = Text(label=gettext_lazy("Postal code"), required=False, max_length=20)
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    contact_first_name = Text(label=gettext_lazy("First name"), required=False, max_length=60)
    contact_last_name = Text(label=gettext_lazy("Last name"), required=False, max_length=60)
    contact_title = Text(label=gettext_lazy("Job title"), required=False, max_length=120)
    contact_email = forms.EmailField(label=gettext_lazy("E-mail"), required=False, max_length=254)
    contact_phone = Text(label=gettext_lazy("Phone"), required=False, max_length=40)
    value = Amount(label=gettext_lazy("Deal value"), max_length=40)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    close_on = Day(label=gettext_lazy("Expected close date"))
    solutions = forms.MultipleChoiceField(
        label=gettext_lazy("Solutions of the partner that fit"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    notes = Text(
        label=gettext_lazy("Notes"), required=False, max_length=4000, widget=area(5),
        help_text=gettext_lazy("What the customer needs, and what you expect of the partner. Its people read them."),
    )  # fmt: skip
    consent_share = forms.BooleanField(
        label=gettext_lazy("The customer agrees that the deal is shared with others."), required=False
    )
    consent_contact = forms.BooleanField(
        label=gettext_lazy("The customer agrees to be contacted about it."), required=False
    )
    consent_sellers = forms.BooleanField(
        label=gettext_lazy("The customer agrees that it is shared with the vendor's sellers."), required=False
    )

    field_order = ("location", "name", "customer_name")

    def __init__(
        self, data: Any = None, *, people: list[Colleague], locations: list[Location], solutions: list[Solution],
        country: str, today: date, own: str = "",
    ) -> None:  # fmt: skip
        initial = {"country": country, "currency": currency_of(country), "seller": own}
        super().__init__(data, people=people, initial=initial)
        self.locations = {each.public_id: each for each in locations}
        self.offered = {each.public_id: each for each in solutions}
        first = [] if len(locations) == 1 else [("", _("Choose a location"))]
        offer(
            self, "location", [*first, *((each.public_id, f"{each.name}, {each.city}") for each in locations)]
        )
        offer(self, "solutions", [(each.public_id, each.name) for each in solutions])
        offer(self, "customer_size", [("", _("Not known")), *CompanySize.choices])
        offer(self, "country", [("", _("Choose a country")), *countries().items()])
        self.fields["country"].widget.attrs["data-combobox"] = ""
        offer(self, "currency", currency_choices())
        self.fields["close_on"].widget.attrs["min"] = today.isoformat()

    def clean_duns(self) -> str:
        return re.sub(r"[\s-]", "", self.cleaned_data["duns"])

    def clean(self) -> None:
        super().clean()
        text, currency = self.cleaned_data.get("value"), self.cleaned_data.get("currency")
        if text and currency:
            try:
                self.cleaned_data["value"] = amount_in(text, currency)
            except ValidationError as error:
                self.add_error("value", error)

    def content(self) -> DealContent:
        """What was typed, for the action."""
        given = self.cleaned_data
        taken = {
            name: given[name]
            for name in given
            if name not in ("location", "solutions", "seller", "seller_name", "seller_email", "seller_phone")
        }
        return DealContent(
            **taken, location=self.locations[given["location"]], sharing=Sharing.COSELL, team=(),
            solutions=tuple(Wanted(self.offered[key]) for key in given["solutions"]),
        )  # fmt: skip

    def take(self, errors: dict[str, list[str]]) -> None:
        """Show what the action found wrong beside the fields; what has no field here, on top."""
        for field, messages in errors.items():
            for message in messages:
                self.add_error(field if field in self.fields else None, message)


class SiteForm(forms.Form):
    """Which partner a deal is sent to."""

    site = Text(
        label=gettext_lazy("Name or site number of the partner"), max_length=120, required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip
