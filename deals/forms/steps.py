"""What is typed into the pages of a deal: each field's rule, and its message.

A step's form knows how to show what a deal holds (`initial_of`) and what of the input can be kept (`changes`): a
draft keeps every field that is right, whatever is wrong with the others.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.countries import countries
from customers.models import Customer
from customers.names import search_code, search_domain, search_name
from identity.models import Membership, Site
from pricing.models import Part
from pricing.money import as_written, currency_choices
from pricing.products.queries import parts_by_number

from ..completeness import too_small
from ..models import PLAIN_FIELDS, PRODUCTS, Deal, DealProduct
from ..rules import Rules
from ..states import DealType, Stage
from .fields import Amount, Day, Text, amount_in, area, offer

NONE_OF_THESE = "new"
NEVER_EMPTY = frozenset({"currency", "deal_type", "stage"})  # selects without an empty choice
LONGEST_QUANTITY = 1_000_000
LONGEST_TYPED = 20_000  # characters kept of what is wrong; more than any field takes, so that it stays wrong


class StepForm(forms.Form):
    """One step of registering a deal."""

    step: ClassVar[str]

    def __init__(self, *args: Any, deal: Deal, **kwargs: Any) -> None:
        self.deal = deal
        kwargs.setdefault("initial", self.initial_of(deal))
        super().__init__(*args, **kwargs)

    def initial_of(self, deal: Deal) -> dict[str, Any]:
        """What the deal holds, as the fields show it."""
        return {name: getattr(deal, name) for name in self.base_fields if hasattr(deal, name)}

    def changes(self) -> dict[str, Any]:
        """What can be kept, by the names that `save_draft` knows: fields without errors, and those left empty."""
        emptied = {
            name: None if name in ("value", "close_on") else ""
            for name in self.errors
            if name in PLAIN_FIELDS - NEVER_EMPTY and not str(self.data.get(name, "")).strip()
        }
        return dict(self.cleaned_data) | emptied

    def typed(self) -> dict[str, str]:
        """What was typed into the fields that cannot be kept."""
        return {
            name: str(self.data.get(name, ""))[:LONGEST_TYPED]
            for name in self.errors
            if name in self.fields and str(self.data.get(name, "")).strip()
        }


class CustomerForm(StepForm):
    step = "customer"

    # The public id of the customer that was suggested and chosen; it counts while name and country still fit.
    customer = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    # The one chosen from those that a typed company may be; "new" when it is none of them.
    known = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    customer_name = Text(
        label=_("Company"),
        max_length=200,
        error_messages={"required": _("Say who the customer is.")},
        help_text=_(
            "The customer's legal name. Start typing: companies that anybody entered before are found."
        ),
        widget=forms.TextInput(attrs={"data-suggest-into": "id_customer"}),
    )
    customer_country = forms.ChoiceField(
        label=_("Country"), error_messages={"required": _("Say in which country the customer is.")}
    )
    customer_tax_id = Text(
        label=_("Tax id"),
        required=False,
        max_length=30,
        help_text=_("It tells companies of the same name apart."),
        widget=forms.TextInput(attrs={"class": "input-code"}),
    )
    customer_domain = Text(
        label=_("Web domain"),
        required=False,
        max_length=100,
        help_text=_("As in example.com."),
        widget=forms.TextInput(attrs={"class": "input-code", "inputmode": "url"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "customer_country", [("", _("Choose a country")), *countries().items()])
        self.fields["customer_country"].widget.attrs["data-combobox"] = ""

    def initial_of(self, deal: Deal) -> dict[str, Any]:
        return super().initial_of(deal) | {"customer": deal.customer.public_id if deal.customer else ""}

    def clean_customer(self) -> Customer | None:
        chosen = self.cleaned_data["customer"]
        return _in_directory(chosen) if chosen else None

    def clean_known(self) -> Customer | None:
        chosen = self.cleaned_data["known"]
        return _in_directory(chosen) if chosen and chosen != NONE_OF_THESE else None

    def clean_customer_name(self) -> str:
        name = " ".join(self.cleaned_data["customer_name"].split())
        if not search_name(name):
            raise ValidationError(_("A name has at least one letter or digit."))
        return name

    def clean_customer_domain(self) -> str:
        domain = search_domain(self.cleaned_data["customer_domain"])
        if domain and ("." not in domain or " " in domain):
            raise ValidationError(_("This is not a web domain. Write it as in example.com."))
        return domain

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.chosen():
            # The directory's entry answers for itself, whatever the other fields say.
            for name in ("customer_name", "customer_country", "customer_tax_id", "customer_domain"):
                self.errors.pop(name, None)

    def chosen(self) -> Customer | None:
        """The customer of the directory that is meant, if one is."""
        if known := self.cleaned_data.get("known"):
            return known
        suggested: Customer | None = self.cleaned_data.get("customer")
        return suggested if suggested and self._still_means(suggested) else None

    def _still_means(self, customer: Customer) -> bool:
        """Whether what is typed is still this company: somebody may have gone on writing after choosing it."""
        name, country = self.data.get("customer_name", ""), self.data.get("customer_country", "")
        tax_id = search_code(self.data.get("customer_tax_id", ""))
        return (
            search_name(name) in ("", customer.search_name)
            and country in ("", customer.country)
            and (not tax_id or not customer.search_tax_id or tax_id == customer.search_tax_id)
        )

    def changes(self) -> dict[str, Any]:
        changes = super().changes()
        changes.pop("known", None)
        customer = self.chosen()
        if customer is None:
            return changes | {"customer": None}
        # What the directory does not know stays on the deal, for the vendor to see.
        own = {"customer_tax_id": customer.tax_id, "customer_domain": customer.web_domain}
        more = {name: changes[name] for name, known in own.items() if not known and changes.get(name)}
        return {"customer": customer, **more}


def _in_directory(public_id: str) -> Customer:
    customer = Customer.objects.filter(public_id=public_id).first()
    if customer is None:
        raise ValidationError(_("This company is not in the directory. Choose again, or type its name."))
    return customer


class ContactForm(StepForm):
    step = "contact"

    contact_name = Text(
        label=_("Name"), max_length=120, error_messages={"required": _("Name somebody at the customer.")}
    )
    contact_job_title = Text(label=_("Job title"), required=False, max_length=120)
    contact_email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    contact_phone = Text(
        label=_("Phone"), required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel"})
    )

    def clean_contact_phone(self) -> str:
        phone = self.cleaned_data["contact_phone"]
        if phone and (sum(sign.isdigit() for sign in phone) < 5):
            raise ValidationError(_("A phone number has at least five digits."))
        return phone

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        if not self.cleaned_data["contact_email"] and not self.cleaned_data["contact_phone"]:
            self.add_error("contact_email", _("Give an e-mail address or a phone number of the contact."))


class ProductsForm(StepForm):
    """Three rows of a part number and a quantity (B4)."""

    step = "products"

    def __init__(self, *args: Any, products: list[DealProduct], **kwargs: Any) -> None:
        self.products = products
        super().__init__(*args, **kwargs)
        for row in range(1, PRODUCTS + 1):
            self.fields[f"part_{row}"] = Text(
                label=_("Part number"),
                required=False,
                max_length=40,
                widget=forms.TextInput(attrs={"class": "input-code", "autocapitalize": "characters"}),
            )
            self.fields[f"quantity_{row}"] = forms.IntegerField(
                label=_("Quantity"),
                required=False,
                min_value=1,
                max_value=LONGEST_QUANTITY,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-code"}),
            )

    def initial_of(self, deal: Deal) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        for product in self.products:
            initial[f"part_{product.position}"] = product.part_number
            initial[f"quantity_{product.position}"] = product.quantity
        return initial

    def rows(self) -> list[tuple[Any, Any, str]]:
        """For the page: each row's two fields, and what the part is."""
        described = {product.part_number: product.description for product in self.products}
        return [
            (
                self[f"part_{row}"],
                self[f"quantity_{row}"],
                described.get(self[f"part_{row}"].value() or "", ""),
            )
            for row in range(1, PRODUCTS + 1)
        ]

    def clean(self) -> None:
        super().clean()
        numbers = {
            row: number.strip().upper()
            for row in range(1, PRODUCTS + 1)
            if (number := self.cleaned_data.get(f"part_{row}"))
        }
        kept = [product.part_number for product in self.products]
        known = parts_by_number(list(numbers.values()), kept=kept) if numbers else {}
        self.chosen_parts: list[tuple[Part, int]] = []
        for row, number in numbers.items():
            if number not in known:
                self.add_error(
                    f"part_{row}", _("This part number is not sold. Choose one that is suggested.")
                )
            elif any(part.number == number for part, _quantity in self.chosen_parts):
                self.add_error(
                    f"part_{row}", _("This part is in the list already; raise its quantity instead.")
                )
            else:
                self.chosen_parts.append((known[number], self.cleaned_data.get(f"quantity_{row}") or 1))
        if not numbers and not self.errors:
            self.add_error("part_1", _("Choose at least one product."))

    def changes(self) -> dict[str, Any]:
        return {"products": self.chosen_parts}


class DetailsForm(StepForm):
    step = "details"

    name = Text(
        label=_("Deal name"),
        max_length=120,
        error_messages={"required": _("Give the deal a name.")},
        help_text=_("As you call it among yourselves."),
    )
    value = Amount(
        label=_("Value"), max_length=40, error_messages={"required": _("Say what the deal is worth.")}
    )
    currency = forms.ChoiceField(label=_("Currency"))
    deal_type = forms.ChoiceField(
        label=_("Deal type"),
        choices=DealType.choices,
        help_text=_("What sort of sale it is. The registered-deal discount depends on it."),
    )
    close_on = Day(
        label=_("Expected close date"), error_messages={"required": _("Say when you expect to close.")}
    )
    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices)
    owner = forms.ChoiceField(
        label=_("Sales contact"), help_text=_("Your colleague who answers for this deal.")
    )
    engineer_name = Text(label=_("Engineer"), required=False, max_length=120)
    engineer_email = forms.EmailField(label=_("Engineer's e-mail"), required=False, max_length=254)
    distributor = forms.ChoiceField(label=_("Distributor"), required=False)
    competitors = Text(
        label=_("Competitors"),
        required=False,
        max_length=500,
        help_text=_("Who else is in the running, if you know."),
    )
    next_steps = Text(
        label=_("Next steps"),
        max_length=2000,
        widget=area(),
        error_messages={"required": _("Say what the next steps with the customer are.")},
        help_text=_("What you will do next with the customer, and when."),
    )

    def __init__(
        self,
        *args: Any,
        colleagues: list[Membership],
        distributors: list[Site],
        today: date,
        rules: Rules,
        **kwargs: Any,
    ) -> None:
        self.colleagues = {colleague.public_id: colleague for colleague in colleagues}
        self.distributors = {site.public_id: site for site in distributors}
        self.today = today
        super().__init__(*args, **kwargs)
        if least := rules.minimum_value(self.deal.currency):
            self.fields["value"].help_text = too_small(least, self.deal.currency)
        offer(self, "currency", currency_choices())
        offer(self, "owner", ((key, member.name) for key, member in self.colleagues.items()))
        named = ((key, site.name) for key, site in self.distributors.items())
        offer(self, "distributor", [("", _("None named yet")), *named])
        self.fields["close_on"].widget.attrs["min"] = today.isoformat()

    def initial_of(self, deal: Deal) -> dict[str, Any]:
        owners = (key for key, member in self.colleagues.items() if member.id == deal.owner_id)
        named = (key for key, site in self.distributors.items() if site.id == deal.distributor_id)
        return super().initial_of(deal) | {
            "value": as_written(deal.value, deal.currency),
            "owner": next(owners, ""),
            "distributor": next(named, ""),
        }

    def clean_owner(self) -> Membership:
        return self.colleagues[self.cleaned_data["owner"]]

    def clean_distributor(self) -> Site | None:
        return self.distributors.get(self.cleaned_data["distributor"])

    def clean_close_on(self) -> date:
        close_on: date = self.cleaned_data["close_on"]
        if close_on < self.today:
            raise ValidationError(_("The expected close date is in the past."))
        if close_on > self.today + timedelta(days=3 * 366):
            raise ValidationError(_("Give a date within the next three years."))
        return close_on

    def clean(self) -> None:
        super().clean()
        text, currency = self.cleaned_data.get("value"), self.cleaned_data.get("currency")
        if text and currency:
            try:
                self.cleaned_data["value"] = amount_in(text, currency)
            except ValidationError as error:
                self.add_error("value", error)
        else:
            self.cleaned_data.pop("value", None)


STEPS: dict[str, type[StepForm]] = {
    form.step: form for form in (CustomerForm, ContactForm, ProductsForm, DetailsForm)
}
