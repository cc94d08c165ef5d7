"""A file from the vendor's system, from the browser to the data: with every process of the portal at work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from identity import tenancy
from identity.models import User
from pricing.models import Part
from tests.browser.axe import violations
from tests.browser.conftest import Visitors
from tests.browser.stack import Stack, running_stack
from tests.conftest import truncate_everything
from tests.factories import PASSWORD
from tests.feeds.sending import make_lines, make_pricing

PATIENCE = 60_000  # milliseconds
FILE = "Teilenummer;description;line;type\r\nD0AAALL;Flow Designer;FLOW;licence\r\nD0BBBLL;Flow Runner;FLOW;renewal\r\n"


@pytest.fixture(scope="module")
def pia(django_db_setup: None, django_db_blocker: Any) -> Iterator[User]:
    with django_db_blocker.unblock():
        make_lines("FLOW")
        yield make_pricing()
        truncate_everything()


@pytest.fixture(scope="module")
def stack(pia: User, tmp_path_factory: Any) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("portal")) as stack:
        yield stack


@pytest.fixture
def travellers(browser: Browser, stack: Stack) -> Iterator[Visitors]:
    travellers = Visitors(browser, stack.url)
    yield travellers
    for context in travellers.contexts:
        context.close()
    assert travellers.errors == []


def at_work(travellers: Visitors, who: User) -> Page:
    page = travellers.open("/account/login/")
    page.get_by_label("E-mail").fill(who.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/account/login/" not in url)
    return page


def test_a_file_with_a_foreign_header_is_matched_checked_confirmed_and_loaded(
    travellers: Visitors, pia: User, tmp_path: Path
) -> None:
    file = tmp_path / "parts of autumn.csv"
    file.write_text(FILE)
    page = at_work(travellers, pia)
    page.get_by_role("link", name="Deliveries").click()
    page.get_by_role("link", name="Send a file").first.click()
    page.get_by_role("link", name="Parts", exact=True).click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Send the file").click()

    expect(page.get_by_text("“Part number” was not found")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Part number", exact=True).select_option(label="Teilenummer")
    page.get_by_role("button", name="Check the file again").click()

    # The page follows the worker by itself.
    expect(page.get_by_role("button", name="Load all of it")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Flow Designer").first).to_be_visible()
    address = page.url
    page.get_by_role("button", name="Load all of it").click()
    page.wait_for_url(address)
    page.goto("/")  # left alone meanwhile
    page.goto(address)

    expect(page.get_by_text("The file was loaded")).to_be_visible(timeout=PATIENCE)
    assert violations(page) == []
    with tenancy.as_system():
        assert set(Part.objects.values_list("number", flat=True)) == {"D0AAALL", "D0BBBLL"}
