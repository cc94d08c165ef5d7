"""The vendor's side of co-sell deals, and who is told: what both sides have, and what is tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from cosell.models import CosellAddress
from identity import tenancy
from tests.cosell.factories import make_referral
from tests.sweep.addresses import Case
from tests.sweep.shapes import NOBODY, form, listing, of
from tests.sweep.world import World

DESK = frozenset({"deal_desk", "operations"})
ANSWERS = frozenset({"deal_desk"})
TEAM = frozenset({"primary", "sales"})  # ours who see our deal
#: Whoever co-sells, or gives roles at a site.
KEEPERS = frozenset(
    {
        "primary", "secondary", "sales", "distributor", "other_distributor", "selling_distributor", "rival",
        "rival_colleague",
    }
)  # fmt: skip
SELLER = {"seller_name": "Sam Seller", "seller_email": "sam@vendor.example"}
API_SELLER = {"name": "Sam Seller", "email": "sam@vendor.example"}


def rows(world: World, marks: tuple[str, str]) -> None:
    """A deal of each that waits for the vendor's answer, and each one's address for co-sell mail."""
    for side, mark in zip((world.ours, world.theirs), marks, strict=True):
        said: dict[str, Any] = dict.fromkeys(("name", "customer_name", "notes", "vendor_notes"), mark)
        asked = make_referral(side["site"], side["location"], **said)
        with tenancy.as_system():
            side |= {"asked_referral": asked, "asked_side": asked.vendor_side}
            CosellAddress.objects.create(
                site=side["site"], email=f"deals@{mark}.example", language="en", set_by_name=mark,
                set_at=timezone.now(),
            )  # fmt: skip


def _invitation(side: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"invitation": getattr(world, side)["cosell_invitation"].public_id}


def _of_other_parts(world: World) -> dict[str, Any]:
    """A deal for our site that names a location and a solution of the rival's."""
    ours, theirs = world.ours, world.theirs
    return {
        "partner_number": ours["site"].number, "location": theirs["location"].public_id, "seller": API_SELLER,
        "name": "x", "customer_name": "x", "address_line1": "x", "city": "x", "country": "EG", "value": "1",
        "currency": "USD", "close_on": "2099-01-01", "consent_share": True, "consent_contact": True,
        "consent_sellers": True, "solutions": [theirs["solution"].public_id],
    }  # fmt: skip


CASES: dict[str, Case] = {
    "cosell_desk:list": listing(DESK, "q={}", "show=active&q={}", "show=partner_led&q={}", "country={}"),
    "cosell_desk:counts": listing(DESK, "q={}"),
    "cosell_desk:send": listing(ANSWERS, "site={}"),
    "cosell_desk:send_to": Case(
        seen_by=ANSWERS,
        ours=lambda world: {"number": world.ours["site"].number},
        theirs=lambda world: {"number": world.theirs["site"].number},
        missing={"number": "7999999"},
        posts=(form(**SELLER, name="x"),),
    ),
    "cosell_desk:deal": of("asked_referral", DESK),
    "cosell_desk:accept": of("asked_referral", NOBODY, form(**SELLER)),
    "cosell_desk:decline": of("asked_referral", NOBODY, form(reason="no_seller")),
    "cosell_desk:seller": of("referral", NOBODY, form(**SELLER)),
    "cosell_desk:win": of("referral", NOBODY, form()),
    "cosell_desk:lose": of("referral", NOBODY, form()),
    "cosell_told:deal": of("referral", TEAM),
    "cosell_told:side": Case(
        ours=_invitation("ours"), theirs=_invitation("theirs"), missing={"invitation": "zzzzzzzzzzzz"}
    ),
    "cosell_told:address": listing(KEEPERS, posts=(form(email="other@oasis.example", language="en"),)),
    "api-cosell-address-current": listing(KEEPERS - {"selling_distributor"}, api=True),
    "api-referrals-told": of("referral", TEAM, api=True),
    "api-cosell-desk-list": listing(
        DESK, "q={}", "show=awaiting", "show=sent", "country=EG", api=True, posts=(_of_other_parts,)
    ),
    "api-cosell-desk-detail": of("asked_side", DESK, api=True),
    **{
        f"api-cosell-desk-{verb}": of("asked_side", NOBODY, form(**sent), api=True)
        for verb, sent in (
            ("accept", {"seller": API_SELLER}),
            ("decline", {"reason": "no_seller"}),
            ("seller", API_SELLER),
            ("close", {"won": True}),
        )
    },
}
