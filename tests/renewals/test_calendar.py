"""A private address at which a calendar program fetches what is due."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from identity import tenancy
from identity.models import MembershipStatus
from renewals.calendar import actions, ics
from renewals.calendar.ics import Event
from renewals.models import CalendarFeed, RenewalItem
from renewals.work.actions import assign_item, lose_item
from tests.cast import Cast, actor, make_cast, signed_in
from tests.customers.held import make_customer_site, make_item, relate
from tests.deals.factories import make_customer

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> Cast:
    cache.clear()
    return make_cast()


@pytest.fixture
def held(cast: Cast) -> Any:
    customer = make_customer("Cairo; Cement, “Größte”")
    relate(cast.site, customer)
    return make_customer_site(customer, reseller=cast.site)


def due(cast: Cast, held: Any, days: int = 10, **extra: Any) -> RenewalItem:
    return make_item(held, timezone.localdate() + timedelta(days=days), reseller=cast.site, **extra)


def address(who: Any, **asked: Any) -> str:
    """A new address of somebody's."""
    asked = {"with_names": False, "only_mine": False, "language": "en", **asked}
    with tenancy.scope(actor(who)):
        _feed, secret = actions.make_feed(**asked, by=actor(who), now=timezone.now())
    return f"/renewals/calendar/{secret}.ics"


def fetched(path: str) -> icalendar.Calendar:
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return icalendar.Calendar.from_ical(answer.content)


class TestWhatIsInIt:
    def test_a_day_and_site_are_one_event_that_lasts_the_whole_day(self, cast: Cast, held: Any) -> None:
        first = due(cast, held, extended=10_000)
        due(cast, held, extended=2_500)
        (event,) = fetched(address(cast.primary)).walk("VEVENT")
        assert event.decoded("DTSTART") == first.due_on
        assert event.decoded("DTEND") == first.due_on + timedelta(days=1)
        assert str(event["SUMMARY"]) == "2 renewals due, €125.00"
        assert event.decoded("DTSTAMP").tzinfo is not None

    def test_currencies_are_not_added_up(self, cast: Cast, held: Any) -> None:
        due(cast, held, extended=10_000)
        due(cast, held, extended=2_500, currency="USD")
        (event,) = fetched(address(cast.primary)).walk("VEVENT")
        assert str(event["SUMMARY"]) == "2 renewals due, €100.00, US$25.00"

    def test_there_are_no_names_until_somebody_asks_for_them(self, cast: Cast, held: Any) -> None:
        due(cast, held)
        assert "Cairo" not in Client().get(address(cast.primary)).content.decode()
        (event,) = fetched(address(cast.primary, with_names=True)).walk("VEVENT")
        assert str(event["SUMMARY"]).startswith("Cairo; Cement, “Größte”: 1 renewal due")

    def test_only_what_is_assigned_to_its_owner(self, cast: Cast, held: Any) -> None:
        mine = due(cast, held, 10)
        due(cast, held, 20)
        with tenancy.scope(actor(cast.primary)):
            assign_item(mine, to="me", by=actor(cast.primary), now=NOW)
        (event,) = fetched(address(cast.primary, only_mine=True)).walk("VEVENT")
        assert event.decoded("DTSTART") == mine.due_on
        assert len(fetched(address(cast.primary)).walk("VEVENT")) == 2

    def test_what_is_lost_leaves_it(self, cast: Cast, held: Any) -> None:
        item, path = due(cast, held), address(cast.primary)
        assert len(fetched(path).walk("VEVENT")) == 1
        with tenancy.scope(actor(cast.primary)):
            lose_item(item, reason="budget", text="", by=actor(cast.primary), now=NOW)
        assert fetched(path).walk("VEVENT") == []

    def test_an_event_keeps_its_uid_and_nothing_new_is_told_as_such(self, cast: Cast, held: Any) -> None:
        due(cast, held)
        path = address(cast.primary)
        first = Client().get(path)
        again = Client().get(path, headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304
        due(cast, held, extended=1)
        changed = Client().get(path, headers={"If-None-Match": first["ETag"]})
        assert changed.status_code == 200
        uids = [icalendar.Calendar.from_ical(a.content).walk("VEVENT")[0]["UID"] for a in (first, changed)]
        assert uids[0] == uids[1]

    def test_a_rival_has_nothing_of_it(self, cast: Cast, held: Any) -> None:
        due(cast, held)
        assert fetched(address(cast.rival)).walk("VEVENT") == []


class TestWhoFetches:
    """Whoever has the address, and nobody else: it needs no session, and a session does not help."""

    def test_an_unknown_address_is_a_404(self, cast: Cast) -> None:
        assert Client().get("/renewals/calendar/nothing-of-the-kind.ics").status_code == 404

    def test_one_that_was_ended_is_the_same_404(self, cast: Cast) -> None:
        path = address(cast.primary)
        assert Client().get(path).status_code == 200
        with tenancy.scope(actor(cast.primary)):
            assert actions.end_feed(by=actor(cast.primary), now=NOW)
        ended, unknown = Client().get(path), Client().get("/renewals/calendar/nothing.ics")
        assert (ended.status_code, unknown.status_code) == (404, 404)
        assert ended.content == unknown.content

    def test_making_it_anew_ends_the_one_before(self, cast: Cast) -> None:
        before, after = address(cast.primary), address(cast.primary)
        assert Client().get(before).status_code == 404
        assert Client().get(after).status_code == 200

    def test_a_member_who_was_removed_has_none_any_more(self, cast: Cast) -> None:
        path = address(cast.secondary)
        with tenancy.as_system():
            cast.secondary.status = MembershipStatus.REMOVED
            cast.secondary.removed_at = NOW
            cast.secondary.save()
        assert Client().get(path).status_code == 404

    def test_nor_whoever_may_not_see_renewals_any_more(self, cast: Cast) -> None:
        path = address(cast.secondary)
        with tenancy.as_system():
            cast.secondary.tools = []
            cast.secondary.save()
        assert Client().get(path).status_code == 404
        with tenancy.as_system():
            cast.secondary.tools = ["reporting"]
            cast.secondary.save()
        assert Client().get(path).status_code == 200

    def test_somebody_else_who_is_signed_in_gets_its_owners_calendar(self, cast: Cast, held: Any) -> None:
        due(cast, held)
        answer = signed_in(cast.rival).get(address(cast.primary))
        assert len(icalendar.Calendar.from_ical(answer.content).walk("VEVENT")) == 1

    def test_it_is_not_fetched_without_end(self, cast: Cast) -> None:
        path, client = address(cast.primary), Client()
        limit = settings.CALENDAR_FETCHES_PER_MINUTE
        answers = [client.get(path).status_code for _number in range(2 * limit + 1)]
        assert answers[:limit] == [200] * limit
        assert 429 in answers


class TestThePage:
    def test_the_address_is_shown_once_and_only_its_hash_is_kept(self, cast: Cast) -> None:
        client = signed_in(cast.primary)
        answer = client.post("/renewals/calendar/new/", {"with_names": "on"}, follow=True)
        (path,) = re.findall(r"/renewals/calendar/[\w-]+\.ics", answer.content.decode())[:1]
        assert Client().get(path).status_code == 200
        assert ".ics" not in client.get("/renewals/calendar/made/").content.decode()
        with tenancy.as_system():
            feed = CalendarFeed.objects.get()
        assert feed.digest not in path
        assert feed.with_names

    def test_it_can_be_ended_there(self, cast: Cast) -> None:
        client, path = signed_in(cast.primary), address(cast.primary)
        assert "End this address" in client.get("/renewals/calendar/").content.decode()
        client.post("/renewals/calendar/end/")
        assert Client().get(path).status_code == 404


class TestTheFormat:
    @given(st.text(max_size=300))
    def test_any_text_comes_back_as_it_was_but_for_what_no_line_can_hold(self, words: str) -> None:
        words = "".join(sign for sign in words if sign.isprintable())
        event = Event("1@portway", date(2026, 2, 28), words, words)
        whole = ics.calendar("Name", [event], stamp=NOW)
        (read,) = icalendar.Calendar.from_ical(whole).walk("VEVENT")
        assert str(read["SUMMARY"]) == words

    @given(st.text(alphabet="aß漢ع\U0001f600", max_size=400))
    def test_no_line_is_longer_than_75_octets_nor_broken_within_a_character(self, words: str) -> None:
        for line in ics.folded(f"SUMMARY:{words}").split(b"\r\n"):
            assert len(line) <= 75
            line.decode()

    def test_separators_and_line_ends_are_escaped(self) -> None:
        assert ics.text("a;b,c\\d\r\ne\x00") == "a\\;b\\,c\\\\d\\ne"

    def test_the_last_day_of_a_year_ends_in_the_next(self) -> None:
        whole = ics.calendar("N", [Event("1", date(2026, 12, 31), "x")], stamp=NOW).decode()
        assert "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n" in whole
        assert "DTSTAMP:20261122T090000Z\r\n" in whole
