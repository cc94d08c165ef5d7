"""Doing something with every row whose time has come."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import QuerySet

from identity import tenancy

log = logging.getLogger(__name__)

BATCH = 200
BUDGET = 50  # seconds; the next minute's run goes on, so that no job takes all of a worker's time
M = TypeVar("M", bound=models.Model)


def each_due(
    due: QuerySet[M, Any], do: Callable[[M], object], *, batch: int = BATCH, budget: float = BUDGET
) -> int:
    """Call `do` with every row of `due`, locked, in the order of `due`; returns with how many.

    `do` changes the row so that it is not due any more. Rows that somebody holds are left for the next run, and so is
    one with which `do` fails: that is logged and undone, and holds up no other. A batch is one transaction, so what is
    killed in the midst is begun anew. After `budget` seconds no other batch is begun.
    """
    until = time.monotonic() + budget
    done = 0
    failed: list[Any] = []
    while True:
        with tenancy.as_system():
            # Not FOR UPDATE: whoever only adds something to a deal, as a comment, is not made to wait.
            rows = due.exclude(pk__in=failed).select_for_update(skip_locked=True, of=("self",), no_key=True)
            found = list(rows[:batch])
            for row in found:
                try:
                    with transaction.atomic():
                        do(row)
                    done += 1
                except Exception:
                    log.exception("What was due for %s %s could not be done.", row._meta.label, row.pk)
                    failed.append(row.pk)
        if len(found) < batch or time.monotonic() > until:
            return done
