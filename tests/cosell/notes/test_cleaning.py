"""What a writer says becomes plain text: nothing to follow, nobody's number, nothing hidden."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosell.notes.cleaning import clean_pieces, cleaned
from cosell.notes.generating import Facts, NotWritten

FACTS = Facts("USD 1 200 000 000.00", ("Node.js Care",), "Nile Cotton Mills", "Nile Systems", "Egypt")


def in_pieces(text: str, size: int, facts: Facts = FACTS, longest: int = 4000) -> str:
    parts = iter([text[at : at + size] for at in range(0, len(text), size)])
    return "".join(clean_pieces(parts, facts, longest))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<script>alert('x')</script>Hello", "Hello"),
        ('<img src=x onerror="alert(1)">Hello', "Hello"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Hello", "Hello"),
        ("&amp;lt;b&amp;gt;Hello", "Hello"),
        ("**Bold** and `code` and __both__", "Bold and code and both"),
        ("# Heading\ntext", "Heading\ntext"),
        ("see [our page](https://evil.example/x)", "see our page"),
        ("![a picture](https://evil.example/p.png)", "a picture"),
        ("at https://evil.example/x?y=1 now", "at now"),
        ("at www.evil.example now", "at now"),
        ("at evil.example/path now", "at now"),
        ("javascript:alert(1) now", " now"),
        ("write to amira@nile.example today", "write to today"),
        ("call +20 2 5550 0100 today", "call today"),
        ("call (02) 5550-0100 today", "call today"),
        ("call 0020255500100 today", "call today"),
        ("call ٠٠٢٠٢٥٥٥٠٠١٠٠ today", "call today"),
        ("a\x00b\x1bc\u202ed\u200b", "abcd"),
        ("tab\there\r\nand there", "tab here\nand there"),
        ("one\n\n\n\n\ntwo", "one\n\ntwo"),
        ("1 < 2 and 3 > 2", "1 2"),
    ],
)
def test_is_cleaned(text: str, expected: str) -> None:
    assert cleaned(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The value is USD 120,000.00 in 2026, on 12.5.2026 or 2026-11-22.",
        "Node.js and ASP.NET, e.g. here, i.e. there.",
        "القيمة ⁨USD 120,000.00⁩ لشركة النيل.",
        "50 % of 1,200 seats at 24/7.",
        "R&D – “quoted” – it's fine…",
    ],
)
def test_is_left_as_it_is(text: str) -> None:
    assert cleaned(text) == text


def test_a_value_with_many_digits_is_no_telephone_number() -> None:
    assert in_pieces("It is worth USD 1 200 000 000.00 altogether.", 5) == (
        "It is worth USD 1 200 000 000.00 altogether."
    )


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_nothing_slips_through_between_two_pieces(size: int) -> None:
    text = (
        "Write to amira@nile.example. See https://evil.example/a.b.c now. <a\nhref='https://evil.example'>Here</a>. "
        "Call +20 2. 5550. 0100 soon. <script>alert('a. B');\nfoo()</script>Good. [A. B](https://evil.example). End."
    )
    found = in_pieces(text, size)
    assert "evil" not in found
    assert "@" not in found
    assert "<" not in found
    assert "5550" not in found
    assert found.endswith("End.")


@pytest.mark.parametrize("longest", [1, 10, 30])
def test_is_cut_between_words(longest: int) -> None:
    assert len(in_pieces("Some words. Some more words, and more.", 4, longest=longest)) <= longest


def test_of_nothing_there_is_no_draft() -> None:
    with pytest.raises(NotWritten):
        in_pieces(" \n <br> \n", 2)


@given(st.text(max_size=400), st.integers(1, 50))
def test_whatever_comes_no_sign_of_markup_or_control_is_left(text: str, size: int) -> None:
    try:
        found = in_pieces(text, size)
    except NotWritten:
        return
    assert not set(found) & set("<>\0\x1b\u202e\u202d\ufffd")
    assert len(found) <= 4000


def test_a_writer_that_holds_everything_back_costs_little() -> None:
    hostile = "<a. B " * 10_000
    with pytest.raises(NotWritten):
        in_pieces(hostile + "x" * 40_000, 3, longest=10**6)
