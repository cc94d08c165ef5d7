"""Files that belong to nothing."""

from __future__ import annotations

from celery import shared_task

from identity import tenancy

from ..attachments import FILES
from ..models import DealAttachment


@shared_task(name="deals.sweep_files", ignore_result=True)
def forget_files() -> None:
    """Forget the files that no attachment names: of drafts thrown away, and of transactions that failed."""
    sweep_files()


def sweep_files() -> int:
    """Returns how many were forgotten."""
    there = list(FILES.older_than_a_day())
    with tenancy.as_system():
        named = set(DealAttachment.objects.filter(stored__in=there).values_list("stored", flat=True))
    orphans = [stored for stored in there if stored not in named]
    for stored in orphans:
        FILES.forget(stored)
    return len(orphans)
