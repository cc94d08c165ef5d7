"""Jobs: deliver what the outbox holds."""

from __future__ import annotations

from celery import shared_task


def wake() -> None:
    """Have the outbox looked at now. A courtesy: the sweep finds what nobody was woken for."""


@shared_task
def deliver() -> None:
    """Deliver what is due."""
