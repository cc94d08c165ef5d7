"""Two clocks at once, and workers killed in the midst of a batch, with kill -9: each thing happens once."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.utils import timezone

from deals.models import Deal, DealEvent
from deals.states import Status
from identity import tenancy
from identity.models import AuditEvent
from notifications.models import JobRun, Notice
from tests.cast import Cast
from tests.deals.factories import make_deal
from tests.processes import Processes, answers, wait_for

EACH = 6  # deals of each sort


@pytest.fixture
def processes(tmp_path: Path, transactional_db: None) -> Iterator[Processes]:
    """A broker of their own, and worker and clocks to be started; nobody is mailed."""
    running = Processes(tmp_path, "tests.notifications.sink")
    celery = [sys.executable, "-m", "celery", "-A", "tests.deals.ticking"]
    for beat in ("beat", "other beat"):
        running.commands[beat] = [*celery, "beat", "--loglevel", "info"]
    running.commands["worker"] = [*celery, "worker", "--concurrency", "3", "--loglevel", "info"]
    running.start("valkey")
    wait_for(lambda: answers(running.valkey_port), running)
    try:
        yield running
    finally:
        running.kill(*list(running.running))


def test_each_thing_happens_once(processes: Processes, cast: Cast) -> None:
    over, soon, late = due_deals(cast)
    with nobody_may_tell() as telling:
        processes.start("worker", "beat", "other beat")
        wait_for(lambda: waiting_to_tell() == 3, processes)  # each job has done the first half of its batch
        processes.kill("worker")
        telling.rollback()
    wait_for(lambda: waiting_to_tell() == 0, processes)
    assert happened() == {}, "what was begun is undone"

    processes.start("worker")
    wait_for(lambda: happened().total() >= 3 * EACH, processes)
    processes.kill("beat")
    ticks = slots()
    wait_for(
        lambda: slots() >= ticks + 3, processes
    )  # the other clock goes on, and the jobs find nothing more

    assert happened() == {"expired": EACH, "reminded": EACH, "escalated": EACH}
    assert told() == {
        "deal.expired": EACH,
        "deal.moved": EACH,
        "deal.expiring": EACH,
        "deal.decision_late": EACH,
    }
    with tenancy.as_system():
        assert AuditEvent.objects.filter(event="deal.expired").count() == EACH
        assert {deal.status for deal in Deal.objects.filter(id__in=over)} == {Status.EXPIRED}
        assert {deal.status for deal in Deal.objects.filter(id__in=soon)} == {Status.APPROVED}
        assert all(deal.escalated_at for deal in Deal.objects.filter(id__in=late))


def due_deals(cast: Cast) -> tuple[list[int], list[int], list[int]]:
    """Deals that are over, that expire soon, and whose decision is late."""
    now = timezone.now()
    over, soon, late = (
        [make_deal(cast, status).id for _ in range(EACH)]
        for status in (Status.APPROVED, Status.APPROVED, Status.SUBMITTED)
    )
    with tenancy.as_system():
        Deal.objects.filter(id__in=over).update(expires_at=now - timedelta(hours=1))
        Deal.objects.filter(id__in=soon).update(remind_at=now - timedelta(hours=1))
        Deal.objects.filter(id__in=late).update(decision_due_at=now - timedelta(hours=1))
        Notice.objects.all().delete()
    return over, soon, late


@contextmanager
def nobody_may_tell() -> Iterator[Any]:
    """The jobs come to a halt where they tell people, halfway through their batch."""
    with closing(psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"])) as admin, admin.cursor() as cursor:
        cursor.execute("LOCK TABLE notifications_notice IN SHARE MODE")
        yield admin


def waiting_to_tell() -> int:
    """How many of the database's processes are held up."""
    with closing(psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"])) as admin, admin.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'notifications_notice'::regclass"
        )
        (number,) = cursor.fetchone()
        return int(number)


def happened() -> Counter[str]:
    """How often each thing did, by the timelines."""
    with tenancy.as_system():
        kinds = DealEvent.objects.filter(actor_kind="system").values_list("kind", flat=True)
        return Counter(kinds)


def told() -> Counter[str]:
    with tenancy.as_system():
        return Counter(Notice.objects.values_list("kind", flat=True))


def slots() -> int:
    """Seconds in which a job was taken on."""
    with tenancy.as_system():
        return JobRun.objects.filter(job="deals.expire").count()
