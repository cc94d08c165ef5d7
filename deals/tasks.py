"""What happens to deals by itself. Each job may run twice, or twice at once: a deal is moved once."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from identity import tenancy
from identity.actors import Actor

from . import filestore
from .actions import DealNotOpen, expire_deal
from .models import Deal, DealAttachment
from .states import Status

BATCH = 200


@shared_task(name="deals.expire", ignore_result=True)
def expire() -> None:
    """Let approvals run out whose time has come."""
    expire_due(now=timezone.now())


def expire_due(*, now: datetime) -> int:
    """Expire what is due, a batch at a time; returns how many. Deals that somebody holds are left for the next run."""
    expired = 0
    while True:
        with tenancy.as_system():
            due = Deal.objects.filter(status=Status.APPROVED, expires_at__lte=now)
            batch = list(due.order_by("expires_at").select_for_update(skip_locked=True)[:BATCH])
            for deal in batch:
                try:
                    expire_deal(deal, by=Actor.system(), now=now)
                    expired += 1
                except DealNotOpen:
                    continue
        if len(batch) < BATCH:
            return expired


@shared_task(name="deals.sweep_files", ignore_result=True)
def forget_files() -> None:
    """Forget the files that no attachment names: of drafts thrown away, and of transactions that failed."""
    sweep_files()


def sweep_files() -> int:
    """Returns how many were forgotten."""
    there = list(filestore.older_than_a_day())
    with tenancy.as_system():
        named = set(DealAttachment.objects.filter(stored__in=there).values_list("stored", flat=True))
    orphans = [stored for stored in there if stored not in named]
    for stored in orphans:
        filestore.forget(stored)
    return len(orphans)
