"""Everybody can use every page, in every state: no violation of WCAG 2.2 AA, nothing beyond the edge of a phone.

Each state is looked at light and dark, wide and narrow, in English and in Arabic. Not in all eight ways: colours do not
go by the direction of writing. Every two meet; every rule is tried wide in English and narrow in Arabic.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser import axe
from tests.browser.conftest import Visitors
from tests.browser.exhibition import Exhibition, make_exhibition
from tests.browser.pages import NO_PAGES, PAGES, REFUSALS, State, signing_in
from tests.browser.walking import NEW, send
from tests.conftest import truncate_everything
from tests.sweep.addresses import every_address, path

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# In each language: the appearance, the size, and by which rules.
Look = tuple[axe.Scheme, dict[str, int], list[str]]
LOOKS: dict[str, list[Look]] = {
    "en": [("light", WIDE, axe.RULES), ("dark", PHONE, axe.LOOKS)],
    "ar": [("dark", WIDE, axe.LOOKS), ("light", PHONE, axe.RULES)],
}
BEYOND_THE_EDGE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
EVERY_STATE = [
    pytest.param(name, state, id=" ".join(filter(None, [name, state.who, state.name])))
    for name, states in PAGES.items()
    for state in states
]


def test_every_address_is_a_page_or_known_to_be_none() -> None:
    addresses = {address.name for address in every_address() if not address.route.startswith("api/")}

    assert sorted(addresses - set(PAGES) - set(NO_PAGES)) == []
    assert sorted({*PAGES, *NO_PAGES} - addresses) == []
    assert sorted(set(PAGES) & set(NO_PAGES)) == []


@pytest.fixture(scope="module")
def shown(django_db_setup: None, django_db_blocker: Any) -> Iterator[Exhibition]:
    """One world for the whole module: looking at it changes nothing."""
    with django_db_blocker.unblock():
        yield make_exhibition()
        truncate_everything()


@pytest.fixture(scope="module")
def visits(shown: Exhibition, browser: Browser) -> Iterator[Visits]:
    server = LiveServer("localhost")
    visits = Visits(Visitors(browser, server.url), shown)
    yield visits
    for context in visits.visitors.contexts:
        context.close()
    server.stop()


class Visits:
    """Opens pages; everybody has one browser for each language, since making one takes its time."""

    def __init__(self, visitors: Visitors, shown: Exhibition) -> None:
        self.visitors, self.shown = visitors, shown
        self.pages: dict[tuple[str, str], Page] = {}
        self.complaints: list[str] = []

    def page(self, who: str, language: str) -> Page:
        if (who, language) not in self.pages:
            context = self.visitors.context(locale=language, reduced_motion="reduce")
            if who == "guest":  # whose link has a language of its own, which theirs goes before
                chosen = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language}
                context.add_cookies([{**chosen, "url": self.visitors.address}])
            elif who != "anonymous":
                self.visitors.take_over(context, self.shown.browser(who))
            page = context.new_page()
            page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
            page.on(
                "console",
                lambda said: said.type == "error" and self.complaints.append(f"console: {said.text}"),
            )
            self.pages[who, language] = page
        return self.pages[who, language]

    def open(self, name: str, state: State, language: str) -> Page:
        page = self.page(state.who, language)
        address = path(name, state.leading_to(self.shown))
        answer = page.goto(address + state.query)
        assert answer is not None
        assert answer.status == state.status, page.url
        if not state.led_on:
            assert urlsplit(page.url).path == address
        if state.act is not None:
            state.act(page)
        self.complaints = [
            each for each in self.complaints if "the server responded with a status of" not in each
        ]
        return page


def resize(page: Page, size: dict[str, int]) -> None:
    """To the size that it has already, the browser would take its time as well."""
    if page.viewport_size != size:
        page.set_viewport_size(size)


def seen(page: Page, language: str, looks: list[Look]) -> list[str]:
    """What is wrong with an open page, in each of the looks."""
    found = []
    for scheme, size, rules in looks:
        resize(page, size)
        where = f"{language}, {scheme}, {size['width']} px"
        found += [f"{where}: {each}" for each in axe.violations(page, rules=rules, scheme=scheme)]
        if beyond := page.evaluate(BEYOND_THE_EDGE):
            found.append(f"{where}: {beyond} px beyond the edge")
    return found


@pytest.mark.parametrize(("name", "state"), EVERY_STATE)
def test_everybody_can_use(visits: Visits, name: str, state: State) -> None:
    found: list[str] = []
    visits.complaints.clear()
    for language, all_looks in LOOKS.items():
        looks = [look for look in all_looks if state.only in ("", "phone" if look[1] is PHONE else "wide")]
        resize(visits.page(state.who, language), looks[0][1])
        found += seen(visits.open(name, state, language), language, looks)
    assert found + visits.complaints == []


@pytest.mark.parametrize(("who", "address", "status"), REFUSALS.values(), ids=REFUSALS)
def test_everybody_can_use_the_page_that_says_no(visits: Visits, who: str, address: str, status: int) -> None:
    found: list[str] = []
    for language, looks in LOOKS.items():
        page = visits.page(who, language)
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status
        found += seen(page, language, looks)
    assert found == []


class TestOnTheWay:
    """Pages that come between others, and only then."""

    @pytest.mark.parametrize("language", LOOKS)
    def test_everybody_can_give_their_second_factor(self, visits: Visits, language: str) -> None:
        page = visits.visitors.open("/account/login/", locale=language)
        signing_in(visits.shown.user("secondary").email)(page)
        assert urlsplit(page.url).path == reverse("mfa_authenticate")

        assert seen(page, language, LOOKS[language]) == []

    @pytest.mark.parametrize("language", LOOKS)
    def test_everybody_can_read_that_a_second_factor_is_needed(
        self, visits: Visits, settings: Any, language: str
    ) -> None:
        settings.REQUIRE_SECOND_FACTOR = frozenset({"primary"})
        page = visits.page("primary", language)
        page.goto("/")
        assert urlsplit(page.url).path == reverse("accounts:second_factor")

        assert seen(page, language, LOOKS[language]) == []

    @pytest.mark.parametrize("language", LOOKS)
    def test_everybody_can_read_to_whom_a_link_went(self, visits: Visits, language: str) -> None:
        page = visits.page("guest", language)
        page.goto(path("setup:start", visits.shown.things[f"handed {language} link"]))
        send(page, **NEW[0])
        send(page, who="customer", customer_email="boss@meadow.example", agreed="on")
        page.get_by_text("boss@meadow.example").wait_for()

        assert seen(page, language, LOOKS[language]) == []
