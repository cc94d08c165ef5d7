"""Files and schedules for programs: what the pages can do, with the rights of a key."""

from __future__ import annotations

from typing import Any

import pytest

from identity.privileges import Privilege
from reports import exporting
from tests.api.calls import caller
from tests.cast import Cast, make_cast
from tests.deals.factories import make_deal

FILE = {"source": "deals", "level": "list", "query": "show=all", "format": "csv"}
SENT = {**FILE, "name": "Our deals", "every": "week", "weekday": 2, "hour": 7}


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


class TestFiles:
    def test_one_is_asked_for_followed_and_fetched(self, cast: Cast) -> None:
        make_deal(cast, name="Ours")
        program = caller(cast.sales)
        answer = program.send("post", "/api/v1/exports/", FILE, Idempotency_Key="1")
        assert answer.status_code == 202
        address = answer["Location"]
        assert program.send("post", "/api/v1/exports/", FILE, Idempotency_Key="1")["Location"] == address
        assert program.get(address).json()["status"] == "waiting"
        assert program.get(f"{address}file/").status_code == 409
        exporting.make_due()
        told = program.get(address).json()
        assert (told["status"], told["rows"]) == ("ready", 1)
        file = program.get(f"{address}file/")
        assert b"Ours" in file.getvalue()
        assert file["ETag"] == f'"{told["sha256"]}"'
        again = program.get(f"{address}file/", headers={"If-None-Match": file["ETag"]})
        assert again.status_code == 304
        assert [each["id"] for each in program.get("/api/v1/exports/").json()["results"]] == [told["id"]]

    def test_one_is_cancelled_once(self, cast: Cast) -> None:
        program = caller(cast.sales)
        address = program.send("post", "/api/v1/exports/", FILE)["Location"]
        assert program.send("post", f"{address}cancel/").json()["status"] == "cancelled"
        assert program.send("post", f"{address}cancel/").json()["code"] == "export_over"

    def test_is_refused_to_a_key_without_the_privilege_and_a_strangers(self, cast: Cast) -> None:
        make_deal(cast)
        program = caller(cast.sales)
        address = program.send("post", "/api/v1/exports/", FILE)["Location"]
        exporting.make_due()
        weak = caller(cast.sales, Privilege.INBOX_READ)
        assert weak.send("post", "/api/v1/exports/", FILE).status_code == 403
        assert weak.get(f"{address}file/").status_code == 403
        for who in (cast.primary, cast.rival):
            assert caller(who).get(address).status_code == 404
            assert caller(who).get(f"{address}file/").status_code == 404
        file = program.get(f"{address}file/")
        assert (file.status_code, bool(file.getvalue())) == (200, True)

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"source": "no"}, "source"),
            ({"level": "detail"}, "source"),
            ({"format": "pdf"}, "format"),
            ({"source": "deal-pipeline", "level": "detail", "query": "nonsense=1"}, "query"),
        ],
    )
    def test_says_what_is_wrong(self, cast: Cast, changed: dict[str, str], field: str) -> None:
        answer = caller(cast.primary).send("post", "/api/v1/exports/", FILE | changed)
        assert (answer.status_code, list(answer.json()["details"])) == (400, [field])


class TestSchedules:
    def test_one_is_made_changed_paused_resumed_sent_and_deleted(self, cast: Cast) -> None:
        program = caller(cast.sales)
        answer = program.send("post", "/api/v1/schedules/", {**SENT, "colleagues": [cast.primary.public_id]})
        assert answer.status_code == 201, answer.json()
        address, told = answer["Location"], answer.json()
        assert (told["weekday"], told["colleagues"], told["status"]) == (
            2,
            [cast.primary.public_id],
            "active",
        )
        tag = program.get(address)["ETag"]
        changed = program.send("patch", address, {"hour": 9}, If_Match=tag)
        assert (changed.json()["hour"], changed.json()["colleagues"]) == (9, [cast.primary.public_id])
        assert program.send("patch", address, {"hour": 9}, If_Match=tag).status_code == 412
        assert program.send("post", f"{address}pause/").json()["status"] == "paused"
        assert program.send("post", f"{address}resume/").json()["status"] == "active"
        assert program.send("post", f"{address}send/").status_code == 200
        assert program.send("delete", address).status_code == 204
        assert program.get(address).status_code == 404

    def test_is_nobody_elses(self, cast: Cast) -> None:
        address = caller(cast.sales).send("post", "/api/v1/schedules/", SENT)["Location"]
        for who in (cast.primary, cast.rival, cast.deal_desk):
            assert caller(who).get(address).status_code == 404
            assert caller(who).get("/api/v1/schedules/").json()["results"] == []

    def test_takes_no_stranger_for_a_colleague_nor_what_may_not_be_seen(self, cast: Cast) -> None:
        wrong: Any = {**SENT, "colleagues": [cast.rival.public_id]}
        answer = caller(cast.sales).send("post", "/api/v1/schedules/", wrong)
        assert list(answer.json()["details"]) == ["colleagues"]
        assert caller(cast.newcomer).send("post", "/api/v1/schedules/", SENT).status_code == 403
