"""Passkeys under the strict Content-Security-Policy: added, used to sign in, used as a second factor, removed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors
from tests.cast import Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def with_authenticator(page: Page, **options: Any) -> None:
    """A device with a fingerprint reader whose owner agrees to everything."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    kind = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": kind | options})


def add_passkey(page: Page, *, passwordless: bool = True) -> None:
    page.goto("/account/2fa/passkeys/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    if passwordless:
        page.get_by_label("Sign in with it, without a password").check()
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/recovery-codes/")


def sign_out(page: Page) -> None:
    page.goto("/account/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/login/**")


class TestAPasskey:
    def test_signs_its_owner_in_without_a_password(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open("/", cast.sales)
        with_authenticator(page)
        add_passkey(page)
        sign_out(page)
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Nadia")

    def test_serves_as_a_second_factor(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open("/", cast.sales)
        with_authenticator(page)
        add_passkey(page, passwordless=False)
        sign_out(page)
        page.get_by_label("E-mail").fill(cast.sales.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/2fa/authenticate/")
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Nadia")

    def test_answers_is_it_you(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open("/", cast.sales)
        with_authenticator(page)
        add_passkey(page)
        sign_out(page)
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Nadia")
        page.goto("/account/2fa/totp/activate/")
        page.get_by_role("link", name="Use a passkey").click()
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("authenticator app")

    def test_is_renamed_and_removed(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open("/", cast.sales)
        with_authenticator(page)
        add_passkey(page)
        page.goto("/account/2fa/passkeys/")
        page.get_by_role("link", name="Rename").click()
        page.get_by_label("Name").fill("Office laptop")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Office laptop")).to_be_visible()
        page.get_by_role("link", name="Remove").click()
        page.get_by_role("button", name="Remove it").click()
        expect(page.get_by_text("No passkeys yet")).to_be_visible()


class TestWithoutAPasskey:
    def test_the_page_says_what_went_wrong(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open("/account/login/")
        with_authenticator(page, isUserVerified=False)
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.locator("[data-passkey-status]")).to_contain_text("Nothing was done")
