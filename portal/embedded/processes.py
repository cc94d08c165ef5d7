"""Child processes: each with a log, in its own session, told to stop in order and never left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .console import Trouble

PR_SET_PDEATHSIG = 1
FIRST_EPHEMERAL_PORT = 32768  # above, the system hands out ports to whoever connects somewhere


class Stopped(BaseException):
    """Ctrl-C, or a request to end."""


class Child:
    """A running program. Its output goes to `log`; `stop_signal` asks it to finish cleanly."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        *,
        stop_signal: signal.Signals = signal.SIGTERM,
        user: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.name, self.command, self.log, self.stop_signal = (
            name,
            [str(p) for p in command],
            log,
            stop_signal,
        )
        self.user, self.env, self.cwd = user, env, cwd
        self.start()

    def start(self) -> None:
        """Start it, or start it again."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.log_begins_at = output.tell()
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal reaches us alone; we stop the rest in order
                preexec_fn=_die_with_parent(self.stop_signal),
                env=self.env,
                cwd=self.cwd,
                **as_user(self.user),
            )
        self.started_at = time.monotonic()

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self, patience: float = 15) -> None:
        """Ask, wait `patience` seconds, then insist; the whole session goes, workers of workers included."""
        if self.running:
            self.process.send_signal(self.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def when(self, ready: Callable[[], bool], patience: float = 60) -> Child:
        """Itself once `ready()`; else Trouble with the end of the log, and nothing left running."""
        deadline = time.monotonic() + patience
        try:
            while not ready():
                if not self.running:
                    raise Trouble(f"{self.name} stopped right after its start.\n{self.report()}")
                if time.monotonic() > deadline:
                    raise Trouble(f"{self.name} is not ready after {patience:.0f} s.\n{self.report()}")
                time.sleep(0.05)
        except BaseException:
            self.stop()
            raise
        return self

    def report(self, lines: int = 15) -> str:
        """The end of this run's log, and where the rest is."""
        with self.log.open("rb") as log:
            log.seek(max(self.log_begins_at, log.seek(0, os.SEEK_END) - 20_000))
            text = log.read().decode(errors="replace").splitlines()[-lines:]
        return "\n".join(f"    | {line}" for line in text) + f"\n    The whole log: {self.log}"


def in_foreground(command: Sequence[str], env: Mapping[str, str], cwd: Path) -> int:
    """Run a program that shares our terminal and answers Ctrl-C itself; returns its exit code.

    Raises Stopped when it was ended by Ctrl-C or a request to end.
    """
    process = subprocess.Popen(command, env=env, cwd=cwd, preexec_fn=_die_with_parent(signal.SIGTERM))
    previous = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),  # the terminal tells both of us
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: process.terminate()),
    }
    try:
        code = process.wait()
    finally:
        for each, handler in previous.items():
            signal.signal(each, handler)
    if code in (-signal.SIGINT, -signal.SIGTERM, 128 + signal.SIGINT):
        raise Stopped
    return code


def as_user(name: str | None) -> dict[str, Any]:
    """For subprocess: run as that user, with that user's group and no others; None changes nothing."""
    if name is None:
        return {}
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}


def _die_with_parent(stop_signal: int) -> Callable[[], None] | None:
    """On Linux a child is told to stop even when we are killed outright."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, int(stop_signal))


def port_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do, to restart at once
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(first: int, host: str = "127.0.0.1") -> int:
    """The first free port from `first` on, below the ephemeral ones."""
    for port in range(first, FIRST_EPHEMERAL_PORT):
        if port_free(port, host):
            return port
    raise Trouble(f"No port is free between {first} and {FIRST_EPHEMERAL_PORT - 1}.")


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something accepts connections there."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False
