"""Mails go out once: whatever the server answers, and wherever a worker dies."""

from __future__ import annotations

import datetime as dt
import socket
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from identity import tenancy
from identity.models import Membership, StaffRole, User
from notifications import post as posting
from notifications.actions import Audience, post_mail
from notifications.models import InboxItem, Mail, MailStatus
from notifications.smtp import Line, Unreachable
from tests.cast import Cast
from tests.factories import make_member, make_site

from .world import AT_ONCE, DAILY, Server, expand, inbox_of, mail_server, mails, post, say

pytestmark = pytest.mark.django_db

TO = "reader@people.example"


def write(to: str = TO, **extra: Any) -> None:
    extra.setdefault("subject", "Hello")
    extra.setdefault("paragraphs", ["Hello."])
    extra.setdefault("action", None)
    with tenancy.door():
        post_mail(to, language="en", **extra)


def only() -> Mail:
    (mail,) = mails()
    return mail


def change(**fields: Any) -> None:
    with tenancy.as_system():
        Mail.objects.update(**fields)


class TestAMailThatTheServerTakes:
    def test_is_sent_once_however_often_one_looks(self, server: Server) -> None:
        write()
        assert post() == 1
        assert post() == 0
        assert server.taken == [TO]
        assert (only().status, only().error, only().lease_until) == ("sent", "", None)
        assert only().sent_at is not None

    def test_many_go_over_one_connection(self, server: Server) -> None:
        for number in range(3):
            write(f"reader{number}@people.example")
        post()
        assert (len(server.taken), server.connections) == (3, 1)

    def test_the_awaited_ones_go_first_and_the_daily_ones_last(self, cast: Cast, server: Server) -> None:
        for kind, who in ((DAILY, cast.primary), (AT_ONCE, cast.sales)):
            say(kind, Audience.user(who.user_id), key=kind.name)
        expand()
        change(due_at=timezone.now())
        write()
        post()
        assert server.taken == [TO, cast.sales.user.email, cast.primary.user.email]

    def test_one_that_is_not_due_waits(self, server: Server) -> None:
        write()
        change(due_at=timezone.now() + dt.timedelta(minutes=1))
        assert post() == 0

    def test_a_line_that_begins_with_a_dot_arrives_as_it_was(self, server: Server) -> None:
        write(paragraphs=[".hidden\n.\n..two"])
        post()
        body = server.message_to(TO).get_body(("plain",))
        assert body is not None
        assert ".hidden\n.\n..two" in body.get_content().replace("\r\n", "\n")


class TestAMailThatTheServerRefuses:
    def test_for_good_is_noted_with_the_reason(self, server: Server) -> None:
        server.answers[TO] = "550 No such user"
        write()
        post()
        assert (only().status, only().error) == ("failed", "550 No such user")

    def test_for_now_is_tried_again_later_and_later(self, server: Server) -> None:
        server.answers[TO] = "451 Try later"
        write()
        waits = []
        for _ in range(3):
            post()
            waits.append(round((only().due_at - timezone.now()).total_seconds() / 60))
            change(due_at=timezone.now())
        assert waits == [1, 5, 15]
        del server.answers[TO]
        post()
        assert (only().status, server.taken) == ("sent", [TO])

    def test_after_three_days_of_trying_it_is_given_up(self, server: Server) -> None:
        server.answers[TO] = "451 Try later"
        write()
        change(attempts=len(posting.BACKOFF))
        post()
        assert only().status == "failed"

    @pytest.mark.parametrize(
        ("answer", "status"), [("451 Try later", "waiting"), ("554 Looks like spam", "failed")]
    )
    def test_at_its_end_is_not_in_doubt(self, server: Server, answer: str, status: str) -> None:
        server.end_answers.append(answer)
        write()
        post()
        assert (only().status, only().error) == (status, answer)

    def test_holds_up_no_other(self, server: Server) -> None:
        server.answers["bad@people.example"] = "550 No such user"
        write("bad@people.example")
        write()
        post()
        assert server.taken == [TO]

    def test_because_its_address_cannot_be_written_fails(self, server: Server) -> None:
        write()
        change(to="läser@people.example")
        post()
        assert only().status == "failed"


class TestAServerThatIsAway:
    def test_costs_no_attempt(self, server: Server, settings: Any) -> None:
        write()
        port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
        with pytest.raises(Unreachable):
            post()
        assert (only().status, only().attempts, only().lease_until) == ("waiting", 0, None)
        settings.EMAIL_PORT = port
        post()
        assert server.taken == [TO]

    def test_the_connection_may_break_between_two_mails(self, server: Server, settings: Any) -> None:
        write("first@people.example")
        line = Line()
        posting.send_due(line, 1)
        line._server().sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
        write()
        with pytest.raises(Unreachable):
            posting.send_due(line, 1)
        assert only_for(TO).attempts == 0
        posting.send_due(line, 1)
        line.close()
        assert server.taken == ["first@people.example", TO]


def only_for(address: str) -> Mail:
    (mail,) = [mail for mail in mails() if mail.to == address]
    return mail


class Killed(BaseException):
    """What kill -9 is to a process: nothing after it runs."""


class TestAWorkerThatDies:
    """At each step of a mail's life; the real thing, with real processes, is in test_killed_processes.py."""

    def test_before_the_end_of_the_mail_leaves_nothing_with_the_server(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write()
        with monkeypatch.context() as patch:
            patch.setattr(posting, "_mark_sending", self.die)
            with pytest.raises(Killed):
                post()
        assert (only().status, server.taken) == ("waiting", [])
        assert post() == 0  # still in the dead one's hands
        self.let_the_lease_run_out()
        post()
        assert (only().status, server.taken) == ("sent", [TO])

    @pytest.mark.parametrize("took_it", [True, False])
    def test_after_the_end_but_before_noting_it_leaves_a_doubt_that_is_not_sent_again(
        self, server: Server, monkeypatch: pytest.MonkeyPatch, took_it: bool
    ) -> None:
        self.send_and_die(server, monkeypatch, took_it)
        self.let_the_lease_run_out()
        posting.reconcile()
        assert post() == 0
        assert only().status == "uncertain"
        assert server.taken == [TO] * took_it

    @pytest.mark.parametrize("took_it", [True, False])
    def test_a_server_that_drops_doubles_is_given_it_again(
        self, server: Server, monkeypatch: pytest.MonkeyPatch, took_it: bool
    ) -> None:
        server.dedupes = True
        self.send_and_die(server, monkeypatch, took_it)
        self.let_the_lease_run_out()
        posting.reconcile()
        post()
        assert (only().status, server.taken) == ("sent", [TO])

    def test_one_in_hand_is_not_looked_at_before_its_time(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.send_and_die(server, monkeypatch, True)
        assert posting.reconcile() == 0
        assert only().status == "sending"

    def send_and_die(self, server: Server, monkeypatch: pytest.MonkeyPatch, took_it: bool) -> None:
        write()
        with monkeypatch.context() as patch:
            patch.setattr(posting, "_settle", self.die)
            with pytest.raises(Killed):
                post()
        assert only().status == "sending"
        if not took_it:
            server.envelopes.clear()

    @staticmethod
    def die(*args: object, **kwargs: object) -> None:
        raise Killed

    @staticmethod
    def let_the_lease_run_out() -> None:
        change(lease_until=timezone.now() - dt.timedelta(seconds=1))


class TestAConnectionThatBreaksAfterTheEnd:
    def test_is_in_doubt_and_not_sent_again(self, server: Server) -> None:
        server.cut_at_end = 1
        write()
        post()
        post()
        assert (only().status, server.taken) == ("uncertain", [TO])

    @pytest.mark.parametrize("took_it", [True, False])
    def test_is_sent_again_where_doubles_are_dropped(self, settings: Any, took_it: bool) -> None:
        with mail_server(settings, dedupes=True, cut_at_end=1, takes_before_cutting=took_it) as server:
            write()
            post()
            assert (only().status, server.taken) == ("sent", [TO])

    def test_somebody_who_asked_the_server_decides(self, server: Server, capsys: Any) -> None:
        server.cut_at_end, server.takes_before_cutting = 2, False
        write("lost@people.example")
        write("kept@people.example")
        post()
        call_command("uncertain_mails")
        assert only_for("lost@people.example").message_id in capsys.readouterr().out
        call_command("uncertain_mails", "--sent", str(only_for("kept@people.example").id))
        call_command("uncertain_mails", "--resend")
        post()
        assert server.taken == ["lost@people.example"]
        assert {mail.status for mail in mails()} == {"sent"}


class TestTwoWorkers:
    def test_one_that_was_given_up_sends_nothing(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write()
        mark = posting._mark_sending

        def too_late(mail: Mail, dedupes: bool) -> None:
            change(lease_until=timezone.now() - dt.timedelta(seconds=1))
            mark(mail, dedupes)

        with monkeypatch.context() as patch:
            patch.setattr(posting, "_mark_sending", too_late)
            posting.send_due(Line(), 1)
        assert server.taken == []
        post()
        assert server.taken == [TO]

    def test_one_that_was_given_up_still_notes_what_it_knows_was_sent(self, server: Server) -> None:
        write()
        with tenancy.as_system():
            mail = posting._claim(timezone.now())
        assert mail is not None
        posting._mark_sending(mail, False)
        change(lease_until=timezone.now() - dt.timedelta(seconds=1))
        posting.reconcile()
        posting._settle(mail, MailStatus.SENT, "", sent_at=timezone.now())
        assert only().status == "sent"


class TestSecrets:
    def test_are_forgotten_once_sent(self, server: Server) -> None:
        write(sensitive=True, code="123456", subject="Your code is 123456")
        assert only().letter["code"] == "123456"
        post()
        assert only().letter == {}
        body = server.message_to(TO).get_body(("plain",))
        assert body is not None
        assert "123456" in body.get_content()

    def test_are_forgotten_when_refused(self, server: Server) -> None:
        server.answers[TO] = "550 No such user"
        write(sensitive=True, code="123456")
        post()
        assert (only().status, only().letter) == ("failed", {})

    def test_are_forgotten_when_in_doubt(self, server: Server) -> None:
        server.cut_at_end = 1
        write(sensitive=True, code="123456")
        post()
        assert (only().status, only().letter) == ("uncertain", {})

    def test_other_mails_can_be_looked_up(self, server: Server) -> None:
        write()
        post()
        assert only().letter["subject"] == "Hello"


class TestReadersWhoLeft:
    @pytest.mark.parametrize("kind", [AT_ONCE, DAILY])
    def test_get_no_mail_of_the_site_any_more(self, cast: Cast, server: Server, kind: Any) -> None:
        say(kind, Audience.site(cast.site.id), key="1", by=None)
        expand()
        with tenancy.as_system():
            Membership.objects.filter(id=cast.sales.id).update(status="removed", removed_at=timezone.now())
            User.objects.filter(id=cast.newcomer.user_id).update(is_active=False)
        change(due_at=timezone.now())
        post()
        assert set(server.taken) == {cast.primary.user.email, cast.secondary.user.email}
        assert {mail.status for mail in mails()} == {"sent", "dropped"}

    @pytest.mark.parametrize("kind", [AT_ONCE, DAILY])
    def test_get_no_mail_of_the_vendors_people_any_more(self, cast: Cast, server: Server, kind: Any) -> None:
        say(kind, Audience.staff(StaffRole.DEAL_DESK), key="1", by=None)
        expand()
        with tenancy.as_system():
            User.objects.filter(id=cast.deal_desk.id).update(staff_roles=[])
        change(due_at=timezone.now())
        post()
        assert server.taken == []
        assert only().status == "dropped"


class TestTheDailyMail:
    def test_lists_what_was_told_by_site_with_links(self, cast: Cast, server: Server) -> None:
        other = make_site("Zeta Office", number="7403999")
        make_member(other, "Nadia Farouk", user=cast.sales.user)
        say(DAILY, Audience.site(cast.site.id), key="1", context={"reference": "DR-1"})
        say(DAILY, Audience.site(other.id), key="2", context={"reference": "DR-2"})
        expand()
        change(due_at=timezone.now())
        post()
        message = server.message_to(cast.sales.user.email)
        assert message["Subject"] == "Your day on Portway: 2 notices"
        body = message.get_body(("plain",))
        assert body is not None
        text = body.get_content()
        assert text.index("Nile Systems (7403807)") < text.index("DR-1") < text.index("Zeta Office")
        for item in inbox_of(cast.sales):
            assert f"/notifications/{item.public_id}/" in text

    def test_leaves_out_what_was_read(self, cast: Cast, server: Server) -> None:
        for key in ("1", "2"):
            say(DAILY, Audience.user(cast.sales.user_id), key=key, context={"reference": f"DR-{key}"})
        expand()
        first, _ = inbox_of(cast.sales)
        with tenancy.as_system():
            InboxItem.objects.filter(id=first.id).update(read_at=timezone.now())
        change(due_at=timezone.now())
        post()
        assert server.message_to(cast.sales.user.email)["Subject"] == "Your day on Portway: 1 notice"

    def test_is_not_sent_when_everything_was_read(self, cast: Cast, server: Server) -> None:
        say(DAILY, Audience.user(cast.sales.user_id), key="1")
        expand()
        with tenancy.as_system():
            InboxItem.objects.update(read_at=timezone.now())
        change(due_at=timezone.now())
        post()
        assert (only().status, server.taken) == ("dropped", [])

    def test_goes_to_where_its_reader_wants_it_by_then(self, cast: Cast, server: Server) -> None:
        say(DAILY, Audience.user(cast.sales.user_id), key="1")
        expand()
        with tenancy.as_system():
            User.objects.filter(id=cast.sales.user_id).update(preferred_email="new@nile.example")
        change(due_at=timezone.now())
        post()
        assert server.taken == ["new@nile.example"]
