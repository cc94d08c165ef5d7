"""Error pages: what happened, what to do, and that nothing was lost."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from identity.access import PrivilegeMissing
from identity.queries import account_managers


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with the rule that failed and, for a site's people, the names of those who can grant it (C1)."""
    refusal = exception.refusal if isinstance(exception, PrivilegeMissing) else None
    context = {"refusal": refusal, "managers": account_managers(request.actor) if refusal else []}
    return render(request, "errors/403.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open for long, or in another tab while signing in again. What was typed is kept by the form."""
    return render(request, "errors/csrf.html", status=403)
