# ruff: noqa: S608 - the statements are made of declarations and our own names, never of what stands in a file
"""The target of most feeds: one table, compared with the file and changed by a handful of statements.

What a declaration says in SQL knows the staged row as `s`, the table's row as `t`, and each look-up by its alias.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor

from .declared import Change, Flaw, Staged, Summary, Words

SAMPLES = 10  # of each sort of change
FLAWS = 100_000  # at most, of each check

# As identity.models.public_id makes them, of 48 random bits: 12 letters and digits that nobody misreads.
PUBLIC_ID = "left(translate(gen_random_uuid()::text, '01-', 'gh'), 12)"

SAME_ENTRY = _("This is about the same entry as row %(rows)s of the file.")


class DataChanged(Exception):
    """What is to be changed is not what it was when it was compared."""


@dataclass(frozen=True, slots=True)
class To:
    """A column of the table, and where its value comes from.

    `source` is the name of a feed's or derived column; `sql`, where given, an expression to take instead. Where the
    file has a blank, the value is `otherwise` (SQL); where it lacks the column, a new row gets `otherwise` and one
    that is there keeps what it has. `shown` is SQL that writes a value (`{}`) for people.
    """

    column: str
    source: str
    sql: str = ""
    otherwise: str = "''"
    shown: str = "({})::text"
    name: str = ""  # what samples and audit trails call it: the source, where not given

    @property
    def expression(self) -> str:
        return self.sql or f's."{self.source}"'

    @property
    def called(self) -> str:
        return self.name or self.source


@dataclass(frozen=True, slots=True)
class LookUp:
    """A row of another table that a staged row names: known to the statements as `alias`."""

    alias: str
    model: type[models.Model]
    on: str  # SQL
    column: str  # the feed's column that names it
    rule: Words = ""  # what is wrong when there is none; "" where there need not be one
    code: str = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """Staged rows for which `where` (SQL over s, t, look-ups, and the table `<staged>`) holds break the rule."""

    where: str
    column: str
    rule: Words
    code: str
    params: Mapping[str, str] = field(default_factory=dict)  # SQL by name, for the rule's %(name)s


@dataclass(frozen=True, slots=True)
class Settled:
    """Rows of the table for which `where` (SQL over t and look-ups) holds keep what they have, but for `free`.

    A file may repeat them; where it says something else, that is told where it first differs.
    """

    where: str
    rule: Words
    code: str
    free: frozenset[str] = frozenset()  # columns, by what samples call them


@dataclass(frozen=True, slots=True)
class Removal:
    """What happens to the rows that a complete file lacks."""

    where: str  # SQL over t: which of the table's rows a complete file is about
    changes: Mapping[str, str]  # column: SQL over t
    event: str  # audit event


@dataclass(frozen=True, slots=True)
class TableTarget:
    """Rows of `model`, told apart by `match`.

    `columns` are compared and brought in line; `only_new` (SQL over s and look-ups by column) is written with new
    rows alone, as are the model's defaults of whatever neither of them mentions. `called` names a staged row in
    samples (SQL over s), `label` a row of the table (SQL over t).
    """

    model: type[models.Model]
    match: str  # SQL over s and look-ups, and t
    columns: tuple[To, ...]
    only_new: Mapping[str, str]
    called: str
    label: str
    object_type: str
    added: str  # audit event; "" where what was added is told with something else
    changed: str  # SQL over d, with o_… and n_… for each column: audit event
    object_id: str = "t.id::text"  # SQL over t
    site_id: str = "null::bigint"  # SQL over t: in whose audit trail it stands
    lookups: tuple[LookUp, ...] = ()
    checks: tuple[Check, ...] = ()
    settled: tuple[Settled, ...] = ()
    kept: str = "false"  # SQL over s and t: rows of the table that stay as they are, whatever a file says
    removal: Removal | None = None
    versioned: bool = True  # has a `version` that every change raises
    unsaid: frozenset[str] = frozenset()  # what follows from other columns, and is not shown to people

    @property
    def removes(self) -> bool:
        return self.removal is not None

    @property
    def table(self) -> str:
        return f'"{self.model._meta.db_table}"'

    # -------------------------------------------------------------------------------------- checking

    def check(self, staged: Staged) -> Iterator[Flaw]:
        unknown = [
            Check(
                f'{look.alias}.id IS NULL AND s."{look.column}" IS NOT NULL',
                look.column,
                look.rule,
                look.code,
            )
            for look in self.lookups
            if look.rule
        ]
        for check in (*unknown, *self.checks):
            yield from self._broken(check, staged)
        for settled in self.settled:
            yield from self._unsettled(settled, staged)
        yield from self._twice(staged)

    def _twice(self, staged: Staged) -> Iterator[Flaw]:
        """Rows that differ in the feed's identity, and yet are about one row of the table."""
        found = _rows(
            f"SELECT row_number, others FROM (SELECT s.row AS row_number, t.id,"
            f" array_agg(s.row) OVER (PARTITION BY t.id) AS others FROM {self.joined(staged)}) AS met"
            f" WHERE id IS NOT NULL AND cardinality(others) > 1 ORDER BY row_number LIMIT {FLAWS}"
        )
        for row, others in found:
            rows = ", ".join(str(other) for other in sorted(others)[:5] if other != row)
            yield Flaw(row, "", "", SAME_ENTRY, "same_entry", {"rows": rows})

    def _unsettled(self, settled: Settled, staged: Staged) -> Iterator[Flaw]:
        differing = ", ".join(
            f"CASE WHEN {self._new(to, staged)} IS DISTINCT FROM t.\"{to.column}\" THEN '{to.source}' END"
            for to in self.columns
            if to.called not in settled.free
        )
        found = _rows(
            f"SELECT row, differs, coalesce(cells ->> differs, '') FROM (SELECT s.row, to_jsonb(s) AS cells,"
            f" coalesce({differing}) AS differs FROM {self.joined(staged)} WHERE t.id IS NOT NULL"
            f" AND ({settled.where}) AND ({self.kept}) IS NOT TRUE) met"
            f" WHERE differs IS NOT NULL ORDER BY row LIMIT {FLAWS}"
        )
        for row, column, text in found:
            if column in staged.columns:
                yield Flaw(row, column, text, settled.rule, settled.code)
            else:
                yield Flaw(row, "", "", settled.rule, settled.code)

    def _broken(self, check: Check, staged: Staged) -> Iterator[Flaw]:
        value = f's."{check.column}"::text' if check.column else "null"
        params = "".join(f", ({sql})::text" for sql in check.params.values())
        query = (
            f"SELECT s.row, coalesce({value}, ''){params} FROM {self.joined(staged)}"
            f" WHERE {check.where} ORDER BY s.row LIMIT {FLAWS}"
        )
        for row, text, *given in _rows(query.replace("<staged>", staged.table)):
            params_given = dict(zip(check.params, given, strict=True))
            yield Flaw(row, check.column, text, check.rule, check.code, params_given)

    def joined(self, staged: Staged) -> str:
        return f"{staged.table} s{self._looked_up} LEFT JOIN {self.table} t ON {self.match}"

    @property
    def _looked_up(self) -> str:
        joins = (
            f'LEFT JOIN "{look.model._meta.db_table}" {look.alias} ON {look.on}' for look in self.lookups
        )
        return "".join(f" {join}" for join in joins)

    # -------------------------------------------------------------------------------------- summarising

    def summarise(self, staged: Staged) -> Summary:
        diff = self._compare(staged)
        counts = dict(_rows(f"SELECT action, count(*) FROM {diff} GROUP BY action"))
        # The old values are part of it: what would be overwritten is what was seen.
        ((mark,),) = _rows(
            f"SELECT coalesce(sum(hashtextextended(d::text, 0)), 0)::text FROM {diff} d WHERE d.action <> 'same'"
        )
        added, changed, removed = (counts.get(action, 0) for action in ("added", "changed", "removed"))
        return Summary(
            added=added,
            changed=changed,
            removed=removed,
            unchanged=counts.get("same", 0),
            fingerprint=f"{added}.{changed}.{removed}.{mark}",
            samples=tuple(self._samples(staged, diff)),
            stock=self._stock(),
        )

    def _stock(self) -> int:
        where = self.removal.where if self.removal else "false"
        ((stock,),) = _rows(f"SELECT count(*) FROM {self.table} t WHERE {where}")
        return int(stock)

    def _compare(self, staged: Staged) -> str:
        """Make a table of every staged row beside the one that is there: `o_…` what it has, `n_…` what it would."""
        diff = f"{staged.table}_diff"
        new = {to.column: self._new(to, staged) for to in self.columns}
        same = " AND ".join(f'{sql} IS NOT DISTINCT FROM t."{name}"' for name, sql in new.items())
        shown = ", ".join(f't."{name}" AS "o_{name}", {sql} AS "n_{name}"' for name, sql in new.items())
        _run(
            f"CREATE TEMPORARY TABLE {diff} ON COMMIT DROP AS SELECT s.row, t.id,"
            f" CASE WHEN t.id IS NULL THEN 'added' WHEN ({self.kept}) OR ({same}) THEN 'same' ELSE 'changed' END"
            f" AS action, {shown}"
            f" FROM {self.joined(staged)}"
        )
        if staged.complete and self.removal:
            changes = self.removal.changes
            kept = {name: f't."{name}"' for name in new}
            shown = ", ".join(f"{old}, {changes.get(name, old)}" for name, old in kept.items())
            _run(
                f"INSERT INTO {diff} SELECT null, t.id, 'removed', {shown} FROM {self.table} t"
                f" WHERE ({self.removal.where}) AND NOT EXISTS (SELECT FROM {diff} d WHERE d.id = t.id)"
            )
        _run(f"ANALYZE {diff}")
        return diff

    def _new(self, to: To, staged: Staged) -> str:
        """What a column would have: SQL."""
        if to.source in staged.columns or to.source in staged.derived:
            return f"coalesce({to.expression}, {to.otherwise})"
        return f'CASE WHEN t.id IS NULL THEN {to.otherwise} ELSE t."{to.column}" END'

    def _samples(self, staged: Staged, diff: str) -> Iterator[Change]:
        sides = [(to, f'd."{side}_{to.column}"') for to in self.columns for side in "on"]
        shown = "".join(f", {to.shown.format(value)}" for to, value in sides)
        for action in ("added", "changed", "removed"):
            found = _rows(
                f"SELECT d.row, coalesce({self.called}, {self.label}, ''){shown} FROM {diff} d"
                f" LEFT JOIN {staged.table} s ON s.row = d.row LEFT JOIN {self.table} t ON t.id = d.id"
                f" WHERE d.action = '{action}' ORDER BY d.row, d.id LIMIT {SAMPLES}"
            )
            for row, label, *values in found:
                both = zip(self.columns, values[::2], values[1::2], strict=True)
                differ = [
                    (to.called, old, new)
                    for to, old, new in both
                    if to.called not in self.unsaid and (action == "added" or old != new)
                ]
                old = {} if action == "added" else {name: value for name, value, _new in differ}
                yield Change(action, label, old, {name: value for name, _old, value in differ}, row)

    # -------------------------------------------------------------------------------------- loading

    def load(self, staged: Staged, *, by: Actor, now: datetime) -> None:
        diff = f"{staged.table}_diff"
        if self.removal:
            self._update(diff, "removed", f"'{self.removal.event}'", self.removal.changes, staged, by, now)
        brought = {to.column: f'd."n_{to.column}"' for to in self.columns}
        self._update(diff, "changed", self.changed, brought, staged, by, now)
        self._insert(diff, staged, by, now)

    def _update(
        self,
        diff: str,
        action: str,
        event: str,
        changes: Mapping[str, str],
        staged: Staged,
        by: Actor,
        now: datetime,
    ) -> None:
        """Compare and set: a row that is not as it was compared is left alone. Raises DataChanged for it."""
        written = [f'"{name}" = {sql}' for name, sql in changes.items()]
        if self.versioned:
            written.append("version = t.version + 1")
        as_seen = " AND ".join(
            f't."{to.column}" IS NOT DISTINCT FROM d."o_{to.column}"' for to in self.columns
        )
        update = (
            f"UPDATE {self.table} t SET {', '.join(written)} FROM {diff} d"
            f" WHERE t.id = d.id AND d.action = '{action}' AND {as_seen} RETURNING t.*"
        )
        audited = self._audited(
            update, f"JOIN {diff} d ON d.id = t.id", event, self._changes, staged, by, now
        )
        ((expected,),) = _rows(f"SELECT count(*) FROM {diff} WHERE action = '{action}'")
        if audited != expected:
            raise DataChanged

    def _insert(self, diff: str, staged: Staged, by: Actor, now: datetime) -> None:
        values = {to.column: f'd."n_{to.column}"' for to in self.columns} | dict(self.only_new)
        values = self._defaults(set(values)) | values
        columns = ", ".join(f'"{name}"' for name in values)
        insert = (
            f"INSERT INTO {self.table} ({columns}) SELECT {', '.join(values.values())}"
            f" FROM {diff} d JOIN {staged.table} s ON s.row = d.row{self._looked_up}"
            f" WHERE d.action = 'added' ORDER BY d.row RETURNING *"
        )
        if self.added:
            self._audited(insert, "", f"'{self.added}'", "'{}'::jsonb", staged, by, now)
        else:
            _run(insert)

    def _defaults(self, given: set[str]) -> dict[str, str]:
        """What the model gives to columns that nothing else is said of, as SQL: the database knows no defaults."""
        return {
            field.column: _literal(field.default)
            for field in self.model._meta.concrete_fields
            if field.has_default() and not callable(field.default) and field.column not in given
        }

    @property
    def _changes(self) -> str:
        """What differs, for the audit trail: SQL over d for `{name: [old, new]}`."""
        pairs = ", ".join(
            f"('{to.called}', CASE WHEN {old} IS DISTINCT FROM {new}"
            f" THEN jsonb_build_array({to.shown.format(old)}, {to.shown.format(new)}) END)"
            for to in self.columns
            if to.called not in self.unsaid
            for old, new in ((f'd."o_{to.column}"', f'd."n_{to.column}"'),)
        )
        differ = f"SELECT jsonb_object_agg(name, pair) FROM (VALUES {pairs}) AS c (name, pair) WHERE pair IS NOT NULL"
        return f"jsonb_build_object('changes', ({differ}))"

    def _audited(
        self, deed: str, join: str, event: str, detail: str, staged: Staged, by: Actor, now: datetime
    ) -> int:
        """Do the deed and write of each row what was done, in one statement; returns of how many."""
        query = f"""
            WITH t AS ({deed})
            INSERT INTO identity_auditevent
                (at, event, site_id, user_id, actor_name, object_type, object_id, object_label, detail)
            SELECT <now>, {event}, {self.site_id}, <user>, <name>, '{self.object_type}', {self.object_id},
                left({self.label}, 200), {detail} || jsonb_build_object('delivery', '{staged.delivery}')
            FROM t {join}
        """
        given = {"now": now, "user": by.user_id, "name": by.name[:120]}
        query = query.replace("%", "%%")
        for name, cast in (("now", "timestamptz"), ("user", "bigint"), ("name", "text")):
            query = query.replace(f"<{name}>", f"%({name})s::{cast}")
        with connection.cursor() as cursor:
            cursor.execute(query, given)
            return int(cursor.rowcount)


def _literal(value: object) -> str:
    """SQL for a default, which is text, a number, or yes or no."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
