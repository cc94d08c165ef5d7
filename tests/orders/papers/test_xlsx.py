"""A quote as a workbook: real amounts, numbers and dates, and text that stays text."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.utils import translation

from orders.papers.document import Sender
from orders.papers.workbook import workbook
from tests.orders.papers.read import TODAY, beside, line, quote, sheet


class TestTheLines:
    def test_have_amounts_to_reckon_with(self) -> None:
        row = _lines(sheet(quote()))[0]
        assert [Decimal(str(value)) for value in row[8:11]] == [
            Decimal("977.37"), Decimal("925.92"), Decimal("1111111.10"),
        ]  # fmt: skip

    def test_have_numbers_and_dates(self) -> None:
        row = _lines(sheet(quote()))[0]
        assert row[:2] == (1, "E0ABCRR")
        assert row[3:8] == (1200, 12.5, datetime(2027, 1, 1), datetime(2027, 12, 31), 12)

    def test_leave_open_what_a_proposal_does_not_know_yet(self) -> None:
        bare = line(unit_level=None, unit_price=None, extended=None, coverage_start=None, months=None)
        row = _lines(sheet(quote(status="draft"), bare))[0]
        assert (row[5], row[7], row[8], row[10]) == (None, None, None, None)

    def test_show_as_many_decimals_as_the_currency_has(self) -> None:
        of = sheet(quote(currency="KWD"), line(extended=1_111_110))
        cell = next(
            c for row in of.iter_rows() for c in row if c.value == pytest.approx(1111.110) and c.column == 11
        )
        assert cell.number_format == "#,##0.000"


class TestTheRest:
    def test_says_who_what_and_until_when(self) -> None:
        of = sheet(quote())
        assert beside(of, "Customer") == "Sphinx Mills"
        assert beside(of, "Valid until") == datetime(2026, 12, 31)
        assert beside(of, "Total, EUR") == pytest.approx(2222222.20)
        assert beside(of, "Total points") == 25

    def test_is_in_the_language_asked_for_and_runs_as_it_does(self) -> None:
        of = sheet(quote(), language="ar")
        assert of.sheet_view.rightToLeft
        assert beside(of, "العميل") == "Sphinx Mills"

    def test_keeps_what_looks_like_a_formula_as_text(self) -> None:
        of = sheet(quote(customer_name='=HYPERLINK("http://evil.example")', po_number="+1", terms="@SUM(A1)"))
        formulas = [cell for row in of.iter_rows() for cell in row if cell.data_type == "f"]
        assert formulas == []
        assert beside(of, "Customer") == '=HYPERLINK("http://evil.example")'

    def test_takes_signs_that_a_workbook_cannot_hold(self) -> None:
        assert beside(sheet(quote(customer_name="A\x00c\x0bme\u202e")), "Customer") == "Acme"


class TestTheSameQuote:
    def test_gives_the_same_bytes(self) -> None:
        with translation.override("en"):
            one, other = (workbook(quote(), [line()], sender=Sender("Nile"), today=TODAY) for _ in "ab")
        assert one == other


def _lines(of: object) -> list[tuple[object, ...]]:
    rows = list(of.iter_rows(values_only=True))  # type: ignore[attr-defined]
    head = next(at for at, row in enumerate(rows) if row[0] == "No.")
    return [row for row in rows[head + 1 :] if row[0] is not None]
