"""What benchmarks stand on: made when first asked for, gone at the end of the run; only rows are kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from portal.database import with_database
from portal.embedded.console import Trouble, step
from portal.embedded.house import ROOT

from . import world
from .web import Web, serving
from .world import Servers, World


@dataclass(frozen=True)
class Size:
    """How much is measured; BENCH_DEALS and so on change it, as a smoke test does."""

    deals: int = 1_000_000
    few_deals: int = 10_000
    sites: int = 1_000
    customers: int = 1_000_000
    prices: int = 1_500_000
    parts: int = 15_000  # of a country
    lines: int = 5_000_000  # of orders
    items: int = 2_000_000  # renewals
    names: int = 1_000_000  # that are taken
    due: int = 10_000  # start dates at once
    uploaded: int = 1_000  # rows of a file of co-sell deals
    profiles: int = 10_000  # of businesses
    rounds: int = 15  # many short ones: what else the machine does comes and goes within seconds
    seconds: float = 2.0  # each side is under load for, in each round
    database: str = "portal_bench"  # what the databases' names begin with

    @classmethod
    def of(cls, environment: dict[str, str]) -> Size:
        given = {field.name: environment.get(f"BENCH_{field.name.upper()}") for field in fields(cls)}
        try:
            return cls(**{name: type(getattr(cls, name))(text) for name, text in given.items() if text})
        except ValueError as error:
            raise Trouble(f"A BENCH_ variable is not a number: {error}") from None


@dataclass(frozen=True)
class Visit:
    """A page as the sales representative opened it: their cookies, and what it asked of the database."""

    cookies: str
    statements: tuple[str, ...]


class Ground:
    """Databases, servers and visits, shared by the benchmarks of a run."""

    # There is one of these a run, so nothing is kept too long by the caches below.
    # ruff: noqa: B019

    #: The portal as production runs it; the key signs sessions that only these databases know.
    PRODUCTION = {
        "PORTAL_MODE": "production",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "SECRET_KEY": "only-for-measuring-" + "x" * 40,
        "LOG_LEVEL": "WARNING",
    }

    def __init__(self, size: Size, var: Path, stack: ExitStack) -> None:
        self.size, self.var, self._stack = size, var, stack
        self._kept: dict[tuple[str, str], World] = {}
        self.environment = self.PRODUCTION | {
            "VAR_DIR": str(var),
            "STATIC_ROOT": str(var / "bench" / "static"),
        }

    @property
    def large(self) -> World:
        return self.world(self.size.deals)

    @property
    def small(self) -> World:
        return self.world(self.size.few_deals)

    @cache
    def world(self, deals: int) -> World:
        """A database with so many deals."""
        name = f"{self.size.database}_{deals}"
        return world.world(Servers.of(dict(os.environ)), name, deals=deals, sites=self.size.sites)

    def kept(self, name: str, mark: str, told: str, fill: Callable[[World], object]) -> World:
        """A database of another kind, filled by `fill` unless it has been with the same `mark`."""
        asked = name, mark
        if asked in self._kept:
            return self._kept[asked]
        servers, name = Servers.of(dict(os.environ)), f"{self.size.database}_{name}"
        wanted = World(
            0, 0, *(with_database(url, name) for url in (servers.url, servers.owner_url, servers.admin_url))
        )
        world.keep(servers, wanted, name, mark, told, lambda: fill(wanted))
        return self._kept.setdefault(asked, wanted)

    @cache
    def portal(self, world: World) -> Web:
        """The portal, serving that database."""
        self._static_files()
        return self.serve("portal.wsgi:application", f"portal_{world.url.rpartition('/')[2]}", world)

    def serve(self, application: str, label: str, world: World, **environment: str) -> Web:
        """Something else than the portal, by the same server with the same settings."""
        log = self.var / "log" / f"{label}.log"
        return self._stack.enter_context(
            serving(application, label, world, log, self.environment | environment)
        )

    def visit(self, world: World, path: str, *who: str) -> Visit:
        """Sign in to that database's portal, as the sales representative or by an address, and open the page."""
        return self.visits(world, (path,), *who)[0]

    @cache
    def visits(self, world: World, paths: tuple[str, ...], *who: str) -> list[Visit]:
        """The same of several pages, by one process."""
        self._static_files()
        seen = json.loads(self.run(world, "-m", "benchmarks.visitor", ",".join(paths), *who))
        return [Visit(each["cookies"], tuple(each["statements"])) for each in seen]

    @cache
    def _static_files(self) -> None:
        with step("collecting styles, scripts and fonts"):
            self.run(None, "manage.py", "collectstatic", "--noinput")

    def run(self, world: World | None, *command: str) -> str:
        """What `python …` prints, with a world as its database. Raises Trouble when it fails."""
        environment = os.environ | self.environment
        if world:
            environment |= {
                "DATABASE_URL": world.url,
                "DATABASE_OWNER_URL": world.owner_url,
                "BENCH_ADMIN_URL": world.admin_url,
            }
        done = subprocess.run(
            [sys.executable, *command], env=environment, cwd=ROOT, capture_output=True, text=True
        )
        if done.returncode:
            raise Trouble(f"python {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout
