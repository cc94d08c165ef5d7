"""What is typed into the pages of quotes: each field's rule, with its message at the field."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.countries import countries
from customers.models import Customer, CustomerSite
from customers.names import search_name
from deals.forms.fields import Day, Text, area, offer
from identity.models import Site
from identity.numbering import as_typed

from ..listed import LONGEST, Row, pasted
from ..models import CutReason, Quote

COUNTRY_NEEDED = _(
    "No company of this name is in the directory. Say in which country it is, and it joins it."
)


class CustomerFields(forms.Form):
    """A customer of the shared directory, found while one types; or a new one, with its country."""

    customer = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    customer_name = Text(
        label=_("Customer"),
        required=False,
        max_length=200,
        help_text=_("Start typing: companies that anybody entered before are found."),
        widget=forms.TextInput(attrs={"data-suggest-into": "id_customer"}),
    )
    customer_country = forms.ChoiceField(label=_("Country of a customer that is new"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "customer_country", [("", _("Choose a country")), *countries().items()])
        self.fields["customer_country"].widget.attrs["data-combobox"] = ""

    def clean(self) -> None:
        super().clean()
        given = self.cleaned_data
        name = " ".join((given.get("customer_name") or "").split())
        self.known: Customer | None = None
        self.new_customer: tuple[str, str] | None = None
        if not name:
            return
        chosen = Customer.objects.filter(public_id=given.get("customer") or "-").first()
        if chosen is not None and chosen.search_name == search_name(name):
            self.known = chosen
            return
        if not search_name(name):
            self.add_error("customer_name", _("A name has at least one letter or digit."))
            return
        country = given.get("customer_country") or ""
        same = Customer.objects.filter(search_name=search_name(name))
        found = list((same.filter(country=country) if country else same).order_by("id")[:2])
        if len(found) == 1:
            self.known = found[0]
        elif len(found) > 1:
            self.add_error("customer_name", _("Several companies have this name. Choose one from the list."))
        elif country:
            self.new_customer = (name, country)
        else:
            self.add_error("customer_country", COUNTRY_NEEDED)


class PartsFields(forms.Form):
    """A list of parts, as it comes from a spreadsheet."""

    parts = forms.CharField(
        label=_("Parts"),
        required=False,
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "class": "input-code", "spellcheck": "false", "dir": "ltr"}),
        help_text=_(
            "A part number and a quantity in each row, typed or pasted from a spreadsheet: D0ABCLL 12. Columns may be"
            " apart by tabs, semicolons or commas, with a header or without."
        ),
    )

    def clean_parts(self) -> str:
        text = str(self.cleaned_data["parts"]).replace("\0", "")
        self.rows: list[Row] = pasted(text)
        wrong = [row for row in self.rows if row.problem]
        if wrong:
            raise ValidationError([of_row(row.number, row.problem, row.part_number) for row in wrong[:20]])
        return text


def of_row(number: int, problem: Any, part_number: str = "") -> str:
    """What is wrong with a row of a list, in a sentence that names the row."""
    if part_number:
        return _("Row %(row)s, %(part)s: %(problem)s") % {
            "row": number,
            "part": part_number,
            "problem": problem,
        }
    return _("Row %(row)s: %(problem)s") % {"row": number, "problem": problem}


class BeginForm(CustomerFields, PartsFields):
    """What a proposal begins with: all of it may come later."""

    title = Text(
        label=_("Title"),
        required=False,
        max_length=120,
        help_text=_("As you call it among yourselves and on paper."),
    )
    deal_number = Text(
        label=_("Deal registration"),
        required=False,
        max_length=24,
        help_text=_(
            "Its number gives the discount that was granted with the approval, for the parts registered."
        ),
        widget=forms.TextInput(attrs={"class": "input-code", "autocomplete": "off"}),
    )
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    field_order = (
        "title",
        "customer",
        "customer_name",
        "customer_country",
        "deal_number",
        "currency",
        "parts",
    )

    def __init__(self, *args: Any, currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "currency", [(code, code) for code in currencies])

    def clean_deal_number(self) -> str:
        return as_typed(self.cleaned_data["deal_number"])


class AddForm(PartsFields):
    """More parts for a proposal."""

    def clean_parts(self) -> str:
        text = super().clean_parts()
        if not self.rows:
            raise ValidationError(_("Write at least one part number."))
        return text


class HeadForm(CustomerFields):
    """What a proposal says above its lines."""

    title = BeginForm.base_fields["title"]
    customer_site = forms.ChoiceField(
        label=_("Customer's site"),
        required=False,
        help_text=_("It decides the price level and the anniversary. A site of the customer you chose."),
    )
    contact_name = Text(label=_("Customer's contact"), required=False, max_length=120)
    contact_email = forms.EmailField(label=_("E-mail of the contact"), required=False, max_length=254)
    distributor = forms.ChoiceField(label=_("Distributor"), required=False)
    deal_number = BeginForm.base_fields["deal_number"]
    currency = forms.ChoiceField(label=_("Currency"))
    po_number = Text(label=_("Purchase order"), required=False, max_length=40)
    terms = Text(
        label=_("Terms"),
        required=False,
        max_length=4000,
        widget=area(5),
        help_text=_("They are on the paper."),
    )
    note = Text(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=area(3),
        help_text=_("For your site alone; on no paper."),
    )
    field_order = ("title", "customer", "customer_name", "customer_country", "customer_site")

    def __init__(
        self,
        *args: Any,
        quote: Quote,
        currencies: Sequence[str],
        sites: Sequence[CustomerSite],
        distributors: Sequence[Site],
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", _head_of(quote))
        super().__init__(*args, **kwargs)
        self.sites = {held.public_id: held for held in sites}
        self.distributors = {site.number: site for site in distributors}
        offer(self, "currency", [(code, code) for code in dict.fromkeys([quote.currency, *currencies])])
        named = ((key, f"{held.site_number} · {held.site_name}") for key, held in self.sites.items())
        offer(self, "customer_site", [("", _("None")), *named])
        offered = ((key, f"{site.name} ({site.number})") for key, site in self.distributors.items())
        offer(self, "distributor", [("", _("None")), *offered])

    clean_deal_number = BeginForm.clean_deal_number

    def changes(self) -> dict[str, Any]:
        """By the names that `change_quote` knows, but for a customer who is new."""
        given = {
            name: self.cleaned_data[name]
            for name in (
                "title",
                "contact_name",
                "contact_email",
                "deal_number",
                "currency",
                "po_number",
                "terms",
                "note",
            )
        }
        given["customer"] = self.known
        given["customer_site"] = self.sites.get(self.cleaned_data["customer_site"])
        given["distributor"] = self.distributors.get(self.cleaned_data["distributor"])
        return given


PLAIN = (
    "title", "contact_name", "contact_email", "deal_number", "currency", "po_number", "terms", "note",
)  # fmt: skip


def _head_of(quote: Quote) -> dict[str, Any]:
    shown = {
        name: getattr(quote, name)
        for name in (
            "title",
            "customer_name",
            "contact_name",
            "contact_email",
            "deal_number",
            "currency",
            "po_number",
        )
    }
    return shown | {
        "customer": quote.customer.public_id if quote.customer else "",
        "customer_site": quote.customer_site.public_id if quote.customer_site else "",
        "distributor": quote.distributor.number if quote.distributor else "",
        "terms": quote.terms,
        "note": quote.note,
    }


class OpenForm(forms.Form):
    """Until when a quote is valid, and on which terms."""

    valid_until = Day(label=_("Valid until"), help_text=_("The last day, where your site is."))
    terms = Text(label=_("Terms"), required=False, max_length=4000, widget=area(5))
    seen_total = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, first: date, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first, self.last = first, last
        self.fields["valid_until"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}

    def clean_valid_until(self) -> date:
        day: date = self.cleaned_data["valid_until"]
        if not self.first <= day <= self.last:
            raise ValidationError(_("A quote is valid from a day to 180 days."))
        return day


class CloseForm(forms.Form):
    reason = Text(label=_("Why is it closed?"), max_length=500, widget=area(2))


CUT_REASONS = [("", _("Choose a reason")), *CutReason.choices]
