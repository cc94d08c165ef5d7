"""What a subdomain may be called, and which names look alike."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.beginning_words import OFFENSIVE, RESERVED
from provisioning.naming import MOST, NameFlaw, Words, normal, skeleton, why_not_a_name

INNER = string.ascii_lowercase + string.digits + "-"
LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)
WORDS = Words(
    reserved={skeleton(word) for word in RESERVED}, offensive=[skeleton(word) for word in OFFENSIVE]
)


@pytest.mark.parametrize(
    "name",
    [
        "oasis",
        "oasis-hotels",
        "0asis",
        "3m",
        "a",
        "x" * MOST,
        "Oasis",
        "  oasis  ",
        "scunthorpe",
        "nazionale",
    ],
)
def test_a_name_can_be(name: str) -> None:
    assert why_not_a_name(name, WORDS) is None


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("", NameFlaw.EMPTY),
        ("   ", NameFlaw.EMPTY),
        ("x" * 64, NameFlaw.LONG),
        ("oasis hotels", NameFlaw.CHARACTERS),
        ("oasis.hotels", NameFlaw.CHARACTERS),
        ("oasis_hotels", NameFlaw.CHARACTERS),
        ("oasis\x00", NameFlaw.CHARACTERS),
        ("oasis\nhotels", NameFlaw.CHARACTERS),
        ("café", NameFlaw.CHARACTERS),
        ("оasis", NameFlaw.CHARACTERS),
        ("oa\u212ais", NameFlaw.CHARACTERS),  # the sign of kelvin, whose small form is a k
        ("ｏａｓｉｓ", NameFlaw.CHARACTERS),
        ("٣٤", NameFlaw.CHARACTERS),
        ("-oasis", NameFlaw.HYPHEN),
        ("oasis-", NameFlaw.HYPHEN),
        ("-", NameFlaw.HYPHEN),
        ("xn--oasis-abc", NameFlaw.PUNYCODE),
        ("oa--sis", NameFlaw.PUNYCODE),
        ("2026", NameFlaw.DIGITS),
        ("20-26", NameFlaw.DIGITS),
        ("www", NameFlaw.RESERVED),
        ("WWW", NameFlaw.RESERVED),
        ("adm1n", NameFlaw.RESERVED),
        ("ad-rnin", NameFlaw.RESERVED),
        ("1ogin", NameFlaw.RESERVED),
        ("thefuckery", NameFlaw.OFFENSIVE),
        ("b-u-l-l-s-h-1-t", NameFlaw.OFFENSIVE),
    ],
)
def test_a_name_cannot_be(name: str, flaw: NameFlaw) -> None:
    assert why_not_a_name(name, WORDS) == flaw


def test_a_reserved_word_may_be_part_of_a_name() -> None:
    assert why_not_a_name("oasis-support", WORDS) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("Oasis", "oasis"), ("0asis", "oasis"), ("oas1s", "oasls"), ("modern", "modem"), ("oasis-hotels", "oasishotels"),
     ("vvater", "water"), ("ｏａｓｉｓ", "oasis"), ("ﬁne", "fine"), ("r-nodern", "modern")],
)  # fmt: skip
def test_names_that_look_alike(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("oasis", "oases"), ("nile", "nice"), ("north", "south")])
def test_names_that_do_not(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@given(LABELS)
def test_how_a_name_looks_is_settled_and_fits_its_column(name: str) -> None:
    looks = skeleton(name)
    assert skeleton(looks) == looks
    assert 1 <= len(looks) <= MOST
    assert skeleton(name.upper()) == looks


@given(LABELS, st.lists(st.integers(0, MOST), max_size=5))
def test_hyphens_make_no_other_name(name: str, places: list[int]) -> None:
    other = name
    for place in places:
        other = f"{other[:place]}-{other[place:]}"
    assert skeleton(other) == skeleton(name)


@given(LABELS)
def test_the_only_labels_refused_for_their_form_are_numbers_and_punycode(name: str) -> None:
    assert why_not_a_name(name) in (None, NameFlaw.DIGITS, NameFlaw.PUNYCODE)


@given(st.text(max_size=80))
def test_what_passes_is_a_label_whatever_was_entered(name: str) -> None:
    if why_not_a_name(name) is None:
        kept = normal(name)
        assert kept.isascii()
        assert set(kept) <= set(INNER)
        assert 1 <= len(kept) <= MOST
        assert kept[0] != "-" != kept[-1]


@given(LABELS, st.sampled_from(OFFENSIVE), st.integers(0, MOST))
def test_a_word_that_offends_is_found_wherever_it_stands(name: str, word: str, place: int) -> None:
    within: Any = f"{name[:place]}{word}{name[place:]}"[:MOST]
    if word in within:
        assert why_not_a_name(within, WORDS) is not None
