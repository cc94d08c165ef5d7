"""More rows for every table, so that each condition of each rule has something to admit and something to refuse.

Every row there is serves as a pattern: it is repeated with other values in the columns that the table's rules go by.
Triggers and foreign keys are silent meanwhile; what a CHECK or a unique constraint refuses is left out.
"""

from __future__ import annotations

import itertools
import re
import secrets
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db import IntegrityError, connection, models, transaction

from identity import tenancy
from identity.models import Membership
from tests.sweep.world import PROBED, World

LIMIT = 300  # combinations tried for one table


def vary_every_table(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in tenancy.guarded_models():
            _vary(world, model, cursor)
        cursor.execute("SET LOCAL session_replication_role = origin")


def _vary(world: World, model: type[models.Model], cursor: Any) -> None:
    fields = [f for f in model._meta.concrete_fields if not f.generated]
    rules = " ".join(f"{rule.rows} {rule.check or ''}" for rule in tenancy._declared[model._meta.label_lower])
    varied = [f for f in fields if re.search(rf"\b{f.column}\b", rules) and not f.primary_key]
    # Times that a CHECK ties to a status come along.
    varied += [f for f in fields if f.null and isinstance(f, models.DateTimeField) and _status_in(varied)]
    if not varied:
        return
    names = ", ".join(f'"{f.column}"' for f in fields if not f.primary_key)
    cursor.execute(f'SELECT {names} FROM "{model._meta.db_table}" ORDER BY 1 LIMIT 1')
    pattern = cursor.fetchone()
    if pattern is None:
        return
    row = dict(zip([f for f in fields if not f.primary_key], pattern, strict=True))
    combinations = list(itertools.product(*(_values(world, f, row[f]) for f in varied)))
    for values in Random(1).sample(combinations, min(LIMIT, len(combinations))):
        _insert(model, row | dict(zip(varied, values, strict=True)), varied, cursor)


def _status_in(fields: list[Any]) -> bool:
    return any(f.choices and f.column == "status" for f in fields)


def _values(world: World, field: Any, found: Any) -> list[Any]:
    people = [world.people[name] for name in PROBED if name not in ("anonymous", "guest")] + [
        world.people["rival"]
    ]
    if field.column in (
        "site_id",
        "distributor_id",
        "reader_id",
        "viewer_site_id",
        "administered_by_id",
        "invited_site_id",
    ):
        sites = [world.ours["site"], world.theirs["site"], *world.distributors]
        return [site.id for site in sites] + ([None] if field.null else [])
    if field.column in ("line_id", "made_for"):  # what the holder of a link sees by
        lines = [world.ours["setup_line"].id, world.theirs["setup_line"].id, world.ours["active_line"].id]
        return lines + ([None] if field.null else [])
    if field.column == "reseller_id":
        return [world.ours["site"].id, world.theirs["site"].id, None]
    if re.fullmatch("(reseller|distributor)_(from|until)", field.column):
        return [None, "2020-01-01", "2098-01-01"]
    if field.column == "user_id":
        users = [p.user_id if isinstance(p, Membership) else p.id for p in people]
        return users + ([None] if field.null else [])
    if isinstance(field, models.BooleanField):
        return [True, False]
    if field.choices:
        return [value for value, _label in field.flatchoices]
    if isinstance(field, models.DateTimeField):
        return [None, "2026-01-01T00:00:00Z"]
    if field.null:
        return [None, found or "7654321"]
    return [found]


def _in_unique_constraints(model: type[models.Model]) -> set[str]:
    return {
        name
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
        for name in constraint.fields
        if (getattr(model._meta.get_field(name), "max_length", None) or 99) > 3  # a country says little
    }


def _unused(field: Any) -> Any:
    """A value that no row has: keys that lead nowhere, digits at random."""
    if isinstance(field, models.ForeignKey | models.IntegerField):
        return secrets.randbelow(30_000)
    if isinstance(field, models.BooleanField):
        return bool(secrets.randbelow(2))
    if isinstance(field, models.DateField):
        return date(2026, 1, 1) + timedelta(days=secrets.randbelow(3000))
    return "".join(secrets.choice("0123456789") for _ in range(min(field.max_length or 20, 20)))


def _insert(model: type[models.Model], row: dict[Any, Any], varied: list[Any], cursor: Any) -> None:
    for field in row:
        if field in varied or row[field] is None:  # nothing is nobody's twice
            continue
        if field.unique or field.name in _in_unique_constraints(model):
            row[field] = _unused(field)
    columns = ", ".join(f'"{field.column}"' for field in row)
    casts = ", ".join(f"%s::{field.db_type(connection)}" for field in row)
    values = [
        field.get_db_prep_value(value, connection)
        if isinstance(field, models.JSONField) and value is not None
        else value
        for field, value in row.items()
    ]
    try:
        with transaction.atomic():
            cursor.execute(f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({casts})', values)
    except IntegrityError:
        pass
