"""The commands in bin/, run for real in directories of their own, with ports of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from portal.database import LOGIN, OWNER, prepare_database, with_database, with_user
from portal.embedded.console import Trouble
from portal.embedded.house import ROOT, House
from portal.embedded.processes import Child, on_free_port
from portal.embedded.servers import servers

LISTENER = """
import socket, sys, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening at", sys.argv[1])
time.sleep(60)
"""


def environment(var: Path, **more: str) -> dict[str, str]:
    """Ours without the addresses of the servers that this very test run uses."""
    ours = ("DATABASE_", "REDIS_", "EMAIL_", "PORTAL_", "TEST_DATABASE_", "PYTEST_", "DJANGO_", "PORT")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "VAR_DIR": str(var), "CI": "true", **more}


@contextmanager
def directory() -> Iterator[Path]:
    """A VAR_DIR that others may enter, as root's database runs as somebody else."""
    path = Path(tempfile.mkdtemp(prefix="portway-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(
            path, ignore_errors=True
        )  # a test that failed may have left servers that are still stopping


class Command:
    """A command of bin/ in the background, with what it has printed so far."""

    def __init__(self, *command: str, env: dict[str, str]) -> None:
        self.output = Path(env["VAR_DIR"]) / f"{command[0]}.output"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [str(ROOT / "bin" / command[0]), *command[1:]],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def says(self, text: str, within: float = 120) -> None:
        deadline = time.monotonic() + within
        while text not in self.output.read_text():
            assert self.process.poll() is None, f"ended early:\n{self.output.read_text()}"
            assert time.monotonic() < deadline, f"never said {text!r}:\n{self.output.read_text()}"
            time.sleep(0.1)

    def family(self) -> dict[str, psutil.Process]:
        """Every process below it, by what it is."""
        found = {}
        for process in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # a server's helper that ended meanwhile
                found[f"{process.pid} {' '.join(process.cmdline())}"] = process
        return found

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(60)


def finished(*command: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    program = [str(ROOT / "bin" / command[0]), *command[1:]]
    return subprocess.run(
        program, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120
    )


def gone(processes: dict[str, psutil.Process], within: float = 30) -> list[str]:
    """Those still there after a while; none, if all is well."""
    _, alive = psutil.wait_procs(list(processes.values()), timeout=within)
    return [name for name, process in processes.items() if process in alive]


@pytest.fixture(scope="module")
def house() -> Iterator[Path]:
    """The VAR_DIR of servers that run for the length of this file."""
    with directory() as var:
        services = Command("manage", "services", env=environment(var))
        try:
            services.says("Services are up")
            yield var
        finally:
            services.stop()


@pytest.fixture(scope="module")
def addresses(house: Path) -> dict[str, str]:
    return dict(json.loads((house / "services.json").read_text()))


class TestTheServers:
    def test_let_the_portal_in_without_any_right_of_its_own(self, addresses: dict[str, str]) -> None:
        with psycopg2.connect(addresses["database_url"]) as db, db.cursor() as cursor:
            cursor.execute(
                "SELECT current_user, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolinherit"
                " FROM pg_roles WHERE rolname = current_user"
            )
            assert cursor.fetchone() == (LOGIN, False)
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("CREATE TABLE mine (id int)")

    def test_let_the_owner_make_tables_and_the_portal_become_an_actor(
        self, addresses: dict[str, str]
    ) -> None:
        with psycopg2.connect(addresses["database_owner_url"]) as db, db.cursor() as cursor:
            cursor.execute("CREATE TABLE ours (id int)")
            db.rollback()
        with psycopg2.connect(addresses["database_url"]) as db, db.cursor() as cursor:
            cursor.execute("SET ROLE portal_reseller; SELECT current_user")
            assert cursor.fetchone() == ("portal_reseller",)
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("SET ROLE portal_owner; RESET ROLE; SET ROLE portal_owner")

    def test_refuse_a_wrong_password(self, addresses: dict[str, str]) -> None:
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(with_user(addresses["database_url"], LOGIN, "guessed"))

    def test_find_trigrams_in_every_script(self, addresses: dict[str, str]) -> None:
        with psycopg2.connect(addresses["database_owner_url"]) as db, db.cursor() as cursor:
            cursor.execute("SELECT similarity('شركة النور', 'شركة النور للتجارة')")
            (similarity,) = cursor.fetchone()
            assert similarity > 0.5

    def test_answer_as_queue_and_as_mail_server(self, house: Path, addresses: dict[str, str]) -> None:
        assert redis.Redis.from_url(addresses["redis_url"]).ping()
        with smtplib.SMTP("127.0.0.1", int(addresses["email_url"].rpartition(":")[2])) as smtp:
            smtp.sendmail("a@example.com", ["b@example.com"], "Subject: Hello\r\n\r\nYou.\r\n")

        (mail,) = (house / "mail").glob("*.eml")
        assert "X-Envelope-To: b@example.com" in mail.read_text()

    def test_are_started_once_for_all_who_ask(self, house: Path) -> None:
        again = finished("manage", "services", env=environment(house))

        assert again.returncode == 0
        assert "Already running" in again.stdout

    def test_are_shared_by_a_command_and_outlive_it(self, house: Path, addresses: dict[str, str]) -> None:
        program = "import os; print(os.environ['REDIS_URL'])"
        command = finished("manage", "shell", "-c", program, env=environment(house))

        assert addresses["redis_url"] in command.stdout
        assert redis.Redis.from_url(addresses["redis_url"]).ping()


class TestADatabaseOfYourOwn:
    """DATABASE_URL and the like name servers elsewhere: here, those of the other directory."""

    @staticmethod
    def given(addresses: dict[str, str], var: Path, database_url: str, **more: str) -> House:
        others = {"REDIS_URL": addresses["redis_url"], "EMAIL_URL": addresses["email_url"]}
        return House.of({"VAR_DIR": str(var), "DATABASE_URL": database_url, **others, **more})

    def test_is_prepared_when_its_user_may(self, addresses: dict[str, str], tmp_path: Path) -> None:
        admin = with_database(addresses["database_admin_url"], "portal_elsewhere")
        prepare_database(addresses["database_admin_url"], "portal_elsewhere")
        try:
            with servers(self.given(addresses, tmp_path, admin)) as found:
                for url, user in ((found.database_url, LOGIN), (found.database_owner_url, OWNER)):
                    with psycopg2.connect(url) as db, db.cursor() as cursor:
                        cursor.execute("SELECT current_user, current_database()")
                        assert cursor.fetchone() == (user, "portal_elsewhere")
                assert found.redis_url == addresses["redis_url"]
        finally:
            passwords = {  # are the whole server's: put back what the other tests know
                "owner_password": addresses["database_owner_url"].split(":")[2].partition("@")[0],
                "login_password": addresses["database_url"].split(":")[2].partition("@")[0],
            }
            prepare_database(addresses["database_admin_url"], **passwords)
        assert not list(tmp_path.glob("postgres*"))

    def test_is_used_as_it_stands_with_both_of_its_users(
        self, addresses: dict[str, str], tmp_path: Path
    ) -> None:
        owner = addresses["database_owner_url"]
        house = self.given(addresses, tmp_path, addresses["database_url"], DATABASE_OWNER_URL=owner)
        with servers(house) as found:
            assert (found.database_url, found.database_owner_url) == (addresses["database_url"], owner)

    def test_needs_the_owner_beside_the_portals_user(self, addresses: dict[str, str], tmp_path: Path) -> None:
        with (
            pytest.raises(Trouble, match="DATABASE_OWNER_URL"),
            servers(self.given(addresses, tmp_path, addresses["database_url"])),
        ):
            pass

    def test_needs_a_user_with_rights(self, addresses: dict[str, str], tmp_path: Path) -> None:
        with (
            pytest.raises(Trouble, match="may not create roles"),
            servers(self.given(addresses, tmp_path, addresses["database_owner_url"])),
        ):
            pass

    def test_must_be_there(self, addresses: dict[str, str], tmp_path: Path) -> None:
        with (
            pytest.raises(Trouble, match="DATABASE_URL: cannot connect"),
            servers(self.given(addresses, tmp_path, "postgresql://admin@127.0.0.1:1/portal")),
        ):
            pass


class TestAPort:
    def test_that_another_takes_between_looking_and_listening_is_given_up_for_the_next(
        self, tmp_path: Path
    ) -> None:
        others: list[socket.socket] = []

        def start(port: int) -> Child:
            if not others:
                others.append(socket.create_server(("127.0.0.1", port)))
            child = Child(
                "listener", [sys.executable, "-u", "-c", LISTENER, str(port)], tmp_path / "listener.log"
            )
            return child.when(lambda: child.said(f"listening at {port}"))

        child, port = on_free_port(24000 + os.getpid() % 3000, start)
        child.stop()
        assert port == others[0].getsockname()[1] + 1
        others[0].close()

    def test_is_not_looked_for_again_when_the_program_fails_by_itself(self, tmp_path: Path) -> None:
        tried: list[int] = []

        def start(port: int) -> Child:
            tried.append(port)
            failing = Child(
                "failing", [sys.executable, "-c", "raise SystemExit('no')"], tmp_path / "failing.log"
            )
            return failing.when(lambda: False)

        with pytest.raises(Trouble, match="stopped right after its start"):
            on_free_port(24000 + os.getpid() % 3000, start)
        assert len(tried) == 1


class TestRun:
    def test_says_which_port_is_free_when_one_is_taken(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            run = finished("run", env=environment(tmp_path, PORT=str(port)))

        assert run.returncode == 1
        assert f"Port {port} is taken" in run.stderr
        assert "take another port: PORT=" in run.stderr
        assert "Traceback" not in run.stderr

    @pytest.mark.slow
    def test_serves_mends_itself_and_leaves_nothing_behind(
        self, house: Path, addresses: dict[str, str]
    ) -> None:
        given = {
            "DATABASE_URL": addresses["database_url"],
            "DATABASE_OWNER_URL": addresses["database_owner_url"],
            "PORTAL_MODE": "development",  # without the demo's world, which takes a while to build
        }
        with directory() as var:
            env = environment(var, **given)
            run = Command("run", env=env)
            try:
                run.says("The portal is ready at ")
                url = run.output.read_text().partition("ready at ")[2].split()[0]
                with urllib.request.urlopen(f"{url}/healthz/ready") as answer:
                    assert answer.status == 200

                second = finished("run", env=env)
                assert second.returncode == 1
                assert f"already running for {var}, at {url}" in second.stderr

                worker = next(p for name, p in run.family().items() if "portal.celery:app worker" in name)
                worker.kill()
                run.says("worker ended (killed by SIGKILL); starting it again")
                run.says("worker started again")

                family = run.family()
                assert run.stop(signal.SIGINT) == 0
                assert gone(family) == []
                assert "Stopped." in run.output.read_text()
            finally:
                run.stop(signal.SIGKILL)

    @pytest.mark.slow
    def test_keeps_its_data_and_takes_its_servers_along_when_killed(self) -> None:
        with directory() as var:
            first = Command("manage", "services", env=environment(var))
            try:
                first.says("Services are up")
                known = json.loads((var / "services.json").read_text())
                with psycopg2.connect(known["database_owner_url"]) as db, db.cursor() as cursor:
                    cursor.execute("CREATE TABLE kept AS SELECT 'entered before' AS text")
                db.close()
                family = first.family()
                assert len(family) > 3
            finally:
                first.stop(signal.SIGKILL)
            assert gone(family) == []

            second = Command("manage", "services", env=environment(var))
            try:
                second.says("Services are up")
                known = json.loads((var / "services.json").read_text())
                with psycopg2.connect(known["database_owner_url"]) as db, db.cursor() as cursor:
                    cursor.execute("SELECT text FROM kept")
                    assert cursor.fetchone() == ("entered before",)
                db.close()
            finally:
                second.stop(signal.SIGTERM)
