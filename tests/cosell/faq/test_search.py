"""Finding questions: in every language, by words and their beginnings, and with a slip of the finger."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cosell.faq.entries import ENTRIES, Group, UnknownQuestion, by_key, question_of
from cosell.faq.search import find, likeness, normalised, trigrams, words_in

LANGUAGES = [code for code, _name in settings.LANGUAGES]


def keys(text: str, language: str = "en") -> list[str]:
    with translation.override(language):
        return [entry.key for entry in find(text)]


class TestWhatIsSearchedFor:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("generated notes", "generated-notes"), ("Generate NOTES", "generated-notes"),
            ("seller", "seller-details"), ("consent", "consent"), ("spam", "spam-enquiries"),
            ("private partner-led", "deal-types"), ("inbound", "inbound-outbound"),
            ("price file", "price-files"), ("calendar", "renewal-calendar"), ("password", "cannot-sign-in"),
        ],
    )  # fmt: skip
    def test_is_found_first(self, text: str, expected: str) -> None:
        assert keys(text)[0] == expected

    @pytest.mark.parametrize(
        ("text", "expected"), [("invit", "invite-partner"), ("regist", "deal-protection")]
    )
    def test_by_the_beginning_of_a_word(self, text: str, expected: str) -> None:
        assert expected in keys(text)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("declne", "decline-reasons"), ("expierd", "closed-deals"), ("calender", "renewal-calendar"),
            ("adminstrator", "cosell-roles"), ("notifcations", "no-mail"),
        ],
    )  # fmt: skip
    def test_with_a_slip_of_the_finger(self, text: str, expected: str) -> None:
        assert expected in keys(text)

    def test_all_of_its_words_count_where_an_entry_has_them(self) -> None:
        assert keys("vendor decline") == [
            key for key in keys("vendor decline") if "declin" in normalised(" ".join(by_key()[key].paragraphs()))
            or "declin" in normalised(question_of(key))
        ]  # fmt: skip

    @pytest.mark.parametrize("text", ["xyzzyplugh", "日本語", "%", "🙂"])
    def test_what_is_nowhere_is_not_found(self, text: str) -> None:
        assert keys(text) == [] or not words_in(text)

    def test_nothing_finds_everything_in_its_order(self) -> None:
        assert keys("") == keys(" .,! ") == [entry.key for entry in ENTRIES]

    @given(st.text(max_size=300))
    def test_can_be_anything(self, text: str) -> None:
        assert set(keys(text)) <= {entry.key for entry in ENTRIES}

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_question_is_found_by_its_own_words(self, language: str) -> None:
        with translation.override(language):
            for entry in ENTRIES:
                assert entry in find(str(entry.question))[:3], entry.key


class TestWhatCountsAsTheSame:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Łódź", "lodz"), ("PREÇO", "preco"), ("è", "E"), ("ﬁle", "file"), ("Straße", "strasse"),
            ("أسعار", "اسعار"), ("إدارة", "اداره"), ("على", "علي"), ("مُحَمَّد", "محمد"), ("تـــجديد", "تجديد"),
            ("١٢٣", "123"),
        ],
    )  # fmt: skip
    def test_to_whoever_searches(self, one: str, other: str) -> None:
        assert normalised(one) == normalised(other)

    def test_an_arabic_word_with_and_without_its_article(self) -> None:
        assert words_in("الصفقات والصفقات للصفقات") == ["صفقات"] * 3

    def test_trigrams_are_those_of_the_database(self) -> None:
        assert trigrams("cat") == {"  c", " ca", "cat", "at "}
        assert likeness(trigrams("word"), trigrams("word")) == 1
        assert likeness(trigrams("abcd"), trigrams("wxyz")) == 0


class TestTheEntries:
    def test_are_at_least_thirty_and_about_all_parts_of_the_portal(self) -> None:
        assert len(ENTRIES) >= 30
        assert {entry.group for entry in ENTRIES} == set(Group)

    def test_have_keys_of_their_own_that_can_be_linked(self) -> None:
        assert len(by_key()) == len(ENTRIES)
        assert all(key == key.lower() and " " not in key for key in by_key())

    def test_of_a_group_stand_together(self) -> None:
        groups = [entry.group for entry in ENTRIES]
        assert [one for at, one in enumerate(groups) if at == 0 or groups[at - 1] != one] == list(Group)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_can_be_told_in_every_language(self, language: str) -> None:
        with translation.override(language):
            for entry in ENTRIES:
                assert all("%(" not in text for text in entry.paragraphs())
                assert str(entry.question).strip()

    def test_an_unknown_key_is_an_error(self) -> None:
        with pytest.raises(UnknownQuestion):
            question_of("no-such-question")

    def test_days_are_those_that_are_set(self, settings: object) -> None:
        settings.COSELL_ANSWER_DAYS = 9  # type: ignore[attr-defined]
        assert by_key()["answer-in-time"].paragraphs()[0].startswith("9 days")
