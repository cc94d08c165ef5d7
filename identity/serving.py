"""Handing out a stored file: resumable, and only when it has changed; as a download, never as a page of ours.

The operating system copies the bytes from the disk to the connection (`wsgi.file_wrapper`, so sendfile), so a
download takes no memory of ours, however large the file is. The rules are RFC 9110's, chapters 13 and 14.
"""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from .filestore import Store, Stored

# `first-last`, `first-` or `-length`. Nobody means a number of 4,000 digits, which Python would refuse to read.
RANGE = re.compile(r"(?P<first>[0-9]{0,4000})-(?P<last>[0-9]{0,4000})")
BLOCK = 64 * 1024  # bytes, where the server cannot hand the file over to the operating system


class Damaged(OSError):
    """The file on the disk is not as long as the one that was stored."""


class Unsatisfiable(Exception):
    """The range asked for begins after the end of the file, or is the last 0 bytes of it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes `first` to `last` of a file, both included, as in the headers."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def serve(
    request: HttpRequest, store: Store, stored: Stored, *, name: str, content_type: str
) -> HttpResponseBase:
    """The answer to a GET or HEAD of a file: 200, 206 (a part), 304, 412 or 416. `name` is what it is saved as.

    Whoever asks must be allowed the file already. Raises OSError when it is not on the disk as it was stored.
    """
    tag = f'"{stored.sha256}"'
    head = _head(tag, name, content_type)
    answer = get_conditional_response(request, etag=tag, response=HttpResponse(headers=head))
    assert answer is not None, "there is one, since one was given"
    if answer.status_code != 200:
        return answer
    try:
        part = asked_part(request, tag, stored.size)
    except Unsatisfiable:
        return HttpResponse(status=416, headers=head | {"Content-Range": f"bytes */{stored.size}"})
    if request.method == "HEAD" or not stored.size:
        return HttpResponse(headers=head | {"Content-Length": str(stored.size)})
    content = _Content(store.path_of(stored.name), stored.size, part)
    head["Content-Length"] = str(content.left)
    if part is not None:
        head["Content-Range"] = f"bytes {part.first}-{part.last}/{stored.size}"
    served = _Served(content, status=206 if part else 200, headers=head)
    served.part = part or Stretch(0, stored.size - 1)
    return served


def sent_part(response: HttpResponseBase) -> Stretch | None:
    """Which bytes of its file an answer of `serve` sends; None if none."""
    return response.part if isinstance(response, _Served) else None


def asked_part(request: HttpRequest, tag: str, size: int) -> Stretch | None:
    """What `Range` asks for of a file of `size` bytes; None: all of it. Raises Unsatisfiable.

    A header that is not understood, several ranges at once, and a range of what `If-Range` says is an older file
    are answered with the whole file, as the rules allow or demand. A date in `If-Range` is no proof that the file
    is still the same, since ours carry tags.
    """
    if request.method != "GET" or request.headers.get("If-Range", tag).strip() != tag:
        return None
    unit, _, ranges = request.headers.get("Range", "").partition("=")
    asked = [each.strip(" \t") for each in ranges.split(",") if each.strip(" \t")]
    found = RANGE.fullmatch(asked[0]) if len(asked) == 1 else None
    if unit.lower() != "bytes" or found is None:
        return None
    first, last = found["first"], found["last"]
    if not first:
        return _last_bytes(int(last), size) if last else None
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable
    return Stretch(int(first), min(int(last), size - 1) if last else size - 1)


def _last_bytes(length: int, size: int) -> Stretch | None:
    if not length:
        raise Unsatisfiable
    return Stretch(max(size - length, 0), size - 1) if size else None


def _head(tag: str, name: str, content_type: str) -> dict[str, str]:
    return {
        "Content-Type": content_type,
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Accept-Ranges": "bytes",
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }


class _Content:
    """An open file that ends where the part asked for ends. The server goes by its descriptor when it can."""

    def __init__(self, path: Path, size: int, part: Stretch | None) -> None:
        # Unbuffered: whoever copies from the descriptor begins where this stands.
        self._file = io.FileIO(path)
        if os.fstat(self._file.fileno()).st_size != size:
            self._file.close()
            raise Damaged(f"{path.name} is not {size} bytes long.")
        if part is not None:
            self._file.seek(part.first)
        self.left = part.length if part else size

    def fileno(self) -> int:
        return self._file.fileno()

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(piece)
        return piece

    def close(self) -> None:
        self._file.close()


class _Served(FileResponse):
    block_size = BLOCK
    part: Stretch

    def set_headers(self, filelike: Any) -> None:
        """They are known already."""
