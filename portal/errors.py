"""Error pages: what happened, what to do, and that nothing was lost. Under `/api/` the same as JSON."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from identity.access import PrivilegeMissing
from identity.gate import MESSAGES, api_error
from identity.middleware import API_PREFIX
from identity.models import Membership
from identity.privileges import ROLE_FOR, STAFF_ONLY
from identity.queries import account_managers

from .request_id import current


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith(API_PREFIX)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return api_error(400, "bad_request", MESSAGES[400], {"reason": str(exception)})
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with the rule that failed and, for a site's people, the names of those who can grant it (C1)."""
    if is_api(request):
        return api_error(403, "permission_denied", MESSAGES[403])
    refusal = exception.refusal if isinstance(exception, PrivilegeMissing) else None
    asks = isinstance(exception, PrivilegeMissing) and exception.privilege in ROLE_FOR
    context = {
        "refusal": refusal,
        "managers": _who_can_grant(request, exception),
        "cosell": asks and request.actor.is_partner,  # there is a page on which one asks for a role
    }
    return render(request, "errors/403.html", context, status=403)


def _who_can_grant(request: HttpRequest, exception: Exception) -> list[Membership]:
    """The contacts of the site; nobody of theirs can grant what belongs to the vendor's people."""
    if not isinstance(exception, PrivilegeMissing) or exception.privilege in STAFF_ONLY:
        return []
    return account_managers(request.actor)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return api_error(404, "not_found", MESSAGES[404])
    return render(request, "errors/404.html", status=404)


def method_not_allowed(request: HttpRequest, bare: HttpResponse) -> HttpResponse:
    """A page instead of nothing. `Allow` says what is possible."""
    if is_api(request):
        response: HttpResponse = api_error(
            405, "method_not_allowed", _("This cannot be done at this address.")
        )
    else:
        response = render(request, "errors/405.html", status=405)
    response.headers["Allow"] = bare.headers["Allow"]
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if is_api(request):
        message = _("The body may have up to %(limit)s bytes.") % {"limit": limit}
        return api_error(413, "too_large", message, {"limit": limit})
    return render(request, "errors/413.html", status=413)


def server_error(request: HttpRequest) -> HttpResponse:
    if is_api(request):
        return api_error(500, "server_error", MESSAGES[500], {"request_id": current.get()})
    return render(request, "errors/500.html", {"request_id": current.get()}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open for long, or in another tab while signing in again. What was typed is kept by
    the form.
    """
    return render(request, "errors/csrf.html", status=403)
