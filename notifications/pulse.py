"""Signs of life of the processes outside the request: a file each, touched whenever one did its real work.

Worker: did a job it took from the queue (the canary, if there was nothing else). Clock: had a job accepted by
the broker. Health checks look at the files' age.
"""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

from celery.signals import after_task_publish, beat_init, task_postrun
from django.conf import settings

WORKER, CLOCK = "worker", "clock"
STALE = 90  # seconds; the canary comes every 15


def _file(who: str) -> Path:
    return Path(settings.VAR_DIR) / "pulse" / f"{who}-{socket.gethostname()}"


def mark(who: str) -> None:
    file = _file(who)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()


def age(who: str) -> float | None:
    """Seconds since the last sign of life on this machine; None when there never was one."""
    try:
        return max(0.0, time.time() - _file(who).stat().st_mtime)
    except FileNotFoundError:
        return None


@task_postrun.connect
def _worked(**kwargs: Any) -> None:
    mark(WORKER)


@beat_init.connect
def _watch_the_clock(**kwargs: Any) -> None:
    after_task_publish.connect(_published, weak=False)


def _published(**kwargs: Any) -> None:
    mark(CLOCK)
