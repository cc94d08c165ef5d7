"""Jobs: build the price files that are missing, and forget those that are no longer needed. Each is safe to run
twice.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from identity import tenancy
from notifications.clock import once_per_slot

from .files import building
from .files.planning import retire_replaced
from .models import PriceBook

log = logging.getLogger(__name__)
BUDGET = 300  # seconds that one run takes at most


@shared_task(name="pricing.build_set")
def build_set(file_set_id: int) -> None:
    build(file_set_id)


@shared_task(name="pricing.build_missing")
def build_missing(every: int = 60) -> None:
    """Build what a crash left, what somebody became entitled to since, and what failed a while ago."""
    now = timezone.now()
    if not once_per_slot("pricing.build_missing", timedelta(seconds=every), now):
        return
    with tenancy.as_system():
        for book in PriceBook.objects.select_for_update(no_key=True, skip_locked=True):
            retire_replaced(book, now=now)  # a day has come
        due = building.sets_to_build(now)
    stop = time.monotonic() + BUDGET
    for file_set_id in due:
        if time.monotonic() < stop:
            build(file_set_id)


@shared_task(name="pricing.sweep_files")
def sweep_files() -> None:
    """Forget the files of sets long retired, and of builders that died."""
    building.sweep(timezone.now())


def build(file_set_id: int) -> bool:
    """Build a set; what keeps it from being built is remembered, told, and stops no other."""
    try:
        return building.build_set(file_set_id, now=timezone.now())
    except Exception as error:  # a full disk, a damaged row: whatever it is, the vendor's people are told
        log.exception("The price files of set %s could not be built", file_set_id)
        building.note_failure(file_set_id, str(error) or type(error).__name__, now=timezone.now())
        return False


def wake_building(file_set_id: int) -> None:
    """Have a set built once the transaction is through. A courtesy: the job finds it anyway."""

    def wake() -> None:
        try:
            build_set.apply_async((file_set_id,), retry=False)
        except OperationalError as error:
            log.warning("Nobody could be woken for price files %s: %s", file_set_id, error)

    transaction.on_commit(wake, robust=True)
