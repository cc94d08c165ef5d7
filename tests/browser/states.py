"""What a page is looked at as: by whom, in which state, and what is done on it before."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page, expect

from tests.factories import PASSWORD

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition

NEW_PASSWORD = "a long sentence of mine"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class State:
    """A page as one person finds it, or makes it.

    `leading_to` gives the parameters of its address; `act` is what is done on it before it is looked at.
    """

    who: str
    name: str = ""
    leading_to: Callable[[Exhibition], dict[str, Any]] = lambda shown: {}
    query: str = ""
    act: Callable[[Page], None] | None = None
    status: int = 200
    only: str = ""  # "wide" or "phone", when it is that only there
    led_on: bool = False  # to another address


def seen_by(*people: str, **common: Any) -> tuple[State, ...]:
    return tuple(State(who, **common) for who in people)


# ------------------------------------------------------------------------------------------------ what is done


def refused(form: str = "main form[method=post]") -> Callable[[Page], None]:
    """Sends a form with nothing in it, so that it comes back with what is wrong."""

    def act(page: Page) -> None:
        first = page.locator(form).first
        first.evaluate(
            """form => { for (const one of form.elements)
                if (one.type === "checkbox" || one.type === "radio") one.checked = false;
                else if (one.type !== "hidden" && !one.matches("button, select")) one.value = ""; }"""
        )
        with page.expect_navigation():
            first.evaluate("form => form.requestSubmit(form.querySelector('button[name]'))")
        expect(page.locator("[data-form-errors], .field-bad").first).to_be_visible()

    return act


def refused_by(field: str, text: str) -> Callable[[Page], None]:
    """Sends a form with something in a field that cannot be."""

    def act(page: Page) -> None:
        page.locator(f"[name={field}]").fill(text)
        with page.expect_navigation():
            page.locator("form[data-lossless] [type=submit]").last.click()
        expect(page.locator("[data-form-errors]").first).to_be_visible()

    return act


def pressed(name: str, then: str = "dialog[open]") -> Callable[[Page], None]:
    """Presses a button and waits for what it opens."""

    def act(page: Page) -> None:
        page.get_by_role("button", name=words(page, name)).first.click()
        page.locator(then).first.wait_for()

    return act


def words(page: Page, english: str) -> Any:
    """How a text of the catalogue is shown on this page: in its language."""
    from django.utils.translation import gettext, override

    with override(page.evaluate("document.documentElement.lang")):
        return re.compile(re.escape(gettext(english)))


def pasting_nonsense(page: Page) -> None:
    page.locator("[name=lines]").fill("2027-06-14 Bridge day\nsoon\n2027-06-14 Again\n2027-06-15")
    with page.expect_navigation():
        page.locator("form[data-lossless] [type=submit]").first.click()
    expect(page.locator("[data-form-errors]").first).to_be_visible()


def taking_nothing(page: Page) -> None:
    """Of what guided selling suggests."""
    for box in page.locator("main [name=part]").all():
        box.uncheck()
    with page.expect_navigation():
        page.locator("main form[data-lossless] [type=submit]").last.click()


def unfolded(page: Page) -> None:
    page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")


def menu(opened_by: str) -> Callable[[Page], None]:
    return lambda page: page.locator(f"{opened_by} > summary").click()


def signing_up(page: Page) -> None:
    for name, value in (
        ("name", "Nela Nowak"),
        ("email", f"nela{next(_numbers)}@people.example"),
        ("password1", NEW_PASSWORD),
    ):
        page.locator(f"[name={name}]").fill(value)
    page.locator("main [type=submit]").last.click()
    page.locator("[name=code]").wait_for()


def signing_in(
    name: str, shown: Exhibition | None = None, password: str = PASSWORD
) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.locator("[name=login]").fill(name)
        page.locator("[name=password]").fill(password)
        page.locator("[name=password]").press("Enter")
        page.wait_for_load_state()

    return act


# ------------------------------------------------------------------------------------------------ which object


def deal(status: str, **more: Any) -> Callable[[Exhibition], dict[str, Any]]:
    return lambda shown: {"public_id": shown.deals[status].public_id, **more}


def asked(what: str) -> Callable[[Exhibition], dict[str, Any]]:
    return lambda shown: {"public_id": shown.requests[what].public_id}


def member(name: str) -> Callable[[Exhibition], dict[str, Any]]:
    return lambda shown: {"public_id": shown.people[name].public_id}


def site(name: str) -> Callable[[Exhibition], dict[str, Any]]:
    return lambda shown: {"public_id": getattr(shown.cast, name, None).public_id}


def thing(
    name: str, parameter: str = "public_id", attribute: str = "public_id"
) -> Callable[[Exhibition], dict[str, Any]]:
    return lambda shown: {parameter: getattr(shown.things[name], attribute)}
