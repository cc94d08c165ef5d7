"""What people change of a line before it is set up: who does it, when, the mail again, opening it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from identity import tenancy
from identity.actors import Actor
from identity.models import AuditEvent, StaffRole
from notifications.models import Mail, Notice
from provisioning import links
from provisioning.lines import actions, due
from provisioning.lines.actions import (
    BadStart,
    LineChanged,
    NotAnAddress,
    NotPossible,
    UnknownTimeZone,
)
from provisioning.lines.listing import TO_CALL
from provisioning.lines.possible import (
    CONFIRMED,
    NOT_ACCEPTED,
    NOT_DISTRIBUTOR,
    NOT_MAILED,
    NOT_TO_CALL,
    THE_CUSTOMERS,
)
from provisioning.links import TooManyMails
from provisioning.models import Handing, LineStatus, SetupLine, SetupLink, Waiting
from tests.cast import Cast, actor
from tests.factories import make_user
from tests.provisioning.made import make_line, make_secret

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
MORNING = datetime(2026, 6, 1, 4, tzinfo=UTC)
ONE_DAY = timedelta(days=1)


@pytest.fixture
def amira(cast: Cast) -> Actor:
    """Of the reseller's, and may order."""
    return actor(cast.primary)


@pytest.fixture
def operations(db: None) -> Actor:
    return actor(make_user("Olga Operations", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))


def done(act: Callable[..., Any], line: SetupLine, by: Actor, *, now: datetime = NOON, **given: Any) -> Any:
    with tenancy.scope(by):
        return act(line, by=by, now=now, **given)


def now_of(line: SetupLine) -> SetupLine:
    with tenancy.as_system():
        line.refresh_from_db()
    return line


def mails() -> list[tuple[str, str]]:
    with tenancy.as_system():
        return list(Mail.objects.order_by("id").values_list("to", "language"))


def events(line: SetupLine) -> list[str]:
    with tenancy.as_system():
        found = AuditEvent.objects.filter(object_type="setup_line", object_id=line.public_id)
        return list(found.order_by("id").values_list("event", flat=True))


class TestTheContact:
    def test_is_changed_before_the_mail_without_any(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site)
        done(actions.change_contact, line, amira, email="new@oasis.example", language="ar")
        assert (now_of(line).contact_email, line.contact_language) == ("new@oasis.example", "ar")
        assert mails() == []
        assert events(line) == ["setup_line.contact_changed"]

    def test_is_mailed_a_link_when_the_former_one_was(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS)
        former = make_secret(line, now=NOON)
        done(actions.change_contact, line, amira, email="new@oasis.example", language="ar", now=MORNING)
        assert mails() == [("new@oasis.example", "ar")]
        found = links.opened(former)
        assert found is not None
        assert not found.is_open(MORNING)

    def test_is_changed_for_all_lines_of_the_order_when_that_is_asked(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site)
        with tenancy.as_system():
            order, held = line.order_line.order, line.customer_site
        second = make_line(cast.site, order=order, of=held)
        confirmed = make_line(cast.site, order=order, of=held)
        with tenancy.as_system():
            SetupLine.objects.filter(id=confirmed.id).update(onboarded_at=NOON, waits_for="", due_at=None)
        elsewhere = make_line(cast.site)
        changed = done(actions.change_contact, line, amira, email="new@oasis.example", all_lines=True)
        assert {each.id for each in changed} == {line.id, second.id}
        assert now_of(confirmed).contact_email == "it@oasis.example"
        assert now_of(elsewhere).contact_email == "it@oasis.example"

    def test_is_changed_for_one_line_otherwise(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site)
        with tenancy.as_system():
            second = make_line(cast.site, order=line.order_line.order, of=line.customer_site)
        done(actions.change_contact, line, amira, email="new@oasis.example")
        assert now_of(second).contact_email == "it@oasis.example"

    def test_is_an_address(self, cast: Cast, amira: Actor) -> None:
        with pytest.raises(NotAnAddress):
            done(actions.change_contact, make_line(cast.site), amira, email="nobody")

    def test_stands_once_the_organisations_are_confirmed(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site)
        with tenancy.as_system():
            SetupLine.objects.filter(id=line.id).update(onboarded_at=NOON, waits_for="", due_at=None)
        with pytest.raises(NotPossible) as refused:
            done(actions.change_contact, line, amira, email="new@oasis.example")
        assert refused.value.refusal == CONFIRMED

    def test_is_changed_by_the_vendors_channel_operations_too(self, cast: Cast, operations: Actor) -> None:
        line = make_line(cast.site)
        done(actions.change_contact, line, operations, email="new@oasis.example")
        assert now_of(line).contact_email == "new@oasis.example"
        with tenancy.as_system():
            assert Notice.objects.filter(kind="setup.changed").count() == 1

    def test_is_not_changed_by_whoever_does_not_order(self, cast: Cast) -> None:
        with pytest.raises(NotPossible) as refused:
            done(actions.change_contact, make_line(cast.site), actor(cast.newcomer), email="x@oasis.example")
        assert refused.value.of_person

    def test_is_not_changed_by_a_distributor_that_sees_the_line(self, cast: Cast) -> None:
        line = make_line(cast.site, distributor=cast.distributor_site)
        with pytest.raises(NotPossible) as refused:
            done(actions.change_contact, line, actor(cast.distributor), email="x@oasis.example")
        assert refused.value.refusal == NOT_DISTRIBUTOR

    def test_of_anothers_line_is_out_of_reach(self, cast: Cast) -> None:
        with pytest.raises(SetupLine.DoesNotExist):
            done(actions.change_contact, make_line(cast.site), actor(cast.rival), email="x@oasis.example")

    def test_is_not_changed_over_a_colleagues_change(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site)
        done(actions.change_contact, line, amira, email="first@oasis.example", version=1)
        with pytest.raises(LineChanged):
            done(actions.change_contact, line, amira, email="second@oasis.example", version=1)


class TestTheStartDate:
    def test_moves_the_mail(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site)
        done(actions.change_start, line, amira, start_on=date(2026, 7, 1), time_zone="Europe/Rome")
        assert now_of(line).due_at == datetime(2026, 7, 1, 5, tzinfo=UTC)

    def test_takes_a_mail_back_that_went_out_already(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site)
        due.run_due(now=MORNING)
        done(actions.change_start, line, amira, start_on=date(2026, 7, 1), now=MORNING)
        assert (now_of(line).status, line.waits_for) == (LineStatus.ORDERED, Waiting.MAIL)
        with tenancy.as_system():
            assert not SetupLink.objects.filter(revoked_at=None).exists()

    def test_may_be_today_and_the_mail_goes_out_now(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site)
        done(actions.change_start, line, amira, start_on=NOON.date())
        assert now_of(line).due_at == NOON

    @pytest.mark.parametrize("day", [date(2026, 5, 19), date(2020, 1, 1), date(2028, 1, 1)])
    def test_is_neither_past_nor_far_away(self, cast: Cast, amira: Actor, day: date) -> None:
        with pytest.raises(BadStart):
            done(actions.change_start, make_line(cast.site), amira, start_on=day)

    def test_is_a_day_where_the_customer_is(self, cast: Cast, amira: Actor) -> None:
        late = datetime(2026, 5, 20, 23, tzinfo=UTC)  # the 21st in Cairo
        with pytest.raises(BadStart):
            done(actions.change_start, make_line(cast.site), amira, start_on=date(2026, 5, 20), now=late)
        done(actions.change_start, make_line(cast.site), amira, start_on=date(2026, 5, 21), now=late)

    def test_goes_by_a_time_zone_that_there_is(self, cast: Cast, amira: Actor) -> None:
        with pytest.raises(UnknownTimeZone):
            done(
                actions.change_start, make_line(cast.site), amira, start_on=date(2026, 7, 1),
                time_zone="../../etc/passwd",
            )  # fmt: skip


class TestTheMailAgain:
    def test_brings_a_new_link_and_ends_the_former_one(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS)
        former = make_secret(line, now=NOON)
        done(actions.resend_link, line, amira, now=MORNING + timedelta(hours=2))
        assert mails() == [("it@oasis.example", "en")]
        found = links.opened(former)
        assert found is not None
        assert found.revoked_at is not None
        assert events(line) == ["setup_line.resent"]

    def test_gives_a_day_to_begin_anew_but_no_longer_until_it_closes(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS)
        closes = line.closes_at
        later = MORNING + 3 * ONE_DAY
        done(actions.resend_link, line, amira, now=later)
        assert (now_of(line).waits_for, line.due_at) == (Waiting.CALL, later + ONE_DAY)
        assert line.closes_at == closes

    def test_is_not_sent_before_the_first_one(self, cast: Cast, amira: Actor) -> None:
        with pytest.raises(NotPossible) as refused:
            done(actions.resend_link, make_line(cast.site), amira)
        assert refused.value.refusal == NOT_MAILED

    def test_is_sent_ten_times_a_day_at_most(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS)
        for _again in range(10):
            done(actions.resend_link, line, amira, now=MORNING)
        with pytest.raises(TooManyMails):
            done(actions.resend_link, line, amira, now=MORNING)
        done(actions.resend_link, line, amira, now=MORNING + ONE_DAY)


class TestOpeningAgain:
    def test_has_the_mail_go_out_on_the_new_date(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site, status=LineStatus.CLOSED)
        done(actions.reopen_line, line, amira, start_on=date(2026, 7, 1), now=MORNING + 10 * ONE_DAY)
        assert (now_of(line).status, line.closed_at) == (LineStatus.ORDERED, None)
        due.run_due(now=datetime(2026, 7, 1, 4, tzinfo=UTC))
        assert now_of(line).status == LineStatus.AWAITING_DETAILS
        assert mails() == [("it@oasis.example", "en")]

    def test_is_told_to_the_resellers_people(self, cast: Cast, operations: Actor) -> None:
        line = make_line(cast.site, status=LineStatus.CLOSED)
        done(actions.reopen_line, line, operations, start_on=date(2026, 7, 1))
        with tenancy.as_system():
            assert Notice.objects.filter(kind="setup.reopened").count() == 1

    def test_is_for_what_is_closed(self, cast: Cast, amira: Actor) -> None:
        with pytest.raises(NotPossible):
            done(actions.reopen_line, make_line(cast.site), amira, start_on=date(2026, 7, 1))

    def test_after_the_organisations_were_confirmed_mails_whoever_had_the_link(
        self, cast: Cast, amira: Actor
    ) -> None:
        line = make_line(cast.site, status=LineStatus.CLOSED, onboarded_at=NOON, handed_to=Handing.CUSTOMER)
        with tenancy.as_system():
            links.make_link(
                line, to="boss@oasis.example", handed_to=Handing.CUSTOMER,
                entered={"calling": {"sip": "oasis"}}, now=NOON,
            )  # fmt: skip
        done(actions.reopen_line, line, amira, start_on=date(2026, 7, 1), now=MORNING)
        opened = now_of(line)
        assert (opened.status, opened.handed_to) == (LineStatus.AWAITING_DETAILS, Handing.CUSTOMER)
        assert opened.requested_start_on == line.requested_start_on
        assert mails() == [("boss@oasis.example", "en")]
        with tenancy.as_system():
            link = SetupLink.objects.get(line=line, revoked_at=None)
        assert (link.handed_to, link.entered) == (Handing.CUSTOMER, {"calling": {"sip": "oasis"}})


class TestGoingOnFromHere:
    def test_is_the_partners_before_anything_is_confirmed(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS, handed_to=Handing.CUSTOMER)
        assert done(actions.begin_here, line, amira)

    def test_is_not_theirs_once_the_customer_has_confirmed_to_set_up_alone(
        self, cast: Cast, amira: Actor
    ) -> None:
        line = make_line(
            cast.site, status=LineStatus.AWAITING_DETAILS, handed_to=Handing.CUSTOMER, onboarded_at=NOON
        )
        with pytest.raises(NotPossible) as refused:
            done(actions.begin_here, line, amira)
        assert refused.value.refusal == THE_CUSTOMERS

    def test_is_theirs_where_they_confirmed_it(self, cast: Cast, amira: Actor) -> None:
        line = make_line(
            cast.site, status=LineStatus.AWAITING_DETAILS, handed_to=Handing.PARTNER, onboarded_at=NOON
        )
        assert done(actions.begin_here, line, amira)


class TestALineWithoutAContact:
    def test_has_the_representative_asked_to_name_one_and_mails_at_once_then(
        self, cast: Cast, operations: Actor
    ) -> None:
        line = make_line(cast.site, contact_email="", due_at=MORNING)
        due.run_due(now=MORNING)
        due.run_due(now=MORNING)
        assert mails() == []
        with tenancy.as_system():
            assert Notice.objects.filter(kind="setup.no_contact").count() == 1
            assert SetupLine.objects.filter(TO_CALL).exists()
        done(actions.change_contact, line, operations, email="it@oasis.example", now=MORNING)
        due.run_due(now=MORNING)
        assert mails() == [("it@oasis.example", "en")]
        assert now_of(line).status == LineStatus.AWAITING_DETAILS


class TestHavingCalled:
    def test_takes_the_line_off_the_list(self, cast: Cast, operations: Actor) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS, called_at=MORNING)
        with tenancy.as_system():
            assert SetupLine.objects.filter(TO_CALL).exists()
        done(actions.note_called, line, operations, now=MORNING)
        with tenancy.as_system():
            assert not SetupLine.objects.filter(TO_CALL).exists()
        assert events(line) == ["setup_line.called"]

    def test_is_noted_where_somebody_was_to_call(self, cast: Cast, operations: Actor) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS)
        with pytest.raises(NotPossible) as refused:
            done(actions.note_called, line, operations)
        assert refused.value.refusal == NOT_TO_CALL

    def test_is_noted_by_the_vendors_people_alone(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS, called_at=MORNING)
        with pytest.raises(NotPossible) as refused:
            done(actions.note_called, line, amira)
        assert refused.value.of_person


class TestSettingUpNow:
    def test_opens_the_line_without_a_mail(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site)
        secret = done(actions.begin_here, line, amira)
        found = links.opened(secret)
        assert found is not None
        assert (found.line_id, found.sent_to, found.handed_to) == (line.id, amira.email, "partner")
        assert mails() == []

    def test_still_opens_what_is_confirmed_and_not_yet_set_up(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS, onboarded_at=NOON)
        assert links.opened(done(actions.begin_here, line, amira)) is not None

    def test_waits_until_the_vendor_has_taken_the_order(self, cast: Cast, amira: Actor) -> None:
        line = make_line(cast.site)
        with tenancy.as_system():
            type(line.order_line.order).objects.filter(number=line.order_number).update(status="placed")
        with pytest.raises(NotPossible) as refused:
            done(actions.begin_here, line, amira)
        assert refused.value.refusal == NOT_ACCEPTED

    def test_is_not_for_the_vendors_people(self, cast: Cast, operations: Actor) -> None:
        with pytest.raises(NotPossible):
            done(actions.begin_here, make_line(cast.site), operations)
