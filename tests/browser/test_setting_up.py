"""From the link in a mail to a running service, in a real browser: with scripts and without, by keyboard, in Arabic.

How each step looks on a phone and in the dark is with all other pages (test_accessibility.py).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from identity import tenancy
from provisioning.models import LineStatus, SetupLine
from tests.browser.axe import violations
from tests.browser.conftest import Visitors
from tests.browser.walking import send
from tests.cast import Cast
from tests.provisioning.activating.made import work
from tests.provisioning.made import make_line, make_secret

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def line(cast: Cast) -> SetupLine:
    return make_line(cast.site, status=LineStatus.AWAITING_DETAILS, contact_email="orders@nile.example")


def address_of(line: SetupLine) -> str:
    return f"/setup/{make_secret(line, now=timezone.now())}/"


def walk(page: Page, look: Callable[[Page], None]) -> None:
    """All of it, from the first question to Provision; every page is looked at before it is sent."""
    steps: list[dict[str, str]] = [
        {"role": "partner"},
        {"who": "partner"},
        {"name": "Nile Systems", "country": "EG", "address": "1 Corniche", "email": "cloud@nile.example"},
        {"email": "boss@oasis.example"},
        {"name": "Oasis Hotels", "country": "EG", "address": "2 Palm Street"},
        {},
    ]
    for fields in steps:
        look(page)
        send(page, **fields)
    look(page)
    page.locator("main a.button").click()
    for fields in (
        {},
        {"country": "EG", "address": "2 Palm Street", "languages": "ar", "sip": "oasis-voice"},
        {"site": "oasis-meet"},
        {"subdomain": "oasis"},
        {"agreed": "on"},
    ):
        look(page)
        send(page, **fields)


def nothing_wrong(page: Page) -> None:
    assert violations(page) == []
    # Nothing sticks out on the side.
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


class TestSettingUp:
    def test_leads_from_the_link_to_the_running_service(self, line: SetupLine, visitors: Visitors) -> None:
        page = visitors.open(address_of(line))
        walk(page, nothing_wrong)
        expect(page.locator("[data-follow]")).to_be_visible()
        nothing_wrong(page)
        work()
        # The page follows by itself.
        expect(page.get_by_text("Everything is set up, and billing has started.")).to_be_visible()
        nothing_wrong(page)
        with tenancy.as_system():
            line.refresh_from_db()
        assert line.status == LineStatus.ACTIVE

    def test_works_without_scripts_and_without_cookies(self, line: SetupLine, visitors: Visitors) -> None:
        context = visitors.context(java_script_enabled=False)
        page = context.new_page()
        page.goto(address_of(line))
        page.get_by_label("I am a partner").check()
        page.locator("#step .button-primary").click()
        expect(page.get_by_role("heading", name="Who sets this up?")).to_be_visible()
        assert context.cookies() == []

    def test_reads_from_right_to_left(self, cast: Cast, visitors: Visitors) -> None:
        arabic = make_line(cast.site, status=LineStatus.AWAITING_DETAILS, contact_language="ar")
        page = visitors.open(address_of(arabic))
        assert page.evaluate("document.documentElement.dir") == "rtl"
        walk(page, nothing_wrong)

    def test_goes_on_in_another_language_with_what_was_typed(
        self, line: SetupLine, visitors: Visitors
    ) -> None:
        page = visitors.open(address_of(line))
        send(page, role="partner")
        page.locator("[name=colleague_email]").fill("sara@nile.example")
        page.locator(".language-menu summary").click()
        with page.expect_navigation():
            page.locator("button[name=language][value=pl]").click()
        assert page.evaluate("document.documentElement.lang") == "pl"
        assert page.locator("[name=colleague_email]").input_value() == "sara@nile.example"

    def test_is_done_with_the_keyboard_alone(self, line: SetupLine, visitors: Visitors) -> None:
        page = visitors.open(address_of(line))
        page.locator("[name=role]").first.focus()
        page.keyboard.press("Space")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Who sets this up?")).to_be_visible()
        page.locator("[name=who]").first.focus()
        page.keyboard.press("Space")
        with page.expect_navigation():
            page.keyboard.press("Enter")  # goes on, not back
        expect(page.get_by_role("heading", name="Create your partner organisation")).to_be_visible()

    def test_moves_to_what_is_wrong(self, line: SetupLine, visitors: Visitors) -> None:
        page = visitors.open(address_of(line))
        send(page)
        expect(page.locator("[data-form-errors]")).to_be_focused()
        nothing_wrong(page)

    @pytest.mark.parametrize("ending", ["revoked", "cancelled"])
    def test_says_so_where_a_link_is_over(self, line: SetupLine, visitors: Visitors, ending: str) -> None:
        path = address_of(line)
        with tenancy.as_system():
            if ending == "revoked":
                line.links.update(revoked_at=timezone.now())
            else:
                SetupLine.objects.filter(id=line.id).update(status="cancelled", waits_for="", due_at=None)
        nothing_wrong(visitors.open(path))
