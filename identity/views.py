from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from . import actions
from .access import open_to_all, partners_only


@open_to_all
@require_GET
@never_cache
def session_state(request: HttpRequest) -> HttpResponse:
    """Asked by a form before it is sent: is somebody still signed in? Gives a fresh form token if so."""
    if not request.actor.signed_in:
        return JsonResponse({"signed_in": False}, status=401)
    own = request.user.public_id  # type: ignore[union-attr]
    return JsonResponse({"signed_in": True, "user": own, "csrf_token": get_token(request)})


@partners_only
@require_POST
def switch_site(request: HttpRequest) -> HttpResponse:
    try:
        actions.switch_site(request.POST.get("membership", ""), by=request.actor, now=timezone.now())
    except actions.NotYourSite:
        raise Http404 from None
    return HttpResponseRedirect("/")


@open_to_all
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    try:
        actions.choose_language(language, by=request.actor)
    except actions.UnknownLanguage:
        return HttpResponseRedirect("/")
    response = HttpResponseRedirect(safe_next(request))
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, samesite="Lax")
    return response


def safe_next(request: HttpRequest, otherwise: str = "/") -> str:
    """The page to go back to, when it is one of ours."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    # Without a slash at its beginning, `redirect` would take it for the name of an address.
    return target if safe and target.startswith("/") else otherwise
