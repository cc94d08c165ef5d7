"""A worker that loses its broker in the midst of its jobs connects again: all it meets is connection errors."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Consumer, Exchange, Queue

from portal.broker import Channel
from portal.celery import app
from tests.processes import answers, free_port, valkey

REPLIES = Exchange("test-replies", type="fanout")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """One of our own, that can be killed, and its address."""
    port = free_port()
    process = subprocess.Popen(valkey(port, tmp_path), stdout=subprocess.DEVNULL)
    while not answers(port):
        assert process.poll() is None
        time.sleep(0.01)
    yield process, f"redis://127.0.0.1:{port}/0"
    process.kill()
    process.wait()


@pytest.fixture
def worker(broker: tuple[subprocess.Popen[bytes], str]) -> Iterator[tuple[Connection, Any]]:
    """What a worker has: a connection that waits for jobs and for remote commands, and a job in hand."""
    connection, taken = app.connection_for_read(broker[1]), []
    jobs = Queue("test-jobs", channel=connection.default_channel)
    replies = Queue("test-replies", REPLIES, auto_delete=True)
    for channel, queue in ((connection.default_channel, jobs), (connection.channel(), replies)):
        Consumer(channel, [queue], callbacks=[lambda body, message: taken.append(message)]).consume()
    connection.Producer(serializer="json").publish({}, routing_key=jobs.name)
    while not taken:
        connection.drain_events(timeout=60)
    with suppress(TimeoutError):
        connection.drain_events(timeout=0.1)  # and waits for the next one
    yield connection, taken[0]
    with suppress(*connection.connection_errors):
        connection.close()


class TestAWorkerWhoseBrokerWasKilled:
    @pytest.fixture(autouse=True)
    def killed(self, broker: tuple[subprocess.Popen[bytes], str], worker: object) -> None:
        broker[0].kill()
        broker[0].wait()

    def test_gives_up_the_connection_as_celery_does_and_goes_on(self, worker: tuple[Connection, Any]) -> None:
        connection, _ = worker
        with suppress(Exception):
            connection.collect()

        with suppress(*connection.connection_errors):
            connection.close()

    def test_hears_of_a_job_done_too_late_that_it_cannot_be_acknowledged(
        self, worker: tuple[Connection, Any]
    ) -> None:
        connection, message = worker
        errors = connection.connection_errors
        for give_up in (connection.collect, connection.close):
            with suppress(*errors):
                give_up()

        with pytest.raises(errors):
            message.ack()


class TestAWorkerWithItsBroker:
    def test_has_our_channel(self, worker: tuple[Connection, Any]) -> None:
        assert isinstance(worker[0].default_channel, Channel)

    def test_acknowledges_a_job(self, worker: tuple[Connection, Any]) -> None:
        worker[1].ack()

        assert worker[1].acknowledged
