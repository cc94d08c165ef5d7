"""Jobs: files of deals are worked on, and forgotten. When they run is in portal/celery.py."""

from __future__ import annotations

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from notifications.tasks import rouse


@shared_task(name="cosell.uploads", ignore_result=True)
def work() -> None:
    """Do what the rows of waiting files ask for. Safe to run by several at once, and to be killed at any moment."""
    from .working import work_on_all

    if work_on_all():
        wake()  # there may be more; others get their turn first


@shared_task(name="cosell.forget_uploads", ignore_result=True)
def forget() -> None:
    """Let files expire, and forget those that belong to nothing."""
    from .working import expire_due, forget_strays

    expire_due(now=timezone.now())
    forget_strays()


def wake() -> None:
    rouse(work)


def wake_on_commit() -> None:
    """Have a worker look at it as soon as the transaction is through."""
    if not any(function is wake for _sids, function, _robust in connection.run_on_commit):
        transaction.on_commit(wake, robust=True)
