"""The pages of provisioning forms: which there are, and one of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from identity.access import requires
from identity.once import once
from identity.paging import page
from orders.placing.possible import SEERS

from ..lines.words import TONES
from ..models import LineStatus, SetupLine
from . import listing
from .filling import FormChanged, FormShut, fill_in
from .form import FillForm, elements_of, version_of
from .possible import FILLERS, refusal


@requires(*SEERS)
@require_safe
def form_list(request: HttpRequest) -> HttpResponse:
    """Lines with a form, those first that start last; what is missing on each."""
    staff = request.actor.is_staff
    tab = listing.tab_named(request.GET.get("show", ""), staff=staff)
    found = page(listing.forms_in(tab), listing.ORDER, request)
    address = reverse("setup_forms:list")
    context = {
        "lines": found.items,
        "page": found,
        "tab": tab,
        "tabs": [
            (each.label, f"{address}?show={each.name}", each is tab, None)
            for each in listing.tabs_for(staff=staff)
        ],
        "labels": dict(LineStatus.choices),
        "tones": TONES,
    }
    return render(request, "provisioning/elements/list.html", context)


@requires(*SEERS)
@require_safe
def form_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """What has to be known of a line, and what of it is missing."""
    line = get_object_or_404(SetupLine, public_id=public_id)
    return _page(request, line, FillForm(elements=elements_of(line)))


@requires(*FILLERS)
@require_POST
@once
def fill(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep what is known; the rest can follow."""
    line = get_object_or_404(SetupLine, public_id=public_id)
    form = FillForm(request.POST, elements=elements_of(line))
    if not form.is_valid():
        return _page(request, line, form, status=422)
    version = form.cleaned_data["version"]
    try:
        elements = fill_in(line, form.values(), version=version, by=request.actor, now=timezone.now())
    except FormShut as shut:
        messages.error(request, str(shut.refusal.reason))
        return redirect("setup_forms:form", public_id)
    except FormChanged as changed:
        again = request.POST.copy()
        again["version"] = version_of(changed.now)
        form = FillForm(again, elements=changed.now)
        return _page(request, line, form, status=409, stale=True)
    _say(request, sum(each.row.missing for each in elements))
    return redirect("setup_forms:form", public_id)


def _say(request: HttpRequest, missing: int) -> None:
    if not missing:
        messages.success(request, _("Kept. Nothing is missing any more."))
        return
    text = ngettext("Kept. %(count)s detail is missing.", "Kept. %(count)s details are missing.", missing)
    messages.success(request, text % {"count": missing})


def _page(request: HttpRequest, line: SetupLine, form: FillForm, **extra: Any) -> HttpResponse:
    form.mark_required()
    status = extra.pop("status", 200)
    context = {
        "line": line,
        "form": form,
        "elements": form.elements,
        "missing": [each.row.element for each in form.elements if each.row.missing],
        "refusal": refusal(line, request.actor),
        "stale": False,
    }
    return render(request, "provisioning/elements/form.html", context | extra, status=status)
