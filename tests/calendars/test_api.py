"""The calendars over the API: what the pages can do, with the same rules."""

from __future__ import annotations

from typing import Any

import pytest

from identity import tenancy
from identity.models import AuditEvent, StaffRole
from tests.api.calls import Caller, caller
from tests.cast import Cast
from tests.factories import make_user

pytestmark = pytest.mark.django_db

CALENDARS = "/api/v1/calendars/"
FRANCE = {"country": "FR", "time_zone": "Europe/Paris", "weekend": ["saturday", "sunday"]}


@pytest.fixture
def api(cast: Cast) -> Caller:
    return caller(make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))


def of(api: Caller, country: str) -> dict[str, Any]:
    return next(row for row in api.get(CALENDARS).json()["results"] if row["country"] == country)


class TestReading:
    def test_is_for_everybody_at_the_vendor(self, cast: Cast) -> None:
        desk = caller(cast.deal_desk)
        rows = desk.get(CALENDARS).json()["results"]
        assert [row["country"] for row in rows] == ["", "AE", "BR", "EG", "GB", "IT", "MA", "PL", "SA", "US"]
        egypt = desk.get(f"{CALENDARS}{rows[3]['id']}/")
        assert egypt.json()["weekend"] == ["friday", "saturday"]
        assert egypt.headers["ETag"] == '"1"'

    def test_is_not_for_partners(self, cast: Cast) -> None:
        assert caller(cast.primary).get(CALENDARS).status_code == 403

    def test_has_the_holidays_of_a_year(self, cast: Cast) -> None:
        desk = caller(cast.deal_desk)
        path = f"{CALENDARS}{of(desk, 'SA')['id']}/holidays/"
        assert [day["date"] for day in desk.get(path, {"year": "2028"}).json()] == [
            "2028-02-22",
            "2028-09-23",
        ]
        assert len(desk.get(path).json()) > 8


class TestChanging:
    def test_is_for_channel_operations(self, cast: Cast) -> None:
        desk = caller(cast.deal_desk)
        path = f"{CALENDARS}{of(desk, 'PL')['id']}/"
        assert desk.send("post", CALENDARS, FRANCE).status_code == 403
        assert desk.send("patch", path, {"closes": "16:00"}, If_Match="*").status_code == 403
        assert desk.send("delete", path, If_Match="*").status_code == 403

    def test_adds_changes_and_removes_a_calendar(self, api: Caller) -> None:
        made = api.send("post", CALENDARS, FRANCE)
        assert made.status_code == 201
        assert made.json()["opens"] == "09:00"
        path = made.headers["Location"].removeprefix("http://testserver")
        changed = api.send("patch", path, {"closes": "18:30"}, If_Match=made.headers["ETag"])
        assert (changed.status_code, changed.json()["closes"]) == (200, "18:30")
        assert api.send("patch", path, {"closes": "19:00"}, If_Match='"1"').status_code == 412
        assert api.send("patch", path, {"closes": "19:00"}).status_code == 428
        assert api.send("delete", path, If_Match='"2"').status_code == 204
        assert api.get(path).status_code == 404
        with tenancy.as_system():
            kinds = AuditEvent.objects.filter(object_type="calendar").order_by("id")
            assert [event.event for event in kinds] == [
                "calendar.added", "calendar.changed", "calendar.removed",
            ]  # fmt: skip

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"weekend": ["someday"]}, "weekend"),
            ({"opens": "18:00"}, "closes"),
            ({"time_zone": "Mars/Olympus"}, "time_zone"),
            ({"country": "QQ"}, "country"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_names_the_field_that_is_wrong(self, api: Caller, wrong: dict, field: str) -> None:
        answer = api.send("post", CALENDARS, FRANCE | wrong)
        assert answer.status_code == 400
        assert field in answer.json()["details"]

    def test_keeps_the_default_one_and_one_for_each_country(self, api: Caller) -> None:
        answer = api.send("delete", f"{CALENDARS}{of(api, '')['id']}/", If_Match="*")
        assert (answer.status_code, answer.json()["code"]) == (409, "default_stays")
        answer = api.send("post", CALENDARS, FRANCE | {"country": "PL"})
        assert (answer.status_code, answer.json()["code"]) == (409, "country_taken")


class TestHolidays:
    def test_are_added_all_or_none(self, api: Caller) -> None:
        path = f"{CALENDARS}{of(api, 'PL')['id']}/holidays/"
        given = [{"date": "2030-05-01", "name": "Labour Day", "every_year": True}]
        added = api.send("post", path, {"holidays": given})
        assert added.status_code == 201
        assert added.json()[0]["every_year"] is True
        again = api.send("post", path, {"holidays": [{"date": "2030-05-02", "name": "X"}, *given]})
        assert (again.status_code, again.json()["code"]) == (409, "date_taken")
        wrong = api.send("post", path, {"holidays": [{"date": "2030-05-02", "name": "X"}, {"date": "soon"}]})
        assert wrong.status_code == 400
        assert len(api.get(path, {"year": "2030"}).json()) == 1

    def test_are_changed_and_removed(self, api: Caller) -> None:
        listed = api.get(f"{CALENDARS}{of(api, 'EG')['id']}/holidays/", {"year": "2026"}).json()
        feast = next(day for day in listed if day["name"] == "Eid al-Fitr")
        path = f"/api/v1/holidays/{feast['id']}/"
        tag = api.get(path).headers["ETag"]
        assert api.send("patch", path, {"date": "2026-03-19"}, If_Match=tag).json()["date"] == "2026-03-19"
        assert api.send("patch", path, {"name": "Eid"}, If_Match=tag).status_code == 412
        taken = api.send("patch", path, {"date": "2026-03-21"}, If_Match="*")
        assert (taken.status_code, taken.json()["code"]) == (409, "date_taken")
        assert api.send("delete", path).status_code == 428
        assert api.send("delete", path, If_Match="*").status_code == 204
        assert api.get(path).status_code == 404

    def test_of_a_year_are_copied(self, api: Caller) -> None:
        path = f"{CALENDARS}{of(api, 'PL')['id']}/"
        copied = api.send("post", f"{path}copy-year/", {"year": 2028})
        assert copied.status_code == 200
        assert "2029-12-26" in [day["date"] for day in copied.json()]
        assert api.send("post", f"{path}copy-year/", {"year": 2028}).json() == []
