"""The API's gate: who is calling, may they, how often, and what whoever is refused is told.

Named by settings, so it may import nothing of the framework's views; resources import all of this from
`identity.api`.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import BadRequest, ObjectDoesNotExist, PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import OperationalError, transaction
from django.http import Http404, JsonResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from . import paging
from .access import PrivilegeMissing, demand
from .keys import note_use
from .limits import seconds_left, within
from .privileges import Privilege

log = logging.getLogger(__name__)

ANYONE = ()  # whoever has a key


# -------------------------------------------------------------------------------------------- who is asking


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`. The middleware has found the key's owner already."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        actor = request._request.actor
        request.actor = actor
        if actor.signed_in and actor.key_id is not None:
            note_use(actor.key_id, now=timezone.now())
            return request._request.user, actor.key_id
        if "authorization" in request.headers:
            raise exceptions.AuthenticationFailed(_("This API key is not known, has expired or was revoked."))
        return None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class PrivilegePermission(BasePermission):
    """A viewset says what each action needs: `privileges = {"list": Privilege.DEAL_VIEW, …}`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        actor = request._request.actor
        if not actor.signed_in or actor.key_id is None:
            raise exceptions.NotAuthenticated(_("Send an API key: “Authorization: Bearer …”."))
        if view.action in (None, "metadata"):
            return True  # a method that does not exist here: answered with 405 next
        needed = view.privileges[view.action]
        if needed != ANYONE:
            demand(actor, *((needed,) if isinstance(needed, Privilege) else needed))
        return True


# -------------------------------------------------------------------------------------------- how often


class KeyThrottle(BaseThrottle):
    """`settings.API_CALLS_PER_MINUTE` for each key; none are refused while Redis is away."""

    def allow_request(self, request: Request, view: Any) -> bool:
        now = timezone.now()
        self.seconds_left = seconds_left(now)
        key = request._request.actor.key_id
        return within("api-calls", key, per_minute=settings.API_CALLS_PER_MINUTE, now=now)

    def wait(self) -> float:
        return self.seconds_left


# -------------------------------------------------------------------------------------------- what is sent


class StrictJSONParser(BaseParser):
    """JSON as the RFC has it, in UTF-8, not too deep, without what a database cannot keep."""

    media_type = "application/json"
    deepest = 32

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            found = json.loads(stream.read().decode(), parse_constant=_no_constant)
            _keepable(found, self.deepest)
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError(
                gettext("The body is not valid JSON: %(why)s.") % {"why": str(error)[:200]}
            ) from None
        return found


def _keepable(value: Any, depth: int) -> None:
    """Raises ValueError for NUL characters, lone surrogates, and nesting beyond reason."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("NUL characters are not accepted")
        value.encode()  # a lone surrogate cannot be encoded
    elif isinstance(value, dict | list):
        if not depth:
            raise ValueError("it is nested too deeply")
        for item in [*value, *value.values()] if isinstance(value, dict) else value:
            _keepable(item, depth - 1)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


# -------------------------------------------------------------------------------------------- errors


class Refused(exceptions.APIException):
    """An answer other than success, with a code of its own: `Refused(409, "deal_not_open", _("…"))`.

    With `wait` (seconds) it says when to try again.
    """

    def __init__(
        self,
        status_code: int,
        code: str,
        message: str | Promise,
        *,
        wait: int | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(str(message), code)
        self.status_code = status_code
        self.message = message
        self.wait = wait
        self.details = dict(details or {})


def Conflict(code: str, message: str | Promise, **more: Any) -> Refused:
    """409: it was decided or changed meanwhile, or stands against something that is."""
    return Refused(409, code, message, **more)


def error_body(code: str, message: str | Promise, details: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"code": code, "message": str(message), "details": dict(details or {})}


def api_error(
    status_code: int, code: str, message: str | Promise, details: Mapping[str, Any] | None = None
) -> JsonResponse:
    """The API's error, for code outside of its views (middleware, handlers of unknown addresses)."""
    return JsonResponse(error_body(code, message, details), status=status_code)


CHANGED = Refused(
    412, "changed_meanwhile", _("This was changed after you read it. Read it again and decide anew.")
)

MESSAGES: dict[int, str | Promise] = {
    400: _("The request is malformed."),
    403: _("You may not do this."),
    404: _("There is nothing at this address, or not for you."),
    500: _("Something went wrong on our side. Nothing was changed; please try again."),
    503: _("The portal is busy at the moment. Nothing was changed; please try again."),
}


def error_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every API error as `{code, message, details}`; None lets an unexpected one become a 500."""
    error = _translated(error, getattr(context.get("view"), "answers", {}))
    if not isinstance(error, exceptions.APIException):
        return None
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        failed = isinstance(error, exceptions.AuthenticationFailed)
        headers["WWW-Authenticate"] = challenge + (', error="invalid_token"' if failed else "")
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    return Response(_described(error), status=error.status_code, headers=headers)


def _translated(error: Exception, answers: Mapping[type[Exception], Refused]) -> Exception:
    """What our own and Django's exceptions mean to somebody who calls the API."""
    for kind, answer in answers.items():
        if isinstance(error, kind):
            return answer
    if isinstance(error, Http404 | ObjectDoesNotExist | exceptions.NotFound):
        return Refused(404, "not_found", MESSAGES[404])
    if isinstance(error, PrivilegeMissing):
        reason, who = error.refusal.reason, error.refusal.who
        details = {"reason": str(reason), "who": str(who), "privilege": error.privilege}
        return Refused(403, "permission_denied", reason, details=details)
    if isinstance(error, PermissionDenied):
        return Refused(403, "permission_denied", MESSAGES[403])
    if isinstance(error, paging.BadCursor):
        return Refused(400, "bad_cursor", gettext("The cursor is not one that was given out for this list."))
    if isinstance(error, BadRequest):
        return Refused(400, "bad_request", MESSAGES[400])
    if isinstance(error, DjangoValidationError):
        detail = error.message_dict if hasattr(error, "error_dict") else {"non_field_errors": error.messages}
        return exceptions.ValidationError(detail)
    if isinstance(error, OperationalError):
        log.warning("A request gave way to another: %s", error)
        transaction.set_rollback(True)
        return Refused(503, "busy", MESSAGES[503], wait=1)
    return error


def _described(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, Refused):
        return error_body(str(error.get_codes()), error.message, error.details)
    if isinstance(error, exceptions.ValidationError):
        detail = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        return error_body("invalid", gettext("The request has errors; see the details."), detail)
    return error_body(str(error.get_codes()), str(error.detail))
