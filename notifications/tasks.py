"""Jobs: deliver what the outbox holds. When they run is in portal/celery.py."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from functools import cache
from typing import Any

from celery import current_app, shared_task
from django.utils import timezone
from kombu.pools import producers

from . import pulse as pulse  # connects its signals in every process that knows these jobs
from .clock import once_per_slot
from .expansion import expand_due
from .post import reconcile, send_due
from .retention import forget_old
from .smtp import Line, Unreachable

log = logging.getLogger(__name__)

BATCH = 20  # mails between two looks at the outbox
BUDGET = 5  # seconds; then others get their turn, and a worker told to stop has stopped before it is killed


@shared_task(name="notifications.deliver")
def deliver() -> None:
    """Deliver what is due. Safe to run by several at once, and to be killed at any moment."""
    until = time.monotonic() + BUDGET
    line, reachable = Line(), True
    try:
        while True:
            done = expand_due()
            if reachable:
                try:
                    done += _post(line)
                except Unreachable as error:
                    log.warning("The mail server cannot be reached; the sweep will try again: %s", error)
                    reachable = False
            if not done:
                return
            if time.monotonic() > until:
                return wake()
    finally:
        line.close()


def _post(line: Line) -> int:
    try:
        return send_due(line, BATCH)
    except Unreachable:
        if not line.used:
            raise
        line.cut()  # servers close a connection after a while, or after so many mails
        return send_due(line, BATCH)


@shared_task(name="notifications.sweep")
def sweep(every: int = 15) -> None:
    """Find what nobody was woken for: PostgreSQL is the truth, a lost wake-up costs `every` seconds."""
    if once_per_slot("notifications.sweep", timedelta(seconds=every), timezone.now()):
        reconcile()
        deliver()


@shared_task(name="notifications.forget")
def forget() -> None:
    """Once a day, forget what is old enough (see retention.py)."""
    now = timezone.now()
    if once_per_slot("notifications.forget", timedelta(days=1), now):
        log.info("Forgotten: %s", forget_old(now))


@shared_task(name="notifications.canary")
def canary() -> None:
    """Nothing: a worker that takes this from the queue consumes, which is what alive means (see pulse.py)."""


# ------------------------------------------------------------------------------------------------ waking

PATIENCE = 1  # seconds a request may lose to a broker that does not answer
QUIET = 10  # seconds during which it is then not asked again
_ask_again_at = 0.0


def wake() -> None:
    """Have the outbox looked at now."""
    rouse(deliver)


def rouse(task: Any) -> None:
    """Have a job run now that would also run by itself. A courtesy, so it never fails, and hardly ever waits."""
    global _ask_again_at
    if time.monotonic() < _ask_again_at:
        return
    try:
        with producers[_broker()].acquire(block=True, timeout=PATIENCE) as producer:
            task.apply_async(producer=producer, retry=False, expires=60)
    except Exception as error:
        _ask_again_at = time.monotonic() + QUIET
        log.warning("The broker does not answer; the sweep will find what is due: %s", error)


@cache
def _broker() -> Any:
    """The broker's address, with less patience than a worker has."""
    impatient = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE, "max_retries": 0}
    return current_app.connection_for_write(connect_timeout=PATIENCE, transport_options=impatient)
