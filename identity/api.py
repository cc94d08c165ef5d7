"""The ground every API resource stands on: keys, privileges, errors, pages of lists, retries, entity tags.

An app writes its resource like this, and registers it in `portal/api.py` by
`router.register("deals", DealViewSet, basename="api-deals")`:

    class DealViewSet(ResourceViewSet):
        privileges = {"list": P.DEAL_VIEW, "retrieve": P.DEAL_VIEW, "create": P.DEAL_REGISTER, …}
        ordering = ("-updated_at", "-id")         # what `page_of` goes by; ends in something unique
        answers = {DealNotOpen: Conflict("deal_not_open", _("This deal was decided meanwhile."))}

        def list(self, request):                   # {"results": […], "next": …, "previous": …}
            return self.page_of(Deal.objects.all(), DealOut)

        def retrieve(self, request, public_id):    # ETag from `deal.version`; If-None-Match gives 304
            return self.one(self.found(Deal.objects.all(), public_id), DealOut)

        def create(self, request):
            data = self.valid(DealIn)              # 400 with the field errors otherwise
            deal = register_deal(**data, by=self.actor, now=self.now)
            return self.one(deal, DealOut, status=201, at=("api-deals-detail", deal.public_id))

        def partial_update(self, request, public_id):
            deal = self.found(Deal.objects.all(), public_id)
            self.match(deal)                       # 428 without If-Match, 412 when changed meanwhile
            …

        @action(detail=True, methods=["post"])
        def withdraw(self, request, public_id):
            …

`privileges` names every action (one privilege, several of which one is enough, or `ANYONE` with a key); an
action it does not name is refused. `answers` says what an exception of an action is answered with; a missing
row is a 404 anyway. Every POST accepts an `Idempotency-Key`; nothing needs to be done for it. What comes in
is an `Input`, which refuses fields it does not know. Each method is described with
`extend_schema(summary=…, request=…, responses=…)`; errors, headers and security are added by
`identity.schema`, which drops `In` and `Out` from the serializers' names.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import gettext
from rest_framework import exceptions, serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from . import once, paging
from .actors import Actor
from .gate import ANYONE, CHANGED, Conflict, Refused, api_error
from .privileges import Privilege

__all__ = [
    "ANYONE",
    "CHANGED",
    "Conflict",
    "Input",
    "KeysetPagination",
    "Refused",
    "ResourceViewSet",
    "api_error",
]

IDEMPOTENCY_KEY = "Idempotency-Key"


# -------------------------------------------------------------------------------------------- pages of lists


class KeysetPagination(BasePagination):
    """`?page_size=` (1 to 100) and an opaque `?cursor=`; gives `results`, `next`, `previous`, no counts."""

    size = 50
    largest = paging.LARGEST

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
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
                "results": schema,
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

    Answers of 5xx are not kept (their transaction is undone), nor those that are about who asks rather than
    what (401, 403, 429). A mixin for API views, before the framework's own class.
    """

    claimed: str = ""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        request.data  # noqa: B018 - a damaged body is refused before anything is done, also where none is needed
        if request.method == "POST" and IDEMPOTENCY_KEY in request.headers:
            self._claim(request, request.headers[IDEMPOTENCY_KEY])

    def _claim(self, request: Request, key: str) -> None:
        if not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
            raise Refused(
                400,
                "idempotency_key_invalid",
                gettext("An Idempotency-Key has 1 to 255 printable characters."),
            )
        files = once.files_in(request)
        content = once.fingerprint(request.get_full_path(), request.data, *([files] if files else []))
        try:
            first = once.claim(f"api:{key}", content, now=timezone.now())
        except once.KeyReused:
            message = gettext("This Idempotency-Key was used for another request before; use a new one.")
            raise Refused(422, "idempotency_key_reused", message) from None
        except once.StillRunning:
            message = gettext("The first request with this key is still running.")
            raise Conflict("idempotency_key_in_use", message, wait=5) from None
        if first is not None:
            raise Repeated(first)
        self.claimed = f"api:{key}"

    def handle_exception(self, error: Exception) -> Any:
        if isinstance(error, Repeated):
            response = error.answer.response()
            response.headers["Idempotency-Replayed"] = "true"
            return response
        return super().handle_exception(error)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.claimed and response.status_code < 500 and response.status_code not in (401, 403, 429):
            once.settle(self.claimed, once.Answer.of(response.render()))
        return response


# -------------------------------------------------------------------------------------------- resources


class Input(serializers.Serializer[Any]):
    """What a call sends. Refuses fields it does not know: a misspelt one would silently be lost."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise exceptions.ValidationError(
                {name: [gettext("There is no such field.")] for name in sorted(unknown)}
            )
        return super().to_internal_value(data)


def etag(version: object) -> str:
    """A strong entity tag: the version that every change raises."""
    return f'"{version}"'


class ResourceViewSet(Idempotent, GenericViewSet):
    """The base of every resource; the module's docstring shows how to use it."""

    privileges: ClassVar[Mapping[str, Privilege | tuple[Privilege, ...]]]
    answers: ClassVar[Mapping[type[Exception], Refused]] = {}
    versioned = True  # `retrieve` gives an ETag
    # Actions that call `match` beside PUT and PATCH: always, and when there is an If-Match.
    matched: ClassVar[tuple[str, ...]] = ()
    may_match: ClassVar[tuple[str, ...]] = ()
    ordering: ClassVar[tuple[str, ...]] = ("-id",)
    pagination_class = KeysetPagination
    metadata_class = None  # the schema describes everything; OPTIONS is not a method of ours
    lookup_field = "public_id"
    lookup_value_regex = "[0-9A-Za-z-]{1,40}"
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Nobody's answer is kept for anybody else, and nobody's own without asking whether it still holds."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["Authorization", "Accept-Language"])
        return response

    @property
    def actor(self) -> Actor:
        return self.request._request.actor

    @property
    def now(self) -> datetime:
        return timezone.now()

    def valid(self, serializer: type[BaseSerializer[Any]], **context: Any) -> dict[str, Any]:
        """The request's body, checked; by what `context` says besides. Raises ValidationError (400)."""
        found = serializer(data=self.request.data, context={**self.get_serializer_context(), **context})
        found.is_valid(raise_exception=True)
        return found.validated_data

    def asked(self, serializer: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """The query's filters, checked; `extend_schema(parameters=[…])` describes them. Raises 400."""
        found = serializer(data=self.request.query_params, context=self.get_serializer_context())
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
        """One row as the answer; with an ETag if it has a `version`, and its Location when made (`at`)."""
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
        """Insist that the caller saw the row as it is now: 428 without If-Match, 412 when stale."""
        given = self.request.headers.get("If-Match")
        if given is None:
            message = gettext(
                "Send the ETag you were given in If-Match: nobody's change is overwritten then."
            )
            raise Refused(428, "if_match_required", message)
        tags = parse_etags(given)
        if tags != ["*"] and etag(row.version) not in tags:
            raise Refused(412, "changed_meanwhile", CHANGED.message, details={"version": row.version})

    def seen(self, row: Any) -> int | None:
        """The version that the caller says to have seen, where they may say none (`may_match`): None then, 412 when
        stale.
        """
        if "If-Match" not in self.request.headers:
            return None
        self.match(row)
        return int(row.version)
