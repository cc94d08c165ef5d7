"""A1: a vendor ID is made with a confirmed address, and nobody learns whether an address has one already."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from identity import tenancy
from identity.models import User
from tests.accounts.mailbox import code_for, letters_to
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

NEW = {"name": "Petra Neumann", "email": "Petra@Nowa.example", "password1": "a long enough sentence"}


def sign_up(client: Client, **extra: str) -> object:
    return client.post("/account/signup/", NEW | extra)


def user(email: str) -> User | None:
    with tenancy.as_system():
        return User.objects.filter(email=email).first()


class TestANewcomer:
    def test_is_asked_for_the_code_from_the_mail(self, client: Client) -> None:
        response = sign_up(client)
        assert response.url == "/account/confirm-email/"
        assert "petra@nowa.example" in client.get(response.url).content.decode()
        assert re.fullmatch(r"\d{6}", code_for("petra@nowa.example"))

    def test_is_signed_in_after_the_code_and_led_to_the_request_form(self, client: Client) -> None:
        sign_up(client)
        response = client.post("/account/confirm-email/", {"code": code_for("petra@nowa.example")})
        assert response.url == "/"
        assert client.get("/").url == "/access/"
        assert client.get("/session/").json()["user"] == user("petra@nowa.example").public_id

    def test_is_not_let_in_with_a_wrong_code(self, client: Client) -> None:
        sign_up(client)
        response = client.post("/account/confirm-email/", {"code": "000000"})
        assert "This code is not right" in response.content.decode()
        assert client.get("/session/").status_code == 401

    def test_gives_a_name_and_keeps_the_language_of_the_page(self, client: Client) -> None:
        client.post("/account/signup/", NEW, headers={"accept-language": "ar"})
        made = user("petra@nowa.example")
        assert (made.name, made.language) == ("Petra Neumann", "ar")

    def test_must_give_a_name(self, client: Client) -> None:
        response = sign_up(client, name="")
        assert response.context_data["form"].errors["name"]
        assert "Petra@Nowa.example" in response.content.decode()  # what was typed is still there

    def test_can_have_another_code_sent(self, client: Client) -> None:
        sign_up(client)
        client.post("/account/confirm-email/", {"action": "resend"})
        assert len(letters_to("petra@nowa.example")) == 2

    def test_cannot_sign_in_before_the_address_is_confirmed(self, client: Client) -> None:
        sign_up(client)
        other = Client()
        other.post("/account/login/", {"login": NEW["email"], "password": NEW["password1"]})
        assert other.get("/session/").status_code == 401


class TestAnAddressThatHasAVendorIdAlready:
    @pytest.fixture(autouse=True)
    def owner(self, db: None) -> User:
        return make_user("Petra Owner", "petra@nowa.example", language="pl")

    def test_gets_the_very_same_answer(self, client: Client) -> None:
        answer = sign_up(client)
        page = client.get(answer.url)
        other = Client()
        new_answer = sign_up(other, email="petra@inna.example")
        new_page = other.get(new_answer.url)
        assert (answer.status_code, answer.url) == (new_answer.status_code, new_answer.url)
        assert _plain(page) == _plain(new_page)

    def test_is_told_by_mail(self, client: Client) -> None:
        sign_up(client)
        (letter,) = letters_to("petra@nowa.example")
        assert letter.code is None
        assert letter.action[1].endswith("/account/password/reset/")

    def test_keeps_its_password(self, client: Client) -> None:
        sign_up(client)
        assert user("petra@nowa.example").check_password(PASSWORD)

    def test_takes_as_long_as_a_new_one(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        # The time that matters is that of hashing the password: once, as for a new vendor ID.
        hashed: list[str] = []
        plain = MD5PasswordHasher.encode

        def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
            hashed.append(password)
            return plain(self, password, salt)

        monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
        sign_up(client)
        known = len(hashed)
        hashed.clear()
        sign_up(Client(), email="petra@inna.example")
        assert known == len(hashed) == 1


def _plain(page: object) -> str:
    text = page.content.decode()  # type: ignore[attr-defined]
    text = re.sub(r'name="(csrfmiddlewaretoken|form_token)" value="[^"]*"', "", text)
    return text.replace("petra@nowa.example", "~").replace("petra@inna.example", "~")
