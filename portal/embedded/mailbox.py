"""The demo's mail server: takes every mail over real SMTP and keeps it as a file in var/mail/.

Run as `python -m portal.embedded.mailbox PORT DIRECTORY`. The mailbox page (/dev/mail/) reads the files.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import sys
import time
import uuid
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

MAX_BYTES = 25 * 1024 * 1024
LISTENING = "Mails are taken."


class Mailbox:
    """Writes each mail to its own file, whole or not at all; names sort by time of arrival.

    A mail that it has already (same Message-ID, same recipients) is not kept twice, and it says so in its
    greeting: a sender that does not know whether a mail arrived may send it again (notifications/README.md).
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self.kept = {file.stem.partition("-")[2] for file in directory.glob("*.eml")}

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-X-ONCE", responses[-1]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        key = key_of(content if isinstance(content, bytes) else content.encode(), envelope.rcpt_tos)
        if key in self.kept:
            return "250 Kept already"
        name = f"{time.time_ns():019d}-{key}"
        unfinished = self.directory / f".{name}.tmp"
        envelope_lines = [f"X-Envelope-From: {envelope.mail_from}"]
        envelope_lines += [f"X-Envelope-To: {address}" for address in envelope.rcpt_tos]
        head = "".join(f"{line}\r\n" for line in envelope_lines).encode("utf-8", "replace")
        unfinished.write_bytes(head + (content if isinstance(content, bytes) else content.encode()))
        os.replace(unfinished, self.directory / f"{name}.eml")
        self.kept.add(key)
        return "250 Kept"


def key_of(content: bytes, recipients: list[str]) -> str:
    """What makes two mails the same one: Message-ID and recipients. Without a Message-ID none is."""
    message_id = BytesHeaderParser().parsebytes(content).get("Message-ID") or uuid.uuid4().hex
    return hashlib.sha256("\n".join([message_id.strip(), *sorted(recipients)]).encode()).hexdigest()[:24]


async def serve(port: int, directory: Path) -> None:
    mailbox = Mailbox(directory)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(
            mailbox, hostname="localhost", data_size_limit=MAX_BYTES, enable_SMTPUTF8=True, loop=loop
        ),
        "127.0.0.1",
        port,
    )
    stop = asyncio.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, stop.set)
    print(LISTENING, flush=True)
    async with server:
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
