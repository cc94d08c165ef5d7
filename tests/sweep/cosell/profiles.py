"""Business profiles and the public directory: what both sides have, and what is tried.

What waits bears its side's mark. What is live is everybody's to read, so that nothing in it does.
"""

from __future__ import annotations

from typing import Any

from tests.cosell.factories import make_location, make_profile
from tests.sweep.addresses import Case
from tests.sweep.shapes import ALL, NOBODY, PARTNERS, STAFF, form, listing, of
from tests.sweep.world import World

WRITERS = frozenset({"primary", "distributor", "other_distributor", "rival", "rival_colleague"})
OPERATIONS = frozenset({"operations"})


def rows(world: World, marks: tuple[str, str]) -> None:
    """A draft, a profile that waits, and one that is live, on both sides; distributors have some as well."""
    for side, mark, country in ((world.ours, marks[0], "EG"), (world.theirs, marks[1], "PL")):
        site = side["site"]
        there = {"address_line1": mark, "city": mark, "contact_email": f"office@{mark}.example"}
        side["profile"] = make_profile(
            site, state="waiting", country=country, name=f"Profile {mark}", description=mark, skills=[mark],
            website=f"https://{mark}.example", locations=[make_location(site, f"Hidden {mark}", **there)],
        )  # fmt: skip
        make_profile(site, state="draft", country="SA", name=f"Draft {mark}", description=mark)
        side["live_profile"] = make_profile(
            site, country="IT", name="A partner", locations=[make_location(site, f"Office for {country}")]
        )
    for site in world.distributors:
        make_profile(site, state="draft", country="SA", name="A draft")
        make_profile(site, country="IT", name="A distributor")


TOLD: dict[str, Any] = {"version": 1, "name": "Tried", "description": "", "products": ["product-cloud"]}
ENQUIRY: dict[str, Any] = {
    "wish": "Help.", "company": "Mill", "size": "10-50", "country": "EG", "first_name": "Mona", "last_name": "Saleh",
    "email": "mona@mill.example", "consent_share": "on", "consent_contact": "on",
}  # fmt: skip


def directory(seen_by: frozenset[str], *posts: Any, api: bool = False) -> Case:
    """Our live profile, and the rival's that nobody may read."""
    return Case(
        seen_by=seen_by,
        ours=lambda world: {"public_id": world.ours["live_profile"].public_id},
        theirs=lambda world: {"public_id": world.theirs["profile"].public_id},
        missing={"public_id": "zzzzzzzzzzzz"},
        posts=posts,
        api=api,
    )


CASES: dict[str, Case] = {
    "profiles:list": listing(WRITERS),
    "profiles:make": listing(WRITERS, posts=(form(**TOLD, country="FR"),)),
    "profiles:queue": listing(OPERATIONS, "show=live", "show={}"),
    "profiles:profile": of("profile", frozenset({"primary"})),
    "profiles:change": of("profile", frozenset({"primary"}), form(**TOLD)),
    "profiles:logo": of("profile"),
    "profiles:review": of("profile", OPERATIONS),
    "profiles:approve": of("profile", NOBODY, form(version=1)),
    "profiles:stop": of("profile", NOBODY, form(version=1, reason="No.")),
    **{
        f"profiles:{name}": of("profile", NOBODY, form(version=1))
        for name in ("publish", "take_back", "withdraw", "delete")
    },
    "directory:search": listing(ALL, "q={}", "country={}", "tag={}", "tag=product-cloud", "size=10-50"),
    "directory:suggest": listing(ALL, "q={}"),
    "directory:partner": directory(ALL),
    "directory:logo": directory(NOBODY),
    "directory:enquire": directory(ALL, form(**ENQUIRY)),
    "directory:thanks": directory(ALL),
    "api-profiles-list": listing(
        WRITERS | OPERATIONS, "state=waiting", api=True, posts=(form(country="FR", name="Tried"),)
    ),
    "api-profiles-detail": of("profile", frozenset({"primary"}) | OPERATIONS, form(name="Tried"), api=True),
    "api-profiles-lists": Case(seen_by=WRITERS | OPERATIONS, api=True),
    "api-profiles-logo": of("profile", NOBODY, form(content=""), api=True),
    "api-profiles-stop": of("profile", NOBODY, form(reason="No."), api=True),
    **{
        f"api-profiles-{name}": of("profile", NOBODY, form(), api=True)
        for name in ("publish", "take-back", "withdraw", "approve")
    },
    "api-directory-list": listing(PARTNERS | STAFF, "q={}", "country={}", "tags={}", api=True),
    "api-directory-detail": directory(PARTNERS | STAFF, api=True),
}
