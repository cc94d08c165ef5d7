"""Every address × person × method × whose object: nobody sees what is another partner's, not even that it exists."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow.parquet
import pytest
from django.conf import settings
from django.test import Client
from pypdf import PdfReader

from tests.sweep.addresses import Address, Case, address_of, every_address, normalised, path
from tests.sweep.cases import CASES
from tests.sweep.database import undone
from tests.sweep.world import CANARY, EVERYBODY, FORBIDDEN, OURS, World

ADDRESSES = {address.name: address for address in every_address()}
# A view refuses the methods it has no use for before it looks at anything: one of us trying them is enough.
METHODS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
# What is searched for: the beginnings of both marks, and of a word that is nowhere.
NEEDLES = (CANARY[:6], OURS[:6], "zqnowh")


def ask(client: Client, method: str, address: str, data: dict[str, Any] | None = None) -> Any:
    """One request, with whatever it changes taken back."""
    answer = None
    json = address.startswith("/api/")
    with undone():
        extra: dict[str, Any] = (
            {"content_type": "application/json"} if json and method not in ("GET", "HEAD") else {}
        )
        answer = (
            client.generic(method, address, **extra)
            if data is None
            else _send(client, method, address, data, json)
        )
        answer.swept = content(answer)
    return answer


def _send(client: Client, method: str, address: str, data: dict[str, Any], json: bool) -> Any:
    return getattr(client, method.lower())(
        address, data, **({"content_type": "application/json"} if json else {})
    )


def content(answer: Any) -> bytes:
    """Everything that an answer says: headers, body, and the texts inside an office file."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    head = "\n".join(
        f"{name}: {value}" for name, value in answer.items() if name != "Content-Length"
    ).encode()
    secret = (settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_NAME)  # random, and different each time
    cookies = "".join(
        f"{name}={cookie.value if name not in secret else '~'}" for name, cookie in answer.cookies.items()
    ).encode()
    if body.startswith(b"PK\x03\x04"):  # a workbook: what is in it, for packed it never looks the same twice
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            body = b"".join(name.encode() + file.read(name) for name in file.namelist())
    if body.startswith(b"PAR1"):  # a Parquet file: its texts are packed, too
        body = str(pyarrow.parquet.read_table(io.BytesIO(body)).to_pylist()).encode()
    if body.startswith(b"%PDF"):  # what can be read of it
        body = "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).encode()
    return b"\n".join((head, cookies, body))


class Asked(Protocol):
    def told(self) -> object: ...


@dataclass(frozen=True)
class Question:
    """A request, and which of its words an answer may repeat."""

    client: Client
    method: str
    address: str
    echoed: str
    data: dict[str, Any] | None = None

    def told(self) -> tuple[int, bytes]:
        """What the answer tells: its status, and what it says besides the request's own words."""
        answer = ask(self.client, self.method, self.address, self.data)
        return answer.status_code, normalised(answer.swept, self.echoed)


def told_alike(one: Asked, other: Asked) -> tuple[object, object]:
    """What both are told. Asked again when it differs: between them “2 minutes ago” may have become “3 minutes ago”.

    What tells one from the other does so each time.
    """
    for _ in range(4):
        first, second = one.told(), other.told()
        if first == second:
            break
    return first, second


def clients(world: World, case: Case, person: str) -> Iterator[Client]:
    """A browser, and for the API a program with a key; there a browser's cookie counts for nothing, for anybody."""
    if case.api:
        yield world.key(person)
    if not case.api or person == "sales":
        yield world.browser(person)


def test_every_address_has_a_case() -> None:
    assert sorted(set(ADDRESSES) - set(map(address_of, CASES))) == []


def test_every_case_has_an_address() -> None:
    assert sorted(set(map(address_of, CASES)) - set(ADDRESSES)) == []


def test_every_view_of_ours_says_who_may_open_it() -> None:
    silent = [
        address.name
        for address in ADDRESSES.values()
        if not hasattr(address.view, "access") and not is_of_a_library(address) and not is_of_the_api(address)
    ]
    assert silent == []


def is_of_a_library(address: Address) -> bool:
    return address.view.__module__.startswith("allauth.") or address.route.startswith("account/")


def is_of_the_api(address: Address) -> bool:
    return address.route.startswith("api/")


def whose(case: Case, world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "ours", case.ours(world)
    if case.theirs:
        yield "theirs", case.theirs(world)
        yield "missing", case.missing or _missing(case.ours(world))


def _missing(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Parameters of the same shape that lead to nothing."""
    return {
        name: type(value)("9" * 12) if isinstance(value, int) else "9" * len(str(value))
        for name, value in kwargs.items()
    }


@pytest.mark.parametrize("name", sorted(CASES))
class TestAddress:
    def test_shows_nobody_what_is_not_theirs(self, world: World, name: str) -> None:
        case = CASES[name]
        leaks = []
        # A view that has no use for POST refuses it as it does METHODS: one of all these people trying is enough.
        only_shown = False
        for person in EVERYBODY:
            for client in clients(world, case, person):
                for method, address, data in attempts(
                    case, name, world, METHODS if person == "sales" else ()
                ):
                    if only_shown and method == "POST":
                        continue
                    answer = ask(client, method, address, data)
                    only_shown = only_shown or (method == "POST" and answer.status_code == 405)
                    assert answer.status_code < 500, (person, method, address, data)
                    leaks += [
                        (person, method, address, word)
                        for word in FORBIDDEN[person]
                        if word.encode() in _without_echo(answer.swept, address, data)
                    ]
        assert leaks == []

    def test_answers_alike_for_a_foreign_object_and_a_missing_one(self, world: World, name: str) -> None:
        case = CASES[name]
        if case.theirs is None:
            return
        theirs, missing = (
            path(name, case.theirs(world)),
            path(name, case.missing or _missing(case.theirs(world))),
        )
        for person in [p for p in EVERYBODY if CANARY in FORBIDDEN[p]]:
            for client in clients(world, case, person):
                for method in ("GET", "POST", *(METHODS if person == "sales" else ())):
                    data = case.posts[0](world) if case.posts and method == "POST" else None
                    first, second = told_alike(
                        Question(client, method, theirs, theirs, data),
                        Question(client, method, missing, missing, data),
                    )
                    assert first == second, (person, method, theirs)

    def test_finds_nothing_of_others_by_searching(self, world: World, name: str) -> None:
        """Nor anything by searching for what is nowhere, which other searches are compared to."""
        case = CASES[name]
        base = path(name, case.ours(world))
        for query in [each for each in case.queries if "{}" in each]:
            for person in EVERYBODY:
                for client in clients(world, case, person):
                    nowhere, *searches = (
                        Question(client, "GET", f"{base}?{query.format(needle)}", needle)
                        for word, needle in (("", NEEDLES[2]), (CANARY, NEEDLES[0]), (OURS, NEEDLES[1]))
                        if not word or word in FORBIDDEN[person]
                    )
                    status, said = nothing = nowhere.told()
                    assert status < 500, (person, query)
                    assert not [word for word in FORBIDDEN[person] if word.encode() in said], (person, query)
                    for search in searches:
                        if search.told() != nothing:
                            found, none = told_alike(search, nowhere)
                            assert found == none, (person, query)

    def test_is_open_to_those_it_is_for(self, world: World, name: str) -> None:
        case = CASES[name]
        address = path(name, case.ours(world))
        shut = []
        for person in case.seen_by:
            client = world.key(person) if case.api else world.browser(person)
            answer = ask(client, "GET", address)
            if answer.status_code != 200:
                shut.append((person, answer.status_code))
        assert shut == []


def _without_echo(swept: bytes, address: str, data: dict[str, Any] | None) -> bytes:
    """An answer without what the request itself said: that is no news to whoever sent it."""
    for said in (address, *(str(value) for value in (data or {}).values())):
        if said:
            swept = swept.replace(said.encode(), b"")
    return swept


def attempts(
    case: Case, name: str, world: World, methods: tuple[str, ...]
) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """Every request worth trying at an address."""
    for owner, kwargs in whose(case, world):
        address = path(name, kwargs)
        yield "GET", address, None
        yield "POST", address, None
        for method in methods:
            yield method, address, None
        for post in case.posts:
            yield "POST", address, post(world)
        searched = NEEDLES[:2] if owner == "theirs" else ()  # ours: by the test of searching
        for query in case.queries:
            for asked in [query.format(needle) for needle in searched] if "{}" in query else [query]:
                yield "GET", f"{address}?{asked}", None


class TestTellingAlike:
    """The comparison above: blind to a minute that passes, and to nothing else."""

    @dataclass(frozen=True)
    class Told:
        answers: list[str]

        def told(self) -> str:
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def test_forgives_what_differed_since_a_minute_passed(self) -> None:
        first, second = told_alike(
            self.Told(["2 minutes ago", "3 minutes ago"]), self.Told(["3 minutes ago"])
        )

        assert first == second

    def test_forgives_nothing_that_differs_each_time(self) -> None:
        first, second = told_alike(self.Told(["0 found"]), self.Told(["1 found"]))

        assert first != second
