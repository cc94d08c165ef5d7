"""Workers killed with -9 in the midst of a file, and two clocks at once: one file, one mail, never half of either."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.utils import timezone

from identity import tenancy
from notifications.models import Notice
from reports.exports import FILES
from reports.models import Every, Export, Schedule
from reports.schedules import Plan, make_schedule
from tests.cast import Cast, actor, make_cast
from tests.deals.factories import make_deal
from tests.processes import Processes, answers, wait_for
from tests.reports.test_exports import DEALS, begin


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def processes(tmp_path: Path, transactional_db: None) -> Iterator[Processes]:
    """A broker and a mail server of their own, and a worker and two clocks to be started."""
    running = Processes(tmp_path, "tests.notifications.sink")
    running.environment |= {"EXPORT_LEASE_SECONDS": "3", "EXPORTS_AT_ONCE": "2"}
    celery = [sys.executable, "-m", "celery", "-A", "tests.reports.ticking"]
    for beat in ("beat", "other beat"):
        running.commands[beat] = [*celery, "beat", "--loglevel", "info"]
    running.commands["worker"] = [*celery, "worker", "--concurrency", "2", "--loglevel", "info"]
    running.start("valkey", "mail")
    wait_for(lambda: answers(running.valkey_port), running)
    try:
        yield running
    finally:
        running.kill(*list(running.running))


@contextmanager
def halted_at(lock: str) -> Iterator[Any]:
    """The jobs come to a halt where they need the table."""
    with closing(psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"])) as admin, admin.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {lock}")
        yield admin


def held_up(table: str) -> int:
    with closing(psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"])) as admin, admin.cursor() as cursor:
        query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
        cursor.execute(query, [table])
        return int(cursor.fetchone()[0])


def now_of(export: Export) -> Export:
    with tenancy.as_system():
        return Export.objects.get(id=export.id)


def files() -> set[str]:
    return {path.name for path in FILES._folder().glob("*/*")}


@pytest.mark.parametrize(
    ("table", "mode"),
    [
        ("deals_deal", "ACCESS EXCLUSIVE"),  # nothing is written yet
        ("identity_auditevent", "SHARE"),  # the file is there, and what became of it is being noted
    ],
)
def test_a_killed_workers_file_is_made_once(processes: Processes, cast: Cast, table: str, mode: str) -> None:
    make_deal(cast, name="Ours")
    before = files()
    export = begin(cast.sales)
    with halted_at(f"{table} IN {mode} MODE") as lock:
        processes.start("worker", "beat")
        wait_for(lambda: held_up(table) == 1, processes)
        processes.kill("worker")
        assert now_of(export).status == "running"
        lock.rollback()
    wait_for(lambda: held_up(table) == 0, processes)
    assert now_of(export).status == "running", "what was begun is undone"

    processes.start("worker")
    wait_for(lambda: now_of(export).status == "ready", processes)

    export = now_of(export)
    assert export.attempts == 2
    content = FILES.path_of(export.stored).read_bytes()
    assert len(content) == export.size
    assert b"Ours" in content
    assert len(files() - before) <= 2, "the first one's, which is swept up, and its own"
    with tenancy.as_system():
        assert Notice.objects.filter(kind="export.ready").count() == 1
    wait_for(lambda: processes.arrived()[cast.sales.user.email] == 1, processes)


def test_two_clocks_and_a_killed_worker_send_a_report_once(processes: Processes, cast: Cast) -> None:
    make_deal(cast, name="Ours")
    by, now = actor(cast.sales), timezone.now()
    with tenancy.scope(by):
        plan = Plan("Our deals", Every.DAY, 8, attached=True, colleagues=(cast.primary.id,))
        make_schedule(DEALS, plan, by=by, now=now)
    with tenancy.as_system():
        Schedule.objects.update(next_due_at=now - timedelta(minutes=5))
    with halted_at("identity_auditevent IN SHARE MODE") as lock:
        processes.start("worker", "beat", "other beat")
        wait_for(lambda: held_up("identity_auditevent") >= 1, processes)
        processes.kill("worker")
        lock.rollback()

    processes.start("worker")
    readers = (cast.sales.user.email, cast.primary.user.email)
    wait_for(lambda: all(processes.arrived()[reader] for reader in readers), processes)
    processes.kill("beat")

    with tenancy.as_system():
        assert sorted(Export.objects.values_list("status", flat=True)) == ["ready", "ready"]
        assert Notice.objects.filter(kind="report.sent").count() == 2
    assert {reader: processes.arrived()[reader] for reader in readers} == dict.fromkeys(readers, 1)
    assert sum(b"Our deals" in mail.read_bytes() for mail in processes.mail_directory.glob("*.eml")) == 2
