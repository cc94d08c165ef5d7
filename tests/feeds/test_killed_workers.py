"""Workers killed with kill -9 in the midst of checking and loading: another takes the delivery up, and once is once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest

from feeds.models import Status
from identity import tenancy
from identity.models import AuditEvent
from pricing.models import Part

from .sending import PARTS, SOME_PARTS, again, checked, confirm, make_lines, make_pricing, send

PATIENCE = 90  # seconds
LEASE = "3"


class Worker:
    """One that really runs, and really dies."""

    def __init__(self, **environment: str) -> None:
        urls = {"DATABASE_URL": os.environ["TEST_DATABASE_URL"], "PORTAL_MODE": "test"}
        settings = {"DJANGO_SETTINGS_MODULE": "portal.settings", "FEEDS_LEASE_SECONDS": LEASE}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.feeds.working"], env=os.environ | urls | settings | environment
        )

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def workers() -> Iterator[Callable[..., Worker]]:
    running: list[Worker] = []

    def start(**environment: str) -> Worker:
        running.append(Worker(**environment))
        return running[-1]

    yield start
    for worker in running:
        worker.kill()


@contextmanager
def locked(table: str, mode: str) -> Iterator[None]:
    """Whoever needs the table waits, in the midst of what they do."""
    with closing(psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"])) as admin, admin.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN {mode} MODE")
        yield
        admin.rollback()


def waiting_for(table: str) -> bool:
    with closing(psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"])) as admin, admin.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table])
        return bool(cursor.fetchone()[0])


def wait_for(so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.1)


def parts() -> list[str]:
    with tenancy.as_system():
        return list(Part.objects.values_list("number", flat=True))


@pytest.mark.django_db(transaction=True)
class TestAWorkerThatIsKilled:
    def test_while_it_checks_is_replaced(self, workers: Callable[..., Worker]) -> None:
        make_lines("FLOW")
        delivery = send("parts", SOME_PARTS, by=make_pricing())
        with locked("pricing_part", "ACCESS EXCLUSIVE"):
            first = workers()
            wait_for(lambda: waiting_for("pricing_part"))
            first.kill()
        assert again(delivery).status == Status.CHECKING

        workers()

        wait_for(lambda: again(delivery).status == Status.READY)
        assert again(delivery).summary["added"] == 2

    def test_while_it_loads_is_replaced_and_each_row_is_there_once(
        self, workers: Callable[..., Worker]
    ) -> None:
        make_lines("FLOW")
        pia = make_pricing()
        rows = "\r\n".join(f"D{place:05d}L,Part {place},FLOW,licence,yes" for place in range(2000))
        delivery = checked("parts", PARTS + rows + "\r\n", by=pia)
        confirm(delivery, by=pia)
        with locked("identity_auditevent", "SHARE"):
            first = workers()
            wait_for(lambda: waiting_for("identity_auditevent"))
            first.kill()
        assert again(delivery).status == Status.LOADING
        assert parts() == []

        workers()

        wait_for(lambda: again(delivery).status == Status.LOADED)
        assert len(parts()) == len(set(parts())) == 2000
        with tenancy.as_system():
            assert AuditEvent.objects.filter(event="part.added").count() == 2000
            assert AuditEvent.objects.filter(event="delivery.loaded").count() == 1
        assert again(delivery).attempts == 2

    def test_two_of_them_take_each_file_of_a_folder_once(
        self, workers: Callable[..., Worker], tmp_path: Path
    ) -> None:
        make_lines("FLOW")
        incoming = tmp_path / "incoming"
        incoming.mkdir()
        for number in range(12):
            content = f"{PARTS}D{number:05d}L,Part {number},FLOW,licence,yes\r\n"
            (incoming / f"parts-{number}.csv").write_text(content)
        watch = {"FEEDS_FOLDER": str(tmp_path), "FEEDS_STILL_SECONDS": "0", "FEEDS_UNATTENDED": "parts"}
        first = workers(**watch)
        workers(**watch)
        wait_for(lambda: len(parts()) >= 3)
        first.kill()

        wait_for(lambda: len(list((tmp_path / "done").iterdir())) == 12)

        assert len(parts()) == 12
        assert list(incoming.iterdir()) == []
        with tenancy.as_system():
            assert AuditEvent.objects.filter(event="delivery.received").count() == 12
            assert AuditEvent.objects.filter(event="part.added").count() == 12
