"""The provisioning form of a line: who sees it, who fills it in, and what may stand in it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import ProgrammingError
from django.test import Client

from identity import tenancy
from identity.models import AuditEvent, Membership, StaffRole, Tool
from orders.models import DataElement
from provisioning.elements.form import elements_of, version_of
from provisioning.models import LineStatus, PartElement, SetupLine
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.factories import make_member, make_user
from tests.provisioning.elements.asked import ask_for, form_of, rows_of, take_up
from tests.provisioning.made import make_line

pytestmark = pytest.mark.django_db
API = "/api/v1/provisioning-forms/"


@pytest.fixture
def line(cast: Cast) -> SetupLine:
    """Of Nile Systems, with Delta as its distributor; four things are asked for, one of them not required."""
    ask_for("Main number", position=1, help="With the country code.")
    ask_for("Users", kind="number", position=2)
    ask_for("Plan", kind="choice", choices=["Basic", "Full"], position=3)
    ask_for("Go-live", kind="date", required=False, position=4)
    line = make_line(cast.site, distributor=cast.distributor_site)
    take_up()
    return line


def of_distributor(cast: Cast) -> Membership:
    """Somebody at the distributor who sees orders."""
    return make_member(cast.distributor_site, "Omar Delta", tools=[Tool.ONLINE_ORDERING])


def page_of(line: SetupLine) -> str:
    return f"/provisioning/forms/{line.public_id}/"


def sent(line: SetupLine, **extra: str) -> dict[str, str]:
    """As a browser sends the form: every field, by the element's name in `extra`."""
    with tenancy.as_system():
        elements = elements_of(line)
    data = {each.field_name: extra.get(each.row.element, each.row.value) for each in elements}
    return data | {"version": version_of(elements)}


def fill(client: Client, line: SetupLine, **values: str) -> Any:
    return client.post(page_of(line) + "fill/", sent(line, **values))


class TestWhoSeesIt:
    def test_whoever_sees_the_line_does(self, cast: Cast, line: SetupLine) -> None:
        operations = make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])
        for who in (cast.primary, of_distributor(cast), operations):
            answer = signed_in(who).get(page_of(line))
            assert answer.status_code == 200
            assert "Main number" in answer.content.decode()

    def test_nobody_else_does(self, cast: Cast, line: SetupLine) -> None:
        assert signed_in(cast.rival).get(page_of(line)).status_code == 404
        assert line.description not in signed_in(cast.rival).get("/provisioning/forms/").content.decode()

    def test_the_list_says_how_much_is_missing(self, cast: Cast, line: SetupLine) -> None:
        ours = signed_in(cast.primary)
        assert "3 of 4" in ours.get("/provisioning/forms/").content.decode()
        assert line.order_number not in ours.get("/provisioning/forms/?show=complete").content.decode()
        fill(ours, line, **{"Main number": "+20 2 555 0100", "Users": "5", "Plan": "Full"})
        assert line.order_number not in ours.get("/provisioning/forms/").content.decode()
        assert line.order_number in ours.get("/provisioning/forms/?show=complete").content.decode()


class TestFillingIn:
    def test_keeps_what_is_known_and_says_what_is_missing(self, cast: Cast, line: SetupLine) -> None:
        ours = signed_in(cast.primary)
        assert fill(ours, line, Users="12", **{"Go-live": "2026-12-01"}).status_code == 302
        assert form_of(line) == {"Main number": "", "Users": "12", "Plan": "", "Go-live": "2026-12-01"}
        assert "2 details are missing" in ours.get(page_of(line)).content.decode()

    def test_is_audited_without_what_was_filled_in(self, cast: Cast, line: SetupLine) -> None:
        fill(signed_in(cast.primary), line, **{"Main number": "+20 2 555 0100"})
        with tenancy.as_system():
            event = AuditEvent.objects.get(event="setup_line.form_filled")
        assert (event.object_id, event.site_id) == (line.public_id, cast.site.id)
        assert event.detail == {"elements": ["Main number"]}

    @pytest.mark.parametrize(
        ("name", "value"),
        [("Users", "twelve"), ("Users", "-1"), ("Users", "9" * 20), ("Plan", "Other"), ("Go-live", "1 May"),
         ("Go-live", "2026-02-30"), ("Main number", "x" * 501)],
    )  # fmt: skip
    def test_is_refused_at_the_field_and_keeps_what_was_entered(
        self, cast: Cast, line: SetupLine, name: str, value: str
    ) -> None:
        answer = fill(signed_in(cast.primary), line, **{name: value})
        assert answer.status_code == 422
        assert "field-bad" in answer.content.decode()
        assert set(form_of(line).values()) == {""}

    def test_on_an_older_form_is_refused_and_nothing_is_lost(self, cast: Cast, line: SetupLine) -> None:
        ours, stale = signed_in(cast.primary), sent(line, **{"Main number": "mine"})
        fill(ours, line, **{"Main number": "theirs"})
        answer = ours.post(page_of(line) + "fill/", stale)
        assert answer.status_code == 409
        assert 'value="mine"' in answer.content.decode()
        assert form_of(line)["Main number"] == "theirs"
        again = stale | {"version": sent(line)["version"]}
        assert ours.post(page_of(line) + "fill/", again).status_code == 302
        assert form_of(line)["Main number"] == "mine"

    @pytest.mark.parametrize(
        "change", [{"help": "As on the bill."}, {"choices": ["Basic", "Full", "Other"]}, {"kind": "text"}],
        ids=["explained", "with other choices", "of another kind"],
    )  # fmt: skip
    def test_on_a_form_that_asked_in_another_way_is_refused(
        self, cast: Cast, line: SetupLine, change: dict[str, Any]
    ) -> None:
        ours, stale = signed_in(cast.primary), sent(line, Plan="Full")
        with tenancy.as_system():
            PartElement.objects.filter(name="Plan").update(**change)
        answer = ours.post(page_of(line) + "fill/", stale)
        assert answer.status_code == 409
        assert form_of(line)["Plan"] == ""
        assert (
            ours.post(page_of(line) + "fill/", stale | {"version": sent(line)["version"]}).status_code == 302
        )
        assert form_of(line)["Plan"] == "Full"

    def test_is_done_by_the_vendors_channel_operations_as_well(self, cast: Cast, line: SetupLine) -> None:
        operations = signed_in(make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))
        assert fill(operations, line, Users="7").status_code == 302
        assert form_of(line)["Users"] == "7"

    def test_is_refused_to_who_may_not(self, cast: Cast, line: SetupLine) -> None:
        fill(signed_in(cast.newcomer), line, Users="7")
        fill(signed_in(cast.care), line, Users="7")
        fill(signed_in(of_distributor(cast)), line, Users="7")
        assert fill(signed_in(cast.rival), line, Users="7").status_code == 404
        assert form_of(line)["Users"] == ""

    def test_is_over_when_the_line_is(self, cast: Cast) -> None:
        ask_for()
        line = make_line(cast.site)
        take_up()
        with tenancy.as_system():
            SetupLine.objects.filter(id=line.id).update(
                status=LineStatus.CANCELLED, waits_for="", due_at=None
            )
        ours = signed_in(cast.primary)
        fill(ours, line, **{"Main number": "1"})
        assert form_of(line) == {"Main number": ""}
        assert "called off or turned down" in ours.get(page_of(line)).content.decode()

    def test_keeps_a_choice_that_is_offered_no_longer(self, cast: Cast, line: SetupLine) -> None:
        with tenancy.as_system():
            DataElement.objects.filter(fulfilment_id=line.fulfilment_id, element="Plan").update(value="Old")
        assert "Old (no longer offered)" in signed_in(cast.primary).get(page_of(line)).content.decode()
        assert fill(signed_in(cast.primary), line, Users="1").status_code == 302
        assert form_of(line)["Plan"] == "Old"


class TestTheDatabase:
    def test_lets_a_reseller_write_values_of_its_own_and_nothing_else(
        self, cast: Cast, line: SetupLine
    ) -> None:
        rows = DataElement.objects.filter(fulfilment_id=line.fulfilment_id)
        with tenancy.scope(actor(cast.primary)):
            assert rows.update(value="x") == 4
        with tenancy.scope(actor(cast.rival)):
            assert rows.update(value="y") == 0
        with pytest.raises(ProgrammingError, match="permission denied"), tenancy.scope(actor(cast.primary)):
            rows.update(required=False)
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            tenancy.scope(actor(cast.distributor)),
        ):
            rows.update(value="z")


class TestForPrograms:
    def test_the_list_and_one_form(self, cast: Cast, line: SetupLine) -> None:
        ours = caller(cast.primary)
        (found,) = ours.get(API).json()["results"]
        assert (found["id"], found["asked"], found["missing"]) == (line.public_id, 4, 3)
        one = ours.get(f"{API}{line.public_id}/").json()
        assert [each["name"] for each in one["elements"]] == ["Main number", "Users", "Plan", "Go-live"]
        assert one["elements"][2]["choices"] == ["Basic", "Full"]
        assert caller(cast.rival).get(f"{API}{line.public_id}/").status_code == 404

    def test_what_was_asked_for_in_vain_is_a_list_of_the_vendors(self, cast: Cast, line: SetupLine) -> None:
        """For everybody else it is as any list that does not exist."""
        operations = make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])
        assert caller(operations).get(API, {"show": "left"}).json()["results"] == []
        ours = caller(cast.primary)
        refused, unknown = ours.get(API, {"show": "left"}), ours.get(API, {"show": "nothing"})
        assert refused.status_code == unknown.status_code == 400
        assert refused.json()["details"] == {"show": ['"left" is not a valid choice.']}
        assert ours.get(API, {"show": "missing"}).json()["results"] != []

    def test_it_is_filled_in_by_who_saw_it(self, cast: Cast, line: SetupLine) -> None:
        ours, address = caller(cast.primary), f"{API}{line.public_id}/"
        tag = ours.get(address).headers["ETag"]
        given = {"values": {"Users": "12", "Plan": "Full"}}
        assert ours.send("patch", address, given).status_code == 428
        done = ours.send("patch", address, given, If_Match=tag)
        assert done.status_code == 200, done.content
        assert done.json()["missing"] == 1
        assert ours.send("patch", address, given, If_Match=tag).status_code == 412
        assert form_of(line)["Users"] == "12"

    def test_what_is_wrong_is_said_by_element(self, cast: Cast, line: SetupLine) -> None:
        ours, address = caller(cast.primary), f"{API}{line.public_id}/"
        tag = ours.get(address).headers["ETag"]
        for values, name in (({"Users": "many"}, "Users"), ({"Nothing": "1"}, "Nothing")):
            answer = ours.send("patch", address, {"values": values}, If_Match=tag)
            assert answer.status_code == 400
            assert name in answer.content.decode()
        assert rows_of(line)[0].version == 1
