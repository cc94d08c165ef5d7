"""A table with a column of every kind, filled as a test likes: what a file is made of, without any report."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any

import psycopg2
from django.db import connection, models

from reports.columns import Column, Type
from reports.tables import Table

WORDS = {"open": "Open", "shut": "=Shut"}
COLUMNS = (
    Column("name", "Name"),
    Column("number", "Number", Type.CODE),
    Column("pieces", "Pieces", Type.NUMBER),
    Column("value", "Value", Type.MONEY, currency="currency"),
    Column("on", "On", Type.DATE, field="day"),
    Column("at", "At", Type.MOMENT, field="moment"),
    Column("status", "Status", words=lambda: WORDS),
)
#: Kinds of numbers besides: of `FIELDS`, the last.
NUMBERS = (
    Column("points", "Points", Type.DECIMAL),
    Column("change", "Change", Type.PERCENT, field="pieces"),
)
FIELDS = ("name", "number", "pieces", "value", "currency", "day", "moment", "status", "points")


class Thing(models.Model):
    id = models.BigIntegerField(primary_key=True)
    name = models.TextField(null=True)
    number = models.TextField(null=True)
    pieces = models.BigIntegerField(null=True)
    value = models.BigIntegerField(null=True)
    currency = models.TextField(null=True)
    day = models.DateField(null=True)
    moment = models.DateTimeField(null=True)
    status = models.TextField(null=True)
    points = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        app_label = "things"
        managed = False
        db_table = 'things"."thing'  # in a schema of its own


MAKE = """
CREATE SCHEMA IF NOT EXISTS things;
CREATE TABLE IF NOT EXISTS things.thing (id bigint primary key, name text, number text, pieces bigint, value bigint,
    currency text, day date, moment timestamptz, status text, points numeric(14, 2));
GRANT USAGE ON SCHEMA things TO PUBLIC;
GRANT ALL ON things.thing TO PUBLIC
"""
MANY = """
INSERT INTO things.thing SELECT n, 'Thing ' || n, lpad(n::text, 7, '0'), n, n * 100, 'EUR',
    date '2026-01-01' + n %% 300, timestamptz '2026-01-01 12:00Z' + n * interval '1 minute', 'open'
FROM generate_series(1, %s) AS n
"""


def empty() -> None:
    """The table, without rows: the run-time role makes no tables, and in no test sees anybody else's."""
    with closing(psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"])) as admin, admin.cursor() as cursor:
        cursor.execute("SELECT to_regclass('things.thing')")
        if cursor.fetchone() == (None,):
            cursor.execute(MAKE)
            admin.commit()
    Thing.objects.all().delete()


def table_with(
    rows: Iterable[Sequence[Any]], columns: tuple[Column, ...] = COLUMNS, *, title: str = "Things"
) -> Table:
    """A table of these rows, in this order; a row's values are those of FIELDS, from the first on."""
    empty()
    Thing.objects.bulk_create(
        [Thing(id=number, **dict(zip(FIELDS, row, strict=False))) for number, row in enumerate(rows)]
    )
    return Table(title, columns, Thing.objects.order_by("id"))


def many_things(number: int, columns: tuple[Column, ...] = COLUMNS) -> Table:
    """A table of many rows, all made by the database."""
    empty()
    with connection.cursor() as cursor:
        cursor.execute(MANY, [number])
    return Table("Things", columns, Thing.objects.order_by("id"))
