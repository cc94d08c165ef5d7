"""The jobs of leads. When they run is in portal/celery.py; each is safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from .telling import tell_due


@shared_task(name="cosell.tell_new_leads")
def tell_new() -> None:
    """Tell of leads that came, and of customers who wait still. Woken by each lead, and run by the clock."""
    tell_due(now=timezone.now())
