"""Two at the same moment: two workers with the same lines, two people with the same line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from identity import tenancy
from notifications.models import Mail
from orders.models import OrderLine
from provisioning.lines import actions, due
from provisioning.lines.taking_up import take_up_due
from provisioning.models import LineStatus, SetupLine, SetupLink
from tests.cast import Cast, actor
from tests.orders.test_at_once import at_once
from tests.provisioning.made import make_line

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = datetime(2026, 6, 1, 4, tzinfo=UTC)


def test_two_workers_mail_every_line_once(cast: Cast) -> None:
    lines = [make_line(cast.site) for _each in range(6)]
    got = at_once(lambda: due.mail_due(now=MORNING, batch=2))
    assert sum(got) == len(lines)
    with tenancy.as_system():
        assert Mail.objects.count() == len(lines)
        assert SetupLink.objects.filter(revoked_at=None).count() == len(lines)


def test_two_workers_take_every_line_up_once(cast: Cast) -> None:
    made = make_line(cast.site)
    with tenancy.as_system():  # another line of the same order, of which nobody has heard yet
        first = made.order_line
        OrderLine.objects.create(
            order=first.order, position=2, part=first.part, part_number=first.part_number,
            description=first.description, part_type=first.part_type, quantity=1, currency="EUR", unit_price=1,
            extended=1, requested_start_on=MORNING.date(), provisioning_email="it@oasis.example",
        )  # fmt: skip
    now = MORNING - timedelta(days=3)
    at_once(lambda: take_up_due(now=now))
    with tenancy.as_system():
        assert SetupLine.objects.filter(line_number=2).count() == 1


def test_two_people_who_go_on_to_the_set_up_leave_one_link_that_works(cast: Cast) -> None:
    line, who = make_line(cast.site), actor(cast.primary)

    def deed() -> str:
        with tenancy.scope(who):
            return actions.begin_here(line, by=who, now=MORNING)

    got = at_once(deed)
    assert all(isinstance(each, str) for each in got)
    with tenancy.as_system():
        assert SetupLink.objects.filter(line=line, revoked_at=None).count() == 1


def test_the_mail_again_and_closing_do_not_cross(cast: Cast) -> None:
    line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS)
    who, late = actor(cast.primary), MORNING + timedelta(days=8)
    with tenancy.as_system():
        SetupLine.objects.filter(id=line.id).update(waits_for="close", due_at=line.closes_at)
    turns = iter([lambda: due.close_due(now=late), lambda: resend()])

    def resend() -> object:
        with tenancy.scope(who):
            return actions.resend_link(line, by=who, now=late)

    got = at_once(lambda: next(turns)())
    with tenancy.as_system():
        line.refresh_from_db()
        links = SetupLink.objects.filter(line=line, revoked_at=None).count()
    if any(
        isinstance(each, SetupLine) for each in got
    ):  # the mail came first, or closing left the line alone
        assert (line.status, links) in [(LineStatus.AWAITING_DETAILS, 1), (LineStatus.CLOSED, 0)]
    else:
        assert (line.status, links) == (LineStatus.CLOSED, 0)
