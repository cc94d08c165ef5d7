"""Liveness and readiness, answered before anything else so that they cost nothing and need no host name."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse


class HealthMiddleware:
    """`/healthz/live`: the process answers. `/healthz/ready`: the database does too, with the tables in place."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz/live":
            return JsonResponse({"status": "alive"})
        if request.path == "/healthz/ready":
            return ready()
        return self.get_response(request)


def ready() -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('identity_site') IS NOT NULL")
            (migrated,) = cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"status": "waiting", "for": "database"}, status=503)
    if not migrated:
        return JsonResponse({"status": "waiting", "for": "migrations"}, status=503)
    return JsonResponse({"status": "ready"})
