"""A mail server that takes everything, and notes when it had what."""

from __future__ import annotations

import socketserver
import threading
import time


class Sink:
    """Listens on this machine. `at(address)` waits until a mail to the address is there."""

    def __init__(self) -> None:
        self._had: dict[str, float] = {}
        self._news = threading.Condition()
        self.mails = 0
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                sink._talk(self)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"smtp://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def at(self, address: str, patience: float = 60) -> float:
        """When the mail was there, by the monotonic clock. Raises TimeoutError."""
        with self._news:
            if not self._news.wait_for(lambda: address in self._had, patience):
                raise TimeoutError(address)
            return self._had[address]

    def _talk(self, handler: socketserver.StreamRequestHandler) -> None:
        def say(line: str) -> None:
            handler.wfile.write(f"{line}\r\n".encode())

        say("220 sink")
        to: list[str] = []
        while line := handler.rfile.readline().decode("utf-8", "replace").strip():
            verb = line[:4].upper()
            if verb == "QUIT":
                return say("221 bye")
            if verb == "RCPT":
                to.append(line.partition("<")[2].partition(">")[0])
            if verb == "DATA":
                say("354 go on")
                while handler.rfile.readline() not in (b".\r\n", b""):
                    pass
                self._note(to)
                to = []
            say("250 sink")
        return None

    def _note(self, to: list[str]) -> None:
        with self._news:
            self.mails += 1
            self._had.update(dict.fromkeys(to, time.monotonic()))
            self._news.notify_all()
