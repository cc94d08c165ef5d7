"""The pages on which the vendor's people look after product lines and parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.access import requires
from identity.once import once
from identity.paging import page
from identity.privileges import Privilege

from .. import history
from ..models import Part, ProductLine
from . import actions, queries
from .forms import LineForm, NewLineForm, NewPartForm, PartFilter, PartForm, VersionForm

PART_FIELDS = ("version", "description", "type", "family", "metric", "points", "term_months")

# -- parts


@requires(Privilege.SETTING_VIEW)
@require_GET
def part_list(request: HttpRequest) -> HttpResponse:
    form = PartFilter(request.GET)
    form.is_valid()
    wanted = {name: form.cleaned_data.get(name) or "" for name in ("q", "line", "state")}
    found = page(queries.catalogue(**wanted), ("number",), request)
    context = {"parts": found.items, "page": found, "filter": form, "filtered": any(wanted.values())}
    return render(request, "pricing/parts.html", context)


@requires(Privilege.PRODUCT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_part(request: HttpRequest) -> HttpResponse:
    form = NewPartForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        given.pop("version")
        try:
            part = actions.add_part(**given, by=request.actor, now=timezone.now())
        except actions.NumberTaken:
            form.add_error("number", _("There is a part of this number. A number is never used twice."))
        except actions.LineRetired:
            form.add_error("line", _("Choose a product line that takes parts."))
        else:
            messages.success(request, _("%(number)s is sold from now on.") % {"number": part.number})
            return redirect("products:part", part.number)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "pricing/add_part.html", {"form": form}, status=status)


def _part(number: str) -> Part:
    return get_object_or_404(Part.objects.select_related("line"), number=number)


@requires(Privilege.SETTING_VIEW)
@require_GET
def part_page(request: HttpRequest, number: str) -> HttpResponse:
    return _part_page(request, _part(number))


def _part_page(
    request: HttpRequest, part: Part, form: PartForm | None = None, *, stale: bool = False
) -> HttpResponse:
    if form is None:
        initial = {name: getattr(part, name) for name in PART_FIELDS} | {"line": part.line.code}
        form = PartForm(initial=initial, present=part.line)
    return _page(request, "pricing/part.html", part, form, stale, {"part": part})


@requires(Privilege.PRODUCT_EDIT)
@require_POST
@once
def change_part(request: HttpRequest, number: str) -> HttpResponse:
    part = _part(number)
    form = PartForm(request.POST, present=part.line)
    if form.is_valid():
        changes = form.cleaned_data
        version = changes.pop("version") or 0
        try:
            actions.change_part(number, changes, version=version, by=request.actor, now=timezone.now())
        except actions.ProductChanged:
            part = _part(number)
            form = PartForm(_again(request, part.version), present=part.line)
            return _part_page(request, part, form, stale=True)
        except actions.LineRetired:
            form.add_error("line", _("Choose a product line that takes parts."))
        else:
            messages.success(request, _("%(number)s was changed.") % {"number": number})
            return redirect("products:part", number)
    return _part_page(request, part, form)


@requires(Privilege.PRODUCT_EDIT)
@require_POST
@once
def retire_part(request: HttpRequest, number: str) -> HttpResponse:
    part = _part(number)
    text = _("%(number)s is no longer offered. Deals that have it keep it.") % {"number": number}
    return _do(request, actions.retire_part, number, text, "products:part", part)


@requires(Privilege.PRODUCT_EDIT)
@require_POST
@once
def bring_part_back(request: HttpRequest, number: str) -> HttpResponse:
    part = _part(number)
    text = _("%(number)s is sold again.") % {"number": number}
    return _do(request, actions.bring_part_back, number, text, "products:part", part)


# -- product lines


@requires(Privilege.SETTING_VIEW)
@require_GET
def line_list(request: HttpRequest) -> HttpResponse:
    found = page(queries.lines(), ("name", "id"), request)
    return render(request, "pricing/lines.html", {"lines": found.items, "page": found})


@requires(Privilege.PRODUCT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_line(request: HttpRequest) -> HttpResponse:
    form = NewLineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        given.pop("version")
        try:
            line = actions.add_line(**given, by=request.actor, now=timezone.now())
        except actions.NumberTaken:
            form.add_error("code", _("There is a product line of this code. A code is never used twice."))
        else:
            messages.success(request, _("“%(name)s” was added. Now give it parts.") % {"name": line.name})
            return redirect("products:line", line.code)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "pricing/add_line.html", {"form": form}, status=status)


def _line(code: str) -> ProductLine:
    return get_object_or_404(queries.lines(), code=code)


@requires(Privilege.SETTING_VIEW)
@require_GET
def line_page(request: HttpRequest, code: str) -> HttpResponse:
    return _line_page(request, _line(code))


def _line_page(
    request: HttpRequest, line: ProductLine, form: LineForm | None = None, *, stale: bool = False
) -> HttpResponse:
    form = form or LineForm(initial={"version": line.version, "name": line.name})
    return _page(request, "pricing/line.html", line, form, stale, {"line": line})


@requires(Privilege.PRODUCT_EDIT)
@require_POST
@once
def change_line(request: HttpRequest, code: str) -> HttpResponse:
    line = _line(code)
    form = LineForm(request.POST)
    if form.is_valid():
        changes = form.cleaned_data
        version = changes.pop("version") or 0
        try:
            actions.change_line(code, changes, version=version, by=request.actor, now=timezone.now())
        except actions.ProductChanged:
            line = _line(code)
            return _line_page(request, line, LineForm(_again(request, line.version)), stale=True)
        messages.success(request, _("The product line was changed."))
        return redirect("products:line", code)
    return _line_page(request, line, form)


@requires(Privilege.PRODUCT_EDIT)
@require_POST
@once
def retire_line(request: HttpRequest, code: str) -> HttpResponse:
    line = _line(code)
    text = _("“%(name)s” takes no new parts.") % {"name": line.name}
    return _do(request, actions.retire_line, code, text, "products:line", line)


@requires(Privilege.PRODUCT_EDIT)
@require_POST
@once
def bring_line_back(request: HttpRequest, code: str) -> HttpResponse:
    line = _line(code)
    text = _("“%(name)s” takes parts again.") % {"name": line.name}
    return _do(request, actions.bring_line_back, code, text, "products:line", line)


# -- pieces


def _do(
    request: HttpRequest,
    act: Callable[..., Any],
    name: str,
    done: str,
    back: str,
    row: Part | ProductLine,
) -> HttpResponse:
    """One deed of a button, and a word about what came of it."""
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        act(name, version=version, by=request.actor, now=timezone.now())
    except actions.ProductChanged:
        messages.error(request, _("This was changed meanwhile, and left as it is. Look at it again."))
    except actions.LineRetired:
        messages.error(request, _("Its product line takes no parts. Bring the line back first."))
    except actions.LineInUse as used:
        text = ngettext(
            "%(num)s part of this line is still sold. Retire it first.",
            "%(num)s parts of this line are still sold. Retire them first.",
            used.parts,
        )
        messages.error(request, text % {"num": used.parts})
    except type(row).DoesNotExist:
        raise Http404 from None
    else:
        messages.success(request, done)
    return redirect(back, name)


def _again(request: HttpRequest, version: int) -> QueryDict:
    """What was sent, to be sent again on the newer version once its author has looked."""
    data = request.POST.copy()
    data["version"] = str(version)
    return data


def _page(
    request: HttpRequest,
    template: str,
    row: Part | ProductLine,
    form: forms.Form,
    stale: bool,
    context: dict[str, Any],
) -> HttpResponse:
    """A part's or line's page; refused with what is wrong (422), or since somebody was quicker (409)."""
    events = history.told(queries.history_of(row))
    status = 409 if stale else 422 if form.is_bound and form.errors else 200
    context |= {"form": form, "events": events, "changed": events[:3] if stale else None}
    return render(request, template, context, status=status)
