"""Tests run as production does: connected as the run-time role, which owns nothing and is bound by every policy."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from zlib import crc32

import psycopg2
import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from whitenoise.middleware import WhiteNoiseMiddleware

from portal.database import drop_database, prepare_database, with_database
from tests.cast import Cast, make_cast
from tests.template import connect_as, template


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # until everything is collected: see pytest_collection_finish
    own_redis()


def pytest_collection_finish() -> None:
    """What is there by now stays till the end: nobody need look for garbage among ten thousand tests."""
    gc.freeze()
    gc.enable()


def own_redis() -> None:
    """A cache and a queue of this process's own: other tests clear theirs, and a demo's worker would take our jobs."""
    worker = f"{os.environ.get('PORTAL_TEST_SUFFIX', '')} {os.environ.get('PYTEST_XDIST_WORKER', '')}"
    server = redis.Redis.from_url(settings.REDIS_URL)
    number = 1 + crc32(worker.encode()) % (int(server.config_get("databases")["databases"]) - 1)
    server.close()
    own = f"{settings.REDIS_URL.rpartition('/')[0]}/{number}"
    os.environ["REDIS_URL"] = settings.REDIS_URL = settings.CELERY_BROKER_URL = own
    settings.CACHES["default"]["LOCATION"] = own


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first: slow tests, then files by how many they have. A file stays with one process, and begun
    last, that process would be at it alone while the other has nothing to do.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    many = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path not in slow, -many[item.path]))


@pytest.fixture(scope="session", autouse=True)
def own_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever is attached in tests is gone with them; servers that tests start inherit the place."""
    os.environ["FILES_DIR"] = str(tmp_path_factory.mktemp("files"))
    settings.MEDIA_ROOT = Path(os.environ["FILES_DIR"])


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker, worker_id: str) -> Iterator[None]:
    """A database of this worker's own, made by the owner and then used by the run-time role."""
    name = f"test_portal_{os.environ.get('PORTAL_TEST_SUFFIX', '')}_{worker_id}"
    admin = os.environ["DATABASE_ADMIN_URL"]
    with django_db_blocker.unblock():
        os.environ["BENCH_TEMPLATE"] = template(admin)
        drop_database(admin, name)
        prepare_database(admin, name, owner_may_create_databases=True, template=os.environ["BENCH_TEMPLATE"])
        spare_the_disk(admin, name)
        connect_as(with_database(os.environ["DATABASE_URL"], name))
        keep_beginning(with_database(admin, name))
        os.environ["TEST_DATABASE_ADMIN_URL"] = with_database(admin, name)
        os.environ["TEST_DATABASE_OWNER_URL"] = with_database(os.environ["DATABASE_OWNER_URL"], name)
        os.environ["TEST_DATABASE_URL"] = with_database(os.environ["DATABASE_URL"], name)
    yield
    with django_db_blocker.unblock():
        connection.close()
        drop_database(admin, name)


def spare_the_disk(admin_url: str, name: str) -> None:
    """A commit need not reach the disk before it is answered: tests kill programs, never the database's server."""
    with closing(psycopg2.connect(admin_url)) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')


TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'"
# As a restored dump: triggers and policies are for what people do. Emptying what has rows is ten times as quick as
# TRUNCATE of every table, each of which makes new files; what has grown large is given back to the disk.
EMPTY = """
DO $$
DECLARE
    tables text[] := ARRAY(
        SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'
    );
    every text := (SELECT string_agg(format('public.%I', one), ', ') FROM unnest(tables) AS one);
    one text;
    filled boolean;
    large boolean := false;
BEGIN
    SET LOCAL session_replication_role = replica;
    EXECUTE format('LOCK TABLE %s', every);  -- whoever is still writing, in a thread of the test, is waited for
    FOREACH one IN ARRAY tables LOOP
        IF pg_relation_size(format('public.%I', one)) > 0 THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one) INTO filled;
            IF filled THEN
                EXECUTE format('DELETE FROM public.%I', one);
            END IF;
            large := large OR pg_relation_size(format('public.%I', one)) > 1000000;
        END IF;
    END LOOP;
    IF large THEN
        EXECUTE format('TRUNCATE %s CASCADE', every);
    END IF;
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'beginning' LOOP
        EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE SELECT * FROM beginning.%I', one, one);
    END LOOP;
END $$
"""


def keep_beginning(admin_url: str) -> None:
    """Remember what the migrations put into the tables (calendars, rules), in a schema of its own."""
    with psycopg2.connect(admin_url) as admin, admin.cursor() as cursor:
        cursor.execute("CREATE SCHEMA beginning")
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
            if cursor.fetchone() == (True,):
                cursor.execute(f"CREATE TABLE beginning.{table} AS TABLE public.{table}")
    admin.close()


def truncate_everything(self: object = None) -> None:
    """What Django's flush does, which the run-time role may not. What the migrations put there is there again.

    Ids go on counting, as in life: what Redis still holds about key 1 must not meet another key 1.
    """
    with psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"]) as admin, admin.cursor() as cursor:
        cursor.execute(EMPTY)
    admin.close()


TransactionTestCase._fixture_teardown = truncate_everything  # type: ignore[method-assign]


find_static_files = WhiteNoiseMiddleware.add_files_from_finders
static_files: dict[str, Any] = {}


def find_static_files_once(self: WhiteNoiseMiddleware) -> None:
    """Each test client would look at all of them anew, and there are tens of thousands of clients."""
    if not static_files:
        find_static_files(self)
        static_files.update(self.files)
    self.files.update(static_files)


WhiteNoiseMiddleware.add_files_from_finders = find_static_files_once


@pytest.fixture
def cast(db: None) -> Cast:
    """The people most tests are about; see tests/cast.py."""
    return make_cast()
