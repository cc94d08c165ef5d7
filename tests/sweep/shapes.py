"""Who may see what is tried, and cases of the commonest kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from identity.models import Membership
from tests.sweep.addresses import Case
from tests.sweep.world import World

OUR_PEOPLE = frozenset({"primary", "secondary", "sales", "newcomer"})
PARTNERS = OUR_PEOPLE | {"distributor", "other_distributor", "rival", "rival_colleague"}
STAFF = frozenset({"deal_desk", "care", "operations"})
SIGNED_IN = PARTNERS | STAFF | {"applicant"}
ALL = SIGNED_IN | {"anonymous"}
SELLERS = frozenset({"primary", "secondary", "sales"})  # ours who may register deals
READERS = SELLERS | {"distributor", "deal_desk", "operations"}  # of our submitted deal
DEAL_READERS = SELLERS | {
    "distributor",
    "other_distributor",
    "rival",
    "deal_desk",
    "operations",
}  # of any deals
NOBODY: frozenset[str] = frozenset()

Post = Callable[[World], dict[str, Any]]


def of(kind: str, seen_by: frozenset[str] = NOBODY, *posts: Post, api: bool = False, **more: str) -> Case:
    """A case for an address with the public id of our or the rival's object of a kind (a key of World.ours)."""
    return Case(
        seen_by=seen_by,
        ours=lambda world: {"public_id": world.ours[kind].public_id, **more},
        theirs=lambda world: {"public_id": world.theirs[kind].public_id, **more},
        missing={"public_id": "zzzzzzzzzzzz", **more},
        posts=posts,
        api=api,
    )


def of_file(seen_by: frozenset[str] = NOBODY, *posts: Post, name: str = "file", api: bool = False) -> Case:
    """The same for a file of our deal, or of the rival's."""

    def file(side: str) -> Callable[[World], dict[str, Any]]:
        def kwargs(world: World) -> dict[str, Any]:
            held = getattr(world, side)
            return {"public_id": held["submitted"].public_id, "file_id": held[name].public_id}

        return kwargs

    return Case(
        seen_by=seen_by,
        ours=file("ours"),
        theirs=file("theirs"),
        missing={"public_id": "zzzzzzzzzzzz", "file_id": "zzzzzzzzzzzz"},
        posts=posts,
        api=api,
    )


def of_member(seen_by: frozenset[str] = NOBODY, *posts: Post, api: bool = False) -> Case:
    """The same for a person's place at our site, or at the rival's."""

    def place(name: str) -> Callable[[World], dict[str, Any]]:
        def kwargs(world: World) -> dict[str, Any]:
            person = world.people[name]
            assert isinstance(person, Membership)
            return {"public_id": person.public_id}

        return kwargs

    return Case(
        seen_by=seen_by,
        ours=place("newcomer"),
        theirs=place("rival_colleague"),
        missing={"public_id": "zzzzzzzzzzzz"},
        posts=posts,
        api=api,
    )


def listing(seen_by: frozenset[str], *queries: str, api: bool = False, posts: tuple[Post, ...] = ()) -> Case:
    return Case(seen_by=seen_by, queries=queries, api=api, posts=posts)


def door(seen_by: frozenset[str] = NOBODY, *posts: Post, **kwargs: Any) -> Case:
    """A page of signing in. It knows of nobody but its reader."""
    return Case(seen_by=seen_by, posts=posts, ours=lambda world: kwargs)


def form(**fields: Any) -> Post:
    return lambda world: fields
