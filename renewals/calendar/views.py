"""The page on which one gets a calendar's address, and the calendar itself."""

from __future__ import annotations

from hashlib import sha256

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from identity import tenancy
from identity.access import open_to_all, requires
from identity.actors import Actor
from identity.limits import seconds_left, within
from identity.middleware import digest
from identity.once import once
from identity.privileges import Privilege
from notifications.clock import zone

from ..models import CalendarFeed
from ..work.actions import NotAPartner
from . import actions
from .events import events_of
from .ics import calendar

P = Privilege
# A new address travels to the next page in the browser's own hands; the server keeps it nowhere.
SECRET_COOKIE = "portway_new_calendar"
SECRET_SECONDS = 300


class FeedForm(forms.Form):
    """What goes into the calendar. A calendar is often shared, and its address with it: names only if asked for."""

    with_names = forms.BooleanField(label=gettext_lazy("With the names of customers"), required=False)
    only_mine = forms.BooleanField(label=gettext_lazy("Only what is assigned to me"), required=False)


@requires(P.RENEWAL_VIEW)
@require_GET
def subscribe(request: HttpRequest) -> HttpResponse:
    """How to have what is due in one's own calendar."""
    return _page(request, FeedForm())


def _page(request: HttpRequest, form: FeedForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "feed": actions.feed_of(request.actor) if request.actor.is_partner else None}
    return render(request, "renewals/calendar.html", context, status=status)


@requires(P.RENEWAL_VIEW)
@require_POST
@once
def make(request: HttpRequest) -> HttpResponse:
    """A new address; the one before ends."""
    form = FeedForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        _feed, secret = actions.make_feed(
            with_names=form.cleaned_data["with_names"],
            only_mine=form.cleaned_data["only_mine"],
            language=translation.get_language() or "",
            by=request.actor,
            now=timezone.now(),
        )
    except NotAPartner:
        return _for_partners_only(request)
    response = redirect("renewals:calendar_made")
    response.set_cookie(
        SECRET_COOKIE,
        secret,
        max_age=SECRET_SECONDS,
        path=response.url,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


@requires(P.RENEWAL_VIEW)
@require_GET
@never_cache
def made(request: HttpRequest) -> HttpResponse:
    """The new address, once, and what to do with it."""
    feed = actions.feed_of(request.actor) if request.actor.is_partner else None
    secret = request.COOKIES.get(SECRET_COOKIE, "")
    if feed is None or not constant_time_compare(digest(secret), feed.digest):
        secret = ""
    address = request.build_absolute_uri(reverse("renewals:calendar_feed", args=[secret])) if secret else ""
    context = {
        "feed": feed,
        "address": address,
        "webcal": f"webcal:{address.partition(':')[2]}" if address else "",
    }
    response = render(request, "renewals/calendar_made.html", context)
    response.delete_cookie(SECRET_COOKIE, path=request.path, samesite="Strict")
    return response


@requires(P.RENEWAL_VIEW)
@require_POST
@once
def end(request: HttpRequest) -> HttpResponse:
    """End one's address: whatever program fetches it gets nothing any more."""
    try:
        ended = actions.end_feed(by=request.actor, now=timezone.now())
    except NotAPartner:
        return _for_partners_only(request)
    if ended:
        messages.success(request, _("The address does not work any more."))
    return redirect("renewals:calendar")


def _for_partners_only(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("Calendars are for the people of a partner's site."))
    return redirect("renewals:calendar")


@open_to_all
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The calendar at a private address. Without a session: the address says who fetches, with what rights they have
    now. One that is unknown, was ended, or whose owner may not see renewals any more is the same 404.
    """
    now, held = timezone.now(), digest(secret)
    if not within("calendar", held, per_minute=settings.CALENDAR_FETCHES_PER_MINUTE, now=now):
        return HttpResponse(
            status=429, headers={"Retry-After": str(seconds_left(now))}, content_type="text/plain"
        )
    reader = actions.whose(held)
    if reader is None:
        # For a program, which reads no page; and no page that would say the address again.
        return HttpResponse(
            _("There is no calendar here."), status=404, content_type="text/plain; charset=utf-8"
        )
    with tenancy.scope(reader):
        found = CalendarFeed.objects.get(digest=held)
        body = _written(found, reader, request)
        actions.note_fetch(found, now=now)
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": 'inline; filename="renewals.ics"',
        "X-Robots-Tag": "noindex",
    }
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)
    return get_conditional_response(request, etag=etag, response=response) or response


def _written(found: CalendarFeed, reader: Actor, request: HttpRequest) -> bytes:
    """The calendar in its owner's language; as of the beginning of the hour, so that nothing new is nothing new."""
    language = found.language or reader.language or settings.LANGUAGE_CODE
    host = f"{request.scheme}://{request.get_host()}"
    now = timezone.now()
    with translation.override(language), timezone.override(zone(reader.time_zone)):
        events = list(events_of(found, reader, today=timezone.localdate(now), host=host))
        name = _("Renewals of %(site)s") % {"site": reader.site_name} if found.with_names else _("Renewals")
        return calendar(name, events, stamp=now.replace(hour=0, minute=0, second=0, microsecond=0))
