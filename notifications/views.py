from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.access import partners_only, signed_in
from identity.actions import switch_site
from identity.models import User
from identity.once import once
from identity.paging import page
from identity.queries import OwnSite, sites_of
from identity.views import safe_next

from . import actions, queries
from . import preferences as choices
from .forms import AddressForm, PreferencesForm

PER_PAGE = 25


@signed_in
@require_GET
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """What the reader was told, the newest first."""
    unread_only = request.GET.get("show") == "unread"
    found = page(queries.inbox(unread_only=unread_only), ("-id",), request, size=PER_PAGE)
    return render(
        request,
        "notifications/inbox.html",
        {"items": [queries.shown(item) for item in found.items], "page": found, "unread_only": unread_only},
    )


@signed_in
@require_GET
@never_cache
def open_item(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mark a notice read and go to what it is about. Of another of one's own sites: offer to switch."""
    item = actions.mark_read(public_id, by=request.actor, now=timezone.now())
    if item is not None:
        return redirect(item.href or "notifications:inbox")
    membership = queries.found_at_another_site(public_id, request.actor)
    if membership is None:
        raise Http404
    site = _site_of(request, membership.public_id)
    return render(request, "notifications/other_site.html", {"public_id": public_id, "site": site})


def _site_of(request: HttpRequest, membership: str) -> OwnSite:
    return next(site for site in sites_of(request.actor) if site.membership == membership)


@partners_only
@require_POST
def switch(request: HttpRequest, public_id: str) -> HttpResponse:
    """Work for the site that a notice is about, and open it there."""
    membership = queries.found_at_another_site(public_id, request.actor)
    if membership is None:
        raise Http404
    switch_site(membership.public_id, by=request.actor, now=timezone.now())
    return redirect("notifications:open", public_id)


@signed_in
@require_POST
def read_one(request: HttpRequest, public_id: str) -> HttpResponse:
    if actions.mark_read(public_id, by=request.actor, now=timezone.now()) is None:
        raise Http404
    return _back(request)


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    count = actions.mark_all_read(by=request.actor, now=timezone.now())
    done = ngettext("%(num)s notice was marked as read.", "%(num)s notices were marked as read.", count)
    messages.success(request, done % {"num": count})
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    target = safe_next(request)
    return redirect(target if target != "/" else "notifications:inbox")


# ------------------------------------------------------------------------------------------------ preferences


@signed_in
@require_http_methods(["GET", "POST"])
@once
def preferences(request: HttpRequest) -> HttpResponse:
    """When to be mailed of what, and where."""
    form = _form(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        choices.choose(form.cleaned_data, by=request.actor)
        messages.success(request, _("Your choices are saved."))
        return redirect("notifications:preferences")
    return _page(request, form, AddressForm(initial={"email": _user(request).preferred_email}))


@signed_in
@require_POST
@once
def address(request: HttpRequest) -> HttpResponse:
    """Ask for notifications to go elsewhere, or back to the address one signs in with."""
    form = AddressForm(request.POST)
    if form.is_valid() and _change(request, form):
        return redirect("notifications:preferences")
    return _page(request, _form(request, None), form)


def _change(request: HttpRequest, form: AddressForm) -> bool:
    """Whether what was asked for is under way; otherwise the form says why not."""
    wanted, user, now = form.cleaned_data["email"], _user(request), timezone.now()
    if wanted in (user.preferred_email, user.email if not user.preferred_email else None):
        messages.info(request, _("Your notifications go there already."))
    elif wanted in ("", user.email):
        choices.remove_address(by=request.actor, now=now)
        messages.success(request, _("Your notifications go to the address you sign in with again."))
    else:
        try:
            choices.propose_address(wanted, by=request.actor, now=now)
        except choices.TooManyLinks:
            form.add_error("email", _("Several links were sent in the last hour. Try again later."))
            return False
        messages.success(request, _("Open the link that we sent to %(address)s.") % {"address": wanted})
    return True


@signed_in
@require_http_methods(["GET", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail. Opening it shows what it does; a button does it, so that no mail scanner can."""
    try:
        if request.method == "POST":
            choices.confirm_address(token, by=request.actor, now=timezone.now())
            messages.success(request, _("Your notifications go to this address from now on."))
            return redirect("notifications:preferences")
        found = choices.address_in(token, by=request.actor)
    except choices.LinkNotValid:
        return render(request, "notifications/confirm_address.html", {"address": None}, status=404)
    return render(request, "notifications/confirm_address.html", {"address": found})


def _user(request: HttpRequest) -> User:
    return User.objects.get(id=request.actor.user_id)


def _form(request: HttpRequest, data: object) -> PreferencesForm:
    return PreferencesForm(choices.groups_for(request.actor), choices.choices_of(request.actor), data)


def _page(request: HttpRequest, form: PreferencesForm, address_form: AddressForm) -> HttpResponse:
    user = _user(request)
    context = {
        "groups": choices.groups_for(request.actor),
        "always": choices.ALWAYS,
        "form": form,
        "address_form": address_form,
        "in_use": user.preferred_email or user.email,
        "is_own": not user.preferred_email,
    }
    return render(request, "notifications/preferences.html", context)
