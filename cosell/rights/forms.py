"""What is typed into the pages of roles and locations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deals.forms.fields import Text, need_by_case, offer
from identity.models import Role
from identity.places import countries

from ..models import Location
from .granting import Wanted
from .locations import Place
from .scopes import Held

NOT, ALL, SOME = "no", "all", "some"
WHERE = ((NOT, _("Not given")), (ALL, _("For the whole company")), (SOME, _("For some locations")))


class RolesForm(forms.Form):
    """Four roles, and where each is to hold. `offered`: the locations that may be chosen."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, offered: Iterable[Location], held: Iterable[Held] = (), version: int = 0
    ) -> None:
        self.offered = {location.public_id: location for location in offered}
        super().__init__(data, initial={"version": version, **_initial(held)})
        for role in Role:
            self.fields[role.value] = forms.ChoiceField(
                label=role.label, choices=WHERE, widget=forms.RadioSelect, initial=NOT, required=False
            )
            self.fields[f"{role.value}_at"] = forms.MultipleChoiceField(
                label=_("Locations"),
                required=False,
                choices=[(public_id, location.name) for public_id, location in self.offered.items()],
                widget=forms.CheckboxSelectMultiple,
            )
        need_by_case(self, *(role.value for role in Role))  # a role that somebody may not give is not sent

    def clean(self) -> None:
        super().clean()
        for role in Role:
            at = f"{role.value}_at"
            if (
                self.cleaned_data.get(role.value) == SOME
                and not self.cleaned_data.get(at)
                and at not in self.errors
            ):
                text = _("Choose at least one location, or give the role for the whole company.")
                self.add_error(role.value, text)

    def wanted(self, kept: Wanted) -> Wanted:
        """What the form asks for. Of a role that it says nothing about (its controls were shut), what `kept` has."""
        found: dict[Role, Any] = {}
        for role in Role:
            where = self.cleaned_data.get(role.value) or ""
            if not where and role in kept:
                found[role] = kept[role]
            elif where == ALL:
                found[role] = None
            elif where == SOME:
                found[role] = [self.offered[public_id] for public_id in self.cleaned_data[f"{role.value}_at"]]
        return found


def _initial(held: Iterable[Held]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in held:
        found[one.role.value] = ALL if one.company_wide else SOME
        found[f"{one.role.value}_at"] = [location.public_id for location in one.locations or ()]
    return found


class PeopleFilter(forms.Form):
    """What makes no sense is left out, never an error."""

    q = forms.CharField(label=_("Name or e-mail"), max_length=100, required=False)
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", pgettext_lazy("roles", "All")), *Role.choices], required=False
    )
    location = forms.ChoiceField(label=_("Location"), required=False)

    def __init__(self, data: Any, *, locations: Iterable[Location]) -> None:
        super().__init__(data)
        offered = [(location.public_id, location.name) for location in locations]
        offer(self, "location", [("", pgettext_lazy("locations", "All")), *offered])


class LocationForm(forms.Form):
    name = Text(
        label=_("Name"), max_length=120, help_text=_("As you call it among yourselves: deals name it.")
    )
    address_line1 = Text(label=_("Address"), max_length=200, required=False)
    address_line2 = Text(label=_("Address, second line"), max_length=200, required=False)
    postal_code = Text(label=_("Postal code"), max_length=20, required=False)
    city = Text(label=_("City"), max_length=120)
    state = Text(label=_("State or province"), max_length=120, required=False)
    country = forms.ChoiceField(label=_("Country"))
    contact_email = forms.EmailField(
        label=_("Contact"),
        required=False,
        max_length=254,
        help_text=_("Is mailed about deals of this location that nobody is on the team of."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        offer(self, "country", [("", _("Choose a country")), *countries().items()])
        self.fields["country"].widget.attrs["data-combobox"] = ""

    def place(self) -> Place:
        return Place(**{name: value for name, value in self.cleaned_data.items() if name != "version"})
