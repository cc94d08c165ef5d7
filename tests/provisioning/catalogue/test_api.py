"""What the vendor keeps for provisioning, over the API: what the settings pages can do, by the same rules."""

from __future__ import annotations

from typing import Any

import pytest

from identity import tenancy
from identity.models import AuditEvent, StaffRole
from provisioning.catalogue.actions import MOST_ELEMENTS
from provisioning.models import NameWord, PartElement, PartSetup, SetupRules
from tests.api.calls import Caller, caller
from tests.cast import Cast
from tests.deals.factories import make_part
from tests.factories import make_user
from tests.provisioning.elements.asked import ask_for
from tests.provisioning.made import FLEX, make_setup_part

pytestmark = pytest.mark.django_db

PARTS = "/api/v1/setup-parts/"
ELEMENTS = f"{PARTS}{FLEX}/elements/"
RULES = "/api/v1/setup-rules/current/"
WORDS = "/api/v1/name-words/"


@pytest.fixture
def api(cast: Cast) -> Caller:
    return caller(make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))


def of(element: PartElement) -> str:
    return f"/api/v1/setup-elements/{element.public_id}/"


def the(kind: Any, **where: Any) -> Any:
    with tenancy.as_system():
        return kind.objects.get(**where)


def events() -> list[str]:
    with tenancy.as_system():
        return list(AuditEvent.objects.order_by("id").values_list("event", flat=True))


class TestWhoMay:
    def test_read_it_all_of_the_vendors_people(self, cast: Cast) -> None:
        element = ask_for()
        for address in (PARTS, f"{PARTS}{FLEX}/", ELEMENTS, of(element), RULES, WORDS):
            assert caller(cast.care).get(address).status_code == 200

    def test_read_it_no_partner(self, cast: Cast) -> None:
        element = ask_for()
        for who in (cast.primary, cast.distributor):
            for address in (PARTS, f"{PARTS}{FLEX}/", ELEMENTS, of(element), RULES, WORDS):
                assert caller(who).get(address).status_code == 403

    def test_change_it_channel_operations_alone(self, cast: Cast, api: Caller) -> None:
        element, word = ask_for(), the(NameWord, word="www")
        make_part("S0NEWSA")
        deeds: list[tuple[str, str, Any, int]] = [
            ("post", PARTS, {"part": "S0NEWSA", "family": "A-WX", "services": ["calling"]}, 201),
            ("patch", f"{PARTS}{FLEX}/", {"family": "A-WX"}, 200),
            ("post", ELEMENTS, {"name": "Users", "kind": "number"}, 201),
            ("patch", of(element), {"position": 2}, 200),
            ("post", f"{of(element)}retire/", {}, 200),
            ("post", f"{of(element)}bring-back/", {}, 200),
            ("patch", RULES, {"trial_days": 14}, 200),
            ("post", WORDS, {"words": ["gadzooks"], "use": "reserved"}, 201),
            ("delete", f"{WORDS}{word.public_id}/", None, 204),
            ("delete", f"{PARTS}{FLEX}/", None, 204),
        ]
        care = caller(cast.care)
        for method, address, data, done in deeds:
            refused = care.send(method, address, data, If_Match="*")
            assert refused.status_code == 403, address
            assert refused.json()["details"]["who"]  # who can change that
            headers = {} if method == "post" else {"If_Match": "*"}
            assert api.send(method, address, data, **headers).status_code == done, address


class TestAPart:
    def test_is_set_up_from_now_on(self, api: Caller) -> None:
        make_part("S0NEWSA")
        sent = {"part": "s0newsa", "family": "A-WX", "services": ["meetings", "calling"]}
        made = api.send("post", PARTS, sent)
        assert made.status_code == 201
        assert made.json() == {"part": "S0NEWSA", "family": "A-WX", "services": ["calling", "meetings"]}
        assert made.headers["Location"].endswith(f"{PARTS}S0NEWSA/")
        assert [row["part"] for row in api.get(PARTS).json()["results"]] == ["S0NEWSA"]
        assert events()[-1] == "part_setup.added"

    @pytest.mark.parametrize(
        ("wrong", "field", "said"),
        [
            ({"part": "NOPART1"}, "part", "No part that is sold has this number"),
            ({"services": []}, "services", "Choose at least one service"),
            ({"services": ["telegraph"]}, "services", "not a valid choice"),
            ({"family": "A-NONE"}, "family", "not a valid choice"),
            ({"familly": "A-WX"}, "familly", "no such field"),
        ],
    )
    def test_is_refused_with_a_reason_at_its_field(
        self, api: Caller, wrong: dict[str, Any], field: str, said: str
    ) -> None:
        make_part("S0NEWSA")
        answer = api.send(
            "post", PARTS, {"part": "S0NEWSA", "family": "A-WX", "services": ["calling"], **wrong}
        )
        assert answer.status_code == 400
        assert said in str(answer.json()["details"][field])

    def test_is_set_up_in_one_way(self, api: Caller) -> None:
        make_setup_part()
        answer = api.send("post", PARTS, {"part": FLEX, "family": "A-WX", "services": ["calling"]})
        assert (answer.status_code, answer.json()["code"]) == (409, "kept_already")
        assert "part" in answer.json()["details"]
        assert the(PartSetup, part__number=FLEX).family == "A-FLEX"

    def test_is_changed_by_whoever_read_it_as_it_is(self, api: Caller) -> None:
        make_setup_part()
        address, change = f"{PARTS}{FLEX}/", {"family": "A-SPK"}
        tag = api.get(address).headers["ETag"]
        assert api.send("patch", address, change).status_code == 428
        changed = api.send("patch", address, change, If_Match=tag)
        assert (changed.status_code, changed.json()["family"]) == (200, "A-SPK")
        assert changed.json()["services"] == ["calling", "meetings", "messaging"]  # as they were
        assert api.send("patch", address, {"family": "A-WX"}, If_Match=tag).status_code == 412
        assert the(PartSetup, part__number=FLEX).family == "A-SPK"

    def test_is_not_sent_again_to_whoever_has_it(self, api: Caller) -> None:
        make_setup_part()
        address = f"{PARTS}{FLEX}/"
        tag = api.get(address).headers["ETag"]
        assert api.get(address, headers={"If-None-Match": tag}).status_code == 304
        api.send("patch", address, {"family": "A-WX"}, If_Match=tag)
        assert api.get(address, headers={"If-None-Match": tag}).status_code == 200

    def test_is_set_up_no_longer(self, api: Caller) -> None:
        element = ask_for()
        address = f"{PARTS}{FLEX}/"
        assert api.send("delete", address).status_code == 428
        assert api.send("delete", address, If_Match='"9"').status_code == 412
        assert api.send("delete", address, If_Match='"1"').status_code == 204
        for gone in (address, ELEMENTS, of(element)):
            assert api.get(gone).status_code == 404
        assert events()[-1] == "part_setup.removed"


class TestAnElement:
    def test_is_asked_for(self, api: Caller) -> None:
        make_setup_part()
        made = api.send("post", ELEMENTS, {"name": "Plan", "kind": "choice", "choices": ["Basic", "Full"]})
        assert made.status_code == 201
        assert made.json() | {"id": ""} == {
            "id": "", "part": FLEX, "name": "Plan", "kind": "choice", "help": "", "choices": ["Basic", "Full"],
            "required": True, "position": 10, "retired_at": None,
        }  # fmt: skip
        address = made.headers["Location"].removeprefix("http://testserver")
        assert api.get(address).json() == made.json() == api.get(ELEMENTS).json()[0]

    def test_stands_in_its_place_among_the_others(self, api: Caller) -> None:
        ask_for("Second", position=2)
        api.send("post", ELEMENTS, {"name": "First", "kind": "text", "position": 1})
        assert [row["name"] for row in api.get(ELEMENTS).json()] == ["First", "Second"]

    @pytest.mark.parametrize(
        ("wrong", "field", "said"),
        [
            ({"kind": "choice", "choices": ["One", "One"]}, "choices", "at least two"),
            ({"kind": "choice", "choices": ["One\nTwo", "Three"]}, "choices", "one line"),
            ({"kind": "choice", "choices": ["x" * 81, "Two"]}, "choices", "at most 80"),
            ({"choices": ["One", "Two"]}, "choices", "Only where one of several"),
            ({"position": 0}, "position", "greater than or equal to 1"),
            ({"name": "x" * 81}, "name", "at most 80"),
            ({"kind": "colour"}, "kind", "not a valid choice"),
        ],
    )
    def test_is_refused_with_a_reason_at_its_field(
        self, api: Caller, wrong: dict[str, Any], field: str, said: str
    ) -> None:
        make_setup_part()
        answer = api.send("post", ELEMENTS, {"name": "Users", "kind": "number", **wrong})
        assert answer.status_code == 400
        assert said in str(answer.json()["details"][field])

    def test_has_a_name_of_its_own(self, api: Caller) -> None:
        ask_for("Users")
        answer = api.send("post", ELEMENTS, {"name": "Users", "kind": "number"})
        assert (answer.status_code, answer.json()["code"]) == (409, "kept_already")
        assert "name" in answer.json()["details"]

    def test_is_one_of_so_many_that_a_form_can_be_filled_in(self, api: Caller) -> None:
        part = make_setup_part()
        with tenancy.as_system():
            PartElement.objects.bulk_create(
                PartElement(part=part, name=f"Element {number}") for number in range(MOST_ELEMENTS)
            )
        answer = api.send("post", ELEMENTS, {"name": "One more", "kind": "text"})
        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_elements")

    def test_is_changed_by_whoever_read_it_as_it_is(self, api: Caller) -> None:
        element = ask_for("Plan", kind="choice", choices=["Basic", "Full"], help="What was agreed.")
        tag = api.get(of(element)).headers["ETag"]
        assert api.send("patch", of(element), {"required": False}).status_code == 428
        changed = api.send("patch", of(element), {"required": False}, If_Match=tag)
        assert changed.status_code == 200
        told = changed.json()
        assert (told["required"], told["choices"], told["help"]) == (
            False,
            ["Basic", "Full"],
            "What was agreed.",
        )
        assert api.send("patch", of(element), {"required": True}, If_Match=tag).status_code == 412
        assert not the(PartElement, id=element.id).required

    @pytest.mark.parametrize("never", ["name", "kind"])
    def test_keeps_its_name_and_kind(self, api: Caller, never: str) -> None:
        element = ask_for()
        answer = api.send("patch", of(element), {never: "date"}, If_Match="*")
        assert (answer.status_code, list(answer.json()["details"])) == (400, [never])

    def test_is_retired_and_used_again(self, api: Caller) -> None:
        element = ask_for()
        retired = api.send("post", f"{of(element)}retire/", {}, If_Match='"1"')
        assert retired.json()["retired_at"]
        assert api.get(ELEMENTS).json()[0]["retired_at"]
        assert api.send("post", f"{of(element)}bring-back/", {}, If_Match='"1"').status_code == 412
        assert api.send("post", f"{of(element)}bring-back/", {}).json()["retired_at"] is None
        assert events()[-2:] == ["part_element.retired", "part_element.taken_up_again"]


class TestTheDays:
    def test_are_changed_some_or_all(self, api: Caller) -> None:
        before = api.get(RULES)
        assert before.json() == {
            "call_after_days": 1, "flex_days": 7, "other_days": 30, "chase_days": 3, "restore_days": 30,
            "trial_days": 30,
        }  # fmt: skip
        tag = before.headers["ETag"]
        changed = api.send("patch", RULES, {"flex_days": 10}, If_Match=tag)
        assert (changed.status_code, changed.json()) == (200, before.json() | {"flex_days": 10})
        assert api.send("patch", RULES, {"flex_days": 9}, If_Match=tag).status_code == 412
        assert api.send("patch", RULES, {"flex_days": 9}).status_code == 428
        assert the(SetupRules).flex_days == 10
        assert events()[-1] == "setup_rules.changed"

    @pytest.mark.parametrize(
        ("name", "days"),
        [
            ("restore_days", 14),
            ("restore_days", 31),
            ("trial_days", 0),
            ("flex_days", 90),
            ("other_days", 90),
        ],
    )
    def test_are_within_bounds(self, api: Caller, name: str, days: int) -> None:
        answer = api.send("patch", RULES, {name: days}, If_Match="*")
        assert (answer.status_code, list(answer.json()["details"])) == (400, [name])
        assert the(SetupRules).version == 1

    def test_close_no_line_before_the_call(self, api: Caller) -> None:
        """Also where one of the two stays as it is."""
        answer = api.send("patch", RULES, {"call_after_days": 7}, If_Match="*")
        assert answer.status_code == 400
        assert "before the representative calls" in str(answer.json()["details"]["flex_days"])
        assert api.send("patch", RULES, {"call_after_days": 6}, If_Match="*").status_code == 200


class TestWords:
    def found(self, api: Caller, **asked: str) -> list[str]:
        return [row["word"] for row in api.get(WORDS, asked).json()["results"]]

    def test_are_found_by_what_they_are_and_how_they_look(self, api: Caller) -> None:
        assert "admin" in self.found(api, q="Adm1n")
        assert "admin" in self.found(api, q="dmi", use="reserved")
        assert self.found(api, q="admin", use="offensive") == []
        assert self.found(api, q="zqnowhere") == []

    def test_are_added_several_at_once(self, api: Caller) -> None:
        sent = {"words": ["Gadzooks", "zounds", "www"], "use": "reserved"}
        added = api.send("post", WORDS, sent)
        assert added.status_code == 201
        assert [row["word"] for row in added.json()["added"]] == ["gadzooks", "zounds"]  # the third is kept
        again = api.send("post", WORDS, sent)
        assert (again.status_code, again.json()) == (200, {"added": []})
        assert events()[-2:] == ["name_word.added", "name_word.added"]

    @pytest.mark.parametrize(
        ("words", "use", "said"),
        [
            (["fine", "a_b"], "reserved", "a_b"),
            (["fine", "x" * 64], "reserved", "cannot be in a name"),
            (["fine", "two words"], "reserved", "no spaces"),
            (["fine", "as"], "offensive", "at least three characters"),
            ([f"word{number}" for number in range(201)], "reserved", "At most 200 words"),
            ([], "reserved", "empty"),
        ],
    )
    def test_are_added_all_or_none(self, api: Caller, words: list[str], use: str, said: str) -> None:
        answer = api.send("post", WORDS, {"words": words, "use": use})
        assert answer.status_code == 400
        assert said in str(answer.json()["details"]["words"])
        assert self.found(api, q="fine") == []

    def test_are_removed(self, api: Caller) -> None:
        address = f"{WORDS}{the(NameWord, word='www').public_id}/"
        assert api.send("delete", address).status_code == 204
        assert "www" not in self.found(api, q="www")
        assert api.send("delete", address).status_code == 404
