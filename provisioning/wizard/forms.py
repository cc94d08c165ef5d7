"""What is entered before services are set up; each rule with its message at its field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.countries import countries
from deals.forms.fields import Text, area

from ..models import Handing
from .addresses import Candidate, address_key

EMAIL = {"type": "email", "inputmode": "email", "spellcheck": "false", "autocapitalize": "off"}
NEW = "new"


class Address(forms.EmailField):
    """An e-mail address, without what surrounds it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, widget=forms.EmailInput(attrs=EMAIL), **kwargs)

    def clean(self, value: Any) -> str:
        email = str(super().clean(value) or "")
        if email and not email.isascii():
            raise ValidationError(_("Write the address in Latin letters, as mail servers know it."))
        return email


class RoleForm(forms.Form):
    """D5: as whom somebody sets up."""

    role = forms.ChoiceField(
        label=_("Who are you?"),
        widget=forms.RadioSelect,
        choices=[
            (Handing.PARTNER.value, _("I am a partner: we sell this to the customer")),
            (
                Handing.CUSTOMER.value,
                _(
                    "I am the customer: the organisation will be ours alone, and the partner has no access to it"
                ),
            ),
        ],
        error_messages={"required": _("Choose one of the two.")},
    )


class WhoForm(forms.Form):
    """D6: who sets up. The loss of access is said before one chooses, and agreed to."""

    who = forms.ChoiceField(
        label=_("Who sets this up?"),
        widget=forms.RadioSelect,
        choices=[
            (Handing.PARTNER.value, _("I do, now")),
            (Handing.COLLEAGUE.value, _("Somebody else in my company")),
            (Handing.CUSTOMER.value, _("The customer")),
        ],
        error_messages={"required": _("Choose who sets this up.")},
    )
    colleague_email = Address(label=_("Your colleague's e-mail address"), required=False)
    customer_email = Address(label=_("The customer's e-mail address"), required=False)
    agreed = forms.BooleanField(
        label=_("My company will have no access to the customer's organisation."), required=False
    )

    def __init__(self, *args: Any, holder: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holder = holder

    @property
    def to(self) -> str:
        """Whom the link is mailed to; "" when nobody else sets up."""
        field = {Handing.COLLEAGUE: "colleague_email", Handing.CUSTOMER: "customer_email"}
        return str(self.cleaned_data.get(field.get(self.cleaned_data["who"], ""), ""))

    def clean(self) -> None:
        who = self.cleaned_data.get("who")
        if who == Handing.COLLEAGUE:
            self._address("colleague_email")
        if who == Handing.CUSTOMER:
            self._address("customer_email")
            if not self.cleaned_data.get("agreed"):
                self.add_error("agreed", _("Confirm that you know this, or choose somebody else."))

    def _address(self, field: str) -> None:
        if field in self.errors:
            return
        email = self.cleaned_data.get(field, "")
        if not email:
            self.add_error(field, _("Write the address that the link goes to."))
        elif address_key(email) == address_key(self.holder):
            self.add_error(
                field, _("The link was sent to this address already. Choose “I do, now” to go on with it.")
            )


class OrganisationForm(forms.Form):
    """An organisation that is to be made."""

    name = Text(label=_("Name of the organisation"), max_length=200)
    country = forms.ChoiceField(label=_("Country"), widget=forms.Select(attrs={"data-combobox": ""}))
    address = Text(label=_("Address"), max_length=400, widget=area(3))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", ""), *countries().items()]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not any(sign.isalnum() for sign in name):
            raise ValidationError(_("A name has letters."))
        return name


class PartnerForm(OrganisationForm):
    """D7: the partner organisation of a first order."""

    email = Address(
        label=_("Administrator's e-mail address"),
        help_text=_("This person is mailed how to set the password of the partner organisation."),
    )


class ReviewForm(forms.Form):
    """D7, D9: whether an organisation that exists is the right one."""

    right = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": _("Say whether this is the right one.")}
    )

    def __init__(self, *args: Any, label: Any, yes: Any, no: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["right"].label = label
        self.fields["right"].choices = [("yes", yes), ("no", no)]  # type: ignore[attr-defined]


class AdministratorForm(forms.Form):
    """D8: the customer's administrator."""

    email = Address(
        label=_("E-mail address of the customer's administrator"),
        help_text=_("A person belongs to one organisation at a time."),
    )


class MatchForm(forms.Form):
    """D8: which of the organisations that may be meant it is."""

    organisation = forms.ChoiceField(
        label=_("Which organisation is it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an organisation, or that a new one is made.")},
    )

    def __init__(self, *args: Any, found: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [  # type: ignore[attr-defined]
            *((one.public_id, _named(one, place, len(found))) for place, one in enumerate(found, 1)),
            (NEW, _("None of these: make a new organisation")),
        ]


def _named(one: Candidate, place: int, count: int) -> str:
    """A name in whichever script; with its place in the table, as several may have the same."""
    name = f"\u2068{one.name}\u2069"
    return f"{place}. {name}" if count > 1 else name


class ConfirmForm(forms.Form):
    """D10: nothing more is entered."""
