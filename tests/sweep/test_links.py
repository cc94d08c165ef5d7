"""What the pages behind a link tell: to whoever holds it, whoever they are, of its line and of no other partner's.

No session lets anybody in there, so what is ours and theirs goes by the link: whoever holds ours is shown nothing of
the rival's, and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sweep.addresses import path
from tests.sweep.test_addresses import ask
from tests.sweep.world import CANARY, OURS, World

PAGES = ("start", "stopped", "ordered", "services", "progress")
PEOPLE = ("anonymous", "applicant", "sales", "rival", "distributor", "operations")


def posts(mark: str) -> Iterator[dict[str, Any]]:
    """What somebody might send, with the other side's words in it."""
    yield {}
    yield {"step": "role", "role": "partner"}
    yield {"step": "administrator", "email": f"admin@{mark}.example"}
    yield {"step": "confirm", "answers": "e30:1:forged"}
    yield {"step": "organisation", "subdomain": mark, "check": "1"}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("side", "own", "other"), [("ours", OURS, CANARY), ("theirs", CANARY, OURS)])
class TestALink:
    def test_shows_nothing_of_another_partners_to_anybody(
        self, world: World, page: str, side: str, own: str, other: str
    ) -> None:
        address = path(f"setup:{page}", {"secret": getattr(world, side)["setup_secret"]})
        for person in PEOPLE:
            client = world.browser(person)
            for method, data in [("GET", None), *(("POST", sent) for sent in posts(other))]:
                answer = ask(client, method, address, data)
                assert answer.status_code < 500, (person, method, data)
                said = answer.swept
                for sent in (data or {}).values():
                    said = said.replace(sent.encode(), b"")
                assert other.encode() not in said, (person, method, data)

    def test_is_answered_alike_by_everybody_who_does_not_hold_one(
        self, world: World, page: str, side: str, own: str, other: str
    ) -> None:
        nowhere = path(f"setup:{page}", {"secret": "no-such-secret"})
        digest = path(f"setup:{page}", {"secret": getattr(world, side)["setup_link"].digest})
        for person in PEOPLE:
            for method in ("GET", "POST"):
                for address in (nowhere, digest):
                    answer = ask(world.browser(person), method, address)
                    assert answer.status_code == 404, (person, method, address)
                    assert own.encode() not in answer.content.split(b"<main")[-1]


@pytest.mark.parametrize(("side", "own"), [("ours", OURS), ("theirs", CANARY)])
def test_a_link_shows_its_own_line_to_everybody_who_holds_it(world: World, side: str, own: str) -> None:
    address = path("setup:start", {"secret": getattr(world, side)["setup_secret"]})
    for person in PEOPLE:
        answer = ask(world.browser(person), "GET", address)
        assert answer.status_code == 200, person
        assert own.encode() in answer.content, person
