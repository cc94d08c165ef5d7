"""The API's description to read, made of the same document that programs get: `/api-reference/`, a page a resource."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from markupsafe import Markup

from identity.access import open_to_all

from .api import description

DEEPEST = 3


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of a body (`customer.name` inside of another)."""

    name: str
    type: str
    required: bool
    text: Markup


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    text: Markup
    parameters: list[Field]
    body: list[Field]
    answer: list[Field]
    answers: list[tuple[str, Markup]]  # status and meaning


@open_to_all
@require_safe
def api_reference(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/api_reference.html", {"resources": resources()})


@open_to_all
@require_safe
def api_reference_resource(request: HttpRequest, tag: str) -> HttpResponse:
    if tag not in resources():
        raise Http404
    context = {"tag": tag, "operations": resources()[tag]}
    return render(request, "portal/api_reference_resource.html", context)


@cache
def resources() -> dict[str, list[Operation]]:
    """Every operation, by resource."""
    document = json.loads(description())
    found: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            entry = _operation(document, path, method, operation)
            found.setdefault(operation["tags"][0], []).append(entry)
    return dict(sorted(found.items()))


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Operation:
    answers = {
        status: _resolved(document, answer) for status, answer in sorted(operation["responses"].items())
    }
    success = next(answer for status, answer in answers.items() if status.startswith("2"))
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        text=marked(operation.get("description", "")),
        parameters=[_parameter(document, each) for each in operation.get("parameters", [])],
        body=list(_fields(document, _schema(operation.get("requestBody", {})))),
        answer=list(_fields(document, _schema(success))),
        answers=[
            (status, marked(answer.get("description") or "Success.")) for status, answer in answers.items()
        ],
    )


def _schema(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = content.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to; a part that is a wrapper around one is merged with it."""
    for key in ("allOf", "oneOf", "anyOf"):
        if key in part:
            rest = {name: value for name, value in part.items() if name != key}
            return _resolved(document, part[key][0]) | rest
    while "$ref" in part:
        found: Any = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def _parameter(document: dict[str, Any], parameter: dict[str, Any]) -> Field:
    schema = _resolved(document, parameter["schema"])
    text = marked(parameter.get("description", ""))
    required = parameter.get("required", False)
    return Field(parameter["name"], f"{_type(document, schema)} · {parameter['in']}", required, text)


def _fields(document: dict[str, Any], schema: dict[str, Any], prefix: str = "") -> Iterator[Field]:
    """The fields of an object, and of the objects in it."""
    schema = _resolved(document, schema)
    if schema.get("type") == "array":
        schema = _resolved(document, schema["items"])
    required = schema.get("required", [])
    for name, part in schema.get("properties", {}).items():
        field = _resolved(document, part)
        text = marked(_without_choices(field.get("description", "")))
        yield Field(prefix + name, _type(document, field), name in required, text)
        if prefix.count(".") + 1 < DEEPEST:
            mark = "[]." if field.get("type") == "array" else "."
            yield from _fields(document, field, f"{prefix}{name}{mark}")


def _type(document: dict[str, Any], schema: dict[str, Any]) -> str:
    """`string`, `array of deal_view | deal_register`, `integer 1–100`, `string or null`."""
    if schema.get("type") == "array":
        found = f"array of {_type(document, _resolved(document, schema['items']))}"
    elif "enum" in schema:
        found = " | ".join(str(value) for value in schema["enum"] if value is not None)
    else:
        found = str(schema.get("format", schema.get("type", "object")))
        if "minimum" in schema and "maximum" in schema:
            found += f" {schema['minimum']}–{schema['maximum']}"
        elif "maxLength" in schema:
            found += f" ≤ {schema['maxLength']}"
    return found + (" or null" if schema.get("nullable") else "")


def marked(text: str) -> Markup:
    """The description's `code` as the page shows it."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else part for number, part in enumerate(parts)
    )


def _without_choices(text: str) -> str:
    """The generator lists the choices again in the description; the type has them."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("* `")).strip()
