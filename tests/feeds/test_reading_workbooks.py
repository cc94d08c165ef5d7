"""XLSX files are read as people see them in their spreadsheet, whichever program wrote them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from feeds.reading import Exact, open_table
from feeds.reading.numbers import from_workbook

from .messy import MAIN, STRINGS, WORKBOOK, sheet, workbook

SHEET = "xl/worksheets/sheet1.xml"


def book(folder: Path, *rows: list[object]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def cells(path: Path, known=()) -> list[list[str]]:
    return [row for _number, row in open_table(path, path.name, known).rows()]


class TestACell:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (19.990000000000002, "19.99"),
            (0.1 + 0.2, "0.3"),
            (19, "19"),
            (-0.5, "-0.5"),
            (1e-7, "0.0000001"),
            (1.5e16, "15000000000000000"),
            (123456789012.34, "123456789012.34"),
            (True, "true"),
            (False, "false"),
            (date(2026, 12, 31), "2026-12-31"),
            (datetime(2026, 12, 31, 14, 5), "2026-12-31T14:05:00"),
            (datetime(2026, 12, 31, 14, 5, 59, 999_999), "2026-12-31T14:06:00"),
            (datetime(2026, 12, 31), "2026-12-31"),
        ],
    )
    def test_that_is_no_text_is_exact(self, value, text, tmp_path):
        (row,) = cells(book(tmp_path, ["number"], [value]))

        assert row == [text]
        assert isinstance(row[0], Exact)

    def test_with_text_is_text(self, tmp_path):
        (row,) = cells(book(tmp_path, ["number", "text"], ["0403807", " two\nlines "]))

        assert row == ["0403807", " two\nlines "]
        assert not any(isinstance(cell, Exact) for cell in row)

    def test_that_fills_up_with_zeros_keeps_them(self, tmp_path):
        made = openpyxl.Workbook()
        made.active.append(["site"])
        made.active.append([403807])
        made.active["A2"].number_format = "0000000"
        made.save(tmp_path / "a.xlsx")

        assert cells(tmp_path / "a.xlsx") == [["0403807"]]

    @pytest.mark.parametrize("form", ["dd/mm/yyyy", "d mmm yy", "[$-407]d. mmmm yyyy;@", "yyyy-mm-dd hh:mm"])
    def test_with_a_day_is_known_by_its_format(self, form, tmp_path):
        made = openpyxl.Workbook()
        made.active.append(["since"])
        made.active.append([46387])
        made.active["A2"].number_format = form
        made.save(tmp_path / "a.xlsx")

        assert cells(tmp_path / "a.xlsx") == [["2026-12-31"]]

    @pytest.mark.parametrize("form", ['0.00" days"', "#,##0.00 [$€-407]", "0%", "General"])
    def test_with_a_number_is_not_taken_for_a_day(self, form, tmp_path):
        made = openpyxl.Workbook()
        made.active.append(["since"])
        made.active.append([46387])
        made.active["A2"].number_format = form
        made.save(tmp_path / "a.xlsx")

        assert cells(tmp_path / "a.xlsx") == [["46387"]]

    def test_with_text_in_several_fonts_is_one_text(self, tmp_path):
        rich = CellRichText(TextBlock(InlineFont(b=True), "bold "), "and plain")

        assert cells(book(tmp_path, ["text"], [rich])) == [["bold and plain"]]

    def test_with_hints_at_how_to_say_it_has_none(self, tmp_path):
        strings = STRINGS.replace(
            "</sst>", '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si></sst>'
        )
        row = '<row r="2"><c r="A2" t="s"><v>2</v></c></row>'
        path = workbook(tmp_path / "a.xlsx", {"xl/sharedStrings.xml": strings, SHEET: sheet(header() + row)})

        assert cells(path) == [["東京", ""]]

    def test_has_its_escaped_signs_back(self, tmp_path):
        row = '<row r="2"><c r="A2" t="inlineStr"><is><t>a_x000D_b_x005F_c _xyz_</t></is></c></row>'

        assert cells(workbook(tmp_path / "a.xlsx", {SHEET: sheet(header() + row)})) == [["a\rb_c _xyz_", ""]]

    def test_with_an_error_shows_it(self, tmp_path):
        row = '<row r="2"><c r="A2" t="e"><v>#N/A</v></c></row>'

        assert cells(workbook(tmp_path / "a.xlsx", {SHEET: sheet(header() + row)})) == [["#N/A", ""]]

    def test_need_not_say_where_it_is(self, tmp_path):
        row = '<row><c t="inlineStr"><is><t>a</t></is></c><c><v>1</v></c></row>'

        assert cells(workbook(tmp_path / "a.xlsx", {SHEET: sheet(header() + row)})) == [["a", "1"]]

    def test_may_be_named_with_a_prefix(self, tmp_path):
        plain = sheet(header() + '<row r="2"><c r="A2"><v>1</v></c></row>')
        prefixed = (
            plain.replace("<", "<x:")
            .replace("<x:/", "</x:")
            .replace("<x:?", "<?")
            .replace("xmlns=", "xmlns:x=")
        )

        assert cells(workbook(tmp_path / "a.xlsx", {SHEET: prefixed})) == [["1", ""]]


def header() -> str:
    return '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'


class TestRows:
    def test_are_numbered_as_the_spreadsheet_does(self, tmp_path):
        path = book(tmp_path, ["Title"], [], ["part", "price", None], ["a", 1], [], [None, 2], ["  "])

        found = open_table(path, "a.xlsx", ["part", "price"])

        assert found.header_row == 3
        assert list(found.rows()) == [(4, ["a", "1"]), (6, ["", "2"])]
        assert list(found.rows()) == list(found.rows())

    def test_far_apart_cost_nothing(self, tmp_path):
        rows = header() + '<row r="1000000"><c r="A1000000"><v>1</v></c></row>'

        assert list(open_table(workbook(tmp_path / "a.xlsx", {SHEET: sheet(rows)}), "a").rows()) == [
            (1_000_000, ["1", ""])
        ]

    def test_with_nothing_but_borders_are_blank(self, tmp_path):
        rows = header() + '<row r="2" s="1"><c r="A2" s="0"/><c r="XFD2" s="0"/></row>'

        assert cells(workbook(tmp_path / "a.xlsx", {SHEET: sheet(rows)})) == []


class TestASheet:
    def made(self, folder: Path) -> Path:
        made = openpyxl.Workbook()
        made.active.title = "Read me"
        made.active.append(["How to fill", "this in"])
        hidden = made.create_sheet("Lists")
        hidden.append(["part", "price"])
        hidden.sheet_state = "hidden"
        made.create_sheet("Prices").append(["part", "price"])
        made["Prices"].append(["D0ABCLL", 5])
        made.save(folder / "a.xlsx")
        return folder / "a.xlsx"

    def test_is_the_one_with_the_headers(self, tmp_path):
        found = open_table(self.made(tmp_path), "a.xlsx", ["part", "price"])

        assert (found.facts.sheet, found.facts.sheets) == ("Prices", ("Read me", "Prices"))
        assert [row for _number, row in found.rows()] == [["D0ABCLL", "5"]]

    def test_is_the_first_if_no_header_is_known(self, tmp_path):
        assert open_table(self.made(tmp_path), "a.xlsx").facts.sheet == "Read me"

    def test_can_be_named_by_the_sender(self, tmp_path):
        assert open_table(self.made(tmp_path), "a.xlsx", sheet="Prices").headers == ["part", "price"]

    def test_may_be_said_to_be_anywhere_in_the_archive(self, tmp_path):
        links = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
        <Relationship Id="r1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet"
          Target="/xl/other/one.xml"/></Relationships>"""
        path = workbook(
            tmp_path / "a.xlsx",
            {
                "xl/_rels/workbook.xml.rels": links,
                SHEET: None,
                "xl/other/one.xml": sheet('<row><c t="str"><v>part</v></c></row><row><c><v>1</v></c></row>'),
            },
        )

        assert cells(path) == [["1"]]

    def test_may_be_a_chart(self, tmp_path):
        """Sheets that are no tables are passed over."""
        listed = WORKBOOK.replace("<sheets>", '<sheets><sheet name="Chart" sheetId="9" r:id="r9"/>')

        assert open_table(workbook(tmp_path / "a.xlsx", {"xl/workbook.xml": listed}), "a").facts.sheets == (
            "Prices",
        )

    def test_needs_no_table_of_texts(self, tmp_path):
        links = f"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
        <Relationship Id="r1" Type="{MAIN}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"""
        row = '<row r="1"><c r="A1" t="str"><v>part</v></c></row>'
        parts = {"xl/_rels/workbook.xml.rels": links, "xl/sharedStrings.xml": None, SHEET: sheet(row)}

        assert open_table(workbook(tmp_path / "a.xlsx", parts), "a").headers == ["part"]


VALUES = (
    st.none()
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(
        lambda text: text.strip() and not text.startswith("=") and not text.startswith("#")
    )
    | st.integers(-(10**14), 10**14)
    | st.decimals(-(10**9), 10**9, places=3)
    | st.booleans()
    | st.dates(date(1900, 3, 1), date(2199, 12, 31))
    | st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1)).map(lambda at: at.replace(microsecond=0))
)


def as_read(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return from_workbook(repr(float(value)))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.time().min else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


class TestAnyWorkbook:
    @given(st.lists(st.lists(VALUES, min_size=3, max_size=3), max_size=8))
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_is_read_as_it_was_written(self, tmp_path, rows):
        path = book(tmp_path, ["one", "two", "three"], *rows)

        assert cells(path, ["one", "two", "three"]) == [
            list(map(as_read, row)) for row in rows if any(value is not None for value in row)
        ]


class TestAWorkbooksNumber:
    @given(st.decimals(-(10**10), 10**10, places=4))
    def test_comes_back_as_it_was_typed(self, typed):
        assert Decimal(from_workbook(repr(float(typed)))) == typed

    @given(st.integers(1, 1000), st.integers(0, 10**6))
    def test_that_was_reckoned_is_what_it_shows(self, times, cents):
        reckoned = sum([cents / 100] * times)

        assert (
            Decimal(from_workbook(repr(reckoned))).quantize(Decimal("0.0001")) == Decimal(cents * times) / 100
        )


class TestADaysNumber:
    @given(st.dates(date(1900, 3, 1), date(2199, 12, 31)))
    def test_is_that_of_every_spreadsheet(self, day):
        from feeds.reading.days import of_serial

        assert of_serial((day - date(1899, 12, 30)) // timedelta(days=1)) == day
