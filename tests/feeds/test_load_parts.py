"""The whole way of a file: sent, checked, confirmed, loaded."""

from __future__ import annotations

import pytest

from feeds.models import Status
from identity import tenancy
from identity.models import AuditEvent, User
from pricing.models import Part

from .sending import SOME_PARTS, checked, loaded, make_lines, make_pricing


@pytest.fixture
def pia(db: None) -> User:
    make_lines("FLOW", "VAULT")
    return make_pricing()


def parts() -> dict[str, Part]:
    with tenancy.as_system():
        return {part.number: part for part in Part.objects.select_related("line")}


class TestAFileThatIsRight:
    def test_is_summed_up_before_anything_is_loaded(self, pia: User) -> None:
        delivery = checked("parts", SOME_PARTS, by=pia)

        assert delivery.status == Status.READY, (delivery.problem, delivery.errors, delivery.questions)
        assert delivery.summary["added"] == 2
        assert parts() == {}

    def test_is_loaded_once_it_is_confirmed(self, pia: User) -> None:
        delivery = loaded("parts", SOME_PARTS, by=pia)

        assert delivery.status == Status.LOADED
        assert parts()["D0AAALL"].description == "Flow Designer"
        assert parts()["D0BBBLL"].line.code == "FLOW"
        with tenancy.as_system():
            event = AuditEvent.objects.filter(event="part.added", object_id="D0AAALL").get()
        assert (event.user_id, event.detail["delivery"]) == (pia.id, delivery.public_id)

    def test_changes_nothing_when_it_comes_again(self, pia: User) -> None:
        loaded("parts", SOME_PARTS, by=pia)
        before = {number: part.version for number, part in parts().items()}

        delivery = checked("parts", SOME_PARTS, by=pia)

        assert delivery.status == Status.UNCHANGED
        assert {number: part.version for number, part in parts().items()} == before
