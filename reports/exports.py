"""Files made in the background: asked for, cancelled, had. Making them is the job's (`exporting.py`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from identity.actors import Actor
from identity.audit import record
from identity.filestore import Store, Stored
from identity.models import User
from identity.serving import serve

from .downloads import Wanted, expected_rows, file_name, must_fit
from .files import LONGEST_SHEET, MEDIA_TYPES, Format, SheetFull
from .models import LIVE, Export, ExportStatus
from .sources import listing_of, table_of

FILES = Store("exports")
MOST = 10  # files that are being made for one person at once


class TooManyExports(Exception):
    """As many files are being made for this person already as may be."""


class ExportNotLive(Exception):
    """It is ready, or over: there is nothing left to cancel."""


class FileNotReady(Exception):
    """There is no file (yet, or any more)."""


class FileNoLongerYours(Exception):
    """The file holds something that whoever asks may not see now."""


def kept_for() -> timedelta:
    return timedelta(days=settings.EXPORT_KEPT_DAYS)


@transaction.atomic
def begin_export(wanted: Wanted, *, by: Actor, now: datetime) -> Export:
    """Have a file made in the background. Asked for again while it is being made, it is the same one.

    Raises ReportNotFound, PrivilegeMissing, BadFilter, SheetFull, TooManyExports.
    """
    from .tasks import wake_on_commit

    table = table_of(wanted.source, wanted.query, level=wanted.level, actor=by)
    must_fit(wanted.format, table)
    query = listing_of(wanted.source).normalised(wanted.query)
    User.objects.select_for_update(no_key=True).only("id").get(
        id=by.user_id
    )  # two at once: one sees the other
    live = Export.objects.filter(status__in=LIVE)
    same = live.filter(
        source=wanted.source, level=wanted.level, query=query, format=wanted.format, key_id=by.key_id
    ).filter(schedule_id=None)
    if again := same.first():
        return again
    if live.count() >= MOST:
        raise TooManyExports
    export = Export.objects.create(
        user_id=by.user_id,
        site_id=by.site_id,
        key_id=by.key_id,
        source=wanted.source,
        level=wanted.level,
        query=query,
        format=wanted.format,
        title=table.title[:200],
        language=translation.get_language() or settings.LANGUAGE_CODE,
        time_zone=timezone.get_current_timezone_name(),
        rows_expected=expected_rows(table),
        created_at=now,
        due_at=now,
    )
    audit("export.begun", export, by=by, now=now)
    wake_on_commit()
    return export


@transaction.atomic
def cancel_export(export: Export, *, by: Actor, now: datetime) -> Export:
    """Nobody wants this file any more; the database is told to stop. Raises ExportNotLive."""
    live = Export.objects.select_for_update().filter(id=export.id, status__in=LIVE).first()
    if live is None:
        raise ExportNotLive
    export = live
    export.status, export.finished_at = ExportStatus.CANCELLED, now
    export.save(update_fields=["status", "finished_at"])
    audit("export.cancelled", export, by=by, now=now)
    return export


def run_again(export: Export, *, by: Actor, now: datetime) -> Export:
    """The same once more, with what is there now. Raises what begin_export does."""
    wanted = Wanted(export.source, export.query, export.level, Format(export.format))
    return begin_export(wanted, by=by, now=now)


def authorise(export: Export, actor: Actor) -> None:
    """Whether whoever asks may still see all that is in the file.

    Raises ReportNotFound, PrivilegeMissing, BadFilter, FileNoLongerYours.
    """
    table = table_of(export.source, export.query, level=export.level, actor=actor)
    names = {column.name for column in table.columns}
    if export.kind != actor.kind or not set(export.columns) <= names:
        raise FileNoLongerYours


def file_response(request: HttpRequest, export: Export, *, now: datetime) -> HttpResponseBase:
    """The file itself, and a line in the record. Raises FileNotReady, and what `authorise` does."""
    if export.status != ExportStatus.READY or export.expires_at is None or export.expires_at <= now:
        raise FileNotReady
    authorise(export, request.actor)
    if request.method == "GET":
        audit("export.downloaded", export, by=request.actor, now=now, rows=export.rows_done)
    stored = Stored(export.stored, export.size, export.sha256)
    format = Format(export.format)
    name = file_name(export.source, format, export.started_at or export.created_at)
    try:
        return serve(request, FILES, stored, name=name, content_type=MEDIA_TYPES[format])
    except OSError as error:
        raise FileNotReady from error


def audit(event: str, export: Export, *, by: Actor, now: datetime, **detail: object) -> None:
    record(
        event,
        by=by,
        now=now,
        object_type="export",
        object_id=export.public_id,
        label=export.title,
        site_id=export.site_id,
        source=export.source,
        level=export.level,
        filters=export.query,
        format=export.format,
        **detail,
    )


def why_no_file(error: Exception) -> str:
    """What to do where no file is begun, in a sentence."""
    if isinstance(error, SheetFull):
        text = _(
            "A sheet of Excel has room for %(most)d rows, and this has more. Take CSV or Parquet, or narrow it down."
        )
        return text % {"most": LONGEST_SHEET}
    if isinstance(error, TooManyExports):
        text = _("%(most)d files are being made for you already. Wait for one of them, or cancel one.")
        return text % {"most": MOST}
    raise error
