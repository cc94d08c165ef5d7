"""Amounts as people write them, in five languages."""

from __future__ import annotations

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from pricing.money import (
    CURRENCIES,
    NotAnAmount,
    TooPrecise,
    as_written,
    currency_choices,
    currency_of,
    minor_units,
)


@pytest.mark.parametrize(
    ("language", "text", "currency", "expected"),
    [
        ("en", "12500", "EUR", 12500_00),
        ("en", "12,500", "EUR", 12500_00),
        ("en", "12,500.50", "EUR", 12500_50),
        ("en", "12.500,50", "EUR", 12500_50),
        ("en", "12.5", "EUR", 12_50),
        ("en", "12,5", "EUR", 12_50),
        ("en", "1,234,567", "EUR", 1234567_00),
        ("en", "€ 1'250.00", "EUR", 1250_00),
        ("en", "EUR 10", "EUR", 10_00),
        ("en", ".50", "EUR", 50),
        ("it", "12.500", "EUR", 12500_00),
        ("it", "12.500,50", "EUR", 12500_50),
        ("pt-br", "R$ 12.500,50", "BRL", 12500_50),
        ("pl", "12 500,50 zł", "PLN", 12500_50),
        ("ar", "12,500 ر.س.", "SAR", 12500_00),
        ("pl", "12\u00a0500,50", "PLN", 12500_50),
        ("ar", "١٢٬٥٠٠٫٥٠", "EGP", 12500_50),
        ("ar", "12,500.50", "SAR", 12500_50),
        ("en", "1.500", "KWD", 1_500),  # dinars have thousandths
        ("it", "1.500", "KWD", 1500_000),
        ("en", "1,500", "JPY", 1500),
        ("en", "1.10", "JPY", None),
        ("en", "1.00", "JPY", 1),
    ],
)
def test_an_amount_is_read_as_its_writer_means_it(
    language: str, text: str, currency: str, expected: int | None
) -> None:
    with override(language):
        if expected is None:
            with pytest.raises((NotAnAmount, TooPrecise)):
                minor_units(text, currency)
        else:
            assert minor_units(text, currency) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x",
        "-5",
        "+5",
        "1e9",
        "1,2,3",
        "12,34,567",
        "1..5",
        "5.",
        "1.234.56",
        "9" * 50,
        "½",
        "一",
        "²",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises((NotAnAmount, TooPrecise)):
        minor_units(text, "EUR")


@given(
    st.integers(0, 10**15),
    st.sampled_from(sorted(CURRENCIES)),
    st.sampled_from(["en", "ar", "pt-br", "pl", "it"]),
)
def test_what_is_shown_in_a_field_is_read_back_as_it_was(amount: int, currency: str, language: str) -> None:
    with override(language):
        assert minor_units(as_written(amount, currency), currency) == amount


def test_currencies_have_names_in_the_readers_language() -> None:
    with override("it"):
        assert ("EUR", "EUR – euro") in currency_choices()
    assert currency_of("PL") == "PLN"
    assert currency_of("XX") == "USD"
