"""What is typed into a co-sell deal.

The rules of a deal stand in content.py. The form reads what was typed, says what cannot be read, and asks those rules
for the rest; so page, API and file say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.countries import countries
from customers.models import Customer
from customers.names import search_name
from deals.forms.fields import Amount, Day, Text, area, need_by_case, offer
from identity.actors import Actor
from identity.models import Membership
from pricing.money import as_written, currency_choices, currency_of

from ...models import Location, Referral, Solution, SolutionStatus
from ...states import CompanySize, HelpType, SalesStage, Sharing
from ..content import NEEDED_FOR_HELP, DealContent, content_of, problems_of
from .rows import (
    BLANK_ROWS,
    MOST_ROWS,
    ROW,
    Row,
    SolutionForm,
    TeamForm,
    amount_typed,
    colleagues_at,
    known_of,
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a deal's form offers, by public id."""

    locations: Mapping[str, Location]
    colleagues: Mapping[str, Membership]
    solutions: Mapping[str, Solution]
    today: date
    own: str  # the actor's own membership
    country: str  # of the site

    @classmethod
    def of(
        cls,
        actor: Actor,
        locations: Iterable[Location],
        referral: Referral | None,
        *,
        today: date,
        country: str,
    ) -> Choices:
        """`referral`: what it has already stays to be chosen, even where nothing new may have it any more."""
        assert actor.site_id is not None
        colleagues = colleagues_at(actor.site_id)
        own = next((key for key, member in colleagues.items() if member.id == actor.membership_id), "")
        return cls(
            {location.public_id: location for location in locations},
            colleagues,
            _solutions(referral),
            today,
            own,
            country,
        )


def _solutions(referral: Referral | None) -> dict[str, Solution]:
    """Those published, and those that the deal is about already."""
    kept = {row.solution_id for row in referral.solutions.all()} if referral else set()
    found = Solution.objects.exclude(status=SolutionStatus.DRAFT).order_by("name", "id")
    return {one.public_id: one for one in found if one.status == SolutionStatus.PUBLISHED or one.id in kept}


# ------------------------------------------------------------------------------------------------ the deal


class DealForm(forms.Form):
    """A whole deal. `referral` None: a new one. Location and deal type are chosen once, when it is begun."""

    name = Text(
        label=gettext_lazy("Name of the deal"),
        max_length=120,
        help_text=gettext_lazy("As you call it among yourselves. Whoever works on it reads it."),
        error_messages={"required": gettext_lazy("Give the deal a name.")},
    )
    location = forms.ChoiceField(
        label=gettext_lazy("Location"),
        help_text=gettext_lazy(
            "Where your people work on it. Roles by location decide who sees the deal, so it never changes later."
        ),
        error_messages={"required": gettext_lazy("Choose the location that works on it.")},
    )
    # The public id of the customer that was suggested and chosen; it counts while name and country still fit.
    customer = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    customer_name = Text(
        label=gettext_lazy("Company"),
        max_length=200,
        help_text=gettext_lazy("Start typing: companies of the directory are found, in any script."),
        widget=forms.TextInput(attrs={"data-suggest-into": "id_customer"}),
        error_messages={"required": gettext_lazy("Say who the customer is.")},
    )
    customer_size = forms.ChoiceField(label=gettext_lazy("People who work there"), required=False)
    duns = Text(
        label=gettext_lazy("D-U-N-S number"),
        required=False,
        max_length=11,
        help_text=gettext_lazy(
            "Nine digits, if you know them. The vendor finds the customer's record by it."
        ),
        widget=forms.TextInput(attrs={"class": "input-code", "inputmode": "numeric"}),
    )
    address_line1 = Text(
        label=gettext_lazy("Address"),
        max_length=200,
        error_messages={"required": gettext_lazy("Write the customer's address.")},
    )
    address_line2 = Text(label=gettext_lazy("Address, second line"), required=False, max_length=200)
    city = Text(
        label=gettext_lazy("City"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write the customer's city.")},
    )
    state = Text(label=gettext_lazy("State or province"), required=False, max_length=120)
    postal_code = Text(label=gettext_lazy("Postal code"), required=False, max_length=20)
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        error_messages={"required": gettext_lazy("Say in which country the customer is.")},
    )
    value = Amount(
        label=gettext_lazy("Deal value"),
        max_length=40,
        error_messages={"required": gettext_lazy("Say what the deal is worth.")},
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    close_on = Day(
        label=gettext_lazy("Expected close date"),
        error_messages={"required": gettext_lazy("Say when you expect to close.")},
    )
    stage = forms.ChoiceField(label=gettext_lazy("Sales stage"))
    sharing = forms.ChoiceField(
        label=gettext_lazy("How much does the vendor see, and do you ask for help?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how much the vendor sees.")},
    )
    help_type = forms.ChoiceField(label=gettext_lazy("What help do you ask for?"), required=False)
    vendor_notes = Text(
        label=gettext_lazy("What the vendor's sellers should know"),
        required=False,
        max_length=2000,
        widget=area(3),
    )
    contact_first_name = Text(label=gettext_lazy("First name"), required=False, max_length=60)
    contact_last_name = Text(label=gettext_lazy("Last name"), required=False, max_length=60)
    contact_title = Text(label=gettext_lazy("Job title"), required=False, max_length=120)
    contact_email = forms.EmailField(label=gettext_lazy("E-mail"), required=False, max_length=254)
    contact_phone = Text(
        label=gettext_lazy("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    consent_share = forms.BooleanField(
        label=gettext_lazy("The customer agrees that the deal is shared with others."), required=False
    )
    consent_contact = forms.BooleanField(
        label=gettext_lazy("The customer agrees to be contacted about it."), required=False
    )
    consent_sellers = forms.BooleanField(
        label=gettext_lazy("The customer agrees that it is shared with the vendor's sellers."), required=False
    )
    notes = Text(
        label=gettext_lazy("Notes"),
        required=False,
        max_length=4000,
        widget=area(6),
        help_text=gettext_lazy(
            "What the customer needs, and how you will win. Whoever sees the deal reads them."
        ),
    )
    crm_id = Text(label=gettext_lazy("Number in your CRM"), required=False, max_length=60)
    campaign_id = Text(label=gettext_lazy("Campaign"), required=False, max_length=60)

    def __init__(
        self,
        data: Any = None,
        *,
        referral: Referral | None,
        choices: Choices,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.referral, self.choices = referral, choices
        start = initial_of(referral) if referral else _beginning(choices)
        super().__init__(data, initial=start | dict(initial or {}))
        self._offer()
        need_by_case(self, *NEEDED_FOR_HELP)
        currency = str(self["currency"].value() or "")
        known = dict(currency_choices())
        self.team = _rows(
            TeamForm, "team", data, _team_of(referral, choices), {"colleagues": self._colleagues()}
        )
        self.solutions = _rows(
            SolutionForm, "solutions", data, _solutions_of(referral),
            {"offered": choices.solutions, "currency": currency if currency in known else "USD"},
        )  # fmt: skip
        self.group_errors: dict[str, list[str]] = {"team": [], "solutions": []}
        self.content: DealContent | None = None

    def _colleagues(self) -> dict[str, Membership]:
        """The site's people; of those who have left it, whoever is on the team already."""
        kept = (row.membership for row in self.referral.team.all() if row.membership) if self.referral else ()
        return {**self.choices.colleagues, **{member.public_id: member for member in kept}}

    def _offer(self) -> None:
        if self.referral:
            del self.fields["location"], self.fields["sharing"]  # said once, when it was begun
        else:
            named = ((key, one.name) for key, one in self.choices.locations.items())
            first = [] if len(self.choices.locations) == 1 else [("", _("Choose a location"))]
            offer(self, "location", [*first, *named])
            offer(self, "sharing", Sharing.choices)
        offer(self, "customer_size", [("", _("Not known")), *CompanySize.choices])
        offer(self, "country", [("", _("Choose a country")), *countries().items()])
        self.fields["country"].widget.attrs["data-combobox"] = ""
        offer(self, "currency", currency_choices())
        offer(self, "stage", [pair for pair in SalesStage.choices if pair[0] != SalesStage.WON])
        offer(self, "help_type", [("", _("No help")), *HelpType.choices])
        if self.referral is None:
            self.fields["close_on"].widget.attrs["min"] = self.choices.today.isoformat()

    # -------------------------------------------------------------------------------------- reading it

    def clean_duns(self) -> str:
        return re.sub(r"[\s-]", "", self.cleaned_data["duns"])

    def clean_customer(self) -> Customer | None:
        """The company of the directory that was chosen, if what is typed is still that one."""
        chosen = self.cleaned_data["customer"]
        customer = Customer.objects.filter(public_id=chosen).first() if chosen else None
        if customer is None:
            return None
        same = search_name(self.data.get("customer_name", "")) == customer.search_name
        return customer if same and self.data.get("country", "") == customer.country else None

    def clean(self) -> None:
        super().clean()
        self._read_value()
        rows_right = {row.is_valid() for row in self.rows} <= {True}  # every row is looked at
        content = self._content()
        before = content_of(self.referral) if self.referral else None
        for field, messages in problems_of(content, today=self.choices.today, before=before).items():
            self._take(field, messages)
        if rows_right and not self.is_wrong:
            self.content = content

    def is_valid(self) -> bool:
        return super().is_valid() and self.content is not None

    def _read_value(self) -> None:
        text, currency = self.cleaned_data.get("value"), self.cleaned_data.get("currency")
        if text and currency:
            try:
                self.cleaned_data["value"] = amount_typed(text, currency)
            except ValidationError as error:
                self.add_error("value", error)
        else:
            self.cleaned_data.pop("value", None)

    def take(self, errors: Mapping[str, Sequence[str]]) -> None:
        """Tell what the action found wrong, at its field."""
        for field, messages in errors.items():
            self._take(field, messages)

    def _take(self, field: str, messages: Sequence[str]) -> None:
        """A field that cannot be read says that alone, and not besides what its rule says of nothing."""
        name, _dot, rest = field.partition(".")
        if rest:
            self._take_in_row(name, *rest.split("."), messages=messages)
        elif name in self.group_errors:
            if not any(row.errors for row in (self.team if name == "team" else self.solutions)):
                self.group_errors[name].extend(map(str, messages))
        elif name not in self.fields:
            self.add_error(None, list(messages))
        elif not self.has_error(name):
            self.add_error(name, list(messages))

    def _take_in_row(self, rows: str, number: str, name: str, *, messages: Sequence[str]) -> None:
        """The rules count the rows that say something; the page has blank ones between them."""
        said: list[Row] = (
            [row for row in self.team if not row.is_blank]
            if rows == "team"
            else [row for row in self.solutions if row.wanted()]
        )
        row = said[int(number)]
        if not row.has_error(name):
            row.add_error(name, list(messages))

    def _content(self) -> DealContent:
        """What was typed. What cannot be read is something harmless here, and says itself that it cannot."""
        given = self.cleaned_data
        text: dict[str, Any] = {name: given.get(name) or "" for name in TEXTS}
        consents: dict[str, Any] = {name: bool(given.get(name)) for name in CONSENTS}
        return DealContent(
            **text,
            location=self._location(),
            sharing=self.referral.sharing if self.referral else given.get("sharing") or Sharing.PRIVATE,
            customer=given.get("customer"),
            value=given.get("value", 1),
            currency=given.get("currency") or "USD",
            close_on=given.get("close_on") or self.choices.today,
            stage=given.get("stage") or SalesStage.QUALIFIED,
            **consents,
            team=tuple(row.teammate() for row in self.team if not row.is_blank),
            solutions=tuple(one for row in self.solutions if (one := row.wanted())),
        )

    def _location(self) -> Location:
        if self.referral:
            return self.referral.location
        chosen = self.choices.locations.get(self.cleaned_data.get("location", ""))
        return chosen or next(iter(self.choices.locations.values()))

    # -------------------------------------------------------------------------------------- showing it

    @property
    def is_wrong(self) -> bool:
        groups = any(self.group_errors.values())
        return self.is_bound and bool(self.errors or groups or any(row.errors for row in self.rows))

    @property
    def rows(self) -> list[Row]:
        return [*self.team, *self.solutions]

    def wrong_fields(self) -> Iterator[forms.BoundField]:
        """Every field with an error, for the summary: the form's, then the rows'."""
        for form in (self, *self.rows):
            yield from (field for field in form if field.errors)

    def changed_meanwhile(self) -> list[tuple[Any, str, str]]:
        """(label, what the deal has now, what was typed) of every field in which they differ."""
        assert self.referral is not None
        now = DealForm(None, referral=self.referral, choices=self.choices)
        return [*_differences(now, self), *_row_differences(now, self)]


#: Fields of a deal that are plain text, or a word of a list.
TEXTS = (
    "name", "customer_name", "customer_size", "duns", "address_line1", "address_line2", "city", "state", "postal_code",
    "country", "help_type", "vendor_notes", "contact_first_name", "contact_last_name", "contact_title", "contact_email",
    "contact_phone", "notes", "crm_id", "campaign_id",
)  # fmt: skip
CONSENTS = ("consent_share", "consent_contact", "consent_sellers")


def _beginning(choices: Choices) -> dict[str, Any]:
    """What a new deal's form has at first."""
    country = choices.country
    one = next(iter(choices.locations), "") if len(choices.locations) == 1 else ""
    return {
        "location": one,
        "country": country,
        "currency": currency_of(country),
        "stage": SalesStage.QUALIFIED,
    }


def initial_of(referral: Referral) -> dict[str, Any]:
    """What a deal has, as the fields show it."""
    plain = {name: getattr(referral, name) for name in (*TEXTS, *CONSENTS, "currency", "close_on", "stage")}
    customer = referral.customer
    return plain | {
        "value": as_written(referral.value, referral.currency),
        "customer": customer.public_id if customer else "",
    }


def _team_of(referral: Referral | None, choices: Choices) -> list[dict[str, Any]]:
    """The team's rows as a deal has them; a new deal's is whoever begins it."""
    if referral is None:
        own = choices.colleagues.get(choices.own)
        return [{"person": choices.own, **(known_of(own) if own else {}), "notify": True}]
    return [
        {
            "person": row.membership.public_id if row.membership else "",
            **{name: getattr(row, name) for name in TeamForm.base_fields if name != "person"},
        }
        for row in referral.team.all()
    ]


def _solutions_of(referral: Referral | None) -> list[dict[str, Any]]:
    if referral is None:
        return []
    return [
        {
            "solution": row.solution.public_id,
            "quantity": row.quantity,
            "price": as_written(row.price, referral.currency),
        }
        for row in referral.solutions.all()
    ]


def _rows(
    kind: type[Any], prefix: str, data: Any, initial: Sequence[Mapping[str, Any]], more: Mapping[str, Any]
) -> list[Any]:
    """A form for each row there is, and some blank ones."""
    number = len(initial) + BLANK_ROWS
    if data is not None:
        sent = [int(found["number"]) for key in data if (found := ROW.match(key)) and found["rows"] == prefix]
        number = max([*(each + 1 for each in sent), 1])
    blank = {"notify": True} if kind is TeamForm else {}
    return [
        kind(
            data, prefix=f"{prefix}-{place}", use_required_attribute=False,
            initial=initial[place] if place < len(initial) else blank, **more,
        )
        for place in range(min(number, MOST_ROWS))
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------ changed meanwhile


def _differences(now: DealForm, typed: DealForm) -> Iterator[tuple[Any, str, str]]:
    for name in typed.fields:
        if name == "customer":
            continue
        there, here = _shown(now, name), _shown(typed, name)
        if there != here:
            yield typed.fields[name].label, there, here


def _shown(form: forms.Form, name: str) -> str:
    """What stands in a field, as its reader sees it."""
    field, value = form.fields[name], form[name].value()
    if isinstance(field, forms.BooleanField):
        return _("Yes") if value and value != "False" else _("No")
    if isinstance(field, forms.ChoiceField):
        return next((str(label) for key, label in _flat(field.choices) if str(key) == str(value or "")), "")
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(str(value or "").split())


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for key, label in choices:
        yield from label if isinstance(label, list | tuple) else [(key, label)]


def _row_differences(now: DealForm, typed: DealForm) -> Iterator[tuple[Any, str, str]]:
    for label, there, here in (
        (gettext_lazy("Team"), now.team, typed.team),
        (gettext_lazy("Solutions"), now.solutions, typed.solutions),
    ):
        told = [_told(rows) for rows in (there, here)]
        if told[0] != told[1]:
            yield label, *told


def _told(rows: Iterable[Row]) -> str:
    found = (
        " ".join(filter(None, (_shown(row, name) for name in _TOLD[type(row)] if row[name].value())))
        for row in rows
    )
    return "; ".join(filter(None, found))


_TOLD: dict[type[Row], tuple[str, ...]] = {
    TeamForm: ("first_name", "last_name", "email", "phone"),
    SolutionForm: ("solution", "quantity", "price"),
}
