"""Handing one mail over by SMTP, so that as little as possible can be in doubt.

A mail server has a mail only once it has read its end, a line with a single dot; what breaks off before is
thrown away (RFC 5321, 4.1.1.4). So everything is sent up to that dot, then the caller notes down that the
mail is being sent, then the dot goes. Only what breaks between the dot and the server's answer is in doubt.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from email.utils import parseaddr
from socket import socket
from typing import cast

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

# A server says in its greeting that it drops a mail that it already has (same Message-ID, same recipients).
DEDUPES = "x-once"


class NotHandedOver(Exception):
    """The server does not have the mail. `reason` is for the record."""

    def __init__(self, reason: object) -> None:
        super().__init__(str(reason))
        self.reason = str(reason)[:500]


class Unreachable(NotHandedOver):
    """The server cannot be reached or is not itself: nothing is wrong with this mail."""


class TryLater(NotHandedOver):
    """The server does not want this mail now, or broke off over it."""


class Refused(NotHandedOver):
    """The server will never take this mail."""


class InDoubt(Exception):
    """The connection broke after the end of the mail was sent: the server has it, or not."""


class Line:
    """A connection to the mail server, opened when first needed and used for many mails."""

    def __init__(self) -> None:
        self._backend: EmailBackend | None = None
        self.used = False  # a mail has gone over this connection

    def _server(self) -> smtplib.SMTP:
        if self._backend is None:
            backend = EmailBackend()
            try:
                backend.open()
                assert backend.connection is not None  # or it would have raised
                backend.connection.ehlo_or_helo_if_needed()
            except (OSError, smtplib.SMTPException) as error:
                backend.connection = None
                raise Unreachable(error) from error
            self._backend, self.used = backend, False
        assert self._backend.connection is not None  # opened above
        return self._backend.connection

    @property
    def receiver_dedupes(self) -> bool:
        """Whether the server drops what it has already. Raises Unreachable."""
        return self._server().has_extn(DEDUPES)

    def close(self) -> None:
        """Leave politely."""
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.fail_silently = True
            backend.close()

    def cut(self) -> None:
        """Hang up at once: what the server has not got the end of, it forgets."""
        backend, self._backend = self._backend, None
        if backend is not None and backend.connection is not None:
            backend.connection.close()

    def hand_over(self, to: str, content: bytes, *, before_the_end: Callable[[], None]) -> None:
        """Send one mail. `before_the_end` is called when all but the end was sent; if it raises, nothing was.

        Raises Unreachable, TryLater, Refused or InDoubt.
        """
        server = self._server()
        self._begin(server, len(content))
        try:
            self._all_but_the_end(server, to, content)
        except NotHandedOver:
            self._reset(server)
            raise
        except (OSError, smtplib.SMTPException) as error:
            self.cut()
            raise TryLater(error) from error
        try:
            before_the_end()
        except BaseException:
            self.cut()
            raise
        code, answer = self._end(server)
        if not 200 <= code < 300:
            raise (Refused if code >= 500 else TryLater)(_said(code, answer))
        self.used = True

    def _begin(self, server: smtplib.SMTP, size: int) -> None:
        options = [f"size={size}"] if server.has_extn("size") else []
        if server.has_extn("8bitmime"):
            options.append("body=8bitmime")
        sender = parseaddr(sanitize_address(settings.DEFAULT_FROM_EMAIL, "utf-8"))[1]
        try:
            code, answer = server.mail(sender, options)
        except (OSError, smtplib.SMTPException) as error:  # an idle connection that was closed, say
            self.cut()
            raise Unreachable(error) from error
        if code != 250:
            self.cut()
            # 5xx: it is our own address or set-up that is not liked, which somebody can put right.
            raise (TryLater if code >= 500 else Unreachable)(_said(code, answer))

    def _all_but_the_end(self, server: smtplib.SMTP, to: str, content: bytes) -> None:
        if not to.rpartition("@")[0].isascii():
            raise Refused("An address like this cannot be written in SMTP.")
        code, answer = server.rcpt(sanitize_address(to, "utf-8"))
        _judge(code, answer, 250, 251)
        code, answer = server.docmd("data")
        _judge(code, answer, 354)
        server.send(dot_stuffed(content))

    def _end(self, server: smtplib.SMTP) -> tuple[int, bytes]:
        try:
            sock = cast(socket, server.sock)
            sock.settimeout(settings.DELIVERY_LEASE_SECONDS * 0.8)  # it may look into the mail first
            server.send(b".\r\n")
            code, answer = server.getreply()
            sock.settimeout(settings.EMAIL_TIMEOUT)
            if code < 200:
                raise smtplib.SMTPException(_said(code, answer))
        except Exception as error:
            self.cut()
            raise InDoubt(str(error)) from error
        return code, answer

    def _reset(self, server: smtplib.SMTP) -> None:
        try:
            server.rset()
        except (OSError, smtplib.SMTPException):
            self.cut()


def dot_stuffed(content: bytes) -> bytes:
    """The mail as SMTP wants it: a line's first dot doubled, and a line break at the end."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _judge(code: int, answer: bytes, *good: int) -> None:
    if code not in good:
        raise (Refused if code >= 500 else TryLater)(_said(code, answer))


def _said(code: int, answer: bytes) -> str:
    return f"{code} {answer.decode(errors='replace')}"
