"""The jobs of deals. When they run is in portal/celery.py; each is safe to run twice, and by two workers at once."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from .awaited import expire_due, remind_due


@shared_task(name="cosell.answers")
def watch_answers() -> None:
    """Let deals expire that nobody answered in time, and remind of those whose time is nearly over."""
    now = timezone.now()
    expire_due(now=now)
    remind_due(now=now)
