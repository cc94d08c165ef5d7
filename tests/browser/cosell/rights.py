"""Roles, locations, solutions and registrations: how their pages are looked at, and of which pictures are made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from cosell.models import Incentive, Readiness, RegisteredSolution, SolutionStatus, WonRegistration
from cosell.states import Sharing, Substatus
from identity import tenancy
from identity.models import Role
from tests.browser.shots import LINK, Shot
from tests.browser.states import State, member, refused, seen_by, thing
from tests.cosell.factories import give_role, make_location, make_referral, make_solution

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition

WRITTEN = {
    "description": "Plans which loom of a cotton mill weaves what, and when it is cleaned; learns from what broke.",
    "customer_value": "A tenth more cloth.\nNobody waits for a loom.",
    "document_url": "https://nile.example/loom-planner",
    "contact_name": "نادية فاروق",
    "contact_email": "nadia@nile.example",
}
STATUSES = ("review_pending", "action_required", "approved", "failed", "closed")


def show(shown: Exhibition) -> None:
    """People with every kind of role, solutions on their way, registrations in every state."""
    site, now = shown.cast.site, timezone.now()
    cairo = make_location(site, "القاهرة الجديدة", contact_email="cairo@nile.example")
    luxor = make_location(site, "Luxor", city="Luxor")
    shown.things |= {"location": cairo, "small location": luxor}
    shown.things["closed location"] = make_location(site, "Old harbour", closed_at=now)
    give_role(shown.cast.primary, *Role)
    give_role(shown.cast.sales, Role.REFERRALS_USER, at=[cairo, luxor])
    waiting: dict[str, Any] = {"readiness": Readiness.NOT_READY, "ready_at": None}
    shown.things |= {
        "draft solution": make_solution(
            site, "Guest Tablet", status=SolutionStatus.DRAFT, published_at=None, **waiting
        ),
        "sent back solution": make_solution(
            site, "Shift Swap", readiness_note="Name a customer who uses it.", **waiting, **WRITTEN
        ),
        "asked solution": make_solution(
            site, "Spindle Watch", readiness=Readiness.ASKED, ready_at=None, asked_at=now, **WRITTEN
        ),
        "ready solution": make_solution(site, "Loom Planner", incentive=Incentive.CLOUD_IP, **WRITTEN),
        "retired solution": make_solution(site, "Fax Bridge", status=SolutionStatus.RETIRED, **waiting),
    }
    shown.things["winning deal"] = _won(shown, "Looms for Giza", days=9)
    shown.things["quick deal"] = _won(shown, "Won on the same day", days=0)
    for status in STATUSES:
        shown.things[f"{status} registration"] = _registration(shown, status)


def _won(shown: Exhibition, name: str, *, days: int) -> Any:
    now = timezone.now()
    return make_referral(
        shown.cast.site, shown.things["location"], solutions=[shown.things["ready solution"]], name=name,
        sharing=Sharing.PARTNER_LED, substatus=Substatus.WON, created_at=now - timedelta(days=days), closed_at=now,
    )  # fmt: skip


def _registration(shown: Exhibition, status: str) -> WonRegistration:
    """In review, or moved on from there by the vendor."""
    site, location, now = shown.cast.site, shown.things["location"], timezone.now()
    deal, solution = _won(shown, f"Mill {STATUSES.index(status) + 1}", days=9), shown.things["ready solution"]
    with tenancy.as_system():
        found = WonRegistration.objects.create(
            site=site, site_name=site.name, site_number=site.number, location=location,
            location_name=location.name, referral=deal, referral_name=deal.name, customer_name=deal.customer_name,
            engagement=deal.engagement, incentive=Incentive.CLOUD_IP, contract_value=12_500_000, currency="EGP",
            starts_on=now.date(), signed_on=now.date(), solution_count=1, changed_at=now,
            changed_by_name="Amira Haddad", answer_by=now + timedelta(days=5), created_at=now,
        )  # fmt: skip
        RegisteredSolution.objects.create(
            site=site, registration=found, solution=solution, name=solution.name, value=8_000_000,
            deployed="vendor_cloud", pricing="subscription", marketplace_id="MP-2026-00417",
        )  # fmt: skip
        if status != "review_pending":
            found.status, found.note, found.by_vendor = status, "The contract says something else.", True
            found.changed_by_name, found.decided_at, found.version = "Olga Ops", now, 2
            found.save()
    return found


def of(name: str) -> Callable[[Exhibition], dict[str, Any]]:
    return thing(name)


def _states(who: tuple[str, ...], names: tuple[str, ...], kind: str) -> tuple[State, ...]:
    return tuple(State(one, name, leading_to=of(f"{name} {kind}")) for name in names for one in who)


def _some_without_locations(page: Page) -> None:
    """For some locations, but none is chosen."""
    page.locator("[name=referrals_user][value=some]").check()
    with page.expect_navigation():
        page.locator("form[data-lossless] [type=submit]").last.click()
    expect(page.locator("[data-form-errors]").first).to_be_visible()


SOLUTIONS = ("draft", "sent back", "asked", "ready", "retired")
PAGES: dict[str, tuple[State, ...]] = {
    "cosell:home": (
        *seen_by("primary", "sales", "newcomer", "secondary", "beginner", "deal_desk", "operations"),
    ),
    "cosell:roles": (
        *seen_by("primary", "secondary"),
        State("primary", "nobody", query="?q=zzzz"),
        State("primary", "one role", query="?role=account_admin"),
    ),
    "cosell:member_roles": (
        State("primary", leading_to=member("sales")),
        State("primary", "oneself", leading_to=member("primary")),
        State("secondary", leading_to=member("newcomer")),
        State("primary", "no role yet", leading_to=member("newcomer")),
        State("primary", "refused", leading_to=member("newcomer"), act=_some_without_locations),
    ),
    "cosell:locations": seen_by("primary", "sales", "operations", "beginner"),
    "cosell:add_location": (
        State("primary"),
        State("primary", "refused", act=refused("main form[data-lossless]")),
    ),
    "cosell:location": (
        State("primary", leading_to=of("location")),
        State("primary", "closed", leading_to=of("closed location")),
        State("sales", leading_to=of("small location")),
        State("operations", leading_to=of("location")),
    ),
    "solutions:list": (
        *seen_by("primary", "sales", "operations"),
        State("primary", "none fits", query="?q=zzzz"),
        State("operations", "ready", query="?show=ready"),
    ),
    "solutions:add": (State("primary"), State("primary", "refused", act=refused("main form[data-lossless]"))),
    "solutions:solution": (
        *_states(("primary",), SOLUTIONS, "solution"),
        *_states(("operations",), ("asked", "ready"), "solution"),
        State("sales", leading_to=of("ready solution")),
    ),
    "solutions:edit": (
        State("primary", leading_to=of("ready solution")),
        State("primary", "refused", leading_to=of("draft solution"), act=refused("main form[data-lossless]")),
    ),
    "registrations:list": (
        *seen_by("primary", "operations"),
        State("primary", "none fits", query="?q=zzzz"),
        State("operations", "all", query="?show=all"),
    ),
    "registrations:register": (
        State("primary", leading_to=of("winning deal")),
        State("primary", "cannot be", leading_to=of("quick deal")),
        State("primary", "refused", leading_to=of("winning deal"), act=refused("main form[data-lossless]")),
    ),
    "registrations:registration": (
        *_states(("primary",), STATUSES, "registration"),
        *_states(("operations",), ("review_pending", "action_required", "approved"), "registration"),
    ),
    "registrations:correct": (State("primary", leading_to=of("action_required registration")),),
}
_POST = "only posted to"
NO_PAGES: dict[str, str] = {
    **dict.fromkeys(("cosell:ask", "cosell:close_location", "cosell:reopen_location"), _POST),
    **{
        f"solutions:{verb}": _POST
        for verb in (
            "publish",
            "ask",
            "take_back",
            "retire",
            "bring_back",
            "make_ready",
            "send_back",
            "withdraw",
        )
    },
    **{f"registrations:{verb}": _POST for verb in ("withdraw", "approve", "require_action", "fail", "close")},
}
#: Pictures by the demo account that they are of: reseller_primary, staff_deal_desk, …
SHOTS: dict[str, tuple[Shot, ...]] = {
    "reseller_primary": (
        Shot("cosell:home", "cosell-roles", "/cosell/"),
        Shot("cosell:roles", "cosell-everybody", "/cosell/roles/"),
        Shot("cosell:member_roles", "cosell-member", "/cosell/roles/", LINK),
        Shot("cosell:locations", "cosell-locations", "/cosell/locations/"),
        Shot("cosell:add_location", "cosell-location-new", "/cosell/locations/add/"),
        Shot("cosell:location", "cosell-location", "/cosell/locations/", LINK),
        Shot("solutions:list", "solutions", "/cosell/solutions/"),
        Shot("solutions:add", "solution-new", "/cosell/solutions/add/"),
        Shot("solutions:solution", "solution", "/cosell/solutions/", LINK),
        Shot("solutions:edit", "solution-edit", "/cosell/solutions/", LINK, "edit/"),
        Shot("registrations:list", "won-registrations", "/cosell/registrations/"),
        Shot("registrations:registration", "won-registration", "/cosell/registrations/", LINK),
        Shot(
            "registrations:register",
            "won-registration-new",
            "/cosell/registrations/",
            "main a[href^='/cosell/registrations/new/']",
        ),
        Shot(
            "registrations:correct",
            "won-registration-correct",
            "/cosell/registrations/?show=action",
            LINK,
            "correct/",
        ),
    ),
}
