"""Jobs: work on deliveries, look into watched folders, forget files. When they run is in portal/celery.py."""

from __future__ import annotations

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from identity import tenancy

from .actions import FILES
from .folders import look_into_places
from .models import TERMINAL, Delivery
from .work import work_on_all


@shared_task(name="feeds.work", ignore_result=True)
def work() -> None:
    """Check and load what waits. Safe to run by several at once, and to be killed at any moment."""
    work_on_all()


@shared_task(name="feeds.look", ignore_result=True)
def look() -> None:
    """Take what lies in watched folders, and put away what was seen to. Safe to run by several at once."""
    look_into_places(now=timezone.now())


@shared_task(name="feeds.sweep_files", ignore_result=True)
def forget_files() -> None:
    """Forget files that no delivery names, and the staged rows of those that are over."""
    sweep_files()


def sweep_files() -> int:
    """Returns how many were forgotten."""
    there = list(FILES.older_than_a_day())
    with tenancy.as_system():
        kept = set(Delivery.objects.filter(stored__in=there).values_list("stored", flat=True))
        kept |= set(Delivery.objects.filter(error_file__in=there).values_list("error_file", flat=True))
        open_ = Delivery.objects.filter(~Q(status__in=TERMINAL), staged__in=there)
        kept |= set(open_.values_list("staged", flat=True))
    orphans = [name for name in there if name not in kept]
    for name in orphans:
        FILES.forget(name)
    return len(orphans)
