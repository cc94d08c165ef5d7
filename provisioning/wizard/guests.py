"""Who holds a link: let in by it alone, as a guest who sees one line, signed in or not.

No cookie lets anybody in here, so there is nothing that another site could make a browser send: whoever does not know
the secret cannot forge it. So these views are without a seal against that, which `Referrer-Policy: no-referrer` would
break as well (a browser then hides where a form comes from).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from identity import tenancy
from identity.access import open_to_all
from identity.actors import Actor
from notifications.clock import zone

from ..links import Opened, opened
from ..models import LineStatus, SetupLine

#: The address is a secret: it goes nowhere, is not kept, and is not found.
HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}

#: A line with one of these has come to an end for its links.
ENDED = {LineStatus.CLOSED: "closed", LineStatus.CANCELLED: "cancelled"}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request by a link: the line it is about, and who holds it."""

    secret: str
    link: Opened
    line: SetupLine
    by: Actor
    now: datetime

    def url(self, name: str, **query: str) -> str:
        path = reverse(f"setup:{name}", args=[self.secret])
        return f"{path}?{urlencode(query)}" if query else path


View = Callable[[HttpRequest, Visit], HttpResponse]


def by_link(view: View) -> Callable[..., HttpResponse]:
    """View decorator: the secret in the address opens one line, and the view works as its guest.

    A secret that nobody was given is answered as any address that does not exist; one that is over, or whose line has
    come to an end, by a page that says so and names nobody.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    def answered(request: HttpRequest, secret: str, **kwargs: Any) -> HttpResponse:
        link = opened(secret)
        if link is None:
            return render(request, "errors/404.html", status=404)
        return _as_guest(request, secret, link, lambda r, visit: view(r, visit, **kwargs))

    @csrf_exempt
    @open_to_all
    @wraps(view)
    def wrapped(request: HttpRequest, secret: str, **kwargs: Any) -> HttpResponse:
        response = answered(request, secret, **kwargs)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return wrapped


def _as_guest(request: HttpRequest, secret: str, link: Opened, view: View) -> HttpResponse:
    """What the view answers to a guest; afterwards the request is again whose it was."""
    language = language_of(request, link)
    guest = Actor.guest(
        link.line_id, site_id=link.site_id, name=link.sent_to, language=language, time_zone=link.time_zone
    )
    before = request.actor
    try:
        request.actor = guest
        with (
            translation.override(language),
            timezone.override(zone(link.time_zone)),
            tenancy.scope(guest),
        ):
            response = _answer(request, secret, link, view)
        response.headers["Content-Language"] = language
        if "language" in request.POST:
            remember(response, language)
        return response
    finally:
        request.actor = before


def _answer(request: HttpRequest, secret: str, link: Opened, view: View) -> HttpResponse:
    now = timezone.now()
    line = SetupLine.objects.get(id=link.line_id)
    if line.status in ENDED:  # which ended its links: no newer one was sent
        return over(request, ENDED[LineStatus(line.status)])
    if not link.is_open(now):
        return over(request, "revoked" if link.revoked_at else "expired")
    return view(request, Visit(secret, link, line, request.actor, now))


def over(request: HttpRequest, why: str, progress: str = "") -> HttpResponse:
    """410: why a link leads no further, and how to go on. `progress` is the address of what came of it."""
    context = {"why": why, "progress": progress, "care": settings.CUSTOMER_CARE}
    return render(request, "setup/over.html", context, status=410)


# -- the language


def language_of(request: HttpRequest, link: Opened) -> str:
    """The one just chosen, else the one chosen before in this browser, else that of the mail."""
    wanted = request.POST.get("language", "") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    known = dict(settings.LANGUAGES)
    return next((code for code in (wanted, link.language) if code in known), settings.LANGUAGE_CODE)


def remember(response: HttpResponse, language: str) -> None:
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, samesite="Lax")
