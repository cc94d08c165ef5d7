"""Locations, roles, solutions and registrations: what both sides have, and what is tried."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from cosell.models import Incentive, Location, Readiness, RegisteredSolution, Solution, WonRegistration
from identity import tenancy
from identity.models import Membership, Role, Site
from tests.cosell.factories import give_role, make_location, make_referral, make_solution
from tests.sweep.addresses import Case
from tests.sweep.shapes import NOBODY, PARTNERS, STAFF, form, listing, of, of_member
from tests.sweep.world import World

GIVERS = frozenset({"primary", "secondary", "distributor", "other_distributor", "rival", "rival_colleague"})
COSELLERS = frozenset({"primary", "sales", "rival", "rival_colleague", "deal_desk", "operations"})
ADMINISTRATORS = frozenset({"primary", "rival", "rival_colleague"})
PARTAKERS = GIVERS | COSELLERS
OUR_READERS = frozenset({"primary", "sales", "deal_desk", "operations"})
VERSION = {"version": "1"}


def rows(world: World, marks: tuple[str, str]) -> None:
    """Rows of every table of this room, ours and theirs, each bearing its side's mark."""
    for side, mark, name in zip((world.ours, world.theirs), marks, ("primary", "rival"), strict=True):
        side["location"] = _location(side["site"], mark)
        person = world.people[name]
        assert isinstance(person, Membership)
        give_role(person, Role.ACCOUNT_ADMIN, at=[side["location"]])
        _solutions(side, mark)
        side["won_registration"] = _registration(side["site"], side["location"], side["solution"], mark)
        side["registration_to_correct"] = _registration(
            side["site"], side["location"], side["solution"], mark, corrected=True
        )
        side["winning"] = _won(side["site"], side["location"], side["solution"], mark)
    # Of the distributor whose seller sees what is at its locations
    named, manager = world.ours["distributor_site"], world.people["distributor"]
    place = make_location(named)
    _registration(named, place, make_solution(named, incentive=Incentive.CLOUD_IP), "plain")
    assert isinstance(manager, Membership)
    give_role(manager, Role.PROFILE_ADMIN, at=[place])


def _location(site: Site, mark: str) -> Location:
    return make_location(
        site, f"Office {mark}", address_line1=mark, address_line2=mark, city=mark, state=mark, postal_code=mark,
        contact_email=f"office@{mark}.example",
    )  # fmt: skip


def _solutions(side: dict[str, Any], mark: str) -> None:
    written = {
        "description": mark, "customer_value": mark, "document_url": f"https://{mark}.example/",
        "contact_name": mark, "contact_email": f"seller@{mark}.example",
    }  # fmt: skip
    side["solution"] = make_solution(
        side["site"], f"Solution {mark}", incentive=Incentive.CLOUD_IP, **written
    )
    side["asked_solution"] = make_solution(
        side["site"], f"Asked {mark}", readiness=Readiness.ASKED, ready_at=None, asked_at=timezone.now(),
        readiness_note=mark, **written,
    )  # fmt: skip


def _won(site: Site, location: Location, solution: Solution, mark: str) -> Any:
    now = timezone.now()
    return make_referral(
        site, location, solutions=[solution], name=f"Won {mark}", customer_name=mark, sharing="partner_led",
        substatus="won", created_at=now - timedelta(days=9), closed_at=now,
    )  # fmt: skip


def _registration(
    site: Site, location: Location, solution: Solution, mark: str, *, corrected: bool = False
) -> WonRegistration:
    """One in review, or one that the vendor asks a correction of."""
    now, deal = timezone.now(), _won(site, location, solution, mark)
    with tenancy.as_system():
        registration = WonRegistration.objects.create(
            site=site, site_name=site.name, site_number=site.number, location=location, location_name=location.name,
            referral=deal, referral_name=deal.name, customer_name=mark, engagement=deal.engagement,
            incentive=Incentive.CLOUD_IP, contract_value=100, currency="USD", starts_on=now.date(),
            signed_on=now.date(), solution_count=1, note=mark, changed_at=now, changed_by_name=mark, answer_by=now,
            created_at=now,
        )  # fmt: skip
        RegisteredSolution.objects.create(
            site=site, registration=registration, solution=solution, name=solution.name, value=100,
            deployed="mixed", pricing="service", marketplace_id=mark,
        )  # fmt: skip
        if corrected:
            registration.status = "action_required"
            registration.save(update_fields=["status"])
    return registration


def _of_rivals_parts(world: World) -> dict[str, Any]:
    """A registration of ours with the rival's deal and solution."""
    solution = world.theirs["solution"].public_id
    return TERMS | {
        "deal": world.theirs["winning"].public_id,
        "solutions": [{"solution": solution, "value": "1", "deployed": "mixed", "pricing": "service"}],
    }


def _roles_at_the_rivals(world: World) -> dict[str, Any]:
    return {"referrals_user": "some", "referrals_user_at": [world.theirs["location"].public_id], **VERSION}


def _registered_with_the_rivals(world: World) -> dict[str, Any]:
    row = f"s-{world.theirs['solution'].public_id}"
    return TYPED | {f"{row}-chosen": "on", f"{row}-value": "1", f"{row}-deployed": "mixed"}


PLACE = {"name": "Tried", "city": "Giza", "country": "EG"}
SOLUTION = {"name": "Tried", "kind": "software"}
TERMS: dict[str, Any] = {
    "incentive": "cloud_ip", "contract_value": "1", "currency": "USD", "starts_on": "2026-01-01",
    "signed_on": "2026-01-01", "solutions": [],
}  # fmt: skip
TYPED = {
    "incentive": "cloud_ip", "contract_value": "1", "currency": "USD", "starts_on": "2026-01-01",
    "signed_on": "2026-01-01", "perpetual": "on", **VERSION,
}  # fmt: skip
NOTE = {"note": "Something is missing."}

PAGES: dict[str, Case] = {
    "cosell:home": listing(PARTNERS | STAFF),
    "cosell:ask": Case(posts=(form(),)),
    "cosell:roles": listing(GIVERS, "q={}", "role=referrals_user&q={}", "location={}"),
    "cosell:member_roles": of_member(
        frozenset({"primary", "secondary"}), form(profile_admin="all", **VERSION), _roles_at_the_rivals
    ),
    "cosell:locations": listing(PARTAKERS),
    "cosell:add_location": listing(GIVERS, posts=(form(**PLACE),)),
    "cosell:location": of("location", OUR_READERS | {"secondary"}, form(**PLACE, **VERSION)),
    "cosell:close_location": of("location", NOBODY, form(**VERSION)),
    "cosell:reopen_location": of("location", NOBODY, form(**VERSION)),
    "solutions:list": listing(COSELLERS, "q={}", "show=all&q={}", "show=ready"),
    "solutions:add": listing(ADMINISTRATORS, posts=(form(**SOLUTION),)),
    "solutions:solution": of("solution", OUR_READERS),
    "solutions:edit": of("solution", frozenset({"primary"}), form(**SOLUTION, **VERSION)),
    **{
        f"solutions:{verb}": of(kind, NOBODY, form(**NOTE, **VERSION))
        for verb, kind in (
            ("publish", "solution"), ("ask", "solution"), ("take_back", "asked_solution"), ("retire", "solution"),
            ("bring_back", "solution"), ("make_ready", "asked_solution"), ("send_back", "asked_solution"),
            ("withdraw", "solution"),
        )
    },
    "registrations:list": listing(ADMINISTRATORS | {"operations"}, "q={}", "show=all&q={}", "show=action"),
    "registrations:register": of("winning", frozenset({"primary"}), form(**TYPED), _registered_with_the_rivals),
    "registrations:registration": of("won_registration", frozenset({"primary", "operations"})),
    "registrations:correct": of("registration_to_correct", frozenset({"primary"}), form(**TYPED)),
    **{
        f"registrations:{verb}": of("won_registration", NOBODY, form(**NOTE, **VERSION))
        for verb in ("withdraw", "approve", "require_action", "fail", "close")
    },
}  # fmt: skip

API: dict[str, Case] = {
    "api-locations-list": listing(PARTAKERS, api=True, posts=(form(**PLACE),)),
    "api-locations-detail": of("location", OUR_READERS | {"secondary"}, api=True),
    "api-locations-close": of("location", NOBODY, form(), api=True),
    "api-locations-reopen": of("location", NOBODY, form(), api=True),
    "api-cosell-roles-list": listing(GIVERS, "role=referrals_user", "q={}", "location={}", api=True),
    "api-cosell-roles-detail": of_member(frozenset({"primary", "secondary"}), api=True),
    "api-solutions-list": listing(
        COSELLERS, "q={}", "status=published", "readiness=asked", api=True, posts=(form(**SOLUTION),)
    ),
    "api-solutions-detail": of("solution", OUR_READERS, api=True),
    **{
        f"api-solutions-{verb}": of(kind, NOBODY, form(**sent), api=True)
        for verb, kind, sent in (
            ("publish", "solution", {}), ("ask", "solution", {}), ("take-back", "asked_solution", {}),
            ("retire", "solution", {}), ("bring-back", "solution", {}), ("make-ready", "asked_solution", {}),
            ("send-back", "asked_solution", NOTE), ("withdraw", "solution", NOTE),
        )
    },
    "api-won-registrations-list": listing(
        ADMINISTRATORS | {"operations"}, "q={}", "status=review_pending", api=True, posts=(_of_rivals_parts,)
    ),
    "api-won-registrations-detail": of("won_registration", frozenset({"primary", "operations"}), api=True),
    "api-won-registrations-correct": of("registration_to_correct", NOBODY, api=True),
    **{
        f"api-won-registrations-{verb}": of("won_registration", NOBODY, form(**sent), api=True)
        for verb, sent in (
            ("withdraw", {}), ("approve", NOTE), ("require-action", NOTE), ("fail", NOTE), ("close", NOTE),
        )
    },
}  # fmt: skip

CASES: dict[str, Case] = {**PAGES, **API}
