"""Reports that are sent by themselves: once for each time, to each what they may see, as long as they may."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from identity import tenancy
from identity.access import PrivilegeMissing
from identity.models import AuditEvent, MembershipStatus, Tool
from notifications import expansion, letters, post
from notifications.models import InboxItem, Mail, Notice
from reports import exporting, schedules, scheduling, telling
from reports.downloads import Wanted
from reports.files import Format
from reports.models import Every, Export, Problem, Schedule, ScheduleStatus
from reports.schedules import Plan, make_schedule
from tests.cast import Cast, actor, make_cast, signed_in
from tests.deals.factories import make_deal

DEALS = Wanted("deals", "show=all", "list", Format.CSV)
PLAN = Plan(name="Our deals", every=Every.DAY, hour=8)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def schedule_of(who: Any, plan: Plan = PLAN, wanted: Wanted = DEALS) -> Schedule:
    with tenancy.scope(actor(who)):
        return make_schedule(wanted, plan, by=actor(who), now=timezone.now())


def now_of(schedule: Schedule) -> Schedule:
    with tenancy.as_system():
        return Schedule.objects.get(id=schedule.id)


def make_due(schedule: Schedule) -> None:
    with tenancy.as_system():
        Schedule.objects.filter(id=schedule.id).update(next_due_at=timezone.now())


def run(now: Any = None) -> list[Any]:
    """Everything the jobs do; returns the mails that are to go out."""
    scheduling.send_due(now=now or timezone.now())
    exporting.make_due()
    while expansion.expand_due():
        pass
    return mails()


def mails() -> list[Any]:
    with tenancy.as_system():
        return list(Mail.objects.filter(notice__kind="report.sent").order_by("to"))


def as_sent(mail: Mail) -> Any:
    content = letters.message(
        letters.Letter.from_json(mail.letter),
        to=mail.to,
        language=mail.language,
        message_id=mail.message_id,
        attachment=post._attachment(mail),
    )
    return email.message_from_bytes(content, policy=email.policy.default)


def lose_privilege(member: Any) -> None:
    with tenancy.as_system():
        type(member).objects.filter(id=member.id).update(tools=[])


class TestSending:
    def test_comes_when_it_is_due_and_not_before(self, cast: Cast) -> None:
        make_deal(cast, name="Ours")
        schedule = schedule_of(cast.sales)
        assert run() == []
        make_due(schedule)
        [mail] = run()
        assert mail.to == cast.sales.user.email
        assert "Our deals" in mail.letter["subject"]
        assert "1 row" in " ".join(mail.letter["paragraphs"])
        assert "1,250.00" in " ".join(mail.letter["paragraphs"]) or "125,000.00" in " ".join(
            mail.letter["paragraphs"]
        )
        assert now_of(schedule).next_due_at > timezone.now()
        assert run() == [mail]

    def test_to_each_reader_what_they_may_see_in_their_language(self, cast: Cast) -> None:
        make_deal(cast, name="Ours")
        make_deal(cast, name="Theirs", by=cast.rival)
        with tenancy.as_system():
            type(cast.primary.user).objects.filter(id=cast.primary.user_id).update(language="it")
        schedule = schedule_of(cast.sales, Plan("Our deals", Every.DAY, 8, colleagues=(cast.primary.id,)))
        make_due(schedule)
        found = {mail.to: mail for mail in run()}
        assert set(found) == {cast.sales.user.email, cast.primary.user.email}
        assert found[cast.primary.user.email].language == "it"
        with tenancy.as_system():
            assert {export.user_id: export.language for export in Export.objects.all()} == {
                cast.sales.user_id: "en",
                cast.primary.user_id: "it",
            }
            assert InboxItem.objects.filter(kind="report.sent").count() == 2
            for export in Export.objects.all():
                content = exporting.FILES.path_of(export.stored).read_bytes()
                assert b"Ours" in content
                assert b"Theirs" not in content
        whole = str([mail.letter for mail in found.values()])
        assert "Theirs" not in whole

    def test_the_link_opens_for_its_reader_alone(self, cast: Cast) -> None:
        schedule = schedule_of(cast.sales, Plan("Our deals", Every.DAY, 8, colleagues=(cast.primary.id,)))
        make_due(schedule)
        run()
        with tenancy.as_system():
            own = Export.objects.get(user_id=cast.sales.user_id)
        assert signed_in(cast.sales).get(f"/reports/exports/{own.public_id}/").status_code == 200
        assert signed_in(cast.primary).get(f"/reports/exports/{own.public_id}/").status_code == 404

    def test_two_clocks_send_it_once_and_a_late_one_does_not_make_up(self, cast: Cast) -> None:
        schedule = schedule_of(cast.sales)
        with tenancy.as_system():
            Schedule.objects.update(next_due_at=timezone.now() - timedelta(days=5))
        assert scheduling.send_due(now=timezone.now()) == 1
        assert scheduling.send_due(now=timezone.now()) == 0
        with tenancy.as_system():
            assert Export.objects.count() == 1
            slot = Export.objects.get().slot
            Schedule.objects.update(next_due_at=slot)  # a clock that was put back
        run()
        with tenancy.as_system():
            assert Export.objects.count() == 1
        assert now_of(schedule).next_due_at > timezone.now()

    def test_a_clock_that_ran_ahead_is_mended(self, cast: Cast) -> None:
        schedule = schedule_of(cast.sales)
        scheduling.send_due(now=timezone.now() + timedelta(days=400))
        assert now_of(schedule).next_due_at > timezone.now() + timedelta(days=399)
        scheduling.send_due(now=timezone.now())
        assert now_of(schedule).next_due_at < timezone.now() + timedelta(days=1, minutes=1)

    def test_now_besides(self, cast: Cast) -> None:
        schedule = schedule_of(cast.sales)
        due = schedule.next_due_at
        assert signed_in(cast.sales).post(f"/reports/schedules/{schedule.public_id}/send/").status_code == 302
        assert len(run()) == 1
        assert now_of(schedule).next_due_at == due
        assert len(run()) == 1


class TestTheFile:
    def test_comes_along_if_that_was_chosen(self, cast: Cast) -> None:
        make_deal(cast, name="Ours")
        make_due(schedule_of(cast.sales, Plan("Our deals", Every.DAY, 8, attached=True)))
        [mail] = run()
        message = as_sent(mail)
        [attached] = message.iter_attachments()
        assert attached.get_content_type() == "text/csv"
        assert attached.get_filename().startswith("deals-")
        with tenancy.as_system():
            stored = Export.objects.get().stored
        assert attached.get_payload(decode=True) == exporting.FILES.path_of(stored).read_bytes()
        assert message.get_body(("plain",)) is not None
        assert message.get_body(("html",)) is not None

    def test_does_not_unless(self, cast: Cast) -> None:
        make_due(schedule_of(cast.sales))
        [mail] = run()
        assert list(as_sent(mail).iter_attachments()) == []

    def test_does_not_when_it_is_too_large(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(telling, "LARGEST_ATTACHMENT", 10)
        make_due(schedule_of(cast.sales, Plan("Our deals", Every.DAY, 8, attached=True)))
        [mail] = run()
        assert mail.attachment is None

    def test_does_not_when_the_mail_is_late_or_the_file_gone(self, cast: Cast) -> None:
        make_due(schedule_of(cast.sales, Plan("Our deals", Every.DAY, 8, attached=True)))
        [mail] = run()
        mail.created_at -= timedelta(hours=2)
        assert list(as_sent(mail).iter_attachments()) == []
        mail.created_at += timedelta(hours=2)
        exporting.FILES.forget(mail.attachment["stored"])
        assert list(as_sent(mail).iter_attachments()) == []

    def test_is_attached_by_nobody_but_the_jobs(self, cast: Cast) -> None:
        from django.db import ProgrammingError

        from notifications.actions import Audience, tell
        from reports.notices import EXPORT_FAILED

        file = letters.Attachment("exports", "abc", "a.csv", "text/csv")
        words = {"title": "x", "problem": "y"}
        to = [Audience.user(cast.sales.user_id)]
        by, now = actor(cast.sales), timezone.now()
        with pytest.raises(ProgrammingError), tenancy.scope(by):
            tell(EXPORT_FAILED, to=to, by=by, now=now, dedupe_key="k", context=words, attachment=file)
        with tenancy.scope(by):
            tell(EXPORT_FAILED, to=to, by=by, now=now, dedupe_key="k", context=words)


class TestRights:
    def test_stops_by_itself_when_its_owner_may_no_longer_see_it(self, cast: Cast) -> None:
        schedule = schedule_of(cast.sales, Plan("Our deals", Every.DAY, 8, colleagues=(cast.primary.id,)))
        lose_privilege(cast.sales)
        make_due(schedule)
        assert run() == []
        schedule = now_of(schedule)
        assert (schedule.status, schedule.problem) == (ScheduleStatus.STOPPED, Problem.NO_ACCESS)
        with tenancy.as_system():
            assert [item.user_id for item in InboxItem.objects.filter(kind="schedule.stopped")] == [
                cast.sales.user_id
            ]
        page = signed_in(cast.sales).get("/reports/schedules/").content.decode()
        assert "It stopped by itself" in page

    def test_goes_on_once_they_may_again(self, cast: Cast) -> None:
        schedule = schedule_of(cast.sales)
        lose_privilege(cast.sales)
        make_due(schedule)
        run()
        assert (
            signed_in(cast.sales).post(f"/reports/schedules/{schedule.public_id}/resume/").status_code == 403
        )
        with tenancy.as_system():
            type(cast.sales).objects.filter(id=cast.sales.id).update(tools=[Tool.DEAL_REGISTRATION])
        signed_in(cast.sales).post(f"/reports/schedules/{schedule.public_id}/resume/")
        assert now_of(schedule).status == ScheduleStatus.ACTIVE

    def test_stops_when_its_owner_has_left(self, cast: Cast) -> None:
        schedule = schedule_of(cast.sales, Plan("Our deals", Every.DAY, 8, colleagues=(cast.primary.id,)))
        with tenancy.as_system():
            type(cast.sales).objects.filter(id=cast.sales.id).update(
                status=MembershipStatus.REMOVED, removed_at=timezone.now()
            )
        make_due(schedule)
        assert run() == []
        assert now_of(schedule).problem == Problem.LEFT
        with tenancy.as_system():
            assert Notice.objects.filter(kind="report.sent").count() == 0

    def test_leaves_out_a_colleague_who_may_not(self, cast: Cast) -> None:
        plan = Plan("Our deals", Every.DAY, 8, colleagues=(cast.primary.id, cast.secondary.id))
        schedule = schedule_of(cast.sales, plan)
        lose_privilege(cast.secondary)
        make_due(schedule)
        assert {mail.to for mail in run()} == {cast.sales.user.email, cast.primary.user.email}

    def test_is_not_made_for_what_one_may_not_see_nor_for_strangers(self, cast: Cast) -> None:
        with pytest.raises(PrivilegeMissing):
            schedule_of(cast.newcomer)
        with pytest.raises(schedules.NotAColleague):
            schedule_of(cast.sales, Plan("x", Every.DAY, 8, colleagues=(cast.rival.id,)))
        with pytest.raises(schedules.NoReader):
            schedule_of(cast.sales, Plan("x", Every.DAY, 8, to_owner=False))

    def test_is_nobody_elses_to_see_or_to_change(self, cast: Cast) -> None:
        schedule = schedule_of(cast.sales)
        for who in (cast.primary, cast.rival, cast.deal_desk):
            browser = signed_in(who)
            assert "Our deals" not in browser.get("/reports/schedules/").content.decode()
            assert browser.get(f"/reports/schedules/{schedule.public_id}/change/").status_code == 404
            for verb in ("send", "pause", "resume", "delete"):
                answer = browser.post(f"/reports/schedules/{schedule.public_id}/{verb}/")
                assert answer.status_code == 404
        assert "Our deals" in signed_in(cast.sales).get("/reports/schedules/").content.decode()


class TestPages:
    FORM: dict[str, Any] = {
        "source": "deals",
        "level": "list",
        "query": "show=approved",
        "name": "Approved",
        "every": "week",
        "weekday": "3",
        "day": "1",
        "hour": "9",
        "format": "xlsx",
        "to_owner": "on",
    }

    def test_one_is_made_changed_paused_and_deleted(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        page = browser.get("/reports/schedules/add/?source=deals&level=list&query=show%3Dapproved")
        assert "Amira Haddad" in page.content.decode()  # may see deals
        assert "Karim Mansour" not in page.content.decode()  # may not
        assert browser.post("/reports/schedules/add/", self.FORM).status_code == 302
        with tenancy.as_system():
            [schedule] = Schedule.objects.all()
        assert (schedule.query, schedule.weekday, schedule.hour) == ("show=approved", 3, 9)
        address = f"/reports/schedules/{schedule.public_id}/"
        assert "Thursday" in browser.get("/reports/schedules/").content.decode()
        changed = {**self.FORM, "name": "Again", "version": schedule.version, "colleagues": cast.primary.id}
        assert browser.post(f"{address}change/", changed).status_code == 302
        assert browser.post(f"{address}change/", changed).status_code == 422  # as it no longer is
        assert (now_of(schedule).name, now_of(schedule).colleagues) == ("Again", [cast.primary.id])
        browser.post(f"{address}pause/")
        make_due(schedule)
        assert run() == []
        browser.post(f"{address}delete/")
        with tenancy.as_system():
            assert not Schedule.objects.exists()
            events = AuditEvent.objects.filter(object_type="schedule").order_by("id")
            assert list(events.values_list("event", flat=True)) == [
                "schedule.made",
                "schedule.changed",
                "schedule.paused",
                "schedule.deleted",
            ]

    def test_what_is_wrong_is_told_at_its_field(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        answer = browser.post("/reports/schedules/add/", {**self.FORM, "to_owner": ""})
        assert answer.status_code == 422
        assert "Somebody must get it." in answer.content.decode()
        answer = browser.post("/reports/schedules/add/", {**self.FORM, "colleagues": cast.rival.id})
        assert answer.status_code == 422
        assert browser.post("/reports/schedules/add/", {**self.FORM, "source": "no"}).status_code == 404
        assert signed_in(cast.newcomer).post("/reports/schedules/add/", self.FORM).status_code == 403
