"""Making the files that wait: with the owner's rights of now, in one look at the database, whole or not at all.

An export is claimed under a lease, which a thread beside the query renews while it notes how far it is. The same thread
finds that nobody wants the file any more, and has the database break the query off. A worker that is killed stops
renewing, and another takes the export up from the beginning; the row names one file, the one that was finished.
"""

from __future__ import annotations

import errno
import logging
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone, translation

from identity import tenancy
from identity.access import PrivilegeMissing
from identity.actors import Actor
from identity.filestore import Stored
from identity.models import Membership, MembershipStatus
from identity.on_behalf import actor_for
from notifications.clock import zone

from .exports import FILES, audit, kept_for
from .files import BrokenOff, Count, Format, SheetFull, write
from .models import LIVE, Export, ExportStatus, Problem
from .sources import BadFilter, ReportNotFound, table_of
from .telling import tell_of_failed, tell_of_ready
from .totals import Totals, totals_of

log = logging.getLogger(__name__)

BUDGET = 60  # seconds; then others get their turn
MOST_ATTEMPTS = 3
BACKOFF = timedelta(seconds=30)
BEAT = 0.5  # seconds between two looks at whether it is still wanted
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def make_due() -> bool:
    """Make what waits, one after the other; returns whether something may be left."""
    until = time.monotonic() + BUDGET
    while export := _claim(timezone.now()):
        _make(export)
        if time.monotonic() > until:
            return True
    return False


def _claim(now: datetime) -> Export | None:
    """The next one, in this worker's hands; None when there is none, or enough are being made already."""
    lease = now + timedelta(seconds=settings.EXPORT_LEASE_SECONDS)
    with tenancy.as_system():
        with (
            connection.cursor() as cursor
        ):  # one claims at a time, or each would count what the other does not see
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('reports.exports'))")
        in_hands = Export.objects.filter(status=ExportStatus.RUNNING, lease_until__gt=now)
        if in_hands.count() >= settings.EXPORTS_AT_ONCE:
            return None
        due = Export.objects.filter(status__in=LIVE, due_at__lte=now).filter(
            Q(lease_until=None) | Q(lease_until__lte=now)
        )
        export = due.select_for_update(skip_locked=True).order_by("due_at", "id").first()
        if export is None:
            return None
        export.status, export.attempt_id, export.lease_until = ExportStatus.RUNNING, uuid.uuid4(), lease
        export.attempts += 1
        export.started_at, export.rows_done = now, 0
        export.save()
        if export.attempts > MOST_ATTEMPTS:  # it takes its worker down each time
            _fail(export, Problem.GIVEN_UP)
            return None
    return export


# ---------------------------------------------------------------------------------------------- one export


def _make(export: Export) -> None:
    """Make the file and note what became of it."""
    try:
        problem = _attempt(export)
    except (BrokenOff, _TakenAway):
        return  # cancelled, or in other hands: whoever did that has noted it
    except (OperationalError, InterfaceError):
        log.exception("The database was away while the export %s was made; it is taken up again.", export.id)
        connection.close()
        return
    except Exception:
        log.exception("The export %s could not be made.", export.id)
        problem = Problem.GIVEN_UP if export.attempts >= MOST_ATTEMPTS else None
        if problem is None:
            return _put_back(export)
    if problem:
        with tenancy.as_system():
            _fail(export, problem)


class _TakenAway(Exception):
    """It was cancelled, or another worker has taken it over."""


def _attempt(export: Export) -> Problem | None:
    """Make the file, and settle; returns why there is none instead."""
    actor = actor_for(export.user_id, export.site_id, export.key_id)
    if actor is None:
        return Problem.NO_ACCESS
    count = Count()
    with translation.override(export.language), timezone.override(zone(export.time_zone)):
        try:
            with FILES.filling() as filling, _Pulse(export, count) as pulse, pulse.watching():
                made = _write(export, actor, filling.path, count)
        except (PrivilegeMissing, ReportNotFound):
            return Problem.NO_ACCESS
        except BadFilter:
            return Problem.BAD_FILTER
        except SheetFull:
            return Problem.SHEET_FULL
        except OSError as error:
            if error.errno not in FULL:
                raise
            return Problem.DISK_FULL
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", "") != "57014":  # query_canceled: by its timeout
                raise
            return Problem.TOO_SLOW
    _settle(export, actor, made, filling.stored)
    return None


class _Made:
    """What is known of a file besides its bytes."""

    def __init__(self, rows: int, columns: list[str], totals: Totals) -> None:
        self.rows, self.columns, self.totals = rows, columns, totals


def _write(export: Export, actor: Actor, path: Path, count: Count) -> _Made:
    with _one_look(), tenancy.scope(actor):
        with connection.cursor() as cursor:
            limit = settings.EXPORT_TIMEOUT_SECONDS * 1000
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(limit)])
        table = table_of(export.source, export.query, level=export.level, actor=actor)
        rows = write(table, Format(export.format), path, count=count)
        totals = totals_of(table) if export.schedule_id else {}
        return _Made(rows, [column.name for column in table.columns], totals)


@contextmanager
def _one_look() -> Iterator[None]:
    """Everything within sees the database as it is now: rows and totals belong together."""
    first = not connection.in_atomic_block  # in a transaction under way it could not be said any more
    with transaction.atomic():
        if first:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


# ---------------------------------------------------------------------------------------------- beside the query


class _Pulse(threading.Thread):
    """Renews the lease, notes how far the file is, and breaks off what nobody wants any more."""

    def __init__(self, export: Export, count: Count) -> None:
        super().__init__(name=f"export {export.id}", daemon=True)
        self.export, self.count = export, count
        self.lost = False
        self._over = threading.Event()
        self._querying = threading.Lock()
        self._connection: Any = None

    def __enter__(self) -> _Pulse:
        self.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._over.set()
        self.join()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """The block's queries are what is broken off. Raises _TakenAway in the place of what that causes."""
        connection.ensure_connection()
        self._connection = connection.connection
        try:
            yield
        except BaseException as error:
            if self.lost and not isinstance(error, KeyboardInterrupt | SystemExit):
                raise _TakenAway from error
            raise
        finally:
            with self._querying:  # no cancelling after this, which would hit somebody else's query
                self._connection = None
        if self.lost:
            raise _TakenAway

    def run(self) -> None:
        try:
            while not self._over.wait(BEAT):
                if self.lost or not self._still_wanted():
                    self.lost = self.count.over = True
                    self._break_off()
        finally:
            connection.close()  # this thread's own

    def _still_wanted(self) -> bool:
        now = timezone.now()
        try:
            with tenancy.as_system():
                mine = Export.objects.filter(
                    id=self.export.id, attempt_id=self.export.attempt_id, status=ExportStatus.RUNNING
                )
                lease = now + timedelta(seconds=settings.EXPORT_LEASE_SECONDS)
                return bool(mine.update(rows_done=self.count.rows, lease_until=lease))
        except (OperationalError, InterfaceError):
            log.warning("How far the export %s is could not be noted.", self.export.id)
            connection.close()
            return True  # its lease tells in the end

    def _break_off(self) -> None:
        with self._querying, suppress(Exception):
            if self._connection is not None:
                self._connection.cancel()


# ---------------------------------------------------------------------------------------------- what became of it


def _settle(export: Export, actor: Actor, made: _Made, stored: Stored) -> None:
    """Note the finished file, and tell; unless nobody wants it any more, or another was quicker."""
    noted = False
    try:
        with tenancy.as_system():
            noted = _note(export, actor, made, stored, timezone.now())
    finally:
        if not noted:
            FILES.forget(stored.name)


def _note(export: Export, actor: Actor, made: _Made, stored: Stored, now: datetime) -> bool:
    mine = Export.objects.filter(id=export.id, attempt_id=export.attempt_id, status=ExportStatus.RUNNING)
    noted = mine.update(
        status=ExportStatus.READY,
        stored=stored.name,
        size=stored.size,
        sha256=stored.sha256,
        rows_done=made.rows,
        columns=made.columns,
        kind=actor.kind,
        finished_at=now,
        expires_at=now + kept_for(),
        lease_until=None,
    )
    if noted:
        export.refresh_from_db()
        audit("export.made", export, by=actor, now=now, rows=made.rows, size=stored.size)
        tell_of_ready(export, made.totals, now=now)
    return bool(noted)


def _fail(export: Export, problem: Problem) -> None:
    now = timezone.now()
    mine = Export.objects.filter(id=export.id, attempt_id=export.attempt_id, status=ExportStatus.RUNNING)
    if mine.update(status=ExportStatus.FAILED, problem=problem, finished_at=now, lease_until=None):
        export.refresh_from_db()
        audit("export.failed", export, by=Actor.system(), now=now, problem=problem)
        tell_of_failed(export, now=now)


def _put_back(export: Export) -> None:
    with tenancy.as_system():
        Export.objects.filter(id=export.id, attempt_id=export.attempt_id, status=ExportStatus.RUNNING).update(
            status=ExportStatus.WAITING,
            lease_until=None,
            due_at=timezone.now() + BACKOFF * 2 ** (export.attempts - 1),
        )


# ---------------------------------------------------------------------------------------------- the end of a file


def expire_due(*, now: datetime) -> int:
    """Let files go whose time is over, and those of whoever has left the site; returns how many."""
    with tenancy.as_system():
        ready = Export.objects.filter(status=ExportStatus.READY)
        at_site = Membership.objects.filter(
            user_id=OuterRef("user_id"), site_id=OuterRef("site_id"), status=MembershipStatus.ACTIVE
        )
        left = ready.filter(site__isnull=False).exclude(Exists(at_site)) | ready.filter(
            site=None, user__staff_roles=[]
        )
        over = _expire(ready.filter(expires_at__lte=now), Problem.TIME)
        return over + _expire(left, Problem.LEFT)


def _expire(found: Any, problem: Problem) -> int:
    rows = list(Export.objects.filter(id__in=found.values("id")).select_for_update(skip_locked=True))
    names = [export.stored for export in rows]
    Export.objects.filter(id__in=[export.id for export in rows]).update(
        status=ExportStatus.EXPIRED, problem=problem, stored="", expires_at=F("expires_at")
    )

    def forget() -> None:
        for name in names:
            FILES.forget(name)

    transaction.on_commit(forget)  # the row goes first: it never names a file that is not there
    return len(rows)


def forget_strays() -> int:
    """Forget the files that no export names: those of workers killed at the last moment. Returns how many."""
    there = [name for name in FILES.older_than_a_day() if name.isalnum()]
    with tenancy.as_system():
        named = set(Export.objects.filter(stored__in=there).values_list("stored", flat=True))
    strays = [name for name in there if name not in named]
    for name in strays:
        FILES.forget(name)
    return len(strays)
