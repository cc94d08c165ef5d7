"""Workers killed with kill -9 while they speak to the backend and while they write: another goes on, once is once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Event

import psycopg2
import pytest

from identity import tenancy
from notifications.models import Notice
from provisioning.models import Activation, BillingStart, Subscription
from tests.cast import Cast
from tests.provisioning.backends.vendor import TOKEN, Asked, Handler, Vendor, vendor_running
from tests.provisioning.made import make_organisation

from .made import again, asked, make_ready

PATIENCE = 60  # seconds
LEASE = "3"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


class Worker:
    """One that really runs, and really dies."""

    def __init__(self, vendor: Vendor) -> None:
        environment = {
            "DATABASE_URL": os.environ["TEST_DATABASE_URL"], "PORTAL_MODE": "test",
            "DJANGO_SETTINGS_MODULE": "portal.settings", "PROVISIONING_LEASE_SECONDS": LEASE,
            "PROVISIONING_BACKEND": vendor.url, "PROVISIONING_TOKEN": TOKEN, "PROVISIONING_AT_ONCE": "2",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.provisioning.activating.working"], env=os.environ | environment
        )

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with vendor_running() as running:
        yield running


@pytest.fixture
def workers(vendor: Vendor) -> Iterator[Callable[[], Worker]]:
    running: list[Worker] = []

    def start() -> Worker:
        running.append(Worker(vendor))
        return running[-1]

    yield start
    for worker in running:
        worker.kill()


@contextmanager
def locked(table: str) -> Iterator[None]:
    """Whoever writes to the table waits, in the midst of what they do."""
    with closing(psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"])) as admin, admin.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
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


def count(model: type[BillingStart] | type[Subscription]) -> int:
    with tenancy.as_system():
        return model.objects.count()


def is_done(activation: Activation) -> bool:
    return again(activation).state == "provisioned"


def test_while_the_backend_is_at_it(cast: Cast, vendor: Vendor, workers: Callable[[], Worker]) -> None:
    begun, over = Event(), Event()

    def do_and_say_nothing(handler: Handler, asked: Asked) -> bool:
        handler.make(asked)
        begun.set()
        over.wait(PATIENCE)
        handler.close_connection = True
        return True

    vendor.misbehave(do_and_say_nothing)
    activation = asked(make_ready(cast.site))
    first = workers()
    assert begun.wait(PATIENCE)
    first.kill()
    over.set()
    assert again(activation).state == "provisioning"

    workers()

    wait_for(lambda: is_done(activation))
    assert [request.key for request in vendor.creations()] == [activation.key] * 2
    assert len(vendor.made) == count(BillingStart) == count(Subscription) == 1


@pytest.mark.parametrize(
    "table", ["provisioning_billingstart", "provisioning_subscription", "notifications_notice"]
)
def test_in_the_midst_of_writing_that_it_is_done(
    cast: Cast, vendor: Vendor, workers: Callable[[], Worker], table: str
) -> None:
    activation = asked(make_ready(cast.site))
    with locked(table):
        first = workers()
        wait_for(lambda: waiting_for(table))
        first.kill()
    assert (again(activation).state, count(BillingStart)) == ("provisioning", 0)

    workers()

    wait_for(lambda: is_done(activation))
    assert len(vendor.made) == count(BillingStart) == count(Subscription) == 1
    with tenancy.as_system():
        assert Notice.objects.filter(kind="setup.done").count() == 1


def test_two_of_them_and_one_is_killed(cast: Cast, vendor: Vendor, workers: Callable[[], Worker]) -> None:
    for number in range(8):
        asked(make_ready(cast.site, organisation=make_organisation(f"Oasis {number}")))
    first = workers()
    workers()
    wait_for(lambda: count(BillingStart) >= 2)
    first.kill()

    wait_for(lambda: count(BillingStart) == 8)

    assert len(vendor.made) == count(Subscription) == 8
