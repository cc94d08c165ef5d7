"""The profile, one's sessions, the page that asks for a second factor, and help."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.access import open_to_all, signed_in
from identity.models import Membership, Site, User
from identity.once import once
from identity.queries import sites_of
from identity.site_facts import facts_of

from .. import actions, queries, rules, second_factor
from ..forms import CareForm, ProfileForm

QUESTIONS_AN_HOUR = 5


@signed_in
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """One's details, sites, requests and sessions."""
    by = request.actor
    user = User.objects.get(id=by.user_id)
    initial = {"name": user.name, "language": user.language, "time_zone": user.time_zone}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.update_profile(**form.cleaned_data, by=by, now=timezone.now())
        with override(form.cleaned_data["language"] or None):
            messages.success(request, _("Your details are saved."))
        return redirect("accounts:profile")
    context = {
        "form": form,
        "own_sites": sites_of(by),
        "facts": facts_of(Site.objects.get(id=by.site_id), by) if by.site_id is not None else [],
        "leave_refusal": rules.why_not_leave(by),
        "requests": list(queries.my_requests(by)[:10]),
        "sessions": [session for _key, session in queries.sessions_of(by, request.session.session_key)],
        "needs_second_factor": second_factor.is_required(by),
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give up one's place at one of one's sites."""
    try:
        actions.leave_site(public_id, by=request.actor, now=timezone.now())
    except Membership.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("You left the site."))
    return redirect("accounts:profile")


@signed_in
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out one other browser, or all the others."""
    by, here = request.actor, request.session.session_key
    handle = request.POST.get("session", "")
    only = None
    if handle:
        keys = {session.handle: key for key, session in queries.sessions_of(by, here) if not session.current}
        if handle not in keys:
            raise Http404
        only = keys[handle]
    actions.end_sessions(keep=here, only=only, by=by, now=timezone.now())
    messages.success(
        request, _("You are signed out there.") if only else _("You are signed out everywhere else.")
    )
    return redirect("accounts:profile")


@signed_in
@require_GET
def second_factor_needed(request: HttpRequest) -> HttpResponse:
    """Why nothing else works yet, and how to go on."""
    if not second_factor.is_missing(request.actor):
        return redirect("home")
    return render(request, "accounts/second_factor.html", {})


@open_to_all
@require_http_methods(["GET", "POST"])
@once
def help(request: HttpRequest) -> HttpResponse:
    """Customer care one click away, with what they promise (A11); also for whoever cannot sign in."""
    by = request.actor
    form = CareForm(request.POST or None, initial={"name": by.name, "email": by.email})
    if request.method == "POST" and form.is_valid():
        if not _may_ask(request):
            return render(request, "errors/429.html", status=429)
        actions.ask_care(**form.cleaned_data, by=by)
        messages.success(request, _("Your question is on its way. We answer by e-mail."))
        return redirect("help")
    context = {"form": form, "care": settings.CUSTOMER_CARE}
    return render(request, "accounts/help.html", context, status=422 if form.errors else 200)


def _may_ask(request: HttpRequest) -> bool:
    """A few questions an hour: from one person, or from one address for whoever is not signed in."""
    who: Any = request.actor.user_id or get_adapter(request).get_client_ip(request)
    key = f"care:{who}"
    cache.add(key, 0, timeout=3600)
    try:
        return cache.incr(key) <= QUESTIONS_AN_HOUR
    except ValueError:  # it expired just now
        return True
