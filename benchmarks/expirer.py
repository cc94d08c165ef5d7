"""`python -m benchmarks.expirer SECONDS`: lets expire what is due as the job does, then expands for so long what is to
be told of it; tells as JSON how long it took and how much it was.

A process of its own, with the run-time role, as a worker is.
"""

from __future__ import annotations

import json
import os
import sys
import time

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks import cpu  # noqa: E402
from deals.tasks import expire_due  # noqa: E402
from notifications.expansion import expand_due  # noqa: E402


def expire() -> dict[str, float]:
    connection.ensure_connection()
    processes = [os.getpid(), connection.connection.info.backend_pid]
    worked, began = cpu.seconds(processes), time.monotonic()
    expired = expire_due(now=timezone.now())
    return {
        "expired": expired,
        "seconds": time.monotonic() - began,
        "processor": cpu.seconds(processes) - worked,
    }


def tell(seconds: float) -> dict[str, float]:
    expand_due()  # the first ones read the portal's addresses and words
    began, told = time.monotonic(), 0
    while (passed := time.monotonic() - began) < seconds:
        told += expand_due()
    return {"told_a_second": told / passed if told else 0}


print(json.dumps(expire() | tell(float(sys.argv[1]))))
