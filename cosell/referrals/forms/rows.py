"""Rows of a deal's form: people on the team, and solutions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.forms.fields import Amount, Text, need_by_case, offer
from identity.models import Membership, MembershipStatus
from pricing.money import NotAnAmount, TooPrecise, minor_units

from ...models import Readiness, Solution
from ..content import LARGEST_QUANTITY, Teammate, Wanted

BLANK_ROWS = 5  # offered for more people and more solutions; all but the first are folded
MOST_ROWS = 50
ROW = re.compile(r"^(?P<rows>team|solutions)-(?P<number>\d{1,2})-")


def amount_typed(text: str, currency: str) -> int:
    """The amount in minor units. Raises ValidationError with a sentence for whoever wrote it."""
    try:
        return minor_units(text, currency)
    except NotAnAmount:
        raise ValidationError(_("This is not an amount. Write it in digits, as in 12500.")) from None
    except TooPrecise:
        raise ValidationError(_("This currency has fewer decimals.")) from None


class Row(forms.Form):
    """One of several rows of a form. A row in which nothing was typed counts for nothing."""

    ALWAYS: tuple[str, ...] = ("notify",)  # what says nothing by itself

    @property
    def is_blank(self) -> bool:
        """Nothing was typed into it."""
        typed = (self.data.get(self.add_prefix(name), "") for name in self.fields if name not in self.ALWAYS)
        return not any(str(text).strip() for text in typed)

    @property
    def is_empty(self) -> bool:
        """Nothing stands in it, typed or not."""
        return not any(self[name].value() for name in self.fields if name not in self.ALWAYS)


class TeamForm(Row):
    """Somebody of the team: chosen from the site's people, or typed."""

    person = forms.ChoiceField(label=_("Somebody of your company"), required=False)
    first_name = Text(label=gettext_lazy("First name"), max_length=60, required=False)
    last_name = Text(label=gettext_lazy("Last name"), max_length=60, required=False)
    job_title = Text(label=gettext_lazy("Job title"), max_length=120, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    phone = Text(
        label=gettext_lazy("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    notify = forms.BooleanField(label=gettext_lazy("Mail them what happens"), required=False, initial=True)

    def __init__(self, *args: Any, colleagues: Mapping[str, Membership], **kwargs: Any) -> None:
        self.colleagues = colleagues
        super().__init__(*args, **kwargs)
        named = ((key, member.name) for key, member in colleagues.items())
        offer(self, "person", [("", _("Somebody else, or nobody")), *named])
        need_by_case(self, "person", *_MISSING)

    def clean(self) -> None:
        super().clean()
        if self.is_blank:
            return
        chosen = self.member
        for name, known in (known_of(chosen) if chosen else {}).items():
            self.cleaned_data[name] = self.cleaned_data.get(name) or known
        for name in ("first_name", "last_name", "email", "phone"):
            if not self.cleaned_data.get(name) and not self.has_error(name):
                self.add_error(name, str(_MISSING_OF_COLLEAGUE[name] if chosen else _MISSING[name]))

    @property
    def member(self) -> Membership | None:
        return self.colleagues.get(self.cleaned_data.get("person", ""))

    def teammate(self) -> Teammate:
        given = self.cleaned_data
        return Teammate(
            given.get("first_name", ""), given.get("last_name", ""), given.get("email", ""), given.get("phone", ""),
            job_title=given.get("job_title", ""), notify=given.get("notify", True), membership=self.member,
        )  # fmt: skip


_MISSING: dict[str, str | Promise] = {
    "first_name": gettext_lazy("Write the first name."),
    "last_name": gettext_lazy("Write the last name."),
    "email": gettext_lazy("Write the e-mail address."),
    "phone": gettext_lazy("Write a phone number."),
}
_MISSING_OF_COLLEAGUE = _MISSING | {
    "last_name": gettext_lazy("This colleague's profile has one name only. Write the last name here."),
    "phone": gettext_lazy("This colleague's profile has no phone number. Write one here."),
}


def colleagues_at(site_id: int) -> dict[str, Membership]:
    """The people of a site by public id, by name: one sees one's own elsewhere, too."""
    people = Membership.objects.filter(site_id=site_id, status=MembershipStatus.ACTIVE).order_by("name", "id")
    return {member.public_id: member for member in people}


def known_of(member: Membership) -> dict[str, str]:
    """What a colleague's profile says, by the names of the row's fields."""
    first, _space, last = member.name.partition(" ")
    return {
        "first_name": first[:60],
        "last_name": last[:60],
        "job_title": member.job_title,
        "email": member.email,
        "phone": member.phone,
    }


class SolutionForm(Row):
    """A solution that the deal is about."""

    solution = forms.ChoiceField(label=gettext_lazy("Solution"), required=False)
    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"),
        required=False,
        min_value=1,
        max_value=LARGEST_QUANTITY,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-code"}),
    )
    price = Amount(label=gettext_lazy("Price of all of them"), required=False, max_length=40)

    def __init__(self, *args: Any, offered: Mapping[str, Solution], currency: str, **kwargs: Any) -> None:
        self.offered, self.currency = offered, currency
        super().__init__(*args, **kwargs)
        offer(self, "solution", [("", _("None")), *_by_readiness(offered)])
        need_by_case(self, "solution")

    def clean_price(self) -> int | None:
        text = self.cleaned_data["price"]
        return amount_typed(text, self.currency) if text else None

    def clean(self) -> None:
        super().clean()
        if not self.is_blank and not self.cleaned_data.get("solution") and not self.has_error("solution"):
            self.add_error("solution", _("Choose the solution that this is of, or empty the row."))

    def wanted(self) -> Wanted | None:
        chosen = self.offered.get(self.cleaned_data.get("solution", ""))
        if chosen is None:
            return None
        return Wanted(chosen, self.cleaned_data.get("quantity"), self.cleaned_data.get("price"))


def _by_readiness(offered: Mapping[str, Solution]) -> Iterator[tuple[str, Any]]:
    """Those for which the vendor's sellers may be asked first; the others are for deals without their help."""
    for label, ready in ((_("Co-sell ready"), True), (_("Not co-sell ready"), False)):
        group = [
            (key, one.name) for key, one in offered.items() if (one.readiness == Readiness.READY) is ready
        ]
        if group:
            yield label, group
