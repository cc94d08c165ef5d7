"""A plain mail server in a process of its own: knows no doubles, and keeps whatever it has read the end of.

As mail servers do (RFC 5321, 4.2.5), it takes a mail even if the sender is gone before it hears so.
`python -m tests.notifications.sink PORT DIRECTORY`
"""

from __future__ import annotations

import sys
import uuid
from contextlib import suppress
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer


class Talk(StreamRequestHandler):
    directory: Path

    def handle(self) -> None:
        self.say("220 sink.example")
        for line in self.rfile:
            verb = line[:4].upper().strip()
            if verb == b"DATA":
                self.say("354 Go on")
                if not self.read_mail():
                    return
            self.say("221 Bye" if verb == b"QUIT" else "250 OK")

    def read_mail(self) -> bool:
        """Keep one mail; False when the connection ended before the mail did."""
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                self.keep(b"".join(lines))
                return True
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return False

    def keep(self, content: bytes) -> None:
        unfinished = self.directory / f"{uuid.uuid4()}.tmp"
        unfinished.write_bytes(content)
        unfinished.rename(unfinished.with_suffix(".eml"))

    def say(self, words: str) -> None:
        with suppress(OSError):
            self.wfile.write(f"{words}\r\n".encode())


class Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    Talk.directory = Path(sys.argv[2])
    Talk.directory.mkdir(parents=True, exist_ok=True)
    Server(("127.0.0.1", int(sys.argv[1])), Talk).serve_forever()
