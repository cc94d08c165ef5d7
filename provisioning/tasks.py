"""What happens to lines by themselves. When the jobs run is in portal/celery.py; each is safe to run twice."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from identity import tenancy
from notifications.clock import once_per_slot
from notifications.tasks import rouse

from .activating.working import work_on_due
from .elements.chasing import chase_due
from .elements.taking_up import take_up_elements
from .lines.due import run_due
from .lines.taking_up import take_up_due
from .subscriptions.ending import end_due
from .subscriptions.telling import tell_due
from .wizard.addresses import forget_tries

ACTIVATING = 5  # seconds; then others get their turn


@shared_task(name="provisioning.activate")
def activate() -> None:
    """Set up what is due. Safe to run by several at once, and to be killed at any moment."""
    if work_on_due(budget=ACTIVATING):
        rouse(activate)


@shared_task(name="provisioning.sweep_activations")
def sweep_activations(every: int = 15) -> None:
    """Find what nobody was woken for."""
    if once_per_slot("provisioning.sweep_activations", timedelta(seconds=every), timezone.now()):
        activate()


@shared_task(name="provisioning.take_up")
def take_up() -> None:
    """Take up what was ordered and becomes a service. Woken by each order, and run by the clock."""
    take_up_due(now=timezone.now())


@shared_task(name="provisioning.lines")
def lines(every: int = 60) -> None:
    """Take up, mail, call about and close lines whose time has come."""
    now = timezone.now()
    if once_per_slot("provisioning.lines", timedelta(seconds=every), now):
        take_up_due(now=now)
        run_due(now=now)
        with tenancy.as_system():
            forget_tries(now=now)


@shared_task(name="provisioning.lines_now")
def lines_now() -> None:
    """What somebody has just made due."""
    run_due(now=timezone.now())


@shared_task(name="provisioning.end_subscriptions")
def end_subscriptions(every: int = 60) -> None:
    """End trials, and delete what was cancelled and not restored in time; say soon before that it will be."""
    now = timezone.now()
    if once_per_slot("provisioning.end_subscriptions", timedelta(seconds=every), now):
        end_due(now=now)


@shared_task(name="provisioning.tell_backend")
def tell_backend() -> None:
    """Tell the backend what became of subscriptions. Safe to run by several at once, and to be killed at any moment."""
    if tell_due(budget=ACTIVATING):
        rouse(tell_backend)


@shared_task(name="provisioning.sweep_backend")
def sweep_backend(every: int = 15) -> None:
    """Tell of what nobody was woken for."""
    if once_per_slot("provisioning.sweep_backend", timedelta(seconds=every), timezone.now()):
        tell_backend()


@shared_task(name="provisioning.forms")
def forms(every: int = 60) -> None:
    """Bring provisioning forms in line with what is asked for, and ask again for what is missing."""
    now = timezone.now()
    if once_per_slot("provisioning.forms", timedelta(seconds=every), now):
        take_up_elements(now=now)
        chase_due(now=now)
