"""Every address of the portal, found by walking the URLconf, and what the sweep needs to know of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.sweep.world import World

Kwargs = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Address:
    """One URL pattern: its full name, the names of its parameters, and its view."""

    name: str
    parameters: tuple[str, ...]
    view: Any
    route: str


def every_address() -> Iterator[Address]:
    yield from _walk(get_resolver().url_patterns, "", "", ())


def _walk(patterns: list[Any], prefix: str, route: str, parameters: tuple[str, ...]) -> Iterator[Address]:
    for pattern in patterns:
        found = (*parameters, *pattern.pattern.regex.groupindex)
        path = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _walk(pattern.url_patterns, space, path, found)
        elif isinstance(pattern, URLPattern):
            yield Address(f"{prefix}{pattern.name}", found, pattern.callback, path)


@dataclass(frozen=True)
class Case:
    """What to try at one address.

    `ours` and `theirs` give the parameters for our object and the rival's; `missing` is for one that does not exist.
    `seen_by` are the people for whom a GET on ours answers 200: the positive twin of everything denied.
    `queries` are tried as well, with each of NEEDLES in the place of `{}`. `posts` are form contents tried by POST.
    """

    seen_by: frozenset[str] = frozenset()
    ours: Kwargs = lambda world: {}
    theirs: Kwargs | None = None
    missing: dict[str, Any] = field(default_factory=dict)
    queries: tuple[str, ...] = ()
    posts: tuple[Callable[[World], dict[str, Any]], ...] = ()
    api: bool = False
    # A page that shows everybody the same, whatever there is.
    same_for_all: bool = False


def address_of(name: str) -> str:
    """The name of a case's address: what comes before a `#`, behind which one address may have several cases."""
    return name.partition("#")[0]


def path(name: str, kwargs: dict[str, Any]) -> str:
    return reverse(address_of(name), kwargs=kwargs or None)


# What legitimately differs between two otherwise equal answers: one-time tokens, element ids, times, the address.
_VARIABLE = [
    (re.compile(rb'name="(csrfmiddlewaretoken|form_token)" value="[^"]*"'), b"token"),
    (re.compile(rb"\b(why|field|menu|id|notes)-[0-9a-f]+"), b"id"),
    (re.compile(rb'"request_id": ?"[^"]*"'), b"request"),
    (re.compile(rb"X-Request-ID: \S+"), b"request"),
    (re.compile(rb"[Xx]-[Rr]equest-[Ii][Dd]: \S+"), b"request"),
    (re.compile(rb"\w{3}, \d\d \w{3} \d{4} [0-9:]{8} GMT"), b"time"),
    (re.compile(rb"\d{4}-\d{2}-\d{2}T[0-9:.+Z]+"), b"time"),
]


def normalised(body: bytes, *texts: str) -> bytes:
    """An answer without what differs each time, and without the given texts of the request itself."""
    for pattern, instead in _VARIABLE:
        body = pattern.sub(instead, body)
    echoed = {*texts, *(text.upper() for text in texts)}  # codes are told back in capitals
    for text in sorted(echoed, key=len, reverse=True):
        if text:
            body = body.replace(text.encode(), b"~").replace(quote(text, safe="").encode(), b"~")
            body = body.replace(quote(text).encode(), b"~")
    return body
