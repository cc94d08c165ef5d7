"""The ground every API resource stands on: keys, privileges and errors."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from .access import PrivilegeMissing, demand


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`. The middleware has found the key's owner already."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        actor = request._request.actor
        request.actor = actor
        if not actor.signed_in or actor.key_id is None:
            return None
        return request._request.user, actor.key_id

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class PrivilegePermission(BasePermission):
    """A viewset says what each action needs: `privileges = {"list": Privilege.DEAL_VIEW, …}`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request._request.actor.signed_in or request._request.actor.key_id is None:
            raise exceptions.NotAuthenticated
        needed = view.privileges.get(view.action) if view.action else None
        if needed is not None:
            demand(request._request.actor, needed)
        return True


def error_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every API error as `{code, message, details}`; None lets an unexpected one be logged as a 500."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    details: Any = {}
    if isinstance(error, PrivilegeMissing):
        details = {
            "reason": str(error.refusal.reason),
            "who": str(error.refusal.who),
            "privilege": error.privilege,
        }
        error = exceptions.PermissionDenied(str(error.refusal.reason))
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    message = error.detail if isinstance(error.detail, str) else _("The request has errors; see the details.")
    if isinstance(error, exceptions.ValidationError):
        details = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))
    body = {"code": error.default_code, "message": str(message), "details": details}
    return Response(body, status=error.status_code, headers=headers)
