"""What a line waits for comes in its time: the mail, the call, closing; once, whatever happens to the job."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from identity import tenancy
from notifications.kinds import known
from notifications.letters import words_of
from notifications.models import Mail, Notice, Priority
from orders.models import Order, OrderStatus
from provisioning import links
from provisioning.lines import due
from provisioning.lines.times import days_later, mail_at
from provisioning.models import LineStatus, SetupLine, SetupLink, SetupRules, Waiting
from provisioning.wizard.onboarding import begin
from tests.cast import Cast
from tests.provisioning.made import guest_of, make_line, make_setup_part

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 6, 1, 4, tzinfo=UTC)  # 07:00 in Cairo
ONE_DAY = timedelta(days=1)


def now_of(line: SetupLine) -> SetupLine:
    with tenancy.as_system():
        line.refresh_from_db()
    return line


def mails() -> list[Mail]:
    with tenancy.as_system():
        return list(Mail.objects.order_by("id"))


def told(kind: str) -> list[Notice]:
    with tenancy.as_system():
        return list(Notice.objects.filter(kind=kind))


def address_in(mail: Mail) -> str:
    return str(mail.letter["action"][1])


class TestTheMail:
    def test_goes_out_on_the_start_date_and_not_before(self, cast: Cast) -> None:
        line = make_line(cast.site)
        due.run_due(now=MORNING - timedelta(minutes=1))
        assert mails() == []
        due.run_due(now=MORNING)
        (mail,) = mails()
        assert mail.to == "it@oasis.example"
        line = now_of(line)
        assert (line.status, line.mailed_at) == (LineStatus.AWAITING_DETAILS, MORNING)

    def test_holds_a_link_to_the_line_of_which_only_a_hash_is_kept(self, cast: Cast) -> None:
        line = make_line(cast.site)
        due.run_due(now=MORNING)
        secret = address_in(mails()[0]).rstrip("/").rpartition("/")[2]
        found = links.opened(secret)
        assert found is not None
        assert (found.line_id, found.sent_to) == (line.id, "it@oasis.example")
        with tenancy.as_system():
            assert secret not in str(list(SetupLink.objects.values()))

    def test_is_forgotten_once_it_is_sent(self, cast: Cast) -> None:
        make_line(cast.site)
        due.run_due(now=MORNING)
        assert mails()[0].sensitive

    def test_gives_way_to_mails_that_somebody_waits_for(self, cast: Cast) -> None:
        make_line(cast.site)
        due.run_due(now=MORNING)
        assert mails()[0].priority == Priority.BULK

    def test_goes_out_once_however_often_the_job_runs(self, cast: Cast) -> None:
        make_line(cast.site)
        for _again in range(3):
            due.run_due(now=MORNING)
        assert len(mails()) == 1

    def test_is_written_in_the_language_of_the_contact(self, cast: Cast) -> None:
        make_line(cast.site, contact_language="pl")
        due.run_due(now=MORNING)
        assert mails()[0].language == "pl"

    def test_goes_out_anew_when_the_job_was_killed_in_the_midst(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        line = make_line(cast.site)

        def killed(*given: Any, **more: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(due, "record_many", killed)
            with pytest.raises(KeyboardInterrupt):
                due.run_due(now=MORNING)
        assert mails() == []
        assert now_of(line).status == LineStatus.ORDERED
        due.run_due(now=MORNING)
        assert len(mails()) == 1

    def test_of_one_line_that_cannot_be_mailed_holds_up_no_other(self, cast: Cast) -> None:
        broken = make_line(cast.site, contact_email="no address")
        fine = make_line(cast.site)
        due.run_due(now=MORNING)
        assert now_of(broken).status == LineStatus.ORDERED
        assert now_of(fine).status == LineStatus.AWAITING_DETAILS
        assert [mail.to for mail in mails()] == ["it@oasis.example"]

    def test_waits_until_the_vendor_has_taken_the_order(self, cast: Cast) -> None:
        line = make_line(cast.site)
        with tenancy.as_system():
            Order.objects.filter(number=line.order_number).update(status=OrderStatus.PLACED)
        due.run_due(now=MORNING)
        assert mails() == []
        with tenancy.as_system():
            Order.objects.filter(number=line.order_number).update(status=OrderStatus.ACCEPTED)
        due.run_due(now=MORNING + ONE_DAY)
        assert len(mails()) == 1


class TestTheCall:
    def test_is_asked_for_a_day_after_the_mail_when_nobody_has_begun(self, cast: Cast) -> None:
        line = make_line(cast.site)
        due.run_due(now=MORNING)
        due.run_due(now=MORNING + ONE_DAY - timedelta(minutes=1))
        assert told("setup.call") == []
        due.run_due(now=MORNING + ONE_DAY)
        (notice,) = told("setup.call")
        assert notice.audiences == [{"to": "staff", "role": "channel_operations"}]
        kind = known("setup.call")
        assert kind is not None
        assert line.customer_name in words_of(kind, notice.context).subject
        assert now_of(line).called_at == MORNING + ONE_DAY

    def test_is_not_asked_for_when_somebody_has_begun(self, cast: Cast) -> None:
        line = make_line(cast.site)
        due.run_due(now=MORNING)
        with tenancy.as_system():
            SetupLine.objects.filter(id=line.id).update(begun_at=MORNING + timedelta(hours=1))
        due.run_due(now=MORNING + ONE_DAY)
        assert told("setup.call") == []
        assert now_of(line).waits_for == Waiting.CLOSE

    def test_is_asked_for_once(self, cast: Cast) -> None:
        make_line(cast.site)
        due.run_due(now=MORNING)
        for hours in (24, 25, 48):
            due.run_due(now=MORNING + timedelta(hours=hours))
        assert len(told("setup.call")) == 1


class TestClosing:
    @pytest.mark.parametrize(("family", "days"), [("A-FLEX", 7), ("A-WX", 30), ("A-SPK", 30)])
    def test_comes_after_the_days_of_the_family(self, cast: Cast, family: str, days: int) -> None:
        part = make_setup_part(f"S0{family[2:5]}X".ljust(7, "A")[:7].replace("-", "X"), family=family)
        line = make_line(cast.site, part=part)
        due.run_due(now=MORNING)
        due.run_due(now=MORNING + ONE_DAY)
        due.run_due(now=MORNING + days * ONE_DAY - timedelta(minutes=1))
        assert now_of(line).status == LineStatus.AWAITING_DETAILS
        due.run_due(now=MORNING + days * ONE_DAY)
        assert now_of(line).status == LineStatus.CLOSED
        assert len(told("setup.closed")) == 1

    def test_goes_by_the_days_that_the_vendors_people_set(self, cast: Cast) -> None:
        line = make_line(cast.site)
        with tenancy.as_system():
            SetupRules.objects.update_or_create(id=1, defaults={"flex_days": 3})
        due.run_due(now=MORNING)
        assert now_of(line).closes_at == MORNING + 3 * ONE_DAY

    def test_ends_the_link(self, cast: Cast) -> None:
        make_line(cast.site)
        due.run_due(now=MORNING)
        secret = address_in(mails()[0]).rstrip("/").rpartition("/")[2]
        later = MORNING + 8 * ONE_DAY
        due.run_due(now=MORNING + ONE_DAY)
        due.run_due(now=later)
        found = links.opened(secret)
        assert found is not None
        assert not found.is_open(later)

    def test_leaves_what_is_being_set_up(self, cast: Cast) -> None:
        line = make_line(cast.site, status=LineStatus.PROVISIONING)
        due.run_due(now=MORNING + 60 * ONE_DAY)
        assert now_of(line).status == LineStatus.PROVISIONING


class TestTheClocks:
    def test_are_those_of_the_customer(self) -> None:
        before = datetime(2026, 1, 1, tzinfo=UTC)
        day = date(2026, 6, 1)
        assert mail_at(day, "America/Sao_Paulo", before) == datetime(2026, 6, 1, 10, tzinfo=UTC)
        assert mail_at(day, "Asia/Dubai", before) == datetime(2026, 6, 1, 3, tzinfo=UTC)

    def test_change_in_spring_and_autumn(self) -> None:
        before = datetime(2026, 1, 1, tzinfo=UTC)
        assert mail_at(date(2026, 3, 28), "Europe/Warsaw", before) == datetime(2026, 3, 28, 6, tzinfo=UTC)
        assert mail_at(date(2026, 3, 29), "Europe/Warsaw", before) == datetime(2026, 3, 29, 5, tzinfo=UTC)

    def test_make_a_day_of_23_hours_one_day(self) -> None:
        mailed = datetime(2026, 3, 28, 6, tzinfo=UTC)  # 07:00 in Warsaw, the day before clocks go forward
        assert days_later(mailed, 1, "Europe/Warsaw") == mailed + timedelta(hours=23)

    def test_make_a_day_of_25_hours_one_day(self) -> None:
        mailed = datetime(2026, 10, 24, 5, tzinfo=UTC)  # 07:00 in Warsaw, the day before clocks go back
        assert days_later(mailed, 1, "Europe/Warsaw") == mailed + timedelta(hours=25)

    def test_of_a_place_that_nobody_knows_are_utc(self) -> None:
        before = datetime(2026, 1, 1, tzinfo=UTC)
        assert mail_at(date(2026, 6, 1), "Nowhere/Else", before) == datetime(2026, 6, 1, 7, tzinfo=UTC)


def test_beginning_again_after_another_mail_spares_the_call(cast: Cast) -> None:
    line = make_line(cast.site, begun_at=MORNING - ONE_DAY)
    due.run_due(now=MORNING)
    with tenancy.scope(guest_of(line)):
        begin(line, by=guest_of(line), now=MORNING + timedelta(hours=1))
    due.run_due(now=MORNING + ONE_DAY)
    assert told("setup.call") == []
    assert now_of(line).begun_at == MORNING + timedelta(hours=1)
