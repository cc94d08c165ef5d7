"""Inviting another partner into a deal: finding it among the public business profiles, and asking it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.countries import countries
from identity.access import partners_only, requires
from identity.lists import typed
from identity.once import once
from identity.privileges import Privilege

from ...models import PublishedProfile, Referral
from .. import actions
from ..forms import InviteForm, take
from ..possible import INVITED_ALREADY, why_not_invite
from ..queries import Place, partners_known, places_in
from .deal import deal_page, found, why

FOUND = 20  # profiles shown of those that fit


@requires(Privilege.REFERRAL_WORK)
@partners_only
@require_http_methods(["GET", "HEAD", "POST"])
@once
def invite(request: HttpRequest, public_id: str) -> HttpResponse:
    """Search partners, choose one, say what help is asked for."""
    deal = found(public_id)
    if refused := why_not_invite(deal, request.actor, timezone.now()):
        return deal_page(request, deal, problem=f"{refused.reason} {refused.who}", status=409)
    asked = request.POST if request.method == "POST" else request.GET
    profile = _profile(request, asked.get("partner", ""))
    if profile is None:
        return _search_page(request, deal)
    if request.method != "POST":
        return _ask_page(request, deal, profile, InviteForm(None, places=_places(profile)))
    form = InviteForm(request.POST, places=_places(profile))
    if not form.is_valid():
        return _ask_page(request, deal, profile, form, status=422)
    return _invite(request, deal, profile, form)


def _invite(
    request: HttpRequest, deal: Referral, profile: PublishedProfile, form: InviteForm
) -> HttpResponse:
    try:
        actions.invite_partner(
            deal,
            site=form.place.site,
            location=form.place.location,
            help_type=form.cleaned_data["help_type"],
            notes=form.cleaned_data["notes"],
            by=request.actor,
            now=timezone.now(),
        )
    except actions.BadContent as error:
        take(form, error.errors)
        return _ask_page(request, deal, profile, form, status=422)
    except actions.NotPossible as error:
        return deal_page(request, found(deal.public_id), problem=why(error), status=409)
    text = _("%(partner)s is invited, and told. This page shows how its side stands.")
    messages.success(request, text % {"partner": f"\u2068{profile.name}\u2069"})
    return redirect("referrals:deal", deal.public_id)


def _profile(request: HttpRequest, public_id: str) -> PublishedProfile | None:
    """The public profile of another partner, which says in which places it works."""
    others = PublishedProfile.objects.exclude(site_id=request.actor.site_id)
    return others.filter(public_id=public_id.replace("\0", "")[:12]).first() if public_id else None


def _places(profile: PublishedProfile) -> dict[str, Place]:
    """Where the partner can be asked, by what the form calls each."""
    return {str(number): place for number, place in enumerate(places_in(profile.public_id), 1)}


def _ask_page(
    request: HttpRequest, deal: Referral, profile: PublishedProfile, form: InviteForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "deal": deal,
        "profile": profile,
        "form": form,
        "country": countries().get(profile.country, ""),
    }
    return render(request, "referrals/ask_partner.html", context, status=status)


def _search_page(request: HttpRequest, deal: Referral) -> HttpResponse:
    """Partners by the words of their profile and its country: of all of them the first where nothing is asked for."""
    text = typed(request.GET, most=100)
    country = request.GET.get("country", "")
    profiles = PublishedProfile.objects.exclude(site_id=request.actor.site_id).filter(locations__isnull=False)
    for word in text.split():
        profiles = profiles.filter(words__icontains=word)
    if country in countries():
        profiles = profiles.filter(country=country)
    known = partners_known(deal)
    rows = list(profiles.distinct().order_by("sort_name", "profile_id")[: FOUND + 1])
    context = {
        "deal": deal,
        "profiles": [
            (profile, INVITED_ALREADY if profile.site_id in known else None) for profile in rows[:FOUND]
        ],
        "more": len(rows) > FOUND,
        "text": text,
        "country": country,
        "countries": countries(),
    }
    return render(request, "referrals/invite.html", context)
