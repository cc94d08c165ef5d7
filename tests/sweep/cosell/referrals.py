"""Co-sell deals, as partners see them: what both sides have, and what is tried."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from cosell.models import Favourite, Invitation, Seller
from cosell.states import Substatus
from identity import tenancy
from identity.actors import Actor
from identity.audit import record
from identity.models import Membership, Role, public_id
from reports.models import Export
from tests.cosell.factories import answer_for_vendor, make_location, make_referral, make_solution
from tests.factories import make_member
from tests.sweep.addresses import Case
from tests.sweep.shapes import form, listing, of
from tests.sweep.world import World

SEERS = frozenset({"primary", "sales", "rival", "rival_colleague", "deal_desk", "operations"})
WRITTEN = (
    "name", "customer_name", "address_line1", "address_line2", "city", "state", "contact_first_name",
    "contact_last_name", "contact_title", "contact_phone", "crm_id", "campaign_id", "notes", "vendor_notes",
)  # fmt: skip
OUR_SEERS = frozenset({"primary", "sales", "deal_desk", "operations"})


def rows(world: World, marks: tuple[str, str]) -> None:
    """Rows of every table of this room, ours and theirs, each bearing its side's mark."""
    _distributors(world)
    people = (("primary", "sales"), ("rival", "rival_colleague"))
    for side, mark, names in zip((world.ours, world.theirs), marks, people, strict=True):
        team = [world.people[name] for name in names]
        _deals(side, mark, [member for member in team if isinstance(member, Membership)])


def _distributors(world: World) -> None:
    """Of each a location, to which partners invite it; and of the one that ours name somebody who co-sells."""
    for side in (world.ours, world.theirs):
        side["invited_location"] = make_location(side["distributor_site"])
    named = world.ours["distributor_site"]
    seller = make_member(named, "Omar Fathy", roles=[Role.REFERRALS_ADMIN])
    world.people["selling_distributor"] = seller
    deal = make_referral(
        named, world.ours["invited_location"], team=[seller], solutions=[make_solution(named)]
    )
    _vendor_answers(deal, "Dana Desk")
    with tenancy.as_system():
        Favourite.objects.create(site=named, user=seller.user, referral=deal)
        for status in ("waiting", "cancelled"):  # as everybody has whom the sweep of the database asks
            asked = Export.objects.filter(site=named, status=status).first()
            assert asked is not None
            asked.pk, asked.public_id, asked.user_id = None, public_id(), seller.user_id
            asked.save(force_insert=True)


def _deals(side: dict[str, Any], mark: str, team: list[Membership]) -> None:
    site = side["site"]
    location = side.setdefault("location", None) or make_location(site, f"Office {mark}")
    solution = side.setdefault("solution", None) or make_solution(site, f"Solution {mark}")
    side |= {"location": location, "solution": solution}
    said = dict.fromkeys(WRITTEN, mark) | {"contact_email": f"customer@{mark}.example", "help_type": "proof"}
    parts = {"team": team, "solutions": [solution]}
    side["referral"] = make_referral(site, location, **parts, **said)
    _vendor_answers(side["referral"], mark)
    incoming = {"origin": "vendor", "direction": "incoming", "substatus": Substatus.RECEIVED}
    side["received_referral"] = make_referral(site, location, **parts, **incoming, **said)
    side["private_referral"] = make_referral(site, location, **parts, **said, sharing="private")
    side["won_referral"] = make_referral(site, location, **parts, **said, substatus=Substatus.WON)
    with tenancy.as_system():
        for member in team:
            Favourite.objects.create(site=site, user=member.user, referral=side["referral"])
        side["cosell_invitation"] = Invitation.objects.create(
            site=site, referral=side["referral"], invited_site=side["distributor_site"],
            invited_location=side["invited_location"], help_type="proof", notes=mark, invited_by_name=mark,
            created_at=timezone.now(), expires_at=timezone.now() + timedelta(days=14),
        )  # fmt: skip
        record(
            "referral.made", by=Actor.system(), now=timezone.now(), object_type="referral", label=mark, site_id=site.id,
            object_id=side["private_referral"].public_id, private=True,
        )  # fmt: skip


def _vendor_answers(referral: Any, mark: str) -> None:
    """The vendor accepted, and its seller is shown."""
    side = answer_for_vendor(referral, Substatus.ACCEPTED)
    with tenancy.as_system():
        Seller.objects.create(
            site=referral.site,
            vendor_referral=side,
            name=mark,
            email=f"seller@{mark.lower().replace(' ', '.')}.example",
        )


API_FILTERS = (
    "q={}", "engagement={}", "status=active", "substatus=accepted", "direction=outgoing", "sharing=cosell",
    "country=EG", "favourites=true",
)  # fmt: skip
DECLINED = {"reason": "budget", "text": "x"}


def _of_rivals_parts(world: World) -> dict[str, Any]:
    """A new deal of ours that names what is the rival's."""
    theirs = world.theirs
    return {
        "name": "x", "location": theirs["location"].public_id, "sharing": "private", "customer_name": "x",
        "address_line1": "x", "city": "x", "country": "EG", "value": "1", "currency": "USD", "close_on": "2099-01-01",
        "team": [{"first_name": "x", "last_name": "x", "email": "x@x.example", "phone": "1"}],
        "solutions": [{"id": theirs["solution"].public_id}],
    }  # fmt: skip


API: dict[str, Case] = {
    "api-referrals-list": listing(SEERS, *API_FILTERS, api=True, posts=(_of_rivals_parts,)),
    "api-referrals-detail": of("referral", OUR_SEERS, form(name="x"), api=True),
    **{
        f"api-referrals-{verb}": of(kind, frozenset(), form(**sent), api=True)
        for verb, kind, sent in (
            ("accept", "received_referral", {}),
            ("decline", "received_referral", DECLINED),
            ("win", "referral", {}),
            ("lose", "referral", DECLINED),
            ("stage", "referral", {"stage": "proposed"}),
            ("upgrade", "private_referral", {"sharing": "partner_led", "consent_share": True}),
            ("recreate", "referral", {}),
            ("invite", "referral", {"profile": "zzzzzzzzzzzz", "help_type": "proof"}),
            ("favourite", "referral", {"on": True}),
        )
    },
}  # fmt: skip

ADMINISTRATORS = frozenset({"primary", "rival", "rival_colleague"})  # who begin deals, each at their own site
PARTNERS = ADMINISTRATORS | {"sales"}
OURS = frozenset({"primary", "sales"})
ASKED = (
    "q={}", "show=inbound&q={}", "show=favourites", "status=active", "substatus=received", "type=cosell", "country=EG",
    "location={}", "customer={}", "close_from=2020-01-01&order=close",
)  # fmt: skip
TYPED: dict[str, Any] = {
    "version": 1, "name": "Tried", "value": "100", "currency": "USD", "close_on": "2031-01-01", "stage": "proposed",
    "customer_name": "Mill", "country": "EG", "address_line1": "1 Road", "city": "Giza", "sharing": "private",
}  # fmt: skip


def _typed_with_rivals_parts(world: World) -> dict[str, Any]:
    """The same in the form: a place, a solution and a colleague of the rival's."""
    theirs = world.theirs
    return TYPED | {
        "location": theirs["location"].public_id, "solutions-0-solution": theirs["solution"].public_id,
        "team-0-person": world.people["rival"].public_id,  # type: ignore[union-attr]
    }  # fmt: skip


PAGES: dict[str, Case] = {
    "referrals:list": listing(PARTNERS, *ASKED),
    "referrals:counts": listing(PARTNERS, "q={}", "show=inbound"),
    "referrals:new": listing(ADMINISTRATORS, "customer={}", posts=(form(**TYPED), _typed_with_rivals_parts)),
    "referrals:suggest_customer": listing(PARTNERS, "q={}"),
    "referrals:deal": of("referral", OURS),
    "referrals:edit": of("referral", OURS, form(**TYPED), _typed_with_rivals_parts),
    "referrals:invite": of("referral", OURS, form(partner="zzzzzzzzzzzz", help_type="proof", location="1")),
    "referrals:favourite": of("referral", frozenset(), form(on="1"), form(on="0")),
    **{
        f"referrals:{verb}": of(kind, frozenset(), form(version=1, **sent))
        for verb, kind, sent in (
            ("accept", "received_referral", {}),
            ("decline", "received_referral", DECLINED),
            ("win", "referral", {}),
            ("lose", "referral", DECLINED),
            ("stage", "referral", {"stage": "proposed"}),
            ("upgrade", "private_referral", {"to": "partner_led", "consent_share": "on"}),
            ("recreate", "referral", {}),
        )
    },
}

CASES: dict[str, Case] = {**API, **PAGES}
