"""Every address is given nonsense, in its query and in its forms; none answers with a 500."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sweep.addresses import path
from tests.sweep.cases import CASES
from tests.sweep.conftest import world
from tests.sweep.database import undone
from tests.sweep.world import World

__all__ = ["world"]

NAMES = (
    "q", "cursor", "page_size", "status", "show", "view", "kind", "site", "number", "value", "quantity", "version",
    "close_on", "currency", "country", "email", "name", "text", "code", "tools", "privileges", "expires", "member",
    "language", "next", "step", "part", "customer", "distributor", "standing", "form_token", "unread", "again",
)  # fmt: skip
NONSENSE = {
    "long": "x" * 5000,
    "huge number": "9" * 400,
    "negative": "-1",
    "other digits": "٣١",
    "a list": "[]",
    "not a number": "NaN",
    "signs": "'\"\\%_<script>{{7*7}}${x}",
    "line ends": "a\r\nSet-Cookie: b",
    "direction": "\u202eabc\u2066\U0001f600",
}
PEOPLE = ("primary", "deal_desk", "care")


QUERIES = ("long", "other digits", "signs")  # what is in a query is looked at by fewer eyes


@pytest.mark.parametrize("name", sorted(CASES))
def test_no_address_breaks_on_nonsense(world: World, name: str) -> None:
    broken = [
        (what, method)
        for number, what in enumerate(NONSENSE)
        for method in ("get", "post")
        if (method == "post" or what in QUERIES)
        and status_of(world, name, method, NONSENSE[what], PEOPLE[number % len(PEOPLE)]) >= 500
    ]
    assert broken == []


def status_of(world: World, name: str, method: str, text: str, person: str) -> int:
    """The answer to a form's own fields and the usual names, all with the same nonsense."""
    case = CASES[name]
    client = world.key(person) if case.api else world.browser(person)
    fields = case.posts[0](world) if case.posts else {}
    data = dict.fromkeys([*NAMES, *fields], text)
    extra: dict[str, Any] = {"content_type": "application/json"} if case.api and method == "post" else {}
    with undone():
        answer = getattr(client, method)(path(name, case.ours(world)), data, **extra)
        if answer.streaming:
            b"".join(answer.streaming_content)  # a file is closed when it has been read
    return int(answer.status_code)
