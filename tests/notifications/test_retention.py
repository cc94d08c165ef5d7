"""Mails and inboxes are forgotten in time; what waits, what is young, and the audit trail are not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from identity import tenancy
from identity.audit import record
from identity.models import AuditEvent, User
from notifications import retention, tasks
from notifications.actions import Audience
from notifications.models import InboxItem, Mail, Notice
from notifications.retention import forget_old
from tests.cast import Cast, actor
from tests.factories import make_user

from .world import AT_ONCE, expand, say

pytestmark = pytest.mark.django_db

MAILS_KEPT, INBOX_KEPT = timedelta(days=90), timedelta(days=365)
MOMENT = timedelta(minutes=1)


@pytest.fixture
def reader() -> User:
    """Somebody who was told something: a notice, a row in the inbox, and a mail that was sent."""
    reader = make_user("Rana Reader", "rana@people.example")
    say(AT_ONCE, Audience.user(reader.id), key="told")
    expand()
    change(Mail, status="sent", sent_at=timezone.now())
    return reader


def change(model: Any, **fields: Any) -> None:
    with tenancy.as_system():
        model.objects.update(**fields)


def aged(age: timedelta, models: Iterable[Any] = (Notice, InboxItem, Mail)) -> None:
    for model in models:
        change(model, created_at=timezone.now() - age)


def left() -> tuple[int, int, int]:
    """Notices, inbox rows and mails."""
    with tenancy.as_system():
        return Notice.objects.count(), InboxItem.objects.count(), Mail.objects.count()


class TestWhatIsForgotten:
    @pytest.mark.parametrize(
        ("age", "remaining"),
        [
            (MAILS_KEPT - MOMENT, (1, 1, 1)),
            (MAILS_KEPT + MOMENT, (1, 1, 0)),
            (INBOX_KEPT - MOMENT, (1, 1, 0)),
            (INBOX_KEPT + MOMENT, (0, 0, 0)),
        ],
    )
    def test_is_a_mail_first_and_then_the_rest(
        self, reader: User, age: timedelta, remaining: tuple[int, int, int]
    ) -> None:
        aged(age)
        forget_old(timezone.now())
        assert left() == remaining

    def test_is_as_much_as_there_is(self, reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
        for number in range(5):
            say(AT_ONCE, Audience.user(reader.id), key=f"told {number}")
        expand()
        change(Mail, status="sent", sent_at=timezone.now())
        aged(INBOX_KEPT + MOMENT)
        monkeypatch.setattr(retention, "BATCH", 2)
        assert forget_old(timezone.now()) == {"mails": 6, "inbox items": 6, "notices": 6}

    def test_is_looked_for_once_a_day(self, reader: User) -> None:
        aged(INBOX_KEPT + MOMENT)
        tasks.forget()
        assert left() == (0, 0, 0)


class TestWhatIsKept:
    @pytest.mark.parametrize("status", ["waiting", "sending", "uncertain"])
    def test_is_a_mail_that_is_not_over_and_its_notice(self, reader: User, status: str) -> None:
        change(Mail, status=status, sent_at=None)
        aged(INBOX_KEPT + MOMENT)
        forget_old(timezone.now())
        assert left() == (1, 0, 1)

    def test_is_a_notice_that_waits(self) -> None:
        say(AT_ONCE, Audience.address("somebody@people.example", "en"), key="waits")
        aged(INBOX_KEPT + MOMENT)
        forget_old(timezone.now())
        assert left() == (1, 0, 0)

    def test_is_everything_where_the_operator_says_so(self, reader: User, settings: Any) -> None:
        settings.MAILS_KEPT_DAYS = settings.INBOX_KEPT_DAYS = 0
        aged(INBOX_KEPT * 10)
        assert forget_old(timezone.now()) == {}
        assert left() == (1, 1, 1)

    def test_is_the_audit_trail(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.sales)):
            then = timezone.now() - INBOX_KEPT * 10
            record("key.made", by=actor(cast.sales), now=then, object_type="key", object_id="k")
        forget_old(timezone.now())
        with tenancy.as_system():
            assert AuditEvent.objects.filter(at=then).exists()
