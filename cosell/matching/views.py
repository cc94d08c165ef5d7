"""The pages of matching: how it goes, a partner's own figures, and whom the vendor proposes to a customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.access import requires
from identity.once import once
from identity.paging import page
from identity.places import country_name
from identity.privileges import Privilege, why_not

from ..leads import actions
from ..leads.states import Stage
from ..leads.words import TONES
from ..models import Lead, Need, PublishedProfile
from ..states import CompanySize
from ..tags import names_of
from . import example, proposing
from .forms import NeedForm
from .ranking import NEWCOMER, OUTCOMES, POINT, PRIOR, QUICK, SELECTIVITY, SLOW, SPEED, TAG_POINTS, points_of
from .words import Contribution, advice, as_points, duration, figure_contributions

P = Privilege


# ------------------------------------------------------------------------------------------------ how, and one's own


@requires(P.REFERRAL_VIEW, P.PROFILE_EDIT, P.COSELL_DECIDE)
@require_GET
def how(request: HttpRequest) -> HttpResponse:
    """How partners are matched to customers, with an example."""
    return render(request, "matching/how.html", _rule() | {"example": example.rows(), "wish": example.wish()})


def _rule() -> dict[str, Any]:
    """The numbers of the rule, from where they stand."""
    return {
        "tag_points": [(kind.label, points) for kind, points in TAG_POINTS.items()],
        "speed": SPEED, "selectivity": SELECTIVITY, "outcomes": OUTCOMES, "prior": PRIOR,
        "quick": duration(QUICK), "slow": duration(SLOW),
        "newcomer": as_points(points_of([], [], NEWCOMER).total),
    }  # fmt: skip


@requires(P.REFERRAL_VIEW, P.PROFILE_EDIT)
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """What the ranking knows of one's own profiles, and what would raise their places."""
    site_id = request.actor.site_id
    if site_id is None:  # the vendor's people, who are no partner and have no figures
        return redirect("matching:how")
    profiles = PublishedProfile.objects.filter(site_id=site_id).select_related("profile__figures")
    context = {
        "profiles": [_own(profile) for profile in profiles.order_by("country")],
        "refused": why_not(request.actor, P.PROFILE_EDIT),
    }
    return render(request, "matching/figures.html", context)


def _own(profile: PublishedProfile) -> dict[str, Any]:
    had = proposing.figures_of(profile)
    points = points_of([], [], had)
    parts: list[Contribution] = figure_contributions(had, points)
    kept = getattr(profile.profile, "figures", None)
    return {
        "profile": profile,
        "country": country_name(profile.country),
        "tags": names_of(profile.tags),
        "figures": had,
        "parts": [(part, as_points(part.points), part.most // POINT) for part in parts],
        "advice": advice(profile.tags, had, points),
        "reckoned_at": kept and kept.reckoned_at,
    }


# ------------------------------------------------------------------------------------------------ needs


@requires(P.COSELL_DECIDE)
@require_GET
def need_list(request: HttpRequest) -> HttpResponse:
    """Customers for whom the vendor looks for a partner."""
    closed = request.GET.get("show") == "closed"
    found = page(Need.objects.filter(closed_at__isnull=not closed), ("-id",), request)
    leads: dict[int, list[Lead]] = {}
    for lead in Lead.objects.filter(need__in=[need.id for need in found.items]).order_by("id"):
        assert lead.need_id is not None
        leads.setdefault(lead.need_id, []).append(lead)
    context = {
        "needs": [(need, country_name(need.country), leads.get(need.id, [])) for need in found.items],
        "page": found,
        "closed": closed,
        "stages": dict(Stage.choices),
        "tones": TONES,
    }
    return render(request, "matching/needs.html", context)


@requires(P.COSELL_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_need(request: HttpRequest) -> HttpResponse:
    """Enter a customer's need; then on to the partners that fit."""
    form = NeedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        need = actions.enter_need(form.enquiry, by=request.actor, now=timezone.now())
        return redirect("matching:need", need.public_id)
    return render(request, "matching/new_need.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(P.COSELL_DECIDE)
@require_GET
def need_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """A need, the partners that fit, and why."""
    return _need_page(request, get_object_or_404(Need, public_id=public_id))


def _need_page(
    request: HttpRequest, need: Need, *, chosen: Sequence[str] = (), problem: str = "", status: int = 200
) -> HttpResponse:
    anywhere = request.GET.get("where") == "anywhere"
    offered = list(Lead.objects.filter(need=need).order_by("id"))
    asked = {lead.profile_id for lead in offered}
    open_ = need.closed_at is None
    context = {
        "need": need,
        "country": country_name(need.country),
        "size_label": CompanySize(need.customer_size).label if need.customer_size else "",
        "tags": names_of(need.tags),
        "anywhere": anywhere,
        "proposals": [
            (each, country_name(each.profile.country), each.profile.pk in asked,
             [(part, as_points(part.points), as_points(part.most)) for part in each.why])
            for each in (proposing.proposals_for(need, anywhere=anywhere) if open_ else [])
        ],
        "chosen": chosen,
        "offered": offered,
        "stages": dict(Stage.choices),
        "tones": TONES,
        "problem": problem,
    }  # fmt: skip
    return render(request, "matching/need.html", context, status=status)


@requires(P.COSELL_DECIDE)
@require_POST
@once
def offer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Offer the need to the partners that were chosen."""
    need = get_object_or_404(Need, public_id=public_id)
    chosen = request.POST.getlist("profile")[: proposing.MOST]
    profiles = list(PublishedProfile.objects.filter(public_id__in=chosen).order_by("pk"))
    if not profiles:
        text = _("Choose at least one partner: tick the box beside its name.")
        return _need_page(request, need, problem=text, status=422)
    try:
        leads = actions.offer_need(need, profiles, by=request.actor, now=timezone.now())
    except actions.NotPossible as error:
        text = f"{error.refusal.reason} {error.refusal.who}"
        return _need_page(request, get_object_or_404(Need, public_id=public_id), problem=text, status=409)
    except actions.NotPublic:
        text = _("One of the profiles was taken down meanwhile. Choose among those that are shown now.")
        return _need_page(request, need, chosen=chosen, problem=text, status=409)
    told = ngettext(
        "It is offered to %(count)s partner, whose people are told.",
        "It is offered to %(count)s partners, whose people are told.",
        len(leads),
    )
    messages.success(request, told % {"count": len(leads)})
    return redirect("matching:need", public_id)


@requires(P.COSELL_DECIDE)
@require_POST
@once
def close(request: HttpRequest, public_id: str) -> HttpResponse:
    """Look for no partner any more."""
    need = get_object_or_404(Need, public_id=public_id)
    try:
        actions.close_need(need, by=request.actor, now=timezone.now())
    except actions.NotPossible as error:
        text = f"{error.refusal.reason} {error.refusal.who}"
        return _need_page(request, get_object_or_404(Need, public_id=public_id), problem=text, status=409)
    messages.success(request, _("No partner is looked for any more. Those who were asked keep their leads."))
    return redirect("matching:needs")
