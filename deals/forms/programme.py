"""The forms of the settings: rules by version, names of reasons and tiers, and a partner's tier.

Each form of the rules is filled with a version (`base`) and gives the `changes` that `actions.change_rules` makes;
what the action finds wrong goes to the field that it is about (`blame`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pricing.money import CURRENCIES, NotAnAmount, TooPrecise, as_written, currency_choices, minor_units

from ..rule_checks import LABEL, LARGEST_MINIMUM, MOST_DISCOUNT
from ..rule_numbers import GROUPS, NUMBERS, REMINDERS, REMINDERS_HELP
from ..rules import BUILT_IN, CODE, LOST, REJECT, TIER, Named, Rules, new_code
from ..states import DealType
from .fields import Amount, Text

PLAIN_CURRENCY = "EUR"  # a per cent with two decimals is written as an amount with two


class RulesForm(forms.Form):
    """A part of the rules. `rules` are those shown; with `base` the reader's are told from newer ones."""

    base = forms.IntegerField(widget=forms.HiddenInput, required=False)
    note = Text(
        label=_("Why is this changed?"),
        required=False,
        max_length=500,
        help_text=_("For the history. Only the vendor's people read it."),
    )

    def __init__(self, data: Any = None, *, rules: Rules) -> None:
        self.rules = rules
        super().__init__(data, initial={"base": rules.number, **self.initial_of(rules)})
        self.order_fields([name for name in self.fields if name != "note"])

    def initial_of(self, rules: Rules) -> dict[str, Any]:
        """What the rules hold, as the fields show it."""
        raise NotImplementedError

    def changes(self) -> dict[str, Any]:
        """The checked input, by the names that `change_rules` knows."""
        raise NotImplementedError

    def field_of(self, fault: str) -> str:
        """The form's field for one that the rules' checks name."""
        return fault

    def blame(self, faults: Mapping[str, str | Promise]) -> None:
        for fault, message in faults.items():
            field = self.field_of(fault)
            self.add_error(field if field in self.fields else None, str(message))


class NumbersForm(RulesForm):
    """Validity, extensions, promises: everything that is a number, and the days of the reminders."""

    def __init__(self, data: Any = None, *, rules: Rules) -> None:
        super().__init__(data, rules=rules)
        for number in NUMBERS.values():
            self.fields[number.name] = forms.IntegerField(
                label=str(number.label),
                help_text=str(number.help),
                min_value=number.least,
                max_value=number.most,
                initial=getattr(rules, number.name),
            )
        self.fields["reminder_days"] = forms.CharField(
            label=REMINDERS,
            help_text=REMINDERS_HELP,
            max_length=100,
            required=False,
            initial=", ".join(map(str, rules.reminder_days)),
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        )

    def initial_of(self, rules: Rules) -> dict[str, Any]:
        return {}

    def groups(self) -> list[tuple[str | Promise, list[Any]]]:
        """For the page: each group's title and bound fields."""
        return [(title, [(self[number.name], number) for number in group]) for title, group in GROUPS]

    def clean_reminder_days(self) -> tuple[int, ...]:
        return reminder_days(self.cleaned_data["reminder_days"])

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*NUMBERS, "reminder_days")}


def reminder_days(text: str) -> tuple[int, ...]:
    """Days as somebody wrote them, "30, 14" in any digits. Raises ValidationError."""
    parts = [part for part in re.split(r"[\s,;،؛]+", text) if part]
    if not all(part.isdecimal() and len(part) < 5 for part in parts):
        raise ValidationError(_("Write numbers of days with commas between them, as in 30, 14, 7."))
    return tuple(sorted((int(part) for part in parts), reverse=True))


class MinimumValuesForm(RulesForm):
    """The least value of a registration, by currency."""

    def __init__(self, data: Any = None, *, rules: Rules) -> None:
        super().__init__(data, rules=rules)
        for code, label in currency_choices():
            self.fields[code] = Amount(
                label=label,
                required=False,
                max_length=40,
                initial=as_written(rules.minimum_value(code) or None, code),
            )

    def initial_of(self, rules: Rules) -> dict[str, Any]:
        return {}

    def amounts(self) -> list[tuple[str, Any]]:
        return [(code, self[code]) for code in sorted(CURRENCIES)]

    def clean(self) -> None:
        super().clean()
        self.least: dict[str, int] = {}
        for code in CURRENCIES:
            text = self.cleaned_data.get(code)
            if not text:
                continue
            try:
                self.least[code] = _amount(text, code)
            except ValidationError as error:
                self.add_error(code, error)

    def field_of(self, fault: str) -> str:
        return fault.removeprefix("minimum_values.")

    def changes(self) -> dict[str, Any]:
        return {"minimum_values": self.least}


def _amount(text: str, currency: str) -> int:
    try:
        amount = minor_units(text, currency)
    except NotAnAmount:
        raise ValidationError(_("This is not an amount. Write it in digits, as in 12500.")) from None
    except TooPrecise:
        raise ValidationError(_("This currency has fewer decimals.")) from None
    if amount > LARGEST_MINIMUM:
        raise ValidationError(_("This is more than a minimum can be. Check the amount."))
    return amount


class DiscountsForm(RulesForm):
    """The registered-deal discount of each tier and deal type, in per cent with two decimals."""

    def __init__(self, data: Any = None, *, rules: Rules) -> None:
        super().__init__(data, rules=rules)
        for tier in rules.tiers:
            for deal_type in DealType:
                discount = rules.discount_bp(tier.code, deal_type.value)
                self.fields[f"{tier.code}.{deal_type.value}"] = forms.CharField(
                    label=f"{rules.tier_label(tier.code)}, {deal_type.label}",
                    max_length=12,
                    initial=as_written(discount, PLAIN_CURRENCY),
                    widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "input-code"}),
                    error_messages={"required": gettext("Give a discount; 0 for none.")},
                )

    def initial_of(self, rules: Rules) -> dict[str, Any]:
        return {}

    def rows(self) -> list[tuple[Named, str, list[tuple[Any, int]]]]:
        """For the page: each tier, its name, and for each deal type the bound field and the discount in force."""
        return [
            (
                tier,
                self.rules.tier_label(tier.code),
                [
                    (self[f"{tier.code}.{each.value}"], self.rules.discount_bp(tier.code, each.value))
                    for each in DealType
                ],
            )
            for tier in self.rules.tiers
        ]

    def clean(self) -> None:
        super().clean()
        self.discounts: dict[str, dict[str, int]] = {}
        for tier in self.rules.tiers:
            for deal_type in DealType:
                name = f"{tier.code}.{deal_type.value}"
                if name not in self.cleaned_data:
                    continue
                try:
                    found = hundredths(self.cleaned_data[name])
                except ValidationError as error:
                    self.add_error(name, error)
                else:
                    self.discounts.setdefault(tier.code, {})[deal_type.value] = found

    def field_of(self, fault: str) -> str:
        return fault.removeprefix("discounts.")

    def changes(self) -> dict[str, Any]:
        return {"discounts": self.discounts}


def hundredths(text: str) -> int:
    """Per cent as somebody wrote it, in hundredths of a per cent: "12.5 %" is 1250. Raises ValidationError."""
    try:
        found = minor_units(re.sub(r"[%٪]", "", text).strip(), PLAIN_CURRENCY)
    except NotAnAmount:
        raise ValidationError(_("This is not a percentage. Write it in digits, as in 12.5.")) from None
    except TooPrecise:
        raise ValidationError(_("A discount has at most two decimals.")) from None
    if found > MOST_DISCOUNT:
        raise ValidationError(_("A discount is from 0 to 100 per cent."))
    return found


NAMES = {
    REJECT: _("Name of the reason"),
    LOST: _("Name of the reason"),
    TIER: _("Name of the tier"),
}


class EntryForm(RulesForm):
    """The names of a reason or a tier, in the five languages; of a new one its code and place, too."""

    active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, data: Any = None, *, rules: Rules, which: str, entry: Named | None = None) -> None:
        self.which, self.entry = which, entry
        super().__init__(data, rules=rules)
        built_in = BUILT_IN[which].get(entry.code) if entry else None
        for language, name in settings.LANGUAGES:
            self.fields[f"label_{language}"] = Text(
                label=name,
                max_length=LABEL,
                required=language == "en" and built_in is None,
                initial=entry.labels.get(language, "") if entry else "",
                error_messages={
                    "required": gettext("Give it a name in English: it is shown where another is missing.")
                },
            )
        if entry is None:
            self.fields["code"] = forms.CharField(
                label=_("Code"),
                required=False,
                max_length=CODE,
                help_text=_(
                    "For programs and files, in small letters. It cannot be changed later; left empty, it is made from"
                    " the English name."
                ),
                widget=forms.TextInput(attrs={"class": "input-code"}),
            )
            del self.fields["active"]
        if entry is None and which == TIER:
            self.fields["above"] = forms.ChoiceField(
                label=_("Place"),
                choices=[
                    (tier.code, gettext("Above %(tier)s") % {"tier": rules.tier_label(tier.code)})
                    for tier in rules.tiers
                ],
                initial=rules.tiers[-1].code,
            )
        self.order_fields(["base", "code", *self.labels(), "above", "active"])

    def initial_of(self, rules: Rules) -> dict[str, Any]:
        return {"active": self.entry.active} if self.entry else {}

    def labels(self) -> list[str]:
        return [f"label_{language}" for language, _name in settings.LANGUAGES]

    def field_of(self, fault: str) -> str:
        """Faults of an entry are named list.code.language; those of the whole list concern its being in use."""
        _field, *rest = fault.split(".")
        if not rest:
            return "active" if self.entry else "code"
        return "code" if rest[-1] == "code" else f"label_{rest[-1]}"

    def changes(self) -> dict[str, Any]:
        given = self.cleaned_data
        labels = {
            language: given[f"label_{language}"].strip()
            for language, _name in settings.LANGUAGES
            if given[f"label_{language}"].strip()
        }
        if self.entry is not None:
            changed = Named(self.entry.code, labels, given["active"])
            return self.rules.with_entry(self.which, changed)
        code = given["code"] or new_code(labels["en"], self._taken())
        return self.rules.with_entry(self.which, Named(code, labels), above=given.get("above", ""))

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].strip()
        if code and code in self._taken():
            raise ValidationError(_("The code %(code)s is taken already.") % {"code": code})
        return code

    def _taken(self) -> set[str]:
        lists = (TIER,) if self.which == TIER else (REJECT, LOST)
        return {entry.code for which in lists for entry in self.rules.entries(which)} | {
            code for which in lists for code in BUILT_IN[which]
        }


class TierForm(forms.Form):
    """A partner's tier."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    tier = forms.ChoiceField(
        label=_("Tier"), widget=forms.RadioSelect, error_messages={"required": _("Choose a tier.")}
    )

    def __init__(self, data: Any = None, *, rules: Rules, tier: str, version: int) -> None:
        super().__init__(data, initial={"tier": tier, "version": version})
        offered = [(each.code, rules.tier_label(each.code)) for each in rules.tiers if each.active]
        self.fields["tier"].choices = offered  # type: ignore[attr-defined]


class PartnerFilter(forms.Form):
    """Which partners are listed; what is not understood is left out."""

    q = forms.CharField(label=_("Name or number"), required=False, max_length=100)
    tier = forms.ChoiceField(label=_("Tier"), required=False)

    def __init__(self, data: Any, *, rules: Rules) -> None:
        super().__init__(data)
        tiers = [(tier.code, rules.tier_label(tier.code)) for tier in rules.tiers]
        self.fields["tier"].choices = [("", _("All tiers")), *tiers]  # type: ignore[attr-defined]
