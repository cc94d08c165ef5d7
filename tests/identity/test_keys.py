"""API keys: a person's own, for no more than they may do themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from identity import keys, tenancy
from identity.access import PrivilegeMissing
from identity.actors import Actor
from identity.models import ApiKey, AuditEvent, Membership
from identity.privileges import Privilege
from identity.sessions import actor_from, who_by_key
from tests.api.calls import Caller, caller
from tests.cast import Cast, actor, signed_in

pytestmark = pytest.mark.django_db

P = Privilege


def make(by: Actor, *privileges: Privilege, name: str = "CRM", **extra: object) -> tuple[ApiKey, str]:
    with tenancy.scope(by):
        extra.setdefault("expires_at", None)
        return keys.make_key(name, privileges, by=by, now=timezone.now(), **extra)


class TestMakingAKey:
    def test_gives_a_secret_of_which_only_a_hash_is_kept(self, cast: Cast) -> None:
        key, secret = make(actor(cast.sales), P.DEAL_VIEW)
        assert secret.startswith("pw_")
        assert len(secret) >= 3 + 43  # 256 bits
        with tenancy.as_system():
            row = ApiKey.objects.filter(id=key.id).values().get()
        assert secret not in str(row)
        assert make(actor(cast.sales), P.DEAL_VIEW)[1] != secret

    def test_the_key_speaks_for_its_maker_with_no_more_than_it_was_given(self, cast: Cast) -> None:
        _key, secret = make(actor(cast.sales), P.DEAL_VIEW)
        me = Caller(secret).get("/api/v1/me/").json()
        assert (me["email"], me["privileges"]) == (cast.sales.email, ["deal_view"])

    def test_is_remembered(self, cast: Cast) -> None:
        key, secret = make(actor(cast.sales), P.DEAL_VIEW)
        with tenancy.scope(actor(cast.sales)):
            event = AuditEvent.objects.get()
        assert (event.event, event.object_id, event.object_label) == ("key.made", key.public_id, "CRM")
        assert event.detail["privileges"] == ["deal_view"]
        assert secret not in str(event.detail)

    def test_cannot_give_what_its_maker_does_not_have(self, cast: Cast) -> None:
        with pytest.raises(PrivilegeMissing):
            make(actor(cast.sales), P.DEAL_VIEW, P.MEMBER_MANAGE)
        assert make(actor(cast.primary), P.DEAL_VIEW, P.MEMBER_MANAGE)

    def test_is_not_for_somebody_without_a_site(self, cast: Cast) -> None:
        with pytest.raises(PrivilegeMissing):
            make(actor(cast.applicant))

    def test_is_not_for_keys(self, cast: Cast) -> None:
        program = caller(cast.sales)
        with tenancy.door():
            who = who_by_key(program.api_key.digest)
        assert who is not None
        assert actor_from(who).may(P.KEY_MANAGE)
        with pytest.raises(PrivilegeMissing):
            make(actor_from(who), P.DEAL_VIEW)

    def test_stops_at_twenty_in_force(self, cast: Cast) -> None:
        for _ in range(keys.MOST):
            make(actor(cast.sales), P.DEAL_VIEW)
        with pytest.raises(keys.TooManyKeys):
            make(actor(cast.sales), P.DEAL_VIEW)
        assert make(actor(cast.primary), P.DEAL_VIEW)
        with tenancy.scope(actor(cast.sales)):
            public_id = ApiKey.objects.values_list("public_id", flat=True)[0]
            keys.revoke_key(public_id, by=actor(cast.sales), now=timezone.now())
        assert make(actor(cast.sales), P.DEAL_VIEW)


class TestAPrivilegeTakenFromTheOwner:
    def test_is_gone_from_the_key_on_its_very_next_call_and_comes_back(self, cast: Cast) -> None:
        program = caller(cast.sales, P.DEAL_VIEW, P.DEAL_REGISTER)
        assert "deal_view" in program.get("/api/v1/me/").json()["privileges"]
        with tenancy.as_system():
            Membership.objects.filter(id=cast.sales.id).update(tools=[])
        assert program.get("/api/v1/me/").json()["privileges"] == []
        with tenancy.as_system():
            Membership.objects.filter(id=cast.sales.id).update(tools=["deal_registration"])
        assert program.get("/api/v1/me/").json()["privileges"] == ["deal_register", "deal_view"]

    def test_a_privilege_given_later_is_not_the_keys(self, cast: Cast) -> None:
        program = caller(cast.newcomer)
        with tenancy.as_system():
            Membership.objects.filter(id=cast.newcomer.id).update(tools=["deal_registration"])
        assert "deal_view" not in program.get("/api/v1/me/").json()["privileges"]


class TestLastUse:
    @pytest.fixture(autouse=True)
    def _empty_cache(self) -> None:
        cache.clear()

    def used(self, program: Caller) -> object:
        program.get("/api/v1/me/")
        with tenancy.as_system():
            return ApiKey.objects.get(id=program.api_key.id).last_used_at

    def test_is_noted(self, cast: Cast) -> None:
        assert self.used(caller(cast.sales)) is not None

    def test_is_noted_once_a_minute(self, cast: Cast) -> None:
        program = caller(cast.sales)
        first = self.used(program)
        assert self.used(program) == first
        cache.clear()  # as when Redis was away: the row itself knows
        assert self.used(program) == first
        with tenancy.as_system():
            ApiKey.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
        cache.clear()
        assert self.used(program) > first


class TestThePages:
    FORM = {"name": "Warehouse", "privileges": ["deal_view"], "expires": "30", "form_token": "t"}

    def test_make_a_key_and_show_its_secret_once(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        answer = browser.post("/keys/new/", self.FORM)
        assert answer.status_code == 302
        cookie = browser.cookies["portway_new_key"]
        assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (answer.url, True, "Strict")
        shown = browser.get(answer.url)
        secret = cookie_secret(shown)
        assert shown.headers["Cache-Control"].startswith("max-age=0")
        assert Caller(secret).get("/api/v1/me/").json()["key"]["name"] == "Warehouse"
        again = browser.get(answer.url)
        assert secret not in again.content.decode()
        assert "cannot be shown again" in again.content.decode()

    def test_a_double_click_makes_one_key(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        first, second = browser.post("/keys/new/", self.FORM), browser.post("/keys/new/", self.FORM)
        assert first.url == second.url
        with tenancy.as_system():
            assert ApiKey.objects.count() == 1

    def test_say_what_is_wrong_beside_the_field(self, cast: Cast) -> None:
        answer = signed_in(cast.sales).post("/keys/new/", {"name": "", "expires": "31"})
        text = answer.content.decode()
        assert answer.status_code == 200
        assert text.count("field-bad") == 3

    def test_offer_nothing_the_maker_may_not_do_and_say_why(self, cast: Cast) -> None:
        text = signed_in(cast.sales).get("/keys/new/").content.decode()
        assert 'value="deal_view"' in text
        assert 'name="privileges" value="deal_view"' in text
        assert 'name="privileges" value="member_manage"' not in text
        assert "Only the primary contact and the secondary contacts manage the users of a site." in text
        answer = signed_in(cast.sales).post("/keys/new/", {**self.FORM, "privileges": ["member_manage"]})
        assert answer.status_code == 200
        with tenancy.as_system():
            assert not ApiKey.objects.exists()

    def test_list_ones_own_keys_only(self, cast: Cast) -> None:
        make(actor(cast.sales), P.DEAL_VIEW, name="Mine")
        make(actor(cast.primary), P.DEAL_VIEW, name="Colleague's")
        text = signed_in(cast.sales).get("/keys/").content.decode()
        assert "Mine" in text
        assert "Colleague" not in text

    def test_take_the_same_queries_for_one_key_and_for_three(
        self, cast: Cast, django_assert_num_queries
    ) -> None:
        browser = signed_in(cast.sales)
        make(actor(cast.sales), P.DEAL_VIEW)
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as one:
            browser.get("/keys/")
        make(actor(cast.sales), P.DEAL_VIEW)
        make(actor(cast.sales), P.DEAL_VIEW)
        with django_assert_num_queries(len(one)):
            browser.get("/keys/")

    def test_revoke_a_key_at_once(self, cast: Cast) -> None:
        key, secret = make(actor(cast.sales), P.DEAL_VIEW)
        assert Caller(secret).get("/api/v1/me/").status_code == 200
        answer = signed_in(cast.sales).post(f"/keys/{key.public_id}/revoke/")
        assert answer.url == "/keys/"
        assert Caller(secret).get("/api/v1/me/").status_code == 401
        with tenancy.scope(actor(cast.sales)):
            assert AuditEvent.objects.order_by("id").last().event == "key.revoked"

    def test_do_not_touch_a_colleagues_key_not_even_for_the_primary(self, cast: Cast) -> None:
        key, secret = make(actor(cast.sales), P.DEAL_VIEW)
        for who in (cast.primary, cast.rival, cast.deal_desk):
            assert signed_in(who).post(f"/keys/{key.public_id}/revoke/").status_code == 404
            assert signed_in(who).get(f"/keys/{key.public_id}/").status_code == 404
        assert Caller(secret).get("/api/v1/me/").status_code == 200

    def test_work_for_the_vendors_people_too(self, cast: Cast) -> None:
        browser = signed_in(cast.deal_desk)
        answer = browser.post("/keys/new/", {**self.FORM, "privileges": ["deal_decide"]})
        secret = cookie_secret(browser.get(answer.url))
        assert Caller(secret).get("/api/v1/me/").json()["privileges"] == ["deal_decide"]

    def test_are_not_for_applicants(self, cast: Cast) -> None:
        assert signed_in(cast.applicant).get("/keys/").status_code == 403


def cookie_secret(response) -> str:
    text = response.content.decode()
    start = text.index('value="pw_') + len('value="')
    return text[start : text.index('"', start)]
