"""The page on which people read what the API can do."""

from __future__ import annotations

import pytest
from django.test import Client

from portal.reference import resources
from tests.api.test_schema import OPERATIONS
from tests.cast import Cast, signed_in

pytestmark = pytest.mark.django_db


class TestTheReference:
    def test_is_open_to_everybody(self, cast: Cast) -> None:
        for browser in (Client(), signed_in(cast.sales), signed_in(cast.deal_desk)):
            for address in ("/api-reference/", "/api-reference/deals/"):
                answer = browser.get(address)
                assert answer.status_code == 200
                assert answer.content.decode().count("<h1") == 1

    def test_lists_every_operation_and_tells_it_on_its_resources_page(self) -> None:
        index = Client().get("/api-reference/").content.decode()
        pages = {tag: Client().get(f"/api-reference/{tag}/").content.decode() for tag in resources()}
        for path, method, operation in OPERATIONS:
            (tag,), anchor = operation["tags"], operation["operationId"]
            assert f"<strong>{method.upper()}</strong> {path}<" in index
            assert f'href="/api-reference/{tag}/#{anchor}"' in index
            assert f'id="{anchor}"' in pages[tag]

    def test_has_no_page_for_what_is_no_resource(self) -> None:
        assert Client().get("/api-reference/deals/").status_code == 200
        assert Client().get("/api-reference/nothing/").status_code == 404

    def test_says_what_goes_in_and_comes_out(self) -> None:
        operation = next(each for each in resources()["members"] if each.anchor == "members_create")
        body = {field.name: field for field in operation.body}
        assert (body["email"].type, body["email"].required) == ("email ≤ 254", True)
        assert body["tools"].type.startswith("array of reporting | ")
        assert "member.site.number" in {field.name for field in operation.answer}
        assert dict(operation.answers)["429"].startswith("This key has made too many calls")
