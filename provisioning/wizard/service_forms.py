"""What is entered for each service that was bought (D12)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.countries import countries
from deals.forms.fields import Text, area
from identity.places import time_zones

from ..availability import Availability, availability
from ..backends import Refused, Trouble, backend
from ..models import NameKind
from ..naming import NameFlaw, normal

NAME = {"class": "input-code", "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
LONG_LIST = {"data-combobox": ""}


class NameField(forms.CharField):
    """A name in the vendor's cloud, as it is kept. Whether it is free the database says, when it is asked."""

    def __init__(self, kind: NameKind, **kwargs: Any) -> None:
        # Longer than a name can be: that it is too long is said like all else that is wrong with it.
        super().__init__(max_length=200, widget=forms.TextInput(attrs=NAME), **kwargs)
        self.kind = kind
        self.own = ""  # a name that this line asked for before: if it is taken, then perhaps by itself
        self.moves = False  # somebody has it, and gave a code with which it moves here

    def availability(self, name: str) -> Availability:
        if name and name == self.own:
            return Availability(free=True)
        found = availability(self.kind, name)
        return Availability(free=True) if self.moves and found.flaw == NameFlaw.TAKEN else found

    def clean(self, value: Any) -> str:
        name = normal(str(super().clean(value) or ""))
        flaw = self.availability(name).flaw if name else None
        if flaw is not None:
            raise ValidationError(flaw.label, code=flaw.value)
        return name


class WithName(forms.Form):
    """A form with a name of which one may ask whether it is free, without sending the rest."""

    name_field = ""

    @property
    def the_name(self) -> NameField:
        field = self.fields[self.name_field]
        assert isinstance(field, NameField)
        return field

    def check(self) -> tuple[str, Availability]:
        """The name that was typed, and whether it can be had now: by our rules, and where the services are set up."""
        typed = normal(str(self.data.get(self.name_field, "")))
        found = self.the_name.availability(typed)
        if not found.free or typed == self.the_name.own or self.the_name.moves:
            return typed, found
        try:
            free = backend().is_free(self.the_name.kind, typed)
        except (Trouble, Refused):
            return typed, Availability(free=True, sure=False)
        return typed, found if free else Availability(free=False, flaw=NameFlaw.TAKEN)


class SubscriptionForm(forms.Form):
    """Nothing is entered: one reads what was bought."""


class CallingForm(WithName):
    name_field = "sip"

    country = forms.ChoiceField(
        label=_("Country of the data centre"),
        widget=forms.Select(attrs=LONG_LIST),
        help_text=_("Where calls are handled and their data is kept. It cannot be changed later."),
    )
    address = Text(
        label=_("Address of the first location"),
        max_length=400,
        widget=area(3),
        help_text=_("Emergency services are sent there."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), widget=forms.Select(attrs=LONG_LIST))
    languages = forms.MultipleChoiceField(
        label=_("Languages of announcements and mails"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one language.")},
    )
    sip = NameField(
        NameKind.SIP,
        label=_("SIP subdomain"),
        help_text=_("Phones and other systems call people at it. Letters a to z, digits and hyphens."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "country", [("", ""), *countries().items()])
        offer(self, "time_zone", [(name, name) for name in time_zones()])
        offer(self, "languages", settings.LANGUAGES)


class MeetingsForm(WithName):
    name_field = "site"

    site = NameField(
        NameKind.MEETING_SITE,
        label=_("Name of the meeting site"),
        help_text=_("Part of the address of every meeting. Letters a to z, digits and hyphens."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), widget=forms.Select(attrs=LONG_LIST))
    transfer_code = Text(
        label=_("Transfer code"),
        required=False,
        max_length=40,
        help_text=_(
            "Only when an existing site moves to this organisation: its owner gets the code from the vendor."
        ),
        widget=forms.TextInput(attrs=NAME),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.data if self.is_bound else self.initial
        self.the_name.moves = bool(str(given.get("transfer_code", "")).strip())
        offer(self, "time_zone", [(name, name) for name in time_zones()])


class SubdomainForm(WithName):
    name_field = "subdomain"

    subdomain = NameField(
        NameKind.SUBDOMAIN,
        label=_("Subdomain of the organisation"),
        help_text=_("People sign in at it. Letters a to z, digits and hyphens."),
    )


class ProvisionForm(forms.Form):
    """Provision and start billing, confirmed in so many words."""

    agreed = forms.BooleanField(
        label=_("Set this up, and start billing for everything bought."),
        error_messages={"required": _("Confirm this to go on: billing starts once it is set up.")},
    )


def offer(form: forms.Form, name: str, choices: Any) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]
