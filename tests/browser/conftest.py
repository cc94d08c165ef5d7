"""A real browser on a real server. Pages are opened as one of the cast, signed in by a real session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page

from identity.models import Membership, User
from tests.browser.flags import FLAGS
from tests.cast import Cast, signed_in

# Playwright keeps an event loop in this thread, in which Django would refuse the tests' own queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    given = os.environ.get("PORTAL_CHROMIUM")
    return browser_type_launch_args | {"args": FLAGS} | ({"executable_path": given} if given else {})


class Visitors:
    """Opens browsers in which somebody, or nobody, is signed in. A page's script errors fail the test."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def context(self, who: Membership | User | None = None, **options: Any) -> BrowserContext:
        context = self.browser.new_context(base_url=self.address, **options)
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        if who is not None:
            self.sign_in(context, who)
        return context

    def sign_in(self, context: BrowserContext, who: Membership | User) -> None:
        self.take_over(context, signed_in(who))

    def take_over(self, context: BrowserContext, client: Client) -> None:
        """Go on where a test client has signed in."""
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.address}])

    def sign_out(self, context: BrowserContext) -> None:
        context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    def open(self, path: str, who: Membership | User | None = None, **options: Any) -> Page:
        """`path` is an address, or the name of one."""
        page = self.context(who, **options).new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(path if path.startswith("/") else reverse(path))
        return page


@pytest.fixture
def visitors(browser: Browser, live_server: Any, cast: Cast) -> Iterator[Visitors]:
    visitors = Visitors(browser, live_server.url)
    yield visitors
    for context in visitors.contexts:
        context.close()
    assert visitors.errors == []
