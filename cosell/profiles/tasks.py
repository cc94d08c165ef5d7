"""What happens to profiles by itself."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from identity import tenancy

from .actions import go_live_due
from .logos import LOGOS, unnamed


@shared_task(name="cosell.publish_profiles", ignore_result=True)
def publish_profiles() -> None:
    """Make live what has waited long enough."""
    with tenancy.as_system():
        go_live_due(now=timezone.now())


@shared_task(name="cosell.sweep_profile_logos", ignore_result=True)
def sweep_profile_logos() -> None:
    """Forget the files of logos that no profile bears any more, and of transactions that failed."""
    sweep_logos()


def sweep_logos() -> int:
    """Returns how many were forgotten."""
    there = list(LOGOS.older_than_a_day())
    with tenancy.as_system():
        orphans = unnamed(there)
    for name in orphans:
        LOGOS.forget(name)
    return len(orphans)
