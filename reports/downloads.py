"""A list or report as a file, asked for on its page: sent at once when it is small, else made in the background.

What is small is streamed. A streaming answer is sent after the request's transaction has ended, when the database
shows nothing any more. So the generator opens a scope of its own, as the same actor: what they may see is decided
anew. The file is made on the disk first, which takes a second or two at most; whoever goes away meanwhile is told of
in the record.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from identity import tenancy
from identity.actors import Actor
from identity.audit import record

from .columns import sources
from .files import LONGEST_SHEET, MEDIA_TYPES, Count, Format, SheetFull, write
from .patience import TooSlow, patience
from .sources import table_of
from .tables import Table

CHUNK = 64 * 1024
A_MOMENT = "2s"  # for finding out whether a table is small


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file of something: of which report or list, narrowed how (as in its address), at which level."""

    source: str
    query: str
    level: str
    format: Format


def hand_out(request: HttpRequest, wanted: Wanted, *, now: datetime) -> HttpResponseBase:
    """The answer to whoever asks for a file: itself, or the page that tells when it is ready.

    Raises ReportNotFound, PrivilegeMissing, BadFilter, SheetFull, TooManyExports.
    """
    from .exports import begin_export

    table = table_of(wanted.source, wanted.query, level=wanted.level, actor=request.actor)
    if is_small(table):
        return _streamed(request, wanted, table, now=now)
    export = begin_export(wanted, by=request.actor, now=now)
    messages.info(
        request,
        _(
            "This is a big file, so it is made in the background. You can leave this page: you are told of it."
        ),
    )
    return redirect("exports:detail", export.public_id)


def is_small(table: Table) -> bool:
    """Whether it is sent while its reader waits. It is not counted to its end, nor for long."""
    most = settings.EXPORT_STREAM_ROWS
    try:
        with patience(A_MOMENT):
            return table.rows.order_by()[: most + 1].count() <= most
    except TooSlow:
        return False


def expected_rows(table: Table) -> int:
    """How many rows the database guesses that there are, without looking."""
    try:
        source, params = table.rows.order_by().values_list(*sources(table.columns)).query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT json) {source}", params)
        (plan,) = cursor.fetchone()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return int(plan[0]["Plan"]["Plan Rows"])


def must_fit(format: Format, table: Table) -> None:
    """Raises SheetFull for a workbook whose rows would be too many; found out without looking at more than fit."""
    if format is not Format.XLSX or expected_rows(table) < LONGEST_SHEET // 4:
        return
    try:
        with patience(A_MOMENT):
            if table.rows.order_by()[: LONGEST_SHEET + 1].count() > LONGEST_SHEET:
                raise SheetFull
    except TooSlow:
        pass  # it is found out when it is made


def file_name(source: str, format: Format, now: datetime) -> str:
    return f"{source}-{timezone.localtime(now):%Y-%m-%d-%H%M}.{format}"


# ---------------------------------------------------------------------------------------------- streaming


def _streamed(request: HttpRequest, wanted: Wanted, table: Table, *, now: datetime) -> StreamingHttpResponse:
    _audit("list.download_begun", wanted, table, by=request.actor, now=now)
    language, zone = translation.get_language() or "en", timezone.get_current_timezone()
    response = StreamingHttpResponse(
        _pieces(wanted, table, request.actor, language, zone), content_type=MEDIA_TYPES[wanted.format]
    )
    name = file_name(wanted.source, wanted.format, now)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _pieces(wanted: Wanted, table: Table, actor: Actor, language: str, zone: tzinfo) -> Iterator[bytes]:
    """The file, in a scope of its own, in the reader's language and time zone."""
    count, whole = Count(), False
    with tenancy.scope(actor), translation.override(language), timezone.override(zone):
        try:
            with tempfile.NamedTemporaryFile(suffix=f".{wanted.format}") as file:
                write(table, wanted.format, Path(file.name), count=count)
                while piece := file.read(CHUNK):
                    yield piece
            whole = True
        except GeneratorExit:
            pass  # the reader went away; that is told as well, in a transaction that is kept
        _audit("list.downloaded", wanted, table, by=actor, now=timezone.now(), rows=count.rows, whole=whole)


def _audit(event: str, wanted: Wanted, table: Table, *, by: Actor, now: datetime, **detail: Any) -> None:
    record(
        event,
        by=by,
        now=now,
        object_type="list",
        object_id=wanted.source,
        label=table.title,
        format=str(wanted.format),
        level=wanted.level,
        filters=wanted.query,
        columns=[column.name for column in table.columns],
        **detail,
    )
