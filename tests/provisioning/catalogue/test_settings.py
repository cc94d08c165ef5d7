"""What the vendor's people keep for provisioning, on its settings pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from identity import tenancy
from identity.models import AuditEvent, StaffRole
from provisioning.beginning_words import OFFENSIVE, RESERVED
from provisioning.links import LINK_DAYS
from provisioning.models import NameWord, PartElement, PartSetup, SetupRules
from tests.cast import Cast, signed_in
from tests.deals.factories import make_part
from tests.factories import make_user
from tests.provisioning.made import FLEX, make_setup_part

pytestmark = pytest.mark.django_db
PAGE = "/settings/provisioning/"
DAYS = {
    "call_after_days": 1, "flex_days": 7, "other_days": 30, "chase_days": 3, "restore_days": 30, "trial_days": 30,
    "version": 1,
}  # fmt: skip


@pytest.fixture
def operations(cast: Cast) -> Client:
    return signed_in(make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))


def the(kind: Any, **where: Any) -> Any:
    with tenancy.as_system():
        return kind.objects.get(**where)


def events() -> list[str]:
    with tenancy.as_system():
        return list(AuditEvent.objects.order_by("id").values_list("event", flat=True))


def add_element(client: Client, **given: Any) -> Any:
    data = {"name": "Main number", "kind": "text", "position": 10, "required": "on", **given}
    return client.post(f"{PAGE}parts/{FLEX}/elements/", data)


class TestWhoMay:
    def test_look_all_of_the_vendors_people(self, cast: Cast) -> None:
        make_setup_part()
        for page in ("", "days/", "words/", f"parts/{FLEX}/"):
            assert signed_in(cast.care).get(PAGE + page).status_code == 200

    def test_change_channel_operations_alone(self, cast: Cast, operations: Client) -> None:
        make_setup_part()
        for page in ("parts/new/", "days/change/", f"parts/{FLEX}/change/", f"parts/{FLEX}/elements/"):
            assert signed_in(cast.care).get(PAGE + page).status_code == 403
            assert operations.get(PAGE + page).status_code == 200

    def test_see_it_no_partner(self, cast: Cast) -> None:
        for page in ("", "days/", "words/", "parts/new/"):
            assert signed_in(cast.primary).get(PAGE + page).status_code == 403


class TestAPart:
    def test_is_set_up_from_now_on(self, operations: Client) -> None:
        make_part("S0NEWSA", type="saas")
        sent = {"part": "s0newsa", "family": "A-WX", "services": ["meetings", "calling"]}
        assert operations.post(PAGE + "parts/new/", sent).status_code == 302
        setup = the(PartSetup, part__number="S0NEWSA")
        assert (setup.family, setup.services) == ("A-WX", ["calling", "meetings"])
        assert "S0NEWSA" in operations.get(PAGE).content.decode()

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"part": "NOPART1"}, "No part that is sold has this number"),
            ({"services": []}, "Choose at least one service"),
            ({"family": "A-NONE"}, "Select a valid choice"),
        ],
    )
    def test_is_refused_with_a_reason(self, operations: Client, sent: dict[str, Any], said: str) -> None:
        make_part("S0NEWSA")
        data = {"part": "S0NEWSA", "family": "A-WX", "services": ["calling"], **sent}
        answer = operations.post(PAGE + "parts/new/", data)
        assert answer.status_code == 422
        assert said in answer.content.decode()

    def test_is_set_up_in_one_way(self, operations: Client) -> None:
        make_setup_part()
        sent = {"part": FLEX, "family": "A-WX", "services": ["calling"]}
        answer = operations.post(PAGE + "parts/new/", sent)
        assert answer.status_code == 422
        assert "set up already" in answer.content.decode()

    def test_is_changed_by_whoever_saw_it_as_it_is(self, operations: Client) -> None:
        make_setup_part()
        page = f"{PAGE}parts/{FLEX}/change/"
        sent = {"family": "A-SPK", "services": ["messaging"], "version": 1}
        assert operations.post(page, sent).status_code == 302
        assert the(PartSetup, part__number=FLEX).family == "A-SPK"
        stale = operations.post(page, sent | {"family": "A-WX"})
        assert stale.status_code == 409
        assert "changed meanwhile" in stale.content.decode()
        assert the(PartSetup, part__number=FLEX).family == "A-SPK"

    def test_is_set_up_no_longer(self, operations: Client) -> None:
        make_setup_part()
        assert operations.post(f"{PAGE}parts/{FLEX}/remove/", {"version": 9}).status_code == 302
        assert the(PartSetup, part__number=FLEX)  # somebody had changed it
        operations.post(f"{PAGE}parts/{FLEX}/remove/", {"version": 1})
        with tenancy.as_system():
            assert not PartSetup.objects.filter(part__number=FLEX).exists()
        assert events()[-1] == "part_setup.removed"


class TestAnElement:
    def test_is_asked_for(self, operations: Client) -> None:
        make_setup_part()
        assert add_element(operations).status_code == 302
        row = the(PartElement, name="Main number")
        assert (row.kind, row.required, row.retired_at) == ("text", True, None)
        assert "Main number" in operations.get(f"{PAGE}parts/{FLEX}/").content.decode()

    def test_with_choices_has_at_least_two(self, operations: Client) -> None:
        make_setup_part()
        assert add_element(operations, kind="choice", choices="one\none\n").status_code == 422
        assert add_element(operations, kind="choice", choices="one\ntwo\n").status_code == 302
        assert the(PartElement, name="Main number").choices == ["one", "two"]

    def test_has_a_name_of_its_own(self, operations: Client) -> None:
        make_setup_part()
        add_element(operations)
        assert add_element(operations).status_code == 422

    def test_keeps_its_name_and_kind(self, operations: Client) -> None:
        make_setup_part()
        add_element(operations)
        row = the(PartElement, name="Main number")
        sent = {"name": "Other", "kind": "date", "help": "With country code", "position": 5, "version": 1}
        assert operations.post(f"{PAGE}elements/{row.public_id}/change/", sent).status_code == 302
        row = the(PartElement, id=row.id)
        assert (row.name, row.kind, row.help, row.required) == (
            "Main number",
            "text",
            "With country code",
            False,
        )

    def test_is_retired_and_used_again(self, operations: Client) -> None:
        make_setup_part()
        add_element(operations)
        row = the(PartElement, name="Main number")
        page = f"{PAGE}elements/{row.public_id}/retire/"
        operations.post(page, {"version": 1, "retired": "1"})
        assert the(PartElement, id=row.id).retired_at is not None
        operations.post(page, {"version": 1, "retired": "0"})  # on the older version
        assert the(PartElement, id=row.id).retired_at is not None
        operations.post(page, {"version": 2, "retired": "0"})
        assert the(PartElement, id=row.id).retired_at is None
        assert events()[-3:] == ["part_element.added", "part_element.retired", "part_element.taken_up_again"]


class TestDays:
    def test_are_there_from_the_beginning(self) -> None:
        row = the(SetupRules)
        assert (row.call_after_days, row.flex_days, row.other_days, row.chase_days) == (1, 7, 30, 3)

    def test_close_a_line_before_its_link_ends(self, operations: Client) -> None:
        """Or it would be open, and nobody could set it up."""
        assert LINK_DAYS.days == 90
        assert "the link in it works for 90 days" in operations.get(PAGE + "days/change/").content.decode()
        for name in ("flex_days", "other_days"):
            too_long = operations.post(PAGE + "days/change/", DAYS | {name: 90})
            assert too_long.status_code == 422
            assert "less than or equal to 89" in too_long.content.decode()
        assert operations.post(PAGE + "days/change/", DAYS | {"other_days": 89}).status_code == 302
        assert the(SetupRules).other_days == 89

    def test_are_changed_and_the_change_is_told(self, operations: Client) -> None:
        assert operations.post(PAGE + "days/change/", DAYS | {"flex_days": 10}).status_code == 302
        assert the(SetupRules).flex_days == 10
        assert "7 → 10" in operations.get(PAGE + "days/").content.decode()

    @pytest.mark.parametrize(
        ("name", "value"),
        [("restore_days", 14), ("restore_days", 31), ("flex_days", 1), ("call_after_days", 7)],
    )
    def test_are_within_bounds(self, operations: Client, name: str, value: int) -> None:
        assert operations.post(PAGE + "days/change/", DAYS | {name: value}).status_code == 422
        assert the(SetupRules).version == 1


class TestWords:
    def test_are_there_from_the_beginning(self) -> None:
        with tenancy.as_system():
            kept = set(NameWord.objects.values_list("use", "word"))
        assert ("reserved", "www") in kept
        assert len(kept) == len(RESERVED) + len(OFFENSIVE)

    def test_are_added_and_work_at_once(self, operations: Client) -> None:
        assert "Somebody can have" in operations.get(PAGE + "words/?name=gadzooks").content.decode()
        assert (
            operations.post(PAGE + "words/new/", {"words": "Gadzooks zounds", "use": "offensive"}).status_code
            == 302
        )
        assert "is not allowed" in operations.get(PAGE + "words/?name=my-gadz00ks").content.decode()
        assert events()[-2:] == ["name_word.added", "name_word.added"]

    def test_that_look_alike_are_one(self, operations: Client) -> None:
        operations.post(PAGE + "words/new/", {"words": "www WVW vvww", "use": "reserved"})
        with tenancy.as_system():
            assert not NameWord.objects.filter(word="vvww").exists()

    @pytest.mark.parametrize("words", ["", "a_b", "x" * 64, "café"])
    def test_that_cannot_be_names_are_refused(self, operations: Client, words: str) -> None:
        assert operations.post(PAGE + "words/new/", {"words": words, "use": "reserved"}).status_code == 422

    def test_that_offend_are_not_part_of_everything(self, operations: Client) -> None:
        assert operations.post(PAGE + "words/new/", {"words": "as", "use": "offensive"}).status_code == 422
        assert operations.post(PAGE + "words/new/", {"words": "as", "use": "reserved"}).status_code == 302

    def test_are_removed(self, operations: Client) -> None:
        word = the(NameWord, word="www")
        operations.post(f"{PAGE}words/{word.public_id}/remove/")
        assert "Somebody can have" in operations.get(PAGE + "words/?name=www").content.decode()
        assert operations.post(f"{PAGE}words/{word.public_id}/remove/").status_code == 404
