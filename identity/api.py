"""The ground every API resource stands on: keys, privileges, errors, pages of lists, retries and entity tags.

An app writes its resource like this, and registers it in `portal/api.py`:

    class DealViewSet(ResourceViewSet):
        privileges = {"list": P.DEAL_VIEW, "retrieve": P.DEAL_VIEW, "create": P.DEAL_REGISTER, "withdraw": P.DEAL_REGISTER}
        ordering = ("-updated_at", "-id")              # what `page_of` goes by; ends in something unique
        answers = {DealNotOpen: Conflict("deal_not_open", _("This deal was decided meanwhile."))}

        def list(self, request):                        # keyset pages: {"results": […], "next": …, "previous": …}
            return self.page_of(Deal.objects.all(), DealOut)

        def retrieve(self, request, public_id):         # ETag from `deal.version`; If-None-Match gives 304
            return self.one(self.found(Deal.objects.all(), public_id), DealOut)

        def create(self, request):
            data = self.valid(DealIn)                   # 400 with the field errors otherwise
            deal = register_deal(**data, by=self.actor, now=self.now)
            return self.one(deal, DealOut, status=201, at=("api-deal-detail", deal.public_id))

        def partial_update(self, request, public_id):
            deal = self.found(Deal.objects.all(), public_id)
            self.match(deal)                            # 428 without If-Match, 412 when changed meanwhile
            …

        @action(detail=True, methods=["post"])
        def withdraw(self, request, public_id):
            …

`privileges` names every action (one privilege, several of which one is enough, or `ANYONE` with a key); an action it
does not name is refused. `answers` says what an exception of an action is answered with. Every POST accepts an
`Idempotency-Key`; nothing needs to be done for it. Each method is described with `extend_schema(request=…, responses=…)`;
errors, headers and security are added by `identity.schema`.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import BadRequest, PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import OperationalError, transaction
from django.db.models import Model, QuerySet
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import parse_etags
from django.utils.translation import gettext, gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.pagination import BasePagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from . import once, paging
from .access import PrivilegeMissing, demand
from .actors import Actor
from .privileges import Privilege

log = logging.getLogger(__name__)

ANYONE = ()  # whoever has a key
IDEMPOTENCY_KEY = "Idempotency-Key"


# -------------------------------------------------------------------------------------------- who is asking


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`. The middleware has found the key's owner already."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        actor = request._request.actor
        request.actor = actor
        if actor.signed_in and actor.key_id is not None:
            return request._request.user, actor.key_id
        if "authorization" in request.headers:
            raise exceptions.AuthenticationFailed(_("This API key is not known, has expired or was revoked."))
        return None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class PrivilegePermission(BasePermission):
    """A viewset says what each action needs: `privileges = {"list": Privilege.DEAL_VIEW, …}`; see ResourceViewSet."""

    def has_permission(self, request: Request, view: Any) -> bool:
        actor = request._request.actor
        if not actor.signed_in or actor.key_id is None:
            raise exceptions.NotAuthenticated(_("Send an API key: “Authorization: Bearer …”."))
        if view.action is None:
            return True  # a method that does not exist here: answered with 405 next
        needed = view.privileges[view.action]
        if needed != ANYONE:
            demand(actor, *((needed,) if isinstance(needed, Privilege) else needed))
        return True


# -------------------------------------------------------------------------------------------- errors


class Refused(exceptions.APIException):
    """An answer other than success, with a code of its own: `Refused(409, "deal_not_open", _("…"), …details)`."""

    def __init__(self, status_code: int, code: str, message: str | Promise, **details: Any) -> None:
        super().__init__(str(message), code)
        self.status_code = status_code
        self.message = message
        self.details = details


def Conflict(code: str, message: str | Promise, **details: Any) -> Refused:  # noqa: N802 - reads as a class
    """409: it was decided or changed meanwhile, or stands against something that is."""
    return Refused(status.HTTP_409_CONFLICT, code, message, **details)


def error_body(code: str, message: str | Promise, details: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"code": code, "message": str(message), "details": dict(details or {})}


def api_error(
    status_code: int, code: str, message: str | Promise, details: Mapping[str, Any] | None = None
) -> JsonResponse:
    """The API's error, for code outside of its views (middleware, handlers of unknown addresses)."""
    return JsonResponse(error_body(code, message, details), status=status_code)


MESSAGES: dict[int, str | Promise] = {
    400: _("The request is malformed."),
    403: _("You may not do this."),
    404: _("There is nothing at this address, or not for you."),
    500: _("Something went wrong on our side. Nothing was changed; please try again."),
    503: _("The portal is busy at the moment. Nothing was changed; please try again."),
}


def error_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every API error as `{code, message, details}`; None lets an unexpected one be logged and answered as a 500."""
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
    if isinstance(error, Http404 | exceptions.NotFound):
        return Refused(404, "not_found", MESSAGES[404])
    if isinstance(error, PrivilegeMissing):
        refusal = error.refusal
        return Refused(
            403, "permission_denied", refusal.reason,
            reason=str(refusal.reason), who=str(refusal.who), privilege=error.privilege,
        )  # fmt: skip
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
        busy = Refused(503, "busy", MESSAGES[503])
        busy.wait = 1  # type: ignore[attr-defined]
        return busy
    return error


def _described(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, Refused):
        return error_body(str(error.get_codes()), error.message, error.details)
    if isinstance(error, exceptions.ValidationError):
        detail = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        return error_body("invalid", gettext("The request has errors; see the details."), detail)
    return error_body(str(error.get_codes()), str(error.detail))


# -------------------------------------------------------------------------------------------- pages of lists


class KeysetPagination(BasePagination):
    """`?page_size=` (1 to 100) and an opaque `?cursor=`; the answer has `results`, `next` and `previous`, no counts."""

    size = 50
    largest = paging.LARGEST

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.page = paging.page(queryset, view.ordering, request._request, size=self._size(request))
        return self.page.items

    def _size(self, request: Request) -> int:
        asked = request.query_params.get("page_size", str(self.size))
        if not (asked.isascii() and asked.isdigit() and len(asked) < 4 and 1 <= int(asked) <= self.largest):
            message = gettext("Ask for 1 to %(largest)s items a page.") % {"largest": self.largest}
            raise exceptions.ValidationError({"page_size": [message]})
        return int(asked)

    def get_paginated_response(self, data: Any) -> Response:
        def absolute(url: str | None) -> str | None:
            return self.request.build_absolute_uri(url) if url else None

        return Response(
            {
                "results": data,
                "next": absolute(self.page.next_url),
                "previous": absolute(self.page.previous_url),
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": {"type": "array", "items": schema},
                "next": link | {"description": "The address of the next page; null on the last."},
                "previous": link | {"description": "The address of the page before; null on the first."},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "description": "From a page's `next` or `previous`; opaque.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "description": "How many items a page has.",
                "schema": {"type": "integer", "minimum": 1, "maximum": self.largest, "default": self.size},
            },
        ]


# -------------------------------------------------------------------------------------------- retries


class Repeated(Exception):
    """This call was made before: here is what it was answered."""

    def __init__(self, answer: once.Answer) -> None:
        self.answer = answer


class Idempotent:
    """Every POST with an `Idempotency-Key` is acted on once; a second one is given the first's answer.

    Answers of 5xx are not kept (their transaction is undone), nor those that are about who asks rather than what
    (401, 403, 429). A mixin for API views, before the framework's own class.
    """

    claimed: str = ""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if request.method == "POST" and IDEMPOTENCY_KEY in request.headers:
            self._claim(request, request.headers[IDEMPOTENCY_KEY])

    def _claim(self, request: Request, key: str) -> None:
        if not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
            raise Refused(
                400,
                "idempotency_key_invalid",
                gettext("An Idempotency-Key has 1 to 255 printable characters."),
            )
        content = once.fingerprint(request.get_full_path(), request.data)
        try:
            first = once.claim(f"api:{key}", content, now=timezone.now())
        except once.KeyReused:
            message = gettext("This Idempotency-Key was used for another request before; use a new one.")
            raise Refused(422, "idempotency_key_reused", message) from None
        except once.StillRunning:
            waiting = Conflict(
                "idempotency_key_in_use", gettext("The first request with this key is still running.")
            )
            waiting.wait = 5  # type: ignore[attr-defined]
            raise waiting from None
        if first is not None:
            raise Repeated(first)
        self.claimed = f"api:{key}"

    def handle_exception(self, error: Exception) -> Any:
        if isinstance(error, Repeated):
            response = error.answer.response()
            response.headers["Idempotency-Replayed"] = "true"
            return response
        return super().handle_exception(error)  # type: ignore[misc]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        if self.claimed and response.status_code < 500 and response.status_code not in (401, 403, 429):
            once.settle(self.claimed, once.Answer.of(response.render()))
        return response


# -------------------------------------------------------------------------------------------- resources


def etag(version: object) -> str:
    """A strong entity tag: the version that every change raises."""
    return f'"{version}"'


class ResourceViewSet(Idempotent, GenericViewSet):
    """The base of every resource; the module's docstring shows how to use it."""

    privileges: ClassVar[Mapping[str, Privilege | tuple[Privilege, ...]]]
    answers: ClassVar[Mapping[type[Exception], Refused]] = {}
    ordering: ClassVar[tuple[str, ...]] = ("-id",)
    pagination_class = KeysetPagination
    metadata_class = None  # the schema describes everything; OPTIONS is not a method of ours
    lookup_field = "public_id"
    lookup_value_regex = "[0-9A-Za-z-]{1,40}"
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    @property
    def actor(self) -> Actor:
        return self.request._request.actor

    @property
    def now(self) -> datetime:
        return timezone.now()

    def valid(self, serializer: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """The request's body, checked. Raises ValidationError (400)."""
        found = serializer(data=self.request.data, context=self.get_serializer_context())
        found.is_valid(raise_exception=True)
        return found.validated_data

    def found(self, queryset: QuerySet[Any], public_id: str, **conditions: Any) -> Any:
        """One row of what this actor sees. A stranger's and a missing one are the same 404."""
        return get_object_or_404(queryset, **{self.lookup_field: public_id}, **conditions)

    def page_of(self, queryset: QuerySet[Any], serializer: type[BaseSerializer[Any]]) -> Response:
        """A keyset page of the rows, ordered by `ordering`."""
        rows = self.paginate_queryset(queryset)
        context = self.get_serializer_context()
        return self.get_paginated_response(serializer(rows, many=True, context=context).data)

    def one(
        self,
        row: Model,
        serializer: type[BaseSerializer[Any]],
        *,
        status: int = 200,
        at: tuple[str, str] | None = None,
    ) -> Response:
        """One row as the answer; with its ETag if it has a `version`, and its Location when it was made (`at`)."""
        headers = {}
        version = getattr(row, "version", None)
        if version is not None:
            headers["ETag"] = etag(version)
            if status == 200 and self.request.method == "GET" and self._has(headers["ETag"]):
                return Response(status=304, headers=headers)
        if at is not None:
            headers["Location"] = self.request.build_absolute_uri(reverse(at[0], args=[at[1]]))
        data = serializer(row, context=self.get_serializer_context()).data
        return Response(data, status=status, headers=headers)

    def _has(self, tag: str) -> bool:
        known = parse_etags(self.request.headers.get("If-None-Match", ""))
        return known == ["*"] or tag in (each.removeprefix("W/") for each in known)

    def match(self, row: Any) -> None:
        """Insist that the caller has seen the row as it is now. Raises Refused: 428 without If-Match, 412 when stale."""
        given = self.request.headers.get("If-Match")
        if given is None:
            raise Refused(
                428, "if_match_required",
                gettext("Send the ETag you were given in If-Match, so that no change of others is overwritten."),
            )  # fmt: skip
        tags = parse_etags(given)
        if tags != ["*"] and etag(row.version) not in tags:
            raise Refused(
                412, "changed_meanwhile",
                gettext("This was changed after you read it. Read it again and decide anew."),
                version=row.version,
            )  # fmt: skip
