"""bin/test: everything that is checked, in order, with the time each takes."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from portal.catalogues import compile_catalogues

from .browser import chromium
from .console import Trouble, say, step, warn
from .house import ROOT, House
from .node import node
from .processes import in_foreground
from .servers import servers

PYTHON = sys.executable
MANAGE = [PYTHON, str(ROOT / "manage.py")]
#: check --deploy looks at the settings of production, which need a few values of their own.
PRODUCTION = {
    "PORTAL_MODE": "production",
    "PORTAL_URL": "https://portal.example.com",
    "SECRET_KEY": "".join(chr(33 + (7 * i) % 90) for i in range(64)),
}


@dataclass(frozen=True)
class Check:
    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def _tool(name: str, *arguments: str) -> list[str]:
    return [PYTHON, "-m", name, *arguments]


def _beside_python(name: str) -> str:
    return str(Path(PYTHON).with_name(name))


CHECKS = [
    Check("Dependencies are locked (uv)", [_beside_python("uv"), "lock", "--check", "--offline", "--quiet"]),
    Check("Style (ruff check)", _tool("ruff", "check", ".")),
    Check("Layout (ruff format)", _tool("ruff", "format", "--check", ".")),
    Check("Types (mypy)", _tool("mypy")),
    Check(
        "Imports run downwards only (import-linter)",
        [PYTHON, _beside_python("lint-imports"), "--no-logo"],
    ),
    Check("Every model has its migration", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
    Check("Every text in every language", [*MANAGE, "catalogues", "--check"]),
    Check("Production settings", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
]


def test(house: House, arguments: list[str]) -> int:
    """Run all checks and tests; with arguments only pytest, with those arguments."""
    house = House(house.var, {**house.environment, "PORTAL_MODE": "test"})
    with step("compiling translations"):
        compile_catalogues()
    browser = chromium(house)
    with servers(house) as addresses:
        if not addresses.database_admin_url:
            raise Trouble(
                "The tests make databases of their own: set DATABASE_ADMIN_URL to a user who may,\n"
                "or unset DATABASE_URL to use our own server."
            )
        with _slot(house) as suffix:
            env = addresses.environment(house) | {
                "PORTAL_CHROMIUM": str(browser),
                "PORTAL_NODE": str(node()),
                "PORTAL_TEST_SUFFIX": suffix,
            }
            if arguments:
                return in_foreground(_tool("pytest", *arguments), env, ROOT)
            # A file stays with one process: what its tests share (a world, servers) is built once.
            spread = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
            tests = Check("Tests (pytest)", _tool("pytest", *spread))
            return _run_all([*CHECKS, tests], env)


@contextlib.contextmanager
def _slot(house: House) -> Iterator[str]:
    """A name for this run's databases that no other run has now."""
    if given := house.environment.get("PORTAL_TEST_SUFFIX"):
        yield given
        return
    number = 1
    while not (lease := house.lease(f"test-{number}")).take():
        lease.leave()
        number += 1
    try:
        yield f"slot{number}"
    finally:
        lease.release()


def _run_all(checks: list[Check], env: dict[str, str]) -> int:
    results = []
    for check in checks:
        say(f"\n── {check.name}")
        began = time.monotonic()
        passed = in_foreground(check.command, env | check.environment, ROOT) == 0
        results.append((check.name, passed, time.monotonic() - began))
        say(f"   {'passed' if passed else 'FAILED'} in {results[-1][2]:.1f} s")
    say("\n── Summary")
    for name, passed, seconds in results:
        say(f"   {'✓' if passed else '✗'} {name}  {seconds:.1f} s")
    failed = [name for name, passed, _ in results if not passed]
    if failed:
        warn(f"\n{len(failed)} of {len(results)} failed: {', '.join(failed)}")
    return 1 if failed else 0
