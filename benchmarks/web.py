"""gunicorn with the portal, or with anything else in its place: two sync workers, set up as in production."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from portal.embedded.console import Trouble
from portal.embedded.house import ROOT
from portal.embedded.processes import Child, answers, free_port

from . import cpu, load
from .world import World

WORKERS = 2
CLIENTS = 4
FIRST_PORT = 18100 + os.getpid() % 4000  # test runs side by side must not reach for the same one
TRIES = 4


@dataclass(frozen=True)
class Cost:
    """What a page cost: milliseconds of processor per request, in the application and in the database."""

    application: float
    database: float
    per_second: float
    p95: float  # milliseconds

    @property
    def total(self) -> float:
        return self.application + self.database


@dataclass(frozen=True)
class Web:
    """A running server; `label` is how its connections call themselves to the database."""

    address: str
    process: int
    label: str
    world: World

    def cost(self, request: load.Request | load.Rotating, duration: float) -> Cost:
        """Load the server for `duration` seconds. Raises WrongAnswer when it answers something else."""
        for _ in range(TRIES):
            # First with no account: connections are made, code gets warm.
            load.drive(request, clients=CLIENTS, duration=min(0.3, duration / 4))
            workers, backends = cpu.children(self.process), self._backends()
            before = cpu.seconds(workers), cpu.seconds(backends)
            seen = load.drive(request, clients=CLIENTS, duration=duration)
            if (workers, backends) != (cpu.children(self.process), self._backends()):
                continue  # a connection reached its age: the old one's account is closed
            spent = cpu.seconds(workers) - before[0], cpu.seconds(backends) - before[1]
            application, database = (1000 * seconds / seen.requests for seconds in spent)
            return Cost(application, database, seen.per_second, 1000 * seen.p95)
        raise Trouble(
            f"The processes of {self.label} change all the time: nothing can be said about their cost."
        )

    def _backends(self) -> set[int]:
        """The database's processes that work for this server."""
        with closing(psycopg2.connect(self.world.admin_url)) as db, db.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [self.label])
            found = {pid for (pid,) in cursor.fetchall()}
        if not all(_is_postgres(pid) for pid in found):
            raise Trouble("The database runs on another machine, where its processor time cannot be read.")
        return found


def _is_postgres(pid: int) -> bool:
    try:
        return (cpu.PROC / str(pid) / "comm").read_text().startswith("postgres")
    except FileNotFoundError:
        return False


@contextmanager
def serving(
    application: str, label: str, world: World, log: Path, environment: Mapping[str, str]
) -> Iterator[Web]:
    """`application` (a WSGI callable, as module:name) served for the length of the block."""
    port = free_port(FIRST_PORT)
    address = f"http://127.0.0.1:{port}"
    command = [
        *(sys.executable, "-m", "gunicorn", "--config", "python:portal.gunicorn"),
        *("--workers", str(WORKERS), "--bind", f"127.0.0.1:{port}", application),
    ]
    url = f"{world.url}?application_name={label}"
    env = os.environ | environment | {"DATABASE_URL": url, "PORTAL_URL": address}
    child = Child(label, command, log, env=env, cwd=ROOT)
    try:
        child.when(lambda: answers(port))
        yield Web(address, child.process.pid, label, world)
    finally:
        child.stop()
