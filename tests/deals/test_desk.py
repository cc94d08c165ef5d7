"""The deal desk's queue: what is in it, in which order, what its clocks say, and that it stays quick."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from calendars.business import Calendar
from deals import desk, promises
from deals.models import Deal
from deals.promises import standing
from deals.states import Status
from identity import tenancy
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import do, make_customer, make_deal

pytestmark = pytest.mark.django_db

WEEKDAYS = Calendar(frozenset({5, 6}), frozenset(), ZoneInfo("UTC"))  # 09:00 to 17:00
CAIRO = Calendar(frozenset({4, 5}), frozenset({date(2026, 10, 6)}), ZoneInfo("Africa/Cairo"))


def page_of(who: Any, query: str = "") -> str:
    return html.unescape(signed_in(who).get(f"/deals/desk/?{query}").content.decode())


def shown(who: Any, query: str = "") -> list[str]:
    """The names of the deals in the queue, from the top."""
    return re.findall(r'class="row-link"[^>]*><bdi>([^<]*)</bdi>', page_of(who, query))


def change(deal: Deal, **columns: Any) -> None:
    """As another part of the portal would, without its rules."""
    with tenancy.as_system():
        Deal.objects.filter(id=deal.id).update(**columns)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestTheQueue:
    def test_is_for_those_who_decide(self, cast: Cast) -> None:
        assert signed_in(cast.deal_desk).get("/deals/desk/").status_code == 200
        for person in (cast.sales, cast.distributor, cast.care):
            assert signed_in(person).get("/deals/desk/").status_code == 403

    def test_has_what_waits_and_nothing_else(self, cast: Cast) -> None:
        for status in Status.values:
            make_deal(cast, status, name=status)
        assert set(shown(cast.deal_desk)) == {"submitted", "under_review"}

    def test_begins_with_the_soonest_promise_or_with_who_came_first(self, cast: Cast) -> None:
        now = timezone.now()
        early = make_deal(cast, name="First come", now=now - timedelta(hours=2))
        make_deal(cast, name="Second", now=now - timedelta(hours=1))
        change(early, decision_due_at=now + timedelta(days=9))
        assert shown(cast.deal_desk) == ["Second", "First come"]
        assert shown(cast.deal_desk, "order=first") == ["First come", "Second"]
        assert shown(cast.deal_desk, "order=nonsense&queue=nonsense") == ["Second", "First come"]

    def test_of_what_is_late(self, cast: Cast) -> None:
        make_deal(cast, name="Late", now=timezone.now() - timedelta(days=12))
        make_deal(cast, name="In time")
        assert shown(cast.deal_desk, "queue=late") == ["Late"]

    def test_of_extensions_asked_for(self, cast: Cast) -> None:
        now = timezone.now()
        deal = make_deal(cast, Status.APPROVED, name="Longer, please")
        make_deal(cast, Status.APPROVED, name="Content")
        asked = {
            "extension_asked_at": now,
            "extension_text": "Budget",
            "extension_due_at": now + timedelta(days=1),
        }
        change(deal, **asked)
        assert shown(cast.deal_desk, "queue=extensions") == ["Longer, please"]
        assert 'name="deal"' not in page_of(cast.deal_desk, "queue=extensions")

    def test_of_appeals(self, cast: Cast) -> None:
        deal = make_deal(cast, name="Unjust")
        make_deal(cast, name="Another")
        change(deal, appeal_text="We were there first.")
        assert shown(cast.deal_desk, "queue=appeals") == ["Unjust"]
        assert "Appeal" in page_of(cast.deal_desk)

    def test_of_what_was_changed_after_its_approval(self, cast: Cast) -> None:
        deal = make_deal(cast, name="Changed")
        make_deal(cast, name="New")
        change(deal, number="DR-2026-000001-A")
        assert shown(cast.deal_desk, "queue=changed") == ["Changed"]

    def test_of_what_oneself_reviews(self, cast: Cast) -> None:
        make_deal(cast, Status.UNDER_REVIEW, name="Mine")
        make_deal(cast, name="Nobody's")
        assert shown(cast.deal_desk, "queue=mine") == ["Mine"]

    def test_is_among_what_the_desk_has_to_do_today(self, cast: Cast) -> None:
        now = timezone.now()
        make_deal(cast)
        deal = make_deal(cast, Status.APPROVED)
        page = html.unescape(signed_in(cast.deal_desk).get("/").content.decode())
        assert "1 deal waits for a decision" in page
        assert "extension is asked for" not in page
        change(
            deal,
            extension_asked_at=now,
            extension_text="Budget",
            extension_due_at=now + timedelta(days=1),
        )
        page = html.unescape(signed_in(cast.deal_desk).get("/").content.decode())
        assert "1 extension is asked for" in page
        assert 'href="/deals/desk/?queue=extensions"' in page

    def test_can_be_searched(self, cast: Cast) -> None:
        deal = make_deal(cast, name="This one")
        make_deal(cast, name="Another")
        assert shown(cast.deal_desk, f"q={deal.submission_ref}") == ["This one"]
        assert "No deal fits" in page_of(cast.deal_desk, "q=zzzz")

    @pytest.mark.parametrize("query", ["q=%00", "q=" + "x" * 300, "queue=%ff", "order=" + "x" * 99])
    def test_never_fails(self, cast: Cast, query: str) -> None:
        make_deal(cast)
        assert signed_in(cast.deal_desk).get(f"/deals/desk/?{query}").status_code in (200, 400)

    def test_a_forged_cursor_is_a_bad_request(self, cast: Cast) -> None:
        assert signed_in(cast.deal_desk).get("/deals/desk/?cursor=forged").status_code == 400

    def test_leads_on_and_back(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("deals.views.desk.MOST", 2)
        now = timezone.now()
        for number, name in enumerate("abcde"):
            make_deal(cast, name=name, now=now - timedelta(minutes=9 - number))
        browser = signed_in(cast.deal_desk)

        def read(address: str) -> tuple[list[str], dict[str, str]]:
            page = html.unescape(browser.get(address).content.decode())
            links = dict(re.findall(r'rel="(next|prev)" href="([^"]*)"', page))
            return re.findall(r'class="row-link"[^>]*><bdi>([^<]*)</bdi>', page), links

        for order in ("", "first"):
            first, links = read(f"/deals/desk/?order={order}")
            second, more = read(links["next"])
            third, last = read(more["next"])
            assert len(first) == len(second) == 2
            assert sorted(first + second + third) == list("abcde")
            assert read(last["prev"])[0] == second


class TestHowAPromiseStands:
    @pytest.mark.parametrize(
        ("due", "now", "words"),
        [
            ("2026-03-05T14:00", "2026-03-03T14:00", "2 business days left"),
            ("2026-03-05T14:00", "2026-03-04T13:00", "1 business day left"),
            ("2026-03-05T14:00", "2026-03-04T15:00", "7 working hours left"),
            ("2026-03-05T14:00", "2026-03-05T10:00", "4 hours left of the working day"),
            ("2026-03-05T14:00", "2026-03-05T13:20", "40 minutes left"),
            ("2026-03-05T14:00", "2026-03-05T13:59:50", "1 minute left"),
            ("2026-03-09T09:00", "2026-03-07T12:00", "Due when the working day begins"),  # on Saturday
            ("2026-03-06T16:00", "2026-03-08T12:00", "late by 1 working hour"),  # on Sunday
            ("2026-03-06T17:00", "2026-03-07T12:00", "late"),
            ("2026-03-05T14:00", "2026-03-05T14:05", "late by 5 minutes"),
            ("2026-03-05T14:00", "2026-03-10T14:00", "late by 3 business days"),
            ("2026-03-05T14:00", "2026-06-10T14:00", ""),
            ("2026-06-05T14:00", "2026-03-10T14:00", ""),
        ],
    )
    def test_in_working_time(self, due: str, now: str, words: str) -> None:
        assert standing(at(due), at(now), WEEKDAYS).words == words

    def test_by_the_calendar_of_the_partners_country(self) -> None:
        thursday_evening, sunday = at("2026-10-01T16:00"), at("2026-10-04T11:00")
        assert (
            standing(sunday, thursday_evening, CAIRO).words == "5 working hours left"
        )  # Friday, Saturday off
        assert standing(at("2026-10-05T11:00"), thursday_evening, WEEKDAYS).words == "1 business day left"
        before, after = at("2026-10-05T12:00"), at("2026-10-07T12:00")  # a holiday between them
        assert standing(after, before, CAIRO).words == "1 business day left"

    def test_what_is_late_or_far_away_is_told_apart(self) -> None:
        assert standing(at("2026-01-05T14:00"), at("2026-03-10T14:00"), WEEKDAYS).is_late
        assert not standing(at("2026-06-05T14:00"), at("2026-03-10T14:00"), WEEKDAYS).is_late

    @pytest.mark.parametrize("language", ["en", "ar", "pt-br", "pl", "it"])
    def test_scripts_are_given_every_plural_form_with_a_place_for_the_number(self, language: str) -> None:
        with translation.override(language):
            clock = json.loads(promises.clock_for_scripts({"EG": CAIRO}, at("2026-10-04T11:00")))
        for kind in promises.COUNTED:
            assert any("{}" in words for words in clock["words"][kind].values())
        assert clock["calendars"]["EG"]["day"] == 8 * 3600

    def test_scripts_count_on_the_same_hours(self) -> None:
        now = at("2026-10-01T12:00")  # a Thursday, 15:00 in Cairo
        clock = json.loads(promises.clock_for_scripts({"EG": CAIRO}, now))
        hours = clock["calendars"]["EG"]["open"]
        assert hours[0] == [int(at("2026-10-01T06:00").timestamp()), int(at("2026-10-01T14:00").timestamp())]
        assert hours[1][0] == int(at("2026-10-04T06:00").timestamp())  # Sunday, 09:00 there

    @pytest.mark.parametrize(
        ("moment", "day", "hour"),
        [
            ("2026-03-05T14:00", 5, time(14)),
            ("2026-03-05T00:00", 4, None),
            ("2026-03-05T00:29", 4, None),
            ("2026-03-05T23:59:59", 5, None),
            ("2026-03-05T00:31", 5, time(0, 31)),
        ],
    )
    def test_near_midnight_only_the_day_is_said(self, moment: str, day: int, hour: time | None) -> None:
        said = promises.for_people(at(moment), ZoneInfo("UTC"))
        assert said.day.day == day
        assert (said.at.time() if said.at else None) == hour


class TestTheRows:
    def test_say_who_when_and_what(self, cast: Cast) -> None:
        make_deal(
            cast, Status.UNDER_REVIEW, name="Crane", customer_name="Oasis Clinics", deal_type="competitive"
        )
        page = page_of(cast.deal_desk)
        for expected in (
            "Nile Systems",
            "Oasis Clinics",
            "Egypt",
            "D0ABCLL",
            "EGP",
            "Replaces a competitor",
            "Dana Desk",
        ):
            assert expected in page, expected

    def test_flag_an_open_question(self, cast: Cast) -> None:
        deal = make_deal(cast)
        assert "Question open" not in page_of(cast.deal_desk)
        change(deal, question_at=timezone.now())
        assert "Question open" in page_of(cast.deal_desk)


class TestTheDatabaseIsAskedAsOften:
    def test_for_three_deals_as_for_one(self, cast: Cast) -> None:
        counts = []
        for number in (1, 2):
            for _ in range(number):
                make_deal(cast)
            do("take", make_deal(cast), partner=cast.sales, staff=cast.deal_desk)
            browser = signed_in(cast.deal_desk)
            browser.get("/deals/desk/")
            with CaptureQueriesContext(connection) as asked:
                assert browser.get("/deals/desk/").status_code == 200
            counts.append(len(asked))
        assert counts[0] == counts[1]


class TestWithManyDeals:
    """Every queue is read from an index, policies and all."""

    @pytest.mark.parametrize(
        ("queue", "order", "index"),
        [
            ("waiting", "", "deal_promises"),
            ("waiting", "first", "deal_queue"),
            ("late", "", "deal_promises"),
            ("appeals", "", "deal_promises"),
            ("extensions", "", "deal_extensions_asked"),
        ],
    )
    def test_comes_straight_from_its_index(self, cast: Cast, queue: str, order: str, index: str) -> None:
        make_deal(cast)
        chosen = desk.queue_named(queue)
        with tenancy.scope(actor(cast.deal_desk)), connection.cursor() as cursor:
            # So few rows tell the planner nothing: is there a way without reading all, and without sorting?
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
            found = desk.narrowed(Deal.objects.all(), chosen, by=actor(cast.deal_desk), now=timezone.now())
            plan = found.order_by(*desk.order_of(chosen, order))[:51].explain()
        assert f"using {index}" in plan, plan
        assert "Sort" not in plan, plan


class TestThroughTheApi:
    def test_the_list_has_the_queues(self, cast: Cast) -> None:
        now = timezone.now()
        late = make_deal(cast, now=now - timedelta(days=12))
        early, appeal = make_deal(cast, now=now - timedelta(hours=3)), make_deal(cast)
        change(early, decision_due_at=now + timedelta(days=9))
        change(appeal, appeal_text="We were first.")
        make_deal(cast, Status.APPROVED)

        def listed(who: Any, queue: str) -> list[str]:
            answer = caller(who).get(f"/api/v1/deals/?queue={queue}")
            assert answer.status_code == 200, answer.json()
            return [deal["id"] for deal in answer.json()["results"]]

        waiting = [late.public_id, appeal.public_id, early.public_id]
        assert listed(cast.deal_desk, "waiting") == waiting
        assert listed(cast.deal_desk, "late") == waiting[:1]
        assert listed(cast.deal_desk, "appeals") == [appeal.public_id]
        assert listed(cast.deal_desk, "extensions") == []
        assert listed(cast.sales, "waiting") == waiting
        assert listed(cast.rival, "waiting") == []
        assert caller(cast.deal_desk).get("/api/v1/deals/?queue=all").status_code == 400

    def test_its_pages_follow_the_promises(self, cast: Cast) -> None:
        for number in range(3):
            make_deal(cast, now=timezone.now() - timedelta(hours=number))
        first = caller(cast.deal_desk).get("/api/v1/deals/?queue=waiting&page_size=2").json()
        second = (
            caller(cast.deal_desk).get(urlsplit(first["next"])._replace(scheme="", netloc="").geturl()).json()
        )
        due = [deal["decision_due_at"] for deal in first["results"] + second["results"]]
        assert due == sorted(due)
        assert len(due) == 3

    def test_a_question_is_asked(self, cast: Cast) -> None:
        deal = make_deal(cast)
        answer = caller(cast.deal_desk).send(
            "post", f"/api/v1/deals/{deal.public_id}/ask/", {"text": "Which?"}
        )
        assert answer.status_code == 200, answer.json()
        assert answer.json()["question_at"]
        for person, status in ((cast.sales, 403), (cast.distributor, 403), (cast.rival, 403)):
            sent = caller(person).send("post", f"/api/v1/deals/{deal.public_id}/ask/", {"text": "Which?"})
            assert sent.status_code == status
        comment = caller(cast.sales).send(
            "post", f"/api/v1/deals/{deal.public_id}/comment/", {"text": "That."}
        )
        assert comment.status_code == 201
        assert caller(cast.sales).get(f"/api/v1/deals/{deal.public_id}/").json()["question_at"] is None

    def test_internal_notes_stay_internal(self, cast: Cast) -> None:
        deal = make_deal(cast)
        note = {"text": "zqinternalqz", "visible_to": "staff"}
        sent = caller(cast.deal_desk).send("post", f"/api/v1/deals/{deal.public_id}/comment/", note)
        assert sent.status_code == 201
        for person, told in ((cast.deal_desk, True), (cast.sales, False), (cast.distributor, False)):
            events = caller(person).get(f"/api/v1/deals/{deal.public_id}/events/").content.decode()
            assert ("zqinternalqz" in events) is told

    def test_candidates_are_the_vendors(self, cast: Cast) -> None:
        customer = make_customer("Oasis Clinics")
        rival = make_deal(cast, by=cast.rival, customer=customer)
        deal = make_deal(cast, customer=customer)
        address = f"/api/v1/deals/{deal.public_id}/candidates/"
        (found,) = caller(cast.deal_desk).get(address).json()
        assert (found["deal"]["id"], found["rule"], found["lines"]) == (
            rival.public_id,
            "customer",
            ["SENTINEL"],
        )
        assert found["came_first"] is True
        for person in (cast.sales, cast.distributor, cast.care):
            assert caller(person).get(address).status_code == 403

    def test_several_are_decided_together(self, cast: Cast) -> None:
        safe, likely = make_deal(cast), make_deal(cast)
        change(safe, verdict="clear")
        change(likely, verdict="likely")
        body = {
            "what": "approve",
            "deals": [{"id": each} for each in (safe.public_id, likely.public_id, "zzzzzzzzzzzz")],
        }
        answer = caller(cast.deal_desk).send("post", "/api/v1/deals/together/", body)
        assert answer.status_code == 200, answer.json()
        results = answer.json()["results"]
        assert [(each["done"], each["code"]) for each in results] == [
            (True, ""),
            (False, "verdict"),
            (False, "not_found"),
        ]
        assert "Compare it" in results[1]["message"]
        assert caller(cast.sales).send("post", "/api/v1/deals/together/", body).status_code == 403
        for wrong in ({}, {"what": "reject", "deals": []}, {"what": "take", "deals": [{"id": "x"}] * 51}):
            assert caller(cast.deal_desk).send("post", "/api/v1/deals/together/", wrong).status_code == 400
