"""A call sent again with the same Idempotency-Key is not acted on again."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from identity import once, tenancy
from identity.models import AuditEvent, Membership, Submission
from identity.privileges import Privilege
from identity.tasks import forget_submissions
from tests.api.calls import Caller, caller
from tests.api.urls import begun
from tests.cast import Cast, make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.urls")]

PHONES = "/api/v1/phones/"


@pytest.fixture
def api(cast: Cast) -> Caller:
    found = caller(cast.sales)
    found.raise_request_exception = False
    return found


def send(api: Caller, key: str = "k1", **body: Any) -> Any:
    return api.send("post", PHONES, body, Idempotency_Key=key)


def deeds() -> int:
    with tenancy.as_system():
        return AuditEvent.objects.filter(event="phone.tried").count()


class TestTheSameCallAgain:
    def test_is_answered_as_the_first_time_and_does_nothing(self, api: Caller) -> None:
        first, second = send(api), send(api)
        assert (first.status_code, second.status_code) == (201, 201)
        assert second.content == first.content
        for header in ("Location", "ETag", "Content-Type"):
            assert second[header] == first[header]
        assert "Idempotency-Replayed" not in first
        assert second["Idempotency-Replayed"] == "true"
        assert deeds() == 1

    def test_however_the_json_is_written(self, api: Caller) -> None:
        answers = [
            api.generic("POST", PHONES, body, "application/json", headers={"Idempotency-Key": "k"})
            for body in ('{"n": 1, "m": "ż"}', '{"m":"\\u017c","n":1}')
        ]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert deeds() == 1

    def test_with_another_key_or_none_is_another_deed(self, api: Caller) -> None:
        send(api)
        assert "Idempotency-Replayed" not in send(api, "k2")
        assert "Idempotency-Replayed" not in api.send("post", PHONES, {})
        assert deeds() == 3

    def test_by_the_same_person_with_another_api_key_is_the_same_call(self, cast: Cast, api: Caller) -> None:
        send(api)
        assert send(caller(cast.sales))["Idempotency-Replayed"] == "true"

    def test_by_a_colleague_or_a_rival_is_another_deed(self, cast: Cast, api: Caller) -> None:
        send(api)
        for who in (cast.primary, cast.rival):
            assert "Idempotency-Replayed" not in send(caller(who))
        assert deeds() == 3


class TestTheSameKeyForSomethingElse:
    def test_is_refused_when_the_body_differs(self, api: Caller) -> None:
        send(api, n=1)
        second = send(api, n=2)
        assert (second.status_code, second.json()["code"]) == (422, "idempotency_key_reused")
        assert deeds() == 1

    def test_is_refused_when_the_address_differs(self, cast: Cast, api: Caller) -> None:
        send(api)
        ring = f"{PHONES}{cast.sales.public_id}/ring/"
        assert api.send("post", ring, {}, Idempotency_Key="k1").status_code == 422
        assert api.send("post", ring, {}, Idempotency_Key="k2").status_code == 200

    @pytest.mark.parametrize("key", ["", "x" * 256, "ключ"])
    def test_a_key_that_is_none_is_refused(self, api: Caller, key: str) -> None:
        answer = send(api, key)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")
        assert send(api, "x" * 255).status_code == 201


class TestAnswersOtherThanSuccess:
    @pytest.mark.parametrize(("fail", "status"), [("invalid", 400), ("busy", 409), ("missing", 404)])
    def test_a_refusal_is_repeated(self, api: Caller, fail: str, status: int) -> None:
        first, second = send(api, fail=fail), send(api, fail=fail)
        assert (first.status_code, second.status_code) == (status, status)
        assert second.content == first.content
        assert second["Idempotency-Replayed"] == "true"

    @pytest.mark.parametrize(("fail", "status"), [("broken", 500), ("unavailable", 503)])
    def test_an_error_of_ours_is_not_kept_and_leaves_nothing_behind(
        self, api: Caller, fail: str, status: int
    ) -> None:
        for _ in range(2):
            answer = send(api, fail=fail)
            assert answer.status_code == status
            assert "Idempotency-Replayed" not in answer
        with tenancy.as_system():
            assert not Submission.objects.exists()
        assert deeds() == 0

    def test_a_damaged_body_is_not_kept(self, api: Caller) -> None:
        headers = {"Idempotency-Key": "k1"}
        assert api.generic("POST", PHONES, "{", "application/json", headers=headers).status_code == 400
        assert send(api).status_code == 201

    def test_what_a_key_was_answered_is_nothing_for_a_key_with_less(self, cast: Cast) -> None:
        ring = f"{PHONES}{cast.sales.public_id}/ring/"
        mighty, feeble = caller(cast.primary), caller(cast.primary, Privilege.DEAL_VIEW)
        for api, status in ((mighty, 200), (feeble, 403), (mighty, 200)):
            assert api.send("post", ring, {}, Idempotency_Key="k1").status_code == status


class TestAfterADay:
    def test_the_answer_is_forgotten(self, api: Caller) -> None:
        send(api, "old")
        with tenancy.as_system():
            Submission.objects.update(at=timezone.now() - timedelta(hours=24, seconds=1))
        send(api, "new")
        forget_submissions()
        forget_submissions()
        with tenancy.as_system():
            assert Submission.objects.values_list("key", flat=True).get() == "api:new"
        assert "Idempotency-Replayed" not in send(api, "old")


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def at_once(self, api: Caller, *bodies: dict[str, Any]) -> list[Any]:
        """The calls, each over a connection of its own; the others while the first one's deed is being done."""
        answers: list[Any] = [None] * len(bodies)
        begun.clear()

        def call(number: int) -> None:
            program = Caller(api.secret)
            program.raise_request_exception = False
            try:
                answers[number] = send(program, **bodies[number])
            finally:
                connection.close()

        threads = [threading.Thread(target=call, args=(number,)) for number in range(len(bodies))]
        for thread in threads:
            thread.start()
            assert begun.wait(60)
        for thread in threads:
            thread.join()
        return answers

    def test_the_second_waits_for_the_first_and_is_given_its_answer(self) -> None:
        api = caller(make_cast().sales)
        slow = {"seconds": 1}
        first, second, third = self.at_once(api, slow, slow, slow)
        assert {first.status_code, second.status_code, third.status_code} == {201}
        assert "Idempotency-Replayed" not in first
        assert [second["Idempotency-Replayed"], third["Idempotency-Replayed"]] == ["true", "true"]
        assert deeds() == 1

    def test_the_second_does_the_deed_when_the_first_failed(self) -> None:
        api = caller(make_cast().sales)
        first, second = self.at_once(api, {"seconds": 1, "fail": "broken"}, {"n": 1})
        assert (first.status_code, second.status_code) == (500, 201)
        assert "Idempotency-Replayed" not in second
        assert deeds() == 1

    def test_the_second_is_put_off_when_the_first_takes_too_long(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(once, "PATIENCE", "300ms")
        api = caller(make_cast().sales)
        slow = {"seconds": 2}
        first, second = self.at_once(api, slow, slow)
        assert first.status_code == 201
        assert (second.status_code, second.json()["code"]) == (409, "idempotency_key_in_use")
        assert second["Retry-After"] == "5"

    def test_a_retry_of_somebody_who_left_meanwhile_is_refused(self) -> None:
        cast = make_cast()
        api = caller(cast.sales)
        assert send(api).status_code == 201
        with tenancy.as_system():
            Membership.objects.filter(id=cast.sales.id).update(status="removed", removed_at=timezone.now())
        assert send(api).status_code == 401
