"""The job of matching. When it runs is in portal/celery.py; it is safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from .figuring import reckon


@shared_task(name="cosell.reckon_match_figures")
def reckon_figures() -> None:
    """Bring every profile's figures in line with what happened over the last year."""
    reckon(now=timezone.now())
