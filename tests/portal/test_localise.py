"""Numbers, dates, money and codes as each reader writes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, get_currency_precision
from django.conf import settings
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from portal import localise

LANGUAGES = [code for code, _name in settings.LANGUAGES]
CURRENCIES = ["USD", "EUR", "GBP", "BRL", "PLN", "SAR", "JPY", "KWD", "CHF"]
NOW = dt.datetime(2026, 3, 5, 12, 0, tzinfo=dt.UTC)


def without_marks(text: str) -> str:
    """Without the spaces and direction marks that we set where Babel leaves them out."""
    return text.replace("\u00a0", "").replace("\u200e", "")


class TestNumbers:
    @given(st.integers(-(10**15), 10**15), st.sampled_from(LANGUAGES))
    def test_are_written_as_babel_writes_them(self, value: int, language: str) -> None:
        with translation.override(language):
            ours = localise.number(value)

        theirs = format_decimal(value, locale=localise.locale_of(language))
        assert without_marks(ours) == without_marks(theirs)

    @given(
        st.decimals(-(10**9), 10**9, places=2, allow_nan=False, allow_infinity=False),
        st.sampled_from(LANGUAGES),
    )
    def test_with_fractions_too(self, value: Decimal, language: str) -> None:
        with translation.override(language):
            ours = localise.number(value)

        theirs = format_decimal(value, locale=localise.locale_of(language))
        assert without_marks(ours) == without_marks(theirs)

    def test_have_as_many_decimals_as_asked_for(self) -> None:
        with translation.override("pl"):
            assert localise.number(1234.5, 2) == "1\u00a0234,50"

    def test_that_are_missing_are_a_dash(self) -> None:
        assert localise.number(None) == "–"

    def test_per_cent_follow_the_language(self) -> None:
        with translation.override("en"):
            assert localise.percent(62.5) == "62.5%"
        with translation.override("pl"):
            assert localise.percent(62.5) == "62,5%"


class TestMoney:
    @given(st.integers(-(10**12), 10**12), st.sampled_from(CURRENCIES), st.sampled_from(LANGUAGES))
    def test_is_written_as_babel_writes_it(self, minor: int, currency: str, language: str) -> None:
        amount = Decimal(minor).scaleb(-get_currency_precision(currency))
        with translation.override(language):
            ours = localise.plain_money(minor, currency)

        theirs = format_currency(amount, currency, locale=localise.locale_of(language))
        assert without_marks(ours) == without_marks(theirs)

    @pytest.mark.parametrize(
        ("minor", "currency", "text"),
        [
            (1234, "USD", "US$12.34"),
            (1234, "JPY", "JP¥1,234"),
            (1234, "KWD", "KWD\u00a01.234"),
            (5, "EUR", "€0.05"),
            (-5, "EUR", "-€0.05"),
        ],
    )
    def test_has_the_decimals_of_its_currency(self, minor: int, currency: str, text: str) -> None:
        with translation.override("en"):
            assert localise.plain_money(minor, currency) == text

    def test_in_arabic_keeps_latin_digits_and_the_symbol_together(self) -> None:
        with translation.override("ar"):
            assert localise.plain_money(902500, "BRL") == "\u200f9,025.00\u00a0R$\u200e"

    def test_is_isolated_from_the_direction_of_the_text_around(self) -> None:
        with translation.override("en"):
            assert localise.money(100, "EUR") == Markup('<bdi class="money">€1.00</bdi>')


class TestDates:
    @pytest.mark.parametrize(
        ("language", "text"),
        [
            ("en", "5 Mar 2026"),
            ("ar", "5 مارس 2026"),
            ("pt-br", "5 de mar. de 2026"),
            ("pl", "5 mar 2026"),
            ("it", "5 mar 2026"),
        ],
    )
    def test_name_the_month_in_every_language(self, language: str, text: str) -> None:
        with translation.override(language):
            assert localise.date(NOW) == text

    @pytest.mark.parametrize("style", ["long", "full", "short"])
    def test_have_babel_s_other_styles(self, style: str) -> None:
        with translation.override("it"):
            assert localise.date(NOW.date(), style) == format_date(NOW.date(), style, "it")

    def test_are_those_of_the_reader_s_time_zone(self) -> None:
        late = dt.datetime(2026, 3, 5, 23, 30, tzinfo=dt.UTC)
        with timezone.override("Europe/Warsaw"), translation.override("en"):
            assert localise.date(late) == "6 Mar 2026"
            assert localise.datetime(late) == "6 Mar 2026, 00:30"

    def test_without_a_time_belong_to_no_time_zone(self) -> None:
        with timezone.override("Pacific/Auckland"), translation.override("en"):
            assert localise.date(dt.date(2026, 3, 5)) == "5 Mar 2026"

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_show_the_time_as_babel_does(self, language: str) -> None:
        with translation.override(language):
            assert localise.time(NOW) == format_time(NOW, "short", locale=localise.locale_of(language))

    def test_that_are_missing_are_a_dash(self) -> None:
        assert [
            localise.date(None),
            localise.datetime(None),
            localise.timestamp(None),
            localise.ago(None),
        ] == ["–"] * 4

    def test_tell_machines_the_exact_moment(self) -> None:
        with timezone.override("Europe/Rome"), translation.override("en"):
            assert localise.timestamp(NOW) == (
                '<time datetime="2026-03-05T12:00:00+00:00" title="5 Mar 2026, 13:00 CET">'
                "5 Mar 2026, 13:00</time>"
            )


class TestAgo:
    @pytest.mark.parametrize(
        ("delta", "text"),
        [
            (dt.timedelta(seconds=-20), "1 minute ago"),
            (dt.timedelta(minutes=-59), "59 minutes ago"),
            (dt.timedelta(hours=-5, minutes=-40), "5 hours ago"),
            (dt.timedelta(days=-3), "3 days ago"),
            (dt.timedelta(days=-29), "29 days ago"),
            (dt.timedelta(hours=2), "in 2 hours"),
            (dt.timedelta(days=-31), "2 Feb 2026"),
        ],
    )
    def test_says_how_far_away_and_beyond_a_month_the_date(self, delta: dt.timedelta, text: str) -> None:
        with translation.override("en"):
            assert localise.ago(NOW + delta, now=NOW) == text

    @pytest.mark.parametrize(
        ("days", "text"), [(1, "خلال يوم واحد"), (2, "خلال يومين"), (3, "خلال 3 أيام"), (11, "خلال 11 يومًا")]
    )
    def test_has_every_plural_of_arabic(self, days: int, text: str) -> None:
        with translation.override("ar"):
            assert localise.ago(NOW + dt.timedelta(days=days), now=NOW) == text


class TestCodes:
    def test_are_isolated_and_never_translated(self) -> None:
        assert localise.code("DR-1") == '<bdi class="code" translate="no">DR-1</bdi>'

    def test_are_escaped(self) -> None:
        assert "<script>" not in localise.code("<script>")
        assert "<script>" not in localise.bdi("<script>")

    def test_that_are_missing_are_a_dash(self) -> None:
        assert localise.code(None) == localise.code("") == "–"


class TestTheSizeOfAFile:
    @pytest.mark.parametrize(
        ("size", "language", "written"),
        [
            (812, "en", "812 byte"),
            (64_300, "en", "64 kB"),
            (2_440_000, "it", "2,4 MB"),
            (2_440_000, "ar", "2.4 م.ب"),
        ],
    )
    def test_is_written_in_the_unit_that_suits_it(self, size: int, language: str, written: str) -> None:
        shown = localise.filesize(size, to=localise.Reader(language, dt.UTC))
        assert shown.replace("\u00a0", " ").replace("\u200f", "") == written


class TestThingsInARow:
    @pytest.mark.parametrize(
        ("language", "written"),
        [
            ("en", "A, B, C"),
            ("ar", "A، وB، وC"),
            ("it", "A, B e C"),
            ("pl", "A, B i C"),
            ("pt-br", "A, B e C"),
        ],
    )
    def test_have_the_commas_of_the_language(self, language: str, written: str) -> None:
        with translation.override(language):
            assert localise.listed(["A", "B", "C"]) == written

    def test_may_be_one_or_none(self) -> None:
        assert (localise.listed(["A"]), localise.listed([])) == ("A", "")
