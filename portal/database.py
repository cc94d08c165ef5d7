"""Roles and an empty database for the portal, laid out the same on every server.

Used by the embedded PostgreSQL, by the tests (one database each) and, as the management command
`prepare_database`, in production. Needs psycopg2 and nothing of Django: it runs before there is a database.

Every step can be repeated. Roles belong to the whole server, so an advisory lock keeps parallel runs apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

OWNER = "portal_owner"
LOGIN = "portal_login"
#: What portal_login may become, one for each kind of actor (see identity/tenancy.py).
ACTOR_ROLES = (
    "portal_anonymous",
    "portal_reseller",
    "portal_distributor",
    "portal_staff",
    "portal_guest",
    "portal_system",
)
#: Those that load files, through temporary tables (see feeds/).
STAGING_ROLES = ("portal_staff", "portal_system")

#: Trusted extensions: the database's owner may create them.
EXTENSIONS = ("pg_trgm", "btree_gin", "unaccent")
#: Needs a superuser; nice to have, so skipped without one.
SUPERUSER_EXTENSIONS = ("pg_stat_statements",)

OLDEST_SERVER = 160000  # GRANT … WITH INHERIT FALSE, SET TRUE came with PostgreSQL 16
LOCK = 0x706F7274  # "port": any number, the same for all


class CannotPrepare(Exception):
    """The server or the user given does not allow what is needed; the text says what to do."""


def prepare_database(
    admin_url: str,
    name: str = "portal",
    *,
    owner_password: str | None = None,
    login_password: str | None = None,
    owner_may_create_databases: bool = False,
    template: str | None = None,
) -> None:
    """Create what is missing: the portal's roles, the database `name`, its extensions and grants.

    `admin_url` names a user who may create roles and databases, and any database to connect to. Passwords
    are set when given and otherwise left as they are. `owner_may_create_databases` is for tests only, and so
    is `template`: a database prepared earlier, to which nobody is connected, and of which `name` becomes a copy.

    Raises CannotPrepare when the server is too old or the user may not create roles.
    """
    with _connected(admin_url) as db, _locked(db):
        _check(db)
        _create_roles(db, owner_password, login_password, owner_may_create_databases)
        _create_database(db, name, template)
    with _connected(with_database(admin_url, name)) as db, _locked(db):
        _create_extensions(db)
        _grant(db, name)


def drop_database(admin_url: str, name: str) -> None:
    """Drop the database `name` if it is there, throwing out whoever is connected to it."""
    with _connected(admin_url) as db:
        _run(db, "DROP DATABASE IF EXISTS {} WITH (FORCE)", sql.Identifier(name))


def mark_of(url: str, name: str) -> str | None:
    """What the database `name` is marked with; None when it is not there, or has no mark."""
    with _connected(url) as db:
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        found: str | None = _row(db, query, name)
    return found


def mark_database(url: str, name: str, mark: str) -> None:
    """Write down what the database `name` was made from, for tests and benchmarks that keep one until that differs."""
    with _connected(url) as db:
        _run(db, "COMMENT ON DATABASE {} IS {}", sql.Identifier(name), sql.Literal(mark))


def may_prepare(url: str) -> bool:
    """Whether the user of this URL may create roles and databases."""
    with _connected(url) as db:
        return _row(
            db,
            "SELECT rolsuper OR (rolcreaterole AND rolcreatedb) FROM pg_roles WHERE rolname = current_user",
        )


def with_database(url: str, name: str) -> str:
    """The same server and user, another database."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path="/" + quote(name)))


def with_user(url: str, user: str, password: str | None) -> str:
    """The same server and database, another user."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    secret = f":{quote(password, safe='')}" if password else ""
    return urlunsplit(parts._replace(netloc=f"{quote(user)}{secret}@{host}"))


def user_of(url: str) -> str:
    return urlsplit(url).username or ""


@contextmanager
def _connected(url: str) -> Iterator[Any]:
    db = psycopg2.connect(url, connect_timeout=10, application_name="prepare_database")
    db.autocommit = True  # CREATE DATABASE refuses a transaction
    try:
        yield db
    finally:
        db.close()


@contextmanager
def _locked(db: Any) -> Iterator[None]:
    """Advisory locks are per database and grants are rows that two sessions must not update at once."""
    _run(db, f"SELECT pg_advisory_lock({LOCK})")
    try:
        yield
    finally:
        _run(db, f"SELECT pg_advisory_unlock({LOCK})")


def _run(db: Any, statement: str, *parts: sql.Composable) -> None:
    with db.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*parts) if parts else statement)


def _row(db: Any, query: str, *params: object) -> Any:
    """The first column of the first row, or None."""
    with db.cursor() as cursor:
        cursor.execute(query, params)
        row = cursor.fetchone()
    return row[0] if row else None


def _is_superuser(db: Any) -> bool:
    return bool(_row(db, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))


def _check(db: Any) -> None:
    if db.server_version < OLDEST_SERVER:
        raise CannotPrepare(f"PostgreSQL 16 or newer is needed; this server is {db.server_version // 10000}.")
    if not _row(db, "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"):
        user = _row(db, "SELECT current_user")
        raise CannotPrepare(f"The database user {user} may not create roles. Give a user who may.")


def _create_roles(db: Any, owner_password: str | None, login_password: str | None, createdb: bool) -> None:
    for role in (OWNER, LOGIN, *ACTOR_ROLES):
        if not _row(db, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
            _run(db, "CREATE ROLE {}", sql.Identifier(role))
    # What a role may do is stated anew each time, so that a role tampered with is put right.
    safe = "NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS " if _is_superuser(db) else ""
    _run(db, f"ALTER ROLE {{}} {safe}LOGIN" + (" CREATEDB" if createdb else ""), sql.Identifier(OWNER))
    _run(db, f"ALTER ROLE {{}} {safe}LOGIN NOINHERIT NOCREATEDB", sql.Identifier(LOGIN))
    for role, password in ((OWNER, owner_password), (LOGIN, login_password)):
        if password:
            _run(db, "ALTER ROLE {} PASSWORD {}", sql.Identifier(role), sql.Literal(password))
    for role in ACTOR_ROLES:
        _run(db, f"ALTER ROLE {{}} {safe}NOLOGIN NOINHERIT", sql.Identifier(role))
        for member in (LOGIN, OWNER):
            grant = "GRANT {} TO {} WITH INHERIT FALSE, SET TRUE"
            _run(db, grant, sql.Identifier(role), sql.Identifier(member))
    if not _is_superuser(db):  # to make the database portal_owner's, one must be able to become portal_owner
        _run(db, "GRANT {} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE", sql.Identifier(OWNER))


def _create_database(db: Any, name: str, template: str | None) -> None:
    if _row(db, "SELECT 1 FROM pg_database WHERE datname = %s", name):
        return
    if template:
        parts = (sql.Identifier(each) for each in (name, OWNER, template))
        _run(db, "CREATE DATABASE {} OWNER {} TEMPLATE {}", *parts)
        return
    # C.UTF-8 sorts by code point everywhere alike, and its trigrams know every script; with plain "C"
    # Arabic trigrams would silently be empty. template0: template1 may be in use and its locale is unknown.
    provider = "LOCALE_PROVIDER builtin" if db.server_version >= 170000 else ""
    create = f"CREATE DATABASE {{}} OWNER {{}} TEMPLATE template0 ENCODING 'UTF8' {provider} LOCALE 'C.UTF-8'"
    _run(db, create, sql.Identifier(name), sql.Identifier(OWNER))


def _create_extensions(db: Any) -> None:
    for extension in EXTENSIONS + (SUPERUSER_EXTENSIONS if _is_superuser(db) else ()):
        _run(db, "CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA public", sql.Identifier(extension))


def _grant(db: Any, name: str) -> None:
    database = sql.Identifier(name)
    _run(db, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    _run(db, "GRANT CONNECT ON DATABASE {} TO {}", database, sql.Identifier(LOGIN))
    for role in STAGING_ROLES:
        _run(db, "GRANT TEMPORARY ON DATABASE {} TO {}", database, sql.Identifier(role))
    _run(db, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    for role in (LOGIN, *ACTOR_ROLES):
        _run(db, "GRANT USAGE ON SCHEMA public TO {}", sql.Identifier(role))
