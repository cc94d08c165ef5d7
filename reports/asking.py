"""What an address asks of a report: read once, for the page, its files and the API alike.

Nothing is guessed at: a value that cannot be read, a column or an order that is not there (for this reader), a
parameter nobody knows: each is an error, at its field where it has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity.actors import Actor

from .columns import Column
from .declared import DETAIL, SUMMARY, Grouping, Order, Report
from .filters import Filter
from .listings import QueryTooLong, read

LEVELS = {SUMMARY: gettext_lazy("Summary"), DETAIL: gettext_lazy("Detail")}
#: What an address may say besides that is no business of the report's.
NOT_OURS = frozenset({"view", "cursor", "page_size", "apply"})
LONGEST_FIGURE = 60


class BadFilter(Exception):
    """The address asks for what cannot be; `errors` says what and why, by parameter ("" for the whole)."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__(errors)
        self.errors = errors


class AskForm(forms.Form):
    """Everything that a report's address may say, for one reader."""

    def __init__(self, report: Report, given: QueryDict, *, actor: Actor) -> None:
        self.report, self.actor = report, actor
        self.filters = report.filters_for(actor)
        self.orders, self.groupings = report.orders_for(actor), report.groupings_for(actor)
        super().__init__(given)
        for each in self.filters:
            self.fields.update(each.fields())
        self.fields["level"] = _choice(
            _("Level"), [(name, LEVELS[name]) for name in report.levels_for(actor)]
        )
        if self.groupings:
            self.fields["by"] = _choice(
                _("Summed up by"), [(each.name, each.label) for each in self.groupings]
            )
        self.fields["order"] = _choice(_("Sort by"), self._orders(given))
        self.fields["columns"] = forms.CharField(required=False, max_length=600)
        self.fields["figure"] = forms.CharField(required=False, max_length=LONGEST_FIGURE)

    def _orders(self, given: QueryDict) -> list[tuple[str, Any]]:
        if given.get("level", self.report.levels_for(self.actor)[0]) == SUMMARY:
            return summary_orders(self.report, self.actor)
        return [(order.name, order.label) for order in self.orders]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        for each in self.filters:
            if not set(each.parameters) & set(self.errors):
                for name, error in each.checked(given):
                    self.add_error(name, error)
        known = {*self.fields, *NOT_OURS}
        for name in sorted(set(self.data) - known):
            self.add_error(None, _("This report has no filter “%(name)s”.") % {"name": name[:60]})
        self._check_columns()
        return given

    def _check_columns(self) -> None:
        names = {column.name for column in self.report.columns_for(self.actor)}
        for name in filter(None, self.cleaned_data.get("columns", "").split(",")):
            if name not in names:
                self.add_error("columns", _("This report has no column “%(name)s”.") % {"name": name[:60]})

    def asked(self) -> Asked:
        """What the address asks for. Raises BadFilter."""
        if not self.is_valid():
            raise BadFilter(
                {
                    "" if name == "__all__" else name: [str(error) for error in errors]
                    for name, errors in self.errors.items()
                }
            )
        raw = {name: self.data.getlist(name) for name in self.fields}  # type: ignore[attr-defined]
        return Asked(self.report, self.actor, self.filters, self.cleaned_data, raw)


def _choice(label: Any, options: list[tuple[str, Any]]) -> forms.ChoiceField:
    message = {"invalid_choice": gettext_lazy("“%(value)s” is none of the choices here.")}
    return forms.ChoiceField(label=label, required=False, choices=options, error_messages=message)


def summary_orders(report: Report, actor: Actor) -> list[tuple[str, Any]]:
    """How groups can be sorted: as they are grouped, or by what is counted in them, most first."""
    found: list[tuple[str, Any]] = [
        ("groups", gettext_lazy("As grouped")),
        ("groups-", gettext_lazy("As grouped, backwards")),
    ]
    for measure in report.measures_for(actor):
        found.append(
            (f"{measure.column.name}-", _("%(label)s, most first") % {"label": measure.column.label})
        )
        found.append((measure.column.name, _("%(label)s, least first") % {"label": measure.column.label}))
    return found


@dataclass(frozen=True)
class Asked:
    """What somebody asks of a report, understood."""

    report: Report
    actor: Actor
    filters: tuple[Filter, ...]
    given: Mapping[str, Any]
    raw: Mapping[str, list[str]]  # as the address writes it

    @cached_property
    def level(self) -> str:
        return self.given["level"] or self.report.levels_for(self.actor)[0]

    @cached_property
    def grouping(self) -> Grouping:
        """How rows are summed up; of a report that has a summary."""
        groupings = self.report.groupings_for(self.actor)
        return next((each for each in groupings if each.name == self.given["by"]), groupings[0])

    @cached_property
    def order(self) -> Order:
        orders = self.report.orders_for(self.actor)
        return next((each for each in orders if each.name == self.given["order"]), orders[0])

    @cached_property
    def group_order(self) -> str:
        """Of a summary: the name of a measure or "groups", with a minus behind it for the other way round."""
        return self.given["order"] or "groups"

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns that were chosen; those that are there at first if none were."""
        wanted = frozenset(filter(None, self.given["columns"].split(","))) or frozenset(
            self.report.detail.shown
        )
        columns = self.report.columns_for(self.actor)
        return tuple(column for column in columns if column.name in wanted) if wanted else columns

    @cached_property
    def condition(self) -> Q:
        """All filters at once; Q() if there are none."""
        found = Q()
        for each in self.filters:
            condition = each.condition(self.given, self.actor)
            if condition is not None:
                found &= condition
        return found

    @cached_property
    def chips(self) -> list[tuple[Filter, str]]:
        """The filters in force, in words."""
        return [(each, words) for each in self.filters if (words := each.words(self.given))]

    @property
    def read_in_order(self) -> bool:
        """Whether the first rows are better read one after the other, in their order, than found and sorted."""
        return not any(each.finds_few for each, _said in self.chips)

    @property
    def filtered(self) -> bool:
        return bool(self.chips)

    def parameters(self, **changed: str | list[str] | None) -> dict[str, list[str]]:
        """The address's parameters with some changed; None takes one away."""
        found: dict[str, list[str]] = {}
        for name in self.report.parameters:
            value = changed[name] if name in changed else self.raw.get(name)
            values = [value] if isinstance(value, str) else list(value or ())
            if values := [each for each in values if each]:
                found[name] = values
        return found

    def query(self, **changed: str | list[str] | None) -> str:
        return urlencode(self.parameters(**changed), doseq=True)

    def address(self, **changed: str | list[str] | None) -> str:
        return self.report.listing.address(self.query(**changed))

    def address_without(self, each: Filter) -> str:
        return self.address(**{"level": self.level, **dict.fromkeys(each.parameters)})

    @property
    def address_unfiltered(self) -> str:
        """The same without filters; never bare, which leads to the view one begins with."""
        names = {name for each in self.report.filters for name in each.parameters}
        return self.address(**{"level": self.level, **dict.fromkeys(names)})


def form_of(report: Report, query: str | QueryDict, *, actor: Actor, level: str | None = None) -> AskForm:
    """The form that an address fills in, `level` in its place if given. Raises PrivilegeMissing, BadFilter."""
    report.demand(actor)
    try:
        given = (query if isinstance(query, QueryDict) else read(query)).copy()
    except QueryTooLong:
        raise BadFilter({"": [_("This address is too long.")]}) from None
    if level is not None:
        if given.get("level", level) != level:
            given.pop("order", None)  # the other level's
        given["level"] = level
    return AskForm(report, given, actor=actor)


def asked_of(report: Report, query: str | QueryDict, *, actor: Actor, level: str | None = None) -> Asked:
    """What an address asks of a report. Raises PrivilegeMissing, BadFilter."""
    return form_of(report, query, actor=actor, level=level).asked()
