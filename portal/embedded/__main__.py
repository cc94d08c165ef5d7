"""`python -m portal.embedded COMMAND …`: what the scripts in bin/ call once everything is installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext

from .browser import chromium
from .checks import test
from .console import Trouble, say, warn
from .house import ROOT, House
from .processes import Child, Stopped, in_foreground, stopped_by_signals, watch
from .run import is_running, portal, run
from .servers import announced, servers


def services(house: House, arguments: list[str]) -> int:
    """Run the servers alone, until told to stop."""
    lease = house.lease("services")
    if not lease.take():
        say(f"Already running for {house.var}; the addresses are in services.json there.")
        return 0
    ours: list[Child] = []
    try:
        with stopped_by_signals(), servers(house, ours) as addresses, announced(house, lease, addresses):
            say(f"Services are up; their addresses are in {house.var}/services.json. Ctrl-C stops them.")
            watch(ours)
    except Stopped:
        return 0


def manage(house: House, arguments: list[str]) -> int:
    """A Django command against the servers, which are started for its duration if need be."""
    if arguments == ["services"]:
        return services(house, [])
    with servers(house) as addresses:
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return in_foreground(command, addresses.environment(house), ROOT)


def bench(house: House, arguments: list[str]) -> int:
    with servers(house) as addresses:
        command = [sys.executable, "-m", "benchmarks", *arguments]
        return in_foreground(command, addresses.environment(house), ROOT)


def screenshots(house: House, arguments: list[str]) -> int:
    """Pictures of the demo, which is started for their duration if need be."""
    browser = str(chromium(house))
    with nullcontext() if is_running(house) else portal(house), servers(house) as addresses:
        command = [sys.executable, "-m", "tests.browser.screenshots", *arguments]
        env = addresses.environment(house) | {"PORTAL_CHROMIUM": browser}
        return in_foreground(command, env, ROOT)


COMMANDS: dict[str, Callable[[House, list[str]], int]] = {
    "run": run,
    "test": test,
    "manage": manage,
    "bench": bench,
    "screenshots": screenshots,
}


def main(arguments: list[str]) -> int:
    try:
        return COMMANDS[arguments[0]](House.of(os.environ), arguments[1:])
    except Trouble as trouble:
        warn(f"\n{trouble}")
    except PermissionError as error:
        who = "If another user made it, run as that user, or set VAR_DIR."
        warn(f"\n{error.filename}: {error.strerror}. {who}")
    except (Stopped, KeyboardInterrupt):
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
