"""A sheet becomes columns of values, and every mistake in it is told."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.declared import FeedColumn
from feeds.reading import Refused, open_table
from feeds.reading.checking import Batch, check
from feeds.reading.matching import match, names_of
from feeds.reading.styles import Style, decide
from feeds.values import Amount, Currency, Day, Digits, Invalid, Text, Whole

from .messy import HEADER, sheet, workbook, written

COLUMNS = (
    FeedColumn("number", "Number", Text(7)),
    FeedColumn("price", "Price", Amount(), required=False),
    FeedColumn("currency", "Currency", Currency(), required=False),
    FeedColumn("since", "Since", Day(), required=False),
    FeedColumn("quantity", "Quantity", Whole(1, 10_000), required=False),
)


def checked(path: Path, *, key=("number",), styles=None, columns=COLUMNS, **options) -> Batch:
    """All the batches in one."""
    table = open_table(path, path.name, names_of(columns))
    mapping = match(table.headers, columns).mapping
    styles = decide(table, columns, mapping).styles if styles is None else styles
    whole = Batch([], {}, [])
    for batch in check(table, columns, mapping, styles, key=key, **options):
        whole.numbers += batch.numbers
        whole.errors += batch.errors
        for name, values in batch.columns.items():
            whole.columns.setdefault(name, []).extend(values)
            assert len(values) == len(batch.numbers)
    return whole


def table(folder: Path, text: str) -> Path:
    return written(folder / "a.csv", text)


def told(batch: Batch) -> list[tuple[int, str, str, str]]:
    return [(error.row, error.column, error.value, error.code) for error in batch.errors]


class TestRows:
    def test_become_columns_of_values(self, tmp_path):
        path = table(tmp_path, "Number;Price;Currency;Since;Quantity\nA;1.234,50;EUR;31.12.2026;5\nB;;;;\n")

        found = checked(path)

        assert found.errors == []
        assert found.numbers == [2, 3]
        assert found.columns == {
            "number": ["A", "B"],
            "price": [123450, None],
            "currency": ["EUR", None],
            "since": [date(2026, 12, 31), None],
            "quantity": [5, None],
        }

    def test_come_in_pieces(self, tmp_path):
        path = table(tmp_path, "number\n" + "".join(f"P{at}\n" for at in range(4500)))
        found = open_table(path, "a.csv")

        sizes = [
            len(batch.numbers)
            for batch in check(found, COLUMNS, {"number": 0}, {}, key=("number",), batch_rows=2000)
        ]

        assert sizes == [2000, 2000, 500]

    def test_of_a_workbook_have_their_types_already(self, tmp_path):
        book = openpyxl.Workbook()
        book.active.append(["number", "price", "currency", "since", "quantity"])
        book.active.append(["A", 19.990000000000002, "EUR", date(2026, 12, 31), 5])
        book.active.append(["B", "1.234,5", "EUR", "31.12.2026", "5"])
        book.active.append(["C", 1.234, "KWD", 46387, 5.0])
        book.active.append([403807, 0.1 + 0.2, "EUR", None, None])
        book.save(tmp_path / "a.xlsx")

        found = checked(tmp_path / "a.xlsx")

        assert found.columns["price"] == [1999, 123450, 1234, 30]
        assert found.columns["since"] == [date(2026, 12, 31)] * 3 + [None]
        assert found.columns["number"] == ["A", "B", "C", "403807"]
        assert found.errors == [], (
            "a thousandth of a dinar is a number for the workbook, whatever the texts look like"
        )

    def test_of_a_workbook_have_lost_zeros_back(self, tmp_path):
        book = openpyxl.Workbook()
        book.active.append(["site"])
        book.active.append([403807])
        book.active.append(["403808"])
        book.save(tmp_path / "a.xlsx")

        assert checked(
            tmp_path / "a.xlsx", columns=(FeedColumn("site", "Site", Digits(7)),), key=("site",)
        ).columns["site"] == ["0403807", "0403808"]


class TestAMistake:
    def test_is_told_by_row_column_value_and_rule(self, tmp_path):
        path = table(
            tmp_path, "List\n\nnumber,quantity,price,currency\nA,0,5,EUR\nB,5,x,EUR\nABCDEFGH,5,5,EUR\n"
        )

        found = checked(path)

        assert told(found) == [
            (6, "number", "ABCDEFGH", "too_long"),
            (4, "quantity", "0", "whole"),
            (5, "price", "x", "amount"),
        ]
        first = found.errors[1]
        assert str(first.rule) % first.params == "Give a whole number from 1 to 10,000."
        assert found.columns["quantity"] == [None, 5, 5]

    def test_is_told_again_wherever_it_stands(self, tmp_path):
        path = table(tmp_path, "number,quantity\n" + "".join(f"A{at},x\n" for at in range(2500)))

        assert len(checked(path).errors) == 2500

    def test_is_a_blank_where_something_has_to_be(self, tmp_path):
        path = table(tmp_path, "number,quantity\n  ,5\nB,5\n")

        assert told(checked(path)) == [(2, "number", "", "required")]

    def test_is_a_row_with_more_cells_than_the_header(self, tmp_path):
        path = table(tmp_path, "number,price,currency\nA,1,EUR\nB,1,5,EUR\nC,1,EUR,,\nD,1,EUR\n")

        assert told(checked(path, styles={}))[0] == (3, "", "EUR", "too_wide")

    def test_is_an_amount_without_its_currency(self, tmp_path):
        path = table(tmp_path, "number,price,currency\nA,1,\nB,1,XYZ\nC,1,EUR\nD,,\n")

        assert told(checked(path)) == [(3, "currency", "XYZ", "currency"), (2, "price", "1", "alone")]

    def test_is_told_as_far_as_one_wants_to_read(self, tmp_path):
        path = table(tmp_path, "number\n" + "A" * 5000 + "\n")

        assert len(checked(path).errors[0].value) == 200

    def test_is_what_can_be_read_in_two_ways_and_was_not_asked_about(self, tmp_path):
        path = table(tmp_path, "number,since\nA,2026-12-31\nB,05/03/2026\n")

        assert told(checked(path, styles={})) == [(3, "since", "05/03/2026", "two_ways")]


class TestAKey:
    def test_that_stands_in_two_rows_is_told_with_both(self, tmp_path):
        path = table(
            tmp_path,
            "number,quantity\n" + "".join(f"P{at},1\n" for at in range(3000)) + "P7,2\np7,3\nP7 ,4\n",
        )

        found = checked(path)

        assert [(error.row, error.params) for error in found.errors] == [
            (3002, {"first": 9, "row": 3002}),
            (3004, {"first": 9, "row": 3004}),
        ]
        assert str(found.errors[0].rule) % found.errors[0].params == (
            "Rows 9 and 3002 are about the same thing. Leave one of them out."
        )

    def test_of_several_columns_is_all_of_them(self, tmp_path):
        path = table(
            tmp_path,
            "number,currency,since\nA,EUR,2026-12-31\nA,EUR,31.12.2026\nA,PLN,2026-12-31\nA,,\nA,,\n",
        )

        found = checked(path, key=("number", "currency", "since"))

        assert [(error.row, error.column, error.value) for error in found.errors] == [
            (3, "", "A · EUR · 2026-12-31"),
            (6, "", "A ·  · "),
        ]

    def test_that_is_wrong_is_not_compared(self, tmp_path):
        path = table(tmp_path, "number\nABCDEFGHI\nABCDEFGHI\n")

        assert {error.code for error in checked(path).errors} == {"too_long"}


class TestAStyle:
    def decided(self, folder: Path, text: str, declared=None):
        found = open_table(table(folder, text), "a.csv", names_of(COLUMNS))
        mapping = match(found.headers, COLUMNS).mapping
        return decide(found, COLUMNS, mapping, declared)

    @pytest.mark.parametrize(
        ("values", "decimal"),
        [
            (("1.234", "19,99"), ","),
            (("1,234", "19.99"), "."),
            (("1.234", "1.234.567"), ","),
            (("1.234", "0.123"), "."),
            (("1.234", "12345.678"), "."),
            (("1.234", "1'234.5"), "."),
            (("1", "2"), ""),
        ],
    )
    def test_of_numbers_is_read_off_all_of_them(self, values, decimal, tmp_path):
        rows = "".join(f'A{at};"{value}"\n' for at, value in enumerate(values))

        decision = self.decided(tmp_path, "number;quantity\n" + rows)

        assert decision.styles["quantity"].decimal == decimal
        assert decision.questions == ()

    @pytest.mark.parametrize(
        ("values", "order"),
        [
            (("05/03/2026", "31/12/2026"), "dmy"),
            (("05/03/2026", "12/31/2026"), "mdy"),
            (("05.03.2026", "2026-12-31", "05 Mar 2011"), ""),
        ],
    )
    def test_of_days_is_read_off_all_of_them(self, values, order, tmp_path):
        rows = "".join(f"A{at},{value}\n" for at, value in enumerate(values))

        decision = self.decided(tmp_path, "number,since\n" + rows)

        assert decision.styles["since"].order == order
        assert decision.questions == ()

    def test_is_found_also_where_only_the_last_row_tells(self, tmp_path):
        rows = "".join(f"A{at},05/03/2026\n" for at in range(30_000))

        assert (
            self.decided(tmp_path, "number,since\n" + rows + "B,31/12/2026\n").styles["since"].order == "dmy"
        )

    def test_that_only_the_sender_knows_is_asked_for(self, tmp_path):
        text = "number;quantity;since\nA;1.234;05/03/2026\nB;2.345;\n"

        asked = {question.column: question for question in self.decided(tmp_path, text).questions}

        assert set(asked) == {"quantity", "since"}
        assert set(asked["quantity"].examples) == {"1.234", "2.345"}
        assert asked["since"].about == "order"

    def test_that_the_sender_has_told_is_not_asked_for(self, tmp_path):
        answers = {"since": Style(order="mdy")}

        decision = self.decided(tmp_path, "number,since\nA,05/03/2026\n", answers)

        assert (decision.questions, decision.styles["since"]) == ((), answers["since"])

    def test_is_taken_from_the_other_columns_if_they_agree(self, tmp_path):
        decision = self.decided(tmp_path, "number;quantity;price;currency\nA;1.234;19,99;EUR\n")

        assert decision.questions == ()
        assert decision.styles["quantity"].decimal == ","

    def test_is_what_most_values_have(self, tmp_path):
        decision = self.decided(tmp_path, "number;quantity\n" + "A;1,5\n" * 2 + "B;2,5\nA;3.25\n")

        assert decision.styles["quantity"].decimal == ","


class TestAFormulaFarDown:
    def test_stops_the_check_where_it_is(self, tmp_path):
        rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(2, 3000))
        formula = '<row r="3000"><c r="B3000"><f>1+1</f><v>2</v></c></row>'
        path = workbook(tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": sheet(HEADER + rows + formula)})
        found = open_table(path, "a.xlsx")

        with pytest.raises(Refused, match="formula"):
            list(check(found, COLUMNS, {"number": 0}, {}))


CELLS = st.text("0123456789.,-/ 'xE\u0663\u202f", max_size=10)


class TestAnyCells:
    @given(
        st.lists(st.tuples(CELLS, CELLS, st.sampled_from(["EUR", "KWD", "", "x"]), CELLS, CELLS), max_size=12)
    )
    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_mean_what_each_of_them_means_alone(self, tmp_path, rows):
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows([[column.name for column in COLUMNS], *rows])
        path = table(tmp_path, out.getvalue())
        found = open_table(path, "a.csv", names_of(COLUMNS))
        styles = decide(found, COLUMNS, {column.name: at for at, column in enumerate(COLUMNS)}).styles

        batch = checked(path, key=(), styles=styles)

        wrong = {(error.row, error.column) for error in batch.errors}
        for at, (number, cells) in enumerate(found.rows()):
            assert batch.numbers[at] == number
            for column, cell in zip(COLUMNS, cells, strict=True):
                value = batch.columns[column.name][at]
                beside = batch.columns["currency"][at]
                if not cell.strip():
                    assert value is None
                elif column.name != "price" or beside:
                    assert (value is None) == ((number, column.name) in wrong)
                    assert value == alone(column, cell, styles.get(column.name), beside)


def alone(column, cell, style, beside):
    try:
        return column.kind.parse(cell, style or Style(), beside)
    except Invalid:
        return None
