"""What is typed to place an order: what, for whom, and when; each rule with its message at its field or row."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from customers.models import CustomerSite
from deals.forms.fields import Text, area, offer
from feeds.reading import Refused
from identity.models import Site, public_id
from identity.numbering import as_typed

from ..listed import Row, in_file
from ..models.fields import LINES
from ..quotes.actions.beginning import quantity_flaw
from ..quotes.forms import CustomerFields, PartsFields, of_row
from .basket import Item, Weighed

LARGEST_FILE = 2 * 1024 * 1024


class ChooseForm(PartsFields):
    """What is to be ordered: typed or pasted, or from a file."""

    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        help_text=_("CSV or XLSX with a column of part numbers and one of quantities, 2 MB at most."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )

    def clean(self) -> None:
        super().clean()
        rows: list[Row] = getattr(self, "rows", [])
        file = self.cleaned_data.get("file")
        if file is not None:
            rows = [*rows, *self._rows_of(file)]
        if not rows and not self.errors:
            self.add_error("parts", _("Write at least one part number, or choose a file."))
        if len(rows) > LINES:
            self.add_error("parts", _("That is too much at once: %(limit)s rows at most.") % {"limit": LINES})
        self.rows = rows

    def _rows_of(self, file: Any) -> list[Row]:
        if file.size > LARGEST_FILE:
            self.add_error("file", _("The file is too large: 2 MB at most."))
            return []
        with tempfile.NamedTemporaryFile(suffix=Path(file.name).suffix[:8]) as kept:
            for piece in file.chunks():
                kept.write(piece)
            kept.flush()
            try:
                rows = in_file(Path(kept.name), file.name)
            except Refused as refused:
                self.add_error("file", str(refused))
                return []
        for row in rows[:LINES]:
            if row.problem:
                self.add_error("file", of_row(row.number, row.problem, row.part_number))
        return rows


class OrderForm(CustomerFields):
    """For whom an order is."""

    customer_site = Text(
        label=_("Customer's site"),
        required=False,
        max_length=7,
        help_text=_("Its number, of seven digits. It decides the price level."),
        widget=forms.TextInput(attrs={"class": "input-code", "inputmode": "numeric"}),
    )
    distributor = forms.ChoiceField(label=_("Distributor"), required=False)
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
    po_number = Text(label=_("Purchase order"), required=False, max_length=40)
    note = Text(label=_("Note to the vendor"), required=False, max_length=2000, widget=area(3))

    def __init__(
        self, *args: Any, distributors: Sequence[Site], currencies: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.distributors = {site.number: site for site in distributors}
        named = ((key, f"{site.name} ({site.number})") for key, site in self.distributors.items())
        offer(self, "distributor", [("", _("None")), *named])
        offer(self, "currency", [(code, code) for code in currencies])

    def clean_deal_number(self) -> str:
        return as_typed(self.cleaned_data["deal_number"])

    def clean(self) -> None:
        super().clean()
        if self.known is None and self.new_customer is None and not self.errors:
            self.add_error("customer_name", _("Say for which customer it is."))
        self.held = self._site(self.cleaned_data.get("customer_site") or "")

    def _site(self, number: str) -> CustomerSite | None:
        if not number:
            return None
        digits = number.zfill(7) if number.isascii() and number.isdigit() else "-"
        held = CustomerSite.objects.select_related("customer").filter(site_number=digits).first()
        if held is None or (self.known is not None and held.customer_id != self.known.id):
            self.add_error("customer_site", _("Your site knows no site of this customer by this number."))
            return None
        return held

    def chosen_distributor(self) -> Site | None:
        return self.distributors.get(self.cleaned_data.get("distributor") or "")


# ------------------------------------------------------------------------------------------ the rows


@dataclass
class ItemRow:
    """A part of the basket as the page has it, with what is wrong in its cells."""

    key: int
    part: str
    quantity: str
    start: str = ""
    email: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)
    line: Any = None  # the QuoteLine with its prices, once it is weighed

    def add(self, cell: str, message: str) -> None:
        self.errors.setdefault(cell, []).append(message)


class ItemsForm:
    """The rows of a basket: a part number, a quantity, and for services a start and a contact in each."""

    def __init__(self, rows: list[ItemRow]) -> None:
        self.rows = rows

    @classmethod
    def of(cls, rows: Sequence[Row]) -> ItemsForm:
        return cls([ItemRow(key, row.part_number, str(row.quantity)) for key, row in enumerate(rows)])

    @classmethod
    def sent(cls, data: Any) -> ItemsForm:
        """What the page sends back: names end in the row's number; a row without a part number is taken out."""
        count = str(data.get("rows", "0"))
        length = min(int(count), LINES) if count.isascii() and count.isdigit() and len(count) < 5 else 0
        found: list[ItemRow] = []
        for key in range(length):
            cells = {name: _cell(data, name, key) for name in ("part", "quantity", "start", "email")}
            if cells["part"] and not data.get(f"out-{key}"):
                part, quantity = cells["part"].upper(), cells["quantity"]
                found.append(ItemRow(len(found), part, quantity, cells["start"], cells["email"]))
        return cls(found)

    @property
    def has_errors(self) -> bool:
        return any(row.errors for row in self.rows)

    def items(self) -> list[Item]:
        """What is wanted; rows whose quantity cannot be read are left out, and say so."""
        return [item for row in self.rows if (item := _item(row)) is not None]

    def take(self, weighed: Weighed) -> None:
        """Tell at its row what is wrong, and give each its prices. All rows could be read."""
        lines = iter(weighed.lines)
        for place, row in enumerate(self.rows):
            if place in weighed.unknown:
                row.add("part", _now("There is no such part, or it is no longer sold."))
                continue
            row.line = next(lines)
            for flaw in weighed.flaws.get(place, ()):
                row.add(CELL.get(flaw.field, "part"), flaw.text)

    def ask_details(self, missing: Sequence[str]) -> None:
        """Tell that a service needs a start and a contact; by the public ids of lines."""
        for row in self.rows:
            if row.line is None or row.line.public_id not in missing:
                continue
            if not row.start:
                row.add("start", _now("Say from which day on it is wanted."))
            if not row.email:
                row.add("email", _now("Say who sets it up: an e-mail address."))


CELL = {"quantity": "quantity", "starts_on": "start"}


def _cell(data: Any, name: str, key: int) -> str:
    return str(data.get(f"{name}-{key}", "")).replace("\0", "").strip()[:254]


def _item(row: ItemRow) -> Item | None:
    try:
        quantity = int(row.quantity)
    except ValueError:
        row.add("quantity", _now("Write a whole number."))
        return None
    flaw = quantity_flaw(row.key, quantity)
    if flaw is not None:
        row.add("quantity", flaw.text)
        return None
    start = None
    if row.start:
        try:
            start = date.fromisoformat(row.start)
        except ValueError:
            row.add("start", _now("There is no such day. Write it as in 2027-02-28."))
            return None
    if row.email:
        try:
            validate_email(row.email)
        except ValidationError:
            row.add("email", _now("This is not an e-mail address."))
            return None
    return Item(row.part, quantity, start, row.email)


def new_basket() -> str:
    """A key for what is about to be ordered."""
    return public_id()
