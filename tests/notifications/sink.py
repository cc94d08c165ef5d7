"""A plain mail server in a process of its own: takes every mail, knows no doubles."""

from __future__ import annotations

import asyncio
import sys
import uuid
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        unfinished = self.directory / f"{uuid.uuid4()}.tmp"
        unfinished.write_bytes(content)
        unfinished.rename(unfinished.with_suffix(".eml"))
        return "250 OK"


async def serve(port: int, directory: Path) -> None:
    sink, loop = Sink(directory), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, loop=loop), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
