"""The pages of deals: the opportunity manager, a deal, and what is done with it. The form is in register.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from markupsafe import Markup

from customers.countries import countries, country_name
from identity.access import requires
from identity.actors import Actor, Kind
from identity.once import once
from identity.paging import page
from identity.privileges import Privilege

from . import actions, queries
from .events import reason_label, timeline
from .forms import (
    CommentForm,
    FilterForm,
    LoseForm,
    RejectForm,
    ReturnForm,
    RevokeForm,
    WithdrawForm,
    WithTextForm,
)
from .models import Deal, VisibleTo
from .possible import deeds_for, demand_deed
from .states import NUMBERED, TONES, WAITING, Stage, Status

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


# ------------------------------------------------------------------------------------------------ one deal


@requires(P.DEAL_VIEW)
@require_GET
def deal_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    return _page(request, get_object_or_404(Deal, public_id=public_id))


def _page(
    request: HttpRequest,
    deal: Deal,
    *,
    status: int = 200,
    bound: tuple[str, forms.Form] | None = None,
    problem: str | Promise = "",
) -> HttpResponse:
    """A deal's page; with the form that was just sent, if it could not be acted on, and why."""
    actor, now = request.actor, timezone.now()
    deeds = deeds_for(deal, actor)
    shown = {name: DOINGS[name].form(auto_id=f"id_{name}_%s") for name in deeds if name in DOINGS}
    if bound is not None:
        shown[bound[0]] = bound[1]
    return render(
        request,
        "deals/deal.html",
        {
            "deal": deal,
            "now": now,
            "status_label": Status(deal.status).label,
            "tone": TONES[Status(deal.status)],
            "next_step": _next_step(deal, actor, now),
            "steps": _progress(deal),
            "country": country_name(deal.customer_country) if deal.customer_country else "",
            "products": queries.products_of(deal),
            "timeline": timeline(queries.events_of(deal)),
            "deeds": deeds,
            "forms": shown,
            "open_form": bound[0] if bound else "",
            "problem": problem,
            "reason": reason_label(deal.outcome_code or deal.decision_code),
            "days_left": (deal.expires_at - now).days if deal.expires_at else None,
            **queries.follow_ups_of(deal),
        },
        status=status,
    )


def _progress(deal: Deal) -> list[tuple[str, str]]:
    """How far the deal has come: draft, submitted, decided, closed."""
    status = Status(deal.status)
    words = [_("Draft"), _("With the vendor"), _("Approved"), _("Closed")]
    if status in NUMBERED and status is not Status.APPROVED:
        place, end = 3, "done" if status is Status.WON else "stopped"
        words[3] = str(status.label)
    elif deal.is_terminal:
        place, end = (2, "stopped") if status is Status.REJECTED or not deal.number else (3, "stopped")
        words[place] = str(status.label)
    elif status is Status.RETURNED:
        place, end = 1, "now"
        words[1] = str(status.label)
    else:
        place = {Status.DRAFT: 0, Status.APPROVED: 2}.get(status, 1)
        end = "now"
        if status in WAITING:
            words[1] = str(status.label)
    states = ["done"] * place + [end] + ["todo"] * (3 - place)
    if end == "stopped":
        return list(zip(words, states, strict=True))[: place + 1]
    return list(zip(words, states, strict=True))


def _next_step(deal: Deal, actor: Actor, now: datetime) -> str:
    """What happens next, in a sentence or two for whoever reads it."""
    own = actor.kind is Kind.RESELLER
    match Status(deal.status):
        case Status.DRAFT:
            return _("Only your site sees this draft. Complete it and register it; then the vendor decides.")
        case Status.SUBMITTED | Status.UNDER_REVIEW if deal.is_overdue(now):
            return _("The promised decision is late. The deal desk sees that too.")
        case Status.SUBMITTED:
            return _("The vendor's deal desk decides next.")
        case Status.UNDER_REVIEW:
            return _("Somebody at the vendor's deal desk is looking at it.")
        case Status.RETURNED if own:
            return _("Change what is asked for and submit it again. It keeps its place.")
        case Status.RETURNED:
            return _("The partner changes what was asked for and submits it again. It keeps its place.")
        case Status.APPROVED if own:
            return _("Quote the number to the vendor and the distributor, and mark the deal as won or lost.")
        case Status.APPROVED:
            return _("The partner quotes the number from now on, and marks the deal as won or lost.")
        case Status.WON:
            return _("The customer bought. Nothing more is to be done.")
        case Status.REJECTED if own:
            return _("This decision is final. Put right what was missing, and register the deal again.")
        case Status.EXPIRED if own:
            return _("The registration ran out. You can register the deal again.")
        case _:
            return _("This registration has come to an end.")


# ------------------------------------------------------------------------------------------------ deeds


@dataclass(frozen=True, slots=True)
class Doing:
    """How a page does something with a deal: its form, the action, and what is said when it is done."""

    act: Callable[..., Any]
    done: str | Promise
    form: type[forms.Form] = forms.Form


DOINGS: dict[str, Doing] = {
    "take": Doing(actions.take_under_review, gettext_lazy("You are reviewing this deal now.")),
    "approve": Doing(
        actions.approve_deal, gettext_lazy("The deal is approved, and the partner is told."), WithTextForm
    ),
    "return": Doing(actions.return_deal, gettext_lazy("The deal is back with the partner."), ReturnForm),
    "reject": Doing(
        actions.reject_deal, gettext_lazy("The deal is rejected, and the partner is told."), RejectForm
    ),
    "revoke": Doing(actions.revoke_deal, gettext_lazy("The registration is revoked."), RevokeForm),
    "withdraw": Doing(actions.withdraw_deal, gettext_lazy("The deal is withdrawn."), WithdrawForm),
    "win": Doing(actions.win_deal, gettext_lazy("Congratulations. The deal is won.")),
    "lose": Doing(actions.lose_deal, gettext_lazy("The deal is marked as lost."), LoseForm),
    "comment": Doing(actions.comment_on_deal, gettext_lazy("Your comment is on the timeline."), CommentForm),
}


def _do(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """Do one deed; every way it can fail shows the deal as it is now, and why."""
    deal = get_object_or_404(Deal, public_id=public_id)
    demand_deed(name, request.actor)
    doing = DOINGS[name]
    form = doing.form(request.POST, auto_id=f"id_{name}_%s")
    if not form.is_valid():
        return _page(request, deal, status=422, bound=(name, form))
    try:
        doing.act(deal, by=request.actor, now=timezone.now(), **_given(name, form, request))
    except actions.DealNotOpen as closed:
        problem = _("This is not possible any more. The deal is now: %(status)s.") % {
            "status": Status(closed.status).label
        }
    except actions.DealChanged:
        problem = _("Somebody changed this deal since you opened it. Here is how it is now; decide again.")
    else:
        messages.success(request, str(doing.done))
        return redirect("deals:detail", public_id)
    deal.refresh_from_db()
    return _page(request, deal, status=409, bound=(name, form), problem=problem)


def _given(name: str, form: forms.Form, request: HttpRequest) -> dict[str, Any]:
    if name == "comment":
        internal = form.cleaned_data["internal"] and request.actor.is_staff
        return {
            "text": form.cleaned_data["text"],
            "visible_to": VisibleTo.STAFF if internal else VisibleTo.ALL,
        }
    return {**form.cleaned_data, "version": seen_version(request)}


def seen_version(request: HttpRequest) -> int | None:
    """The deal's version that the page showed; None when it says none, 0 (never right) when it says nonsense."""
    version = request.POST.get("version", "")
    if not version:
        return None
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0


@requires(P.DEAL_DECIDE)
@require_POST
@once
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    return _do(request, public_id, "take")


@requires(P.DEAL_DECIDE)
@require_POST
@once
def approve(request: HttpRequest, public_id: str) -> HttpResponse:
    return _do(request, public_id, "approve")


@requires(P.DEAL_DECIDE)
@require_POST
@once
def return_(request: HttpRequest, public_id: str) -> HttpResponse:
    return _do(request, public_id, "return")


@requires(P.DEAL_DECIDE)
@require_POST
@once
def reject(request: HttpRequest, public_id: str) -> HttpResponse:
    return _do(request, public_id, "reject")


@requires(P.DEAL_DECIDE)
@require_POST
@once
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    return _do(request, public_id, "revoke")


@requires(P.DEAL_REGISTER)
@require_POST
@once
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    return _do(request, public_id, "withdraw")


@requires(P.DEAL_REGISTER)
@require_POST
@once
def win(request: HttpRequest, public_id: str) -> HttpResponse:
    return _do(request, public_id, "win")


@requires(P.DEAL_REGISTER)
@require_POST
@once
def lose(request: HttpRequest, public_id: str) -> HttpResponse:
    return _do(request, public_id, "lose")


@requires(P.DEAL_REGISTER, P.DEAL_DECIDE)
@require_POST
@once
def comment(request: HttpRequest, public_id: str) -> HttpResponse:
    return _do(request, public_id, "comment")


@requires(P.DEAL_REGISTER)
@require_POST
@once
def again(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a closed deal up again in a new draft, with everything that was in it."""
    previous = get_object_or_404(Deal, public_id=public_id)
    demand_deed("again", request.actor)
    try:
        deal = actions.begin_deal(previous=previous, by=request.actor, now=timezone.now())
    except actions.DealNotOpen:
        return _page(request, previous, status=409, problem=_("This deal is not closed: go on with it here."))
    messages.success(request, _("A new draft, with everything that was in the earlier deal."))
    return redirect(reverse("deals:review", args=[deal.public_id]))
