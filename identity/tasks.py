"""The base of every job (it opens its scope itself, and carries ids only), and this app's own."""

from __future__ import annotations

from typing import Any

from celery import Task, shared_task
from django.utils import timezone

from . import once, tenancy


class SystemTask(Task):
    """A job that crosses tenants. Its body runs in one transaction as `portal_system`."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with tenancy.as_system():
            return super().__call__(*args, **kwargs)


@shared_task(name="identity.forget_submissions", base=SystemTask)
def forget_submissions() -> None:
    """Forget the answers of forms and calls that nobody will send again."""
    once.sweep(now=timezone.now())
