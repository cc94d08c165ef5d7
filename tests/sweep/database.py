"""The sweep's ground floor: every table, role and verb, asked of the database directly.

What each role may touch is worked out from the declarations beside the models, by evaluating their conditions
without row-level security in the way; what it really can touch is tried out as that role. The two must be equal, row
by row. And every condition must have something to tell apart: rows it admits and rows it does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, IntegrityError, connection, models, transaction

from identity import tenancy
from identity.actors import Actor
from identity.tenancy import SYSTEM, Rule

SAMPLE = 12


@dataclass(frozen=True)
class Finding:
    """Something that is not as declared: a red sweep."""

    table: str
    role: str
    verb: str
    problem: str


class _Undo(Exception):
    pass


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is taken back."""
    try:
        with transaction.atomic():
            yield
            raise _Undo
    except _Undo:
        pass


def rules_for(model: type[models.Model], role: str, verb: str) -> list[Rule]:
    declared = tenancy._declared[model._meta.label_lower]
    return [rule for rule in declared if role in rule.roles and verb in rule.verbs]


def probe(model: type[models.Model], actor: Actor) -> Iterator[Finding]:
    """Try every verb on one table as one actor."""
    for verb, attempt in (("select", _select), ("update", _update), ("delete", _delete), ("insert", None)):
        expected = admitted(model, actor, verb)
        if verb == "insert":
            sample = _sample(model, expected)
            expected, found = expected & sample, _insert(model, actor, sample)
        else:
            found = attempt(model, actor)
        if found != expected:
            problem = f"{len(found - expected)} rows too many, {len(expected - found)} too few"
            yield Finding(model._meta.db_table, actor.database_role, verb, problem)


def admitted(model: type[models.Model], actor: Actor, verb: str) -> set[str]:
    """The ctids of the rows that the declarations admit for this actor."""
    rules = rules_for(model, actor.database_role, verb)
    conditions = [(rule.check or rule.rows) if verb == "insert" else rule.rows for rule in rules]
    if not conditions:
        return set()
    condition = " or ".join(f"({condition})" for condition in conditions)
    with _seeing_everything(actor):
        return _ctids(f'SELECT ctid::text FROM "{model._meta.db_table}" WHERE {condition}')


@contextmanager
def _seeing_everything(actor: Actor) -> Iterator[None]:
    """The system's view of the rows, with the actor's site and user in the settings."""
    with tenancy.scope(actor), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {SYSTEM}")
        yield


def _ctids(query: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


def _select(model: type[models.Model], actor: Actor) -> set[str]:
    with tenancy.scope(actor):
        try:
            with transaction.atomic():
                return _ctids(f'SELECT ctid::text FROM "{model._meta.db_table}"')
        except DatabaseError as error:
            return _refused(error)


def _refused(error: DatabaseError) -> set[str]:
    if getattr(error.__cause__, "pgcode", "") != "42501":
        raise error
    return set()


def _update(model: type[models.Model], actor: Actor) -> set[str]:
    """Rows that an UPDATE without any condition reaches.

    It reads no column, for then the select policies would have their say as well; so it writes a constant, a value
    that the column of some row has. Columns are tried until one can hold the same value in every row.
    """
    table = f'"{model._meta.db_table}"'
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_any_column_privilege(%s, %s, 'update')", [actor.database_role, table])
        if not cursor.fetchone()[0]:
            return set()
    moving = next((rule for rule in rules_for(model, actor.database_role, "update") if rule.check), None)
    if moving is not None:
        return _moved(model, actor, moving)
    for field in _harmless_columns(model, actor.database_role):
        with tenancy.as_system(), connection.cursor() as cursor:
            cursor.execute(f'SELECT "{field.column}"::text FROM {table} LIMIT 1')
            value = (cursor.fetchone() or [None])[0]
        try:
            statement = f'UPDATE {table} SET "{field.column}" = %s::{field.db_type(connection)}'
            return _reached(model, actor, statement, [value])
        except IntegrityError:
            continue
    raise AssertionError(f"No column of {table} can hold one value in every row.")


def _moved(model: type[models.Model], actor: Actor, rule: Rule) -> set[str]:
    """The same for a rule that asks something else of the new row: it is given the values of a row that has it."""
    table, columns = f'"{model._meta.db_table}"', list(rule.columns)
    with _seeing_everything(actor), connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE {rule.check} LIMIT 1")
        values = cursor.fetchone()
    if values is None:
        return set()
    return _reached(model, actor, f"UPDATE {table} SET ({', '.join(columns)}) = ({_marks(columns)})", values)


def _marks(columns: list[str]) -> str:
    return ", ".join(["%s"] * len(columns))


def _harmless_columns(model: type[models.Model], role: str) -> list[models.Field]:
    """Columns that the role may write and that no condition or key goes by."""
    rules = rules_for(model, role, "update")
    narrowed = [column for rule in rules for column in rule.columns]
    conditions = " ".join(f"{rule.rows} {rule.check}" for rule in tenancy._declared[model._meta.label_lower])
    return [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key
        and not field.generated
        and not field.unique
        and (not narrowed or field.column in narrowed)
        and not re.search(rf"\b{field.column}\b", conditions)
    ]


def _delete(model: type[models.Model], actor: Actor) -> set[str]:
    return _reached(model, actor, f'DELETE FROM "{model._meta.db_table}"')


def _reached(
    model: type[models.Model], actor: Actor, statement: str, parameters: Sequence[object] = ()
) -> set[str]:
    """Which rows a statement run as the actor reaches; what is left of their versions afterwards tells."""
    everything = f'SELECT ctid::text FROM "{model._meta.db_table}"'
    with undone(), _only_policies_speak():
        with tenancy.as_system():
            before = _ctids(everything)
        with tenancy.scope(actor), connection.cursor() as cursor:
            try:
                with transaction.atomic():
                    cursor.execute(statement, parameters)
            except IntegrityError:
                raise
            except DatabaseError as error:
                return _refused(error)
        with tenancy.as_system():
            return before - _ctids(everything)
    raise AssertionError


@contextmanager
def _only_policies_speak() -> Iterator[None]:
    """Triggers and foreign keys are silent, so as not to refuse in a policy's stead. Needs a superuser's session."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield


def _sample(model: type[models.Model], admitted: set[str]) -> set[str]:
    """Rows to try: inserting goes row by row, and a few of either sort are enough to tell."""
    with tenancy.as_system():
        others = _ctids(f'SELECT ctid::text FROM "{model._meta.db_table}"') - admitted
    return {ctid for rows in (admitted, others) for ctid in sorted(rows)[:SAMPLE]}


def _insert(model: type[models.Model], actor: Actor, sample: set[str]) -> set[str]:
    """Which rows' exact copies the role could insert: the policy lets them pass, and then the primary key objects."""
    table = f'"{model._meta.db_table}"'
    fields = [f for f in model._meta.concrete_fields if not f.generated]
    columns = ", ".join(f'"{f.column}"' for f in fields)
    with tenancy.as_system(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ctid::text, {columns} FROM {table} WHERE ctid::text = ANY(%s)", [list(sample)]
        )
        rows = cursor.fetchall()
    casts = ", ".join(f"%s::{f.db_type(connection)}" for f in fields)
    passed = set()
    for ctid, *values in rows:
        prepared = [
            f.get_db_prep_value(value, connection)
            if isinstance(f, models.JSONField) and value is not None
            else value
            for f, value in zip(fields, values, strict=True)
        ]
        with undone(), _only_policies_speak(), tenancy.scope(actor), connection.cursor() as cursor:
            try:
                with transaction.atomic():
                    cursor.execute(
                        f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE VALUES ({casts})", prepared
                    )
                passed.add(ctid)
            except DatabaseError as error:
                if getattr(error.__cause__, "pgcode", "") != "42501":
                    passed.add(ctid)
    return passed
