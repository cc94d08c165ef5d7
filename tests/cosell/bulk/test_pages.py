"""Files of deals by page and by program: sent, followed, and what became of the rows."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client

from cosell.bulk import files
from cosell.models import Location, ReferralUpload
from identity import tenancy
from identity.models import Membership
from identity.privileges import Privilege
from tests.api.calls import caller
from tests.cast import Cast, signed_in
from tests.cosell.bulk.sending import csv_of, row, work
from tests.cosell.factories import make_referral

pytestmark = pytest.mark.django_db
SEND = "/cosell/deals/file/"


def file_of(content: bytes) -> Any:
    file = io.BytesIO(content)
    file.name = "deals.csv"
    return file


@pytest.fixture
def amira(admin: Membership) -> Client:
    return signed_in(admin)


class TestByPage:
    def test_a_file_is_sent_followed_and_told_of(self, amira: Client) -> None:
        answer = amira.post(
            SEND, {"file": file_of(csv_of([row(), row(deal_name="bad", country="Atlantis")]))}
        )
        assert answer.status_code == 302, answer.content.decode()
        waiting = amira.get(answer.url).content.decode()
        assert f'data-follow="{answer.url}"' in waiting
        work()
        done = amira.get(answer.url).content.decode()
        assert "data-follow" not in done
        assert "1 row was not processed" in done
        assert f"{answer.url}errors/" in done
        assert "deals.csv" in amira.get(f"{SEND}sent/").content.decode()
        original = amira.get(f"{answer.url}file/")
        assert b"Atlantis" in b"".join(original.streaming_content)

    def test_a_file_that_is_refused_says_why_and_what_to_do(self, amira: Client) -> None:
        answer = amira.post(SEND, {"file": file_of(b"a,b\n1,2\n")})
        assert answer.status_code == 422
        assert "Download the empty file" in answer.content.decode()
        assert amira.post(SEND, {}).status_code == 422

    def test_whoever_has_no_role_is_told_who_gives_it(self, cast: Cast) -> None:
        answer = signed_in(cast.newcomer).get(SEND)
        assert answer.status_code == 403
        assert "account administrator" in answer.content.decode()

    def test_a_colleagues_file_and_a_rivals_are_not_there(self, cast: Cast, amira: Client) -> None:
        address = amira.post(SEND, {"file": file_of(csv_of([row()]))}).url
        with tenancy.as_system():
            for member in (cast.sales, cast.rival):
                member.roles = ["referrals_admin"]
                member.save(update_fields=["roles"])
        for other in (cast.sales, cast.rival):
            for path in (address, f"{address}errors/", f"{address}file/"):
                assert signed_in(other).get(path).status_code == 404


class TestByProgram:
    def test_a_file_is_sent_followed_and_told_of(self, admin: Membership) -> None:
        program = caller(admin)
        made = program.post(
            "/api/v1/referral-uploads/", {"file": file_of(csv_of([row(), row(country="Atlantis")]))}
        )
        assert made.status_code == 202, made.content
        address = made.headers["Location"].removeprefix("http://testserver")
        assert (made.json()["status"], made.json()["rows"]) == ("waiting", 2)
        assert program.get(f"{address}errors/").status_code == 409
        work()
        done = program.get(address).json()
        assert (done["status"], done["created"], done["unprocessed"]) == ("done", 1, 1)
        first, second = program.get(f"{address}rows/").json()["results"]
        assert first["referral"]
        assert [flaw["field"] for flaw in second["flaws"]] == ["Country"]
        errors = b"".join(program.get(f"{address}errors/").streaming_content)
        assert b"Atlantis" in errors

    def test_what_is_too_much_is_refused_with_422(self, admin: Membership) -> None:
        many = csv_of(row(deal_name=str(number)) for number in range(1001))
        answer = caller(admin).post("/api/v1/referral-uploads/", {"file": file_of(many)})
        assert (answer.status_code, answer.json()["code"]) == (422, "file_too_many_rows")
        with tenancy.as_system():
            assert not ReferralUpload.objects.exists()

    def test_a_key_without_the_privilege_sends_none(self, admin: Membership) -> None:
        program = caller(admin, Privilege.REFERRAL_VIEW)
        answer = program.post("/api/v1/referral-uploads/", {"file": file_of(csv_of([row()]))})
        assert answer.status_code == 403


class TestDownloadByProgram:
    ADDRESS = "/api/v1/referral-uploads/download/"

    def test_has_the_deals_that_one_sees_narrowed_as_on_their_page(
        self, cast: Cast, admin: Membership, cairo: Location
    ) -> None:
        make_referral(cast.site, cairo, name="out")
        make_referral(cast.site, cairo, name="in", direction="incoming", substatus="received")
        make_referral(cast.rival_site, name="theirs")
        answer = caller(admin).get(f"{self.ADDRESS}?show=inbound&close_from=2020-01-01")
        assert answer.status_code == 200
        content = b"".join(answer.streaming_content).decode("utf-8-sig")
        assert [line["Deal Name *"] for line in csv.DictReader(io.StringIO(content))] == ["in"]
        assert caller(admin).get(f"{self.ADDRESS}?close_from=soon").status_code == 400
        assert caller(cast.deal_desk).get(self.ADDRESS).status_code == 403

    def test_says_how_to_narrow_what_is_too_much(
        self, cast: Cast, admin: Membership, cairo: Location, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(files, "MOST_DEALS", 0)
        make_referral(cast.site, cairo)
        answer = caller(admin).get(self.ADDRESS)
        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_deals")
