"""The forms of the products' pages: every rule with its message at its field."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from ..models import Metric, PartType, ProductLine
from ..models.products import MAX_POINTS, MAX_TERM
from ..money import NotAnAmount, TooPrecise, as_written, minor_units

NUMBER = re.compile(r"[A-Z0-9]{7}")
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")
NUMBER_RULE = _("A part number has seven characters, letters A to Z and digits: D0ABCLL.")
CODE_RULE = _("A code has 2 to 20 characters, letters A to Z, digits and dashes: SENTINEL.")
HUNDREDTHS = "USD"  # points are written like an amount that has hundredths
CODE_INPUT = {
    "class": "input-code",
    "autocomplete": "off",
    "spellcheck": "false",
    "autocapitalize": "characters",
}


class Text(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validators=[ProhibitNullCharactersValidator()], **kwargs)


class NameField(Text):
    """A part number or a code: in capitals, without spaces, as `pattern` says."""

    def __init__(self, pattern: re.Pattern[str], rule: Any, **kwargs: Any) -> None:
        super().__init__(max_length=40, widget=forms.TextInput(attrs=CODE_INPUT), help_text=rule, **kwargs)
        self.pattern, self.rule = pattern, rule

    def clean(self, value: Any) -> str:
        typed = "".join(super().clean(value).upper().split())
        if typed and not self.pattern.fullmatch(typed):
            raise forms.ValidationError(self.rule)
        return typed


class LineChoice(forms.ModelChoiceField):
    """The lines that take parts, and the one a part has."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=ProductLine.objects.none(),
            to_field_name="code",
            error_messages={"invalid_choice": _("Choose a product line that takes parts.")},
            **kwargs,
        )

    def offer(self, present: ProductLine | None) -> None:
        lines = ProductLine.objects.filter(is_active=True)
        if present is not None:
            lines = lines | ProductLine.objects.filter(id=present.id)
        self.queryset = lines.order_by("name", "id")


class PointsField(Text):
    """Points as people write them, with two decimals at most."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return as_written(int(value * 100), HUNDREDTHS) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal:
        typed = super().clean(value)
        try:
            points = Decimal(minor_units(typed or "0", HUNDREDTHS)).scaleb(-2)
        except NotAnAmount:
            raise forms.ValidationError(
                _("This is not a number of points. Write it in digits, as in 4.5.")
            ) from None
        except TooPrecise:
            raise forms.ValidationError(_("Points have two decimals at most.")) from None
        if points > MAX_POINTS:
            raise forms.ValidationError(_("These are too many points for one part."))
        return points


class PartForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    description = Text(label=_("Description"), max_length=200)
    line = LineChoice(
        label=_("Product line"),
        help_text=_("Two registrations are about the same thing when their product lines overlap."),
    )
    type = forms.ChoiceField(label=_("Type"), choices=[("", _("Choose a type")), *PartType.choices])
    family = Text(
        label=_("Family"),
        max_length=20,
        required=False,
        help_text=_(
            "The same word at a licence, its renewal and its reinstatement lets quotes find one from another."
        ),
    )
    metric = forms.ChoiceField(
        label=_("Metric"),
        choices=[("", _("None")), *Metric.choices],
        required=False,
        help_text=_("What is counted when a quantity is asked."),
    )
    points = PointsField(
        label=_("Points"), required=False, help_text=_("Of one, for the whole term. They earn price levels.")
    )
    term_months = forms.IntegerField(
        label=_("Months"),
        required=False,
        min_value=1,
        max_value=MAX_TERM,
        help_text=_("How many months the price is for: 12 for a year, 1 where it is by the month."),
    )

    def __init__(self, *args: Any, present: ProductLine | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line = self.fields["line"]
        assert isinstance(line, LineChoice)
        line.offer(present)

    def clean_family(self) -> str:
        return str(self.cleaned_data["family"]).upper()


class NewPartForm(PartForm):
    number = NameField(NUMBER, NUMBER_RULE, label=_("Part number"))
    field_order = ("number", "description", "line", "type", "family", "metric", "points", "term_months")


class LineForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = Text(label=_("Name"), max_length=80)


class NewLineForm(LineForm):
    code = NameField(CODE, CODE_RULE, label=_("Code"))
    field_order = ("code", "name")


class VersionForm(forms.Form):
    version = forms.IntegerField()


class PartFilter(forms.Form):
    """How the list is narrowed. What makes no sense is left out, never an error."""

    q = Text(label=_("Part number or description"), max_length=100, required=False)
    line = forms.ChoiceField(label=_("Product line"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("All")), ("sold", _("Sold")), ("retired", _("Retired"))],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = ProductLine.objects.order_by("name", "id").values_list("code", "name")
        self.fields["line"].choices = [("", _("All")), *lines]  # type: ignore[attr-defined]
