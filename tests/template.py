"""A database with all tables, policies and triggers, and what the migrations put there; every other is copied from it.

Migrating takes ten seconds and more, a copy less than one. The template is made when the first process of a run asks
for it, and kept for the next run: its comment says from which code it was made, and any other makes it anew.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from zlib import crc32

import psycopg2
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from portal.database import drop_database, mark_database, mark_of, prepare_database, with_database
from portal.settings import database


def template(admin_url: str) -> str:
    """The name of the template of this run, which is there, up to date, and left by whoever made it."""
    name = f"test_portal_{os.environ.get('PORTAL_TEST_SUFFIX', '')}_template"
    mark = f"made from {fingerprint()}"
    with _one_at_a_time(admin_url, name):
        if mark_of(admin_url, name) != mark:
            drop_database(admin_url, name)
            prepare_database(admin_url, name, owner_may_create_databases=True)
            connect_as(with_database(os.environ["DATABASE_OWNER_URL"], name))
            call_command("migrate", verbosity=0)
            connection.close()
            mark_database(admin_url, name, mark)
    return name


def fingerprint() -> str:
    """Another one when any file of our apps is: migrations, what they import, models, policies; or a library is."""
    found = hashlib.sha256()
    ours = {Path(app.path) for app in apps.get_app_configs()} | {settings.BASE_DIR / "portal"}
    for directory in sorted(each for each in ours if each.parent == settings.BASE_DIR):
        for file in sorted(directory.rglob("*.py")):
            found.update(f"{file.relative_to(settings.BASE_DIR)}\n".encode())
            found.update(file.read_bytes())
    found.update((settings.BASE_DIR / "uv.lock").read_bytes())
    return found.hexdigest()


def connect_as(url: str) -> None:
    connection.close()
    connection.settings_dict.update(database(url))


@contextmanager
def _one_at_a_time(admin_url: str, name: str) -> Iterator[None]:
    """Whichever process comes first makes it; the others wait. The lock ends with the process, however that ends."""
    with closing(psycopg2.connect(admin_url)) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [crc32(name.encode())])
            yield
