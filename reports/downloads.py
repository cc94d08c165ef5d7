"""A list as a file: every row that the filters leave, streamed as it is read, and audited.

A streaming answer is sent after the request's transaction has ended, when the database shows nothing any more. So the
generator opens a scope of its own, as the same actor: what they may see is decided anew, and rows come through a
cursor on the server, a few thousand at a time.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.db.models import QuerySet
from django.db.models.query import ValuesListIterable
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.functional import Promise

from identity import tenancy
from identity.actors import Actor
from identity.audit import record

from .columns import Column, sources
from .files import as_csv, as_xlsx

AT_A_TIME = 2_000
MOST = 100_000  # rows of one file, so that it is sent within the time a server gives one request


class Format(enum.StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class TooManyRows(Exception):
    """The list is longer than a file may be, which is `most` rows."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


@dataclass(frozen=True, slots=True)
class Download:
    """A list about to be sent as a file.

    `list_key` is the list's key (see `listings`), `rows` its query in the order wanted, `filters` what it was narrowed
    by, as in the page's address.
    """

    list_key: str
    title: str | Promise
    columns: Sequence[Column]
    rows: QuerySet[Any]
    filters: str
    format: Format


def download(request: HttpRequest, what: Download, *, now: datetime) -> StreamingHttpResponse:
    """The answer that sends the file. Raises TooManyRows."""
    if what.rows.order_by().values("pk")[MOST : MOST + 1]:
        raise TooManyRows(MOST)
    _audit("list.download_begun", what, by=request.actor, now=now)
    name = f"{what.list_key}-{timezone.localtime(now):%Y-%m-%d-%H%M}.{what.format}"
    response = StreamingHttpResponse(
        _pieces(what, request.actor, translation.get_language() or "en", timezone.get_current_timezone()),
        content_type=MEDIA_TYPES[what.format],
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _pieces(what: Download, actor: Actor, language: str, zone: tzinfo) -> Iterator[bytes]:
    """The file, in a scope of its own, in the reader's language and time zone."""
    with tenancy.scope(actor), translation.override(language), timezone.override(zone):
        counted = _Counted(what)
        whole = False
        try:
            yield from counted.file()
            whole = True
        except GeneratorExit:
            pass  # the reader went away; that is told as well, in a transaction that is kept
        _audit("list.downloaded", what, by=actor, now=timezone.now(), rows=counted.number, whole=whole)


class _Counted:
    """The rows of a download, counted while they pass."""

    def __init__(self, what: Download) -> None:
        self.what, self.number = what, 0

    def file(self) -> Iterator[bytes]:
        what, fields = self.what, sources(self.what.columns)
        if what.format is Format.CSV:
            return as_csv(what.columns, fields, self._rows(fields))
        return as_xlsx(what.columns, fields, self._rows(fields), title=str(what.title))

    def _rows(self, fields: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        # What QuerySet.iterator() does, but by a server-side cursor also where those are switched off for the sake of
        # connection poolers: this one lives within one transaction, which poolers allow.
        found = self.what.rows.values_list(*fields)
        read: Iterable[tuple[Any, ...]] = ValuesListIterable(found, chunked_fetch=True, chunk_size=AT_A_TIME)
        for row in read:
            self.number += 1
            yield row


def _audit(event: str, what: Download, *, by: Actor, now: datetime, **detail: Any) -> None:
    record(
        event,
        by=by,
        now=now,
        object_type="list",
        object_id=what.list_key,
        label=str(what.title),
        format=str(what.format),
        filters=what.filters,
        columns=[column.name for column in what.columns],
        **detail,
    )
