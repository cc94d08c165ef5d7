"""Guided selling over the API: the same questions, and the same suggestions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from identity import tenancy
from identity.models import Tool
from tests.api.calls import Caller, caller
from tests.cast import Cast
from tests.orders.guide.written import write_guide
from tests.orders.made import LICENCE, RENEWAL

pytestmark = pytest.mark.django_db

GUIDE = "/api/v1/guided-selling/"


@pytest.fixture
def api(cast: Cast) -> Caller:
    write_guide()
    return caller(cast.primary)


def evaluate(api: Caller, answers: Any, status: int = 200) -> Any:
    response = api.send("post", GUIDE + "evaluate/", {"answers": answers})
    assert response.status_code == status
    return response.json()


class TestTheQuestions:
    def test_come_in_their_order_with_answers_and_conditions(self, api: Caller) -> None:
        rows = api.get(GUIDE).json()["results"]
        assert [row["code"] for row in rows] == ["need", "seats", "extras"]
        assert rows[0]["choices"] == [{"code": "flow", "text": "Flow"}, {"code": "cloud", "text": "Cloud"}]
        assert (rows[1]["least"], rows[1]["most"]) == (1, 500)
        assert rows[1]["asked_if"] == [{"question": "need", "test": "is", "value": "flow"}]


class TestEvaluating:
    def test_says_which_question_comes_next(self, api: Caller) -> None:
        assert evaluate(api, {"need": "flow"})["next"] == "seats"

    def test_proposes_parts_with_prices_and_reasons_when_all_is_answered(self, api: Caller) -> None:
        found = evaluate(api, {"need": "flow", "seats": 101, "extras": ["support"]})
        assert found["next"] is None
        assert [(line["part_number"], line["quantity"]) for line in found["suggestions"]] == [
            (LICENCE, 11),
            (RENEWAL, 1),
        ]
        assert Decimal(found["total"]) == sum(Decimal(line["amount"]) for line in found["suggestions"]) > 0
        assert found["suggestions"][0]["reasons"] == ["Because of licence."]

    @pytest.mark.parametrize(
        ("answers", "wrong"),
        [
            ({"unheard": "x"}, "unheard"),
            ({"need": 5}, "need"),
            ({"need": "nothing"}, "need"),
            ({"need": "flow", "seats": 501}, "seats"),
            ({"need": "flow", "seats": True}, "seats"),
            ({"need": "cloud", "extras": "support"}, "extras"),
        ],
    )
    def test_names_the_question_that_an_answer_does_not_fit(
        self, api: Caller, answers: Any, wrong: str
    ) -> None:
        assert wrong in str(evaluate(api, answers, 400))

    def test_is_for_resellers_with_the_tool(self, cast: Cast, api: Caller) -> None:
        assert caller(cast.newcomer).get(GUIDE).status_code == 403
        with tenancy.as_system():
            cast.distributor.tools = [Tool.GUIDED_SELLING]
            cast.distributor.save()
        assert caller(cast.distributor).get(GUIDE).status_code == 403
