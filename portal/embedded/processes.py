"""Child processes: each with a log, in its own session, told to stop in order and never left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from .console import Trouble

PR_SET_PDEATHSIG = 1
FIRST_EPHEMERAL_PORT = 32768  # above, the system hands out ports to whoever connects somewhere


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
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.name, self.log, self.stop_signal = name, log, stop_signal
        log.parent.mkdir(parents=True, exist_ok=True)
        as_user = {"user": user, "group": _group(user), "extra_groups": []} if user else {}
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal reaches us alone; we stop the rest in order
                preexec_fn=_die_with_parent(stop_signal),
                env=env,
                cwd=cwd,
                **as_user,  # type: ignore[arg-type]
            )

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

    def wait_until(self, ready: Callable[[], bool], patience: float = 60) -> None:
        """Return once `ready()`; raise Trouble with the log's end if the program dies or takes too long."""
        deadline = time.monotonic() + patience
        while not ready():
            if not self.running:
                raise Trouble(f"{self.name} stopped right after its start.\n{self.report()}")
            if time.monotonic() > deadline:
                raise Trouble(f"{self.name} is not ready after {patience:.0f} s.\n{self.report()}")
            time.sleep(0.05)

    def report(self, lines: int = 15) -> str:
        """The end of the log, and where the rest is."""
        text = self.log.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join(f"    | {line}" for line in text) + f"\n    More: less +G {self.log}"


def _group(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid


def _die_with_parent(stop_signal: int) -> Callable[[], None] | None:
    """On Linux a child is told to stop even when we are killed outright; elsewhere the next start finds it."""
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
