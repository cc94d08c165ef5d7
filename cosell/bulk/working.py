"""Working on files of deals: piece by piece, each row once, whoever is killed over it.

A piece of rows and what became of them are one transaction, with the rights that whoever sent the file has by then. One
worker at a time is in it (a lock of the database's), and it begins by asking which rows are done: so a file may be
taken up again, or by two workers, and no row is done twice.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from feeds.reading import Refused
from identity import tenancy
from identity.actors import Actor
from identity.on_behalf import actor_for
from identity.privileges import Privilege

from ..models import Outcome, ReferralUpload, UploadProblem, UploadRow, UploadStatus
from ..models.bulk import LIVE_UPLOADS
from .doing import Done, deals_named, do
from .meaning import Ground
from .reading import Row, Table, open_file, read
from .sending import FILES, audit
from .telling import tell_done

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
BUDGET = 60  # seconds; then others get their turn


class _TakenAway(Exception):
    """Another worker has it: this one was thought dead."""


class _NoAccess(Exception):
    """Whoever sent it may not change deals any more."""


def work_on_all(*, budget: float = BUDGET) -> bool:
    """Work on what waits, one after the other; returns whether something may be left."""
    until = time.monotonic() + budget
    while upload := take_next(timezone.now()):
        work_on(upload)
        if time.monotonic() > until:
            return True
    return False


def take_next(now: datetime) -> ReferralUpload | None:
    """The file that has waited longest, in this worker's hands; None when there is none, or enough are worked on."""
    with tenancy.as_system():
        with (
            connection.cursor() as cursor
        ):  # one takes at a time, or each would count what the other does not see
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cosell.uploads'))")
        live = ReferralUpload.objects.filter(status__in=LIVE_UPLOADS)
        if live.filter(lease_until__gt=now).count() >= settings.COSELL_UPLOADS_AT_ONCE:
            return None
        free = live.filter(Q(lease_until=None) | Q(lease_until__lte=now))
        upload = free.select_for_update(skip_locked=True).order_by("id").first()
        if upload is None:
            return None
        upload.attempts += 1
        upload.status, upload.lease_until = UploadStatus.RUNNING, _lease(now)
        upload.save(update_fields=["attempts", "status", "lease_until"])
    if upload.attempts > MOST_ATTEMPTS:
        _end(upload, UploadStatus.STOPPED, UploadProblem.GIVEN_UP)
        return take_next(now)
    return upload


def _lease(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.COSELL_UPLOAD_LEASE_SECONDS)


def work_on(upload: ReferralUpload) -> None:
    """Do the rows of a file that was taken. Safe to be killed at any moment."""
    try:
        with translation.override(upload.language):
            _do_rows(upload)
        _end(upload, UploadStatus.DONE)
    except _TakenAway:
        log.info("The upload %s is in other hands.", upload.public_id)
    except _NoAccess:
        _end(upload, UploadStatus.STOPPED, UploadProblem.NO_ACCESS)
    except (Refused, FileNotFoundError):
        log.exception("The file of the upload %s could not be read any more.", upload.public_id)
        _end(upload, UploadStatus.STOPPED, UploadProblem.FILE_GONE)
    except (OperationalError, InterfaceError):
        log.exception(
            "The database was away while the upload %s was worked on; it is taken up again.", upload.id
        )
        connection.close()
    except Exception:
        log.exception("The upload %s could not be worked on; it is taken up again.", upload.public_id)


# ------------------------------------------------------------------------------------------------ rows


def _do_rows(upload: ReferralUpload) -> None:
    table = open_file(FILES.path_of(upload.stored), upload.file_name, upload.styles)
    twins = _Twins(table)
    for piece in table.rows():
        told = [(row, twins.first(row)) for row in piece]
        _do_piece(upload, table, told)
        _still_ours(upload)


class _Twins:
    """Rows that say again what an earlier one says, or are about the same deal: only the first is done."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.seen: dict[int, int] = {}  # hash → number of the row
        self.ids: dict[str, int] = {}

    def first(self, row: Row) -> int | None:
        """The number of the earlier row; None for a row that is the first."""
        place = self.table.places.get("referral_id")
        if place is not None and (name := row.cells[place].strip()):
            return self._once(self.ids, name, row)
        return self._once(self.seen, hash(self.table.says(row)), row)

    @staticmethod
    def _once(known: dict[Any, int], key: object, row: Row) -> int | None:
        earlier = known.setdefault(key, row.number)
        return earlier if earlier != row.number else None


def _do_piece(upload: ReferralUpload, table: Table, piece: Sequence[tuple[Row, int | None]]) -> None:
    """Do those of the rows that are not done, and write down what became of them."""
    actor = actor_for(upload.user_id, upload.site_id, upload.key_id)
    if actor is None or not actor.may(Privilege.REFERRAL_WORK):
        raise _NoAccess
    with tenancy.scope(actor):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cosell.upload'), %s)", [upload.id % 2**31])
        done = set(UploadRow.objects.filter(upload=upload).values_list("number", flat=True))
        left = [(row, earlier) for row, earlier in piece if row.number not in done]
        if left:
            UploadRow.objects.bulk_create(_results(upload, table, left, actor))


def _results(
    upload: ReferralUpload, table: Table, left: Sequence[tuple[Row, int | None]], actor: Actor
) -> list[UploadRow]:
    now = timezone.now()
    ground = Ground.found(actor, now.astimezone(ZoneInfo(actor.time_zone)).date())
    reads = [read(table, row) for row, _earlier in left]
    deals = deals_named(reads)
    results = []
    for (row, earlier), said in zip(left, reads, strict=True):
        if earlier is not None:
            became = _again(earlier)
        else:
            became = do(said, deals, ground, styles=table.styles, by=actor, now=now)
        results.append(
            UploadRow(
                site_id=upload.site_id, user_id=upload.user_id, upload=upload, number=row.number,
                outcome=became.outcome, referral=became.referral, name=(said.values.get("deal_name") or "")[:120],
                flaws=[list(flaw) for flaw in became.flaws],
            )
        )  # fmt: skip
    return results


def _again(earlier: int) -> Done:
    text = _("Row %(number)s says the same, or is about the same deal. Only that one was looked at.")
    return Done(Outcome.UNPROCESSED, None, (("", text % {"number": earlier}),))


def _still_ours(upload: ReferralUpload) -> None:
    """Say that this worker lives. Raises _TakenAway where another one was given the file."""
    with tenancy.as_system():
        mine = ReferralUpload.objects.filter(
            id=upload.id, attempts=upload.attempts, status=UploadStatus.RUNNING
        )
        if not mine.update(lease_until=_lease(timezone.now())):
            raise _TakenAway


# ------------------------------------------------------------------------------------------------ the end


def figures(upload: ReferralUpload) -> dict[str, int]:
    """How many rows became what, as far as the work is."""
    found = UploadRow.objects.filter(upload=upload).values("outcome").annotate(number=Count("id")).order_by()
    counted = Counter({each["outcome"]: each["number"] for each in found})
    return {outcome.value: counted[outcome.value] for outcome in Outcome}


def _end(upload: ReferralUpload, status: UploadStatus, problem: str = "") -> None:
    """Write down how it ended, and tell; rows that were not looked at count as not processed."""
    now = timezone.now()
    with tenancy.as_system():
        held = ReferralUpload.objects.select_for_update().get(id=upload.id)
        if not held.is_live or held.attempts != upload.attempts:
            return
        counted = figures(held)
        held.created, held.updated = counted[Outcome.CREATED], counted[Outcome.UPDATED]
        held.unchanged = counted[Outcome.UNCHANGED]
        held.unprocessed = held.rows - held.created - held.updated - held.unchanged
        held.status, held.problem, held.finished_at, held.lease_until = status, problem, now, None
        held.save()
        audit(
            "referral_upload.done", held, by=Actor.system(), now=now, problem=problem,
            created=held.created, updated=held.updated, unchanged=held.unchanged, unprocessed=held.unprocessed,
        )  # fmt: skip
        tell_done(held, now=now)


def expire_due(*, now: datetime) -> int:
    """Forget files whose time is over, and what is said of their rows; the figures stay. Returns how many."""
    with tenancy.as_system():
        over = (
            ReferralUpload.objects.filter(expires_at__lte=now)
            .exclude(stored="")
            .exclude(status__in=LIVE_UPLOADS)
        )
        found = list(over.select_for_update(skip_locked=True))
        UploadRow.objects.filter(upload__in=found).delete()
        over.filter(id__in=[upload.id for upload in found]).update(stored="")
        names = [upload.stored for upload in found]

        def forget() -> None:
            for name in names:
                FILES.forget(name)

        transaction.on_commit(forget)  # the row goes first: it never names a file that is not there
    return len(found)


def forget_strays() -> int:
    """Forget the files that no upload names. Returns how many."""
    there = [name for name in FILES.older_than_a_day() if name.isalnum()]
    with tenancy.as_system():
        named = set(ReferralUpload.objects.filter(stored__in=there).values_list("stored", flat=True))
    strays = [name for name in there if name not in named]
    for name in strays:
        FILES.forget(name)
    return len(strays)
