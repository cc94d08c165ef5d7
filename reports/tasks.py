"""Jobs: files made in the background, reports sent by themselves, what is over. When: see portal/celery.py."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from notifications.clock import once_per_slot
from notifications.tasks import rouse


@shared_task(name="reports.export")
def export() -> None:
    """Make the files that wait. Safe to run by several at once, and to be killed at any moment."""
    from .exporting import make_due

    if make_due():
        wake()  # there may be more; others get their turn first


@shared_task(name="reports.sweep")
def sweep(every: int = 15) -> None:
    """Find what nobody was woken for, and schedules whose time has come."""
    from .scheduling import send_due

    now = timezone.now()
    if once_per_slot("reports.sweep", timedelta(seconds=every), now):
        send_due(now=now)
        export()


@shared_task(name="reports.expire")
def expire() -> None:
    """Let files expire, and forget those that belong to nothing."""
    from .exporting import expire_due, forget_strays

    expire_due(now=timezone.now())
    forget_strays()


def wake() -> None:
    """Have files made now."""
    rouse(export)


def wake_on_commit() -> None:
    """The same as soon as the transaction is through."""
    if not any(function is wake for _sids, function, _robust in connection.run_on_commit):
        transaction.on_commit(wake, robust=True)
