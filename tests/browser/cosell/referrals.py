"""Co-sell deals, as partners see them: how its pages are looked at, and of which pictures are made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from playwright.sync_api import Page

from cosell.models import Favourite, Invitation, Referral, Seller, VendorReferral
from cosell.referrals import actions
from cosell.states import Direction, Sharing, Substatus
from identity import tenancy
from identity.models import Membership, Role
from tests.browser.shots import ROW, Shot, send_empty, unfold
from tests.browser.states import State, refused, seen_by, thing, unfolded
from tests.cast import actor
from tests.cosell.factories import (
    answer_for_vendor,
    give_role,
    make_location,
    make_profile,
    make_referral,
    make_solution,
)
from tests.deals.factories import make_customer

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition


SHOWN = "partnershown"  # the public id of a profile, for an address


def show(shown: Exhibition) -> None:
    """A partner that co-sells, one of its users, and a deal in each state."""
    cast = shown.cast
    amira = give_role(cast.primary, Role.REFERRALS_ADMIN)
    if Role.REFERRALS_USER not in cast.sales.roles:
        give_role(cast.sales, Role.REFERRALS_USER)
    shown.people["primary"], place = amira, make_location(cast.site, "القاهرة")
    ready = make_solution(cast.site, "Loom Watch for cotton mills")
    make_solution(cast.site, "Mill Plan", readiness="not_ready", ready_at=None)
    customer = make_customer("مصانع النيل للقطن")
    of: dict[str, Any] = {
        "customer": customer, "customer_name": customer.name, "team": [amira, cast.sales], "solutions": [ready],
        "notes": "Forty looms report their own faults from spring on.", "duns": "150483782", "help_type": "proof",
        "contact_first_name": "Laila", "contact_last_name": "Nasser", "contact_title": "Head of production",
        "contact_email": "laila@mill.example", "contact_phone": "+20 2 5550 0199", "customer_size": "251-1000",
        "vendor_notes": "They know your products from their other mill.", "crm_id": "NS-4711",
    }  # fmt: skip
    shown.things |= {f"{name} referral": deal for name, deal in _deals(shown, place, of).items()}
    shown.things["cosell profile"] = make_profile(cast.rival_site, country="CZ")
    make_profile(cast.other_distributor_site, country="PT", public_id=SHOWN)
    _invite(shown, amira)
    with tenancy.as_system():
        Favourite.objects.create(site=cast.site, user=amira.user, referral=shown.things["active referral"])


def _deals(shown: Exhibition, place: Any, of: dict[str, Any]) -> dict[str, Referral]:
    site, now = shown.cast.site, timezone.now()
    incoming = {"direction": Direction.INCOMING, "origin": "vendor"}
    made = {
        "waiting": make_referral(site, place, name="40 looms for the delta", **of),
        "active": make_referral(site, place, name="Quality cameras", stage="proposed", **of),
        "not helped": make_referral(site, place, name="Energy meters", **of),
        "received": make_referral(
            site, place, name="A mill that asked the vendor", substatus=Substatus.RECEIVED,
            expires_at=now + timedelta(days=2), **incoming, **of,
        ),
        "private": make_referral(
            site, place, name="Warehouse sensors", **of | {"sharing": Sharing.PRIVATE, "help_type": ""}
        ),
        "won": make_referral(site, place, name="Dye works", substatus=Substatus.WON, **of),
        "declined": make_referral(
            site, place, name="A farm", substatus=Substatus.DECLINED, reason="not_a_customer",
            reason_text="They buy from nobody.", **incoming, **of,
        ),
    }  # fmt: skip
    with tenancy.as_system():
        helped = VendorReferral.objects.get(referral=made["active"])
        Seller.objects.create(
            site=site,
            vendor_referral=helped,
            name="Selma Seller",
            email="selma@vendor.example",
            phone="+1 555 0100",
        )
    answer_for_vendor(made["active"], Substatus.ACCEPTED)
    answer_for_vendor(made["not helped"], Substatus.DECLINED, reason="no_seller", value_usd=12_000_000)
    return made


def _invite(shown: Exhibition, amira: Membership) -> None:
    """Another partner was invited into the deal on which the vendor helps, and has not answered yet."""
    deal, profile = shown.things["active referral"], shown.things["cosell profile"]
    with tenancy.as_system():
        place = profile.locations.select_related("location").first().location
        site = shown.cast.rival_site
    by = actor(amira)
    with tenancy.scope(by):
        actions.invite_partner(
            deal, site=site, location=place, help_type="architecture", notes="You know their network.", by=by,
            now=timezone.now(),
        )  # fmt: skip
    with tenancy.as_system():
        assert Invitation.objects.filter(referral=deal).exists()


def losing(page: Page) -> None:
    """Sends a deed's form with nothing in it: the page comes back with it open, and what is missing."""
    refused("form[action$='/lose/']")(page)


DEALS = ("waiting", "active", "not helped", "received", "private", "won", "declined")
PAGES: dict[str, tuple[State, ...]] = {
    "referrals:list": (
        *seen_by("primary", "sales"),
        *(State("primary", show, query=f"?show={show}") for show in ("inbound", "outbound", "favourites")),
        State("primary", "filtered", query="?type=cosell&order=close&stage=proposed"),
        State("primary", "nothing found", query="?q=zzzzzz"),
        State("sales", "no favourites", query="?show=favourites"),
    ),
    "referrals:new": (
        State("primary"),
        State("primary", "unfolded", act=unfolded),
        State("primary", "refused", act=refused("form[data-lossless]")),
    ),
    "referrals:deal": (
        *(State("primary", name, leading_to=thing(f"{name} referral")) for name in DEALS),
        State("primary", "unfolded", leading_to=thing("private referral"), act=unfolded),
        State("primary", "lost without a reason", leading_to=thing("waiting referral"), act=losing),
    ),
    "referrals:edit": (
        State("primary", leading_to=thing("waiting referral")),
        State("primary", "refused", leading_to=thing("waiting referral"), act=refused("form[data-lossless]")),
        State("primary", "closed", leading_to=thing("won referral"), status=409),
    ),
    "referrals:invite": (
        State("primary", leading_to=thing("waiting referral")),
        State("primary", "invited already", leading_to=thing("active referral")),
        State("primary", "nothing found", leading_to=thing("waiting referral"), query="?q=zzzzzz"),
        State("primary", "asking", leading_to=thing("waiting referral"), query=f"?partner={SHOWN}"),
        State(
            "primary",
            "refused",
            leading_to=thing("waiting referral"),
            query=f"?partner={SHOWN}",
            act=refused("form[data-lossless]"),
        ),
    ),
}
_POST = "POST only"
NO_PAGES: dict[str, str] = {
    "referrals:counts": "JSON for scripts",
    "referrals:suggest_customer": "JSON for scripts",
    **{
        f"referrals:{verb}": _POST
        for verb in ("accept", "decline", "win", "lose", "stage", "upgrade", "recreate", "favourite")
    },
}
LIST = "/cosell/deals/"
#: Pictures by the demo account that they are of: reseller_primary, staff_deal_desk, …
SHOTS: dict[str, tuple[Shot, ...]] = {
    "reseller_primary": (
        Shot("referrals:list", "cosell-deals", LIST),
        Shot("referrals:list", "cosell-deals-inbound", f"{LIST}?show=inbound"),
        Shot("referrals:list", "cosell-deals-favourites", f"{LIST}?show=favourites"),
        Shot("referrals:list", "cosell-deals-none", f"{LIST}?q=zzzzzz"),
        Shot("referrals:deal", "cosell-deal", f"{LIST}?status=active", follow=ROW),
        Shot(
            "referrals:deal",
            "cosell-deal-unfolded",
            f"{LIST}?type=partner_led&status=active",
            follow=ROW,
            act=unfold,
        ),
        Shot("referrals:deal", "cosell-deal-received", f"{LIST}?substatus=received", follow=ROW),
        Shot("referrals:deal", "cosell-deal-won", f"{LIST}?substatus=won", follow=ROW),
        Shot("referrals:edit", "cosell-deal-change", f"{LIST}?status=active", follow=ROW, then="edit/"),
        Shot(
            "referrals:invite",
            "cosell-deal-invite",
            f"{LIST}?type=cosell&status=active",
            follow=ROW,
            then="invite/",
        ),
        Shot("referrals:new", "cosell-deal-new", f"{LIST}new/"),
        Shot("referrals:new", "cosell-deal-refused", f"{LIST}new/", act=send_empty),
    ),
    "reseller_sales": (Shot("referrals:list", "cosell-deals-user", LIST),),
}
