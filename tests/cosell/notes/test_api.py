"""Notes for programs."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from cosell.models import NotesDraft
from identity import tenancy
from identity.models import Role, Submission
from identity.privileges import Privilege
from tests.api.calls import Caller, caller
from tests.cast import Cast
from tests.cosell.factories import give_role
from tests.cosell.notes.endpoint import Endpoint, answering, saying

pytestmark = pytest.mark.django_db
NOTES = "/api/v1/notes/"
FIVE: dict[str, Any] = {
    "value": "120000.00", "currency": "USD", "solutions": ["Delta Care"], "customer": "Nile Cotton Mills",
    "country": "EG",
}  # fmt: skip


@pytest.fixture
def program(cast: Cast) -> Caller:
    return caller(give_role(cast.primary, Role.REFERRALS_ADMIN))


def test_a_draft_is_made(program: Caller) -> None:
    answer = program.send("post", NOTES, FIVE)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["outcome"], told["failure"], told["generator"], told["language"]) == (
        "made", "", "built-in", "en",
    )  # fmt: skip
    assert "Nile Cotton Mills" in told["text"]


def test_one_that_fails_is_told_and_stays_noted(program: Caller, endpoint: Endpoint) -> None:
    endpoint.deed = answering(503)
    told = program.send("post", NOTES, FIVE).json()
    assert (told["outcome"], told["failure"], told["text"]) == ("failed", "busy", "")
    assert told["message"]
    with tenancy.as_system():
        assert NotesDraft.objects.get().failure == "busy"


def test_the_text_of_a_draft_is_not_even_kept_for_an_idempotency_key(
    program: Caller, endpoint: Endpoint
) -> None:
    endpoint.deed = saying("A very rare sentence.")
    answers = [program.send("post", NOTES, FIVE, Idempotency_Key="once").json() for _ in range(2)]
    assert answers[0]["id"] != answers[1]["id"]
    with tenancy.as_system():
        assert not any(b"very rare" in bytes(each.body) for each in Submission.objects.all())


@pytest.mark.parametrize(
    "change",
    [
        {"value": "0"}, {"value": "1.001"}, {"value": "much"}, {"currency": "XXX"}, {"solutions": []},
        {"solutions": [" \u0000"]}, {"customer": ""}, {"country": "ZZ"}, {"country": "eg"}, {"variant": -1},
        {"notes": "more than five"}, {"partner": "another"}, {"contact_email": "a@b.example"},
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(program: Caller, change: dict[str, Any]) -> None:
    answer = program.send("post", NOTES, {**FIVE, **change})
    assert answer.status_code == 400
    with tenancy.as_system():
        assert not NotesDraft.objects.exists()


def test_an_opinion_is_taken(cast: Cast, program: Caller) -> None:
    made = program.send("post", NOTES, FIVE).json()["id"]
    assert program.send("post", f"{NOTES}{made}/feedback/", {"feeling": "good"}).status_code == 204
    rival = caller(give_role(cast.rival, Role.REFERRALS_ADMIN))
    assert rival.send("post", f"{NOTES}{made}/feedback/", {"feeling": "bad"}).status_code == 404
    with tenancy.as_system():
        assert NotesDraft.objects.get(public_id=made).feeling == "good"


def test_takes_the_privilege_to_work_on_deals(cast: Cast) -> None:
    member = give_role(cast.primary, Role.REFERRALS_ADMIN)
    assert caller(member, Privilege.REFERRAL_VIEW).send("post", NOTES, FIVE).status_code == 403


def test_so_many_in_a_minute(program: Caller, settings: Any) -> None:
    settings.COSELL_NOTES_PER_MINUTE = 1
    assert program.send("post", NOTES, FIVE).status_code == 201
    answer = program.send("post", NOTES, FIVE)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_drafts")


class TestHowTheyFare:
    def test_is_told_in_figures_with_what_partners_say(self, cast: Cast) -> None:
        now = timezone.now()
        said = {"feeling": "good", "felt_at": now, "comment": "Spared me an hour", "milliseconds": 1500}
        with tenancy.as_system():
            for extra in (said, {"outcome": "failed", "failure": "slow", "generator": "small-writer"}):
                fields = {
                    "generator": "built-in",
                    "language": "pl",
                    "made_at": now,
                    "outcome": "made",
                } | extra
                NotesDraft.objects.create(site=cast.site, **fields)
        told = caller(cast.care).get(f"{NOTES}faring/").json()
        assert (told["whole"]["asked"], told["whole"]["good"], told["whole"]["seconds"]) == (2, 1, 1.5)
        assert {line["of"]: line["made"] for line in told["generators"]} == {"built-in": 1, "small-writer": 0}
        assert [line["of"] for line in told["languages"]] == ["pl"]
        assert [line["asked"] for line in told["months"]] == [2]
        assert [(each["failure"], each["number"]) for each in told["failures"]] == [("slow", 1)]
        (comment,) = told["comments"]
        assert (comment["comment"], comment["feeling"], comment["site"]) == (
            "Spared me an hour", "good", cast.site.number,
        )  # fmt: skip

    def test_is_told_to_the_vendor_s_people_alone(self, program: Caller) -> None:
        assert program.get(f"{NOTES}faring/").status_code == 403
