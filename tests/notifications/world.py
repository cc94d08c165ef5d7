"""What the tests of this app share: kinds of notices, a programmable mail server, and short ways to ask."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from identity import tenancy
from identity.actors import Actor, Kind
from identity.models import Membership, User
from identity.privileges import Privilege
from notifications.actions import Audience, tell
from notifications.expansion import expand_due
from notifications.kinds import NoticeKind, register
from notifications.models import InboxItem, Mail
from notifications.post import send_due
from notifications.smtp import Line
from tests.processes import free_port

TESTS = "Tests"


def _kind(name: str, **extra: Any) -> NoticeKind:
    words: dict[str, Any] = {
        "group": TESTS,
        "title": f"Test {name}",
        "subject": "Deal %(reference)s was approved",
        "body": "The deal %(reference)s was approved.\n\nCongratulations.",
        "action": "Open the deal",
    }
    return register(NoticeKind(name=f"test.{name}", **(words | extra)))


AT_ONCE = _kind("at_once")
DAILY = _kind("daily", default="daily")
QUIET = _kind("quiet", default="none")
MANDATORY = _kind("mandatory", mandatory=True)
FOR_STAFF = _kind("for_staff", kinds=frozenset({Kind.STAFF}))
FOR_DEALERS = _kind("for_dealers", privilege=Privilege.DEAL_REGISTER)
# Words that the catalogue has, so that a translation is seen.
TRANSLATED = _kind("translated", subject=_("Reseller"), body=_("Distributor"), action=_("Active"))
COUNTED = _kind(
    "counted",
    subject=ngettext_lazy("%(num)s unread message", "%(num)s unread messages", "num"),
    body=ngettext_lazy("%(num)s unread message", "%(num)s unread messages", "num"),
)


def say(kind: NoticeKind, *to: Audience, key: str, by: Actor | None = None, **extra: Any) -> None:
    """Tell as the system, or as `by`."""
    extra.setdefault("context", {"reference": "DR-1"})
    extra.setdefault("href", "/deals/x/")
    by = by or Actor.system()
    with tenancy.scope(by):
        tell(kind, to=to, by=by, now=timezone.now(), dedupe_key=key, **extra)


def expand() -> None:
    while expand_due():
        pass


def post(limit: int = 100) -> int:
    """Send what is due to the mail server of the settings."""
    line = Line()
    try:
        return send_due(line, limit)
    finally:
        line.close()


def inbox_of(who: Membership | User) -> list[InboxItem]:
    user_id = who.user_id if isinstance(who, Membership) else who.id
    with tenancy.as_system():
        return list(InboxItem.objects.filter(user_id=user_id).order_by("id"))


def mails() -> list[Mail]:
    with tenancy.as_system():
        return list(Mail.objects.order_by("id"))


def mailed() -> set[str]:
    return {mail.to for mail in mails()}


@dataclass
class Server:
    """A mail server that does as it is told, and keeps what it took."""

    answers: dict[str, str] = field(default_factory=dict)  # to RCPT, by address
    end_answers: list[str] = field(default_factory=list)  # to the next mails' ends; then all are taken
    cut_at_end: int = 0  # how many mails it takes (or not) and then hangs up without an answer
    takes_before_cutting: bool = True
    dedupes: bool = False
    envelopes: list[tuple[str, EmailMessage]] = field(default_factory=list)
    connections: int = 0

    @property
    def taken(self) -> list[str]:
        return [to for to, _ in self.envelopes]

    def message_to(self, address: str) -> EmailMessage:
        (found,) = [message for to, message in self.envelopes if to == address]
        return found

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]) -> list[str]:  # fmt: skip  # noqa: E501
        session.host_name = hostname
        self.connections += 1
        return [*responses[:-1], "250-X-ONCE", responses[-1]] if self.dedupes else responses

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # fmt: skip  # noqa: E501
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.end_answers:
            return self.end_answers.pop(0)
        if self.cut_at_end:
            self.cut_at_end -= 1
            if self.takes_before_cutting:
                self._keep(envelope)
            server.transport.abort()
            return "250 OK"
        self._keep(envelope)
        return "250 OK"

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=email.policy.default)
        (to,) = envelope.rcpt_tos
        known = (to, message["Message-ID"]) in [(t, m["Message-ID"]) for t, m in self.envelopes]
        if not (self.dedupes and known):
            self.envelopes.append((to, message))


@contextmanager
def mail_server(settings: Any, **behaviour: Any) -> Iterator[Server]:
    """A real SMTP server on a free port, in a thread, that the settings then point to."""
    server = Server(**behaviour)
    port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port, server_hostname="mail.example")
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_TIMEOUT = 5
    try:
        yield server
    finally:
        controller.stop()
