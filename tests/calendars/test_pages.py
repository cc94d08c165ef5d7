"""The pages on which the vendor's people look after the calendars."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from calendars import actions
from calendars.models import Holiday, WorkingCalendar
from calendars.queries import calendar_for
from identity import tenancy
from identity.models import AuditEvent, StaffRole, User
from tests.cast import Cast, actor, signed_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db

LIST = "/settings/calendars/"
HOURS = {"time_zone": "Europe/Paris", "weekend": ["5", "6"], "opens": "09:00", "closes": "18:00"}


@pytest.fixture
def operations() -> User:
    return make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])


@pytest.fixture
def ops(operations: User) -> Client:
    return signed_in(operations)


def calendar(country: str = "PL") -> WorkingCalendar:
    with tenancy.as_system():
        return WorkingCalendar.objects.get(country=country)


def page(row: WorkingCalendar, rest: str = "") -> str:
    return f"{LIST}{row.public_id}/{rest}"


def days(country: str, year: int) -> dict[date, str]:
    with tenancy.as_system():
        found = Holiday.objects.filter(calendar__country=country, on__year=year)
        return dict(found.values_list("on", "name"))


def holiday(country: str, on: date) -> Holiday:
    with tenancy.as_system():
        return Holiday.objects.get(calendar__country=country, on=on)


def events() -> list[str]:
    with tenancy.as_system():
        return list(AuditEvent.objects.filter(object_type="calendar").values_list("event", flat=True))


def changed(row: WorkingCalendar, **more: Any) -> dict[str, Any]:
    fields = {"name": row.name, "time_zone": row.time_zone, "weekend": [str(day) for day in row.weekend]}
    return fields | {"opens": "09:00", "closes": "17:00", "version": str(row.version)} | more


class TestLooking:
    @pytest.mark.parametrize("who", ["deal_desk", "care"])
    def test_everybody_at_the_vendor_may(self, cast: Cast, who: str) -> None:
        theirs = signed_in(getattr(cast, who))
        listed = theirs.get(LIST).content.decode()
        assert "Egypt" in listed
        assert "England and Wales" in listed
        shown = theirs.get(page(calendar()), {"year": "2026"}).content.decode()
        assert "Corpus Christi" in shown
        assert "This belongs to another team of the vendor." in shown

    def test_partners_may_not(self, cast: Cast) -> None:
        for path in (LIST, page(calendar())):
            assert signed_in(cast.primary).get(path).status_code == 403

    def test_a_country_is_named_in_the_readers_language(self, ops: Client) -> None:
        listed = ops.get(LIST, headers={"accept-language": "it"}).content.decode()
        assert "Polonia" in listed

    def test_a_year_is_chosen_and_nonsense_is_this_year(self, ops: Client) -> None:
        shown = ops.get(page(calendar()), {"year": "2027"}).content.decode()
        assert "27 May 2027" in shown
        assert "4 June 2026" not in shown
        assert ops.get(page(calendar()), {"year": "<x>"}).status_code == 200

    def test_a_calendar_that_is_not_there_is_not_found(self, ops: Client) -> None:
        assert ops.get(f"{LIST}zzzzzzzzzzzz/").status_code == 404


class TestChanging:
    @pytest.mark.parametrize("who", ["deal_desk", "care"])
    def test_is_for_channel_operations_alone(self, cast: Cast, who: str) -> None:
        row = calendar()
        theirs = signed_in(getattr(cast, who))
        for rest in ("change/", "remove/", "holidays/", "paste/", "copy/"):
            assert theirs.post(page(row, rest), changed(row)).status_code == 403
        assert theirs.post(f"{LIST}new/", HOURS | {"country": "FR"}).status_code == 403
        assert events() == []

    def test_gives_a_country_a_calendar(self, ops: Client) -> None:
        answer = ops.post(f"{LIST}new/", HOURS | {"country": "FR", "name": ""})
        assert answer.status_code == 302
        with tenancy.as_system():
            france = calendar_for("FR")
        assert (france.zone.key, france.weekend, france.closes) == ("Europe/Paris", {5, 6}, time(18))
        assert events() == ["calendar.added"]

    def test_gives_none_twice(self, ops: Client) -> None:
        answer = ops.post(f"{LIST}new/", HOURS | {"country": "PL"})
        assert answer.status_code == 422
        assert "This country has a calendar already." in answer.content.decode()

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"weekend": [str(day) for day in range(7)]}, "Leave at least one day to work on."),
            ({"closes": "08:00"}, "Closing time comes after opening time."),
            ({"closes": "soon"}, "Enter a valid time."),
            ({"time_zone": "Mars/Olympus"}, "Select a valid choice."),
            ({"country": "ZZ"}, "Select a valid choice."),
        ],
    )
    def test_refuses_what_no_calendar_can_be(self, ops: Client, wrong: dict, said: str) -> None:
        answer = ops.post(f"{LIST}new/", HOURS | {"country": "FR"} | wrong)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert events() == []

    def test_changes_weekend_and_hours(self, ops: Client) -> None:
        row = calendar("AE")
        answer = ops.post(page(row, "change/"), changed(row, weekend=["4", "5"], closes="15:30"))
        assert answer.status_code == 302
        after = calendar("AE")
        assert (after.weekend, after.closes, after.version) == ([4, 5], time(15, 30), 2)
        with tenancy.as_system():
            detail = AuditEvent.objects.get(event="calendar.changed").detail
        assert detail["changes"] == {"weekend": [[5, 6], [4, 5]], "closes": ["17:00", "15:30"]}
        assert "Friday" in ops.get(page(row)).content.decode()

    def test_of_nothing_raises_no_version_and_leaves_no_trace(self, ops: Client) -> None:
        row = calendar("AE")
        ops.post(page(row, "change/"), changed(row))
        assert calendar("AE").version == row.version
        assert events() == []

    def test_that_came_too_late_is_refused_and_kept(self, ops: Client) -> None:
        row = calendar("AE")
        ops.post(page(row, "change/"), changed(row, closes="16:00"))
        answer = ops.post(page(row, "change/"), changed(row, closes="15:00"))
        assert answer.status_code == 409
        text = answer.content.decode()
        assert 'value="15:00"' in text
        assert "This was changed meanwhile" in text
        assert calendar("AE").closes == time(16)
        again = ops.post(page(row, "change/"), changed(row, closes="15:00", version="2"))
        assert again.status_code == 302
        assert calendar("AE").closes == time(15)


class TestRemoving:
    def test_leaves_the_country_to_the_default_one(self, ops: Client) -> None:
        row = calendar("EG")
        assert ops.post(page(row, "remove/"), {"version": row.version}).status_code == 302
        with tenancy.as_system():
            assert calendar_for("EG") == calendar_for()
        assert events() == ["calendar.removed"]

    def test_is_refused_for_the_default_one(self, ops: Client) -> None:
        row = calendar("")
        ops.post(page(row, "remove/"), {"version": row.version})
        assert calendar("").id == row.id
        assert "It can be changed, but not removed." in ops.get(page(row)).content.decode()

    def test_is_refused_for_the_default_one_by_the_database_too(self, operations: User) -> None:
        with tenancy.scope(actor(operations)):
            assert WorkingCalendar.objects.filter(country="PL").delete()[0] > 1
            WorkingCalendar.objects.filter(country="").delete()
            assert WorkingCalendar.objects.filter(country="").exists()

    def test_is_refused_when_it_was_changed_meanwhile(self, ops: Client) -> None:
        row = calendar("EG")
        ops.post(page(row, "remove/"), {"version": "99"})
        ops.post(page(row, "remove/"), {})
        assert calendar("EG").id == row.id


class TestDaysOff:
    def test_are_added(self, ops: Client) -> None:
        row = calendar()
        answer = ops.post(page(row, "holidays/"), {"on": "2027-06-14", "name": "Bridge day"})
        assert answer.url == page(row, "?year=2027")
        assert days("PL", 2027)[date(2027, 6, 14)] == "Bridge day"
        assert events() == ["calendar.holidays_added"]

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"on": "2027-12-25"}, "This date is a day off already."),
            ({"on": "soon"}, "Enter a valid date."),
            ({"on": "1066-10-14"}, "Give a year from 2000 to 2100."),
            ({"name": ""}, "This field is required."),
            ({"name": "x" * 81}, "Ensure this value has at most 80 characters"),
        ],
    )
    def test_are_refused_at_the_field(self, ops: Client, wrong: dict, said: str) -> None:
        before = days("PL", 2027)
        answer = ops.post(page(calendar(), "holidays/"), {"on": "2027-06-14", "name": "Bridge day"} | wrong)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert days("PL", 2027) == before

    def test_are_changed(self, ops: Client) -> None:
        day = holiday("EG", date(2026, 3, 20))
        answer = ops.post(
            f"{LIST}holidays/{day.public_id}/", {"on": "2026-03-19", "name": "Eid al-Fitr", "version": "1"}
        )
        assert answer.status_code == 302
        assert date(2026, 3, 19) in days("EG", 2026)
        assert date(2026, 3, 20) not in days("EG", 2026)
        assert events() == ["calendar.holiday_changed"]

    def test_are_not_moved_onto_another(self, ops: Client) -> None:
        day = holiday("EG", date(2026, 3, 20))
        answer = ops.post(
            f"{LIST}holidays/{day.public_id}/", {"on": "2026-03-21", "name": "Eid", "version": "1"}
        )
        assert answer.status_code == 422
        assert holiday("EG", date(2026, 3, 20)).name == "Eid al-Fitr"

    def test_changed_meanwhile_are_refused_with_what_was_typed(self, ops: Client) -> None:
        day = holiday("EG", date(2026, 3, 20))
        path = f"{LIST}holidays/{day.public_id}/"
        ops.post(path, {"on": "2026-03-20", "name": "Eid", "version": "1"})
        answer = ops.post(path, {"on": "2026-03-20", "name": "The feast", "version": "1"})
        assert answer.status_code == 409
        assert 'value="The feast"' in answer.content.decode()
        assert holiday("EG", date(2026, 3, 20)).name == "Eid"

    def test_are_removed(self, ops: Client) -> None:
        day = holiday("PL", date(2026, 1, 6))
        ops.post(f"{LIST}holidays/{day.public_id}/remove/", {"version": "7"})
        assert date(2026, 1, 6) in days("PL", 2026)  # not that version
        ops.post(f"{LIST}holidays/{day.public_id}/remove/", {"version": "1"})
        assert date(2026, 1, 6) not in days("PL", 2026)
        assert ops.get(f"{LIST}holidays/{day.public_id}/").status_code == 404
        assert events() == ["calendar.holiday_removed"]


class TestPasting:
    def paste(self, ops: Client, text: str, **more: str) -> Any:
        return ops.post(page(calendar("FR"), "paste/"), {"lines": text} | more)

    @pytest.fixture(autouse=True)
    def france(self, operations: User) -> None:
        by = actor(operations)
        with tenancy.scope(by):
            actions.add_calendar(
                country="FR", time_zone="Europe/Paris", weekend=[5, 6], opens=time(9), closes=time(17),
                by=by, now=timezone.now(),
            )  # fmt: skip

    def test_adds_every_line(self, ops: Client) -> None:
        text = (
            "2026-12-25 Noël\r\n\r\n 2026-07-14, Fête nationale \n2026-5-1\tFête du travail\n٢٠٢٦-٠١-٠١ عيد"
        )
        assert self.paste(ops, text, every_year="on").status_code == 302
        assert days("FR", 2026) == {
            date(2026, 1, 1): "عيد",
            date(2026, 5, 1): "Fête du travail",
            date(2026, 7, 14): "Fête nationale",
            date(2026, 12, 25): "Noël",
        }
        assert holiday("FR", date(2026, 5, 1)).every_year

    @pytest.mark.parametrize(
        ("line", "field", "said"),
        [
            ("Christmas", "Date", "Begin the line with a date such as 2026-12-25."),
            ("2026-02-30 Never", "Date", "Begin the line with a date such as 2026-12-25."),
            ("12/25/2026 Christmas", "Date", "Begin the line with a date such as 2026-12-25."),
            ("2026-01-01 Again", "Date", "This date is in the list more than once."),
            ("2026-12-25", "Name", "Say after the date what day it is."),
            ("2026-12-25 " + "x" * 81, "Name", "At most 80 characters."),
            ("1789-07-14 Bastille", "Date", "Begin the line with a date such as 2026-12-25."),
        ],
    )
    def test_names_the_line_and_the_field_and_changes_nothing(
        self, ops: Client, line: str, field: str, said: str
    ) -> None:
        answer = self.paste(ops, f"2026-01-01 New Year\n\n{line}")
        assert answer.status_code == 422
        text = " ".join(answer.content.decode().split())
        assert (
            f'<th scope="row">3</th><td data-label="Field">{field}</td><td data-label="What is wrong">{said}'
            in text
        )
        assert "2026-01-01 New Year" in text
        assert days("FR", 2026) == {}

    def test_names_a_date_that_is_a_day_off_already(self, ops: Client) -> None:
        self.paste(ops, "2026-12-25 Noël")
        answer = self.paste(ops, "2026-12-24 Veille\n2026-12-25 Noël")
        assert "This date is a day off already." in answer.content.decode()
        assert list(days("FR", 2026)) == [date(2026, 12, 25)]

    def test_of_nothing_is_refused(self, ops: Client) -> None:
        assert self.paste(ops, " \n ").status_code == 422

    def test_of_too_much_is_refused(self, ops: Client) -> None:
        text = "\n".join(f"20{n // 12 % 90 + 10}-{n % 12 + 1:02}-01 Day" for n in range(401))
        answer = self.paste(ops, text)
        assert "At most 400 lines at once." in answer.content.decode()


class TestCopyingAYear:
    def test_takes_what_comes_every_year_along(self, ops: Client) -> None:
        answer = ops.post(page(calendar(), "copy/"), {"year": "2028"})
        assert answer.url == page(calendar(), "?year=2029")
        copied = days("PL", 2029)
        assert copied[date(2029, 12, 25)] == "Christmas Day"
        assert "Easter Monday" not in copied.values()
        assert holiday("PL", date(2029, 5, 3)).every_year

    def test_twice_adds_nothing(self, ops: Client) -> None:
        ops.post(page(calendar(), "copy/"), {"year": "2028"})
        before = days("PL", 2029)
        ops.post(page(calendar(), "copy/"), {"year": "2028"})
        assert days("PL", 2029) == before
        assert events() == ["calendar.holidays_added"]

    def test_leaves_out_the_29th_of_february_and_what_is_there(self, operations: User) -> None:
        by, row = actor(operations), calendar()
        with tenancy.scope(by):
            given = [
                actions.Day(date(2028, 2, 29), "Leap day", True),
                actions.Day(date(2029, 5, 1), "Otherwise named"),
            ]
            actions.add_holidays(row.public_id, given, by=by, now=timezone.now())
            actions.copy_year(row.public_id, 2028, by=by, now=timezone.now())
        copied = days("PL", 2029)
        assert "Leap day" not in copied.values()
        assert copied[date(2029, 5, 1)] == "Otherwise named"

    def test_of_no_year_changes_nothing(self, ops: Client) -> None:
        assert ops.post(page(calendar(), "copy/"), {"year": "x"}).status_code == 302
        assert events() == []
