"""The guide for integrators says what is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from portal.api import description
from tests.api.calls import caller
from tests.cast import Cast
from tests.deals.factories import make_part

pytestmark = pytest.mark.django_db

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()


class TestTheGuide:
    def test_registers_a_deal_as_it_says(self, cast: Cast) -> None:
        make_part("D0ABCLL")
        example = re.search(r"/deals/\" --data '(\{.*?\})'", GUIDE, re.DOTALL)
        assert example
        answer = caller(cast.sales).send("post", "/api/v1/deals/", json.loads(example[1]))
        assert (answer.status_code, answer.json()["status"]) == (201, "draft")

    def test_explains_every_status(self) -> None:
        document = json.loads(description())
        statuses = {
            status
            for methods in document["paths"].values()
            for operation in methods.values()
            for status in operation["responses"]
        }
        table = GUIDE[GUIDE.index("| status |") :]
        assert [each for each in statuses if each[0] in "45" and each not in table] == []

    def test_names_every_resource(self) -> None:
        document = json.loads(description())
        resources = {path.split("/")[3] for path in document["paths"]}
        table = GUIDE[GUIDE.index("| resource |") :]
        assert [name for name in resources if f"`{name}`" not in table] == []

    def test_shows_json_that_is_json(self) -> None:
        blocks = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
        assert len(blocks) == 4
        for block in blocks:
            json.loads(block)
