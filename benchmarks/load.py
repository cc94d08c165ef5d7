"""Clients that send one request after another; light, since they share the machine with the servers."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from urllib.parse import urlsplit


class WrongAnswer(Exception):
    """The server answered something else than what is to be measured."""


@dataclass(frozen=True)
class Request:
    """A GET of one page, or what else `method` says; `marker` stands in the answer when it is the right one."""

    url: str
    marker: bytes
    cookies: str = ""
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 200
    accept: str = "text/html"

    def message(self) -> bytes:
        parts = urlsplit(self.url)
        lines = [
            f"{self.method} {parts._replace(scheme='', netloc='', fragment='').geturl() or '/'} HTTP/1.1",
            f"Host: {parts.netloc}",
            f"Accept: {self.accept}",
            "Connection: close",
        ]
        if self.cookies:
            lines.append(f"Cookie: {self.cookies}")
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body

    def send(self) -> bytes:
        """The whole answer, head and body. Raises WrongAnswer."""
        parts = urlsplit(self.url)
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=60) as connection:
            connection.sendall(self.message())
            pieces = []
            while piece := connection.recv(1 << 16):
                pieces.append(piece)
        answer = b"".join(pieces)
        if not answer.startswith(f"HTTP/1.1 {self.status} ".encode()) or self.marker not in answer:
            raise WrongAnswer(f"{self.url} answered:\n{answer[:600].decode(errors='replace')}")
        return answer


class Rotating:
    """Several requests, sent one after another, by whichever client."""

    def __init__(self, requests: Sequence[Request]) -> None:
        self._next = cycle(requests)

    def send(self) -> bytes:
        return next(self._next).send()


@dataclass(frozen=True)
class Load:
    """What the clients saw; `seconds` is how long they were at it."""

    times: list[float]
    seconds: float

    @property
    def requests(self) -> int:
        return len(self.times)

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def p50(self) -> float:
        """Seconds within which half of the requests were answered."""
        return sorted(self.times)[self.requests // 2]

    @property
    def p95(self) -> float:
        """Seconds within which 95 of 100 requests were answered."""
        return sorted(self.times)[int(self.requests * 0.95)]


def drive(request: Request | Rotating, *, clients: int, duration: float, pause: float = 0) -> Load:
    """`clients` at once, each sending the request over and over for `duration` seconds.

    With a `pause` in seconds they are people, who look at each answer for so long, and have not all begun at once.
    Raises WrongAnswer.
    """
    began = time.perf_counter()
    end = began + duration

    def client(number: int) -> list[float]:
        times = []
        time.sleep(pause * number / clients)
        while (start := time.perf_counter()) < end:
            request.send()
            times.append(time.perf_counter() - start)
            time.sleep(pause)
        return times

    with ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(client, number) for number in range(clients)]
        times = [time for each in running for time in each.result()]
    return Load(times, time.perf_counter() - began)
