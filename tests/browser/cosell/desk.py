"""The vendor's side of co-sell deals, and who is told: how its pages are looked at, and of which pictures are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from cosell.models import CosellAddress, Seller
from cosell.states import Sharing, Substatus
from identity import tenancy
from tests.browser.shots import Shot, along, unfold
from tests.browser.states import State, refused
from tests.cosell.factories import answer_for_vendor, make_location, make_referral, make_solution

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition


def show(shown: Exhibition) -> None:
    """A deal in each state that the vendor's side comes into, and another partner's address for all co-sell mail."""
    site, other = shown.cast.site, shown.people["beginner"].site
    location = make_location(site, "Office for the desk", contact_email="cosell@nile.example")
    solution = make_solution(site, "Loom planner")
    asked = make_referral(
        site, location, name="Looms to plan", team=[shown.cast.sales], solutions=[solution], help_type="proof",
        vendor_notes="They ask for a proof of concept.", notes="Forty looms in two halls.",
    )  # fmt: skip
    small = make_referral(site, location, name="Small looms", value=120_000)
    unknown = make_referral(site, location, name="Looms in another currency", value=9_000_000, currency="COP")
    accepted = make_referral(site, location, name="Looms that are sold", team=[shown.cast.sales])
    _name_seller(accepted)
    declined = make_referral(site, location, name="Looms that are not")
    answer_for_vendor(declined, Substatus.DECLINED, reason="no_seller", value_usd=12_000_000)
    led = make_referral(site, location, name="Looms of the partner's", sharing=Sharing.PARTNER_LED)
    make_location(other, "Harbour")
    shown.things |= {
        "deal to answer": asked, "small deal to answer": small, "deal without a rate": unknown,
        "deal with a seller": accepted, "deal the vendor declined": declined, "deal the partner leads": led,
    }  # fmt: skip
    with tenancy.as_system():
        CosellAddress.objects.create(
            site=other,
            email="deals@harbour.example",
            language="pl",
            set_by_name="Brian Pike",
            set_at=timezone.now(),
        )


def _name_seller(referral: Any) -> None:
    side = answer_for_vendor(referral, Substatus.ACCEPTED)
    with tenancy.as_system():
        Seller.objects.create(
            site_id=referral.site_id, vendor_referral=side, name="Sam Seller", email="sam@vendor.example",
            phone="+1 555 0100",
        )  # fmt: skip


def _to(thing: str) -> Callable[[Exhibition], dict[str, Any]]:
    return lambda shown: {"public_id": shown.things[thing].public_id}


def _site(name: str) -> Callable[[Exhibition], dict[str, Any]]:
    return lambda shown: {"number": getattr(shown.cast, name).number}


PAGES: dict[str, tuple[State, ...]] = {
    "cosell_desk:list": (
        State("deal_desk"),
        State("deal_desk", "active", query="?show=active"),
        State("deal_desk", "closed", query="?show=closed"),
        State("deal_desk", "led by partners", query="?show=partner_led"),
        State("deal_desk", "none that fits", query="?q=nothing+is+called+so"),
        State("operations"),
        State("primary", "not theirs", status=403),
    ),
    "cosell_desk:deal": (
        State("deal_desk", "to answer", _to("deal to answer"), act=unfold),
        State("deal_desk", "small", _to("small deal to answer"), act=unfold),
        State("deal_desk", "without a rate", _to("deal without a rate")),
        State("deal_desk", "with a seller", _to("deal with a seller"), act=unfold),
        State("deal_desk", "declined", _to("deal the vendor declined")),
        State("deal_desk", "led by the partner", _to("deal the partner leads")),
        State("operations", "to look at", _to("deal to answer")),
    ),
    "cosell_desk:send": (
        State("deal_desk"),
        State("deal_desk", "no such partner", query="?site=7999999"),
        State("operations", "not theirs", status=403),
    ),
    "cosell_desk:send_to": (
        State("deal_desk", "", _site("site")),
        State("deal_desk", "refused", _site("site"), act=refused()),
        State("deal_desk", "without locations", _site("other_distributor_site")),
    ),
    "cosell_told:deal": (
        State("primary", "the team", _to("deal to answer")),
        State("primary", "the contact", _to("small deal to answer")),
        State("primary", "an edit", _to("deal to answer"), query="?event=referral.edited"),
    ),
    "cosell_told:address": (
        State("primary"),
        State("beginner", "one is kept"),
        State("sales", "to look at"),
    ),
}
NO_PAGES: dict[str, str] = {
    "cosell_desk:counts": "numbers for the tabs of a list",
    "cosell_desk:accept": "answers with the page of the deal",
    "cosell_desk:decline": "answers with the page of the deal",
    "cosell_desk:seller": "answers with the page of the deal",
    "cosell_desk:win": "answers with the page of the deal",
    "cosell_desk:lose": "answers with the page of the deal",
    "cosell_told:side": "leads on to the reader's own side of a deal",
}
TO_TOLD = "main a[href*='/cosell/told/']"
ROW = "main .table a.row-link"
#: Pictures by the demo account that they are of: reseller_primary, staff_deal_desk, …
SHOTS: dict[str, tuple[Shot, ...]] = {
    "staff_deal_desk": (
        Shot("cosell_desk:list", "cosell-desk", "/cosell/desk/"),
        Shot("cosell_desk:list", "cosell-desk-closed", "/cosell/desk/?show=closed"),
        Shot("cosell_desk:deal", "cosell-desk-to-answer", "/cosell/desk/", follow=ROW, act=unfold),
        Shot("cosell_desk:deal", "cosell-desk-active", "/cosell/desk/?show=active", follow=ROW),
        Shot("cosell_desk:send", "cosell-desk-partner", "/cosell/desk/send/"),
        Shot("cosell_desk:send_to", "cosell-desk-send", "/cosell/desk/send/", follow=ROW),
    ),
    "reseller_primary": (
        Shot("cosell_told:deal", "cosell-told", "/cosell/deals/", follow=ROW, act=along(TO_TOLD)),
        Shot("cosell_told:address", "cosell-told-address", "/cosell/told/address/"),
    ),
}
