"""Logos that no letterhead bears any more."""

from __future__ import annotations

from celery import shared_task

from identity import tenancy

from ..models import Letterhead
from .logos import LOGOS


@shared_task(name="orders.sweep_logos", ignore_result=True)
def forget_logos() -> None:
    """Forget the files of logos that were taken off or replaced, and of transactions that failed."""
    sweep_logos()


def sweep_logos() -> int:
    """Returns how many were forgotten."""
    there = list(LOGOS.older_than_a_day())
    with tenancy.as_system():
        named = set(Letterhead.objects.filter(logo__in=there).values_list("logo", flat=True))
    orphans = [name for name in there if name not in named]
    for name in orphans:
        LOGOS.forget(name)
    return len(orphans)
