"""The forms in which the vendor's people write what is asked and proposed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.forms import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pricing.models import Metric, Part, PartType, ProductLine

from ..models import GuideAnswer, GuideQuestion, GuideRule, QuestionKind
from ..models.guide import CODE, LARGEST_NUMBER
from .logic import OF_NUMBERS, Comparison, Condition
from .reading import Guide, as_stored, conditions_of

MOST_CONDITIONS = 8
SIGNS = {Comparison.IS: "=", Comparison.IS_NOT: "!=", Comparison.AT_LEAST: ">=", Comparison.AT_MOST: "<="}
NO_NULLS = ProhibitNullCharactersValidator()


class GuideForm(forms.Form):
    """What questions, answers and rules have in common: a place in the order, and texts in every language."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    position = forms.IntegerField(
        label=gettext_lazy("Position"),
        help_text=gettext_lazy("Lower comes first."),
        min_value=0,
        max_value=9999,
        initial=10,
    )

    def add_texts(self, name: str, label: Any, *, longest: int = 300, required: bool = True) -> None:
        """A field for each language; only English is needed."""
        for code, language in settings.LANGUAGES:
            self.fields[f"{name}_{code}"] = forms.CharField(
                label=_("%(field)s, %(language)s") % {"field": label, "language": language},
                max_length=longest,
                required=required and code == "en",
                validators=[NO_NULLS],
                widget=forms.TextInput(attrs={"lang": code, "dir": "auto"}),
            )

    def texts(self, name: str) -> dict[str, str]:
        given = {code: self.cleaned_data.get(f"{name}_{code}", "") for code, _language in settings.LANGUAGES}
        return {code: text for code, text in given.items() if text or code == "en"}

    @staticmethod
    def shown(name: str, texts: dict[str, str]) -> dict[str, str]:
        return {f"{name}_{code}": text for code, text in texts.items()}


class ConditionsForm(GuideForm):
    """Adds rows of conditions: what has to be answered, and for numbers, how many."""

    def add_conditions(self, guide: Guide, there: tuple[Condition, ...], *, without: str = "") -> None:
        choices = [("", "–"), *_choices(guide, without)]
        known = {value for _group, options in choices[1:] for value, _label in options}
        self.rows = min(MOST_CONDITIONS, max(3, len(there) + 2))
        for row in range(self.rows):
            condition = there[row] if row < len(there) else None
            chosen = _as_choice(condition) if condition else ""
            gone = (
                [(chosen, _("No longer asked: %(code)s") % {"code": chosen})]
                if chosen and chosen not in known
                else []
            )
            self.fields[f"condition_{row}"] = forms.ChoiceField(
                label=_("Condition %(number)s") % {"number": row + 1},
                choices=[*choices, *gone],
                required=False,
                initial=chosen,
            )
            self.fields[f"number_{row}"] = forms.IntegerField(
                label=_("Number"),
                required=False,
                min_value=0,
                max_value=LARGEST_NUMBER,
                initial=condition.value if condition and condition.test in OF_NUMBERS else None,
            )

    @property
    def condition_fields(self) -> Iterator[tuple[Any, Any]]:
        return ((self[f"condition_{row}"], self[f"number_{row}"]) for row in range(self.rows))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for row in range(self.rows):
            chosen, number = data.get(f"condition_{row}", ""), data.get(f"number_{row}")
            if chosen.endswith((">=", "<=")) and number is None and f"number_{row}" not in self.errors:
                self.add_error(f"number_{row}", _("Say how many."))
        return data

    def conditions(self) -> list[dict[str, Any]]:
        found = []
        for row in range(self.rows):
            if chosen := self.cleaned_data.get(f"condition_{row}", ""):
                found.append(_from_choice(chosen, self.cleaned_data.get(f"number_{row}")))
        return as_stored(dict.fromkeys(found))


def _choices(guide: Guide, without: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """By question: is and is not for each answer; at least and at most for numbers."""
    groups = []
    for code, question in guide.questions.items():
        if code == without:
            continue
        of = {"question": str(question)}
        if question.kind == QuestionKind.NUMBER:
            options = [
                (f"{code}>=", _("“%(question)s” is at least …") % of),
                (f"{code}<=", _("“%(question)s” is at most …") % of),
            ]
        else:
            answers = [(each, of | {"answer": str(row)}) for each, row in guide.answers.get(code, {}).items()]
            options = [
                (f"{code}={each}", _("“%(question)s” is “%(answer)s”") % words) for each, words in answers
            ]
            options += [
                (f"{code}!={each}", _("“%(question)s” is not “%(answer)s”") % words)
                for each, words in answers
            ]
        groups.append((str(question), options))
    return groups


def _as_choice(condition: Condition) -> str:
    value = "" if condition.test in OF_NUMBERS else condition.value
    return f"{condition.question}{SIGNS[condition.test]}{value}"


def _from_choice(chosen: str, number: int | None) -> Condition:
    for test in (Comparison.IS_NOT, Comparison.AT_LEAST, Comparison.AT_MOST, Comparison.IS):
        code, sign, value = chosen.partition(SIGNS[test])
        if sign:
            return Condition(code, test, (number or 0) if test in OF_NUMBERS else value)
    raise ValueError(chosen)


class QuestionForm(ConditionsForm):
    def __init__(self, *args: Any, guide: Guide, row: GuideQuestion | None = None, **kwargs: Any) -> None:
        initial = {} if row is None else _initial(row, "version", "position", "least", "most")
        if row is not None:
            initial |= self.shown("text", row.texts) | self.shown("hint", row.hints)
        super().__init__(*args, initial=initial, **kwargs)
        if row is None:
            self.fields["code"] = forms.CharField(
                label=_("Code"),
                max_length=30,
                validators=[CODE],
                help_text=_("For addresses and programs; never changed."),
            )
            self.fields["kind"] = forms.ChoiceField(label=_("Answered by"), choices=QuestionKind.choices)
        self.kind = row.kind if row else ""
        if row is None or row.kind == QuestionKind.NUMBER:
            for name, label in (("least", _("At least")), ("most", _("At most"))):
                self.fields[name] = forms.IntegerField(
                    label=label,
                    required=False,
                    min_value=0,
                    max_value=LARGEST_NUMBER,
                    help_text=_("For a number."),
                )
        self.add_texts("text", _("Question"))
        self.add_texts("hint", _("Hint"), required=False)
        self.add_conditions(
            guide, conditions_of(row.conditions) if row else (), without=row.code if row else ""
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if (data.get("kind") or self.kind) == QuestionKind.NUMBER and not {"least", "most"} & set(
            self.errors
        ):
            least, most = data.get("least"), data.get("most")
            data["least"], data["most"] = least or 0, LARGEST_NUMBER if most is None else most
            if data["least"] > data["most"]:
                self.add_error("most", _("This is less than the least."))
        else:
            data["least"] = data["most"] = None
        return data

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        new = {name: data[name] for name in ("code", "kind") if name in data}
        return new | {
            "position": data["position"],
            "least": data["least"],
            "most": data["most"],
            "texts": self.texts("text"),
            "hints": {code: text for code, text in self.texts("hint").items() if text},
            "conditions": self.conditions(),
        }


class AnswerForm(GuideForm):
    def __init__(self, *args: Any, row: GuideAnswer | None = None, **kwargs: Any) -> None:
        initial = {} if row is None else _initial(row, "version", "position") | self.shown("text", row.texts)
        super().__init__(*args, initial=initial, **kwargs)
        if row is None:
            self.fields["code"] = forms.CharField(
                label=_("Code"),
                max_length=30,
                validators=[CODE],
                help_text=_("For addresses and programs; never changed."),
            )
        self.add_texts("text", _("Answer"), longest=200)

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        new = {"code": data["code"]} if "code" in data else {}
        return new | {"position": data["position"], "texts": self.texts("text")}


class RuleForm(ConditionsForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("For yourselves."),
        max_length=120,
        validators=[NO_NULLS],
    )
    part = forms.CharField(
        label=gettext_lazy("Part number"),
        help_text=gettext_lazy("One part; or leave it empty, and choose a product line and a type below."),
        max_length=7,
        required=False,
    )
    line = forms.ModelChoiceField(
        label=gettext_lazy("Product line"),
        queryset=ProductLine.objects.none(),
        required=False,
        empty_label="–",
    )
    part_type = forms.ChoiceField(
        label=gettext_lazy("Part type"), choices=[("", "–"), *PartType.choices], required=False
    )
    metric = forms.ChoiceField(
        label=gettext_lazy("Metric"), choices=[("", gettext_lazy("Any")), *Metric.choices], required=False
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"), min_value=1, max_value=LARGEST_NUMBER, initial=1
    )
    counted = forms.ModelChoiceField(
        label=gettext_lazy("Times the number in"),
        help_text=gettext_lazy("Leave empty for a fixed quantity."),
        queryset=GuideQuestion.objects.none(),
        required=False,
        empty_label="–",
    )
    per = forms.IntegerField(
        label=gettext_lazy("For each"),
        help_text=gettext_lazy("With 100, each begun hundred counts once."),
        min_value=1,
        max_value=LARGEST_NUMBER,
        initial=1,
    )

    def __init__(self, *args: Any, guide: Guide, row: GuideRule | None = None, **kwargs: Any) -> None:
        initial = {}
        if row is not None:
            initial = _initial(row, "version", "name", "position", "part_type", "metric", "quantity", "per")
            initial |= {
                "line": row.line_id,
                "counted": row.counted_id,
                "part": row.part.number if row.part else "",
            }
            initial |= self.shown("reason", row.reasons)
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["line"].queryset = ProductLine.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["counted"].queryset = GuideQuestion.objects.filter(  # type: ignore[attr-defined]
            kind=QuestionKind.NUMBER, retired_at=None
        ).order_by("position", "id")
        self.add_texts("reason", _("Reason"), longest=500)
        self.add_conditions(guide, conditions_of(row.conditions) if row else ())

    def clean_part(self) -> Part | None:
        number = self.cleaned_data["part"].strip().upper()
        if not number:
            return None
        part = Part.objects.filter(number=number, is_active=True).first()
        if part is None:
            raise ValidationError(_("No part that is sold has this number."))
        return part

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("part"):
            data["line"], data["part_type"], data["metric"] = None, "", ""
        elif "part" not in self.errors:
            if not data.get("line"):
                self.add_error("line", _("Name a part, or choose a product line."))
            elif not data.get("part_type"):
                self.add_error("part_type", _("Choose what of the product line is proposed."))
        return data

    def values(self) -> dict[str, Any]:
        names = ("name", "position", "part", "line", "part_type", "metric", "quantity", "counted", "per")
        return {name: self.cleaned_data[name] for name in names} | {
            "reasons": self.texts("reason"),
            "conditions": self.conditions(),
        }


def _initial(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
