"""A picture that is taken of the running demo: of which page, and how one comes to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

ROW = "a.row-link"
LINK = "tbody a.row-link"


@dataclass(frozen=True)
class Shot:
    """A page of the portal (the name of its address), and how to come there."""

    address: str
    name: str
    path: str
    follow: str = ""  # on that page, the first link that matches this selector
    then: str = ""  # put at the end of where one is now
    act: Callable[[Page], None] | None = None


def unfold(page: Page) -> None:
    page.locator("main details:not(.menu)").evaluate_all("all => all.forEach(one => one.open = true)")


def send_empty(page: Page) -> None:
    form = page.locator("form[data-lossless]").first
    with page.expect_navigation():
        form.evaluate("form => form.requestSubmit(form.querySelector('.form-actions button'))")


def along(*links: str) -> Callable[[Page], None]:
    """On from here: the first link that matches, and there the next."""

    def act(page: Page) -> None:
        for link in links:
            with page.expect_navigation():
                page.locator(link).first.click()

    return act
