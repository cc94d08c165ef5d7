"""What people fill in about deliveries: every rule with its message at its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .declared import Feed, FeedColumn, feeds
from .folders import SUFFIXES
from .models import Delivery, Status

DECIMALS = [
    ("", gettext_lazy("As found in the file")),
    (".", gettext_lazy("1,234.56 (decimal point)")),
    (",", gettext_lazy("1.234,56 (decimal comma)")),
]
ORDERS = [
    ("", gettext_lazy("As found in the file")),
    ("dmy", gettext_lazy("31/12/2026 (day first)")),
    ("mdy", gettext_lazy("12/31/2026 (month first)")),
]


class SendForm(forms.Form):
    """A file for a feed."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or XLSX, as the system that made it writes it."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "missing": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("This file is empty."),
        },
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        max_length=500,
    )
    complete = forms.BooleanField(
        label=gettext_lazy("The file is complete"),
        help_text=gettext_lazy(
            "What is there now and not in the file is then removed; the summary says what."
        ),
        required=False,
    )

    def __init__(self, *args: Any, feed: Feed, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not feed.target.removes:
            del self.fields["complete"]


class ColumnsForm(forms.Form):
    """Which header is which column, and how numbers and dates are written."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    complete = SendForm.base_fields["complete"]

    def __init__(self, *args: Any, feed: Feed, delivery: Delivery, **kwargs: Any) -> None:
        kwargs["initial"] = _initial(delivery) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.feed, self.delivery = feed, delivery
        if not feed.target.removes:
            del self.fields["complete"]
        headers = [("", _("Not in the file")), *enumerate_headers(delivery)]
        asked = {question["column"]: question["about"] for question in delivery.questions}
        for column in feed.columns:
            self.fields[f"column_{column.name}"] = forms.ChoiceField(
                label=str(column.label), choices=headers, required=column.required
            )
            if styled := _styles(column):
                name, choices, label = styled
                self.fields[f"{name}_{column.name}"] = forms.ChoiceField(
                    label=f"{column.label}: {label}",
                    choices=choices,
                    required=asked.get(column.name) == name,
                )

    def rows(self) -> Iterator[tuple[FeedColumn, Any, Any]]:
        """Each column with its fields: which header it is, and how it is written (None where that is one way)."""
        for column in self.feed.columns:
            styled = _styles(column)
            style = self[f"{styled[0]}_{column.name}"] if styled else None
            yield column, self[f"column_{column.name}"], style

    def mapping(self) -> dict[str, int | None]:
        found = {}
        for column in self.feed.columns:
            chosen = self.cleaned_data.get(f"column_{column.name}", "")
            found[column.name] = int(chosen) if chosen else None
        return found

    def styles(self) -> dict[str, dict[str, str]]:
        """What was said of how columns are written; what was not is read off the file."""
        found = {}
        for column in self.feed.columns:
            if styled := _styles(column):
                chosen = self.cleaned_data.get(f"{styled[0]}_{column.name}", "")
                if chosen:
                    found[column.name] = {styled[0]: chosen}
        return found

    def wrong_columns(self, missing: tuple[str, ...], twice: tuple[str, ...]) -> None:
        """Say at the fields what an action has said."""
        for name in missing:
            self.add_error(f"column_{name}", _("Say which header of the file this is."))
        for name in twice:
            self.add_error(f"column_{name}", _("One header can be one column only."))


def _styles(column: FeedColumn) -> tuple[str, list[tuple[str, Any]], str] | None:
    return {
        "decimal": ("decimal", DECIMALS, _("how numbers are written")),
        "order": ("order", ORDERS, _("how dates are written")),
    }.get(column.kind.styled)


def _initial(delivery: Delivery) -> dict[str, Any]:
    found: dict[str, Any] = {"version": delivery.version, "complete": delivery.complete}
    for name, index in delivery.mapping.items():
        found[f"column_{name}"] = "" if index is None else str(index)
    for name, style in delivery.styles.items():
        found |= {f"{about}_{name}": value for about, value in style.items()}
    return found


def enumerate_headers(delivery: Delivery) -> list[tuple[str, str]]:
    """The headers to choose from; a blank one by its place."""
    return [
        (str(index), header or _("Column %(number)s (no header)") % {"number": index + 1})
        for index, header in enumerate(delivery.headers)
    ]


class ReadingForm(forms.Form):
    """Another sheet of a workbook, or another encoding of a text."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"))
    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"))

    ENCODINGS = (
        "utf-8",
        "utf-16",
        "windows-1252",
        "windows-1250",
        "windows-1256",
        "iso-8859-1",
        "iso-8859-2",
    )

    def __init__(self, *args: Any, delivery: Delivery, **kwargs: Any) -> None:
        facts = delivery.facts
        kwargs["initial"] = {
            "version": delivery.version,
            "sheet": facts.get("sheet", ""),
            "encoding": facts.get("encoding", ""),
        }
        super().__init__(*args, **kwargs)
        sheets = facts.get("sheets", [])
        if len(sheets) > 1:
            self.fields["sheet"].choices = [(name, name) for name in sheets]  # type: ignore[attr-defined]
        else:
            del self.fields["sheet"]
        if facts.get("format") == "csv":
            known = dict.fromkeys((facts.get("encoding", ""), *self.ENCODINGS))
            self.fields["encoding"].choices = [(name, name) for name in known if name]  # type: ignore[attr-defined]
        else:
            del self.fields["encoding"]

    @property
    def offers_something(self) -> bool:
        return "sheet" in self.fields or "encoding" in self.fields


class ConfirmForm(forms.Form):
    seen = forms.CharField(
        max_length=64, widget=forms.HiddenInput, validators=[ProhibitNullCharactersValidator()]
    )
    removal = forms.BooleanField(label=gettext_lazy("Yes, remove so much"), required=False)


class DeliveryFilter(forms.Form):
    """How the list is narrowed. What makes no sense is left out, never an error."""

    feed = forms.ChoiceField(label=gettext_lazy("Feed"), required=False)
    status = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", gettext_lazy("All")), *Status.choices], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("All")), *((feed.key, feed.label) for feed in feeds())]
        self.fields["feed"].choices = choices  # type: ignore[attr-defined]

    def wanted(self) -> Mapping[str, str]:
        self.is_valid()
        return {name: value for name in ("feed", "status") if (value := self.cleaned_data.get(name))}
