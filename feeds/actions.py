"""What people do with deliveries: send, match columns, confirm, cancel. The rest is a worker's (work.py)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import PurePath
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.access import demand
from identity.actors import Actor
from identity.audit import record
from identity.filestore import Store, Stored
from notifications.tasks import rouse

from .declared import Feed, Summary, feed_of
from .models import AT_WORK, TERMINAL, WAITING, ColumnMapping, Delivery, Source, Status
from .reading import Refused, Sheet, open_table
from .reading.matching import Match, match, names_of, remember, signature
from .sentences import kept
from .words import printable

FILES = Store("feeds")
PREVIEWED = 8  # rows
LONGEST_CELL = 200  # letters that are shown
MOST_HEADERS = 200  # that are shown and can be matched
LONGEST_NAME = 120


class DeliveryRefused(Exception):
    """The file cannot be taken. `reason` is a sentence for whoever sent it, `code` says it to programs."""

    def __init__(self, reason: str | Promise, code: str) -> None:
        super().__init__(code)
        self.reason = reason
        self.code = code


class DeliveryBusy(Exception):
    """The delivery is not where this is possible: it is being worked on, or has ended."""


class SummaryRenewed(Exception):
    """What was confirmed is not what would be done now."""


class RemovalUnconfirmed(Exception):
    """So much would be removed that it has to be ticked."""


class MappingIncomplete(Exception):
    """Required columns have no header, or two columns the same one. Carries the columns' names."""

    def __init__(self, missing: Sequence[str], twice: Sequence[str]) -> None:
        super().__init__(", ".join((*missing, *twice)))
        self.missing, self.twice = tuple(missing), tuple(twice)


# ------------------------------------------------------------------------------------------ sending


@transaction.atomic
def receive(
    feed: Feed, *, file: IO[bytes], name: str, complete: bool, source: Source, by: Actor, now: datetime
) -> Delivery:
    """Take a file for a feed: store it, see what is in it, and have it checked.

    Raises PrivilegeMissing, and DeliveryRefused for what is no readable table; nothing is kept then. A file of a
    watched folder is kept in any case, as refused.
    """
    demand(by, feed.privilege)
    stored = FILES.keep(file)
    delivery = Delivery(
        feed=feed.key,
        source=source,
        file_name=clean_name(name),
        stored=stored.name,
        size=stored.size,
        sha256=stored.sha256,
        complete=complete and feed.target.removes,
        sender_id=by.user_id,
        sender_name=by.name[:120],
        sender_key=by.key_id,
        received_at=now,
    )
    try:
        _look_into(delivery, feed, stored)
    except Refused as refused:
        if source in (Source.PAGE, Source.API):
            FILES.forget(stored.name)
            raise DeliveryRefused(refused.reason, refused.code) from None
        ended(delivery, Status.REFUSED, now=now, problem=kept(refused.reason), code=refused.code)
    delivery.save()
    audit("delivery.received", delivery, by=by, now=now)
    wake_on_commit(delivery)
    return delivery


def _look_into(delivery: Delivery, feed: Feed, stored: Stored) -> None:
    """What is in the file: headers, first rows, and which header is which column. Raises Refused."""
    if stored.size == 0:
        raise Refused(_("This file is empty."), "empty")
    if stored.size > settings.FEEDS_LARGEST:
        raise Refused(_("This file is larger than the portal takes."), "too_large")
    sheet = sheet_of(delivery, feed)
    facts = sheet.facts
    delivery.headers = [header[:LONGEST_CELL] for header in sheet.headers[:MOST_HEADERS]]
    delivery.header_row = sheet.header_row
    delivery.preview = [
        [number, [str(cell)[:LONGEST_CELL] for cell in cells[:MOST_HEADERS]]]
        for number, cells in islice(sheet.rows(), PREVIEWED)
    ]
    delivery.facts = {
        "format": facts.format,
        "encoding": facts.encoding,
        "delimiter": facts.delimiter,
        "sheet": facts.sheet,
        "sheets": list(facts.sheets[:50]),
    }
    known = ColumnMapping.objects.filter(feed=feed.key, signature=signature(sheet.headers)).first()
    found = match(sheet.headers, feed.columns, known.columns if known else None)
    delivery.mapping = found.mapping
    delivery.styles = known.styles if known else {}
    delivery.questions = questions_of(found)
    delivery.status = Status.NEEDS_MAPPING if found.missing else Status.RECEIVED


def sheet_of(delivery: Delivery, feed: Feed) -> Sheet:
    """The table in a delivery's file. Raises Refused."""
    options = delivery.options
    return open_table(
        FILES.path_of(delivery.stored),
        delivery.file_name,
        names_of(feed.columns),
        encoding=options.get("encoding", ""),
        sheet=options.get("sheet", ""),
    )


def questions_of(found: Match) -> list[dict[str, Any]]:
    """What is to be asked about columns: which of some headers it is, or that none was found."""
    asked = [
        {"column": name, "about": "header", "near": list(found.suggestions.get(name, ()))}
        for name in found.missing
        if name not in found.clashes
    ]
    clashes = [{"column": n, "about": "clash", "near": list(near)} for n, near in found.clashes.items()]
    return asked + clashes


# ------------------------------------------------------------------------------------------ matching columns


@transaction.atomic
def match_columns(
    delivery: Delivery,
    columns: Mapping[str, int | None],
    styles: Mapping[str, Mapping[str, str]],
    *,
    complete: bool,
    version: int,
    by: Actor,
    now: datetime,
) -> Delivery:
    """Say which header is which column, and how numbers and dates are written; then the file is checked anew.

    It is remembered for the next file of this feed with the same headers. Raises MappingIncomplete, DeliveryBusy
    when it is not waiting for this (any more), PrivilegeMissing.
    """
    feed = feed_of(delivery.feed)
    demand(by, feed.privilege)
    delivery = locked(delivery, WAITING, version)
    mapping = {column.name: columns.get(column.name) for column in feed.columns}
    _demand_whole(feed, mapping, len(delivery.headers))
    delivery.mapping = mapping
    delivery.styles = {name: dict(style) for name, style in styles.items() if mapping.get(name) is not None}
    delivery.complete = complete and feed.target.removes
    _begin_anew(delivery)
    delivery.save()
    headers = _all_headers(delivery, feed)
    ColumnMapping.objects.update_or_create(
        feed=feed.key,
        signature=signature(headers),
        defaults={
            "columns": remember(headers, mapping),
            "styles": delivery.styles,
            "by_name": by.name[:120],
            "at": now,
        },
    )
    audit("delivery.columns_matched", delivery, by=by, now=now)
    wake_on_commit(delivery)
    return delivery


def _all_headers(delivery: Delivery, feed: Feed) -> list[str]:
    """As they stand in the file: what is kept of them may be shortened."""
    return sheet_of(delivery, feed).headers


def _demand_whole(feed: Feed, mapping: Mapping[str, int | None], headers: int) -> None:
    used = [index for index in mapping.values() if index is not None]
    twice = [name for name, index in mapping.items() if index is not None and used.count(index) > 1]
    outside = [name for name, index in mapping.items() if index is not None and not 0 <= index < headers]
    missing = [column.name for column in feed.columns if column.required and mapping[column.name] is None]
    missing += outside
    if missing or twice:
        raise MappingIncomplete(missing, twice)


@transaction.atomic
def read_again(
    delivery: Delivery, *, sheet: str, encoding: str, version: int, by: Actor, now: datetime
) -> Delivery:
    """Take another sheet of the workbook, or read the text in another encoding; then begin anew.

    Raises DeliveryRefused when there is no table then; the delivery stays as it is. DeliveryBusy, PrivilegeMissing.
    """
    feed = feed_of(delivery.feed)
    demand(by, feed.privilege)
    delivery = locked(delivery, WAITING, version)
    delivery.options = {name: value for name, value in (("sheet", sheet), ("encoding", encoding)) if value}
    _begin_anew(delivery)
    try:
        _look_into(delivery, feed, Stored(delivery.stored, delivery.size, delivery.sha256))
    except Refused as refused:
        raise DeliveryRefused(refused.reason, refused.code) from None
    delivery.save()
    audit("delivery.read_again", delivery, by=by, now=now)
    wake_on_commit(delivery)
    return delivery


def _begin_anew(delivery: Delivery) -> None:
    delivery.status = Status.RECEIVED
    delivery.version += 1
    delivery.questions, delivery.errors, delivery.error_count = [], [], 0
    delivery.error_file = delivery.staged = delivery.fingerprint = delivery.step = ""
    delivery.summary, delivery.problem, delivery.renewed = {}, {}, False
    delivery.rows = delivery.done = delivery.total = delivery.attempts = 0
    delivery.lease_until = None


# ------------------------------------------------------------------------------------------ confirming, cancelling


@transaction.atomic
def confirm(delivery: Delivery, *, seen: str, removal_ticked: bool, by: Actor, now: datetime) -> Delivery:
    """Have what the summary says be loaded. `seen` is the fingerprint of the summary that is confirmed.

    Raises DeliveryBusy when there is nothing (any more) to confirm, SummaryRenewed when the summary is another,
    RemovalUnconfirmed, PrivilegeMissing.
    """
    demand(by, feed_of(delivery.feed).privilege)
    delivery = locked(delivery, (Status.READY,))
    if seen != delivery.fingerprint:
        raise SummaryRenewed
    if removes_much(delivery) and not removal_ticked:
        raise RemovalUnconfirmed
    _confirm(delivery, by=by, now=now)
    delivery.save()
    audit("delivery.confirmed", delivery, by=by, now=now)
    wake_on_commit(delivery)
    return delivery


def _confirm(delivery: Delivery, *, by: Actor, now: datetime) -> None:
    delivery.status = Status.LOADING
    delivery.version += 1
    delivery.confirmed_by_id, delivery.confirmed_name, delivery.confirmed_at = by.user_id, by.name[:120], now
    delivery.confirmed_key = by.key_id
    delivery.lease_until, delivery.attempts, delivery.renewed, delivery.problem = None, 0, False, {}
    delivery.step, delivery.done, delivery.total = "", 0, 0


def removes_much(delivery: Delivery) -> bool:
    """Whether so much would be removed that it takes a tick of its own."""
    removed, stock = delivery.summary.get("removed", 0), delivery.summary.get("stock", 0)
    return bool(removed * 100 > stock * settings.FEEDS_REMOVAL_PERCENT)


@transaction.atomic
def cancel(delivery: Delivery, *, by: Actor, now: datetime) -> Delivery:
    """End a delivery before it is loaded. Raises DeliveryBusy once it is being loaded or is over."""
    demand(by, feed_of(delivery.feed).privilege)
    delivery = locked(delivery, (Status.RECEIVED, Status.CHECKING, *WAITING))
    ended(delivery, Status.CANCELLED, now=now)
    delivery.save()
    audit("delivery.cancelled", delivery, by=by, now=now)
    return delivery


# ------------------------------------------------------------------------------------------ pieces


def locked(delivery: Delivery, statuses: Iterable[str], version: int | None = None) -> Delivery:
    """The delivery as it is, for a change. Raises DeliveryBusy when it is not in one of these states."""
    found = Delivery.objects.select_for_update().get(id=delivery.id)
    if found.status not in statuses or version not in (None, found.version):
        raise DeliveryBusy(found.status)
    return found


def ended(
    delivery: Delivery,
    status: Status,
    *,
    now: datetime,
    problem: dict[str, str] | None = None,
    code: str = "",
) -> None:
    """Bring a delivery to its end; to be saved."""
    assert status in TERMINAL
    delivery.status, delivery.finished_at, delivery.lease_until = status, now, None
    delivery.version += 1
    if problem is not None:
        delivery.problem = {"code": code, "words": problem}


def as_json(summary: Summary) -> dict[str, Any]:
    return {
        "added": summary.added,
        "changed": summary.changed,
        "removed": summary.removed,
        "unchanged": summary.unchanged,
        "stock": summary.stock,
        "samples": [
            {
                "action": change.action,
                "label": change.label,
                "row": change.row,
                "old": dict(change.old),
                "new": dict(change.new),
                "note": kept(change.note) if change.note else {},
            }
            for change in summary.samples
        ],
    }


def print_of(summary: Summary) -> str:
    """What tells one summary from another, in 64 letters."""
    parts = (summary.added, summary.changed, summary.removed, summary.fingerprint)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def clean_name(name: str) -> str:
    """A file's name without folders and without what cannot be printed, no longer than we keep."""
    last = PurePath(name.replace("\\", "/")).name
    shown = printable(last).strip(" .") or "file"
    suffix = PurePath(shown).suffix[:10]
    return shown if len(shown) <= LONGEST_NAME else shown[: LONGEST_NAME - len(suffix)] + suffix


def audit(event: str, delivery: Delivery, *, by: Actor, now: datetime, **detail: Any) -> None:
    record(
        event,
        by=by,
        now=now,
        object_type="delivery",
        object_id=delivery.public_id,
        label=delivery.file_name,
        feed=delivery.feed,
        source=delivery.source,
        **detail,
    )


def wake_on_commit(delivery: Delivery) -> None:
    """Have a worker look at it as soon as the transaction is through."""
    from .tasks import work

    if delivery.status in AT_WORK:
        transaction.on_commit(lambda: rouse(work), robust=True)
