"""Deliveries as programs send and follow them."""

from __future__ import annotations

import io
from typing import Any

import pytest

from feeds.models import Delivery, Status
from feeds.work import work_on_all
from identity import tenancy
from identity.models import User
from identity.privileges import Privilege
from pricing.models import Part
from tests.api.calls import Caller, caller
from tests.cast import Cast

from .sending import PARTS, SOME_PARTS, make_lines, make_pricing


@pytest.fixture
def pia(db: None) -> User:
    make_lines("FLOW")
    return make_pricing()


@pytest.fixture
def program(pia: User) -> Caller:
    return caller(pia)


def sent(program: Caller, content: str | bytes, *, feed: str = "parts", **more: Any) -> Any:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    file.name = more.pop("name", "parts.csv")
    return program.post("/api/v1/deliveries/", {"feed": feed, "file": file, **more})


class TestTheWayOfAFileByProgram:
    def test_is_sent_followed_confirmed_and_loaded(self, program: Caller) -> None:
        made = sent(program, SOME_PARTS)
        assert made.status_code == 201, made.content
        address = made.headers["Location"].removeprefix("http://testserver")
        assert made.json()["status"] == Status.RECEIVED

        work_on_all()
        ready = program.get(address).json()
        assert (ready["status"], ready["summary"]["added"], ready["rows"]) == ("ready", 2, 2)

        confirmed = program.send("post", f"{address}confirm/", {"summary_id": ready["summary_id"]})
        assert confirmed.status_code == 200
        work_on_all()
        assert program.get(address).json()["status"] == "loaded"
        with tenancy.as_system():
            assert Part.objects.count() == 2

    def test_says_each_error_as_row_column_value_and_rule(self, program: Caller) -> None:
        made = sent(program, PARTS + "SHORT,Flow,FLOW,licence,\r\n").json()
        work_on_all()

        (error,) = program.get(f"/api/v1/deliveries/{made['id']}/errors/").json()

        assert (error["row"], error["column"], error["value"]) == (2, "number", "SHORT")
        assert error["rule"]
        assert error["code"]
        assert program.get(f"/api/v1/deliveries/{made['id']}/errors/?after=1").json() == []
        assert b"SHORT" in b"".join(
            program.get(f"/api/v1/deliveries/{made['id']}/error-file/").streaming_content
        )

    def test_columns_are_matched_by_what_the_caller_has_seen(self, program: Caller) -> None:
        made = sent(program, "a,b,c,d\r\nD0AAALL,Flow,FLOW,licence\r\n")
        address = f"/api/v1/deliveries/{made.json()['id']}/columns/"
        mapping = {"mapping": {"number": 0, "description": 1, "line": 2, "type": 3}}

        assert program.send("post", address, mapping).status_code == 428
        assert program.send("post", address, mapping, If_Match='"99"').status_code == 412
        matched = program.send("post", address, mapping, If_Match=made.headers["ETag"])

        assert matched.status_code == 200, matched.content
        work_on_all()
        assert program.get(f"/api/v1/deliveries/{made.json()['id']}/").json()["status"] == "ready"

    def test_what_is_no_table_is_refused(self, program: Caller) -> None:
        answer = sent(program, b"\x7fELF" + bytes(100), name="parts.xlsx")

        assert answer.status_code == 422
        assert answer.json()["code"].startswith("file_")
        with tenancy.as_system():
            assert not Delivery.objects.exists()

    def test_another_summary_is_not_confirmed(self, program: Caller) -> None:
        made = sent(program, SOME_PARTS).json()
        work_on_all()

        answer = program.send("post", f"/api/v1/deliveries/{made['id']}/confirm/", {"summary_id": "another"})

        assert (answer.status_code, answer.json()["code"]) == (409, "summary_renewed")

    def test_is_cancelled_once(self, program: Caller) -> None:
        address = f"/api/v1/deliveries/{sent(program, SOME_PARTS).json()['id']}/cancel/"

        assert program.send("post", address).json()["status"] == "cancelled"
        assert program.send("post", address).status_code == 409


class TestWhatCanBeSent:
    def test_is_described(self, program: Caller) -> None:
        feeds = {feed["key"]: feed for feed in program.get("/api/v1/feeds/").json()}
        assert {"parts", "sites", "customers", "relationships", "exchange-rates"} <= set(feeds)

        parts = program.get("/api/v1/feeds/parts/").json()
        assert [column["name"] for column in parts["columns"]][:2] == ["number", "description"]
        assert program.get("/api/v1/feeds/nothing/").status_code == 404


class TestPrograms:
    def test_need_the_privilege_of_the_feed(self, program: Caller, pia: User) -> None:
        others = sent(program, "number,name,country\r\n1200417,Lagoon,IT\r\n", feed="customers")
        assert others.status_code == 403

        narrow = caller(pia, Privilege.FEED_VIEW)
        assert narrow.get("/api/v1/deliveries/").status_code == 200
        assert sent(narrow, SOME_PARTS).status_code == 403

    def test_of_partners_see_nothing(self, cast: Cast, program: Caller) -> None:
        made = sent(program, SOME_PARTS).json()
        partner = caller(cast.primary)

        assert partner.get("/api/v1/deliveries/").status_code == 403
        assert partner.get(f"/api/v1/deliveries/{made['id']}/").status_code == 403
        assert sent(partner, SOME_PARTS).status_code == 403
