"""Cells become values, or break a rule that says what to give instead."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal as Exactly

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from feeds.reading.sheet import Exact
from feeds.reading.styles import OPEN, PLAIN, Style
from feeds.values import (
    Amount,
    Choice,
    Country,
    Currency,
    Day,
    Decimal,
    Digits,
    Invalid,
    Kind,
    Moment,
    Pattern,
    Text,
    Whole,
    YesNo,
)

COMMA, MONTH_FIRST = Style(decimal=","), Style(order="mdy")


def wrong(kind: Kind, text: str, style: Style = PLAIN, beside: str | None = None) -> str:
    with pytest.raises(Invalid) as invalid:
        kind.parse(text, style, beside)
    return str(invalid.value)


class TestText:
    def test_is_taken_as_it_is_without_blanks_around_it(self):
        assert Text().parse("\u00a0 Zażółć  gęślą\ufeff ") == "Zażółć  gęślą"

    def test_has_its_accents_in_one_form(self):
        assert Text().parse("Mu\u0308ller") == "M\u00fcller"

    def test_is_not_too_long(self):
        assert Text(3).parse("abc") == "abc"
        assert wrong(Text(3), "abcd") == "Give no more than 3 characters."

    def test_has_no_control_characters(self):
        assert wrong(Text(), "a\x07b") == "Leave out control characters."

    def test_has_line_breaks_where_they_are_let_in(self):
        assert Text(lines=True).parse("a\nb") == "a\nb"
        assert wrong(Text(), "a\nb") == "Give it in one line."

    def test_may_join_letters_and_run_from_right_to_left(self):
        assert Text().parse("نرم\u200cافزار") == "نرم\u200cافزار"

    @pytest.mark.parametrize("shown", ["#N/A", "#REF!", "#DIV/0!"])
    def test_is_not_what_a_spreadsheet_shows_for_an_error(self, shown):
        assert "shows an error" in wrong(Text(), shown)

    def test_is_in_capitals_where_case_does_not_matter(self):
        assert Text(upper=True).parse("d0abcll") == "D0ABCLL"


class TestANumberThatIsAName:
    @pytest.mark.parametrize("text", ["0403807", "403807", " 403807 ", "403807.0", "٤٠٣٨٠٧", Exact("403807")])
    def test_has_its_leading_zeros_back(self, text):
        assert Digits(7).parse(text) == "0403807"

    @pytest.mark.parametrize("text", ["12345678", "40380A", "-403807", "403.807", "0", "4 038 07"])
    def test_is_digits_only_and_not_too_many(self, text):
        assert wrong(Digits(7), text) == "Give a number of 7 digits."

    def test_is_not_what_a_spreadsheet_shortened(self):
        assert "shortened this number" in wrong(Digits(7), "4.03807E+05")


class TestAPattern:
    KIND = Pattern("[0-9A-Z]{7}", "Give 7 letters and digits.")

    def test_is_kept_to(self):
        assert self.KIND.parse("d0abcll ") == "D0ABCLL"
        assert wrong(self.KIND, "D0ABCL") == "Give 7 letters and digits."

    def test_keeps_case_where_it_matters(self):
        assert Pattern("[a-z]+", "Give small letters.", upper=False).parse("abc") == "abc"


class TestAWholeNumber:
    @pytest.mark.parametrize(
        ("text", "style", "value"),
        [
            ("10000", PLAIN, 10000),
            ("10,000", PLAIN, 10000),
            ("10.000", COMMA, 10000),
            ("10 000", PLAIN, 10000),
            ("10\u202f000", PLAIN, 10000),
            ("10'000", PLAIN, 10000),
            ("10’000", COMMA, 10000),
            ("١٠٬٠٠٠", PLAIN, 10000),
            ("7.0", PLAIN, 7),
            ("7,00", COMMA, 7),
        ],
    )
    def test_is_read_however_it_is_written(self, text, style, value):
        assert Whole(1, 10_000).parse(text, style) == value

    @pytest.mark.parametrize("text", ["0", "10001", "1.5", "x", "", "1 2", "--1", "²", "1" * 5000])
    def test_is_within_its_bounds(self, text):
        assert wrong(Whole(1, 10_000), text) == "Give a whole number from 1 to 10,000."

    def test_may_be_negative_where_that_is_let_in(self):
        assert [Whole(-9, 9).parse(text) for text in ("-5", "−5", "5-", "(5)")] == [-5] * 4


class TestADecimalNumber:
    def test_is_exact(self):
        assert Decimal(4).parse("0,1234", COMMA) == Exactly("0.1234")

    def test_has_no_more_decimals_than_are_kept(self):
        assert Decimal(2).parse("1.500") == Exactly("1.5")
        assert wrong(Decimal(2), "1.505") == "Give a number with no more than this many decimals: 2."

    def test_is_within_its_bounds(self):
        assert wrong(Decimal(2, "0", "100"), "100.01") == "Give a number from 0 to 100."


class TestAnAmount:
    @pytest.mark.parametrize(
        ("text", "style", "currency", "minor"),
        [
            ("1234.56", PLAIN, "EUR", 123456),
            ("1,234.56", PLAIN, "EUR", 123456),
            ("1.234,56", COMMA, "EUR", 123456),
            ("1'234.5", PLAIN, "CHF", 123450),
            ("1\u202f234,56", COMMA, "EUR", 123456),
            ("12,34,567.89", PLAIN, "INR", 123456789),
            ("١٢٣٤٫٥٦", PLAIN, "SAR", 123456),
            ("1234", PLAIN, "JPY", 1234),
            ("1.234", PLAIN, "KWD", 1234),
            ("1.234", COMMA, "JPY", 1234),
            (".5", PLAIN, "USD", 50),
            ("€ 19,99", COMMA, "EUR", 1999),
            ("19.99 EUR", PLAIN, "EUR", 1999),
            ("PLN 19,99", COMMA, "PLN", 1999),
        ],
    )
    def test_is_exact_in_the_minor_unit_of_its_currency(self, text, style, currency, minor):
        assert Amount().parse(text, style, currency) == minor

    def test_has_no_more_decimals_than_its_currency(self):
        assert wrong(Amount(), "19.999", PLAIN, "EUR") == "Give no more decimals than EUR has: 2."
        assert wrong(Amount(), "19.9", PLAIN, "JPY") == "Give no more decimals than JPY has: 0."

    @pytest.mark.parametrize("text", ["x", "19.99 USD", "1,23.45", "1.2.3", "19,99", "1e3"])
    def test_is_nothing_else(self, text):
        assert wrong(Amount(), text, PLAIN, "EUR")

    def test_shows_how_this_column_writes_amounts(self):
        assert wrong(Amount(), "x", COMMA, "EUR") == "Give an amount such as 1234,55."

    def test_is_not_negative_unless_that_is_let_in(self):
        assert Amount(min=-100).parse("-1", PLAIN, "EUR") == -100
        assert wrong(Amount(max=100_000), "-1", PLAIN, "EUR") == "Give an amount from 0.00 to 1,000.00."

    def test_that_can_be_read_in_two_ways_is_not_guessed(self):
        assert Amount().parse("1.234,00", OPEN, "EUR") == Amount().parse("1,234.00", OPEN, "EUR") == 123400
        assert "read in two ways" in wrong(Amount(), "1.234", OPEN, "KWD")

    @given(
        st.integers(0, 10**12), st.sampled_from(["EUR", "JPY", "KWD"]), st.sampled_from(".,"), st.booleans()
    )
    def test_comes_back_as_it_was_whatever_the_style(self, minor, currency, decimal, grouped):
        places = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
        text = f"{Exactly(minor).scaleb(-places):{',' if grouped else ''}.{places}f}"
        text = text if decimal == "." else text.translate(str.maketrans(".,", ",."))

        assert Amount().parse(text, Style(decimal), currency) == minor

    @given(
        st.lists(st.integers(0, 10**10), min_size=1),
        st.sampled_from(["EUR", "JPY", "KWD"]),
        st.sampled_from(".,"),
    )
    def test_is_the_same_for_a_whole_column_at_once(self, amounts, currency, decimal):
        places = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
        cells = [f"{Exactly(minor).scaleb(-places):.{places}f}".replace(".", decimal) for minor in amounts]

        assert Amount().quick([*cells, ""], Style(decimal), currency) == [*amounts, None]


class TestADay:
    @pytest.mark.parametrize(
        "text",
        [
            "31.12.2026", "31/12/2026", "31-12-2026", "2026-12-31", "2026/12/31", "20261231", "31 Dec 2026",
            "31-dec-2026",
            "31 December 2026", "December 31, 2026", "Dec 31 2026", "31 grudnia 2026", "31 dicembre 2026",
            "31 de dezembro de 2026", "31. Dezember 2026", "31 ديسمبر 2026", "٣١/١٢/٢٠٢٦", "2026-12-31T00:00:00",
            "31.12.2026 00:00", "46387", Exact("46387"), Exact("2026-12-31"),
        ],
    )  # fmt: skip
    def test_is_read_however_it_is_written(self, text):
        assert Day().parse(text) == date(2026, 12, 31)

    def test_begins_with_what_its_column_begins_with(self):
        assert Day().parse("05/03/2026") == date(2026, 3, 5)
        assert Day().parse("05/03/2026", MONTH_FIRST) == date(2026, 5, 3)
        assert Day().parse("05.03.2026", MONTH_FIRST) == date(2026, 3, 5)

    def test_that_can_be_read_in_two_ways_is_not_guessed(self):
        assert Day().parse("31/12/2026", OPEN) == Day().parse("12/31/2026", OPEN) == date(2026, 12, 31)
        assert "day or the month" in wrong(Day(), "05/03/2026", OPEN)

    @pytest.mark.parametrize(
        "text",
        [
            "31.02.2026",
            "31.12.26",
            "2026-13-01",
            "12/31/2026",
            "x",
            "0",
            "31 Xyz 2026",
            "9" * 99,
            "31.12-2026",
        ],
    )
    def test_has_to_exist(self, text):
        assert wrong(Day(), text) == "Give a date that exists, such as 2026-12-31."

    def test_is_within_its_bounds(self):
        assert (
            wrong(Day(first=date(2020, 1, 1)), "2019-12-31") == "Give a date from 2020-01-01 to 2199-12-31."
        )

    @given(st.dates(date(1900, 3, 1), date(2199, 12, 31)))
    def test_comes_back_as_it_was(self, day):
        for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d %b %Y", "%B %d, %Y", "%Y%m%d"):
            assert Day().parse(day.strftime(form)) == day
        assert Day().parse(day.strftime("%m/%d/%Y"), MONTH_FIRST) == day


class TestAMoment:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-12-31T14:05:00Z", "2026-12-31 14:05", "31.12.2026 14:05", "2026-12-31T15:05:00+01:00",
            "2026-12-31T15:05:00.000+0100", "31 Dec 2026 14:05 UTC", Exact("2026-12-31T14:05:00"),
        ],
    )  # fmt: skip
    def test_is_in_utc_where_nothing_else_is_said(self, text):
        assert Moment().parse(text) == datetime(2026, 12, 31, 14, 5, tzinfo=UTC)

    @pytest.mark.parametrize("text", ["2026-12-31 25:00", "14:05", "x", "2026-02-30T10:00"])
    def test_has_to_exist(self, text):
        assert "2026-12-31T14:05:00Z" in wrong(Moment(), text)


class TestAChoice:
    KIND = Choice({"N": "New", "U": "Updated", "D": "Dropped"})

    @pytest.mark.parametrize("text", ["U", "u", " Updated ", "UPDATED"])
    def test_is_told_by_code_or_by_word(self, text):
        assert self.KIND.parse(text) == "U"

    def test_is_one_of_its_choices(self):
        assert wrong(self.KIND, "X") == "Give one of: N, U, D."

    def test_is_told_by_the_same_words_whoever_reads(self):
        with override("pl"):
            assert self.KIND.parse("updated") == "U"


class TestACountry:
    @pytest.mark.parametrize("text", ["PL", "pl", "POL", "Poland", "Polska", "polonia", "Polônia", "بولندا"])
    def test_is_told_by_code_or_by_name_in_any_language(self, text):
        assert Country().parse(text) == "PL"

    @pytest.mark.parametrize(("text", "code"), [("UK", "GB"), ("USA", "US"), ("Italia", "IT"), ("DEU", "DE")])
    def test_may_be_called_what_everybody_calls_it(self, text, code):
        assert Country().parse(text) == code

    @pytest.mark.parametrize("text", ["XX", "EU", "Atlantis", "P"])
    def test_has_to_be_one(self, text):
        assert wrong(Country(), text) == "Give a country's code of two letters, such as DE."


class TestACurrency:
    def test_is_told_by_its_code(self):
        assert Currency().parse(" eur ") == "EUR"

    @pytest.mark.parametrize("text", ["DEM", "XXX", "EURO", "€"])
    def test_has_to_be_money_somewhere_today(self, text):
        assert wrong(Currency(), text) == "Give a currency's code of three letters, such as EUR."

    def test_may_have_to_be_one_of_some(self):
        assert Currency(frozenset({"EUR"})).parse("EUR") == "EUR"
        assert wrong(Currency(frozenset({"EUR"})), "PLN")


class TestYesAndNo:
    @pytest.mark.parametrize("text", ["yes", "Y", "TRUE", "1", "Sim", "tak", "Sì", "نعم", Exact("true")])
    def test_yes_in_any_language(self, text):
        assert YesNo().parse(text) is True

    @pytest.mark.parametrize("text", ["no", "N", "false", "0", "NÃO", "nie", "لا", Exact("false")])
    def test_no_in_any_language(self, text):
        assert YesNo().parse(text) is False

    def test_and_nothing_else(self):
        assert wrong(YesNo(), "maybe") == "Give yes or no."


EVERY_KIND = [
    Text(), Text(lines=True, upper=True), Digits(), Pattern("[A-Z]+", "Letters."), Whole(), Decimal(), Amount(), Day(),
    Moment(), Choice({"N": "New"}), Country(), Currency(), YesNo(),
]  # fmt: skip


class TestAnyText:
    @pytest.mark.parametrize("kind", EVERY_KIND, ids=lambda kind: type(kind).__name__)
    @given(
        text=st.text(min_size=1, max_size=60) | st.text("0123456789.,'-/ EeAa:+()", min_size=1, max_size=50)
    )
    def test_is_a_value_or_breaks_a_rule(self, kind, text):
        for style in (PLAIN, COMMA, MONTH_FIRST, OPEN):
            try:
                kind.parse(text, style, "EUR")
            except Invalid as invalid:
                told = (str(invalid), invalid.code)
                assert all(told)

    @pytest.mark.parametrize("kind", EVERY_KIND, ids=lambda kind: type(kind).__name__)
    @given(cells=st.lists(st.text("0123456789.,ab ", max_size=8), min_size=1, max_size=5))
    def test_means_the_same_in_a_column_read_at_once(self, kind, cells):
        for style in (PLAIN, COMMA, OPEN):
            at_once = kind.quick(cells, style, "EUR")
            if at_once is not None:
                assert at_once == [kind.parse(cell, style, "EUR") if cell.strip() else None for cell in cells]
