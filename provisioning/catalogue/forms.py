"""The forms of the settings pages: every rule with its message at its field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.forms import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pricing.models import Part

from ..links import LINK_DAYS
from ..models import ElementKind, Family, PartElement, PartSetup, Service, SetupRules, WordUse
from ..naming import ALLOWED, MOST, normal, skeleton

NO_NULLS = ProhibitNullCharactersValidator()
MOST_WORDS = 200
#: A line that stayed open longer than its link would be one that nobody can set up.
MOST_OPEN = LINK_DAYS.days - 1
WHY_NO_LONGER = gettext_lazy("After the mail. At most 89, since the link in it works for 90 days.")
LEAST_OFFENSIVE = 3  # a shorter word is part of too many others


class KeptForm(forms.Form):
    """Names of fields are those of the row; `version` is the one that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "part")}


class SetupForm(KeptForm):
    """How a part is set up; with the part's number where it is new."""

    family = forms.ChoiceField(
        label=gettext_lazy("Family"),
        choices=Family.choices,
        help_text=gettext_lazy("It decides how many days there are to set it up."),
    )
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Services"),
        choices=Service.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each has its page in the set-up."),
        error_messages={"required": gettext_lazy("Choose at least one service.")},
    )

    def __init__(self, *args: Any, row: PartSetup | None = None, **kwargs: Any) -> None:
        initial = {} if row is None else _initial(row, "version", "family", "services")
        super().__init__(*args, initial=initial, **kwargs)
        if row is None:
            self.fields["part"] = forms.CharField(
                label=_("Part number"), max_length=7, widget=forms.TextInput(attrs={"class": "input-code"})
            )
            self.order_fields(["part"])

    def clean_services(self) -> list[str]:
        chosen = self.cleaned_data["services"]
        return [service for service in Service.values if service in chosen]  # in one order, to be compared

    def clean_part(self) -> Part:
        number = self.cleaned_data["part"].strip().upper()
        part = None if "\0" in number else Part.objects.filter(number=number, is_active=True).first()
        if part is None:
            raise ValidationError(_("No part that is sold has this number."))
        return part


class ElementForm(KeptForm):
    """One line of a part's provisioning form. Its name and kind stay: forms that were filled in go by them."""

    help = forms.CharField(
        label=gettext_lazy("Explanation"), max_length=200, required=False, validators=[NO_NULLS]
    )
    choices = forms.CharField(
        label=gettext_lazy("Choices, one on each line"),
        required=False,
        max_length=4000,
        validators=[NO_NULLS],
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=gettext_lazy("Only where one of several is chosen."),
    )
    required = forms.BooleanField(
        label=gettext_lazy("It has to be known before the service can be set up"),
        required=False,
        initial=True,
    )
    position = forms.IntegerField(
        label=gettext_lazy("Position"),
        help_text=gettext_lazy("Lower comes first."),
        min_value=1,
        max_value=999,
        initial=10,
    )

    def __init__(self, *args: Any, row: PartElement | None = None, **kwargs: Any) -> None:
        initial = {}
        if row is not None:
            initial = _initial(row, "version", "help", "required", "position")
            initial["choices"] = "\n".join(row.choices)
        super().__init__(*args, initial=initial, **kwargs)
        self.kind = row.kind if row else ""
        if row is None:
            self.fields["name"] = forms.CharField(
                label=_("Name"), max_length=80, validators=[NO_NULLS], help_text=_("It is never changed.")
            )
            self.fields["kind"] = forms.ChoiceField(label=_("Kind"), choices=ElementKind.choices)
            self.order_fields(["name", "kind"])
        elif row.kind != ElementKind.CHOICE:
            del self.fields["choices"]

    def clean_choices(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["choices"].splitlines()]
        choices = list(dict.fromkeys(line for line in lines if line))
        if any(len(choice) > 80 for choice in choices):
            raise ValidationError(_("A choice has at most 80 characters."))
        return choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("kind") or self.kind) != ElementKind.CHOICE:
            data.pop("choices", None)
        elif "choices" not in self.errors and len(data["choices"]) < 2:
            self.add_error("choices", _("Give at least two choices."))
        return data


class RulesForm(KeptForm):
    """The days that count for everybody."""

    call_after_days = forms.IntegerField(
        label=gettext_lazy("Days until the account representative calls"),
        help_text=gettext_lazy("After the mail, when nobody has begun."),
        min_value=1,
        max_value=30,
    )
    flex_days = forms.IntegerField(
        label=gettext_lazy("Days until an A-FLEX line closes"),
        help_text=WHY_NO_LONGER,
        min_value=2,
        max_value=MOST_OPEN,
    )
    other_days = forms.IntegerField(
        label=gettext_lazy("Days until any other line closes"),
        help_text=WHY_NO_LONGER,
        min_value=2,
        max_value=MOST_OPEN,
    )
    chase_days = forms.IntegerField(
        label=gettext_lazy("Days until what is missing on a provisioning form is asked for again"),
        min_value=1,
        max_value=90,
    )
    restore_days = forms.IntegerField(
        label=gettext_lazy("Days in which a cancelled subscription can be restored"),
        help_text=gettext_lazy("From 15 to 30. What was cancelled before keeps its day."),
        min_value=15,
        max_value=30,
    )
    trial_days = forms.IntegerField(label=gettext_lazy("Days of a trial"), min_value=1, max_value=365)

    def __init__(self, *args: Any, row: SetupRules, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(row, *self.base_fields), **kwargs)

    def shown(self) -> list[tuple[Any, int]]:
        """Each of the days with what it is called, to be read."""
        return [(field.label, self.initial[field.name]) for field in self.visible_fields()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        call = data.get("call_after_days")
        for name in ("flex_days", "other_days"):
            if call and data.get(name) and data[name] <= call:
                self.add_error(name, _("The line would close before the representative calls."))
        return data


class WordsForm(forms.Form):
    """Words to keep from being names, several at once. One mistake, and none is taken."""

    words = forms.CharField(
        label=gettext_lazy("Words"),
        max_length=MOST_WORDS * (MOST + 1),
        validators=[NO_NULLS],
        widget=forms.Textarea(
            attrs={"rows": 3, "class": "input-code", "spellcheck": "false", "autocapitalize": "none"}
        ),
        help_text=gettext_lazy("Letters a to z, digits and hyphens; with spaces or on lines of their own."),
    )
    use = forms.ChoiceField(
        label=gettext_lazy("What they are"),
        choices=WordUse.choices,
        initial=WordUse.RESERVED,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "words" not in data:
            return data
        data["words"] = words = [normal(word) for word in data["words"].split()]
        bad = [
            word for word in words if len(word) > MOST or not ALLOWED.fullmatch(word) or not skeleton(word)
        ]
        short = [word for word in words if len(skeleton(word)) < LEAST_OFFENSIVE]
        if len(words) > MOST_WORDS:
            self.add_error("words", _("At most %(most)s words at once.") % {"most": MOST_WORDS})
        elif bad:
            self.add_error(
                "words", _("These cannot be in a name anyway: %(words)s.") % {"words": ", ".join(bad[:5])}
            )
        elif data.get("use") == WordUse.OFFENSIVE and short:
            self.add_error(
                "words",
                _("These are part of too many innocent names: %(words)s. Give at least three characters.")
                % {"words": ", ".join(short[:5])},
            )
        return data


def _initial(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
