"""`python -m benchmarks.reporter csv|copy|xlsx|writer ROWS`: writes deals to a file as a reader of the vendor's gets
them, or as the baseline does, and tells as JSON what it took.

A process of its own, so that its memory is that of a worker which does nothing else.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import django

django.setup()

import rustpy_xlsxwriter  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone, translation  # noqa: E402

from deals import urls as urls  # noqa: E402 - whatever a worker has loaded
from identity import tenancy  # noqa: E402
from identity.models import User  # noqa: E402
from identity.on_behalf import actor_for  # noqa: E402
from reports.columns import sources  # noqa: E402
from reports.files import Format, headings, reading, write  # noqa: E402
from reports.sheets import _laid_out  # noqa: E402
from reports.sources import table_of  # noqa: E402
from reports.tables import Table  # noqa: E402

from .world import DESK_EMAIL  # noqa: E402

SHEET_COLUMNS = 15  # with those of currencies


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(work: Callable[[], int]) -> dict[str, float]:
    idle, began = memory(), time.monotonic()
    rows = work()
    return {"seconds": time.monotonic() - began, "rows": rows, "memory": memory(), "idle": idle}


def copied(table: Table, path: Path) -> int:
    """The same rows in the same order by COPY, as the database writes them by itself."""
    source, params = table.rows.values_list(*sources(table.columns)).query.sql_with_params()
    with connection.cursor() as cursor, path.open("wb", buffering=1024 * 1024) as file:
        statement = cursor.mogrify(f"COPY ({source}) TO STDOUT WITH (FORMAT csv)", params)
        cursor.copy_expert(statement, file)
        return int(cursor.rowcount)


def written(table: Table, path: Path) -> Callable[[], int]:
    """The library writing what has been read and made ready before."""
    fields = sources(table.columns)
    columns = _laid_out(table.columns, fields)
    with reading(table.rows, fields) as rows:
        records = [{column.label: column.cell(row) for column in columns} for row in rows]

    def work() -> int:
        rustpy_xlsxwriter.write_worksheet(iter(records), str(path))
        return len(records)

    return work


def run(what: str, rows: int) -> dict[str, float]:
    with tenancy.as_system():
        desk = User.objects.get(email=DESK_EMAIL).id
    actor = actor_for(desk, None)
    assert actor is not None
    with (
        tenancy.scope(actor),
        translation.override("en"),
        timezone.override(ZoneInfo("Africa/Cairo")),
        tempfile.TemporaryDirectory() as directory,
    ):
        table = table_of("deals", "show=all&order=newest", level="list", actor=actor)
        path = Path(directory) / "file"
        if what in ("xlsx", "writer"):
            table = Table(table.title, table.columns[: SHEET_COLUMNS - 1], table.rows[:rows])
        works: dict[str, Callable[[], Callable[[], int]]] = {
            "csv": lambda: lambda: write(table, Format.CSV, path),
            "copy": lambda: lambda: copied(table, path),
            "xlsx": lambda: lambda: write(table, Format.XLSX, path),
            "writer": lambda: written(table, path),
        }
        seen = timed(works[what]())
        return seen | {"columns": len(headings(table.columns)), "size": path.stat().st_size}


print(json.dumps(run(sys.argv[1], int(sys.argv[2]))))
