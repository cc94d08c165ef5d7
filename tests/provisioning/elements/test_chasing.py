"""What is missing on forms is asked for again: by notices, a few times, and on people's lists of today."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from identity import tenancy
from identity.models import StaffRole
from identity.worklist import tasks_for
from notifications.models import Notice
from orders.models import DataElement
from provisioning.elements.chasing import MOST, chase_due
from provisioning.elements.taking_up import take_up_elements
from provisioning.models import FormChase, LineStatus, SetupLine
from tests.cast import Cast, actor
from tests.factories import make_user
from tests.provisioning.elements.asked import ask_for, take_up
from tests.provisioning.made import make_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(cast: Cast) -> SetupLine:
    ask_for()
    line = make_line(cast.site)
    take_up()
    return line


def due_at(line: SetupLine) -> datetime | None:
    with tenancy.as_system():
        return FormChase.objects.get(line=line).due_at


def notices() -> list[str]:
    with tenancy.as_system():
        kinds = Notice.objects.filter(kind__startswith="setup.form").order_by("id")
        return list(kinds.values_list("kind", flat=True))


def fill_in(line: SetupLine) -> None:
    with tenancy.as_system():
        DataElement.objects.filter(fulfilment_id=line.fulfilment_id).update(value="1")


def chase(line: SetupLine, times: int = 1) -> datetime:
    """When it is due, so many times; returns when it was the last time."""
    at = due_at(line)
    assert at is not None
    assert chase_due(now=at) == 1
    return at if times == 1 else chase(line, times - 1)


def chase_till_the_end(line: SetupLine) -> datetime:
    return chase(line, MOST + 1)


class TestAsking:
    def test_begins_some_days_later_in_the_partners_morning(self, line: SetupLine) -> None:
        at = due_at(line)
        assert at is not None
        assert timedelta(days=2) < at - timezone.now() <= timedelta(days=3)
        assert chase_due(now=at - timedelta(minutes=1)) == 0
        assert chase_due(now=at) == 1
        assert notices() == ["setup.form_missing"]

    def test_twice_at_the_same_time_tells_once(self, line: SetupLine) -> None:
        at = due_at(line)
        assert at is not None
        assert (chase_due(now=at), chase_due(now=at)) == (1, 0)

    def test_is_one_notice_for_all_lines_of_a_site(self, cast: Cast, line: SetupLine) -> None:
        make_line(cast.site)
        take_up()
        with tenancy.as_system():
            FormChase.objects.update(due_at=timezone.now())
        chase_due(now=timezone.now())
        with tenancy.as_system():
            assert Notice.objects.get(kind="setup.form_missing").context["count"] == 2

    def test_ends_after_some_times_with_the_vendors_people(self, line: SetupLine) -> None:
        chase_till_the_end(line)
        assert due_at(line) is None
        assert notices() == ["setup.form_missing"] * MOST + ["setup.form_in_vain"]
        take_up()
        assert due_at(line) is None

    def test_gives_the_partner_time_after_the_last_reminder_as_well(self, line: SetupLine) -> None:
        last = chase(line, MOST)
        assert notices() == ["setup.form_missing"] * MOST
        at = due_at(line)
        assert at is not None
        assert timedelta(days=2) < at - last <= timedelta(days=3)
        chase(line)
        assert notices()[MOST:] == ["setup.form_in_vain"]

    def test_was_not_in_vain_when_the_last_reminder_was_heard(self, line: SetupLine) -> None:
        chase(line, MOST)
        fill_in(line)
        at = due_at(line)
        assert at is not None
        assert chase_due(now=at) == 0
        assert (due_at(line), notices()) == (None, ["setup.form_missing"] * MOST)

    def test_is_counted_for_each_line_where_one_is_further_than_another(
        self, cast: Cast, line: SetupLine
    ) -> None:
        chase(line, MOST)
        other = make_line(cast.site)
        take_up()
        with tenancy.as_system():
            FormChase.objects.update(due_at=timezone.now())
        assert chase_due(now=timezone.now()) == 1
        assert notices()[MOST:] == ["setup.form_missing", "setup.form_in_vain"]
        assert (due_at(line), due_at(other) is None) == (None, False)

    def test_ends_when_nothing_is_missing(self, line: SetupLine) -> None:
        fill_in(line)
        at = due_at(line)
        assert at is not None
        assert chase_due(now=at) == 0
        assert (due_at(line), notices()) == (None, [])

    def test_begins_anew_when_something_else_is_asked_for(self, line: SetupLine) -> None:
        fill_in(line)
        chase_due(now=timezone.now() + timedelta(days=4))
        ask_for("Users")
        take_up()
        assert due_at(line) is not None

    def test_begins_anew_with_all_its_times_after_it_was_given_up(self, line: SetupLine) -> None:
        last = chase_till_the_end(line)
        fill_in(line)
        ask_for("Users")  # before any job has seen that the form was complete
        take_up_elements(now=last)
        chase_till_the_end(line)
        assert notices() == (["setup.form_missing"] * MOST + ["setup.form_in_vain"]) * 2

    def test_goes_on_counting_while_something_is_missing_all_the_time(self, line: SetupLine) -> None:
        chase_till_the_end(line)
        ask_for("Users")
        take_up()
        assert due_at(line) is None

    def test_begins_anew_also_where_it_was_not_given_up_yet(self, line: SetupLine) -> None:
        last = chase(line, MOST - 1)
        fill_in(line)
        take_up_elements(now=last)
        assert due_at(line) is None
        ask_for("Users")
        take_up_elements(now=last)
        chase(line, MOST)
        assert notices() == ["setup.form_missing"] * (2 * MOST - 1)

    def test_ends_with_the_line(self, line: SetupLine) -> None:
        with tenancy.as_system():
            SetupLine.objects.filter(id=line.id).update(
                status=LineStatus.CANCELLED, waits_for="", due_at=None
            )
        assert chase_due(now=timezone.now() + timedelta(days=4)) == 0
        assert notices() == []


class TestToday:
    def titles(self, who: object) -> str:
        reader = actor(who)  # type: ignore[arg-type]
        with tenancy.scope(reader):
            return " ".join(task.title for task in tasks_for(reader, now=timezone.now()))

    def test_names_it_for_those_who_fill_it_in(self, cast: Cast, line: SetupLine) -> None:
        assert "missing on 1 provisioning form" in self.titles(cast.primary)
        assert "provisioning form" not in self.titles(cast.rival)
        fill_in(line)
        assert "provisioning form" not in self.titles(cast.primary)

    def test_names_it_for_the_representative_once_it_was_in_vain(self, cast: Cast, line: SetupLine) -> None:
        operations = make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])
        chase(line, MOST)
        assert "provisioning form" not in self.titles(operations)  # the partner has some days yet
        chase(line)
        assert "Call about 1 provisioning form" in self.titles(operations)
