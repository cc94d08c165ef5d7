"""The opportunity manager's filters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.places import countries
from pricing.models import ProductLine
from pricing.money import currency_choices

from .. import queries
from ..columns import SHOWN_FIRST, columns_for
from ..listing import NO_FILTERS, ORDERS, Wanted
from ..states import DealType, Stage, Status
from .fields import Amount, Day, Text, amount_in

ANY = ("", _("Any"))


class FilterForm(forms.Form):
    """Filters, order and columns, by the names that they have in the address.

    Whatever is not understood does not narrow the list: the list is shown, and the form says what is wrong.
    """

    q = Text(label=_("Customer, deal, number or reference"), required=False, max_length=200)
    status = forms.MultipleChoiceField(
        label=_("Status"), required=False, choices=Status.choices, widget=forms.CheckboxSelectMultiple
    )
    stage = forms.MultipleChoiceField(
        label=_("Stage"), required=False, choices=Stage.choices, widget=forms.CheckboxSelectMultiple
    )
    type = forms.MultipleChoiceField(
        label=_("Deal type"), required=False, choices=DealType.choices, widget=forms.CheckboxSelectMultiple
    )
    country = forms.ChoiceField(
        label=_("Customer's country"), required=False, choices=lambda: [ANY, *countries().items()]
    )
    line = forms.CharField(label=_("Product line"), required=False, max_length=20)
    distributor = forms.RegexField(r"^\d{7}$", label=_("Distributor"), required=False)
    partner = forms.RegexField(
        r"^\d{7}$",
        label=_("Partner's site number"),
        required=False,
        error_messages={"invalid": _("A site number has seven digits.")},
    )
    # "me", or the public id of a colleague's membership.
    owner = forms.CharField(label=_("Sales contact"), required=False, max_length=12)
    currency = forms.ChoiceField(
        label=_("Currency"), required=False, choices=lambda: [ANY, *currency_choices()]
    )
    value_from = Amount(label=_("Value from"), required=False, max_length=40)
    value_to = Amount(label=_("Value up to"), required=False, max_length=40)
    submitted_from = Day(label=_("Submitted from"), required=False)
    submitted_to = Day(label=_("Submitted up to"), required=False)
    approved_from = Day(label=_("Approved from"), required=False)
    approved_to = Day(label=_("Approved up to"), required=False)
    expires_from = Day(label=_("Expires from"), required=False)
    expires_to = Day(label=_("Expires up to"), required=False)
    close_from = Day(label=_("Close date from"), required=False)
    close_to = Day(label=_("Close date up to"), required=False)
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=lambda: [("", _("As the list has it")), *((order.name, order.label) for order in ORDERS)],
    )
    columns = forms.MultipleChoiceField(
        label=_("Columns"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: QueryDict, *, actor: Actor) -> None:
        data = data.copy()
        shown = ",".join(data.getlist("columns")) or SHOWN_FIRST[actor.kind]
        data.setlist("columns", [name for name in shown.split(",") if name])
        super().__init__(data)
        self.actor = actor
        offered = [(column.name, column.label) for column in columns_for(actor) if column.name != "name"]
        self.fields["columns"].choices = [("name", ""), *offered]  # type: ignore[attr-defined]
        for name in _not_for(actor):
            del self.fields[name]
        if actor.kind is not Kind.RESELLER:  # nobody else sees a draft
            self.fields["status"].choices = Status.choices[1:]  # type: ignore[attr-defined]

    def with_choices(self) -> FilterForm:
        """The same with what is chosen from lists that the database has: for the page on which one chooses."""
        self._offer("line", list(ProductLine.objects.order_by("name").values_list("code", "name")))
        if "owner" in self.fields:
            colleagues = queries.colleagues_of(self.actor)
            self._offer("owner", [("me", _("Me")), *((one.public_id, one.name) for one in colleagues)])
        if "distributor" in self.fields:
            self._offer("distributor", [(site.number, site.name) for site in queries.distributors()])
        return self

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].widget = forms.Select(choices=[("", _("Any")), *choices])

    def clean(self) -> dict[str, Any]:
        """An amount says nothing without its currency."""
        for name in ("value_from", "value_to"):
            text = self.cleaned_data.get(name)
            if not text:
                continue
            try:
                if not self.cleaned_data.get("currency"):
                    raise ValidationError(_("Choose the currency of this value."))
                self.cleaned_data[name] = amount_in(text, self.cleaned_data["currency"])
            except ValidationError as error:
                self.add_error(name, error)
        return self.cleaned_data

    def wanted(self) -> Wanted:
        """What was understood."""
        self.is_valid()
        given = self.cleaned_data
        same: dict[str, Any] = {
            name: given[name] for name in Wanted.__slots__ if given.get(name) not in (None, "")
        }
        return Wanted(
            **same,
            text=given.get("q", "").strip(),
            statuses=tuple(given.get("status", ())),
            stages=tuple(given.get("stage", ())),
            types=tuple(given.get("type", ())),
        )


def wanted_in(query: QueryDict, actor: Actor) -> Wanted:
    """What an address narrows the list by. Mostly nothing, which needs no form to find out."""
    return FilterForm(query, actor=actor).wanted() if query.keys() - NO_FILTERS else Wanted()


def _not_for(actor: Actor) -> tuple[str, ...]:
    """Filters that make no sense for this reader."""
    if actor.kind is Kind.RESELLER:
        return ("partner",)
    return ("owner", "distributor") if actor.kind is Kind.DISTRIBUTOR else ("owner",)
