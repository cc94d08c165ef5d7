"""Walking along the steps behind a link: what is filled in, and how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

Fields = dict[str, str]


def send(page: Page, **fields: Any) -> None:
    """Fill in the step, and go on."""
    for name, value in fields.items():
        field = page.locator(f"#step [name={name}]").first
        kind = field.evaluate("one => one.type")
        if kind in ("radio", "checkbox"):
            page.locator(f"#step [name={name}]" + ("" if value == "on" else f"[value='{value}']")).check()
        elif kind == "select-one":
            field.evaluate("(one, value) => { one.value = value; }", value)
        else:
            field.fill(value)
    with page.expect_navigation():
        page.locator("#step .form-actions .button-primary").click()


def walked(*steps: Fields) -> Callable[[Page], None]:
    """Fills in so many steps, and stops at the next one; a step without what it wants comes back with what is wrong."""

    def act(page: Page) -> None:
        for fields in steps:
            send(page, **fields)

    return act


def asking_for(name: str, *before: Fields, field: str) -> Callable[[Page], None]:
    """Whether a name can be had, at the step after those."""

    def act(page: Page) -> None:
        walked(*before)(page)
        page.locator(f"[name={field}]").fill(name)
        with page.expect_navigation():
            page.locator("[name=check]").click()
        page.locator("[role=status] .badge").wait_for()

    return act


#: The steps of a partner whose first order it is, for a customer of whom nobody has an organisation.
NEW = (
    {"role": "partner"},
    {"who": "partner"},
    {"name": "Nile Systems", "country": "EG", "address": "1 Corniche", "email": "cloud@nile.example"},
    {"email": "boss@meadow.example"},
    {"name": "Meadow Hotels", "country": "EG", "address": "2 Palm Street"},
)
#: Of one that has set up before, for a customer that has an organisation: the second time by its administrator.
KNOWN = ({"role": "partner"}, {"who": "partner"}, {"right": "yes"}, {"email": "new@delta.example"})
BY_ADDRESS = (*KNOWN[:3], {"email": "it@delta.example"}, {"right": "yes"})
#: Of the customer.
OWN = (
    {"email": "boss@meadow.example"},
    {"name": "Meadow Hotels", "country": "EG", "address": "2 Palm Street"},
)
SERVICES = (
    {},
    {"country": "EG", "address": "2 Palm Street", "languages": "ar", "sip": "meadow-voice"},
    {"site": "meadow-meet"},
    {"subdomain": "meadow"},
)
