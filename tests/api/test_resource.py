"""What every resource has from its base: pages, entity tags, privileges, and errors of one shape."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identity import tenancy
from identity.models import Membership
from identity.privileges import Privilege
from tests.api.calls import Caller, caller
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.urls")]

PHONES = "/api/v1/phones/"


@pytest.fixture
def api(cast: Cast) -> Caller:
    return caller(cast.primary)


def version_of(member: Membership) -> int:
    with tenancy.as_system():
        return Membership.objects.get(id=member.id).version


class TestAList:
    def test_comes_in_pages_linked_both_ways(self, api: Caller) -> None:
        first = api.get(f"{PHONES}?page_size=3").json()
        second = api.get(first["next"]).json()
        assert [row["name"] for row in first["results"]] == ["Amira Haddad", "Karim Mansour", "Nadia Farouk"]
        assert [row["name"] for row in second["results"]] == ["Samir Aziz"]
        assert (first["previous"], second["next"]) == (None, None)
        assert api.get(second["previous"]).json()["results"] == first["results"]
        assert set(first) == {"results", "next", "previous"}
        assert first["next"].startswith("http://testserver/api/v1/phones/?page_size=3&cursor=")

    def test_takes_the_same_queries_for_one_row_and_for_three(self, api: Caller) -> None:
        counts = []
        api.get(PHONES)  # notes the key's use
        for size in (1, 3):
            with CaptureQueriesContext(connection) as queries:
                api.get(f"{PHONES}?page_size={size}")
            counts.append(len(queries))
        assert counts[0] == counts[1]

    @pytest.mark.parametrize("size", ["0", "101", "-1", "x", "", "1.5", "٣", "9" * 5000])
    def test_has_1_to_100_rows_a_page(self, api: Caller, size: str) -> None:
        answer = api.get(PHONES, {"page_size": size})
        assert answer.status_code == 400
        assert answer.json()["details"] == {"page_size": ["Ask for 1 to 100 items a page."]}
        assert api.get(PHONES, {"page_size": "100"}).status_code == 200

    @pytest.mark.parametrize("cursor", ["x", "eyJ9:1:2", "x" * 5000, "é"])
    def test_refuses_a_cursor_that_was_not_given_out(self, api: Caller, cursor: str) -> None:
        answer = api.get(PHONES, {"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")

    def test_anothers_cursor_shows_nothing_of_theirs(self, cast: Cast, api: Caller) -> None:
        theirs = caller(cast.rival)
        found = api.get(f"{PHONES}?page_size=1").json()["next"]
        assert theirs.get(found).json()["results"] == [
            {"id": cast.rival.public_id, "name": "Ewa Zielona", "phone": ""}
        ]


class TestOneObject:
    def test_has_an_entity_tag(self, cast: Cast, api: Caller) -> None:
        answer = api.get(f"{PHONES}{cast.sales.public_id}/")
        assert (answer.status_code, answer["ETag"]) == (200, '"1"')

    def test_is_kept_for_nobody_else(self, cast: Cast, api: Caller) -> None:
        answer = api.get(f"{PHONES}{cast.sales.public_id}/")
        assert answer["Cache-Control"] == "private, no-cache"
        assert {"Authorization", "Accept-Language"} <= set(answer["Vary"].split(", "))

    @pytest.mark.parametrize("known", ['"1"', 'W/"1"', '"7", "1"', "*"])
    def test_is_not_sent_to_whoever_has_it(self, cast: Cast, api: Caller, known: str) -> None:
        answer = api.get(f"{PHONES}{cast.sales.public_id}/", headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", '"1"')

    @pytest.mark.parametrize("known", ['"2"', "1", "nonsense", ""])
    def test_is_sent_to_whoever_has_another(self, cast: Cast, api: Caller, known: str) -> None:
        answer = api.get(f"{PHONES}{cast.sales.public_id}/", headers={"If-None-Match": known})
        assert answer.status_code == 200

    def test_of_a_stranger_is_as_one_that_does_not_exist(self, cast: Cast, api: Caller) -> None:
        for method in ("get", "patch"):
            theirs = api.send(method, f"{PHONES}{cast.rival.public_id}/")
            missing = api.send(method, f"{PHONES}999999999999/")
            assert theirs.status_code == missing.status_code == 404
            assert theirs.content == missing.content
        assert caller(cast.rival).get(f"{PHONES}{cast.rival.public_id}/").status_code == 200


class TestAChange:
    def change(self, api: Caller, member: Membership, **headers: str) -> Any:
        return api.send("patch", f"{PHONES}{member.public_id}/", {"phone": "+20 2"}, **headers)

    def test_needs_the_tag_that_was_read(self, cast: Cast, api: Caller) -> None:
        answer = self.change(api, cast.sales)
        assert (answer.status_code, answer.json()["code"]) == (428, "if_match_required")
        assert version_of(cast.sales) == 1

    @pytest.mark.parametrize("tag", ['"1"', '"0", "1"', "*"])
    def test_is_made_with_it_and_gives_the_new_one(self, cast: Cast, api: Caller, tag: str) -> None:
        answer = self.change(api, cast.sales, If_Match=tag)
        assert (answer.status_code, answer["ETag"], answer.json()["phone"]) == (200, '"2"', "+20 2")

    @pytest.mark.parametrize("tag", ['"2"', 'W/"1"', "1", "nonsense", ""])
    def test_is_refused_with_another(self, cast: Cast, api: Caller, tag: str) -> None:
        answer = self.change(api, cast.sales, If_Match=tag)
        assert (answer.status_code, answer.json()["code"]) == (412, "changed_meanwhile")
        assert answer.json()["details"] == {"version": 1}
        assert version_of(cast.sales) == 1

    def test_lists_what_is_wrong_by_field(self, cast: Cast, api: Caller) -> None:
        answer = api.send("patch", f"{PHONES}{cast.sales.public_id}/", {"phone": "x" * 21}, If_Match="*")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
        assert answer.json()["details"] == {"phone": ["Ensure this field has no more than 20 characters."]}

    @pytest.mark.parametrize("body", ["[]", '"text"', "7", "null", "true"])
    def test_that_is_no_object_is_refused(self, cast: Cast, api: Caller, body: str) -> None:
        path = f"{PHONES}{cast.sales.public_id}/"
        answer = api.generic("PATCH", path, body, "application/json", headers={"If-Match": "*"})
        assert answer.status_code == 400

    def test_is_json(self, cast: Cast, api: Caller) -> None:
        path = f"{PHONES}{cast.sales.public_id}/"
        for kind in (
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "x",
        ):
            answer = api.generic("PATCH", path, "phone=1", kind, headers={"If-Match": "*"})
            assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


class TestAPrivilege:
    def test_that_the_key_lacks_is_a_403_with_the_reason_and_who_can_help(self, cast: Cast) -> None:
        answer = caller(cast.primary, Privilege.DEAL_VIEW).get(PHONES)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
        assert answer.json()["details"] == {
            "reason": "This API key was not given this privilege, or its owner no longer has it.",
            "who": "The key's owner can make another key with what they may do themselves.",
            "privilege": "member_view",
        }
        assert caller(cast.primary, Privilege.MEMBER_VIEW).get(PHONES).status_code == 200

    def test_one_of_several_is_enough(self, cast: Cast) -> None:
        path = f"{PHONES}{cast.sales.public_id}/"
        for who, privilege, status in (
            (cast.primary, Privilege.MEMBER_MANAGE, 200),
            (cast.primary, Privilege.MEMBER_VIEW, 403),
        ):
            answer = caller(who, privilege).send("patch", path, {"phone": "1"}, If_Match="*")
            assert answer.status_code == status

    def test_an_action_that_names_none_is_not_open(
        self, api: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from tests.api.urls import PhoneViewSet

        monkeypatch.setattr(PhoneViewSet, "privileges", {})
        api.raise_request_exception = False
        assert api.get(PHONES).status_code == 500
