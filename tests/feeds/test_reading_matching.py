"""Headers are matched to columns by anything they may reasonably be called, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.declared import FeedColumn
from feeds.reading.matching import is_one_letter_amiss, match, names_of, remember, signature
from feeds.values import Amount, Text

COLUMNS = (
    FeedColumn("part_number", "Part number", Text(), aliases=("PN", "Teilenummer")),
    FeedColumn("currency", "Currency", Text(), aliases=("Währung", "Cur")),
    FeedColumn("srp", "List price", Amount(), aliases=("price",)),
    FeedColumn("note", "Note", Text(), required=False),
)


class TestAHeader:
    @pytest.mark.parametrize(
        ("header", "column"),
        [
            ("part_number", "part_number"),
            ("PART NUMBER", "part_number"),
            ("Part-Number:", "part_number"),
            ("pn", "part_number"),
            ("Wahrung", "currency"),
            ("WAEHRUNG", "currency"),
            ("wa\u0308hrung", "currency"),
            ("List  Price", "srp"),
        ],
    )
    def test_means_a_column_whatever_its_case_accents_and_blanks(self, header, column):
        assert match([header], COLUMNS).mapping[column] == 0

    def test_that_nobody_knows_is_told(self):
        found = match(["part number", "colour", ""], COLUMNS)

        assert found.unknown == (1,)
        assert found.missing == ("currency", "srp")

    def test_with_the_name_goes_before_one_with_an_alias(self):
        found = match(["price", "srp"], COLUMNS)

        assert found.mapping["srp"] == 1
        assert found.unknown == (0,)

    def test_that_stands_there_twice_has_to_be_settled_by_a_person(self):
        found = match(["pn", "Part number", "part_number", "PART NUMBER"], COLUMNS)

        assert found.mapping["part_number"] is None
        assert found.clashes == {"part_number": (1, 2, 3)}
        assert "part_number" in found.missing

    @pytest.mark.parametrize(
        "header", ["part numbr", "part nubmer", "part numbers", "Part number (7 characters)"]
    )
    def test_nearly_right_is_suggested_but_not_taken(self, header):
        found = match([header], COLUMNS)

        assert found.mapping["part_number"] is None
        assert found.suggestions["part_number"] == (0,)

    def test_far_off_is_not_suggested(self):
        assert match(["colour"], COLUMNS).suggestions == {}


class TestAMapping:
    def test_is_remembered_for_headers_nobody_knows(self):
        kept = remember(["Artikel", "cur"], {"part_number": 0, "currency": 1, "srp": None})

        assert kept == {"part_number": "Artikel", "currency": "cur"}
        assert match(["Cur", "ARTIKEL"], COLUMNS, kept).mapping["part_number"] == 1

    def test_that_is_remembered_goes_before_all_else(self):
        assert (
            match(["part_number", "my number"], COLUMNS, {"part_number": "my number"}).mapping["part_number"]
            == 1
        )

    def test_that_no_longer_fits_is_left_alone(self):
        assert (
            match(["part_number"], COLUMNS, {"part_number": "gone", "unheard of": "x"}).mapping["part_number"]
            == 0
        )

    def test_is_remembered_by_headers_in_any_order_and_spelling(self):
        assert signature(["Part Number", "Price", ""]) == signature(["price", "part_number"])
        assert signature(["Part Number"]) != signature(["Part Number", "Price"])


class TestNames:
    def test_are_all_that_a_header_may_be(self):
        assert {"partnumber", "pn", "wahrung", "waehrung", "listprice"} <= names_of(COLUMNS)


class TestOneLetterAmiss:
    @given(st.text("abc", max_size=6), st.text("abc", max_size=6))
    def test_goes_both_ways(self, a, b):
        assert is_one_letter_amiss(a, b) == is_one_letter_amiss(b, a)

    @given(st.text("abcd", min_size=1, max_size=8), st.integers(0, 7), st.sampled_from("abcd"))
    def test_is_a_letter_more_less_or_other(self, word, at, letter):
        at %= len(word)

        assert is_one_letter_amiss(word, word[:at] + word[at + 1 :])
        assert is_one_letter_amiss(word, word[:at] + letter + word[at:])
        assert is_one_letter_amiss(word, word[:at] + letter + word[at + 1 :])

    def test_is_not_two(self):
        assert not is_one_letter_amiss("number", "nomver")
        assert not is_one_letter_amiss("number", "numberss")
