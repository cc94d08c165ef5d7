"""The API's description (OpenAPI): what every operation has, added to what its view says of itself."""

from __future__ import annotations

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter

ERROR = {
    "type": "object",
    "description": "Every answer other than success has this shape.",
    "required": ["code", "message", "details"],
    "properties": {
        "code": {"type": "string", "description": "For programs; never translated. New codes may be added."},
        "message": {"type": "string", "description": "For people, in the language of the key's owner."},
        "details": {
            "type": "object",
            "additionalProperties": {},
            "description": "What is known beyond that: the errors of each field, or who can help.",
        },
    },
}

# Name, what it means, an example, and a header that comes with it.
ERRORS: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "400": (
        "Invalid",
        "The request is malformed, or fields have errors: `details` lists them by field.",
        {
            "code": "invalid",
            "message": "The request has errors; see the details.",
            "details": {"expected_close_on": ["This field is required."]},
        },
        "",
    ),
    "401": (
        "Unauthorised",
        "There is no key, or it is unknown, expired or revoked.",
        {
            "code": "authentication_failed",
            "message": "This API key is not known, has expired or was revoked.",
            "details": {},
        },
        "WWW-Authenticate",
    ),
    "403": (
        "Forbidden",
        "The key or its owner may not do this: `details` has the reason and who can change it.",
        {
            "code": "permission_denied",
            "message": "This API key was not given this privilege, or its owner no longer has it.",
            "details": {
                "reason": "This API key was not given this privilege, or its owner no longer has it.",
                "who": "The key's owner can make another key with what they may do themselves.",
                "privilege": "deal_register",
            },
        },
        "",
    ),
    "404": (
        "NotFound",
        "There is no such object, or it is not yours: the two are the same.",
        {
            "code": "not_found",
            "message": "There is nothing at this address, or not for you.",
            "details": {},
        },
        "",
    ),
    "406": (
        "NotAcceptable",
        "The answer is JSON, and `Accept` does not allow it.",
        {
            "code": "not_acceptable",
            "message": "Could not satisfy the request Accept header.",
            "details": {},
        },
        "",
    ),
    "409": (
        "Conflict",
        "It was decided or changed meanwhile, or stands against something else; `code` says which.",
        {
            "code": "idempotency_key_in_use",
            "message": "The first request with this key is still running.",
            "details": {},
        },
        "",
    ),
    "412": (
        "ChangedMeanwhile",
        "The object is not as it was when you read it. Read it again and decide anew.",
        {
            "code": "changed_meanwhile",
            "message": "This was changed after you read it. Read it again and decide anew.",
            "details": {"version": 4},
        },
        "",
    ),
    "413": (
        "TooLarge",
        "The body is larger than the portal accepts.",
        {"code": "too_large", "message": "The body may have up to 2 MB.", "details": {"limit": 2097152}},
        "",
    ),
    "415": (
        "UnsupportedMediaType",
        "The body is not `application/json`.",
        {
            "code": "unsupported_media_type",
            "message": "Unsupported media type “text/plain” in request.",
            "details": {},
        },
        "",
    ),
    "422": (
        "KeyReused",
        "The Idempotency-Key was used for another request before.",
        {
            "code": "idempotency_key_reused",
            "message": "This Idempotency-Key was used for another request before; use a new one.",
            "details": {},
        },
        "",
    ),
    "428": (
        "MatchRequired",
        "`If-Match` is missing.",
        {
            "code": "if_match_required",
            "message": "Send the ETag you were given in If-Match: nobody's change is overwritten then.",
            "details": {},
        },
        "",
    ),
    "429": (
        "TooMany",
        "This key has made too many calls; try again after `Retry-After` seconds.",
        {"code": "throttled", "message": "Request was throttled.", "details": {}},
        "Retry-After",
    ),
    "500": (
        "ServerError",
        "Something went wrong on our side; nothing was changed. `details.request_id` names the request.",
        {
            "code": "server_error",
            "message": "Something went wrong on our side. Nothing was changed; please try again.",
            "details": {"request_id": "6e0c2f1d8a5b4c3e9f7a1b2c3d4e5f60"},
        },
        "",
    ),
    "503": (
        "Busy",
        "The portal is busy; nothing was changed. Try again after `Retry-After` seconds.",
        {
            "code": "busy",
            "message": "The portal is busy at the moment. Nothing was changed; please try again.",
            "details": {},
        },
        "Retry-After",
    ),
}
Direction = Literal["request", "response"]
ALWAYS = ("400", "401", "403", "406", "429", "500", "503")

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x20-\x7E]+$"},
    OpenApiParameter.HEADER,
    description="Any text of your own, new for each deed. The same call sent again with the same key within "
    "24 hours is not acted on again: it is given the first answer, with `Idempotency-Replayed: true`.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the object as you read it.",
)
MAY_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="With the ETag of the object as you read it, nothing is done when it was changed since.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="An ETag you have: 304 when nothing changed.",
)


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "identity.gate.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key, `pw_…`, made on the page “API keys” of the portal.",
        }


class Schema(AutoSchema):
    """Adds the headers and errors that every operation has, by its method and what its view declares."""

    def get_override_parameters(self) -> list[Any]:
        headers = [IDEMPOTENCY_KEY] if self.method == "POST" else []
        if self._matches:
            headers.append(IF_MATCH)
        elif self._may_match:
            headers.append(MAY_MATCH)
        elif self._has_etag:
            headers.append(IF_NONE_MATCH)
        return headers

    def get_operation_id(self) -> str:
        """`deals_list`, `deals_withdraw`: the resource and what is done."""
        basename = getattr(self.view, "basename", None)
        if not basename:
            return super().get_operation_id()
        resource = basename.removeprefix("api-").replace("-", "_")
        return f"{resource}_{self._action.removeprefix('partial_')}"

    def get_serializer_name(self, serializer: Any, direction: Direction) -> str:
        """`DealOut` is called Deal, and `DealIn` DealRequest."""
        name = super().get_serializer_name(serializer, direction)
        return name.removesuffix("Out").removesuffix("In")

    @property
    def _action(self) -> str:
        return getattr(self.view, "action", "")

    @property
    def _matches(self) -> bool:
        return self.method in ("PUT", "PATCH") or self._action in getattr(self.view, "matched", ())

    @property
    def _may_match(self) -> bool:
        return self._action in getattr(self.view, "may_match", ())

    @property
    def _has_etag(self) -> bool:
        return self._action == "retrieve" and getattr(self.view, "versioned", True)

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        if self._has_etag and self.method == "GET":
            bodies["304"] = {"description": "You have the current state."}
        for status in self._errors():
            bodies.setdefault(status, self._error(status))
        return dict(sorted(bodies.items()))

    def _errors(self) -> list[str]:
        return [
            *ALWAYS,
            *(["404"] if "{" in self.path else []),
            *(["413", "415"] if self.method in ("POST", "PUT", "PATCH") else []),
            *(["409"] if self.method != "GET" else []),
            *(["422"] if self.method == "POST" else []),
            *(["412", "428"] if self._matches else []),
            *(["412"] if self._may_match else []),
            *getattr(self.view, "answers_besides", {}).get(self._action, ()),
        ]

    def _error(self, status: str) -> dict[str, Any]:
        name, description, example, header = ERRORS[status]
        self._register("Error", ResolvedComponent.SCHEMA, ERROR)
        response: dict[str, Any] = {
            "description": description,
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/Error"}, "example": example}
            },
        }
        if header:
            response["headers"] = {header: {"schema": {"type": "string"}}}
        return self._register(name, ResolvedComponent.RESPONSE, response)

    def _register(self, name: str, kind: str, schema: dict[str, Any]) -> dict[str, Any]:
        component = ResolvedComponent(name=name, type=kind, schema=schema, object=f"{kind}.{name}")
        self.registry.register_on_missing(component)
        return component.ref
