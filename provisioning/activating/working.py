"""What a worker does with an activation: ask the backend, or ask how far it is, and write what it heard.

The row says what is next. Whoever takes it on holds a lease, and speaks to the backend outside of any transaction. A
worker that was killed is not heard of; when its lease has run out, another takes the row up and says the same with the
same key. `version` is the number of the lease: what is heard by a worker whose lease was given to another is dropped.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from identity import tenancy

from ..backends import Answer, Forgotten, Refused, Trouble, Wanted, backend
from ..models import Activation, ActivationState, LineStatus, SetupLine
from ..turns import is_ones_turn
from . import hearing
from .wanted import wanted_of

log = logging.getLogger(__name__)

S = ActivationState
UNDER_WAY = (S.PROVISIONING, S.REVIEW)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a worker has to do, read before it speaks to anybody."""

    id: int
    line_id: int
    version: int
    key: str
    location: str
    wanted: Wanted


def work_on_due(*, budget: float) -> bool:
    """Take on what is due, one after the other; whether there may be more when `budget` seconds are over."""
    until = time.monotonic() + budget
    while (taken := take_next(now=timezone.now())) is not None:
        work_on(taken)
        if time.monotonic() > until:
            return True
    return False


def take_next(*, now: datetime) -> Taken | None:
    """What has been due longest, with a lease; None when there is none, or enough are worked on already."""
    with tenancy.as_system():
        if not is_ones_turn(now):
            return None
        activation = _due(now).select_for_update(of=("self",), skip_locked=True).first()
        if activation is None:
            return None
        line = SetupLine.objects.select_for_update(of=("self",)).get(id=activation.line_id)
        if line.status == LineStatus.CANCELLED:
            return None  # in the meantime; the next time it is not looked at
        activation.leased_until = now + timedelta(seconds=settings.PROVISIONING_LEASE_SECONDS)
        activation.attempts += 1
        activation.version += 1
        if activation.state == S.QUEUED:
            activation.state = S.PROVISIONING
        if activation.request is None:
            activation.request = asdict(wanted_of(activation, line))
        activation.save(update_fields=["leased_until", "attempts", "version", "state", "request"])
        if line.status == LineStatus.FAILED:  # somebody tries again
            line.status, line.status_note, line.version = LineStatus.PROVISIONING, "", line.version + 1
            line.save(update_fields=["status", "status_note", "version"])
        return Taken(
            activation.id, line.id, activation.version, activation.request_key, activation.location,
            Wanted.of(activation.request),
        )  # fmt: skip


def _due(now: datetime) -> QuerySet[Activation]:
    """Of an organisation that no backend knows yet, one line goes first: else it would be made twice."""
    making = Activation.objects.filter(
        line__organisation=OuterRef("line__organisation"),
        line__organisation__external_id="",
        state__in=UNDER_WAY,
    ).exclude(id=OuterRef("id"))
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    due = Activation.objects.filter(free, finished_at=None, due_at__lte=now).exclude(Exists(making))
    return due.exclude(line__status=LineStatus.CANCELLED).order_by("due_at", "id")


def work_on(taken: Taken) -> None:
    """Ask the backend, and write what it says. Safe to be killed at any moment."""
    try:
        _hear(taken)
    except hearing.LeaseLost:
        log.info("Activation %s was taken from this worker.", taken.key)
    except (OperationalError, InterfaceError) as error:
        log.warning("What was heard of activation %s could not be kept: %s", taken.key, error)
    except Exception:
        log.exception("Activation %s could not be worked on.", taken.key)
        with suppress(hearing.LeaseLost, OperationalError, InterfaceError):
            _written(taken, Trouble("error"))


def _hear(taken: Taken) -> None:
    heard: Answer | Trouble | Refused | Forgotten
    try:
        heard = (
            backend().look(taken.location) if taken.location else backend().create(taken.wanted, taken.key)
        )
    except (Trouble, Refused, Forgotten) as error:
        heard = error
    _written(taken, heard)


def _written(taken: Taken, heard: Answer | Trouble | Refused | Forgotten) -> None:
    now = timezone.now()
    with tenancy.as_system():
        held = hearing.held(taken.id, taken.version)
        if isinstance(heard, Answer):
            hearing.answered(held, heard, now=now)
        elif isinstance(heard, Refused):
            hearing.refused(held, heard, now=now)
        elif isinstance(heard, Trouble):
            hearing.troubled(held, heard, now=now)
        else:
            hearing.forgotten(held, now=now)
