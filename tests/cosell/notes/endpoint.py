"""An endpoint that writes, as OpenAI's do: a real HTTP server in a thread, which does what a test tells it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

Deed = Callable[["Handler"], None]


@dataclass
class Asked:
    """One request, as it came over the line."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def whole(self) -> str:
        return "\n".join([self.path, *(f"{name}: {value}" for name, value in self.headers.items())]) + (
            "\n" + self.body.decode()
        )


@dataclass
class Endpoint:
    url: str = ""
    deed: Deed = field(default=lambda handler: None)
    asked: list[Asked] = field(default_factory=list)
    over: Event = field(default_factory=Event)  # tells deeds that wait to end
    given_up: Event = field(default_factory=Event)  # whoever asked has gone


class Handler(BaseHTTPRequestHandler):
    endpoint: Endpoint
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.endpoint.asked.append(Asked(self.path, dict(self.headers), body))
        self.close_connection = True
        try:
            self.endpoint.deed(self)
        except OSError:
            self.endpoint.given_up.set()

    do_GET = do_POST

    def begin(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def give(self, content: bytes | str) -> None:
        self.wfile.write(content.encode() if isinstance(content, str) else content)
        self.wfile.flush()

    def say(self, text: str | None, **more: Any) -> None:
        delta = {} if text is None else {"content": text}
        choice = {"index": 0, "delta": delta, "finish_reason": None} | more
        self.give(f"data: {json.dumps({'object': 'chat.completion.chunk', 'choices': [choice]})}\n\n")

    def wait(self, seconds: float) -> None:
        self.endpoint.over.wait(seconds)

    def log_message(self, *_: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Whoever asked has gone: that is what these tests are about."""


@contextmanager
def endpoint_running() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    server = _Server(("127.0.0.1", 0), type("Handler_", (Handler,), {"endpoint": endpoint}))
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = Thread(target=lambda: server.serve_forever(poll_interval=0.05), daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def saying(*texts: str) -> Deed:
    """It writes these pieces, and says that it is done."""

    def deed(handler: Handler) -> None:
        handler.begin()
        handler.say(None, delta={"role": "assistant"})
        for text in texts:
            handler.say(text)
        handler.say(None, finish_reason="stop")
        handler.give("data: [DONE]\n\n")

    return deed


def answering(status: int, content: str = "", kind: str = "application/json", **headers: str) -> Deed:
    def deed(handler: Handler) -> None:
        handler.begin(status, kind, Content_Length=str(len(content.encode())), **headers)
        handler.give(content)

    return deed


def giving(*contents: bytes | str) -> Deed:
    """A stream of exactly these bytes."""

    def deed(handler: Handler) -> None:
        handler.begin()
        for content in contents:
            handler.give(content)

    return deed


def slowly(seconds: float, *texts: str) -> Deed:
    """So long before each piece."""

    def deed(handler: Handler) -> None:
        handler.begin()
        for text in texts:
            handler.wait(seconds)
            handler.say(text)
        handler.give("data: [DONE]\n\n")

    return deed


def endlessly(piece: str) -> Deed:
    def deed(handler: Handler) -> None:
        handler.begin()
        until = time.monotonic() + 20
        while time.monotonic() < until and not handler.endpoint.over.is_set():
            handler.say(piece)

    return deed
