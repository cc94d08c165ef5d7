"""The pages and the API of lines: who sees which, what can be done, and what is said of the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from identity import tenancy, worklist
from identity.models import StaffRole, User
from provisioning.models import LineStatus, SetupLine
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.factories import make_user
from tests.provisioning.made import make_line, make_secret

pytestmark = pytest.mark.django_db
LIST = "/provisioning/"


def page_of(line: SetupLine) -> str:
    return f"{LIST}{line.public_id}/"


def now_of(line: SetupLine) -> SetupLine:
    with tenancy.as_system():
        line.refresh_from_db()
    return line


@pytest.fixture
def amira(cast: Cast) -> Client:
    return signed_in(cast.primary)


@pytest.fixture
def operations(db: None) -> Any:
    return make_user("Olga Operations", staff_roles=[StaffRole.CHANNEL_OPERATIONS])


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


class TestTheList:
    def test_has_the_lines_of_ones_own_orders(self, cast: Cast, amira: Client) -> None:
        line = make_line(cast.site)
        assert line.order_number in text(amira, LIST)
        assert line.order_number not in text(signed_in(cast.rival), LIST)

    def test_is_searched_by_order_and_contact(self, cast: Cast, amira: Client) -> None:
        line, other = make_line(cast.site), make_line(cast.site, contact_email="other@oasis.example")
        found = text(amira, f"{LIST}?q={line.order_number}")
        assert page_of(line) in found
        assert page_of(other) not in found
        assert page_of(other) in text(amira, f"{LIST}?q=OTHER@oasis.example")

    def test_is_split_by_how_far_lines_are(self, cast: Cast, amira: Client) -> None:
        line = make_line(cast.site, status=LineStatus.CLOSED)
        assert page_of(line) not in text(amira, LIST)
        assert page_of(line) in text(amira, f"{LIST}?show=closed")
        assert amira.get(f"{LIST}counts/").json() == ["0", "0", "1", "1"]

    def test_has_what_is_to_be_called_about_for_the_vendor(
        self, cast: Cast, amira: Client, operations: Any
    ) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS, called_at=timezone.now())
        shown = text(signed_in(operations), f"{LIST}?show=call")
        assert page_of(line) in shown
        assert "To call" in shown
        assert "To call" not in text(amira, LIST)

    def test_is_refused_to_whoever_neither_orders_nor_reports(self, cast: Cast) -> None:
        answer = signed_in(cast.newcomer).get(LIST)
        assert answer.status_code == 403


class TestALinesPage:
    def test_says_who_sets_it_up_and_what_happens_next(self, cast: Cast, amira: Client) -> None:
        shown = text(amira, page_of(make_line(cast.site)))
        assert "it@oasis.example" in shown
        assert "The mail with the link goes out to the contact." in shown

    def test_is_not_there_for_a_stranger(self, cast: Cast) -> None:
        assert signed_in(cast.rival).get(page_of(make_line(cast.site))).status_code == 404

    def test_says_why_something_is_not_possible(self, cast: Cast, amira: Client) -> None:
        shown = text(amira, page_of(make_line(cast.site)))
        assert "The mail goes out by itself on the start date." in shown

    def test_is_read_only_for_the_distributor(self, cast: Cast) -> None:
        line = make_line(cast.site, distributor=cast.distributor_site)
        client = signed_in(cast.distributor)
        with tenancy.as_system():
            cast.distributor.tools = ["reporting"]
            cast.distributor.save()
        assert "What do you want to do?" not in text(client, page_of(line))

    def test_never_holds_a_link(self, cast: Cast, amira: Client) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS)
        secret = make_secret(line, now=timezone.now())
        shown = text(amira, page_of(line))
        assert secret not in shown
        assert "/setup/" not in shown


class TestWhatIsDoneOnThePage:
    def test_the_contact_is_changed(self, cast: Cast, amira: Client) -> None:
        line = make_line(cast.site)
        sent = {"email": "new@oasis.example", "language": "it", "version": line.version}
        answer = amira.post(f"{page_of(line)}contact/", sent)
        assert answer.status_code == 302
        assert now_of(line).contact_email == "new@oasis.example"

    def test_a_wrong_address_is_said_at_its_field_and_kept(self, cast: Cast, amira: Client) -> None:
        line = make_line(cast.site)
        answer = amira.post(f"{page_of(line)}contact/", {"email": "new at oasis", "language": "en"})
        assert answer.status_code == 422
        assert "new at oasis" in answer.content.decode()
        assert now_of(line).contact_email == "it@oasis.example"

    def test_a_date_in_the_past_is_said_at_its_field(self, cast: Cast, amira: Client) -> None:
        line = make_line(cast.site)
        sent = {"start_on": "2020-01-01", "time_zone": "Africa/Cairo"}
        answer = amira.post(f"{page_of(line)}start/", sent)
        assert answer.status_code == 422
        assert "within a year" in answer.content.decode()

    def test_over_a_colleagues_change_shows_how_it_is_now(self, cast: Cast, amira: Client) -> None:
        line = make_line(cast.site)
        sent = {"email": "new@oasis.example", "language": "it", "version": line.version + 1}
        answer = amira.post(f"{page_of(line)}contact/", sent)
        assert answer.status_code == 409

    def test_the_mail_is_sent_again(self, cast: Cast, amira: Client) -> None:
        closes = timezone.now() + timedelta(days=5)
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS, closes_at=closes)
        answer = amira.post(f"{page_of(line)}resend/", {"version": line.version}, follow=True)
        assert "A new link is on its way" in answer.content.decode()

    def test_the_representative_notes_a_call(self, cast: Cast, amira: Client, operations: Any) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS, called_at=timezone.now())
        client = signed_in(operations)
        assert "I have called" in text(client, page_of(line))
        assert "I have called" not in text(amira, page_of(line))
        assert amira.post(f"{page_of(line)}called/").status_code == 403
        assert client.post(f"{page_of(line)}called/", {"version": line.version}).status_code == 302
        assert now_of(line).called_at is None

    def test_a_closed_line_is_opened_again(self, cast: Cast, amira: Client) -> None:
        line = make_line(cast.site, status=LineStatus.CLOSED)
        day = (timezone.now() + timedelta(days=9)).date().isoformat()
        answer = amira.post(f"{page_of(line)}reopen/", {"start_on": day, "time_zone": "Europe/Rome"})
        assert answer.status_code == 302
        assert now_of(line).status == LineStatus.ORDERED

    def test_set_up_now_leads_to_the_set_up(self, cast: Cast, amira: Client) -> None:
        line = make_line(cast.site)
        answer = amira.post(f"{page_of(line)}begin/", {"version": line.version})
        assert answer.status_code == 302
        assert "/setup/" in answer.headers["Location"]
        assert Client().get(answer.headers["Location"]).status_code == 200

    def test_goes_on_in_the_language_that_one_reads(self, cast: Cast) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS, contact_language="en")
        with tenancy.as_system():
            User.objects.filter(id=cast.primary.user_id).update(language="ar")
        amira = signed_in(cast.primary)
        answer = amira.post(f"{page_of(line)}begin/", {"version": line.version}, follow=True)
        assert answer.headers["Content-Language"] == "ar"

    def test_nothing_is_done_by_opening_an_address(self, cast: Cast, amira: Client) -> None:
        line = make_line(cast.site)
        for deed in ("contact", "start", "resend", "reopen", "begin"):
            assert amira.get(f"{page_of(line)}{deed}/").status_code == 405

    def test_whoever_does_not_order_is_told_who_can_grant_it(self, cast: Cast) -> None:
        line = make_line(cast.site)
        answer = signed_in(cast.secondary).post(f"{page_of(line)}resend/")
        assert answer.status_code == 403
        assert "Online ordering" in answer.content.decode()


class TestToday:
    def titles(self, who: Any) -> list[str]:
        by = actor(who)
        with tenancy.scope(by):
            return [task.title for task in worklist.tasks_for(by, now=timezone.now())]

    def test_asks_channel_operations_to_call(self, cast: Cast, operations: Any) -> None:
        assert not [title for title in self.titles(operations) if title.startswith("Call about")]
        make_line(cast.site, status=LineStatus.AWAITING_DETAILS, called_at=timezone.now())
        assert "Call about 1 line that nobody has begun to set up" in self.titles(operations)

    def test_tells_a_reseller_of_lines_that_close_soon(self, cast: Cast) -> None:
        closes = timezone.now() + timedelta(days=1)
        make_line(cast.site, status=LineStatus.AWAITING_DETAILS, closes_at=closes)
        assert "1 line closes soon because nobody has set it up" in self.titles(cast.primary)
        assert "1 line closes soon because nobody has set it up" not in self.titles(cast.rival)


class TestTheApi:
    @pytest.fixture
    def call(self, cast: Cast) -> Any:
        return caller(cast.primary)

    def test_lists_and_tells_one(self, cast: Cast, call: Any) -> None:
        line = make_line(cast.site)
        make_line(cast.rival_site)
        (found,) = call.get("/api/v1/setup-lines/").json()["results"]
        assert (found["id"], found["contact_email"]) == (line.public_id, "it@oasis.example")
        one = call.get(f"/api/v1/setup-lines/{line.public_id}/").json()
        assert one["next"]["text"] == "The mail with the link goes out to the contact."
        assert datetime.fromisoformat(one["next"]["at"]) == datetime(2026, 6, 1, 4, tzinfo=UTC)

    def test_changes_the_contact_of_all_lines_of_an_order(self, cast: Cast, call: Any) -> None:
        line = make_line(cast.site)
        with tenancy.as_system():
            second = make_line(cast.site, order=line.order_line.order, of=line.customer_site)
        sent = {"email": "new@oasis.example", "all_lines": True}
        answer = call.send("post", f"/api/v1/setup-lines/{line.public_id}/contact/", sent)
        assert answer.status_code == 200
        assert now_of(second).contact_email == "new@oasis.example"

    def test_says_why_a_line_cannot_be_opened_again(self, cast: Cast, call: Any) -> None:
        line = make_line(cast.site)
        sent = {"start_on": "2026-12-24"}
        answer = call.send("post", f"/api/v1/setup-lines/{line.public_id}/reopen/", sent)
        assert (answer.status_code, answer.json()["code"]) == (409, "line_not_open")

    def test_names_a_date_in_the_past(self, cast: Cast, call: Any) -> None:
        line = make_line(cast.site)
        sent = {"start_on": "2020-01-01"}
        answer = call.send("post", f"/api/v1/setup-lines/{line.public_id}/start/", sent)
        assert answer.status_code == 400
        assert "start_on" in answer.json()["details"]

    def test_knows_nothing_of_anothers_line(self, cast: Cast, call: Any) -> None:
        line = make_line(cast.rival_site)
        assert call.get(f"/api/v1/setup-lines/{line.public_id}/").status_code == 404
        assert call.send("post", f"/api/v1/setup-lines/{line.public_id}/resend/").status_code == 404
