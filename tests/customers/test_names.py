"""How names of companies and people, tax ids and web domains are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers import names
from customers.words import LEGAL_FORMS, SHARED_DOMAINS, SMALL_WORDS, TRADES

anything = st.text(max_size=200)
names_typed = st.text(
    alphabet=st.one_of(
        st.sampled_from("abcdeghiklnoprstuwyzłąéãç -.&'0123456789"),
        st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإآؤئ َُِّ٠١٢٣"),
    ),
    max_size=80,
)


class TestAnyTextAtAll:
    @given(anything)
    def test_is_folded_once_and_for_all(self, text: str) -> None:
        assert names.fold(names.fold(text)) == names.fold(text)

    @given(anything)
    def test_fits_its_columns(self, text: str) -> None:
        assert len(names.search_name(text)) <= 200
        assert len(names.skeleton(text)) <= 200
        assert len(names.search_code(text)) <= 30
        assert len(names.tax_key(text[:30], "PL")) <= 32
        assert len(names.domain_key(text)) <= 100
        assert len(names.contact_words(text, text)) <= 400
        assert len(names.contact_sounds(text)) <= 200

    @given(anything)
    def test_that_can_be_compared_at_all_can_be_in_any_script(self, text: str) -> None:
        assert bool(names.skeleton(text)) == bool(names.search_name(text))

    @given(anything)
    def test_makes_keys_of_words_with_one_space_between(self, text: str) -> None:
        for key in (names.search_name(text), names.skeleton(text)):
            assert key == " ".join(key.split())

    @given(names_typed)
    def test_written_in_capitals_or_with_other_punctuation_is_the_same(self, name: str) -> None:
        assert names.skeleton(name.upper()) == names.skeleton(name)
        assert names.search_name(f"  {name} !") == names.search_name(name)

    @given(names_typed)
    def test_in_another_order_of_words_has_the_same_skeleton(self, name: str) -> None:
        words = [word for word in names.fold(name).split() if word not in SMALL_WORDS and len(word) > 3]
        words = [word for word in words if word not in LEGAL_FORMS]
        assert names.skeleton(" ".join(reversed(words))) == names.skeleton(" ".join(words))


MEET = [
    # one name in two scripts
    ("النخيل", "Al Nakheel"),
    ("النخيل", "Nakhil"),
    ("النخيل", "El-Nakhiel"),
    ("النخيل", "Alnakheel"),
    ("النخيل", "An-Nakhil"),
    ("الفيروز", "Fayrouz"),
    ("الياسمين", "Yasmin"),
    ("الغدير", "Al-Ghadeer"),
    ("الشذى", "Ash-Shatha"),
    ("الجميز", "Gommeiz"),
    ("الجميز", "Jumeiz"),
    ("المنارة", "Al Manarah"),
    ("الأركان", "Arkan"),
    ("الرواسي", "Ar-Rawasi"),
    ("ورزازات", "Ouarzazat"),
    ("عمان", "Oman"),
    # trades, which are translated
    ("مستشفى النخيل", "Al Nakheel Hospital"),
    ("مستشفى النخيل", "Szpital Nakhil"),
    ("مستشفى النخيل", "Ospedale Nakhil"),
    ("شركة النخيل للمقاولات ش.م.م", "Al Nakheel Contracting Co."),
    ("مجموعة الياسمين الطبية", "Yasmin Medical Group"),
    ("جامعة الفيروز الأهلية", "Fayrouz National University"),
    ("مطاحن السنابل", "Sanabel Mills"),
    ("Grupa Energetyczna Bocian S.A.", "Bocian Energy Group"),
    # legal forms, articles, figures, spelling
    ("Zakłady Świerk Sp. z o.o. Sp. k.", "zaklady swierk"),
    ("Cooperativa Serra Azul Ltda.", "Cooperativa da Serra Azul"),
    ("Usina do Rio Manso Eireli - ME", "Usina Rio Manso"),
    ("Cantine di Val d'Oro S.p.A.", "Cantine Val D Oro SPA"),
    ("Wrenfield Foods plc", "Wrenfield Foods Limited"),
    ("مصنع ٣", "مصنع 3"),
    ("شركة الواحة ذات مسؤولية محدودة", "الواحة"),
]
DIFFER = [
    ("Szpital Bocian", "Szpital Bażant"),
    ("مستشفى النخيل", "Al Nakheel Clinic"),
    ("مستشفى النخيل", "جامعة النخيل"),
    ("الواحة", "الفيروز"),
    ("Serra Azul", "Serra Verde"),
    ("Nakheel 1", "Nakheel 2"),
    ("Kestrel Row Foods", "Kestrel Row Water"),
    ("Bank Północ", "Bank Południe"),
    ("Officine Bellavista", "Officine Montecristallo"),
    ("11 Foods", "1 Foods"),
]


class TestSkeletons:
    @pytest.mark.parametrize(("one", "other"), MEET)
    def test_of_one_name_meet(self, one: str, other: str) -> None:
        assert names.skeleton(one) == names.skeleton(other)

    @pytest.mark.parametrize(("one", "other"), DIFFER)
    def test_of_different_companies_do_not(self, one: str, other: str) -> None:
        assert names.skeleton(one) != names.skeleton(other)

    def test_begin_with_what_tells_the_company_from_others(self) -> None:
        assert names.skeleton("Hospital Group Nakheel") == "nkl =group =hospital"

    def test_of_a_name_that_says_nothing_are_made_of_all_of_it(self) -> None:
        assert names.skeleton("The Company") != ""
        assert names.skeleton("شركة") != ""


class TestWords:
    def test_are_written_as_they_are_compared(self) -> None:
        # Words that could never be met would be of no use.
        for word in [*TRADES, *SMALL_WORDS]:
            assert names.fold(word) == word
        for form in LEGAL_FORMS:
            assert names.fold(form) == form
        for domain in SHARED_DOMAINS:
            assert names.search_domain(domain) == domain


class TestTaxIds:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (("526-104-08-28", "PL"), ("PL 5261040828", "PL")),
            (("PL5261040828", "DE"), ("526 104 08 28", "PL")),
            (("12.345.678/0001-95", "BR"), ("12345678000195", "BR")),
        ],
    )
    def test_are_the_same_with_their_countrys_letters_and_without(
        self, one: tuple[str, str], other: tuple[str, str]
    ) -> None:
        assert names.tax_key(*one) == names.tax_key(*other) != ""

    def test_are_not_the_same_in_another_country(self) -> None:
        assert names.tax_key("5261040828", "PL") != names.tax_key("5261040828", "EG")

    def test_that_are_too_short_tell_nobody_from_anybody(self) -> None:
        assert names.tax_key("123", "PL") == names.tax_key("", "PL") == ""


class TestWebDomains:
    @pytest.mark.parametrize(
        ("domain", "key"),
        [
            ("laka.example", "laka.example"),
            ("https://www.shop.laka.example/x", "laka.example"),
            ("anna@laka.example", "laka.example"),
            ("www.laka.com.br", "laka.com.br"),
            ("a.laka.co.uk", "laka.co.uk"),
            ("gmail.com", ""),
            ("somebody@yahoo.com.br", ""),
            ("laka.wixsite.com", ""),
            ("com.br", ""),
            ("localhost", ""),
            ("", ""),
        ],
    )
    def test_are_the_part_that_one_company_has_to_itself(self, domain: str, key: str) -> None:
        assert names.domain_key(domain) == key
