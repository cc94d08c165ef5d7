"""A vendor's own system, over HTTP. docs/provisioning.md tells the shapes; what does not fit them is trouble."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn
from urllib.parse import quote, urljoin, urlsplit

import urllib3

from . import Answer, Forgotten, Problem, Refused, Trouble, Wanted
from .shapes import Half, body_of, error_of, problems_of, read_answer

CONNECT, READ = 5, 20  # seconds until it is reached, and between two pieces of an answer
WHOLE = 45  # seconds for an answer from its beginning to its end
AWAITED = (2, 5, 8)  # the same three where a person waits, whom a shorter answer helps more than a late one
LARGEST = 1_000_000  # bytes of an answer
LONGEST_LOCATION = 400
LONGEST_WAIT = 24 * 60 * 60  # seconds that it may ask us to wait
FORGOTTEN = (404, 410)
BUSY = (408, 423, 425, 429)
UNTRUSTED = (401, 403)
IN_PROGRESS = ("in_progress", "request_in_progress")

Headers = Mapping[str, str]


class RemoteBackend:
    """Speaks to one system alone: the token goes nowhere else, wherever an answer points."""

    def __init__(self, address: str, token: str) -> None:
        self.address, self.token = address.rstrip("/"), token
        # It is the job that tries again, with what is kept of the attempt: nothing here does.
        self.pool = urllib3.PoolManager(num_pools=2, maxsize=2, retries=False)

    def create(self, request: Wanted, key: str) -> Answer:
        address = f"{self.address}/customers"
        status, headers, found = self._call("POST", address, body_of(request), key=key)
        if status == 409:
            return self._conflict(address, headers, found)
        return self._answer(address, status, headers, found)

    def look(self, location: str) -> Answer:
        status, headers, found = self._call("GET", self._own(self.address, location))
        if status in FORGOTTEN:
            raise Forgotten
        return self._answer(location, status, headers, found, at=location)

    def validate(self, request: Wanted) -> list[Problem]:
        address = f"{self.address}/customers/validate"
        status, headers, found = self._call("POST", address, body_of(request), awaited=True)
        if status == 204:
            return []
        if status in (*FORGOTTEN, 405):
            raise Trouble("away", "It says of nothing whether it would be refused.")
        if status in (200, 400, 409, 422):
            try:
                return problems_of(found)
            except Half as half:
                raise Trouble("nonsense", str(half)) from half
        self._refuse(status, headers, found)

    def is_free(self, kind: str, name: str) -> bool:
        address = f"{self.address}/names/{quote(kind, safe='')}/{quote(name, safe='')}"
        status, headers, found = self._call("GET", address, awaited=True)
        if status in (*FORGOTTEN, 405):
            raise Trouble("away", "It says of no name whether it is free.")
        if status != 200:
            self._refuse(status, headers, found)
        if not isinstance(found, dict) or not isinstance(found.get("available"), bool):
            raise Trouble("nonsense", "It does not say whether the name is free.")
        return bool(found["available"])

    def change(self, external_id: str, state: str, key: str) -> Answer:
        address = f"{self.address}/subscriptions/{quote(external_id, safe='')}"
        status, headers, found = self._call("PUT", address, {"status": state}, key=key)
        if status in (200, 202, 204):
            return Answer(state=state, external_id=external_id)
        if status in FORGOTTEN and state == "deleted":
            return Answer(state=state, external_id=external_id)  # it is gone, as it should be
        self._refuse(status, headers, found)

    # ------------------------------------------------------------------------------------------ one call

    def _call(
        self, method: str, address: str, body: Any = None, *, key: str = "", awaited: bool = False
    ) -> tuple[int, Headers, Any]:
        """Status, headers and JSON of an answer that came whole, soon if it is `awaited`. Raises Trouble."""
        connect, read, whole = AWAITED if awaited else (CONNECT, READ, WHOLE)
        headers = {"Accept": "application/json", "User-Agent": "Portway"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body, ensure_ascii=False).encode()
        try:
            answer = self.pool.request(
                method, address, body=content, headers=headers, redirect=False, preload_content=False,
                timeout=urllib3.Timeout(connect=connect, read=read),
            )  # fmt: skip
            try:
                return answer.status, answer.headers, _json(_whole(answer, whole), answer.status)
            finally:
                answer.close()  # what is left of it is of no use to the next call
        except (urllib3.exceptions.HTTPError, OSError) as error:
            # A connection that nobody took counts as one that took too long, there.
            slow = isinstance(error, urllib3.exceptions.TimeoutError) and not isinstance(
                error, urllib3.exceptions.NewConnectionError
            )
            raise Trouble("slow" if slow else "away", type(error).__name__) from error

    def _answer(self, asked: str, status: int, headers: Headers, found: Any, *, at: str = "") -> Answer:
        if status not in (200, 201, 202):
            self._refuse(status, headers, found)
        told = headers.get("Location", "")
        location = self._own(asked, told) if told else at
        try:
            return read_answer(
                found, location=location, retry_after=_retry_after(headers), accepted=status == 202
            )
        except Half as half:
            raise Trouble("nonsense", str(half)) from half

    def _conflict(self, asked: str, headers: Headers, found: Any) -> Answer:
        """It has had this request, or somebody else has what is wanted."""
        if headers.get("Location"):
            return Answer(state="provisioning", location=self._own(asked, headers["Location"]))
        code, text = error_of(found)
        if code in IN_PROGRESS:
            raise Trouble("busy", text, retry_after=_retry_after(headers))
        raise Refused(code or "conflict", text)

    def _own(self, asked: str, location: str) -> str:
        """The address that a location means. Raises Trouble for one of another system, or too long a one."""
        address = urljoin(asked if "://" in asked else self.address, location)
        if urlsplit(address)[:2] != urlsplit(self.address)[:2] or len(address) > LONGEST_LOCATION:
            raise Trouble("nonsense", "The location is of another system.")
        return address

    def _refuse(self, status: int, headers: Headers, found: Any) -> NoReturn:
        code, text = error_of(found)
        if status in BUSY or status >= 500:
            raise Trouble("busy", text or str(status), retry_after=_retry_after(headers))
        if status in UNTRUSTED:
            raise Trouble("untrusted", text or str(status))
        if status < 400:
            raise Trouble("nonsense", str(status))
        raise Refused(code or f"http_{status}", text)


def _whole(answer: urllib3.BaseHTTPResponse, seconds: float) -> bytes:
    """The body, neither longer than LARGEST nor later than in so many seconds."""
    until, pieces, size = time.monotonic() + seconds, [], 0
    for piece in answer.stream(16_384):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise Trouble("nonsense", "The answer is too long.")
        if time.monotonic() > until:
            raise Trouble("slow", "The answer did not end.")
    return b"".join(pieces)


def _json(content: bytes, status: int) -> Any:
    """What an answer holds. An error page need not be JSON: its status says enough."""
    if not content.strip():
        return None
    try:
        return json.loads(content)
    except ValueError as error:
        if status < 400:
            raise Trouble("nonsense", "The answer is no JSON.") from error
        return None


def _retry_after(headers: Headers) -> float | None:
    """In seconds, from a number or a date; None where it says neither."""
    told = headers.get("Retry-After", "").strip()
    if not told:
        return None
    try:
        seconds = float(told) if told.isdigit() else _until(told)
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def _until(date: str) -> float:
    at = parsedate_to_datetime(date)
    return (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
