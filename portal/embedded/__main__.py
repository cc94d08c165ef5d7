"""`python -m portal.embedded COMMAND …`: what the scripts in bin/ call once everything is installed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

from .console import Trouble, say, warn
from .servers import ROOT, House, Lease, announced, servers


def services(house: House, arguments: list[str]) -> int:
    """Run the servers alone, in the foreground."""
    lease = Lease(house.var / "lock" / "services.json")
    if not lease.take():
        say(f"The services of {house.var} are already running; their addresses are in {house.var}/services.json.")
        return 0
    stop = threading.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wanted, lambda *_: stop.set())
    with servers(house) as addresses, announced(house, addresses):
        lease.publish({"pid": str(os.getpid())})
        say(f"Services are up; their addresses are in {house.var}/services.json. Ctrl-C stops them.")
        stop.wait()
    return 0


def manage(house: House, arguments: list[str]) -> int:
    """Run manage.py against the servers, which are started for its duration if need be."""
    if arguments[:1] == ["services"]:
        return services(house, arguments[1:])
    with servers(house) as addresses:
        return in_foreground([sys.executable, ROOT / "manage.py", *arguments], environment(house, addresses))


def environment(house: House, addresses) -> dict[str, str]:
    mode = house.environment.get("PORTAL_MODE") or "demo"
    given = dict(house.environment) | addresses.environment()
    return given | {"VAR_DIR": str(house.var), "PORTAL_MODE": mode}


def in_foreground(command: list, env: dict[str, str]) -> int:
    """Run a program that shares our terminal; Ctrl-C is its to answer."""
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, signal.SIG_IGN)
    return subprocess.call([str(part) for part in command], env=env, cwd=ROOT)


COMMANDS: dict[str, Callable[[House, list[str]], int]] = {"services": services, "manage": manage}


def main(arguments: list[str]) -> int:
    try:
        return COMMANDS[arguments[0]](House.of(os.environ), arguments[1:])
    except Trouble as trouble:
        warn(f"\n{trouble}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
