"""The forms of the products' pages: every rule with its message at its field."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from ..models import PartType, ProductLine

NUMBER = re.compile(r"[A-Z0-9]{7}")
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")
NUMBER_RULE = _("A part number has seven characters, letters A to Z and digits: D0ABCLL.")
CODE_RULE = _("A code has 2 to 20 characters, letters A to Z, digits and dashes: SENTINEL.")
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


class PartForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    description = Text(label=_("Description"), max_length=200)
    line = LineChoice(
        label=_("Product line"),
        help_text=_("Two registrations are about the same thing when their product lines overlap."),
    )
    type = forms.ChoiceField(label=_("Type"), choices=[("", _("Choose a type")), *PartType.choices])

    def __init__(self, *args: Any, present: ProductLine | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line = self.fields["line"]
        assert isinstance(line, LineChoice)
        line.offer(present)


class NewPartForm(PartForm):
    number = NameField(NUMBER, NUMBER_RULE, label=_("Part number"))
    field_order = ("number", "description", "line", "type")


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
