"""Authenticator apps, recovery codes, and who must have a second factor before anything else."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from identity import tenancy
from identity.middleware import digest
from identity.models import ApiKey, Membership, User
from tests.accounts.mailbox import letters_to
from tests.cast import Cast, signed_in
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def code_now(secret: str) -> str:
    """What an authenticator app shows at the moment."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def give_app(who: User) -> str:
    """Somebody has set up an authenticator app; returns its secret."""
    secret = generate_totp_secret()
    with tenancy.door():
        TOTP.activate(who, secret)
        RecoveryCodes.activate(who)
    return secret


def sign_in(email: str) -> tuple[Client, Any]:
    client = Client()
    return client, client.post("/account/login/", {"login": email, "password": PASSWORD})


class TestAnAuthenticatorApp:
    def test_is_set_up_by_its_code_and_gives_recovery_codes(self, client: Client) -> None:
        petra = make_user("Petra New", "petra@nowa.example")
        client, _ = sign_in(petra.email)
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        page = client.get("/account/2fa/totp/activate/")
        assert "data:image/svg+xml;base64," in page.content.decode()
        secret = page.context_data["form"].secret
        response = client.post("/account/2fa/totp/activate/", {"code": code_now(secret)})
        assert response.url == "/account/2fa/recovery-codes/"
        assert client.get(response.url).content.decode().count("<li>") >= 10
        assert "authenticator app was added" in letters_to(petra.email)[-1].subject

    def test_is_asked_for_on_signing_in(self) -> None:
        petra = make_user("Petra New", "petra@nowa.example")
        secret = give_app(petra)
        client, response = sign_in(petra.email)
        assert response.url == "/account/2fa/authenticate/"
        assert client.get("/session/").status_code == 401
        assert "This code is not right" in self.answer(client, "000000").content.decode()
        assert self.answer(client, code_now(secret)).url == "/"
        assert client.get("/session/").status_code == 200

    def test_a_recovery_code_does_in_its_place_once(self) -> None:
        petra = make_user("Petra New", "petra@nowa.example")
        give_app(petra)
        with tenancy.door():
            code = Authenticator.objects.get(user=petra, type="recovery_codes").wrap().get_unused_codes()[0]
        client, _ = sign_in(petra.email)
        assert self.answer(client, code).url == "/"
        other, _ = sign_in(petra.email)
        assert self.answer(other, code).status_code == 200
        assert other.get("/session/").status_code == 401

    def test_the_recovery_codes_can_be_saved_as_a_file(self) -> None:
        petra = make_user("Petra New", "petra@nowa.example")
        secret = give_app(petra)
        client, _ = sign_in(petra.email)
        self.answer(client, code_now(secret))
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        file = client.get("/account/2fa/recovery-codes/download/")
        assert file.headers["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
        assert len(file.content.decode().split()) >= 10

    def answer(self, client: Client, code: str) -> Any:
        return client.post("/account/2fa/authenticate/", {"code": code})


class TestWhoMustHaveOne:
    """By the setting: the vendor's people and primary contacts."""

    @pytest.fixture(autouse=True)
    def required(self, settings) -> None:
        settings.REQUIRE_SECOND_FACTOR = frozenset({"staff", "primary"})

    @pytest.mark.parametrize("who", ["primary", "rival", "care", "deal_desk"])
    def test_is_led_to_the_page_that_says_why(self, cast: Cast, who: str) -> None:
        browser = signed_in(getattr(cast, who))
        for path in ("/", "/users/", "/profile/", "/access/", "/sites/", "/nowhere/"):
            assert browser.get(path).url == "/second-factor/", path
        page = browser.get("/second-factor/").content.decode()
        assert "A second factor, please" in page

    def test_can_change_nothing_either(self, cast: Cast) -> None:
        form = {"email": "x@new.example", "name": "X"}
        assert signed_in(cast.primary).post("/users/add/", form).url == "/second-factor/"
        with tenancy.as_system():
            assert not Membership.objects.filter(email="x@new.example").exists()

    @pytest.mark.parametrize("path", ["/account/2fa/", "/account/2fa/passkeys/", "/help/", "/session/"])
    def test_reaches_what_it_takes_to_set_it_up(self, cast: Cast, path: str) -> None:
        assert signed_in(cast.primary).get(path).status_code == 200

    def test_is_let_through_with_an_app(self, cast: Cast) -> None:
        give_app(cast.primary.user)
        browser = signed_in(cast.primary)
        assert browser.get("/users/").status_code == 200
        assert browser.get("/second-factor/").url == "/"

    def test_is_let_through_with_a_passkey(self, cast: Cast) -> None:
        with tenancy.door():
            Authenticator.objects.create(
                user=cast.care, type="webauthn", data={"name": "k", "credential": {}}
            )
        assert signed_in(cast.care).get("/access/queue/").status_code == 200

    def test_is_not_let_through_with_recovery_codes_alone(self, cast: Cast) -> None:
        with tenancy.door():
            RecoveryCodes.activate(cast.care)
        assert signed_in(cast.care).get("/access/queue/").url == "/second-factor/"

    @pytest.mark.parametrize("who", ["secondary", "sales", "distributor_user", "applicant"])
    def test_is_nobody_else(self, cast: Cast, who: str) -> None:
        from tests.factories import make_member

        person = (
            make_member(cast.distributor_site, "Dina") if who == "distributor_user" else getattr(cast, who)
        )
        assert signed_in(person).get("/profile/").status_code == 200

    def test_costs_one_query_for_them_and_none_for_others(
        self, cast: Cast, django_assert_num_queries
    ) -> None:
        from accounts.second_factor import is_missing
        from tests.cast import actor

        with tenancy.scope(actor(cast.sales)), django_assert_num_queries(0):
            assert not is_missing(actor(cast.sales))
        with tenancy.scope(actor(cast.primary)), django_assert_num_queries(1):
            assert is_missing(actor(cast.primary))


class TestTheirApiKeys:
    @pytest.fixture
    def key(self, cast: Cast, settings) -> Client:
        settings.REQUIRE_SECOND_FACTOR = frozenset({"staff", "primary"})
        return self.key_of(cast.primary)

    def key_of(self, who: Membership) -> Client:
        secret = f"secret-of-{who.id}"
        with tenancy.as_system():
            ApiKey.objects.create(
                user=who.user, site=who.site, name="k", digest=digest(secret), privileges=["member_view"]
            )
        return Client(headers={"Authorization": f"Bearer {secret}"})

    def test_rest_until_their_owner_has_one(self, key: Client) -> None:
        answer = key.get("/api/v1/members/")
        assert answer.status_code == 403
        assert answer.json()["code"] == "second_factor_required"
        assert answer.json()["details"]["set_up_at"].endswith("/second-factor/")

    def test_work_again_then(self, cast: Cast, key: Client) -> None:
        give_app(cast.primary.user)
        assert key.get("/api/v1/members/").status_code != 403

    def test_of_others_are_not_concerned(self, cast: Cast, key: Client) -> None:
        assert self.key_of(cast.sales).get("/api/v1/members/").status_code != 403


class TestWhereItIsNotRequired:
    def test_primary_contacts_work_without(self, cast: Cast) -> None:
        assert signed_in(cast.primary).get("/users/").status_code == 200
