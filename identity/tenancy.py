"""Tenancy: the database decides.

Every request and every job runs in one transaction, in which the database role, the current site and user, and
the few privileges that the database asks for are set; row-level security does the rest. Outside such a
scope the run-time role may touch nothing.

A model declares who sees and changes which of its rows with `@guarded(...)`; `sync_policies` (run after each
`migrate`, as the tables' owner) makes the database say the same. A table without a declaration fails a system check.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from django.apps import apps
from django.core import checks
from django.db import connection, models, transaction

from .actors import Actor
from .privileges import Privilege

SITE = "(select nullif(current_setting('portal.site', true), '')::bigint)"
LINK = "(select nullif(current_setting('portal.link', true), '')::bigint)"
USER = "(select nullif(current_setting('portal.user', true), '')::bigint)"
# `nullif` is essential: a setting made with SET LOCAL leaves '' behind, and the cast would fail on a reused connection.

# What the database itself asks for, of all privileges: those by which it hides rows or columns (see `holds`).
ASKED = (
    Privilege.PARTNER_COST_VIEW,
    Privilege.PRICE_FILE_VIEW,
    Privilege.QUOTE_MANAGE,
    Privilege.ORDER_PLACE,
    Privilege.GUIDED_SELLING_USE,
)

ANONYMOUS, RESELLER, DISTRIBUTOR, STAFF, GUEST, SYSTEM = (
    "portal_anonymous",
    "portal_reseller",
    "portal_distributor",
    "portal_staff",
    "portal_guest",
    "portal_system",
)
OWNER = (
    "portal_owner"  # owns the tables, migrates; at run time only behind the functions of identity/migrations
)
PARTNERS = (RESELLER, DISTRIBUTOR)
ROLES = (ANONYMOUS, *PARTNERS, STAFF, GUEST, SYSTEM)
VERBS = ("select", "insert", "update", "delete")


@dataclass(frozen=True, slots=True)
class Rule:
    """Which rows some database roles may touch, and how.

    `rows` is an SQL condition on the table's columns. For `insert` and `update` it must also hold for the new row,
    unless `check` says otherwise. `columns` narrows an update to those columns.
    """

    roles: tuple[str, ...]
    verbs: tuple[str, ...]
    rows: str = "true"
    check: str | None = None
    columns: tuple[str, ...] = ()


def may(roles: str | tuple[str, ...], verbs: str, rows: str = "true", **extra: Any) -> Rule:
    """A rule, short to write: `may(PARTNERS, "select insert", OWN_SITE)`."""
    return Rule((roles,) if isinstance(roles, str) else roles, tuple(verbs.split()), rows, **extra)


def holds(*privileges: Privilege) -> str:
    """An SQL condition: whoever is asking has one of these privileges, all of ASKED. Evaluated once a query."""
    for privilege in privileges:
        assert privilege in ASKED, f"The database is not told of {privilege}."
    listed = ", ".join(f"'{privilege}'" for privilege in privileges)
    return f"(select string_to_array(current_setting('portal.may', true), ' ') && array[{listed}])"


OWN_SITE = f"site_id = {SITE}"
OWN_USER = f"user_id = {USER}"

_declared: dict[str, tuple[Rule, ...]] = {}


M = TypeVar("M", bound=type[models.Model])


def guarded(*rules: Rule) -> Callable[[M], M]:
    """Class decorator: declares a model's row-level security. Jobs (`portal_system`) may always touch every row."""

    def declare(model: M) -> M:
        guard(model._meta.label, *rules)
        return model

    return declare


def guard(label: str, *rules: Rule) -> None:
    """The same for a model that a library brings, by its label."""
    _declared[label.lower()] = (*rules, may(SYSTEM, " ".join(VERBS)))


# ---------------------------------------------------------------------------------------------- at run time


@dataclass(frozen=True, slots=True)
class _Setting:
    role: str
    site: str
    user: str
    may: str  # those of ASKED that the actor has
    link: str = ""  # what a guest's link is about


def _current() -> _Setting | None:
    return getattr(connection, "portal_scope", None)


def _apply(setting: _Setting | None) -> None:
    connection.portal_scope = setting  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        if setting is None:
            cursor.execute(
                "RESET ROLE; SELECT set_config('portal.site', '', true), set_config('portal.user', '', true),"
                " set_config('portal.may', '', true), set_config('portal.link', '', true)"
            )
        else:
            # One round trip. The role is one of our own constants, never input.
            cursor.execute(
                f"SET LOCAL ROLE {setting.role};"
                " SELECT set_config('portal.site', %s, true), set_config('portal.user', %s, true),"
                " set_config('portal.may', %s, true), set_config('portal.link', %s, true)",
                [setting.site, setting.user, setting.may, setting.link],
            )


def _setting_for(actor: Actor) -> _Setting:
    assert actor.database_role in ROLES
    asked = " ".join(privilege for privilege in ASKED if actor.may(privilege))
    site, user, link = (str(id_ or "") for id_ in (actor.site_id, actor.user_id, actor.link_id))
    return _Setting(actor.database_role, site, user, asked, link)


@contextmanager
def scope(actor: Actor) -> Iterator[None]:
    """One transaction as `actor`. Scopes nest; the inner one gives way to the outer one at its end."""
    outer = _current()
    nested = connection.in_atomic_block
    try:
        with transaction.atomic():
            _apply(_setting_for(actor))
            yield
    finally:
        if nested and not connection.needs_rollback:
            _apply(outer)
        else:
            # The transaction is over (SET LOCAL ended with it), or the savepoint's rollback restored the role.
            connection.portal_scope = outer  # type: ignore[attr-defined]


def become(actor: Actor) -> None:
    """Change who the running transaction works as: once it is known who is asking."""
    _apply(_setting_for(actor))


def as_system() -> Any:
    """A scope for jobs that cross tenants; used in `tasks.py` and by commands only."""
    return scope(Actor.system())


@contextmanager
def door() -> Iterator[None]:
    """A scope that knows people but no business data: for signing in and for finding out who is asking."""
    with scope(Actor.anonymous()):
        yield


# ---------------------------------------------------------------------------------------------- in the database


def guarded_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def _statements(model: type[models.Model]) -> Iterator[str]:
    """What makes the database say what the model declares."""
    table = f'"{model._meta.db_table}"'
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"REVOKE ALL ON {table} FROM {', '.join(ROLES)}, portal_login, PUBLIC"
    for number, rule in enumerate(_declared[model._meta.label_lower]):
        for role in rule.roles:
            for verb in rule.verbs:
                columns = f" ({', '.join(rule.columns)})" if rule.columns and verb == "update" else ""
                yield f"GRANT {verb}{columns} ON {table} TO {role}"
                using = "" if verb == "insert" else f" USING ({rule.rows})"
                check = f" WITH CHECK ({rule.check or rule.rows})" if verb in ("insert", "update") else ""
                yield f"CREATE POLICY {policy_name(role, verb, number)} ON {table} FOR {verb} TO {role}{using}{check}"


def policy_name(role: str, verb: str, number: int) -> str:
    return f"{role}_{verb}_{number}"


def sync_policies() -> int:
    """Bring grants and policies of every table in line with its declaration; returns how many tables changed.

    Runs as the tables' owner. A table whose declaration is unchanged is not touched, so nothing is locked for it.
    """
    changed = 0
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        for model in guarded_models():
            if model._meta.label_lower not in _declared:
                continue
            statements = list(_statements(model))
            mark = "portway:" + hashlib.sha256("\n".join(statements).encode()).hexdigest()[:24]
            table = model._meta.db_table
            cursor.execute(
                "SELECT to_regclass(%s)::text, obj_description(to_regclass(%s), 'pg_class')",
                [f'"{table}"'] * 2,
            )
            exists, found = cursor.fetchone()
            if exists is None or found == mark:
                continue
            cursor.execute(
                "SELECT policyname FROM pg_policies WHERE tablename = %s AND schemaname = 'public'", [table]
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP POLICY "{name}" ON "{table}"')
            for statement in statements:
                cursor.execute(statement)
            cursor.execute(f'COMMENT ON TABLE "{table}" IS %s', [mark])
            changed += 1
    return changed


@checks.register(checks.Tags.security)
def every_table_is_guarded(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    return [
        checks.Error(
            f"{model._meta.label} has no row-level security declaration.",
            hint="Put @tenancy.guarded(...) on the model, or tenancy.guard(...) for a library's in identity/guards.py.",
            id="identity.E001",
        )
        for model in guarded_models()
        if model._meta.label_lower not in _declared
    ]
