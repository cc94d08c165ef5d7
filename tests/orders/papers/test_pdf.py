"""What a quote says on paper, in whichever language, and whatever was written into it."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader

from orders.models import QuoteStatus
from orders.papers.document import Sender
from tests.orders.papers.read import line, pdf, quote, words


class TestItSays:
    @pytest.mark.parametrize(
        "words_",
        [
            "Q-2026-004217-K, version 2",
            "Valid until 31 Dec 2026",
            "Sphinx Mills",
            "Site 1234567",
            "Salma Nour",
            "salma@sphinx-mills.example",
            "Purchase order PO-77",
            "Delta Distribution",
            "Net 30 days.",
            "Page 1 of 1",
            "A discount of 12.5% is granted by deal registration DR-2026-000123-A.",
            "The points of this order earn price level D.",
        ],
    )
    def test_who_offers_what_to_whom_until_when(self, words_: str) -> None:
        assert words_ in words(pdf(quote()))

    def test_each_line_with_its_coverage_and_its_prices(self) -> None:
        said = words(pdf(quote()))
        assert "1 E0ABCRR Flow Designer, renewal Processor value unit 1,200 12.5" in said
        assert "1 Jan 2027 31 Dec 2027 12 977.37 925.92 1,111,111.10" in said

    def test_a_lines_site_where_it_is_not_the_quotes(self) -> None:
        assert "Site 7654321" in words(pdf(quote(), line(site_number="7654321")))
        assert words(pdf(quote(), line(site_number="1234567"))).count("1234567") == 1

    def test_totals_of_points_list_prices_and_what_is_asked(self) -> None:
        said = words(pdf(quote()))
        assert "Total points 25 " in said
        assert "At list prices, EUR 2,469,135.78" in said
        assert "Discount, EUR -246,913.58" in said
        assert "Total, EUR 2,222,222.20" in said

    def test_amounts_of_currencies_without_decimals_and_with_three(self) -> None:
        assert "1,111,110" in words(pdf(quote(currency="JPY"), line(extended=1_111_110)))
        assert "1,111.110" in words(pdf(quote(currency="KWD"), line(extended=1_111_110)))

    def test_nothing_of_what_the_reseller_noted_for_itself(self) -> None:
        assert "Between us." not in words(pdf(quote()))

    def test_of_a_line_without_a_price_that_there_is_none(self) -> None:
        unpriced = line(
            unit_level=None, unit_price=None, extended=None, coverage_start=None, coverage_end=None
        )
        assert "E0ABCRR" in words(pdf(quote(status="draft"), unpriced))


class TestItsTitle:
    def test_is_proposal_while_prices_are_those_of_today(self) -> None:
        said = words(pdf(quote(status=QuoteStatus.DRAFT)))
        assert "Proposal Q-2026-004217-K" in said
        assert "They are fixed when the proposal becomes a quote." in said

    def test_is_quote_from_then_on(self) -> None:
        said = words(pdf(quote()))
        assert "Quote Q-2026-004217-K" in said
        assert "Proposal" not in said

    @pytest.mark.parametrize(
        ("status", "stamp"), [("expired", "Expired"), ("superseded", "Superseded"), ("closed", "Closed")]
    )
    def test_is_stamped_over_when_it_is_good_for_nothing_any_more(self, status: str, stamp: str) -> None:
        assert stamp in words(pdf(quote(status=status)))

    def test_is_stamped_over_on_the_day_after_its_last_one_before_any_job_has_run(self) -> None:
        assert "Expired" in words(pdf(quote(), today=date(2027, 1, 1)))

    def test_is_bare_on_its_last_day(self) -> None:
        assert "Expired" not in words(pdf(quote(), today=date(2026, 12, 31)))


class TestInOtherLanguages:
    def test_arabic_has_its_words_and_the_same_figures(self) -> None:
        said = words(pdf(quote(customer_name="مطاحن أبو الهول"), language="ar"))
        assert "أبو" in said
        for figure in (
            "E0ABCRR",
            "Q-2026-004217-K",
            "977.37",
            "925.92",
            "1,111,111.10",
            "2,222,222.20",
            "1,200",
        ):
            assert figure in said

    @pytest.mark.parametrize(
        ("language", "amount"),
        [
            ("pl", "1\xa0111\xa0111,10"),
            ("it", "1.111.111,10"),
            ("pt-br", "1.111.111,10"),
            ("ar", "1,111,111.10"),
        ],
    )
    def test_amounts_are_written_as_they_are_there(self, language: str, amount: str) -> None:
        assert " ".join(amount.split()) in words(pdf(quote(), language=language))

    def test_letters_with_marks_are_copied_as_they_were_written(self) -> None:
        said = words(pdf(quote(customer_name="Łódź Żółć ąęśćźń Čeština Ωμέγα Київ Việt")))
        assert "Łódź Żółć ąęśćźń Čeština Ωμέγα Київ Việt" in said

    @pytest.mark.parametrize("language", ["en", "ar", "pt-br", "pl", "it"])
    def test_the_file_says_its_language(self, language: str) -> None:
        root = PdfReader(io.BytesIO(pdf(quote(), language=language))).root_object
        assert str(root["/Lang"]).startswith(language.partition("-")[0])


class TestWhateverWasWrittenStaysText:
    @pytest.mark.parametrize(
        "hostile",
        [
            '#import "@preview/evil:1.0.0": *',
            '#read("/etc/passwd")',
            "*bold* _emphasis_ `raw` $x^2$",
            "<label> @reference // comment /* more */",
            "\"quoted\" 'single' \\ backslash \\u{41}",
            "= Heading",
            "{page} of {pages}",
            "] #panic() [",
        ],
    )
    def test_markup_of_the_typesetter_is_printed_as_it_is(self, hostile: str) -> None:
        made = pdf(
            quote(customer_name=hostile, title=hostile, terms=hostile, po_number=hostile),
            line(description=hostile),
            sender=Sender(hostile, hostile),
        )
        assert words(made).count(" ".join(hostile.split())) >= 6

    def test_marks_that_turn_writing_around_are_left_out(self) -> None:
        said = words(pdf(quote(customer_name="Acme\u202e slliM \u2066\u200f")))
        assert "Acme slliM" in said

    def test_a_very_long_word_is_broken_rather_than_run_over_its_neighbours(self) -> None:
        said = words(pdf(quote(), line(description="W" * 190)))
        assert "W" * 190 not in said
        assert said.replace(" ", "").count("W" * 190) == 1

    def test_signs_that_no_typeface_has_harm_nothing(self) -> None:
        said = words(pdf(quote(title="Party 🎉👩‍💻 日本語 \x00\x1b[31m")))
        assert "Party" in said
        assert "2,222,222.20" in said


class TestManyLines:
    def test_go_over_many_pages_each_with_the_head_of_the_table(self) -> None:
        made = pdf(quote(), *[line(number) for number in range(1, 121)])
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
        assert len(pages) > 3
        assert all("Coverage starts" in page for page in pages[:-1])
        assert f"Page 2 of {len(pages)}" in pages[1]


class TestTheSameQuote:
    def test_gives_the_same_bytes(self) -> None:
        assert pdf(quote()) == pdf(quote())

    def test_gives_others_once_a_figure_differs(self) -> None:
        assert pdf(quote()) != pdf(quote(total=2_222_222_21))
