"""Reports: which there are, each one's page, and its totals. A declaration is all that a report brings."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from identity.access import requires
from identity.paging import page
from identity.privileges import Privilege

from . import summing
from .asking import LEVELS, Asked, AskForm, BadFilter, form_of
from .columns import Column, Type, sources
from .declared import SUMMARY, Report, ReportNotFound, all_reports, report_named
from .patience import LONG, TooSlow, patience
from .queries import views_of
from .tables import groups, rows, summary_columns, summary_order

VIEW = Privilege.REPORT_VIEW
SIZE = 50  # rows of a page


@requires(VIEW)
@require_GET
def report_list(request: HttpRequest) -> HttpResponse:
    """The reports one may open; the others say why not."""
    found = [(report, report.refusal(request.actor)) for report in all_reports()]
    found.sort(key=lambda each: (each[1] is not None, str(each[0].title)))
    shown = [
        {"report": report, "address": report.listing.address(""), "refusal": refusal}
        for report, refusal in found
    ]
    return render(request, "reports/list.html", {"shown": shown})


@requires(VIEW)
@require_GET
def report_page(request: HttpRequest, key: str) -> HttpResponse:
    """A report at one of its levels, narrowed and sorted as its address says.

    A bare address leads to the view that the reader chose to begin with. What an address asks for that cannot be is
    told at its field, and nothing else is shown.
    """
    report = _found(key)
    report.demand(request.actor)
    views = views_of(report.listing, request.actor)
    if not request.GET and (default := next((view for view in views if view.is_default), None)):
        return redirect(default.address)
    form = _form(request, report)
    context: dict[str, Any] = {
        "report": report,
        "form": form,
        "views": views,
        "view": request.GET.get("view", ""),
        "address": report.listing.address(""),
    }
    try:
        asked = form.asked()
    except BadFilter as wrong:
        context["asked_level"] = _level(form)
        context["wrong"] = wrong.errors.get("", []) + wrong.errors.get("columns", [])
        return render(request, "reports/wrong.html", context, status=422)
    if "apply" in request.GET:
        return redirect(asked.address())
    context |= _common(asked)
    template = "reports/page.html"
    try:
        context |= _summary(request, asked) if asked.level == SUMMARY else _detail(request, asked)
    except TooSlow:
        context |= {"too_slow": True, "page": None}
    return render(request, template, context)


@requires(VIEW)
@require_GET
def report_totals(request: HttpRequest, key: str) -> HttpResponse:
    """What all rows that fit come to: asked for after the page, which does not wait for it."""
    report = _found(key)
    form = _form(request, report)
    try:
        asked = form.asked()
    except BadFilter:
        return redirect(report.listing.address(request.GET.urlencode()))
    context: dict[str, Any] = {"report": report, "asked": asked, "back": asked.address(), "totals": None}
    try:
        context["totals"] = summing.totals(asked)
    except TooSlow:
        context["too_slow"] = True
    return render(request, "reports/totals.html", context)


def _found(key: str) -> Report:
    try:
        return report_named(key)
    except ReportNotFound:
        raise Http404 from None


def _form(request: HttpRequest, report: Report) -> AskForm:
    """The form that the address fills in. Of columns ticked one by one, the address names all in one."""
    given: QueryDict = request.GET
    if len(given.getlist("columns")) > 1 or "apply" in given:
        given = given.copy()
        chosen = ",".join(given.getlist("columns"))
        given["columns"] = "" if _is_usual(report, chosen, request) else chosen
    try:
        return form_of(report, given, actor=request.actor)
    except BadFilter:  # too long to be read
        return form_of(report, QueryDict("order=-"), actor=request.actor)


def _is_usual(report: Report, chosen: str, request: HttpRequest) -> bool:
    """Whether these columns are those shown until somebody chooses."""
    columns = [column.name for column in report.columns_for(request.actor)]
    usual = set(report.detail.shown or columns) & set(columns)
    return set(filter(None, chosen.split(","))) == usual


def _level(form: AskForm) -> str:
    """The level that an address asks for, of one that cannot be read otherwise."""
    levels = [name for name, _label in form.fields["level"].choices]  # type: ignore[attr-defined]
    given = form.data.get("level", "")
    return given if given in levels else levels[0]


def _common(asked: Asked) -> dict[str, Any]:
    report, actor = asked.report, asked.actor
    levels = report.levels_for(actor)
    return {
        "asked": asked,
        "asked_level": asked.level,
        "query": asked.query(),
        "levels_as_tabs": [
            (
                LEVELS[name],
                asked.address(level=name, order=None, columns=None, figure=None),
                name == asked.level,
                None,
            )
            for name in sorted(levels, key=lambda name: name != SUMMARY)
        ]
        if len(levels) > 1
        else [],
        "chips": [(each.label, said, asked.address_without(each)) for each, said in asked.chips],
        "chosen": {column.name for column in asked.columns},
        "too_slow": False,
        "now": timezone.now(),
    }


def _detail(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    level, columns = asked.report.detail, asked.columns
    fields = dict.fromkeys([*sources(columns), *level.link_by, *asked.order.fields])
    with patience(LONG, in_order=asked.read_in_order):
        found = page(rows(asked).values(*fields), asked.order.by, request, size=SIZE)
    link = level.link
    lines = [(link(row) if link else "", row) for row in found.items]
    return {"columns": shown(columns), "lines": lines, "page": found, "picture": None}


def _summary(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    with patience(LONG):
        found = page(groups(asked), summary_order(asked), request, size=SIZE)
    lines = [(summing.address_of(asked, group), group) for group in found.items]
    return {
        "columns": shown(summary_columns(asked)),
        "lines": lines,
        "page": found,
        **_picture(asked, found),
    }


def _picture(asked: Asked, found: Any) -> dict[str, Any]:
    """What is drawn: all groups, not only those of this page."""
    if asked.report.chart is None or not found.items:
        return {"picture": None}
    whole = found.next_url is None and found.previous_url is None
    try:
        drawn = found.items if whole else summing.groups_for_picture(asked)
    except TooSlow:
        return {"picture": None}
    offered = summing.figures(asked, drawn)
    figure = next((each for each in offered if each.name == asked.given["figure"]), offered[0])
    return {
        "picture": summing.picture(asked, drawn, figure),
        "picture_title": _("%(figure)s: %(grouping)s")
        % {"figure": figure.label, "grouping": asked.grouping.label},
        "figures": [(each.label, asked.address(figure=each.name), each is figure) for each in offered],
    }


def shown(columns: tuple[Column, ...]) -> list[tuple[Column, str, Any]]:
    """Each column with its type's name and what says its values in words (None: as they are)."""
    return [
        (
            column,
            column.type.name,
            summing.in_words(column) if column.words or column.type is Type.MONTH else None,
        )
        for column in columns
    ]
