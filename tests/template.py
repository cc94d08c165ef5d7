"""A database with all tables, policies and triggers, and what the migrations put there; every other is copied from it.

Migrating takes ten seconds and more, a copy less than one. The template is made when the first process of a run asks
for it, and kept for the next run: its comment says from which code it was made, and any other makes it anew.
"""

from __future__ import annotations

import ast
import hashlib
import itertools
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
    """Another one when what makes the database is: migrations and models, whatever they import, policies, or a library.

    A change of a view, a text or a test leaves it as it is.
    """
    found = hashlib.sha256()
    for file in sorted(_what_makes_it()):
        found.update(f"{file.relative_to(settings.BASE_DIR)}\n".encode())
        found.update(file.read_bytes())
    found.update((settings.BASE_DIR / "uv.lock").read_bytes())
    return found.hexdigest()


def _what_makes_it() -> set[Path]:
    """Migrations, models and the command that makes databases, and the files of ours that they import, and so on."""
    ours = {path for app in apps.get_app_configs() if (path := Path(app.path)).parent == settings.BASE_DIR}
    waiting = [settings.BASE_DIR / "portal" / "database.py", settings.BASE_DIR / "portal" / "settings.py"]
    for directory in ours:
        waiting += [*directory.rglob("migrations/*.py"), *directory.glob("models.py")]
        waiting += [*directory.rglob("models/*.py"), *directory.glob("apps.py"), *directory.glob("guards.py")]
    found: set[Path] = set()
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            # What an app imports when it is ready (pages, notices) makes nothing in the database.
            waiting += [] if file.name == "apps.py" else _imported(file)
    return found


def _imported(file: Path) -> list[Path]:
    """The files of ours that a file imports, also inside functions."""
    package = file.parent.relative_to(settings.BASE_DIR).parts
    found: list[Path] = []
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            found += itertools.chain.from_iterable(_files(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = list(package[: len(package) - node.level + 1]) if node.level else []
            module = above + (node.module.split(".") if node.module else [])
            found += _files(module)
            found += itertools.chain.from_iterable(_files([*module, alias.name]) for alias in node.names)
    return found


def _files(parts: list[str]) -> list[Path]:
    path = settings.BASE_DIR.joinpath(*parts)
    return [file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()]


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
