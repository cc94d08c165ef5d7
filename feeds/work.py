"""What a worker does with a delivery: check it, load it.

The row says what is to be done. Whoever takes it on holds a lease and says every few seconds that it is still there;
a worker that was killed does not, and another takes the delivery up. `attempts` is the number of the lease: what a
worker writes whose lease was given to another is dropped.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity import tenancy
from identity.actors import Actor
from identity.on_behalf import actor_for

from .actions import FILES, _confirm, as_json, audit, ended, print_of, removes_much, sheet_of
from .declared import Feed, Summary, feed_of
from .flaws import Flaws
from .models import AT_WORK, Delivery, Source, Status
from .notices import tell_outcome
from .reading import Refused
from .reading.checking import check as check_rows
from .reading.styles import Style, decide
from .sentences import kept
from .staging import Written, copy_in, write
from .tables import DataChanged

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
BEAT = 1.5  # seconds between two signs of life
AGAIN = timedelta(seconds=5)  # until a delivery is taken up that had to be left
STATEMENT, LOCK = "500s", "20s"  # how long a statement, and waiting for somebody else's, may take

UNATTENDED = (Source.FOLDER, Source.BUCKET)


class LeaseLost(Exception):
    """The delivery was cancelled, or another worker has taken it up."""


class AnotherLoads(Exception):
    """Another delivery of the feed is being loaded."""


class Outdated(Exception):
    """What was confirmed is not what would be done now."""


# ------------------------------------------------------------------------------------------ taking on


def work_on_all(*, now: datetime | None = None, budget: float = 30) -> int:
    """Take on what waits, one after the other; returns how many. After `budget` seconds no other is begun."""
    until = time.monotonic() + budget
    done = 0
    while time.monotonic() < until and (taken := take_next(now=now or timezone.now())):
        work_on(taken)
        done += 1
    return done


def take_next(*, now: datetime) -> Delivery | None:
    """The delivery that has waited longest, with a lease; None when there is none, or enough are worked on already.

    One that was taken on too often is given up.
    """
    with tenancy.as_system():
        _one_at_a_time()
        if (
            Delivery.objects.filter(status__in=AT_WORK, lease_until__gte=now).count()
            >= settings.FEEDS_AT_ONCE
        ):
            return None
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        due = Delivery.objects.filter(free, status__in=AT_WORK).order_by("lease_until", "id")
        delivery = due.select_for_update(skip_locked=True).first()
        if delivery is None:
            return None
        if delivery.attempts >= MOST_ATTEMPTS:
            _end(delivery, Status.FAILED, GIVEN_UP, "given_up", by=Actor.system(), now=now)
            return take_next(now=now)
        if delivery.status == Status.RECEIVED:
            delivery.status = Status.CHECKING
            delivery.version += 1
        delivery.attempts += 1
        delivery.lease_until = now + timedelta(seconds=settings.FEEDS_LEASE_SECONDS)
        delivery.save(update_fields=["status", "version", "attempts", "lease_until"])
        return delivery


def _one_at_a_time() -> None:
    """Whoever takes one on waits here: else each would not count what the other takes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('feeds.take'))")


def work_on(delivery: Delivery) -> None:
    """Do what is to be done with a delivery that was taken on. Safe to be killed at any moment."""
    # The first address that a process looks up loads every page's code: not while a load holds its locks.
    reverse("feeds:deliveries")
    try:
        with alive(delivery) as pulse:
            (_load if delivery.status == Status.LOADING else _check)(delivery, pulse)
    except LeaseLost:
        log.info("Delivery %s was taken from this worker.", delivery.public_id)
    except (OperationalError, InterfaceError, AnotherLoads) as error:
        # Not the file's fault: the database is away or busy, or another load of the feed goes first.
        log.warning("Delivery %s is left for later: %s", delivery.public_id, error)
        _leave(delivery, counts=not isinstance(error, AnotherLoads))
    except Exception:
        log.exception("Delivery %s could not be worked on.", delivery.public_id)
        with tenancy.as_system():
            _end(delivery, Status.FAILED, OUR_FAULT, "error", by=Actor.system(), now=timezone.now())


OUR_FAULT = _(
    "Something went wrong in the portal, and nothing was loaded. We have noted it; send the file again."
)
GIVEN_UP = _("The portal could not come to an end with this file, and nothing was loaded. Send it again.")
STOPPED = _("The database refused a row that looked right, and nothing was loaded. Send the file again.")


class Pulse:
    """How far the work is; told to whoever watches by a thread of its own, with the sign of life."""

    def __init__(self) -> None:
        self.step, self.done, self.total = "", 0, 0

    def begin(self, step: str, total: int = 0) -> None:
        self.step, self.done, self.total = step, 0, total

    def __call__(self, done: int) -> None:
        self.done = done


@contextmanager
def alive(delivery: Delivery) -> Iterator[Pulse]:
    """While the block runs, the lease is held and progress is written, on a connection of its own."""
    pulse, over = Pulse(), Event()

    def beat() -> None:
        try:
            while not over.wait(BEAT):
                _say(delivery, pulse)
        finally:
            connection.close()

    thread = Thread(target=beat, name=f"delivery {delivery.public_id}", daemon=True)
    thread.start()
    try:
        yield pulse
    finally:
        over.set()
        thread.join()


def _say(delivery: Delivery, pulse: Pulse) -> None:
    try:
        with tenancy.as_system():
            ours = Delivery.objects.filter(id=delivery.id, status__in=AT_WORK, attempts=delivery.attempts)
            until = timezone.now() + timedelta(seconds=settings.FEEDS_LEASE_SECONDS)
            ours.update(lease_until=until, step=pulse.step, done=pulse.done, total=pulse.total)
    except (OperationalError, InterfaceError) as error:
        log.warning("No sign of life for delivery %s: %s", delivery.public_id, error)


def _leave(delivery: Delivery, *, counts: bool) -> None:
    with tenancy.as_system():
        ours = Delivery.objects.filter(id=delivery.id, status__in=AT_WORK, attempts=delivery.attempts)
        less = 0 if counts else 1
        ours.update(lease_until=timezone.now() + AGAIN, attempts=F("attempts") - less)


# ------------------------------------------------------------------------------------------ checking


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the database says to a file: either flaws, or what would change."""

    summary: Summary | None


def _check(delivery: Delivery, pulse: Pulse) -> None:
    feed = feed_of(delivery.feed)
    # To check changes nothing; what is told of it is for those who may see deliveries.
    actor = acting(delivery.sender_id, delivery.sender_key) or Actor.system()
    try:
        _check_file(delivery, feed, actor, pulse)
    except Refused as refused:
        with tenancy.as_system():
            _end(delivery, Status.REFUSED, refused.reason, refused.code, by=actor, now=timezone.now())


def _check_file(delivery: Delivery, feed: Feed, actor: Actor, pulse: Pulse) -> None:
    pulse.begin("reading")
    sheet = sheet_of(delivery, feed)
    declared = {name: Style(**style) for name, style in delivery.styles.items()}
    decision = decide(sheet, feed.columns, delivery.mapping, declared)
    if decision.questions:
        asked = [{"column": q.column, "about": q.about, "near": list(q.examples)} for q in decision.questions]
        return _found(delivery, Status.NEEDS_MAPPING, questions=asked)
    with FILES.filling() as rows, FILES.filling() as errors:
        flaws = Flaws(errors.path)
        present = [name for name, index in delivery.mapping.items() if index is not None]
        pulse.begin("checking")
        batches = check_rows(sheet, feed.columns, delivery.mapping, decision.styles, key=feed.identity)
        written = write(feed, present, batches, rows.path, flaws, pulse)
        # Rows that are about one and the same cannot be compared with what is there.
        verdict = (
            _judge(delivery, feed, rows.path, written, flaws, actor, pulse)
            if written.valid and not written.twice
            else Verdict(None)
        )
        flaws.close()
    found = {
        "rows": written.rows,
        "error_count": flaws.count,
        "errors": flaws.first,
        "error_file": errors.stored.name if flaws.count else "",
        "staged": rows.stored.name,
        "staged_columns": list(written.columns),
        "staged_rows": written.valid,
    }
    if not written.rows:
        raise Refused(_("There is no row below the header."), "no_rows")
    if flaws.count or verdict.summary is None:
        return _found(delivery, Status.INVALID, **found)
    found |= {"summary": as_json(verdict.summary), "fingerprint": print_of(verdict.summary)}
    _found(delivery, Status.READY if verdict.summary.total else Status.UNCHANGED, **found)


def _judge(
    delivery: Delivery, feed: Feed, path: Any, written: Written, flaws: Flaws, actor: Actor, pulse: Pulse
) -> Verdict:
    """Compare the valid rows with what is there, and leave no trace."""
    with tenancy.scope(actor):
        _bounds()
        pulse.begin("comparing")
        staged = copy_in(
            feed, path, written, complete=delivery.complete, delivery=delivery.public_id, pulse=pulse
        )
        flaws.add_all(feed.target.check(staged))
        summary = None if flaws.count else feed.target.summarise(staged)
        transaction.set_rollback(True)
    return Verdict(summary)


def _found(delivery: Delivery, status: Status, **found: Any) -> None:
    """Write what the check has found. Raises LeaseLost."""
    now, system = timezone.now(), Actor.system()
    with tenancy.as_system():
        ours = _ours(delivery)
        for name, value in found.items():
            setattr(ours, name, value)
        ours.checked_at, ours.lease_until, ours.attempts = now, None, 0
        if status == Status.UNCHANGED:
            ended(ours, status, now=now)
        elif status == Status.READY and _goes_on_by_itself(ours):
            _confirm(ours, by=system, now=now)
        else:
            ours.status, ours.version = status, ours.version + 1
        ours.save()
        audit(f"delivery.{_EVENTS[Status(ours.status)]}", ours, by=system, now=now)
        tell_outcome(ours, now=now)


_EVENTS = {
    Status.NEEDS_MAPPING: "columns_asked",
    Status.INVALID: "found_invalid",
    Status.READY: "checked",
    Status.LOADING: "confirmed",
    Status.UNCHANGED: "found_unchanged",
}


def _goes_on_by_itself(delivery: Delivery) -> bool:
    """A file of a watched folder, where the settings say so; never when it would remove much."""
    unattended = settings.FEEDS_UNATTENDED
    allowed = delivery.feed in unattended or "all" in unattended
    return delivery.source in UNATTENDED and allowed and not removes_much(delivery) and not delivery.renewed


# ------------------------------------------------------------------------------------------ loading


def _load(delivery: Delivery, pulse: Pulse) -> None:
    feed, now = feed_of(delivery.feed), timezone.now()
    actor = acting(delivery.confirmed_by_id, delivery.confirmed_key)
    if actor is None or not actor.may(feed.privilege):
        words = _(
            "%(name)s may not load this feed any more. Nothing was loaded; somebody else can confirm it."
        )
        return _back(delivery, problem=kept(words, {"name": delivery.confirmed_name}))
    try:
        _load_as(actor, delivery, feed, pulse, now)
    except (IntegrityError, DataChanged):
        # Somebody was quicker between the comparison and the change; unless the next comparison says the same.
        if not _renew(delivery, feed, actor, pulse):
            with tenancy.as_system():
                _end(delivery, Status.FAILED, STOPPED, "refused_by_database", by=actor, now=now)
    except Outdated:
        _renew(delivery, feed, actor, pulse)


def _load_as(actor: Actor, delivery: Delivery, feed: Feed, pulse: Pulse, now: datetime) -> None:
    """All or nothing, in one transaction: the rows, the audit trail, and that it is done."""
    written = Written(delivery.rows, delivery.staged_rows, tuple(delivery.staged_columns))
    path = FILES.path_of(delivery.staged)
    with tenancy.scope(actor):
        _bounds()
        if not _alone(feed):
            raise AnotherLoads(feed.key)
        pulse.begin("copying", path.stat().st_size)
        staged = copy_in(
            feed, path, written, complete=delivery.complete, delivery=delivery.public_id, pulse=pulse
        )
        pulse.begin("comparing")
        if next(iter(feed.target.check(staged)), None) is not None:
            raise Outdated
        if print_of(feed.target.summarise(staged)) != delivery.fingerprint:
            raise Outdated
        pulse.begin("writing")
        feed.target.load(staged, by=actor, now=now)
        ours = _ours(delivery)
        ended(ours, Status.LOADED, now=timezone.now())
        ours.save()
        audit("delivery.loaded", ours, by=actor, now=now, **_counts(ours))
        tell_outcome(ours, now=now)


def _counts(delivery: Delivery) -> dict[str, int]:
    return {name: delivery.summary.get(name, 0) for name in ("added", "changed", "removed")}


def _alone(feed: Feed) -> bool:
    """Whether no other load of this feed is under way; then none begins until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('feeds'), hashtext(%s))", [feed.key])
        return bool(cursor.fetchone()[0])


def _renew(delivery: Delivery, feed: Feed, actor: Actor, pulse: Pulse) -> bool:
    """Compare anew; whoever confirms sees it again. False when nothing is different from before."""
    written = Written(delivery.rows, delivery.staged_rows, tuple(delivery.staged_columns))
    with FILES.filling() as errors:
        flaws = Flaws(errors.path)
        verdict = _judge(delivery, feed, FILES.path_of(delivery.staged), written, flaws, actor, pulse)
        flaws.close()
    summary = verdict.summary
    if summary is None:
        _found(
            delivery,
            Status.INVALID,
            error_count=flaws.count,
            errors=flaws.first,
            error_file=errors.stored.name,
        )
        return True
    if print_of(summary) == delivery.fingerprint:
        return False
    status = Status.READY if summary.total else Status.UNCHANGED
    _found(delivery, status, summary=as_json(summary), fingerprint=print_of(summary), renewed=True)
    return True


def _back(delivery: Delivery, *, problem: dict[str, str]) -> None:
    """To whoever may confirm it."""
    with tenancy.as_system():
        ours = _ours(delivery)
        ours.status, ours.version, ours.lease_until = Status.READY, ours.version + 1, None
        ours.problem = {"code": "privilege_missing", "words": problem}
        ours.save()
        audit("delivery.put_back", ours, by=Actor.system(), now=timezone.now())


# ------------------------------------------------------------------------------------------ pieces


def acting(user_id: int | None, key_id: int | None) -> Actor | None:
    """Who a delivery is worked on for, with what they may do by now: a person, or the portal itself."""
    return Actor.system() if user_id is None else actor_for(user_id, None, key_id)


def _bounds() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT}'; SET LOCAL lock_timeout = '{LOCK}'")


def _ours(delivery: Delivery) -> Delivery:
    """The row, locked. Raises LeaseLost when it is no longer this worker's."""
    found = Delivery.objects.select_for_update().get(id=delivery.id)
    if found.status not in AT_WORK or found.attempts != delivery.attempts:
        raise LeaseLost
    return found


def _end(
    delivery: Delivery, status: Status, why: str | Promise, code: str, *, by: Actor, now: datetime
) -> None:
    found = Delivery.objects.select_for_update().get(id=delivery.id)
    if found.status not in AT_WORK:
        return
    ended(found, status, now=now, problem=kept(why), code=code)
    found.save()
    audit(f"delivery.{status}", found, by=by, now=now)
    tell_outcome(found, now=now)
