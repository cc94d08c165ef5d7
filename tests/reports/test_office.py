"""A workbook written here, opened in LibreOffice: every cell shows what it should, from right to left as well."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from portal.embedded.console import Trouble
from portal.embedded.office import as_csv, can_install, office
from reports.files import Format, write
from tests.reports.things import table_with

AT = datetime(2026, 3, 5, 22, 30, 59, tzinfo=UTC)
ROWS = [
    ("Łąka ﷺ", "0012", 1234, 125050, "EGP", date(2026, 3, 5), AT, "open"),
    ('=HYPERLINK("http://evil.example")', "-1", -5, 1500, "KWD", date(1999, 12, 31), AT, "shut"),
    ("+1", "@x", 0, 500, "JPY", None, None, ""),
    ("two\nlines", "007", None, None, "EGP", None, None, None),
]

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session", autouse=True)
def libreoffice() -> None:
    """Where it can be installed, tests fail without it; on a machine that is somebody's own they are left out."""
    try:
        office()
    except Trouble as trouble:
        if can_install():
            raise
        pytest.skip(str(trouble))


@pytest.fixture(autouse=True)
def in_cairo() -> Iterator[None]:
    with timezone.override(ZoneInfo("Africa/Cairo")), translation.override("en"):
        yield


def shown_by_office(language: str, directory: Path) -> list[list[str]]:
    with translation.override(language):
        write(table_with(ROWS), Format.XLSX, directory / "things.xlsx")
    found = as_csv(directory / "things.xlsx", directory)
    with found.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_shows_every_value_as_it_was(tmp_path: Path) -> None:
    header, *rows = shown_by_office("en", tmp_path)
    assert header == [
        *("Name", "Number", "Pieces", "Value", "Currency", "On"),
        *("At (time in Africa/Cairo)", "Status"),
    ]
    assert rows == [
        ["Łąka ﷺ", "0012", "1234", "1250.5", "EGP", "2026-03-05", "2026-03-06 00:30:59", "Open"],
        [
            '=HYPERLINK("http://evil.example")',
            "-1",
            "-5",
            "1.5",
            "KWD",
            "1999-12-31",
            "2026-03-06 00:30:59",
            "=Shut",
        ],
        ["+1", "@x", "0", "500", "JPY", "", "", ""],
        ["two\nlines", "007", "", "", "", "", "", ""],
    ]


def test_opens_one_that_runs_from_right_to_left(tmp_path: Path) -> None:
    header, *rows = shown_by_office("ar", tmp_path)
    assert len(header) == 8
    assert "Africa/Cairo" in header[6]
    assert [row[1] for row in rows] == ["0012", "-1", "@x", "007"]
