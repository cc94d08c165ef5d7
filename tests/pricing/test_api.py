"""Products over the API: what the pages can do, with the same rules."""

from __future__ import annotations

import pytest

from identity.models import StaffRole
from tests.api.calls import Caller, caller
from tests.cast import Cast
from tests.deals.factories import make_part
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PARTS = "/api/v1/parts/"
LINES = "/api/v1/product-lines/"
NEW = {"number": "D9ZZZLL", "description": "Gangway, licence", "line": "SENTINEL", "type": "licence"}


@pytest.fixture
def api(cast: Cast) -> Caller:
    make_part("D0ABCLL", description="Sentinel Edge, licence")
    make_part("D1HARLL", line="HARBOUR", is_active=False)
    return caller(make_user("Yusuf Price", staff_roles=[StaffRole.PRICING]))


class TestReading:
    def test_the_whole_catalogue_is_for_the_vendors_people(self, api: Caller, cast: Cast) -> None:
        desk = caller(cast.deal_desk)
        listed = desk.get(f"{PARTS}catalogue/").json()["results"]
        assert [part["number"] for part in listed] == ["D0ABCLL", "D1HARLL"]
        narrowed = desk.get(f"{PARTS}catalogue/", {"state": "retired", "q": "d1", "line": "HARBOUR"}).json()
        assert [part["is_active"] for part in narrowed["results"]] == [False]
        assert [line["code"] for line in desk.get(LINES).json()["results"]] == ["HARBOUR", "SENTINEL"]

    def test_partners_find_parts_and_read_one(self, api: Caller, cast: Cast) -> None:
        seller = caller(cast.sales)
        assert [part["number"] for part in seller.get(PARTS, {"q": "edge"}).json()] == ["D0ABCLL"]
        assert seller.get(f"{PARTS}D1HARLL/").json()["is_active"] is False
        assert seller.get(f"{PARTS}catalogue/").status_code == 403
        assert seller.get(LINES).status_code == 403


class TestChanging:
    def test_is_for_pricing(self, api: Caller, cast: Cast) -> None:
        for who in (cast.deal_desk, cast.sales):
            others = caller(who)
            assert others.send("post", PARTS, NEW).status_code == 403
            assert others.send("post", LINES, {"code": "GANGWAY", "name": "Gangway"}).status_code == 403
            assert others.send("post", f"{PARTS}D0ABCLL/retire/", {}).status_code == 403

    def test_adds_changes_retires_and_brings_back_a_part(self, api: Caller) -> None:
        made = api.send("post", PARTS, NEW)
        assert made.status_code == 201
        path = made.headers["Location"].removeprefix("http://testserver")
        tag = made.headers["ETag"]
        assert api.send("patch", path, {"description": "Gangway"}).status_code == 428
        changed = api.send("patch", path, {"description": "Gangway", "line": "HARBOUR"}, If_Match=tag)
        assert changed.json()["line_code"] == "HARBOUR"
        assert api.send("patch", path, {"description": "Late"}, If_Match=tag).status_code == 412
        assert api.send("post", f"{path}retire/", {}, If_Match=tag).status_code == 412
        assert api.send("post", f"{path}retire/", {}).json()["is_active"] is False
        assert api.send("post", f"{path}bring-back/", {}).json()["is_active"] is True

    @pytest.mark.parametrize(
        ("wrong", "status", "said"),
        [
            ({"number": "short"}, 400, "number"),
            ({"line": "NOTHING"}, 400, "line"),
            ({"type": "gift"}, 400, "type"),
            ({"number": "D0ABCLL"}, 409, "number_taken"),
        ],
    )
    def test_says_what_is_wrong(self, api: Caller, wrong: dict, status: int, said: str) -> None:
        answer = api.send("post", PARTS, NEW | wrong)
        assert answer.status_code == status
        assert said in (answer.json()["details"] if status == 400 else answer.json()["code"])

    def test_a_number_is_never_changed(self, api: Caller) -> None:
        answer = api.send("patch", f"{PARTS}D0ABCLL/", {"number": "D9ZZZLL"}, If_Match="*")
        assert (answer.status_code, list(answer.json()["details"])) == (400, ["number"])

    def test_adds_renames_and_retires_a_line(self, api: Caller) -> None:
        made = api.send("post", LINES, {"code": "GANGWAY", "name": "Gangway"})
        assert made.status_code == 201
        path = f"{LINES}GANGWAY/"
        assert api.send("patch", path, {"name": "Gang way"}, If_Match='"1"').json()["name"] == "Gang way"
        assert api.send("post", f"{path}retire/", {}).json()["is_active"] is False
        assert api.send("post", f"{path}bring-back/", {}).json()["is_active"] is True
        in_use = api.send("post", f"{LINES}SENTINEL/retire/", {})
        assert (in_use.status_code, in_use.json()["code"]) == (409, "line_in_use")
