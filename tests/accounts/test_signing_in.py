"""Signing in and out, passwords, and the addresses one signs in with."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from identity import tenancy
from identity.keys import make_key
from identity.models import AuditEvent, User
from identity.privileges import Privilege
from tests.accounts.mailbox import code_for, letters_to
from tests.cast import Cast, actor, signed_in
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
NEW = "another long sentence"


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: str):
    return client.post("/account/login/", {"login": email, "password": password, **extra})


class TestSigningIn:
    def test_leads_to_the_start_page(self, client: Client) -> None:
        make_user("Petra New", "petra@nowa.example")
        assert sign_in(client, "petra@nowa.example").url == "/"
        assert client.get("/session/").status_code == 200

    def test_leads_back_to_where_one_wanted_to_go(self, client: Client) -> None:
        make_user("Petra New", "petra@nowa.example")
        assert sign_in(client, "petra@nowa.example", next="/profile/").url == "/profile/"

    def test_never_leads_to_another_host(self, client: Client) -> None:
        make_user("Petra New", "petra@nowa.example")
        assert sign_in(client, "petra@nowa.example", next="https://evil.example/").url == "/"

    def test_says_the_same_of_a_wrong_password_and_of_an_unknown_address(self, client: Client) -> None:
        make_user("Petra New", "petra@nowa.example")
        wrong = sign_in(client, "petra@nowa.example", "not it at all").context_data["form"].errors
        unknown = sign_in(client, "nobody@nowa.example", "not it at all").context_data["form"].errors
        assert wrong == unknown
        assert "is not right" in str(wrong)

    def test_a_person_switched_off_is_told_so(self, client: Client) -> None:
        make_user("Petra New", "petra@nowa.example", is_active=False)
        assert sign_in(client, "petra@nowa.example").url == "/account/inactive/"
        assert "switched off" in client.get("/account/inactive/").content.decode()


class TestSigningOut:
    def test_is_by_post_only(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        assert browser.get("/account/logout/").status_code == 200
        assert browser.get("/session/").status_code == 200
        browser.post("/account/logout/")
        assert browser.get("/session/").status_code == 401


def reset_password(client: Client, email: str) -> str:
    """Choose a new one by mail; returns the link that was in it."""
    client.post("/account/password/reset/", {"email": email})
    link = letters_to(email)[-1].action[1].partition("://")[2].partition("/")[2]
    form = client.get(f"/{link}", follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    return link


class TestAForgottenPassword:
    def test_is_replaced_by_a_link_from_the_mail(self, client: Client) -> None:
        make_user("Petra New", "petra@nowa.example")
        link = reset_password(client, "petra@nowa.example")
        assert sign_in(Client(), "petra@nowa.example", NEW).url == "/"
        again = Client().get(f"/{link}")
        assert "This link no longer works" in again.content.decode()

    def test_answers_the_same_for_an_address_without_a_vendor_id(self, client: Client) -> None:
        make_user("Petra New", "petra@nowa.example")
        known = client.post("/account/password/reset/", {"email": "petra@nowa.example"})
        unknown = client.post("/account/password/reset/", {"email": "nobody@nowa.example"})
        assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
        assert letters_to("nobody@nowa.example")[-1].action[1].endswith("/account/signup/")


class TestChangingThePassword:
    def test_signs_out_the_other_browsers_and_mails_the_owner(self, client: Client) -> None:
        petra = make_user("Petra New", "petra@nowa.example")
        sign_in(client, petra.email)
        other = Client()
        sign_in(other, petra.email)
        client.post(
            "/account/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        )
        assert client.get("/session/").status_code == 200
        assert other.get("/session/").status_code == 401
        assert "Your password was changed" in letters_to(petra.email)[-1].subject


class TestKeysToTheApi:
    """They stand for their owner, as a password does."""

    def test_go_on_working_when_the_password_is_changed(self, cast: Cast) -> None:
        key = key_of(cast)
        change_password(cast)

        assert asks_who_it_is(key) == 200

    def test_end_with_the_password_when_their_owner_wants_it(self, cast: Cast) -> None:
        key = key_of(cast)
        page = change_password(cast, revoke_keys="on")

        assert "Nightly import" in page.content.decode()
        assert asks_who_it_is(key) == 401
        with tenancy.as_system():
            revoked = AuditEvent.objects.get(event="key.revoked")
        assert (revoked.user_id, revoked.site_id) == (cast.sales.user_id, cast.sales.site_id)

    def test_of_others_stay_as_they_are(self, cast: Cast) -> None:
        others = key_of(cast, "primary")
        change_password(cast, revoke_keys="on")

        assert asks_who_it_is(others) == 200

    def test_end_when_a_new_password_is_chosen_by_mail(self, client: Client, cast: Cast) -> None:
        key, others = key_of(cast), key_of(cast, "primary")
        reset_password(client, cast.sales.user.email)

        assert (asks_who_it_is(key), asks_who_it_is(others)) == (401, 200)
        assert "API keys that you had were revoked" in letters_to(cast.sales.user.email)[-1].paragraphs[0]

    def test_are_no_matter_on_the_page_of_somebody_without_any(self, cast: Cast) -> None:
        assert "API key" not in signed_in(cast.sales).get("/account/password/change/").content.decode()


def key_of(cast: Cast, name: str = "sales") -> str:
    by = actor(getattr(cast, name))
    with tenancy.scope(by):
        _, secret = make_key(
            "Nightly import", [Privilege.DEAL_VIEW], expires_at=None, by=by, now=timezone.now()
        )
    return secret


def asks_who_it_is(key: str) -> int:
    return Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {key}"}).status_code


def change_password(cast: Cast, **chosen: str):
    """Returns the page on which it was done."""
    browser, address = Client(), "/account/password/change/"
    sign_in(browser, cast.sales.user.email)
    page = browser.get(address)
    done = browser.post(address, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW, **chosen})
    assert done.status_code == 302
    return page


class TestAnotherAddress:
    @pytest.mark.parametrize("action", ["action_add", "action_primary", "action_remove"])
    def test_is_nobodys_who_only_found_the_browser_open(self, client: Client, action: str) -> None:
        petra = make_user("Petra New", "petra@nowa.example")
        sign_in(client, petra.email)
        email = "thief@inna.example" if action == "action_add" else petra.email
        page = client.post("/account/email/", {action: "1", "email": email})
        assert page.status_code == 302
        assert page.url.startswith("/account/reauthenticate/")
        assert not letters_to("thief@inna.example")

    def test_is_added_by_a_code_and_made_the_main_one(self, client: Client) -> None:
        petra = make_user("Petra New", "petra@nowa.example")
        sign_in(client, petra.email)
        page = client.post("/account/email/", {"action_add": "1", "email": "petra@inna.example"})
        # Proving who one is goes on with what was asked for.
        client.post(page.url, {"password": PASSWORD, "next": "/account/email/"})
        client.post("/account/confirm-email/", {"code": code_for("petra@inna.example")})
        client.post("/account/email/", {"action_primary": "1", "email": "petra@inna.example"})
        with tenancy.as_system():
            assert User.objects.get(id=petra.id).email == "petra@inna.example"
        assert "petra@inna.example" in "".join(letters_to("petra@nowa.example")[-1].paragraphs)


class TestEveryPageOfTheDoor:
    """Each has a template of ours; allauth's own would fall back to Django's engine, and look foreign."""

    OPEN = [
        "/account/login/",
        "/account/signup/",
        "/account/password/reset/",
        "/account/password/reset/done/",
        "/account/password/reset/key/done/",
        "/account/password/reset/key/1-set-password/",
        "/account/inactive/",
        "/account/company/cancelled/",
        "/account/company/error/",
    ]
    SIGNED_IN = [
        "/account/logout/",
        "/account/email/",
        "/account/password/change/",
        "/account/reauthenticate/",
        "/account/2fa/",
        "/account/2fa/totp/activate/",
        "/account/2fa/passkeys/",
        "/account/2fa/passkeys/add/",
        "/account/company/",
    ]

    @pytest.mark.parametrize("path", OPEN)
    @pytest.mark.parametrize("language", ["en", "ar"])
    def test_is_ours_for_everybody(self, client: Client, path: str, language: str) -> None:
        page = client.get(path, headers={"accept-language": language})
        assert page.status_code in (200, 401)
        assert b'class="door"' in page.content

    @pytest.mark.parametrize("path", SIGNED_IN)
    def test_is_ours_for_whoever_is_signed_in(self, client: Client, path: str) -> None:
        make_user("Petra New", "petra@nowa.example")
        sign_in(client, "petra@nowa.example")
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        page = client.get(path)
        assert page.status_code == 200
        assert b'class="door"' in page.content

    def test_nothing_else_of_allauth_is_reachable(self) -> None:
        names = {pattern.name for pattern in get_resolver("accounts.door").url_patterns}
        assert "account_confirm_login_code" not in names
        assert "mfa_signup_webauthn" not in names
