"""Rows as CSV and XLSX: read back by strict readers, every value is what it was and nothing is a formula."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.columns import Column, Type, chosen, seen_by, sources
from reports.files import as_csv, as_xlsx

WORDS = {"open": "Open", "shut": "=Shut"}
COLUMNS = (
    Column("name", "Name"),
    Column("number", "Number", Type.CODE),
    Column("pieces", "Pieces", Type.NUMBER),
    Column("value", "Value", Type.MONEY, currency="currency"),
    Column("on", "On", Type.DATE),
    Column("at", "At", Type.MOMENT),
    Column("status", "Status", words=lambda: WORDS),
)
FIELDS = sources(COLUMNS)
AT = datetime(2026, 3, 5, 22, 30, 59, tzinfo=UTC)
ROW = ("Łąka ﷺ", "0012", 1234, 125050, "EGP", date(2026, 3, 5), AT, "open")
NOTHING = ("", None, None, None, "EGP", None, None, "")


@pytest.fixture(autouse=True)
def in_cairo() -> Iterator[None]:
    with timezone.override(ZoneInfo("Africa/Cairo")), translation.override("en"):
        yield


def rows_of_csv(rows: list[Any], columns: tuple[Column, ...] = COLUMNS) -> list[list[str]]:
    body = b"".join(as_csv(columns, sources(columns), rows)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(body, newline=""), strict=True))


def sheet_of(rows: Any, columns: tuple[Column, ...] = COLUMNS, title: str = "Deals") -> Any:
    body = b"".join(as_xlsx(columns, sources(columns), rows, title=title))
    return openpyxl.load_workbook(io.BytesIO(body)).active


class TestCsv:
    def test_holds_every_value_in_a_form_that_programs_understand(self) -> None:
        header, row = rows_of_csv([ROW])
        assert header == [
            *("Name", "Number", "Pieces", "Value", "Currency", "On"),
            *("At (time in Africa/Cairo)", "Status"),
        ]
        assert row == [
            *("Łąka ﷺ", "0012", "1234", "1250.50", "EGP", "2026-03-05"),
            *("2026-03-06 00:30:59", "Open"),
        ]

    def test_leaves_empty_what_is_empty_the_currency_of_nothing_included(self) -> None:
        assert rows_of_csv([NOTHING])[1] == [""] * 8

    def test_begins_with_a_byte_order_mark_and_ends_its_lines_as_the_standard_says(self) -> None:
        body = b"".join(as_csv(COLUMNS[:1], ["name"], [('A "quoted", name\nof two lines',)]))
        assert body == b'\xef\xbb\xbfName\r\n"A ""quoted"", name\nof two lines"\r\n'

    def test_has_a_header_without_rows(self) -> None:
        assert len(rows_of_csv([])) == 1

    @pytest.mark.parametrize(
        "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u200f=1", "＝1", "\ttext"]
    )
    def test_holds_nothing_that_a_spreadsheet_would_run(self, text: str) -> None:
        assert rows_of_csv([(text,)], COLUMNS[:1])[1] == [f"'{text}"]

    @pytest.mark.parametrize("text", ["a=1", "1-1", "S-ABC", "‘quoted’"])
    def test_leaves_alone_what_is_no_formula(self, text: str) -> None:
        assert rows_of_csv([(text,)], COLUMNS[:1])[1] == [text]

    def test_neutralises_words_and_headers_as_well_but_no_number(self) -> None:
        columns = (Column("n", "=Header", Type.NUMBER), COLUMNS[-1])
        assert rows_of_csv([(-5, "shut")], columns) == [["'=Header", "Status"], ["-5", "'=Shut"]]

    @pytest.mark.parametrize(
        ("minor", "currency", "shown"), [(5, "USD", "0.05"), (500, "JPY", "500"), (1500, "KWD", "1.500")]
    )
    def test_writes_money_with_the_decimals_of_its_currency(
        self, minor: int, currency: str, shown: str
    ) -> None:
        assert rows_of_csv([(minor, currency)], COLUMNS[3:4])[1] == [shown, currency]

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(st.text()), max_size=5))
    def test_gives_back_any_text(self, rows: list[tuple[str]]) -> None:
        back = rows_of_csv(rows, COLUMNS[:1])[1:]
        assert [
            (text.removeprefix("'") if text != was else text)
            for [text], (was,) in zip(back, rows, strict=True)
        ] == [was for (was,) in rows]

    def test_is_written_while_it_is_read(self) -> None:
        read = 0

        def rows() -> Iterator[tuple[str]]:
            nonlocal read
            for _ in range(100_000):
                read += 1
                yield ("x" * 50,)

        pieces = as_csv(COLUMNS[:1], ["name"], rows())
        tracemalloc.start()
        next(pieces), next(pieces)
        assert read < 3_000
        assert sum(len(piece) for piece in pieces) > 4_000_000
        assert read == 100_000
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
        tracemalloc.stop()


class TestXlsx:
    def test_has_typed_cells(self) -> None:
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

    def test_keeps_text_that_looks_like_a_formula_as_text(self) -> None:
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

    def test_has_a_header_that_stays_and_columns_as_wide_as_they_need(self) -> None:
        sheet = sheet_of([])
        assert [cell.value for cell in sheet[1]][:2] == ["Name", "Number"]
        assert sheet["A1"].font.bold
        assert sheet.freeze_panes == "A2"
        assert sheet.column_dimensions["A"].width > sheet.column_dimensions["C"].width

    def test_runs_from_right_to_left_for_whoever_reads_so(self) -> None:
        assert not sheet_of([ROW]).sheet_view.rightToLeft
        with translation.override("ar"):
            assert sheet_of([ROW]).sheet_view.rightToLeft

    def test_cuts_what_no_cell_can_hold_and_survives_what_xml_cannot(self) -> None:
        long, odd = "x" * 40_000, "a\x01b_x0041_"
        sheet = sheet_of([(long,), (odd,)], COLUMNS[:1])
        assert len(sheet["A2"].value) == 32_767
        assert sheet["A3"].value is not None

    def test_tells_columns_of_the_same_words_apart(self) -> None:
        twins = (Column("a", "Date", Type.DATE), Column("b", "Date", Type.DATE))
        assert [cell.value for cell in sheet_of([(date(2026, 1, 1), None)], twins)[1]] == ["Date", "Date 2"]

    @pytest.mark.parametrize("title", ["Deals: 1/2 [all]?*\\", "'", "x" * 40])
    def test_takes_any_title(self, title: str) -> None:
        assert sheet_of([ROW], title=title).title

    def test_never_hides_that_reading_failed(self) -> None:
        def rows() -> Iterator[Any]:
            yield ROW
            raise RuntimeError("the database went away")

        with pytest.raises(RuntimeError):
            sheet_of(rows())

    def test_does_not_grow_in_memory_with_the_rows(self) -> None:
        tracemalloc.start()
        for _ in as_xlsx(COLUMNS, FIELDS, (ROW for _ in range(20_000)), title="x"):
            pass
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
        tracemalloc.stop()


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

    def test_decimals_are_exact(self) -> None:
        assert Decimal(rows_of_csv([(10**15 + 1, "USD")], COLUMNS[3:4])[1][0]) == Decimal("10000000000000.01")
