"""The base of every job: it opens its scope itself, and carries ids only."""

from __future__ import annotations

from typing import Any

from celery import Task

from . import tenancy


class SystemTask(Task):
    """A job that crosses tenants. Its body runs in one transaction as `portal_system`."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with tenancy.as_system():
            return super().__call__(*args, **kwargs)
