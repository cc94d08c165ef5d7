"""Files are handed out whole, in part or not again, as RFC 9110 says."""

from __future__ import annotations

import hashlib
import io
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from django.conf import settings
from django.core.signals import request_finished
from django.http import HttpResponseBase
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from identity.filestore import Store, Stored
from identity.serving import Damaged, Stretch, Unsatisfiable, asked_part, sent_part, serve
from portal.embedded.processes import Child, answers, free_port

STORE = Store("served")
CONTENT = bytes(range(256)) * 40  # 10,240 bytes
SIZE = len(CONTENT)
TAG = f'"{hashlib.sha256(CONTENT).hexdigest()}"'
OTHER = '"' + "0" * 64 + '"'


@pytest.fixture(scope="module")
def stored(own_files: None) -> Stored:
    return STORE.keep(io.BytesIO(CONTENT))


OPEN: list[HttpResponseBase] = []


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a server does after an answer; but no request of a database has come to its end."""
    monkeypatch.setattr(request_finished, "receivers", [])
    monkeypatch.setattr(request_finished, "sender_receivers_cache", WeakKeyDictionary())
    yield
    while OPEN:
        OPEN.pop().close()


def asked(stored: Stored, method: str = "GET", name: str = "prices.csv", **headers: str) -> HttpResponseBase:
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    request = RequestFactory().generic(method, "/", headers=sent)
    OPEN.append(serve(request, STORE, stored, name=name, content_type="text/csv"))
    return OPEN[-1]


def body(response: HttpResponseBase) -> bytes:
    content: Any = response
    found = b"".join(content.streaming_content) if response.streaming else content.content
    return bytes(found)


class TestAWholeFile:
    def test_comes_with_its_tag_its_length_and_what_may_be_asked_of_it(self, stored: Stored) -> None:
        response = asked(stored)
        assert response.status_code == 200
        assert response["Content-Length"] == str(SIZE)
        assert response["ETag"] == TAG
        assert response["Accept-Ranges"] == "bytes"
        assert body(response) == CONTENT

    def test_is_never_a_page_of_ours(self, stored: Stored) -> None:
        response = asked(stored)
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert response["Content-Disposition"] == 'attachment; filename="prices.csv"'
        assert response["Cache-Control"] == "private, no-cache"

    @pytest.mark.parametrize(
        ("name", "header"),
        [
            ("cennik – maj.csv", "attachment; filename*=utf-8''cennik%20%E2%80%93%20maj.csv"),
            (
                "أسعار.csv",
                "attachment; filename*=utf-8''%D8%A3%D8%B3%D8%B9%D8%A7%D8%B1.csv",
            ),
            ('two "words".csv', r'attachment; filename="two \"words\".csv"'),
        ],
    )
    def test_keeps_its_name_in_any_script(self, stored: Stored, name: str, header: str) -> None:
        assert asked(stored, name=name)["Content-Disposition"] == header

    def test_is_told_of_without_being_sent(self, stored: Stored) -> None:
        response = asked(stored, "HEAD")
        assert response["Content-Length"] == str(SIZE)
        assert response["ETag"] == TAG
        assert body(response) == b""

    def test_may_be_empty(self) -> None:
        empty = STORE.keep(io.BytesIO())
        response = asked(empty)
        assert (response.status_code, response["Content-Length"], body(response)) == (200, "0", b"")

    def test_is_not_offered_when_the_disk_lost_some_of_it(self) -> None:
        kept = STORE.keep(io.BytesIO(CONTENT))
        STORE.path_of(kept.name).write_bytes(CONTENT[:-1])
        with pytest.raises(Damaged):
            asked(kept)

    def test_is_closed_when_it_was_sent(self, stored: Stored) -> None:
        response: Any = asked(stored)
        assert b"".join(response.streaming_content) == CONTENT
        response.close()
        with pytest.raises(ValueError, match="closed"):
            response.file_to_stream.read(1)


class TestAFileOneHasAlready:
    @pytest.mark.parametrize("header", [TAG, f"W/{TAG}", f"{OTHER}, {TAG}", "*"])
    def test_is_not_sent_again(self, stored: Stored, header: str) -> None:
        response = asked(stored, If_None_Match=header)
        assert (response.status_code, response["ETag"], body(response)) == (304, TAG, b"")

    def test_is_not_sent_again_for_head_either(self, stored: Stored) -> None:
        assert asked(stored, "HEAD", If_None_Match=TAG).status_code == 304

    def test_goes_before_a_range(self, stored: Stored) -> None:
        assert asked(stored, If_None_Match=TAG, Range="bytes=0-1").status_code == 304

    def test_is_sent_when_it_is_another(self, stored: Stored) -> None:
        response = asked(stored, If_None_Match=OTHER)
        assert (response.status_code, body(response)) == (200, CONTENT)


class TestAFileOneInsistsOn:
    def test_is_refused_when_it_is_another(self, stored: Stored) -> None:
        assert asked(stored, If_Match=OTHER).status_code == 412

    def test_is_sent_when_it_is_the_same(self, stored: Stored) -> None:
        assert asked(stored, If_Match=TAG).status_code == 200


class TestAPart:
    @pytest.mark.parametrize(
        ("header", "first", "last"),
        [
            ("bytes=0-0", 0, 0),
            ("bytes=0-499", 0, 499),
            ("bytes=500-999", 500, 999),
            ("bytes=9500-", 9500, SIZE - 1),
            ("bytes=-500", SIZE - 500, SIZE - 1),
            ("bytes=-1", SIZE - 1, SIZE - 1),
            (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
            ("bytes=0-", 0, SIZE - 1),
            (f"bytes=0-{SIZE}", 0, SIZE - 1),
            (f"bytes=5-{'9' * 400}", 5, SIZE - 1),
            (f"bytes=-{SIZE + 1}", 0, SIZE - 1),
            ("BYTES=3-4", 3, 4),
            ("bytes=, 3-4 ,", 3, 4),
            ("bytes=0003-0004", 3, 4),
        ],
    )
    def test_is_sent_as_asked(self, stored: Stored, header: str, first: int, last: int) -> None:
        response = asked(stored, Range=header)
        assert response.status_code == 206
        assert response["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
        assert response["Content-Length"] == str(last - first + 1)
        assert response["ETag"] == TAG
        assert body(response) == CONTENT[first : last + 1]

    @pytest.mark.parametrize(
        "header",
        [
            "bytes=5-4",  # backwards
            "bytes=-",
            "bytes=",
            "bytes",
            "bytes=a-b",
            "bytes=1.5-2",
            "bytes=+1-2",
            "bytes=٣-٤",  # other digits than the header's
            "bytes=1-2-3",
            "bytes = 0-1",
            "lines=0-1",
            f"bytes=0-{'9' * 5000}",
            "bytes=0-1,3-4",  # several at once: the rules let a server send all instead
            "bytes=0-0,-1",
        ],
    )
    def test_that_is_not_understood_is_answered_with_all(self, stored: Stored, header: str) -> None:
        response = asked(stored, Range=header)
        assert (response.status_code, body(response)) == (200, CONTENT)
        assert "Content-Range" not in response.headers

    @pytest.mark.parametrize("header", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", "bytes=-0"])
    def test_beyond_the_end_is_refused_with_the_length(self, stored: Stored, header: str) -> None:
        response = asked(stored, Range=header)
        assert (response.status_code, body(response)) == (416, b"")
        assert response["Content-Range"] == f"bytes */{SIZE}"

    def test_is_of_a_get_only(self, stored: Stored) -> None:
        response = asked(stored, "HEAD", Range="bytes=0-1")
        assert (response.status_code, response["Content-Length"]) == (200, str(SIZE))

    def test_tells_which_bytes_are_sent(self, stored: Stored) -> None:
        assert sent_part(asked(stored, Range="bytes=5-")) == Stretch(5, SIZE - 1)
        assert sent_part(asked(stored)) == Stretch(0, SIZE - 1)
        assert sent_part(asked(stored, "HEAD")) is None
        assert sent_part(asked(stored, If_None_Match=TAG)) is None

    def test_of_an_empty_file(self) -> None:
        empty = STORE.keep(io.BytesIO())
        assert asked(empty, Range="bytes=0-").status_code == 416
        assert asked(empty, Range="bytes=-5").status_code == 200


class TestGoingOnAfterABreak:
    def test_gets_the_rest_when_the_file_is_the_same(self, stored: Stored) -> None:
        response = asked(stored, Range="bytes=100-", If_Range=TAG)
        assert (response.status_code, body(response)) == (206, CONTENT[100:])

    @pytest.mark.parametrize("header", [OTHER, f"W/{TAG}", "Sat, 29 Oct 1994 19:43:31 GMT", "nonsense", ""])
    def test_begins_anew_when_that_is_not_certain(self, stored: Stored, header: str) -> None:
        response = asked(stored, Range="bytes=100-", If_Range=header)
        assert (response.status_code, body(response)) == (200, CONTENT)

    def test_begins_anew_also_where_the_range_would_not_fit(self, stored: Stored) -> None:
        assert asked(stored, Range=f"bytes={SIZE}-", If_Range=OTHER).status_code == 200


class TestAnyRange:
    """Against Python's slices, which know the same edges."""

    @given(first=st.integers(0, 40), last=st.integers(0, 40), size=st.integers(0, 30))
    def test_from_here_to_there(self, first: int, last: int, size: int) -> None:
        content = CONTENT[:size]
        expected = content[first : last + 1] if first <= last else content
        self.check(f"bytes={first}-{last}", content, expected, beyond=first <= last and first >= size)

    @given(first=st.integers(0, 40), size=st.integers(0, 30))
    def test_from_here_on(self, first: int, size: int) -> None:
        content = CONTENT[:size]
        self.check(f"bytes={first}-", content, content[first:], beyond=first >= size)

    @given(length=st.integers(0, 40), size=st.integers(0, 30))
    def test_the_end(self, length: int, size: int) -> None:
        content = CONTENT[:size]
        self.check(f"bytes=-{length}", content, content[-length:] if length else b"", beyond=not length)

    @given(st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=30))
    def test_of_any_nonsense_is_never_an_error(self, text: str) -> None:
        request = RequestFactory().get("/", headers={"Range": text})
        try:
            part = asked_part(request, TAG, SIZE)
        except Unsatisfiable:
            return
        assert part is None or 0 <= part.first <= part.last < SIZE

    def check(self, header: str, content: bytes, expected: bytes, *, beyond: bool) -> None:
        request = RequestFactory().get("/", headers={"Range": header})
        if beyond:
            with pytest.raises(Unsatisfiable):
                asked_part(request, TAG, len(content))
            return
        part = asked_part(request, TAG, len(content))
        assert (content[part.first : part.last + 1] if part else content) == expected


LARGE = 48 * 1024 * 1024


@dataclass(frozen=True)
class Server:
    """gunicorn with one worker, handing out one large file."""

    port: int
    process: int
    stored: Stored

    def fetch(self, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, "/", headers={k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response, content

    def content(self) -> bytes:
        return STORE.path_of(self.stored.name).read_bytes()

    def most_memory(self) -> int:
        """The most that its worker ever had, in bytes."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{children[0]}/status").read_text())
        assert found
        return int(found[1]) * 1024


@pytest.fixture(scope="module")
def server(own_files: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with STORE.filling() as filling, filling.path.open("wb") as out:
        for number in range(LARGE // SIZE):
            out.write(number.to_bytes(4, "big") + CONTENT[4:])
        out.write(CONTENT[: LARGE % SIZE])
    kept = filling.stored
    port = free_port(23000 + os.getpid() % 3000)
    command = [
        *(sys.executable, "-m", "gunicorn", "--config", "python:portal.gunicorn", "--workers", "1"),
        *("--bind", f"127.0.0.1:{port}", "tests.identity.served:application"),
    ]
    environment = os.environ | {"SERVED": f"{kept.name} {kept.size} {kept.sha256}"}
    log = tmp_path_factory.mktemp("gunicorn") / "log"
    child = Child("gunicorn", command, log, env=environment, cwd=settings.BASE_DIR)
    try:
        child.when(lambda: answers(port))
        yield Server(port, child.process.pid, kept)
    finally:
        child.stop()


class TestThroughGunicorn:
    """The server takes the descriptor and copies by itself; what it sends is the same."""

    def test_a_broken_download_is_gone_on_with(self, server: Server) -> None:
        half = LARGE // 2 + 7
        first, _ = server.fetch("HEAD")
        tag = first.headers["ETag"]
        response, rest = server.fetch(Range=f"bytes={half}-", If_Range=tag)
        assert response.status == 206
        assert hashlib.sha256(server.content()[:half] + rest).hexdigest() == tag.strip('"')

    @pytest.mark.parametrize(
        ("header", "stretch"),
        [
            ("bytes=0-0", slice(0, 1)),
            ("bytes=70000-140000", slice(70000, 140001)),
            ("bytes=-3", slice(-3, None)),
        ],
    )
    def test_a_part_ends_where_it_should(self, server: Server, header: str, stretch: slice) -> None:
        response, part = server.fetch(Range=header)
        assert (response.status, part) == (206, server.content()[stretch])

    def test_nothing_is_sent_where_nothing_is_due(self, server: Server) -> None:
        response, content = server.fetch(If_None_Match=f'"{server.stored.sha256}"')
        assert (response.status, content) == (304, b"")
        response, content = server.fetch(Range=f"bytes={LARGE}-")
        assert (response.status, content) == (416, b"")

    def test_a_large_file_takes_no_memory(self, server: Server) -> None:
        server.fetch(Range="bytes=0-1")
        before = server.most_memory()
        _, content = server.fetch()
        assert len(content) == LARGE
        assert server.most_memory() - before < 1024 * 1024
