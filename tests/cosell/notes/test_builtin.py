"""The writer that is built in: the same facts give the same notes, in the reader's language, and names stay whole."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from django.conf import settings

from cosell.notes.builtin import SECTIONS, VARIANTS, BuiltInWriter
from cosell.notes.cleaning import clean_pieces
from cosell.notes.generating import LONGEST, Facts, generator

FACTS = Facts("$120,000.00", ("Delta Care", "Lotus ERP"), "Nile Cotton Mills", "Nile Systems", "Egypt")
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def written(facts: Facts = FACTS, language: str = "en", variant: int = 0) -> str:
    return "".join(clean_pieces(BuiltInWriter(variant).write(facts, language), facts))


def test_is_the_one_that_writes_where_no_other_is_set_up() -> None:
    assert isinstance(generator(), BuiltInWriter)
    assert generator().host == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_has_all_five_facts(language: str) -> None:
    text = written(language=language)
    for fact in (FACTS.value, *FACTS.solutions, FACTS.customer, FACTS.partner, FACTS.country):
        assert fact in text
    assert len(text) < LONGEST


def test_writes_the_same_of_the_same_and_other_words_of_another_deal() -> None:
    assert written() == written()
    others = {
        written(
            Facts(f"${number}.00", FACTS.solutions, FACTS.customer, FACTS.partner, FACTS.country)
        ).replace(f"${number}.00", "")
        for number in range(1, 60)
    }
    assert len(others) > 20


def test_asked_again_it_takes_other_words_and_comes_round() -> None:
    texts = [written(variant=number) for number in range(VARIANTS + 1)]
    assert len(set(texts)) == VARIANTS
    assert texts[0] == texts[-1]


@pytest.mark.parametrize(
    ("language", "customer", "apart"),
    [("ar", "Nile Mills (EU) Ltd.", True), ("ar", "مصانع النيل", False), ("en", "مصانع النيل", True)],
)
def test_a_name_that_runs_the_other_way_is_kept_apart(language: str, customer: str, apart: bool) -> None:
    text = written(Facts("$1.00", ("مركز",), customer, "نظم", "مصر"), language)
    assert (f"\u2068{customer}\u2069" in text) is apart
    assert text.count("\u2068") == text.count("\u2069")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_filled_in(language: str) -> None:
    for variant, end in itertools.product(range(VARIANTS), range(9)):
        text = written(Facts(f"${end}.00", ("A",), "B", "C", "D"), language, variant)
        assert "%(" not in text
        assert not any(unicodedata.category(sign) == "Cc" for sign in text.replace("\n", ""))


def test_nothing_in_a_name_is_taken_for_a_place_to_fill_in() -> None:
    assert "%(value)s 100%" in written(Facts("$1.00", ("%(value)s 100%",), "B", "C", "D"))


def test_every_section_has_as_many_sentences() -> None:
    assert {len(section) for section in SECTIONS} == {VARIANTS}
