"""How the vendor's people write what is asked and proposed; and what they are told cannot work."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from identity import tenancy
from identity.models import AuditEvent, StaffRole
from orders.models import GuideAnswer, GuideQuestion, GuideRule
from tests.cast import Cast, signed_in
from tests.factories import make_user
from tests.orders.guide.written import is_, make_question, make_rule, write_guide
from tests.orders.made import LICENCE

pytestmark = pytest.mark.django_db
PAGE = "/settings/guide/"


@pytest.fixture
def operations(cast: Cast) -> Client:
    return signed_in(make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))


def the(kind: Any, **where: Any) -> Any:
    with tenancy.as_system():
        return kind.objects.get(**where)


class TestWriting:
    def test_adds_a_question_its_answers_and_a_rule(self, operations: Client) -> None:
        write_guide()
        added = operations.post(
            PAGE + "questions/new/",
            {"code": "size", "kind": "choice", "text_en": "How big?", "text_it": "Quanto?", "position": 9},
        )
        assert added.status_code == 302
        question = the(GuideQuestion, code="size")
        assert question.texts == {"en": "How big?", "it": "Quanto?"}
        for code in ("small", "large"):
            answers = f"{PAGE}questions/{question.public_id}/answers/"
            operations.post(answers, {"code": code, "text_en": code, "position": 1})
        made = operations.post(
            PAGE + "rules/new/",
            {
                "name": "Large", "part": LICENCE.lower(), "quantity": 3, "per": 1, "position": 1,
                "reason_en": "It is large.", "condition_0": "size=large", "condition_1": "seats>=", "number_1": 50,
            },
        )  # fmt: skip
        assert made.status_code == 302
        rule = the(GuideRule, name="Large")
        assert rule.conditions == [
            is_("size", "large"),
            {"question": "seats", "test": "at_least", "value": 50},
        ]

    def test_is_written_down_with_what_it_was_before(self, operations: Client) -> None:
        question = make_question("need", "choice", "a", "b")
        address = f"{PAGE}questions/{question.public_id}/change/"
        operations.post(address, {"version": 1, "text_en": "What for?", "position": 10})
        event = the(AuditEvent, event="guide_question.changed")
        assert event.detail["changes"] == {"texts": [{"en": "Which need?"}, {"en": "What for?"}]}

    def test_says_what_changed_meanwhile_and_keeps_what_was_filled_in(self, operations: Client) -> None:
        question = make_question("need", "choice", "a", "b")
        address = f"{PAGE}questions/{question.public_id}/change/"
        operations.post(address, {"version": 1, "text_en": "Theirs?", "position": 10})
        late = operations.post(address, {"version": 1, "text_en": "Mine?", "position": 10})
        assert late.status_code == 409
        assert "Mine?" in late.content.decode()
        assert the(GuideQuestion, code="need").texts["en"] == "Theirs?"

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"part": "NOSUCHP"}, "No part that is sold has this number."),
            ({}, "Name a part, or choose a product line."),
            ({"part": LICENCE, "condition_0": "seats>="}, "Say how many."),
            ({"part": LICENCE, "quantity": "0"}, "greater than or equal to 1"),
        ],
    )
    def test_says_at_the_field_what_cannot_be(
        self, operations: Client, sent: dict[str, Any], said: str
    ) -> None:
        write_guide()
        whole = {"name": "New", "quantity": 1, "per": 1, "position": 1, "reason_en": "So."}
        answer = operations.post(PAGE + "rules/new/", whole | sent)
        assert answer.status_code == 422
        assert said in answer.content.decode()

    def test_says_that_a_code_is_taken(self, operations: Client) -> None:
        make_question("need", "choice", "a", "b")
        answer = operations.post(
            PAGE + "questions/new/", {"code": "need", "kind": "choice", "text_en": "Again?", "position": 1}
        )
        assert answer.status_code == 422
        assert "This code is taken already" in answer.content.decode()


class TestRetiring:
    def test_ends_a_rule_and_takes_it_up_again(self, operations: Client) -> None:
        rule = write_guide()["cloud"]
        address = f"{PAGE}rules/{rule.public_id}/retire/"
        operations.post(address, {"version": 1, "retired": "1"})
        assert the(GuideRule, name="cloud").retired_at is not None
        operations.post(address, {"version": 2, "retired": "0"})
        assert the(GuideRule, name="cloud").retired_at is None

    def test_of_an_answer_marks_the_rules_that_are_about_it(self, operations: Client) -> None:
        write_guide()
        answer = the(GuideAnswer, code="cloud")
        operations.post(f"{PAGE}answers/{answer.public_id}/retire/", {"version": 1, "retired": "1"})
        page = operations.get(PAGE).content.decode()
        assert "A condition is about something that is no longer asked: need." in page


class TestWhatCannotWork:
    def test_is_pointed_out(self, operations: Client) -> None:
        write_guide()
        make_rule("never", LICENCE, is_("need", "flow"), is_("need", "cloud"))
        make_rule(
            "nowhere", LICENCE, is_("need", "cloud"), {"question": "seats", "test": "at_least", "value": 5}
        )
        page = operations.get(PAGE).content.decode()
        assert "Its conditions contradict each other: they never hold at once." in page
        assert "What its conditions are about is never asked at once." in page

    def test_is_not_said_of_what_is_in_order(self, operations: Client) -> None:
        write_guide()
        assert "Something cannot work" not in operations.get(PAGE).content.decode()


class TestTryingIt:
    def test_shows_what_is_asked_proposed_and_why_the_rest_is_not(self, operations: Client) -> None:
        write_guide()
        page = operations.get(PAGE + "try/?need=cloud&extras=").content.decode()
        assert "Not asked: “Which seats?”" in page
        assert "5 ×" in page
        assert "You did not answer “Which need?” with “Flow”." in page


class TestWhoWritesIt:
    def test_all_the_vendors_people_look_and_channel_operations_write(
        self, cast: Cast, operations: Client
    ) -> None:
        desk = signed_in(cast.deal_desk)
        assert desk.get(PAGE).status_code == 200
        assert desk.get(PAGE + "rules/new/").status_code == 403
        assert operations.get(PAGE + "rules/new/").status_code == 200

    def test_partners_do_not(self, cast: Cast) -> None:
        assert signed_in(cast.primary).get(PAGE).status_code == 403
