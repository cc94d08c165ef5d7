"""What the amounts of a table come to, currency by currency: for the mail that brings a report."""

from __future__ import annotations

from django.core.exceptions import EmptyResultSet
from django.db import connection

from .columns import Type, sources
from .tables import Table

#: By a column's label, the sum of each currency in minor units, the largest first.
Totals = dict[str, list[tuple[str, int]]]


def totals_of(table: Table) -> Totals:
    """Asked of the database in one query, whatever the table is made of."""
    columns = [column for column in table.columns if column.type is Type.MONEY]
    fields = sources(columns)
    try:
        source, params = (
            table.rows.order_by().values_list(*fields).query.sql_with_params() if fields else ("", ())
        )
    except EmptyResultSet:
        return {}
    if not columns:
        return {}
    place = {field: f"t.c{number}" for number, field in enumerate(fields)}
    names = ", ".join(f"c{number}" for number in range(len(fields)))
    sums = " UNION ALL ".join(
        f"SELECT {number}, {place[column.currency]}::text, sum({place[column.source]})::bigint FROM t GROUP BY 2"  # noqa: S608 - of our own names
        for number, column in enumerate(columns)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"WITH t ({names}) AS ({source}) {sums}", params)
        found: Totals = {}
        for number, currency, total in sorted(cursor.fetchall(), key=lambda row: (row[0], -(row[2] or 0))):
            if total is not None and currency:
                found.setdefault(str(columns[number].label), []).append((currency, total))
    return found
