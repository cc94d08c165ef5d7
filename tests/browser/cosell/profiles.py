"""Business profiles and the public directory: how its pages are looked at, and of which pictures are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.browser.shots import LINK, Shot, send_empty, unfold
from tests.browser.states import State, refused, unfolded
from tests.cosell.factories import make_location, make_profile

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition

STATES = ("draft", "waiting", "live", "changed", "stopped", "withdrawn")
COUNTRIES = ("EG", "SA", "AE", "JO", "IT", "MT")
LONG = {
    "name": "شركة النيل للحوسبة السحابية والخدمات المُدارة",
    "description": "نساعد المصانع والفنادق على الانتقال إلى السحابة.\nWe speak Arabic, English and Italian.",
    "tags": [
        "industry-hospitality", "industry-manufacturing", "product-cloud", "product-security", "product-backup",
        "service-migration", "service-managed",
    ],
    "skills": ["Hotel bookings", "Przewidywanie awarii maszyn"],
    "sizes": ["10-50", "51-250"],
    "turns_away": True,
}  # fmt: skip


def show(shown: Exhibition) -> None:
    """A profile in every state, each for a country of its own; a rival's live one beside them."""
    site = shown.cast.site
    offices = [
        make_location(site, "Smart Village", city="Giza", postal_code="12577"),
        make_location(site, "الإسكندرية", city="الإسكندرية"),
    ]
    for state, country in zip(STATES, COUNTRIES, strict=True):
        more = LONG if state in ("live", "waiting") else {}
        shown.things[f"{state} profile"] = make_profile(
            site, state=state, country=country, locations=offices, **more
        )
    make_profile(shown.cast.rival_site, country="PL", name="Wisła Integratorzy")


def of(state: str) -> Callable[[Exhibition], dict[str, Any]]:
    return lambda shown: {"public_id": shown.things[f"{state} profile"].public_id}


PAGES: dict[str, tuple[State, ...]] = {
    "profiles:list": (State("primary"), State("beginner", "none yet")),
    "profiles:make": (State("primary"), State("primary", "refused", act=refused())),
    "profiles:profile": tuple(State("primary", state, leading_to=of(state)) for state in STATES),
    "profiles:change": (
        State("primary", leading_to=of("live")),
        State("primary", "refused", leading_to=of("draft"), act=refused("main form[data-lossless]")),
    ),
    "profiles:queue": (
        State("operations"),
        *(State("operations", show, query=f"?show={show}") for show in ("live", "stopped", "withdrawn")),
    ),
    "profiles:review": (
        *(State("operations", state, leading_to=of(state)) for state in ("waiting", "live", "stopped")),
        State("operations", "refused", leading_to=of("waiting"), act=refused("main form[data-lossless]")),
    ),
    "directory:search": (
        State("anonymous"),
        State("anonymous", "unfolded", act=unfolded),
        State("anonymous", "narrowed", query="?country=AE&tag=product-cloud&q=hotel"),
        State("anonymous", "nothing fits", query="?q=zzz"),
        State("primary", "signed in"),
    ),
    "directory:partner": (
        State("anonymous", leading_to=of("live")),
        State("anonymous", "plain", leading_to=of("changed")),
    ),
    "directory:enquire": (
        State("anonymous", leading_to=of("live")),
        State("anonymous", "refused", leading_to=of("live"), act=refused("main form[data-lossless]")),
    ),
    "directory:thanks": (
        State("anonymous", leading_to=of("live")),
        State("anonymous", "of another size", leading_to=of("live"), query="?size=other"),
    ),
}
NO_PAGES: dict[str, str] = {
    "directory:suggest": "suggestions, as JSON",
    "directory:logo": "a picture",
    "profiles:logo": "a picture",
    **{
        f"profiles:{name}": "only takes a POST"
        for name in ("publish", "take_back", "withdraw", "delete", "approve", "stop")
    },
}
#: Pictures by the demo account that they are of: reseller_primary, staff_deal_desk, …
SHOTS: dict[str, tuple[Shot, ...]] = {
    "reseller_primary": (
        Shot("profiles:list", "profiles", "/cosell/profiles/"),
        Shot("profiles:make", "profile-new", "/cosell/profiles/new/"),
        Shot("profiles:make", "profile-new-refused", "/cosell/profiles/new/", act=send_empty),
        Shot("profiles:profile", "profile", "/cosell/profiles/", follow=LINK),
        Shot("profiles:change", "profile-change", "/cosell/profiles/", follow=LINK, then="change/"),
    ),
    "anonymous": (
        Shot("directory:search", "directory", "/partners/"),
        Shot("directory:search", "directory-unfolded", "/partners/", act=unfold),
        Shot("directory:partner", "directory-partner", "/partners/", follow="a.row-link"),
        Shot("directory:enquire", "directory-enquiry", "/partners/", follow="a.row-link", then="ask/"),
        Shot("directory:thanks", "directory-thanks", "/partners/", follow="a.row-link", then="thanks/"),
    ),
    "staff_channel_operations": (
        Shot("profiles:queue", "profiles-waiting", "/cosell/profiles/waiting/"),
        Shot("profiles:review", "profile-review", "/cosell/profiles/waiting/", follow=LINK),
    ),
}
