"""What is no file of deals, or too much of one, is refused whole and at once, with what to do (C13)."""

from __future__ import annotations

import io

import pytest
from django.utils import translation
from openpyxl import Workbook

from cosell.bulk.columns import headers
from cosell.bulk.sending import UploadRefused
from cosell.models import Referral, ReferralUpload
from identity import tenancy
from identity.access import PrivilegeMissing
from identity.models import Membership
from tests.cast import Cast
from tests.cosell.bulk.sending import WIDTH, csv_of, flaws, outcomes, row, send, sent, work

pytestmark = pytest.mark.django_db


def number_of(model: type[Referral] | type[ReferralUpload]) -> int:
    with tenancy.as_system():
        return model.objects.count()


def refused(who: Membership, content: bytes, name: str = "deals.csv") -> UploadRefused:
    with pytest.raises(UploadRefused) as caught:
        send(who, content, name)
    assert (number_of(ReferralUpload), number_of(Referral)) == (0, 0)
    return caught.value


class TestRefusedWhole:
    def test_one_thousand_and_one_rows(self, admin: Membership) -> None:
        many = csv_of(row(deal_name=f"Deal {number}") for number in range(1001))
        found = refused(admin, many)
        assert found.code == "too_many_rows"
        assert "1,000" in str(found.reason)

    def test_one_thousand_rows_are_taken(self, admin: Membership) -> None:
        assert send(admin, csv_of(row(deal_name=f"Deal {number}") for number in range(1000))).rows == 1000

    def test_columns_that_are_missing_are_named(self, admin: Membership) -> None:
        found = refused(admin, csv_of([["a", "b"]], header=["Deal Name", "Currency"]))
        assert found.code == "columns_missing"
        assert "Customer Name" in str(found.reason)
        assert "Team Member 1" in str(found.reason)

    def test_a_column_that_is_there_twice(self, admin: Membership) -> None:
        header = [*headers(WIDTH, WIDTH), "Currency"]
        assert refused(admin, csv_of([[*row(), "EUR"]], header=header)).code == "column_twice"

    def test_no_row_at_all(self, admin: Membership) -> None:
        assert refused(admin, csv_of([])).code == "no_rows"

    def test_letters_of_two_encodings(self, admin: Membership) -> None:
        mixed = csv_of([row(deal_name="é")]) + csv_of([row(deal_name="é")], encoding="cp1252")
        assert refused(admin, mixed).code == "mixed_encoding"

    def test_some_other_kind_of_file(self, admin: Membership) -> None:
        assert refused(admin, b"%PDF-1.7 something", "deals.csv").code == "binary"

    def test_a_formula_in_a_workbook(self, admin: Membership) -> None:
        cells = row()
        cells[headers(WIDTH, WIDTH).index("Estimated Value *")] = "=1+1"
        assert refused(admin, workbook([cells]), "deals.xlsx").code == "formula"

    def test_whoever_has_no_part_in_co_selling(self, cast: Cast, admin: Membership) -> None:
        with pytest.raises(PrivilegeMissing):
            send(cast.newcomer, csv_of([row()]))

    def test_the_very_file_that_made_deals_already(self, admin: Membership) -> None:
        sent(admin, row())
        with pytest.raises(UploadRefused) as caught:
            send(admin, csv_of([row()]))
        assert caught.value.code == "sent_already"
        assert number_of(Referral) == 1

    def test_a_file_of_which_nothing_was_done_may_be_sent_again(self, admin: Membership) -> None:
        sent(admin, row(currency="XYZ"))
        assert sent(admin, row(currency="XYZ")).unprocessed == 1


def workbook(rows: list[list[str]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in [headers(WIDTH, WIDTH), *rows]:
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class TestTakenAsTheyAre:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_any_separator(self, admin: Membership, delimiter: str) -> None:
        assert flaws(sent(admin, row(), delimiter=delimiter)) == []

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    def test_any_usual_encoding_with_or_without_a_mark(self, admin: Membership, encoding: str) -> None:
        upload = sent(admin, row(city="Málaga"), encoding=encoding)
        assert flaws(upload) == []
        with tenancy.as_system():
            assert Referral.objects.get().city == "Málaga"

    def test_a_workbook(self, admin: Membership) -> None:
        upload = send(admin, workbook([row()]), "deals.xlsx")
        work()
        assert outcomes(upload) == ["created"]

    def test_columns_in_any_order_and_without_stars(self, admin: Membership) -> None:
        header, cells = headers(WIDTH, WIDTH), row()
        turned = csv_of([cells[::-1]], header=[name.removesuffix(" *") for name in header[::-1]])
        upload = send(admin, turned)
        work()
        assert (outcomes(upload), flaws(upload)) == (["created"], [])

    def test_decimal_commas_and_days_first_where_the_whole_file_says_so(self, admin: Membership) -> None:
        upload = sent(
            admin,
            row(value="1.234,50", close_on="03/04/2031"),
            row(deal_name="two", value="2.000,00", close_on="25/04/2031"),
        )
        assert flaws(upload) == []
        with tenancy.as_system():
            deals = Referral.objects.order_by("id")
            assert [deal.value for deal in deals] == [123_450, 200_000]
            assert [deal.close_on.isoformat() for deal in deals] == ["2031-04-03", "2031-04-25"]

    def test_fifty_one_people_are_one_too_many(self, admin: Membership) -> None:
        people = [f"P; Q; p{number}@nile.example; +20 2 5550" for number in range(51)]
        cells = [*row()[:-WIDTH], *people]
        upload = send(admin, csv_of([cells], header=headers(WIDTH, 51)))
        work()
        ((field, rule),) = flaws(upload)
        assert field == "Team Member 1"
        assert "50" in rule


@pytest.mark.parametrize("language", ["en", "ar", "pt-br", "pl", "it"])
def test_a_download_in_any_language_has_every_column_once(admin: Membership, language: str) -> None:
    with translation.override(language):
        content = csv_of([row()], header=headers(WIDTH, WIDTH))
    upload = send(admin, content)
    work()
    assert (outcomes(upload), flaws(upload)) == (["created"], [])
