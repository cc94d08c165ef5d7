"""The opportunity manager (B7): the list, its filters, counts and files."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from markupsafe import Markup

from identity.access import requires
from identity.actors import Kind
from identity.models import Membership, Site, SiteKind
from identity.paging import page
from identity.places import countries
from identity.privileges import Privilege
from pricing.models import ProductLine
from reports.downloads import Wanted, hand_out
from reports.exports import TooManyExports, why_no_file
from reports.files import Format, SheetFull
from reports.listings import QueryTooLong
from reports.queries import views_of
from reports.sources import LIST

from .. import listing
from ..columns import columns_shown
from ..forms import FilterForm
from ..forms.filters import wanted_in
from ..listing import DEALS, EVERYTHING, TABS, narrowed, order_named, orders_of, tab_named
from ..states import TONES, WAITING, DealType, Stage, Status

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


@requires(P.DEAL_VIEW)
@require_GET
def deal_list(request: HttpRequest) -> HttpResponse:
    """What a site registered, what names a distributor, what the vendor decides.

    One query for the rows, which stay plain tuples, and one for the saved views: this page is held to a cost (see
    benchmarks).
    """
    actor, now, asked = request.actor, timezone.now(), request.GET
    views = views_of(DEALS, actor)
    if not asked and (default := next((view for view in views if view.is_default), None)):
        return redirect(default.address)
    tab, columns = tab_named(asked.get("show", ""), actor), columns_shown(asked.get("columns", ""), actor)
    wanted = wanted_in(asked, actor)
    order = order_named(asked.get("order", ""), tab, wanted)
    deals = page(narrowed(listing.rows_in(tab, columns, now=now), wanted, actor), order.by, request)
    query = _normalised(asked)
    context = {
        "now": now,
        "tab": tab,
        "tabs": _tabs(request, tab),
        "subtitle": SUBTITLES[actor.kind],
        "wanted": wanted,
        "filtered": wanted != EVERYTHING,
        "query": query,
        "views": views,
        "view": asked.get("view", ""),
        "kept": _kept(asked),
        "columns": columns,
        "shown": frozenset(column.name for column in columns),
        "order": order,
        "sorts": {each.name: _with(asked, order=each.name) for each in orders_of(wanted.statuses_in(tab))},
        "deals": deals.items,
        "page": deals,
        "badges": _badges(get_language()),
        "countries": countries(),
        "statuses": _words(get_language(), Status),
        "stages": _words(get_language(), Stage),
        "types": _words(get_language(), DealType),
        "waiting": frozenset(map(str, WAITING)),
    }
    if wanted != EVERYTHING:
        context |= {"chips": _chips(asked), "names": _names(wanted)}
    if not deals.items:
        context["empty_title"], context["empty_text"] = EMPTY.get(tab.name, EMPTY["all"])
    return render(request, "deals/list.html", context)


@requires(P.DEAL_VIEW)
@require_GET
def filters(request: HttpRequest) -> HttpResponse:
    """All filters, the order and the columns, to choose from; then back to the list with them."""
    if "apply" in request.GET:
        return redirect(DEALS.address(_applied(request)))
    form = FilterForm(request.GET, actor=request.actor).with_choices()
    form.is_valid()
    tab = tab_named(request.GET.get("show", ""), request.actor)
    context = {"form": form, "tab": tab, "back": DEALS.address(_normalised(request.GET))}
    return render(request, "deals/filters.html", context)


def _applied(request: HttpRequest) -> str:
    """The list's address for what was chosen: statuses of one's own are looked for in all deals."""
    asked = request.GET.copy()
    if asked.get("status"):
        asked["show"] = "all"
    chosen = columns_shown(",".join(asked.getlist("columns")), request.actor)
    asked["columns"] = "" if chosen == columns_shown("", request.actor) else ",".join(c.name for c in chosen)
    return _normalised(asked)


@requires(P.DEAL_VIEW)
@require_GET
def counts(request: HttpRequest) -> JsonResponse:
    """How many deals each tab has with these filters, in words, in the tabs' order: asked for after the page."""
    found = listing.counts(wanted_in(request.GET, request.actor), request.actor, now=timezone.now())
    return JsonResponse([_counted(number) for number in found.values()], safe=False)


def _counted(number: int | None) -> str | None:
    if number is not None and number > listing.COUNTED:
        return _("%(number)d+") % {"number": listing.COUNTED}
    return None if number is None else str(number)


@requires(P.DEAL_VIEW)
@require_GET
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    """What the list shows on all its pages, as a file: the columns chosen, or else every one the reader may see."""
    query = _normalised(request.GET)
    try:
        return hand_out(request, Wanted(DEALS.key, query, LIST, Format(format)), now=timezone.now())
    except (SheetFull, TooManyExports) as error:
        messages.error(request, why_no_file(error))
        return redirect(DEALS.address(query))


# ------------------------------------------------------------------------------------------------ the address


def _normalised(asked: QueryDict) -> str:
    """The address's filters as saved views and files know them; too many of them are as good as none."""
    if not asked:
        return ""
    try:
        return DEALS.normalised(asked)
    except QueryTooLong:
        return ""


def _with(asked: QueryDict, **changes: str) -> str:
    """The list's address with something changed, from its first page on."""
    query = asked.copy()
    for name in ("cursor", "view"):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    return DEALS.address(_normalised(query))


def _tabs(request: HttpRequest, shown: listing.Tab) -> list[tuple[Any, str, bool, None]]:
    """Each tab keeps the other filters."""
    asked, base = request.GET, reverse(DEALS.url_name)
    plain = not asked.keys() - {"show"}
    return [
        (tab.label, f"{base}?show={tab.name}" if plain else _with(asked, show=tab.name), tab is shown, None)
        for tab in TABS[request.actor.kind]
    ]


QUICK = ("q", "owner")  # what the list's own form asks for


def _kept(asked: QueryDict) -> list[tuple[str, str]]:
    """What the quick search leaves as it is."""
    return [
        (name, value)
        for name in DEALS.parameters
        if name not in QUICK
        for value in asked.getlist(name)
        if value
    ]


# A filter in force as the page names it, and what takes it out of the address.
CHIPS: dict[str, tuple[str, ...]] = {
    **{
        name: (name,)
        for name in ("q", "status", "stage", "type", "country", "line", "distributor", "partner", "owner")
    },
    "value": ("currency", "value_from", "value_to"),
    **{name: (f"{name}_from", f"{name}_to") for name in ("submitted", "approved", "expires", "close")},
}


def _chips(asked: QueryDict) -> dict[str, str]:
    """For each filter in force, the address without it."""
    return {
        name: _with(asked, **dict.fromkeys(parameters, ""))
        for name, parameters in CHIPS.items()
        if any(asked.get(parameter) for parameter in parameters)
    }


def _names(wanted: listing.Wanted) -> dict[str, str]:
    """What is called by a code in the address, in words; looked up only where there is such a filter."""
    names = {"owner": wanted.owner, "distributor": wanted.distributor, "line": wanted.line}
    found: dict[str, Any] = {
        "owner": Membership.objects.filter(public_id=wanted.owner),
        "distributor": Site.objects.filter(number=wanted.distributor, kind=SiteKind.DISTRIBUTOR),
        "line": ProductLine.objects.filter(code=wanted.line),
    }
    for name, rows in found.items():
        if names[name] and names[name] != "me":
            names[name] = rows.values_list("name", flat=True).first() or names[name]
    return names


# ------------------------------------------------------------------------------------------------ words


@lru_cache(maxsize=16)
def _badges(language: str | None) -> dict[str, Markup]:
    """Each status as the page shows it. `language` is the current one, and here for the cache."""
    return {
        status.value: Markup('<span class="badge badge-{}">{}</span>').format(TONES[status], status.label)
        for status in Status
    }


@lru_cache(maxsize=32)
def _words(language: str | None, choices: type[Status] | type[Stage] | type[DealType]) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}
