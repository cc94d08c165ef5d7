"""`python -m benchmarks.asking ROUNDS SECONDS` asks for verdicts on the drafts of a database that `live.py` has filled,
and tells as JSON what they took.

A process of its own, so that whoever measures need not be a Django process.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks import cpu  # noqa: E402
from deals.models import Deal  # noqa: E402
from deals.rules import Rules  # noqa: E402
from deals.verdicts import Manner, verdict_on  # noqa: E402
from identity import tenancy  # noqa: E402
from identity.actors import Actor, Kind  # noqa: E402

ASKED_A_SECOND = 150  # so many of each side in a round, for each second that it may take
RULES = Rules()


def measure(rounds: int, seconds: float) -> dict[str, Any]:
    """Milliseconds of the processor, application and database, for a verdict and for a read of a deal by its primary
    key: each as the deal's partner, in a transaction of its own that is taken back.
    """
    with tenancy.as_system():
        live = Deal.objects.exclude(status="draft").count()
        drafts = list(Deal.objects.filter(status="draft").order_by("id"))
    rng = random.Random(7)
    times = min(max(5, round(seconds * ASKED_A_SECOND)), len(drafts))
    for work in (_verdict, _read):  # once with no account: plans, caches
        _all(rng.sample(drafts, min(times, 50)), work)
    found = [
        {work.__name__: _all(rng.sample(drafts, times), work) for work in (_verdict, _read)}
        for _ in range(rounds)
    ]
    return {"live": live, "rounds": [{"asked": each["_verdict"], "read": each["_read"]} for each in found]}


def _verdict(draft: Deal) -> str:
    answer = verdict_on(draft, Manner.ASK, rules=RULES, now=timezone.now())
    assert answer is not None
    return f"{answer.verdict}, customer {'chosen' if draft.customer_id else 'typed'}"


def _read(draft: Deal) -> str:
    return Deal.objects.get(id=draft.id).status


def _all(drafts: list[Deal], work: Callable[[Deal], str]) -> dict[str, Any]:
    connection.ensure_connection()
    processes = [os.getpid(), connection.connection.info.backend_pid]
    before, single = cpu.seconds(processes), [_timed(draft, work) for draft in drafts]
    spent = cpu.seconds(processes) - before
    return {"ms": 1000 * spent / len(drafts), "single": single}


def _timed(draft: Deal, work: Callable[[Deal], str]) -> tuple[str, float]:
    """What it was, and its milliseconds by the clock."""
    partner = Actor(kind=Kind.RESELLER, user_id=2 * draft.site_id, site_id=draft.site_id)
    began = time.perf_counter()
    with tenancy.scope(partner):
        result = work(draft)
        transaction.set_rollback(True)
    return result, 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    json.dump(measure(int(sys.argv[1]), float(sys.argv[2])), sys.stdout)
