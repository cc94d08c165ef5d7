"""Parquet files, opened by the tools that people open them with: types and values are what they were."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pandas
import pyarrow as pa
import pyarrow.parquet
import pytest
from django.utils import timezone, translation

from reports import parquet
from reports.files import Format, write
from tests.reports.things import NUMBERS, many_things, table_with

AT = datetime(2026, 3, 5, 22, 30, 59, 123456, tzinfo=UTC)
ROWS = [
    ("Łąka ﷺ", "0012", 2**62, 125050, "EGP", date(2026, 3, 5), AT, "open"),
    ("=1+1", "-7", -5, 1500, "KWD", date(1999, 12, 31), AT.replace(year=2031), "shut"),
    ("", None, None, None, "EGP", None, None, ""),
    ("yen", "1", 0, 500, "JPY", date(2026, 1, 1), AT, "strange"),
]
NAMES = ["name", "number", "pieces", "value", "value_currency", "on", "at", "status"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_arabic_in_cairo() -> Iterator[None]:
    with timezone.override(ZoneInfo("Africa/Cairo")), translation.override("ar"):
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write(table_with(ROWS), Format.PARQUET, tmp_path / "things.parquet")
    return tmp_path / "things.parquet"


def test_has_names_for_machines_and_types(path: Path) -> None:
    schema = pa.parquet.read_schema(path)
    assert schema.names == NAMES
    assert [str(kind) for kind in schema.types] == [
        "string",
        "string",
        "int64",
        "decimal128(23, 4)",
        "dictionary<values=string, indices=int32, ordered=0>",
        "date32[day]",
        "timestamp[us, tz=Africa/Cairo]",
        "dictionary<values=string, indices=int32, ordered=0>",
    ]


def test_has_points_and_shares_as_decimals(tmp_path: Path) -> None:
    rows = [("", "", -1250, *[None] * 5, Decimal("0.5")), (None,) * 9]
    write(table_with(rows, NUMBERS), Format.PARQUET, tmp_path / "numbers.parquet")
    found = pa.parquet.read_table(tmp_path / "numbers.parquet")
    assert [str(kind) for kind in found.schema.types] == ["decimal128(23, 4)"] * 2
    assert found.to_pylist() == [
        {"points": Decimal("0.5"), "change": Decimal("-12.5")},
        {"points": None, "change": None},
    ]


def test_says_what_it_is(path: Path) -> None:
    about = {key.decode(): value.decode() for key, value in pa.parquet.read_schema(path).metadata.items()}
    assert about["title"] == "Things"
    assert about["portal"] == "Portway"
    assert abs(datetime.fromisoformat(about["generated_at"]) - datetime.now(UTC)).total_seconds() < 60


def test_opens_in_duckdb(path: Path) -> None:
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        found = db.execute("SELECT * FROM read_parquet(?)", [str(path)])
        assert [(column[0], str(column[1])) for column in found.description] == [
            *(("name", "VARCHAR"), ("number", "VARCHAR"), ("pieces", "BIGINT"), ("value", "DECIMAL(23,4)")),
            *(("value_currency", "VARCHAR"), ("on", "DATE"), ("at", "TIMESTAMP WITH TIME ZONE")),
            ("status", "VARCHAR"),
        ]
        found = db.execute('SELECT * REPLACE (epoch_us("at") AS "at") FROM read_parquet(?)', [str(path)])
        rows = found.fetchall()
    assert rows == [
        ("Łąka ﷺ", "0012", 2**62, Decimal("1250.5"), "EGP", date(2026, 3, 5), micro(ROWS[0][6]), "open"),
        ("=1+1", "-7", -5, Decimal("1.5"), "KWD", date(1999, 12, 31), micro(ROWS[1][6]), "shut"),
        (None,) * 8,
        ("yen", "1", 0, Decimal(500), "JPY", date(2026, 1, 1), micro(ROWS[3][6]), "strange"),
    ]


def micro(at: object) -> int:
    assert isinstance(at, datetime)
    return round(at.timestamp() * 1_000_000)


def test_opens_in_pandas(path: Path) -> None:
    found = pandas.read_parquet(path)
    assert list(found.columns) == NAMES
    kinds = [str(kind) for kind in found.dtypes]
    assert kinds[0] == kinds[1] == "str"
    assert kinds[4] == kinds[7] == "category"
    assert re.fullmatch(r"datetime64\[us, Africa/Cairo\]", kinds[6])
    row = found.iloc[0]
    assert (row["name"], row["number"], row["value"]) == ("Łąka ﷺ", "0012", Decimal("1250.5"))
    assert (row["on"], row["status"], row["value_currency"]) == (date(2026, 3, 5), "open", "EGP")
    assert row["at"].to_pydatetime() == AT
    assert found.iloc[2].isna().all()


def test_is_written_in_groups_of_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP", 1000)
    write(many_things(2500), Format.PARQUET, tmp_path / "many.parquet")
    file = pa.parquet.ParquetFile(tmp_path / "many.parquet")
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [1000, 1000, 500]
    total = duckdb.execute("SELECT sum(value) FROM read_parquet(?)", [str(tmp_path / "many.parquet")])
    assert total.fetchone() == (Decimal(2500 * 2501 // 2),)


def test_has_its_columns_without_rows(tmp_path: Path) -> None:
    write(table_with([]), Format.PARQUET, tmp_path / "empty.parquet")
    assert pandas.read_parquet(tmp_path / "empty.parquet").shape == (0, 8)
