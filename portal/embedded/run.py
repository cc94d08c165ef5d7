"""bin/run: the whole portal on this machine, from an empty checkout to a demo one can sign in to."""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg2

from portal.catalogues import compile_catalogues

from .console import Trouble, say, step
from .house import ROOT, House, write_private
from .processes import Child, Stopped, free_port, port_free, stopped_by_signals, watch
from .servers import Addresses, announced, servers, stop

FIRST_WEB_PORT = 8000
EVERYWHERE = "0.0.0.0"  # noqa: S104 (what PORTAL_HOST may be; the default is this machine alone)


def run(house: House, arguments: list[str]) -> int:
    """Start everything, say where it is, and keep it running until told to stop."""
    if arguments:
        raise Trouble(
            "bin/run takes no arguments. PORT, DATABASE_URL, REDIS_URL, EMAIL_URL and VAR_DIR set it up."
        )
    if house.mode not in ("demo", "development"):
        raise Trouble(
            f"bin/run is for trying and developing, not for PORTAL_MODE={house.mode}: see docs/operating.md."
        )
    began = time.monotonic()
    try:
        with stopped_by_signals(), portal(house) as up:
            _show(house, up, time.monotonic() - began)
            watch(up.children)
    except Stopped:
        say("Stopped. What was entered is kept; bin/run continues with it.")
    return 0


@dataclass(frozen=True)
class Up:
    """A portal that runs: where it is, where its servers are, and its processes."""

    url: str
    addresses: Addresses
    children: list[Child]


@contextmanager
def portal(house: House) -> Iterator[Up]:
    """Everything running for the length of the block. Raises Trouble when it is running already."""
    with ExitStack() as stack:
        lease = house.lease("run")
        if not lease.take():
            running = lease.read()
            raise Trouble(
                f"The portal is already running for {house.var}"
                + (f", at {running['url']} (process {running['pid']}).\n" if running else ".\n")
                + "Use that one, stop it with Ctrl-C where it runs, or start another: VAR_DIR=… bin/run"
            )
        stack.callback(lease.release)
        host, port = house.environment.get("PORTAL_HOST") or "127.0.0.1", _web_port(house)
        # “localhost”, since passkeys are bound to a name and 127.0.0.1 is none.
        name = "localhost" if host in ("127.0.0.1", EVERYWHERE) else host
        url = house.environment.get("PORTAL_URL") or f"http://{name}:{port}"
        lease.publish({"url": url, "pid": str(os.getpid())})

        with step("compiling translations"):
            compile_catalogues()
        children: list[Child] = []
        up = Up(url, stack.enter_context(servers(house, children)), children)
        stack.enter_context(announced(house, house.lease("services"), up.addresses))
        env = up.addresses.environment(house)
        env |= {"PORT": str(port), "PORTAL_URL": url, "PYTHONUNBUFFERED": "1"}
        _prepare(house, up, env)
        web = _start(house, children, stack, "web", _web_command(host, port), env)
        _start(house, children, stack, "worker", _celery("worker", "--concurrency", str(_cores() + 1)), env)
        _start(house, children, stack, "beat", _celery("beat"), env)
        with step("waiting for the first page"):
            web.when(lambda: _is_ready(host, port))
        yield up


def is_running(house: House) -> bool:
    lease = house.lease("run")
    if lease.take():
        lease.release()
        return False
    lease.leave()
    return True


def _web_port(house: House) -> int:
    wanted = house.environment.get("PORT")
    if not wanted:
        return free_port(FIRST_WEB_PORT)
    if not wanted.isdigit() or not 0 < int(wanted) < 65536:
        raise Trouble(f"PORT={wanted} is not a port: give a number from 1 to 65535.")
    if not port_free(int(wanted)):
        raise Trouble(
            f"Port {wanted} is taken by another program, or closed to you.\n"
            f"Stop that program, or take another port: PORT={free_port(FIRST_WEB_PORT)} bin/run"
        )
    return int(wanted)


def _prepare(house: House, up: Up, env: dict[str, str]) -> None:
    with step("updating the database's tables"):
        _manage(house, env, "migrate", "--noinput")
    if house.mode == "demo":
        _collect_static_files(house, env)
        if _is_empty(up.addresses):
            say("  building the demo world, this once:")
            began = time.monotonic()
            _manage(house, env, "seed", aloud=True)
            say(f"    done in {time.monotonic() - began:.0f} s")
        _refresh_demo_file(house, up)


def _manage(house: House, env: dict[str, str], *command: str, aloud: bool = False) -> None:
    """Run a management command with its output in a log, which is shown when it fails, or all along."""
    program = [sys.executable, str(ROOT / "manage.py"), *command]
    child = Child(command[0], program, house.log(command[0]), env=env, cwd=ROOT)
    try:
        with child.log.open() as log:
            log.seek(child.log_begins_at)
            while child.running:
                time.sleep(0.1)
                for line in log if aloud else ():
                    say(f"    {line.rstrip()}")
    finally:
        child.stop()
    if child.process.returncode:
        told = f" Its log: {child.log}" if aloud else f"\n{child.report(30)}"
        raise Trouble(f"`bin/manage {' '.join(command)}` failed.{told}")


def _collect_static_files(house: House, env: dict[str, str]) -> None:
    """Hashed and compressed as in production; skipped while no file has changed."""
    others = [ROOT / name for name in ("package-lock.json", "portal/staticfiles.py", "uv.lock")]
    files = [*sorted((ROOT / "static").rglob("*")), *others]
    state = json.dumps([(str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files])
    stamp = house.var / "static.stamp"
    collected = house.var / "static" / "staticfiles.json"
    if collected.exists() and stamp.exists() and stamp.read_text() == state:
        return
    with step("collecting styles, scripts and fonts"):
        _manage(house, env, "collectstatic", "--noinput", "--clear")
    stamp.write_text(state)


def _is_empty(addresses: Addresses) -> bool:
    """Whether there is no site yet; asked as the role that sees all of them."""
    db = psycopg2.connect(addresses.database_url)
    try:
        with db.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE portal_system; SELECT NOT EXISTS (SELECT FROM identity_site)")
            return bool(cursor.fetchone()[0])
    finally:
        db.close()


def _cores() -> int:
    """Processes that serve pages, and that do jobs: one for each core, at least 2 and at most 4."""
    return min(4, max(2, os.cpu_count() or 2))


def _web_command(host: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "--config", "python:portal.gunicorn", "portal.wsgi:application"),
        *("--bind", f"{host}:{port}", "--workers", str(_cores()), "--graceful-timeout", "10"),
        *("--access-logfile", "-"),
    ]


def _celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "portal.celery:app", *arguments, "--loglevel", "INFO"]


def _start(
    house: House, children: list[Child], stack: ExitStack, name: str, command: list[str], env: dict[str, str]
) -> Child:
    child = Child(name, command, house.log(name), env=env, cwd=ROOT)
    stack.callback(stop, child)
    children.append(child)
    return child


def _is_ready(host: str, port: int) -> bool:
    here = "127.0.0.1" if host == EVERYWHERE else host
    try:
        with urllib.request.urlopen(f"http://{here}:{port}/healthz/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _show(house: House, up: Up, seconds: float) -> None:
    say(f"\nThe portal is ready at {up.url}  ({seconds:.0f} s)\n")
    if house.mode == "demo":
        for row in _table(("Sign in as", "e-mail", "password", "site"), _demo_accounts(house)):
            say(f"  {row}")
        say(f"\n  Mail sent by the portal: {up.url}/dev/mail/")
    say(f"  Logs: {house.var / 'log'}\n  Ctrl-C stops everything; what you enter is kept.\n")


def _refresh_demo_file(house: House, up: Up) -> None:
    """Put this start's addresses beside the accounts that `seed` wrote."""
    path = house.var / "demo.json"
    demo = json.loads(path.read_text()) if path.exists() else {"accounts": []}
    demo |= {"url": up.url, "database_url": up.addresses.database_url}
    write_private(path, json.dumps(demo, indent=1, ensure_ascii=False))


def _demo_accounts(house: House) -> list[tuple[str, ...]]:
    accounts = json.loads((house.var / "demo.json").read_text())["accounts"]
    keys = ("role", "email", "password", "site_number")
    return [tuple(str(each.get(key) or "–").replace("_", " ") for key in keys) for each in accounts]


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, tuple("─" * width for width in widths), *rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
