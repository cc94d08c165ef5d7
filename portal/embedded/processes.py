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
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from .console import Trouble, say, warn

PR_SET_PDEATHSIG = 1
FIRST_EPHEMERAL_PORT = 32768  # above, the system hands out ports to whoever connects somewhere


class Stopped(BaseException):
    """Ctrl-C, or a request to end."""


class Child:
    """A running program. Output goes to `log`; `stop_signal` asks it to finish within `patience` seconds."""

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
        patience: float = 15,
    ) -> None:
        self.name, self.log, self.user, self.env, self.cwd = name, log, user, env, cwd
        self.command = [str(part) for part in command]
        self.stop_signal, self.patience = stop_signal, patience
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

    def stop(self) -> None:
        """Ask, wait, then insist; the whole session goes, workers of workers included."""
        if self.running:
            self.process.send_signal(self.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.patience)
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

    def said(self, text: str) -> bool:
        """Whether this run's log has the text. That a port answers is no proof: another's server may."""
        return text in self._log()

    def report(self, lines: int = 15) -> str:
        """The end of this run's log, and where the rest is."""
        text = self._log().splitlines()[-lines:]
        return "\n".join(f"    | {line}" for line in text) + f"\n    The whole log: {self.log}"

    def _log(self) -> str:
        with self.log.open("rb") as log:
            log.seek(max(self.log_begins_at, log.seek(0, os.SEEK_END) - 20_000))
            return log.read().decode(errors="replace")


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


def watch(children: list[Child]) -> NoReturn:
    """Start again whatever dies, a little later each time; ends by Stopped only."""
    next_try: dict[str, float] = {}
    deaths: dict[str, int] = {}
    while True:
        time.sleep(0.5)
        now = time.monotonic()
        for child in children:
            if child.running:
                continue
            if child.name not in next_try:
                deaths[child.name] = 0 if now - child.started_at > 60 else deaths.get(child.name, 0) + 1
                pause = min(30, 2 ** deaths[child.name])
                next_try[child.name] = now + pause
                ending = _ending(child.process.returncode)
                warn(f"{child.name} ended ({ending}); starting it again in {pause} s.\n{child.report()}")
            elif now >= next_try[child.name]:
                del next_try[child.name]
                child.stop()  # what is left of its session
                child.start()
                say(f"{child.name} started again.")


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Turn the first signal into Stopped; later ones change nothing, since all is being stopped already."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def end(number: int, frame: FrameType | None) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        say("\nStopping …")
        raise Stopped

    for each in signals:
        signal.signal(each, end)
    yield


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


def on_free_port(first: int, start: Callable[[int], Child]) -> tuple[Child, int]:
    """`start(port)` on a free port from `first` on, and that port.

    Between looking and listening another program may take it (a second portal that starts at the same moment,
    say): then the next one is tried. Raises Trouble when the program fails for any other reason.
    """
    while True:
        port = free_port(first)
        try:
            return start(port), port
        except Trouble as trouble:
            if "address already in use" not in str(trouble).lower():
                raise
            first = port + 1


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something accepts connections there."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False
