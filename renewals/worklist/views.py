"""The worklist as a page: what can still be renewed, in the order in which it is due."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.contrib import messages
from django.db import connection
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from markupsafe import Markup

from identity.access import requires
from identity.actors import Actor
from identity.models import Membership, MembershipStatus
from identity.paging import page
from identity.places import countries
from identity.privileges import Privilege
from reports import words
from reports.downloads import Wanted as WantedFile
from reports.downloads import hand_out
from reports.exports import TooManyExports, why_no_file
from reports.files import Format, SheetFull
from reports.listings import QueryTooLong
from reports.patience import TooSlow
from reports.queries import views_of
from reports.sources import LIST

from .. import quoting
from ..models import LostReason, RenewalKind, RenewalStatus
from . import listing
from .forms import FilterForm, wanted_in
from .listing import EVERYTHING, ORDER, RENEWALS, ROW, TABS, narrowed, tabs_for, view_named
from .outlook import Said, said_of
from .totals import picture_of, totals_of

P = Privilege
TONES: dict[str, str] = {
    RenewalStatus.DRAFT: "neutral",
    RenewalStatus.OPEN: "info",
    RenewalStatus.REVISED: "info",
    RenewalStatus.ORDERED_IN_PART: "accent",
    RenewalStatus.ORDERED: "good",
    RenewalStatus.AUTO_RENEWED: "good",
    RenewalStatus.SUPERSEDED: "neutral",
    RenewalStatus.EXPIRED: "warn",
    RenewalStatus.LAPSED: "bad",
    RenewalStatus.CLOSED: "neutral",
}
EMPTY: dict[str, tuple[str | Promise, str | Promise]] = {
    "180": (gettext_lazy("Nothing is due"), gettext_lazy("What is due in the next 180 days appears here.")),
    "overdue": (gettext_lazy("Nothing is overdue"), gettext_lazy("Everything was renewed in time.")),
    "snoozed": (
        gettext_lazy("Nothing is put off"),
        gettext_lazy("What you put off waits here until its day."),
    ),
    "lost": (gettext_lazy("Nothing is lost"), gettext_lazy("What you mark as lost is kept here.")),
}


@requires(P.RENEWAL_VIEW)
@require_GET
def renewal_list(request: HttpRequest) -> HttpResponse:
    """What can still be renewed. One query for the rows, which stay plain tuples, and one for the saved views."""
    views = views_of(RENEWALS, request.actor)
    if not request.GET and (default := next((view for view in views if view.is_default), None)):
        return redirect(default.address)
    return list_page(request, views)


def list_page(
    request: HttpRequest,
    views: Any = None,
    *,
    status: int = 200,
    problem: str | Promise = "",
    selected: frozenset[str] = frozenset(),
) -> HttpResponse:
    """The list as its address says. `problem` is what stands against doing something with the `selected` items."""
    actor, asked, today = request.actor, request.GET, timezone.localdate()
    view, wanted = view_named(asked.get("show", ""), actor), wanted_in(asked, actor)
    found = page(narrowed(listing.rows_in(view, actor, today=today), wanted, actor), ORDER, request)
    context = {
        "today": today,
        "shown_view": view,
        "tabs": tabs_shown(asked, view, actor),
        "wanted": wanted,
        "filtered": wanted != EVERYTHING or view not in TABS,
        "query": normalised(asked),
        "views": views_of(RENEWALS, actor) if views is None else views,
        "view": asked.get("view", ""),
        "kept": [
            (name, value)
            for name in RENEWALS.parameters
            if name != "q"
            for value in asked.getlist(name)
            if value
        ],
        "rows": rows_shown(found.items, today),
        "page": found,
        "badges": badges(get_language()),
        "kinds": labels(RenewalKind, get_language()),
        "lost_reasons": labels(LostReason, get_language()),
        "countries": countries(),
        "problem": problem,
        "selected": selected,
        "quote_refusal": quoting.refusal(actor),
        "colleagues": _colleagues(actor) if actor.may(P.RENEWAL_WORK) else [],
    }
    if context["filtered"]:
        context |= {"chips": chips(asked, view), "names": _names(wanted.assigned)}
    if not found.items:
        context["empty_title"], context["empty_text"] = EMPTY.get(view.name, EMPTY["180"])
    return render(request, "renewals/list.html", context, status=status)


# In plain SQL, since the page is opened all day and building this query costs more than running it.
COLLEAGUES = """
    SELECT public_id, name FROM identity_membership
    WHERE site_id = %s AND status = %s AND id <> %s ORDER BY name, id
"""


def _colleagues(actor: Actor) -> list[tuple[str, str]]:
    """Whom the selected may be assigned to besides oneself: public id and name."""
    with connection.cursor() as cursor:
        cursor.execute(COLLEAGUES, [actor.site_id, MembershipStatus.ACTIVE.value, actor.membership_id])
        return cursor.fetchall()


def rows_shown(found: list[Any], today: date) -> list[tuple[Said, Any]]:
    """Each row with what happens if nobody does anything."""
    kind, end, auto, language = (
        ROW.index("kind"),
        ROW.index("current_end"),
        ROW.index("auto_renew"),
        get_language(),
    )
    return [(_said(language, row[kind], row[end], row[auto], today), row) for row in found]


@lru_cache(maxsize=8192)
def _said(language: str | None, kind: str, end: date, auto_renew: bool, today: date) -> Said:
    """Kept, since many items have it in common. `language` is the current one, and here for the cache."""
    return said_of(kind, end, today, auto_renew=auto_renew)


@requires(P.RENEWAL_VIEW)
@require_GET
def totals(request: HttpRequest) -> HttpResponse:
    """What all items that fit come to, and how much of it falls into each month: asked for after the page."""
    actor, today, asked = request.actor, timezone.localdate(), request.GET
    view, wanted = view_named(asked.get("show", ""), actor), wanted_in(asked, actor)
    context: dict[str, Any] = {
        "totals": None,
        "folded": "folded" in asked,
        "back": RENEWALS.address(normalised(asked)),
    }
    try:
        found = totals_of(narrowed(listing.items_in(view, actor, today=today), wanted, actor), today=today)
        context |= {
            "totals": found,
            "buckets": [
                (each.label, total, with_changed(asked, show=each.name)) for each, total in found.buckets
            ],
            "months": [
                (words.month(first), total, _of_month(asked, view, first, today))
                for first, total in found.months.items()
            ],
            "pictures": [
                (_("Value due by month, in %(currency)s") % {"currency": currency}, picture)
                for currency in found.currencies
                if (picture := picture_of(found, currency)) is not None
            ],
        }
    except TooSlow:
        pass  # the page says so
    return render(request, "renewals/totals.html", context)


def _of_month(asked: QueryDict, view: listing.View, month: date, today: date) -> str:
    """Where just the items of one of a view's months are."""
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    first_of_view, last_of_view = listing.days_of(view, today)
    due_from = max(filter(None, (month, first_of_view, _day(asked, "due_from"))))
    due_to = min(filter(None, (last, last_of_view, _day(asked, "due_to"))))
    return with_changed(asked, due_from=due_from.isoformat(), due_to=due_to.isoformat())


def _day(asked: QueryDict, name: str) -> date | None:
    try:
        return date.fromisoformat(asked.get(name, ""))
    except ValueError:
        return None


@requires(P.RENEWAL_VIEW)
@require_GET
def filters(request: HttpRequest) -> HttpResponse:
    """All filters to choose from; then back to the list with them."""
    if "apply" in request.GET:
        return redirect(RENEWALS.address(normalised(request.GET)))
    form = FilterForm(request.GET, actor=request.actor).with_choices()
    form.is_valid()
    view = view_named(request.GET.get("show", ""), request.actor)
    context = {"form": form, "shown_view": view, "back": RENEWALS.address(normalised(request.GET))}
    return render(request, "renewals/filters.html", context)


@requires(P.RENEWAL_VIEW)
@require_GET
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    """What the list shows on all its pages, as a file."""
    query = normalised(request.GET)
    try:
        return hand_out(request, WantedFile(RENEWALS.key, query, LIST, Format(format)), now=timezone.now())
    except (SheetFull, TooManyExports) as error:
        messages.error(request, why_no_file(error))
        return redirect(RENEWALS.address(query))


# ------------------------------------------------------------------------------------------------ the address


def normalised(asked: QueryDict) -> str:
    """The address's filters as saved views and files know them; too many of them are as good as none."""
    try:
        return RENEWALS.normalised(asked) if asked else ""
    except QueryTooLong:
        return ""


def tabs_shown(asked: QueryDict, view: listing.View, actor: Actor) -> list[tuple[Any, str, bool, None]]:
    """Each tab with its address, which keeps what is asked besides."""
    query = asked.copy()
    for name in ("cursor", "view", "show"):
        query.pop(name, None)
    rest = normalised(query)
    kept = f"&{rest}" if rest else ""
    base = RENEWALS.address("")
    return [(each.label, f"{base}?show={each.name}{kept}", each is view, None) for each in tabs_for(actor)]


def with_changed(asked: QueryDict, **changes: str) -> str:
    """The list's address with something changed, from its first page on."""
    query = asked.copy()
    for name in ("cursor", "view"):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    return RENEWALS.address(normalised(query))


# A filter in force as the page names it, and what takes it out of the address.
CHIPS: dict[str, tuple[str, ...]] = {
    **{
        name: (name,)
        for name in (
            "q",
            "agreement",
            "customer",
            "site",
            "quote",
            "kind",
            "currency",
            "auto",
            "assigned",
            "partner",
        )
    },
    "due": ("due_from", "due_to"),
}


def chips(asked: QueryDict, view: listing.View) -> dict[str, str]:
    """For each filter in force, the address without it."""
    found = {
        name: with_changed(asked, **dict.fromkeys(parameters, ""))
        for name, parameters in CHIPS.items()
        if any(asked.get(parameter) for parameter in parameters)
    }
    return found if view in TABS else {"show": with_changed(asked, show=""), **found}


def _names(assigned: str) -> dict[str, str]:
    """What is called by a code in the address, in words; looked up only where there is such a filter."""
    if assigned in ("", "me", "nobody"):
        return {"assigned": {"": "", "me": _("Me"), "nobody": _("Nobody")}[assigned]}
    found = Membership.objects.filter(public_id=assigned).values_list("name", flat=True).first()
    return {"assigned": found or assigned}


# ------------------------------------------------------------------------------------------------ words


@lru_cache(maxsize=32)
def labels(choices: type[TextChoices], language: str | None) -> dict[str, str]:
    """What each value is called. `language` is the current one, and here for the cache."""
    return {value: str(label) for value, label in choices.choices}


@lru_cache(maxsize=16)
def badges(language: str | None) -> dict[str, Markup]:
    """Each status as the page shows it. `language` is the current one, and here for the cache."""
    return {
        status.value: Markup('<span class="badge badge-{}">{}</span>').format(TONES[status], status.label)
        for status in RenewalStatus
    }
