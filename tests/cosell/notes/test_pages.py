"""The button of a deal's form: who may, what leaves, what comes back, and what is noted of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.utils import timezone

from cosell.models import NotesDraft
from cosell.notes.actions import FELT_WITHIN
from identity import tenancy
from identity.models import Role, StaffRole
from tests.cast import Cast, signed_in
from tests.cosell.factories import give_role, make_location, make_referral, make_solution
from tests.cosell.notes.endpoint import Endpoint, Handler, answering, endlessly, saying
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LOOK, DRAFT, FARE = "/cosell/notes/look/", "/cosell/notes/draft/", "/settings/notes/"
FIVE: dict[str, Any] = {
    "value": "120,000", "currency": "USD", "solutions": ["Delta Care", "Lotus ERP"],
    "customer": "Nile Cotton Mills", "country": "EG",
}  # fmt: skip


@pytest.fixture
def amira(cast: Cast) -> Client:
    return signed_in(give_role(cast.primary, Role.REFERRALS_ADMIN))


def events(answer: Any) -> list[tuple[str, dict[str, str]]]:
    """The events of an answer, read to its end."""
    assert answer.status_code == 200, answer.content
    text = b"".join(answer.streaming_content).decode()
    found = []
    for event in filter(None, text.split("\n\n")):
        name, data = event.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def text_of(found: list[tuple[str, dict[str, str]]]) -> str:
    return "".join(data["text"] for name, data in found if name == "piece")


def rows() -> list[NotesDraft]:
    with tenancy.as_system():
        return list(NotesDraft.objects.order_by("id"))


class TestADraft:
    def test_is_written_by_the_portal_itself(self, amira: Client) -> None:
        found = events(amira.post(DRAFT, FIVE))
        assert found[0][0] == "begun"
        assert found[-1] == ("made", {})
        for fact in ("$120,000", "Delta Care", "Lotus ERP", "Nile Cotton Mills", "Nile Systems", "Egypt"):
            assert fact in text_of(found)

    def test_is_in_the_language_of_its_reader(self, amira: Client) -> None:
        amira.cookies["portway_language"] = "ar"
        assert "مصر" in text_of(events(amira.post(DRAFT, FIVE)))

    def test_is_noted_without_its_text_its_facts_and_who_asked(self, cast: Cast, amira: Client) -> None:
        found = events(amira.post(DRAFT, FIVE))
        (row,) = rows()
        assert (row.site_id, row.generator, row.language, row.outcome, row.failure) == (
            cast.site.id, "built-in", "en", "made", "",
        )  # fmt: skip
        assert row.milliseconds is not None
        assert row.public_id == found[0][1]["id"]
        kept = " ".join(str(value) for value in row.__dict__.values())
        for text in ("Nile Cotton Mills", "Delta Care", "120,000", "Amira", cast.primary.email):
            assert text not in kept

    def test_asked_for_again_has_other_words(self, amira: Client) -> None:
        texts = {text_of(events(amira.post(DRAFT, {**FIVE, "variant": str(at)}))) for at in range(3)}
        assert len(texts) == 3

    def test_is_for_whoever_works_on_deals(self, cast: Cast, amira: Client) -> None:
        assert signed_in(cast.newcomer).post(DRAFT, FIVE).status_code == 403
        assert signed_in(cast.deal_desk).post(DRAFT, FIVE).status_code == 403
        assert Client().post(DRAFT, FIVE).status_code == 302
        assert amira.get(DRAFT).status_code == 405
        assert signed_in(give_role(cast.sales, Role.REFERRALS_USER)).post(DRAFT, FIVE).status_code == 200

    def test_takes_a_seal_against_forgery(self, cast: Cast, amira: Client) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = amira.cookies
        assert strict.post(DRAFT, FIVE).status_code == 403
        assert rows() == []

    def test_so_many_in_a_minute_and_no_more(self, amira: Client, settings: Any) -> None:
        settings.COSELL_NOTES_PER_MINUTE = 2
        answers = [amira.post(DRAFT, FIVE) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[2]["Retry-After"]) > 0
        assert "Wait" in answers[2].json()["message"]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"value": ""}, "value"), ({"value": "much"}, "value"), ({"value": "0"}, "value"),
            ({"value": "-5"}, "value"), ({"value": "9" * 30}, "value"), ({"currency": "XXX"}, "currency"),
            ({"solutions": []}, "solutions"), ({"solutions": ["", " "]}, "solutions"),
            ({"solutions": ["x" * 121]}, "solutions"), ({"solutions": [f"s{n}" for n in range(51)]}, "solutions"),
            ({"customer": " \n "}, "customer"), ({"customer": "x" * 201}, "customer"),
            ({"country": "ZZ"}, "country"), ({"country": ""}, "country"),
        ],
    )  # fmt: skip
    def test_names_the_fact_that_is_missing(self, amira: Client, change: dict[str, Any], field: str) -> None:
        for address in (LOOK, DRAFT):
            answer = amira.post(address, {**FIVE, **change})
            assert answer.status_code == 422
            assert list(answer.json()["errors"]) == [field]
        assert rows() == []


class TestALook:
    def test_shows_exactly_what_the_writer_is_told(self, amira: Client, endpoint: Endpoint) -> None:
        endpoint.deed = saying("Fine.")
        looked = amira.post(LOOK, FIVE).json()
        assert endpoint.asked == []
        assert looked["to"] == "127.0.0.1"
        events(amira.post(DRAFT, FIVE))
        told = json.loads(endpoint.asked[0].json["messages"][1]["content"])
        assert [value for _label, value in looked["facts"]] == [
            told["value"], " · ".join(told["solutions"]), told["customer"], told["partner"], told["country"],
        ]  # fmt: skip

    def test_says_that_nothing_leaves_where_the_portal_writes(self, amira: Client) -> None:
        assert amira.post(LOOK, FIVE).json()["to"] == ""


class TestWhatLeaves:
    def test_are_the_five_facts_alone_of_a_deal_whose_every_other_field_bears_a_mark(
        self, cast: Cast, amira: Client, endpoint: Endpoint
    ) -> None:
        """The whole request is looked through: address, headers and body."""
        endpoint.deed = saying("Fine.")
        mark = "KANARIENVOGEL"
        deal = make_referral(
            cast.site, customer_name="Nile Cotton Mills", name=f"{mark} name", address_line1=f"{mark} street",
            address_line2=f"{mark} floor", city=f"{mark} city", state=f"{mark} state", postal_code="KANARI 1",
            duns="987654321", contact_first_name=f"{mark} first", contact_last_name=f"{mark} last",
            contact_title=f"{mark} title", contact_phone="+20 2 98765432", contact_email="kanarienvogel@nile.example",
            crm_id=f"{mark} crm", campaign_id=f"{mark} campaign", notes=f"{mark} notes",
            vendor_notes=f"{mark} vendor", team=[cast.primary], solutions=[make_solution(cast.site, "Delta Care")],
        )  # fmt: skip
        # Everything that the deal's form has is sent along, as a careless page would.
        fields = {
            field.name: str(getattr(deal, field.attname))
            for field in deal._meta.concrete_fields
            if field.name not in ("value", "currency", "country")
        }
        everything = fields | {
            "value": "120,000", "currency": "USD", "country": "EG", "customer": deal.customer_name,
            "solutions": ["Delta Care"], "partner": mark, "team-0-first_name": mark, "team-0-email": "a@kanari.example",
        }  # fmt: skip
        assert events(
            amira.post(
                DRAFT, everything, headers={"Referer": f"https://p.example/{mark}", "X-Request-ID": mark}
            )
        )[-1] == ("made", {})
        whole = endpoint.asked[0].whole
        for text in (
            "kanari", mark, "987654321", "98765432", "Amira", "Haddad", cast.primary.email, cast.site.number,
            deal.public_id, deal.engagement, amira.cookies["portway_session"].value, deal.location_name,
        ):  # fmt: skip
            assert str(text).casefold() not in whole.casefold()
        for text in ("120,000", "Delta Care", "Nile Cotton Mills", "Nile Systems", "Egypt"):
            assert text in whole
        assert len(endpoint.asked) == 1


class TestWhatGoesWrong:
    @pytest.mark.parametrize(("status", "failure"), [(401, "untrusted"), (429, "busy"), (500, "busy")])
    def test_is_told_with_its_reason_and_noted(
        self, amira: Client, endpoint: Endpoint, status: int, failure: str
    ) -> None:
        endpoint.deed = answering(status)
        name, data = events(amira.post(DRAFT, FIVE))[-1]
        assert (name, data["reason"]) == ("failed", failure)
        assert "Write the notes yourself" in data["message"]
        (row,) = rows()
        assert (row.generator, row.outcome, row.failure) == ("small-writer", "failed", failure)

    def test_in_the_middle_leaves_what_came(self, amira: Client, endpoint: Endpoint) -> None:
        def deed(handler: Handler) -> None:
            handler.begin()
            handler.say("One sentence. And")

        endpoint.deed = deed
        found = events(amira.post(DRAFT, FIVE))
        assert text_of(found) == "One sentence. "
        assert found[-1][1]["reason"] == "broken_off"

    def test_in_the_portal_itself_is_told_as_well(self, amira: Client, monkeypatch: Any) -> None:
        def broken(*_: Any) -> Any:
            raise RuntimeError("a mistake of ours")

        monkeypatch.setattr("cosell.notes.builtin.BuiltInWriter.write", broken)
        assert events(amira.post(DRAFT, FIVE))[-1][1]["reason"] == "portal"

    def test_is_told_in_the_language_of_its_reader(self, amira: Client, endpoint: Endpoint) -> None:
        endpoint.deed = answering(500)
        amira.cookies["portway_language"] = "pl"
        answer = amira.post(DRAFT, FIVE)
        assert events(answer)[-1][0] == "failed"
        assert rows()[0].language == "pl"

    def test_whoever_cancels_has_cancelled(self, amira: Client, endpoint: Endpoint) -> None:
        endpoint.deed = endlessly("Word. ")
        answer = amira.post(DRAFT, FIVE)
        parts = iter(answer.streaming_content)
        next(parts)
        next(parts)
        answer._iterator.close()  # as a server does when its reader has gone
        assert endpoint.given_up.wait(5)
        assert [row.outcome for row in rows()] == ["left"]

    def test_hostile_words_come_as_plain_text(self, amira: Client, endpoint: Endpoint) -> None:
        endpoint.deed = saying(
            "<script>alert(1)</script>", "Hello. ", "\n\nevent: made\ndata: {}\n\n", "End."
        )
        found = events(amira.post(DRAFT, FIVE))
        assert [name for name, _data in found if name not in ("begun", "piece")] == ["made"]
        assert "<" not in text_of(found)


class TestAnOpinion:
    def asked(self, client: Client) -> str:
        found = events(client.post(DRAFT, FIVE))
        return f"/cosell/notes/{found[0][1]['id']}/feedback/"

    def test_is_noted_with_its_comment_and_without_a_name(self, amira: Client) -> None:
        address = self.asked(amira)
        assert (
            amira.post(address, {"feeling": "bad", "comment": "Too  long.\n Ask a@b.example"}).status_code
            == 204
        )
        (row,) = rows()
        assert (row.feeling, row.comment) == ("bad", "Too long. Ask")
        assert row.felt_at is not None

    def test_can_be_changed(self, amira: Client) -> None:
        address = self.asked(amira)
        amira.post(address, {"feeling": "bad"})
        amira.post(address, {"feeling": "good", "comment": "After all"})
        assert [(row.feeling, row.comment) for row in rows()] == [("good", "After all")]

    @pytest.mark.parametrize("sent", [{}, {"feeling": "great"}, {"feeling": "good", "comment": "x" * 501}])
    def test_that_cannot_be_read_is_refused(self, amira: Client, sent: dict[str, str]) -> None:
        assert amira.post(self.asked(amira), sent).status_code == 422
        assert rows()[0].feeling == ""

    def test_on_somebody_elses_draft_is_not_possible(self, cast: Cast, amira: Client) -> None:
        address = self.asked(amira)
        rival = signed_in(give_role(cast.rival, Role.REFERRALS_ADMIN))
        assert rival.post(address, {"feeling": "bad"}).status_code == 404
        assert rows()[0].feeling == ""

    def test_is_taken_for_a_week(self, amira: Client) -> None:
        address = self.asked(amira)
        with tenancy.as_system():
            NotesDraft.objects.update(made_at=timezone.now() - FELT_WITHIN - timedelta(minutes=1))
        assert amira.post(address, {"feeling": "good"}).status_code == 409


class TestHowNotesFare:
    @pytest.fixture
    def operations(self, db: None) -> Client:
        return signed_in(make_user("Olga Operations", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))

    def made(self, cast: Cast, **extra: Any) -> None:
        fields = {
            "generator": "built-in",
            "language": "pl",
            "made_at": timezone.now(),
            "outcome": "made",
        } | extra
        with tenancy.as_system():
            NotesDraft.objects.create(site=cast.site, **fields)

    def test_is_told_by_writer_language_and_month(self, cast: Cast, operations: Client) -> None:
        self.made(
            cast, milliseconds=1500, feeling="good", felt_at=timezone.now(), comment="Spared me an hour"
        )
        self.made(cast, generator="small-writer", outcome="failed", failure="slow")
        page = operations.get(FARE).content.decode()
        for text in (
            "built-in",
            "small-writer",
            "Polski",
            "Spared me an hour",
            "took too long",
            cast.site.number,
        ):
            assert text in page

    def test_says_when_there_are_none(self, operations: Client) -> None:
        assert "No notes were drafted yet" in operations.get(FARE).content.decode()

    def test_is_for_the_vendor_s_people_alone(self, cast: Cast, amira: Client) -> None:
        assert amira.get(FARE).status_code == 403
        assert signed_in(cast.care).get(FARE).status_code == 200

    def test_costs_the_same_however_many_there_are(
        self, cast: Cast, operations: Client, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(5):
            self.made(cast, feeling="bad", felt_at=timezone.now(), comment="Hm")
        with django_assert_max_num_queries(14):
            operations.get(FARE)


class TestTheDatabase:
    def test_has_no_place_for_text_facts_or_people(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = 'cosell_notesdraft'"
            )
            columns = {name for (name,) in cursor.fetchall()}
        assert columns <= {
            "id", "public_id", "site_id", "generator", "language", "made_at", "outcome", "failure", "milliseconds",
            "feeling", "comment", "felt_at",
        }  # fmt: skip


def test_the_time_for_a_draft_is_less_than_what_a_process_of_web_has() -> None:
    assert configured.COSELL_NOTES_TIMEOUT_SECONDS < 30


class TestTheDealsForm:
    def test_has_the_button_and_the_controls_that_it_reads(self, cast: Cast, amira: Client) -> None:
        make_location(cast.site, "Cairo")
        make_solution(cast.site, "Delta Care")
        page = amira.get("/cosell/deals/new/").content.decode()
        target = re.search(r'data-notes="([^"]+)"', page)
        assert target is not None
        assert f'id="{target[1]}"' in page
        for name in ("value", "currency", "customer_name", "country", "solutions-0-solution", "notes"):
            assert f'name="{name}"' in page
        assert "js/notes" in page
        assert "They do not leave the portal" in page

    def test_names_the_host_that_the_facts_would_be_sent_to(
        self, cast: Cast, amira: Client, settings: Any
    ) -> None:
        settings.COSELL_NOTES_URL = "https://writing.example/v1"
        make_location(cast.site, "Cairo")
        make_solution(cast.site, "Delta Care")
        assert "writing.example" in amira.get("/cosell/deals/new/").content.decode()
