"""`/api/v1/reports/`: which reports there are, what each one says and can be asked, its rows and its totals."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from babel.numbers import get_currency_precision
from django.forms import MultipleChoiceField
from django.http import Http404
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import Conflict, ResourceViewSet
from identity.privileges import Privilege

from . import summing
from .asking import Asked, AskForm, BadFilter, form_of, summary_orders
from .columns import Column, Type, sources
from .declared import DETAIL, SUMMARY, Report, ReportNotFound, all_reports, report_named
from .files import percent
from .filters import Filter
from .patience import LONG, TooSlow, patience
from .tables import groups, rows, summary_columns, summary_order

VIEW = Privilege.REPORT_VIEW
FREE = "Its filters, as the report describes them, are parameters of the query."
LEVEL = OpenApiParameter(
    "level", str, enum=["summary", "detail"], description="Of which the report may have both."
)
BY = OpenApiParameter("by", str, description="Of a summary: by which of its `groupings`.")
ORDER = OpenApiParameter("order", str, description="One of the level's `orders`; the first if none is given.")
COLUMNS = OpenApiParameter(
    "columns", str, description="Names of columns of the detail, with commas between them."
)
CURSOR = OpenApiParameter("cursor", str, description="From a page's `next` or `previous`; opaque.")
PAGE_SIZE = OpenApiParameter("page_size", int, description="How many rows a page has, 100 at most.")
FILTERS = OpenApiParameter("status", str, description="An example of a filter. " + FREE)


class ReportRefusalOut(serializers.Serializer[Any]):
    reason = serializers.CharField()
    who = serializers.CharField(help_text="Who can change that.")


class ReportOut(serializers.Serializer[Report]):
    key = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    refusal = serializers.SerializerMethodField(help_text="Why you may not read it; null if you may.")

    @extend_schema_field(ReportRefusalOut(allow_null=True))
    def get_refusal(self, report: Report) -> dict[str, Any] | None:
        refusal = report.refusal(self.context["request"]._request.actor)
        return None if refusal is None else {"reason": str(refusal.reason), "who": str(refusal.who)}


class WordOut(serializers.Serializer[Any]):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class ColumnOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.CharField(help_text=f"One of {', '.join(kind.name.lower() for kind in Type)}.")
    values = WordOut(many=True, help_text="Of what is one of known values: each with its words; else empty.")


class ParameterOut(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="Of the parameter in the query.")
    label = serializers.CharField()  # type: ignore[assignment]
    several = serializers.BooleanField(help_text="Whether it may be given several times.")
    values = WordOut(
        many=True, help_text="What it may be, where it is one of known values; `-` is none; else empty."
    )


class GroupingOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    columns = ColumnOut(many=True)


class ReportDescriptionOut(ReportOut):
    levels = serializers.ListField(
        child=serializers.CharField(), help_text="The first is shown if none is asked for."
    )
    filters = ParameterOut(many=True)
    columns = ColumnOut(many=True, help_text="Of the detail.")
    orders = WordOut(many=True, help_text="Of the detail.")
    groupings = GroupingOut(many=True, help_text="Of the summary; without their measures.")
    measures = ColumnOut(many=True, help_text="Of the summary.")
    summary_orders = WordOut(many=True)


class RowsOut(serializers.Serializer[Any]):
    results = serializers.ListField(
        child=serializers.DictField(), help_text="By column. An amount has `amount` and `currency`."
    )
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class TotalOut(serializers.Serializer[Any]):
    measure = serializers.CharField()
    value = serializers.JSONField(help_text="A number, or a list of amounts, one for each currency.")


class ReportViewSet(ResourceViewSet):
    """Declared reports. What a column, a filter or an order is called is for each report to say."""

    privileges: ClassVar = dict.fromkeys(("list", "retrieve", "rows", "totals"), VIEW)
    answers: ClassVar = {
        TooSlow: Conflict(
            "too_slow", gettext_lazy("This would take too long to work out. Narrow the report down.")
        ),
    }
    lookup_field = "key"
    lookup_value_regex = "[0-9a-z-]{1,40}"

    @extend_schema(summary="Reports", responses={200: ReportOut(many=True)})
    def list(self, request: Request) -> Response:
        """All there are; of those that you may not read, why."""
        reports = sorted(all_reports(), key=lambda report: report.key)
        context = self.get_serializer_context()
        found = [ReportOut(report, context=context).data for report in reports]
        return Response({"results": found, "next": None, "previous": None})

    @extend_schema(
        summary="What a report says, and what it can be asked", responses={200: ReportDescriptionOut}
    )
    def retrieve(self, request: Request, key: str) -> Response:
        report = self._found(key)
        return Response(_description(report, _form(report, request)))

    @extend_schema(
        summary="A report's rows",
        parameters=[LEVEL, BY, ORDER, COLUMNS, FILTERS, CURSOR, PAGE_SIZE],
        responses={200: RowsOut},
    )
    @action(detail=True, methods=["get"])
    def rows(self, request: Request, key: str) -> Response:
        """At one of its levels. Stored values come as they are; the report's description has their words."""
        asked = self._asked(request, key)
        if asked.level == SUMMARY:
            columns = summary_columns(asked)
            self.ordering = summary_order(asked)
            found = groups(asked)
        else:
            columns, self.ordering = asked.columns, asked.order.by
            found = rows(asked).values(*dict.fromkeys([*sources(columns), *asked.order.fields]))
        with patience(LONG, in_order=asked.level == DETAIL and asked.read_in_order):
            items = self.paginate_queryset(found)
        return self.get_paginated_response([row_of(columns, item) for item in items or ()])

    @extend_schema(
        summary="What a report's rows come to",
        parameters=[FILTERS],
        responses={200: TotalOut(many=True)},
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def totals(self, request: Request, key: str) -> Response:
        """Of all rows that fit. Money is never added up across currencies."""
        asked = self._asked(request, key)
        return Response(
            [
                {
                    "measure": total.name,
                    "value": _total(total),
                }
                for total in summing.totals(asked)
            ]
        )

    def _found(self, key: str) -> Report:
        try:
            report = report_named(key)
        except ReportNotFound:
            raise Http404 from None
        report.demand(self.actor)
        return report

    def _asked(self, request: Request, key: str) -> Asked:
        try:
            return _form(self._found(key), request).asked()
        except BadFilter as wrong:
            errors = {name or "detail": list(said) for name, said in wrong.errors.items()}
            raise serializers.ValidationError(errors) from None


def _form(report: Report, request: Request) -> AskForm:
    try:
        return form_of(report, request._request.GET, actor=request._request.actor)
    except BadFilter as wrong:
        raise serializers.ValidationError({"detail": wrong.errors[""]}) from None


def row_of(columns: Iterable[Column], item: Any) -> dict[str, Any]:
    """A row as programs get it, by the columns' names."""
    return {column.name: _value(column, item) for column in columns}


def _value(column: Column, item: Any) -> Any:
    value = item[column.source]
    if value is None:
        return None
    if column.type is Type.MONEY:
        return _amount(int(value), item[column.currency])
    if column.type is Type.MONTH:
        return f"{value:%Y-%m}"
    if column.type is Type.PERCENT:
        return f"{percent(value):f}"
    if column.type is Type.DECIMAL:
        return f"{value:f}"
    return value


def _total(total: summing.Total) -> Any:
    """A number, as text where it has decimals; or a list of amounts."""
    if total.count is None:
        return [_amount(minor, currency) for minor, currency in total.amounts]
    return f"{total.count:f}" if isinstance(total.count, Decimal) else total.count


def _amount(minor: int, currency: str) -> dict[str, str]:
    return {"amount": f"{Decimal(minor).scaleb(-get_currency_precision(currency)):f}", "currency": currency}


# ------------------------------------------------------------------------------------------ descriptions


def _description(report: Report, form: AskForm) -> dict[str, Any]:
    actor = form.actor
    return {
        "key": report.key,
        "title": str(report.title),
        "text": str(report.text),
        "refusal": None,
        "levels": report.levels_for(actor),
        "filters": [told for each in form.filters for told in _parameters(each, form)],
        "columns": [_column(column) for column in report.columns_for(actor)],
        "orders": _words((order.name, order.label) for order in report.orders_for(actor)),
        "groupings": [
            {
                "name": each.name,
                "label": str(each.label),
                "columns": [_column(dimension.column) for dimension in each.dimensions],
            }
            for each in form.groupings
        ],
        "measures": [_column(measure.column) for measure in report.measures_for(actor)],
        "summary_orders": _words(summary_orders(report, actor)) if form.groupings else [],
    }


def _parameters(each: Filter, form: AskForm) -> Iterable[dict[str, Any]]:
    for name in each.parameters:
        field = form.fields[name]
        choices = [choice for choice in getattr(field, "choices", ()) if choice[0] != ""]
        several = isinstance(field, MultipleChoiceField)
        yield {"name": name, "label": str(field.label), "several": several, "values": _words(choices)}


def _column(column: Column) -> dict[str, Any]:
    known = column.words() if column.words else {}
    return {
        "name": column.name,
        "label": str(column.label),
        "type": column.type.name.lower(),
        "values": _words(known.items()),
    }


def _words(pairs: Iterable[tuple[Any, Any]]) -> list[dict[str, str]]:
    return [{"value": str(value), "label": str(label)} for value, label in pairs]
