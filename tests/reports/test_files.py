"""Tables as CSV and XLSX: read back by strict readers, every value is what it was and nothing is a formula."""

from __future__ import annotations

import csv
import io
import resource
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import openpyxl
import pytest
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports import sheets
from reports.columns import Column, Type, chosen, seen_by, sources
from reports.files import BrokenOff, Count, Format, SheetFull, write
from tests.reports import plain_csv
from tests.reports.things import COLUMNS, FIELDS, NUMBERS, Thing, many_things, table_with

AT = datetime(2026, 3, 5, 22, 30, 59, 999_999, tzinfo=UTC)
ROW = ("Łąka ﷺ", "0012", 1234, 125050, "EGP", date(2026, 3, 5), AT, "open")
NOTHING = ("", None, None, None, "EGP", None, None, "")
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u200f=1", "＝1", "\ttext", "\u00a0-1"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_cairo() -> Iterator[None]:
    with timezone.override(ZoneInfo("Africa/Cairo")), translation.override("en"):
        yield


def csv_of(rows: Any, columns: tuple[Column, ...], directory: Path) -> bytes:
    path = directory / "file.csv"
    write(table_with(rows, columns), Format.CSV, path)
    return path.read_bytes()


@pytest.fixture
def rows_of_csv(tmp_path: Path) -> Any:
    def read(rows: list[Any], columns: tuple[Column, ...] = COLUMNS) -> list[list[str]]:
        body = csv_of(rows, columns, tmp_path).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(body, newline=""), strict=True))

    return read


@pytest.fixture
def sheet_of(tmp_path: Path) -> Any:
    def read(rows: Any, columns: tuple[Column, ...] = COLUMNS, title: str = "Deals") -> Any:
        path = tmp_path / "file.xlsx"
        write(table_with(rows, columns, title=title), Format.XLSX, path)
        return openpyxl.load_workbook(path).active

    return read


class TestCsv:
    def test_holds_every_value_in_a_form_that_programs_understand(self, rows_of_csv: Any) -> None:
        header, row = rows_of_csv([ROW])
        assert header == [
            *("Name", "Number", "Pieces", "Value", "Currency", "On"),
            *("At (time in Africa/Cairo)", "Status"),
        ]
        assert row == [
            *("Łąka ﷺ", "0012", "1234", "1250.50", "EGP", "2026-03-05"),
            *("2026-03-06 00:30:59", "Open"),
        ]

    def test_leaves_empty_what_is_empty_the_currency_of_nothing_included(self, rows_of_csv: Any) -> None:
        assert rows_of_csv([NOTHING])[1] == [""] * 8

    def test_begins_with_a_byte_order_mark_and_ends_its_lines_as_the_standard_says(
        self, tmp_path: Path
    ) -> None:
        body = csv_of([('A "quoted", name\nof two\r\nlines',), ("",)], COLUMNS[:1], tmp_path)
        assert body == b'\xef\xbb\xbfName\r\n"A ""quoted"", name\nof two\r\nlines"\r\n""\r\n'

    def test_has_a_header_without_rows(self, rows_of_csv: Any, tmp_path: Path) -> None:
        assert len(rows_of_csv([])) == 1
        table = table_with([ROW])
        nothing = Thing.objects.filter(id__in=[])
        write(type(table)(table.title, table.columns, nothing), Format.CSV, tmp_path / "none.csv")
        assert (tmp_path / "none.csv").read_bytes().count(b"\r\n") == 1

    @pytest.mark.parametrize("text", FORMULAS)
    def test_holds_nothing_that_a_spreadsheet_would_run(self, rows_of_csv: Any, text: str) -> None:
        assert rows_of_csv([(text,)], COLUMNS[:1])[1] == [f"'{text}"]

    @pytest.mark.parametrize("text", ["a=1", "1-1", "S-ABC", "‘quoted’", "Ωmega", "شركة", "~x", "[x]"])
    def test_leaves_alone_what_is_no_formula(self, rows_of_csv: Any, text: str) -> None:
        assert rows_of_csv([(text,)], COLUMNS[:1])[1] == [text]

    def test_neutralises_words_and_headers_as_well_but_no_number(self, rows_of_csv: Any) -> None:
        columns = (Column("n", "=Header", Type.NUMBER, field="pieces"), COLUMNS[-1])
        row = (*NOTHING[:2], -5, *NOTHING[3:7], "shut")
        assert rows_of_csv([row], columns) == [["'=Header", "Status"], ["-5", "'=Shut"]]

    @pytest.mark.parametrize(
        ("minor", "currency", "shown"),
        [
            (5, "USD", "0.05"),
            (-5, "USD", "-0.05"),
            (500, "JPY", "500"),
            (1500, "KWD", "1.500"),
            (1, "", "0.01"),
        ],
    )
    def test_writes_money_with_the_decimals_of_its_currency(
        self, rows_of_csv: Any, minor: int, currency: str, shown: str
    ) -> None:
        assert rows_of_csv([("", "", None, minor, currency)], COLUMNS[3:4])[1] == [shown, currency]

    def test_writes_points_with_their_decimals_and_shares_in_per_cent(self, rows_of_csv: Any) -> None:
        row = (*NOTHING[:2], -1250, *NOTHING[3:], Decimal("0.5"))
        assert rows_of_csv([row, NOTHING], NUMBERS) == [
            ["Points", "Change (%)"],
            ["0.50", "-12.50"],
            ["", ""],
        ]

    def test_keeps_the_order_of_the_query(self, rows_of_csv: Any) -> None:
        assert [row[0] for row in rows_of_csv([(name,) for name in "bacd"], COLUMNS[:1])[1:]] == list("bacd")

    def test_is_read_by_the_strictest_reader_there_is(self, tmp_path: Path) -> None:
        csv_of([ROW, NOTHING, ('say "x",\r\n', *ROW[1:])], COLUMNS, tmp_path)
        reader = (
            "read_csv(?, strict_mode=true, all_varchar=true, header=true, delim=',', quote='\"', escape='\"')"
        )
        found = duckdb.execute(f"SELECT * FROM {reader}", [str(tmp_path / "file.csv")]).fetchall()
        assert len(found) == 3
        assert found[0] == (
            *("Łąka ﷺ", "0012", "1234", "1250.50", "EGP", "2026-03-05"),
            *("2026-03-06 00:30:59", "Open"),
        )

    def test_is_written_in_little_memory_and_can_be_broken_off(self, tmp_path: Path) -> None:
        table = many_things(50_000)
        tracemalloc.start()
        assert write(table, Format.CSV, tmp_path / "file.csv") == 50_000
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
        tracemalloc.stop()

    def test_any_row_is_what_plain_python_writes(self, tmp_path: Path) -> None:
        text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
        text = st.one_of(st.none(), text, st.sampled_from(FORMULAS), st.builds("{}{}".format, st.sampled_from(
            [*plain_csv.IGNORED, *plain_csv.SIGNS, '"', ",", "\n", "\\."]), text))  # fmt: skip
        whole = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))
        currency = st.sampled_from(["EUR", "JPY", "KWD", "CLF", "", None])
        days = st.one_of(st.none(), st.dates(date(1900, 1, 1), date(9000, 1, 1)))
        moments = st.one_of(st.none(), st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1)))
        status = st.one_of(st.sampled_from(["open", "shut", "", None]), text)
        row = st.tuples(
            *(text, text, whole, whole, currency, days),
            moments.map(lambda at: at and at.replace(tzinfo=UTC)),
            status,
            st.one_of(st.none(), st.decimals(-99_999, 99_999, places=2)),
        )
        some = st.lists(st.sampled_from((*COLUMNS, *NUMBERS)), min_size=1, unique=True).map(tuple)

        @settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
        @given(st.lists(row, max_size=4), some)
        def check(rows: list[Any], columns: tuple[Column, ...]) -> None:
            body = csv_of(rows, columns, tmp_path)
            lines = plain_csv.lines_of(columns, rows, FIELDS)
            assert body.endswith(lines)
            assert body.removesuffix(lines).count(b"\r\n") == 1

        check()


class TestXlsx:
    def test_has_typed_cells(self, sheet_of: Any) -> None:
        _header, row = sheet_of([ROW]).iter_rows()
        assert [(cell.value, cell.data_type) for cell in row] == [
            ("Łąka ﷺ", "s"),
            ("0012", "s"),
            (1234, "n"),
            (1250.5, "n"),
            ("EGP", "s"),
            (datetime(2026, 3, 5), "d"),
            (datetime(2026, 3, 6, 0, 30, 59), "d"),
            ("Open", "s"),
        ]
        assert row[3].number_format == "#,##0.00#"

    def test_has_points_and_shares_as_numbers(self, sheet_of: Any) -> None:
        row = (*NOTHING[:2], -1250, *NOTHING[3:], Decimal("0.5"))
        sheet = sheet_of([row], NUMBERS)
        assert [(cell.value, cell.number_format) for cell in sheet[2]] == [(0.5, "#,##0.00"), (-12.5, "0.00")]
        assert sheet["B1"].value == "Change (%)"

    def test_keeps_text_that_looks_like_a_formula_as_text(self, sheet_of: Any) -> None:
        for text in (
            "=1+1",
            "+1",
            "-1",
            "@x",
            '=HYPERLINK("http://evil.example")',
            "https://a.example",
            "007",
        ):
            cell = sheet_of([(text,)], COLUMNS[:1])["A2"]
            assert (cell.value, cell.data_type) == (text, "s")

    def test_has_a_header_that_stays_and_columns_as_wide_as_they_need(self, sheet_of: Any) -> None:
        sheet = sheet_of([])
        assert [cell.value for cell in sheet[1]][:2] == ["Name", "Number"]
        assert sheet["A1"].font.bold
        assert sheet.freeze_panes == "A2"
        assert sheet.column_dimensions["A"].width > sheet.column_dimensions["C"].width

    def test_runs_from_right_to_left_for_whoever_reads_so(self, sheet_of: Any) -> None:
        assert not sheet_of([ROW]).sheet_view.rightToLeft
        with translation.override("ar"):
            assert sheet_of([ROW]).sheet_view.rightToLeft

    def test_cuts_what_no_cell_can_hold_and_survives_what_xml_cannot(self, sheet_of: Any) -> None:
        long, odd = "x" * 40_000, "a\x01b_x0041_"
        sheet = sheet_of([(long,), (odd,)], COLUMNS[:1])
        assert len(sheet["A2"].value) == 32_767
        assert sheet["A3"].value is not None

    def test_tells_columns_of_the_same_words_apart(self, sheet_of: Any) -> None:
        twins = (Column("a", "Date", Type.DATE, field="day"), Column("b", "Date", Type.DATE, field="day"))
        assert [cell.value for cell in sheet_of([ROW], twins)[1]] == ["Date", "Date 2"]

    @pytest.mark.parametrize("title", ["Deals: 1/2 [all]?*\\", "'", "x" * 40])
    def test_takes_any_title(self, sheet_of: Any, title: str) -> None:
        assert sheet_of([ROW], title=title).title

    def test_has_no_more_rows_than_a_sheet_can_hold(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sheets, "LONGEST_SHEET", 3)
        assert write(table_with([ROW] * 3), Format.XLSX, tmp_path / "full.xlsx") == 3
        with pytest.raises(SheetFull):
            write(table_with([ROW] * 4), Format.XLSX, tmp_path / "more.xlsx")

    def test_does_not_grow_in_memory_with_the_rows(self, tmp_path: Path) -> None:
        table = many_things(20_000)
        tracemalloc.start()
        write(table, Format.XLSX, tmp_path / "file.xlsx")
        assert tracemalloc.get_traced_memory()[1] < 6_000_000
        tracemalloc.stop()


@pytest.mark.parametrize("format", Format)
class TestEveryFile:
    def test_is_left_off_when_nobody_wants_it(self, tmp_path: Path, format: Format) -> None:
        count = Count()
        count.over = True
        with pytest.raises(BrokenOff):
            write(table_with([ROW]), format, tmp_path / "file", count=count)

    def test_says_that_the_disk_is_full(self, tmp_path: Path, format: Format) -> None:
        table = many_things(20_000)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        try:
            with pytest.raises(OSError, match=r"large|27|28"):
                write(table, format, tmp_path / "file")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestColumns:
    def test_are_chosen_by_name_in_the_lists_own_order(self) -> None:
        assert [c.name for c in chosen("value,name,nonsense,name", COLUMNS)] == ["name", "value"]

    def test_are_shown_to_those_they_are_for(self, cast: Any) -> None:
        from identity.actors import Kind
        from tests.cast import actor

        hidden = Column("secret", "Secret", seen_by=frozenset({Kind.STAFF}))
        assert seen_by(actor(cast.sales), (*COLUMNS, hidden)) == COLUMNS
        assert seen_by(actor(cast.deal_desk), (*COLUMNS, hidden)) == (*COLUMNS, hidden)

    def test_are_read_once_each(self) -> None:
        assert sources((COLUMNS[3], COLUMNS[3])) == ["value", "currency"]

    def test_decimals_are_exact(self, rows_of_csv: Any) -> None:
        row = ("", "", None, 10**15 + 1, "USD")
        assert Decimal(rows_of_csv([row], COLUMNS[3:4])[1][0]) == Decimal("10000000000000.01")
