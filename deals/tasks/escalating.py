"""A promised decision that is late is told to those who can do something about it, once. It is never made by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from celery import shared_task
from django.db.models import F, Q
from django.utils import timezone

from identity.actors import Actor
from notifications.clock import once_per_slot

from ..actions import escalate_deal
from ..models import Deal
from ..states import WAITING
from .due import each_due


@shared_task(name="deals.escalate")
def escalate(every: int = 60) -> None:
    """Escalate what was promised and is late."""
    now = timezone.now()
    if once_per_slot("deals.escalate", timedelta(seconds=every), now):
        escalate_due(now=now)


def escalate_due(*, now: datetime) -> int:
    """Escalate every broken promise that nobody was told of yet; returns how many."""
    decisions = Deal.objects.filter(status__in=WAITING, decision_due_at__lt=now, escalated_at=None)
    extensions = Deal.objects.filter(
        Q(escalated_at=None) | Q(escalated_at__lt=F("extension_asked_at")),
        extension_asked_at__isnull=False,
        extension_due_at__lt=now,
    )
    return sum(
        each_due(late, lambda deal: escalate_deal(deal, by=Actor.system(), now=now))
        for late in (
            decisions.order_by("decision_due_at", "id"),
            extensions.order_by("extension_due_at", "id"),
        )
    )
