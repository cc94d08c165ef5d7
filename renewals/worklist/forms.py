"""The worklist's filters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from deals.forms.fields import Day, Text
from deals.queries import colleagues_of
from identity.actors import Actor
from pricing.money import currency_choices

from ..models import RenewalKind
from .listing import NO_FILTERS, Wanted

ANY = ("", _("Any"))


class FilterForm(forms.Form):
    """Filters by the names that they have in the address.

    Whatever is not understood does not narrow the list: the list is shown, and the form says what is wrong.
    """

    q = Text(label=_("Agreement, site, quote or customer"), required=False, max_length=200)
    agreement = Text(label=_("Agreement"), required=False, max_length=12)
    customer = Text(label=_("Customer's name or number"), required=False, max_length=200)
    site = Text(label=_("Customer's site: number or name"), required=False, max_length=200)
    quote = Text(label=_("Number of the vendor's quote"), required=False, max_length=24)
    kind = forms.MultipleChoiceField(
        label=_("Kind"), required=False, choices=RenewalKind.choices, widget=forms.CheckboxSelectMultiple
    )
    currency = forms.ChoiceField(
        label=_("Currency"), required=False, choices=lambda: [ANY, *currency_choices()]
    )
    auto = forms.ChoiceField(
        label=_("Renews by itself"), required=False, choices=[ANY, ("yes", _("Yes")), ("no", _("No"))]
    )
    # "me", "nobody", or the public id of a colleague's membership.
    assigned = forms.CharField(label=_("Assigned to"), required=False, max_length=12)
    partner = Text(label=_("Partner's site number"), required=False, max_length=7)
    due_from = Day(label=_("Due from"), required=False)
    due_to = Day(label=_("Due up to"), required=False)

    def __init__(self, data: QueryDict, *, actor: Actor) -> None:
        super().__init__(data)
        self.actor = actor
        del self.fields["assigned" if actor.is_staff else "partner"]

    def with_choices(self) -> FilterForm:
        """The same with what is chosen from lists that the database has: for the page on which one chooses."""
        if "assigned" in self.fields:
            people = [(one.public_id, one.name) for one in colleagues_of(self.actor)]
            choices = [ANY, ("me", _("Me")), ("nobody", _("Nobody")), *people]
            self.fields["assigned"].widget = forms.Select(choices=choices)
        return self

    def wanted(self) -> Wanted:
        """What was understood."""
        self.is_valid()
        given = self.cleaned_data
        same: dict[str, Any] = {
            name: given[name] for name in Wanted.__slots__ if given.get(name) not in (None, "")
        }
        return Wanted(**same, text=given.get("q", "").strip(), kinds=tuple(given.get("kind", ())))


def wanted_in(query: QueryDict, actor: Actor) -> Wanted:
    """What an address narrows the list by. Mostly nothing, which needs no form to find out."""
    return FilterForm(query, actor=actor).wanted() if query.keys() - NO_FILTERS else Wanted()
