"""A vendor's system that really answers over HTTP, and misbehaves as it is told to.

It keeps what it was asked for by idempotency key, as such a system does: of the same request sent twice, it does one.
`plan` holds what becomes of the next requests, one after the other; when it is empty, it behaves.
"""

from __future__ import annotations

import json
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

TOKEN = "sesame"


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    key: str
    token: str
    body: Any


@dataclass
class Vendor:
    """What it has done, and what it is to do wrong next."""

    plan: deque[Callable[[Handler], bool]] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    made: dict[str, dict[str, Any]] = field(default_factory=dict)  # by idempotency key
    states: dict[str, str] = field(default_factory=dict)  # of subscriptions
    names: set[str] = field(default_factory=set)  # that somebody has there
    looks_until_done: int = 0
    outcome: dict[str, Any] = field(default_factory=dict)  # what becomes of an answer's fields in the end
    while_asked: Callable[[], None] = lambda: None
    url: str = ""
    lock: Any = field(default_factory=Lock)

    def misbehave(self, *deeds: Callable[[Handler], bool]) -> None:
        self.plan.extend(deeds)

    def creations(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.method == "POST"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    vendor: Vendor

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        self._handle()

    do_GET = do_PUT = do_POST

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        key, token = self.headers.get("Idempotency-Key", ""), self.headers.get("Authorization", "")
        asked = Asked(self.command, self.path, key, token, body)
        with self.vendor.lock:
            self.vendor.asked.append(asked)
            deed = self.vendor.plan.popleft() if self.vendor.plan else None
        self.vendor.while_asked()
        if deed is None or not deed(self, asked):
            self.behave(asked)

    def behave(self, asked: Asked) -> None:
        if asked.token != f"Bearer {TOKEN}":
            return self.say(401, {"code": "unauthorised", "message": "Who are you?"})
        if asked.path.endswith("/validate"):
            return self.say(200, {"errors": []})
        if "/names/" in asked.path:
            taken = asked.path.rpartition("/")[2] in self.vendor.names
            return self.say(200, {"available": not taken})
        if asked.method == "POST":
            return self.say(202, None, {"Location": f"/v1/customers/{self.make(asked)['id']}"})
        if asked.method == "PUT":
            self.vendor.states[asked.path.rpartition("/")[2]] = asked.body["status"]
            return self.say(200, {})
        self.tell(asked.path.rpartition("/")[2])

    def make(self, asked: Asked) -> dict[str, Any]:
        """Once for each key."""
        with self.vendor.lock:
            new = {"id": str(len(self.vendor.made) + 1), "looks": 0, "body": asked.body}
            return self.vendor.made.setdefault(asked.key, new)

    def tell(self, id_: str) -> None:
        made = next((made for made in self.vendor.made.values() if made["id"] == id_), None)
        if made is None:
            return self.say(404, {"code": "unknown", "message": "There is none."})
        made["looks"] += 1
        done = made["looks"] > self.vendor.looks_until_done
        status = "provisioned" if done else "provisioning"
        told = {
            "status": status,
            "organizationId": made["body"]["organizationId"] or f"org-{id_}",
            "subscriptionId": f"sub-{id_}",
            "packages": [{"name": package["name"], "status": status} for package in made["body"]["packages"]],
        }
        self.say(200, told | (self.vendor.outcome if done else {}))

    def say(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


# ---------------------------------------------------------------------------------------- what it does wrong

Deed = Callable[[Handler, Asked], bool]


def error(status: int, body: Any = None, **headers: str) -> Deed:
    """Say no, with these headers (`retry_after="5"`)."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}

    def deed(handler: Handler, _asked: Asked) -> bool:
        handler.say(status, body, named)
        return True

    return deed


def cut(handler: Handler, _asked: Asked) -> bool:
    """Hang up without a word, having done nothing."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True
    return True


def do_and_cut(handler: Handler, asked: Asked) -> bool:
    """Do it, and hang up before saying so."""
    handler.make(asked)
    return cut(handler, asked)


def half(handler: Handler, _asked: Asked) -> bool:
    """Promise a hundred bytes, and send twenty."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b'{"status": "provisio')
    handler.wfile.flush()
    return cut(handler, _asked)


def slow(seconds: float) -> Deed:
    def deed(_handler: Handler, _asked: Asked) -> bool:
        time.sleep(seconds)
        return False

    return deed


def drip(handler: Handler, _asked: Asked) -> bool:
    """Send a byte now and then, for ever."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    with suppress(OSError):
        for _ in range(200):
            handler.wfile.write(b"1\r\n \r\n")
            handler.wfile.flush()
            time.sleep(0.1)
    handler.close_connection = True
    return True


def raw(content: bytes, status: int = 200, **headers: str) -> Deed:
    """Say something that is no JSON, or none that makes sense."""

    def deed(handler: Handler, _asked: Asked) -> bool:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)
        return True

    return deed


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Whoever asked has gone: that is what these tests are about."""


@contextmanager
def vendor_running() -> Iterator[Vendor]:
    vendor = Vendor()
    server = _Server(("127.0.0.1", 0), type("Handler", (Handler,), {"vendor": vendor}))
    vendor.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = Thread(target=lambda: server.serve_forever(poll_interval=0.05), daemon=True)
    thread.start()
    try:
        yield vendor
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
