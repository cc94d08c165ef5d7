"""The opportunity manager."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_GET
from markupsafe import Markup

from customers.countries import countries
from identity.access import requires
from identity.actors import Actor, Kind
from identity.paging import page
from identity.privileges import Privilege

from .. import queries
from ..forms import (
    FilterForm,
)
from ..states import TONES, WAITING, Stage, Status

P = Privilege

SUBTITLES: dict[Kind, str | Promise] = {
    Kind.RESELLER: gettext_lazy("Everything your site has registered, and how it stands."),
    Kind.DISTRIBUTOR: gettext_lazy("The deals on which a reseller named you."),
    Kind.STAFF: gettext_lazy("What the partners registered. Whoever came first is decided first."),
}
EMPTY: dict[str, tuple[str | Promise, str | Promise]] = {
    "all": (gettext_lazy("No deals yet"), gettext_lazy("They appear here as soon as there are any.")),
    "draft": (gettext_lazy("No drafts"), gettext_lazy("What you begin and leave is kept here.")),
    "waiting": (gettext_lazy("Nothing waits"), gettext_lazy("Every deal that was submitted is decided.")),
    "returned": (gettext_lazy("Nothing was returned"), gettext_lazy("Deals that need a change appear here.")),
    "approved": (
        gettext_lazy("No approved deals"),
        gettext_lazy("Deals appear here when they are approved."),
    ),
    "expiring": (
        gettext_lazy("Nothing expires soon"),
        gettext_lazy("Approved deals appear here in their last 30 days."),
    ),
    "closed": (
        gettext_lazy("No closed deals"),
        gettext_lazy("Deals that were won, lost or ended stay here."),
    ),
}

# ------------------------------------------------------------------------------------------------ many deals


@requires(P.DEAL_VIEW)
@require_GET
def deal_list(request: HttpRequest) -> HttpResponse:
    """The opportunity manager (B7): what a site registered, what names a distributor, what the vendor decides.

    One query for the rows, which stay plain tuples: this page is held to a cost (see benchmarks).
    """
    actor, now = request.actor, timezone.now()
    tab = queries.tab_named(request.GET.get("show", ""), actor)
    text, owner = _sought(request)
    deals = page(_filtered(queries.rows_in(tab, now=now), text, owner, actor), tab.order, request)
    context = {
        "now": now,
        "tab": tab,
        "tabs": [
            (each.label, f"{request.path}?{urlencode({'show': each.name})}", each is tab, None)
            for each in queries.TABS[actor.kind]
        ],
        "subtitle": SUBTITLES[actor.kind],
        "text": text,
        "owner": owner,
        "filtered": bool(text or owner),
        "deals": deals.items,
        "page": deals,
        "badges": _badges(get_language()),
        "countries": countries(),
        "stages": _stages(get_language()),
        "waiting": frozenset(map(str, WAITING)),
    }
    if not deals.items:
        context["empty_title"], context["empty_text"] = EMPTY.get(tab.name, EMPTY["all"])
    return render(request, "deals/list.html", context)


def _sought(request: HttpRequest) -> tuple[str, str]:
    """What the reader looks for: a text, and whose deals. Mostly nothing, which needs no form to find out."""
    if not request.GET.keys() & {"q", "owner"}:
        return "", ""
    form = FilterForm(request.GET)
    return (form.cleaned_data["q"].strip(), form.cleaned_data["owner"]) if form.is_valid() else ("", "")


def _filtered(found: queries.Rows, text: str, owner: str, actor: Actor) -> queries.Rows:
    if text:
        found = found.filter(queries.meant_by(text, actor))
    if owner == "me":
        found = found.filter(owner_id=actor.membership_id)
    elif owner:
        found = found.filter(owner__public_id=owner)
    return found


@lru_cache(maxsize=16)
def _badges(language: str | None) -> dict[str, Markup]:
    """Each status as the page shows it. `language` is the current one, and here for the cache."""
    return {
        status.value: Markup('<span class="badge badge-{}">{}</span>').format(TONES[status], status.label)
        for status in Status
    }


@lru_cache(maxsize=16)
def _stages(language: str | None) -> dict[str, str]:
    return {value: str(label) for value, label in Stage.choices}
