"""Whatever goes wrong under /api/, the answer is JSON of one shape."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from identity import tenancy
from identity.models import ApiKey, Membership, User
from tests.api.calls import Caller, caller
from tests.cast import Cast, signed_in

pytestmark = pytest.mark.django_db

ME = "/api/v1/me/"


def code_of(response) -> str:
    assert response["Content-Type"] == "application/json"
    body = response.json()
    assert set(body) == {"code", "message", "details"}
    assert isinstance(body["message"], str)
    assert body["message"]
    assert isinstance(body["details"], dict)
    return body["code"]


@pytest.fixture
def api(cast: Cast) -> Caller:
    return caller(cast.sales)


class TestWithAKey:
    def test_the_person_the_site_and_the_privileges_are_known(self, cast: Cast, api: Caller) -> None:
        response = api.get(ME)
        assert response.status_code == 200
        found = response.json()
        assert (found["name"], found["site"]["number"]) == ("Nadia Farouk", "7403807")
        assert found["privileges"] == [
            "deal_register",
            "deal_view",
            "inbox_read",
            "key_manage",
            "member_view",
        ]
        assert found["sites"] == [{"number": "7403807", "name": "Nile Systems", "kind": "reseller"}]

    def test_the_vendors_people_have_no_site(self, cast: Cast) -> None:
        found = caller(cast.deal_desk).get(ME).json()
        assert (found["kind"], found["site"], found["staff_roles"]) == ("staff", None, ["deal_desk"])

    def test_a_browsers_cookie_adds_nothing(self, cast: Cast, api: Caller) -> None:
        browser = signed_in(cast.primary)
        response = browser.get(ME, headers={"Authorization": f"Bearer {api.secret}"})
        assert response.json()["name"] == "Nadia Farouk"


class TestWithoutAKeyThatHolds:
    def challenge(self, response) -> str:
        assert response.status_code == 401
        return response["WWW-Authenticate"]

    def test_a_key_is_asked_for(self, cast: Cast) -> None:
        response = Client().get(ME)
        assert self.challenge(response) == 'Bearer realm="api"'
        assert code_of(response) == "not_authenticated"

    def test_a_browsers_session_is_not_enough(self, cast: Cast) -> None:
        assert code_of(signed_in(cast.sales).get(ME)) == "not_authenticated"

    @pytest.mark.parametrize("header", ["Bearer pw_nobody", "Bearer", "Basic eDp5", "Bearer \x01é", "x"])
    def test_anything_else_is_an_invalid_token(self, cast: Cast, header: str) -> None:
        response = Client().get(ME, headers={"Authorization": header})
        assert self.challenge(response) == 'Bearer realm="api", error="invalid_token"'
        assert code_of(response) == "authentication_failed"

    @pytest.mark.parametrize("field", ["revoked_at", "expires_at"])
    def test_a_key_that_was_ended_is_worth_nothing_on_the_very_next_call(
        self, cast: Cast, api: Caller, field: str
    ) -> None:
        assert api.get(ME).status_code == 200
        with tenancy.as_system():
            ApiKey.objects.update(**{field: timezone.now() - timedelta(seconds=1)})
        assert api.get(ME).status_code == 401

    def test_a_removed_member_is_out_on_the_very_next_call(self, cast: Cast, api: Caller) -> None:
        assert api.get(ME).status_code == 200
        with tenancy.as_system():
            Membership.objects.filter(id=cast.sales.id).update(status="removed", removed_at=timezone.now())
        assert api.get(ME).status_code == 401

    def test_and_stays_out_when_let_in_again(self, cast: Cast, api: Caller) -> None:
        with tenancy.as_system():
            Membership.objects.filter(id=cast.sales.id).update(status="removed", removed_at=timezone.now())
            Membership.objects.filter(id=cast.sales.id).update(status="active", removed_at=None)
        assert api.get(ME).status_code == 401
        assert caller(cast.sales).get(ME).status_code == 200

    def test_a_deactivated_person_is_out_on_the_very_next_call(self, cast: Cast) -> None:
        desk = caller(cast.deal_desk)
        assert desk.get(ME).status_code == 200
        with tenancy.as_system():
            User.objects.filter(id=cast.deal_desk.id).update(is_active=False)
        assert desk.get(ME).status_code == 401

    def test_whoever_left_the_vendor_is_out_for_good(self, cast: Cast) -> None:
        desk = caller(cast.deal_desk)
        with tenancy.as_system():
            User.objects.filter(id=cast.deal_desk.id).update(staff_roles=[])
        assert desk.get(ME).status_code == 401
        with tenancy.as_system():
            User.objects.filter(id=cast.deal_desk.id).update(staff_roles=["deal_desk"])
        assert desk.get(ME).status_code == 401


class TestAddressesAndMethods:
    @pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/v1/", "/api/", "/api/v2/x", "/api/v1/me"])
    def test_an_unknown_address_is_a_404_and_no_redirect(self, api: Caller, path: str) -> None:
        for method in ("get", "post", "put", "delete"):
            response = api.send(method, path)
            assert response.status_code == 404
            assert code_of(response) == "not_found"

    def test_a_missing_slash_is_hinted_at(self, api: Caller) -> None:
        assert api.get("/api/v1/me").json()["details"] == {"hint": "Every address ends with a slash."}

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
    def test_a_method_that_is_not_there_is_a_405(self, api: Caller, method: str) -> None:
        response = api.generic(method.upper(), ME)
        assert response.status_code == 405
        assert "GET" in response["Allow"]
        assert code_of(response) == "method_not_allowed"
        assert api.generic(method.upper(), "/api/v1/schema/").status_code == 405

    def test_other_than_json_cannot_be_had(self, api: Caller) -> None:
        response = api.get(ME, headers={"Accept": "text/html"})
        assert response.status_code == 406
        assert code_of(response) == "not_acceptable"
        assert api.get(ME, headers={"Accept": "application/*;q=0.5, text/html"}).status_code == 200

    def test_the_message_comes_in_the_readers_language(self, cast: Cast, api: Caller) -> None:
        assert (
            caller(cast.rival).get("/api/v1/nothing/", headers={"Accept-Language": "pl"})["Content-Language"]
            == "pl"
        )


class TestTheRequestsName:
    def test_is_taken_over_when_it_is_a_sane_one(self, api: Caller) -> None:
        assert api.get(ME, headers={"X-Request-ID": "abc-123.4"})["X-Request-ID"] == "abc-123.4"

    @pytest.mark.parametrize("given", ["", "a b", "x" * 129, "<script>", "é"])
    def test_is_made_otherwise(self, api: Caller, given: str) -> None:
        name = api.get(ME, headers={"X-Request-ID": given})["X-Request-ID"]
        assert len(name) == 32
        assert name != api.get(ME)["X-Request-ID"]

    def test_stands_on_pages_too(self, cast: Cast) -> None:
        assert Client().get("/nowhere/")["X-Request-ID"]


class TestAnErrorOfOurs:
    def test_is_json_with_the_requests_name_and_leaves_nothing_behind(
        self, api: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*args: object) -> None:
            raise RuntimeError("broken")

        monkeypatch.setattr("identity.me.sites_of", broken)
        api.raise_request_exception = False
        response = api.get(ME, headers={"X-Request-ID": "seven"})
        assert response.status_code == 500
        assert code_of(response) == "server_error"
        assert response.json()["details"] == {"request_id": "seven"}


class TestTooManyCalls:
    @pytest.fixture(autouse=True)
    def few(self, settings) -> Iterator[None]:
        settings.API_CALLS_PER_MINUTE = 3
        cache.clear()
        yield
        cache.clear()

    def test_are_put_off_with_the_time_to_wait(self, cast: Cast, api: Caller) -> None:
        answers = [api.get(ME) for _ in range(5)]
        limited = [response for response in answers if response.status_code == 429]
        assert limited
        assert 1 <= int(limited[0]["Retry-After"]) <= 60
        assert code_of(limited[0]) == "throttled"

    def test_are_counted_for_each_key(self, cast: Cast, api: Caller) -> None:
        for _ in range(3):
            api.get(ME)
        assert caller(cast.primary).get(ME).status_code == 200


class TestWhileTheCounterIsAway:
    def test_calls_are_let_through(self, cast: Cast, settings) -> None:
        settings.API_CALLS_PER_MINUTE = 1
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
        api = caller(cast.sales)
        assert {api.get(ME).status_code for _ in range(4)} == {200}
