"""The portal as it really runs: web, worker, clock, broker and mail server, each a process of its own."""

from __future__ import annotations

import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from portal.embedded.processes import Child, answers, free_port
from tests import processes

FIRST_PORT = 21000


class Stack:
    """The processes, in a directory of their own, on the tests' database."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        web, valkey, smtp = (free_port(FIRST_PORT + 100 * worker + offset) for offset in (0, 30, 60))
        self.url = f"http://localhost:{web}"  # a name, since passkeys are bound to one
        self.environment = os.environ | {
            "DATABASE_URL": os.environ["TEST_DATABASE_URL"],
            "REDIS_URL": f"redis://127.0.0.1:{valkey}/0",
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp}",
            "PORTAL_URL": self.url,
            "PORTAL_MODE": "test",
            "VAR_DIR": str(directory),
            "DELIVERY_SWEEP_SECONDS": "1",
        }
        celery = ("-m", "celery", "--app", "portal.celery:app")
        self.children = [
            self._start("valkey", *processes.valkey(valkey, directory)),
            self._python("mailbox", "-m", "portal.embedded.mailbox", str(smtp), str(directory / "mail")),
            self._python("worker", *celery, "worker", "--concurrency", "1", "--loglevel", "INFO"),
            self._python("beat", *celery, "beat", "--loglevel", "INFO"),
            self._python(
                *("web", "-m", "gunicorn", "portal.wsgi:application", "--bind", f"127.0.0.1:{web}"),
                *("--worker-class", "gthread", "--threads", "4", "--no-control-socket"),
            ),
        ]
        self.wait_for(lambda: answers(smtp) and self._ready(), "the portal to answer")

    def _python(self, name: str, *arguments: str) -> Child:
        return self._start(name, sys.executable, *arguments)

    def _start(self, name: str, *command: str) -> Child:
        log = self.directory / f"{name}.log"
        return Child(name, command, log, env=self.environment, cwd=settings.BASE_DIR)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def wait_for(self, condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"Waited in vain for {what}.\n{self.logs()}"
            time.sleep(0.1)

    def logs(self) -> str:
        return "\n".join(f"--- {child.name}\n{child.report(15)}" for child in self.children)

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()


@contextmanager
def running_stack(directory: Path) -> Iterator[Stack]:
    stack = Stack(directory)
    try:
        yield stack
    finally:
        stack.stop()
