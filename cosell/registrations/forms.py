"""What is typed into the pages of registrations. The rules of a registration stand in content.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from deals.forms.fields import Amount, Day, Text, amount_in, area, need_by_case, offer
from pricing.money import as_written, currency_choices

from ..models import Deployment, Incentive, PricingModel, Solution, WonRegistration
from .content import Item, RegistrationContent, problems_of


class ItemForm(forms.Form):
    """One of the deal's eligible solutions: whether the contract is about it, and how."""

    chosen = forms.BooleanField(label=_("The contract is about it"), required=False)
    value = Amount(label=_("Its value in the contract"), max_length=40, required=False)
    deployed = forms.ChoiceField(
        label=_("Where it is deployed"), required=False, choices=[("", _("Choose")), *Deployment.choices]
    )
    pricing = forms.ChoiceField(
        label=_("Pricing model"), required=False, choices=[("", _("Choose")), *PricingModel.choices]
    )
    marketplace_id = Text(label=_("Marketplace transaction"), max_length=60, required=False)

    def __init__(self, *args: Any, solution: Solution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.solution = solution
        need_by_case(self, "value", "deployed", "pricing")

    def clean(self) -> None:
        super().clean()
        if not self.cleaned_data.get("chosen"):
            return
        needed = {
            "value": _("Say what it is worth."),
            "deployed": _("Say where it is deployed."),
            "pricing": _("Say how it is priced."),
        }
        for name, words in needed.items():
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, words)

    def item(self, currency: str) -> Item | None:
        """What is said of the solution; None when the contract is not about it, or something is wrong."""
        given = self.cleaned_data
        if not given.get("chosen") or self.errors:
            return None
        try:
            value = amount_in(given["value"], currency)
        except ValidationError as error:
            self.add_error("value", error)
            return None
        return Item(self.solution, value, given["deployed"], given["pricing"], given["marketplace_id"])


class RegistrationForm(forms.Form):
    incentive = forms.ChoiceField(label=_("Incentive"), widget=forms.RadioSelect)
    contract_value = Amount(label=_("Contract value"), max_length=40)
    currency = forms.ChoiceField(label=_("Currency"))
    signed_on = Day(label=_("Signed on"))
    starts_on = Day(label=_("Contract starts"))
    perpetual = forms.BooleanField(label=_("The contract has no end"), required=False)
    ends_on = Day(label=_("Contract ends"), required=False)
    note = Text(
        label=_("A word to the vendor"), max_length=2000, required=False, widget=area(3),
        help_text=_("What you corrected, for instance."),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        eligible: Sequence[Solution],
        today: date,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.eligible, self.today = list(eligible), today
        incentives = {solution.incentive for solution in eligible}
        offer(self, "incentive", [(each.value, each.label) for each in Incentive if each in incentives])
        if len(incentives) == 1:
            self.fields["incentive"].initial = incentives.copy().pop()
        offer(self, "currency", currency_choices())
        self.fields["currency"].widget.attrs["data-combobox"] = ""
        known = (initial or {}).get("items", {})
        self.items = [
            ItemForm(
                data, prefix=f"s-{solution.public_id}", solution=solution,
                initial=known.get(solution.id, {"chosen": len(self.eligible) == 1}),
            )
            for solution in self.eligible
        ]  # fmt: skip
        self.content: RegistrationContent | None = None
        need_by_case(self, "ends_on")

    def clean(self) -> None:
        super().clean()
        given = self.cleaned_data
        if not given.get("perpetual") and not given.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Say when the contract ends, or that it has no end."))
        if "currency" in given and "contract_value" in given:
            try:
                given["contract_value"] = amount_in(given["contract_value"], given["currency"])
            except ValidationError as error:
                self.add_error("contract_value", error)
        valid = [row.is_valid() for row in self.items]  # each says what is wrong with it
        rows_right = all(valid)
        if "currency" in given and rows_right:
            items = [row.item(given["currency"]) for row in self.items]
            rows_right = not any(row.errors for row in self.items)
        if not rows_right:
            self.add_error(None, _("Something is missing or wrong with a solution: see below."))
        if not self.errors:
            self._judge(tuple(item for item in items if item))

    def _judge(self, items: tuple[Item, ...]) -> None:
        given = self.cleaned_data
        content = RegistrationContent(
            incentive=given["incentive"], contract_value=given["contract_value"], currency=given["currency"],
            starts_on=given["starts_on"], ends_on=None if given["perpetual"] else given["ends_on"],
            signed_on=given["signed_on"], items=items,
        )  # fmt: skip
        self.add_problems(problems_of(content, self.eligible, today=self.today))
        self.content = content

    def add_problems(self, problems: dict[str, list[str]]) -> None:
        for name, texts in problems.items():
            for text in texts:
                self.add_error(name if name in self.fields else None, text)


def initial_of(registration: WonRegistration) -> dict[str, Any]:
    """A registration as its form has it."""
    currency = registration.currency
    return {
        "incentive": registration.incentive,
        "contract_value": as_written(registration.contract_value, currency),
        "currency": currency,
        "signed_on": registration.signed_on,
        "starts_on": registration.starts_on,
        "perpetual": registration.ends_on is None,
        "ends_on": registration.ends_on,
        "version": registration.version,
        "items": {
            item.solution_id: {
                "chosen": True, "value": as_written(item.value, currency), "deployed": item.deployed,
                "pricing": item.pricing, "marketplace_id": item.marketplace_id,
            }
            for item in registration.solutions.all()
        },
    }  # fmt: skip


class DecisionForm(forms.Form):
    """What the vendor decides, with words that the partner reads."""

    note = Text(
        label=_("What the partner reads"), max_length=2000, required=False, widget=area(4),
        help_text=_("Needed for everything but an approval."),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
