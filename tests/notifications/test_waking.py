"""Workers are woken when something is told, and a broker that is away harms nobody."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from identity import tenancy
from notifications import pulse, tasks
from notifications.actions import Audience
from notifications.models import Notice
from tests.cast import Cast, actor
from tests.processes import free_port

from .world import AT_ONCE, Server, mails, say


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was put into the queue."""
    put: list[Any] = []
    monkeypatch.setattr(tasks, "_ask_again_at", 0.0)
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda **options: put.append(options))
    return put


def to_broker(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    impatient = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "max_retries": 0}
    line = current_app.connection_for_write(url, connect_timeout=0.5, transport_options=impatient)
    monkeypatch.setattr(tasks, "_broker", lambda: line)
    monkeypatch.setattr(tasks, "_ask_again_at", 0.0)


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        yield int(server.getsockname()[1])


def seconds(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


@pytest.mark.django_db
class TestTelling:
    def test_wakes_once_for_all_that_a_transaction_tells(
        self, cast: Cast, woken: list[Any], django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True) as callbacks, tenancy.scope(actor(cast.sales)):
            say(AT_ONCE, Audience.user(1), key="1", by=actor(cast.sales))
            say(AT_ONCE, Audience.user(1), key="2", by=actor(cast.sales))
        assert len(callbacks) == len(woken) == 1

    def test_wakes_nobody_for_what_was_taken_back(
        self, cast: Cast, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
            say(AT_ONCE, Audience.user(1), key="1")
            transaction.set_rollback(True)
        assert callbacks == []

    def test_in_a_part_that_was_taken_back_does_not_keep_the_rest_from_waking(
        self, cast: Cast, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks() as callbacks:
            with transaction.atomic():
                say(AT_ONCE, Audience.user(1), key="1")
                transaction.set_rollback(True)
            say(AT_ONCE, Audience.user(1), key="2")
        assert len(callbacks) == 1


@pytest.mark.django_db(transaction=True)
class TestABrokerThatIsAway:
    def test_fails_no_deed(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        to_broker(monkeypatch, f"redis://127.0.0.1:{free_port()}/0")
        say(AT_ONCE, Audience.user(cast.sales.user_id), key="1")
        with tenancy.as_system():
            assert Notice.objects.count() == 1

    def test_is_waited_for_briefly_and_then_not_asked_for_a_while(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with silent_server() as port:
            to_broker(monkeypatch, f"redis://127.0.0.1:{port}/0")
            first = seconds(tasks.wake)
            second = seconds(tasks.wake)
        assert first < 4
        assert second < 0.5  # not the second that asking takes

    def test_leaves_what_is_due_to_the_sweep(
        self, cast: Cast, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        to_broker(monkeypatch, f"redis://127.0.0.1:{free_port()}/0")
        say(AT_ONCE, Audience.user(cast.sales.user_id), key="1")
        tasks.sweep()
        assert server.taken == [cast.sales.user.email]


@pytest.mark.django_db
class TestTheSweep:
    def test_does_nothing_when_another_clock_has_started_it(self, cast: Cast, server: Server) -> None:
        tasks.sweep()
        say(AT_ONCE, Audience.user(cast.sales.user_id), key="1")
        tasks.sweep()
        assert server.taken == []

    def test_gets_through_the_outbox_even_when_no_mail_can_go_out(self, cast: Cast, settings: Any) -> None:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
        for number in range(25):
            say(AT_ONCE, Audience.user(cast.sales.user_id), key=str(number))
        tasks.deliver()
        assert [mail.status for mail in mails()] == ["waiting"] * 25


@pytest.mark.django_db(transaction=True)
class TestSeveralWorkersAtOnce:
    def test_share_the_mails_and_send_none_twice(
        self, cast: Cast, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        to_broker(monkeypatch, f"redis://127.0.0.1:{free_port()}/0")
        addresses = [f"reader{number}@people.example" for number in range(20)]
        for address in addresses:
            say(AT_ONCE, Audience.address(address, "en"), key=address)

        def work() -> None:
            try:
                tasks.deliver()
            finally:
                connection.close()

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert sorted(server.taken) == sorted(addresses)


class TestSignsOfLife:
    @pytest.mark.parametrize(
        ("command", "who"), [("worker_alive", pulse.WORKER), ("beat_alive", pulse.CLOCK)]
    )
    def test_are_looked_for_by_health_checks(
        self, command: str, who: str, tmp_path: Any, settings: Any, capsys: Any
    ) -> None:
        settings.VAR_DIR = tmp_path
        with pytest.raises(CommandError, match="not given a sign of life"):
            call_command(command)
        pulse.mark(who)
        call_command(command)
        assert "was alive" in capsys.readouterr().out
        with pytest.raises(CommandError, match="seconds ago"):
            call_command(command, within=-1)
