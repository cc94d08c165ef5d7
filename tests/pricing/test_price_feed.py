"""Prices as files: into drafts, checked against each other and against what was published."""

from __future__ import annotations

from typing import Any

import pytest

from feeds.models import Delivery, Status
from identity import tenancy
from identity.models import AuditEvent, User
from pricing.models import EditionStatus, Price, PriceBook, PriceEdition
from tests.feeds.sending import checked, loaded, make_operations, make_pricing
from tests.pricing.priced import make_book, make_edition, make_parts

pytestmark = pytest.mark.django_db

HEAD = "part_number,country,currency,kind,effective_from,announcement_no,srp,svp_bl,svp_d,bp_price,replacement_part\r\n"
ROW = "D0ABCLL,EG,EGP,software,2027-02-01,2027-02-A,100.00,90.00,80.00,40.00,"
TWO = f"{HEAD}{ROW}\r\nD1NEWLL,EG,EGP,software,2027-02-01,2027-02-A,200.00,,,,D0ABCLL\r\n"


@pytest.fixture
def pia(db: None) -> User:
    make_parts("D0ABCLL", "D1NEWLL")
    return make_pricing()


@pytest.fixture
def book(pia: User) -> PriceBook:
    return make_book()


def prices() -> dict[str, dict[str, Any]]:
    with tenancy.as_system():
        found = Price.objects.values("part__number", "srp", "svp_bl", "svp_d", "bp_price", "replacement")
        return {price.pop("part__number"): price for price in found}


def edition() -> PriceEdition:
    with tenancy.as_system():
        return PriceEdition.objects.get()


def flaws(delivery: Delivery) -> list[tuple[int, str, str, str]]:
    """Row, column, value and code of each error."""
    return [(each["row"], each["column"], each["value"], each["code"]) for each in delivery.errors]


def with_(row: str = ROW, **changes: str) -> str:
    """A file of one row, with other values in some columns."""
    cells = dict(zip(HEAD.strip().split(","), row.split(","), strict=True)) | changes
    return f"{HEAD}{','.join(cells.values())}\r\n"


class TestAFileOfPrices:
    def test_begins_the_edition_and_fills_it(self, pia: User, book: PriceBook) -> None:
        delivery = loaded("prices", TWO, by=pia)

        assert delivery.status == Status.LOADED, (delivery.problem, delivery.errors, delivery.questions)
        assert (edition().name, str(edition().effective_on), edition().status) == (
            "2027-02-A",
            "2027-02-01",
            EditionStatus.DRAFT,
        )
        assert prices() == {
            "D0ABCLL": {"srp": 10_000, "svp_bl": 9_000, "svp_d": 8_000, "bp_price": 4_000, "replacement": ""},
            "D1NEWLL": {
                "srp": 20_000, "svp_bl": None, "svp_d": None, "bp_price": None, "replacement": "D0ABCLL",
            },
        }  # fmt: skip
        with tenancy.as_system():
            event = AuditEvent.objects.get(event="price_edition.priced")
        assert (event.object_id, event.detail["added"]) == (edition().public_id, 2)

    def test_changes_nothing_when_it_comes_again(self, pia: User, book: PriceBook) -> None:
        loaded("prices", TWO, by=pia)

        assert checked("prices", TWO, by=pia).status == Status.UNCHANGED

    def test_brings_a_draft_in_line(self, pia: User, book: PriceBook) -> None:
        loaded("prices", TWO, by=pia)
        version = edition().version

        delivery = loaded("prices", with_(srp="110.00"), by=pia)

        assert (delivery.summary["added"], delivery.summary["changed"], delivery.summary["removed"]) == (
            0,
            1,
            0,
        )
        assert prices()["D0ABCLL"]["srp"] == 11_000
        assert prices()["D1NEWLL"]["srp"] == 20_000
        assert edition().version == version + 1

    def test_takes_out_of_the_draft_what_it_lacks_when_it_is_complete(
        self, pia: User, book: PriceBook
    ) -> None:
        loaded("prices", TWO, by=pia)
        other = make_edition(book, "2027-03-01", status="draft")

        delivery = loaded("prices", with_(), by=pia, complete=True, ticked=True)

        assert delivery.summary["removed"] == 1
        with tenancy.as_system():
            assert Price.objects.filter(edition=other).count() == 1
            assert Price.objects.exclude(edition=other).count() == 1

    def test_keeps_what_it_has_no_column_for(self, pia: User, book: PriceBook) -> None:
        loaded("prices", TWO, by=pia)

        narrow = "part_number,country,currency,kind,effective_from,srp\r\nD0ABCLL,EG,EGP,software,2027-02-01,120\r\n"
        loaded("prices", narrow, by=pia)

        assert prices()["D0ABCLL"] == {
            "srp": 12_000, "svp_bl": 9_000, "svp_d": 8_000, "bp_price": 4_000, "replacement": "",
        }  # fmt: skip
        assert edition().name == "2027-02-A"

    def test_gives_a_renamed_edition_its_new_number(self, pia: User, book: PriceBook) -> None:
        loaded("prices", TWO, by=pia)

        loaded("prices", with_(announcement_no="2027-02-B", srp="101.00"), by=pia)

        assert edition().name == "2027-02-B"

    def test_may_be_of_several_books_and_days(self, pia: User, book: PriceBook) -> None:
        make_book("JP", "JPY", time_zone="Asia/Tokyo")
        japan = "D0ABCLL,JP,JPY,software,2027-02-01,,100,,,,\r\n"

        loaded("prices", TWO + "D0ABCLL,EG,EGP,software,2027-05-01,,100,,,,\r\n" + japan, by=pia)

        with tenancy.as_system():
            found = {(e.country, str(e.effective_on), e.name) for e in PriceEdition.objects.all()}
            yen = Price.objects.get(edition__country="JP").srp
        assert found == {
            ("EG", "2027-02-01", "2027-02-A"),
            ("EG", "2027-05-01", "2027-05-01"),
            ("JP", "2027-02-01", "2027-02-01"),
        }
        assert yen == 100

    def test_is_not_for_whoever_may_not_edit_prices(self, pia: User, book: PriceBook) -> None:
        from identity.access import PrivilegeMissing

        with pytest.raises(PrivilegeMissing):
            checked("prices", TWO, by=make_operations())


class TestAFileThatIsWrong:
    @pytest.mark.parametrize(
        ("changes", "flaw"),
        [
            ({"part_number": "D0NONLL"}, (2, "part_number", "D0NONLL", "unknown_part")),
            ({"country": "PL"}, (2, "country", "PL", "no_book")),
            ({"kind": "saas"}, (2, "country", "EG", "no_book")),
            ({"currency": "USD"}, (2, "currency", "USD", "other_currency")),
            ({"srp": "-1.00"}, (2, "srp", "-1.00", "amount")),
            ({"srp": "100.001"}, (2, "srp", "100.001", "decimals")),
            ({"svp_bl": "100.01"}, (2, "svp_bl", "100.01", "rises")),
            ({"svp_bl": "", "svp_d": "100.01"}, (2, "svp_d", "100.01", "rises")),
            ({"bp_price": "100.01"}, (2, "bp_price", "100.01", "rises")),
            ({"srp": "", "svp_bl": "", "svp_d": "", "bp_price": ""}, (2, "srp", "", "no_price")),
            ({"replacement_part": "D0NONLL"}, (2, "replacement_part", "D0NONLL", "unknown_part")),
            ({"replacement_part": "D0ABCLL"}, (2, "replacement_part", "D0ABCLL", "replaces_itself")),
        ],
    )
    def test_is_told_where_and_why_and_nothing_is_loaded(
        self, pia: User, book: PriceBook, changes: dict[str, str], flaw: tuple[int, str, str, str]
    ) -> None:
        delivery = checked("prices", with_(**changes), by=pia)

        assert flaw in flaws(delivery)
        assert prices() == {}

    def test_names_the_level_that_costs_less(self, pia: User, book: PriceBook) -> None:
        delivery = checked("prices", with_(svp_bl="100.01"), by=pia)

        assert "svp_d" not in str(delivery.errors[0]["rule"])
        assert "srp, 100.00" in str(delivery.errors[0]["rule"])

    def test_calls_an_edition_by_one_number(self, pia: User, book: PriceBook) -> None:
        other = "D1NEWLL,EG,EGP,software,2027-02-01,2027-02-B,200.00,,,,\r\n"

        delivery = checked("prices", f"{HEAD}{ROW}\r\n{other}", by=pia)

        assert flaws(delivery) == [(3, "announcement_no", "2027-02-B", "two_names")]

    def test_has_each_price_once(self, pia: User, book: PriceBook) -> None:
        delivery = checked("prices", f"{HEAD}{ROW}\r\n{ROW}\r\n", by=pia)

        assert delivery.errors


class TestPublishedPrices:
    def test_are_not_changed_by_a_file(self, pia: User, book: PriceBook) -> None:
        make_edition(book, "2027-02-01", {"D0ABCLL": {"srp": 10_000}})

        delivery = checked("prices", with_(srp="120.00"), by=pia)

        assert flaws(delivery) == [(2, "effective_from", "2027-02-01", "published")]
        assert "Announce a new edition" in str(delivery.errors[0]["rule"])

    def test_are_not_added_to_by_a_file(self, pia: User, book: PriceBook) -> None:
        make_edition(book, "2027-02-01", {"D1NEWLL": {"srp": 10_000}})

        assert flaws(checked("prices", with_(), by=pia))[0][3] == "published"

    def test_may_be_sent_again_as_they_are(self, pia: User, book: PriceBook) -> None:
        same = {"srp": 10_000, "svp_bl": 9_000, "svp_d": 8_000, "bp_price": 4_000}
        make_edition(book, "2027-02-01", {"D0ABCLL": same}, name="2027-02-A")

        assert checked("prices", with_(), by=pia).status == Status.UNCHANGED

    def test_that_were_withdrawn_make_room_for_others(self, pia: User, book: PriceBook) -> None:
        make_edition(book, "2027-02-01", {"D0ABCLL": {"srp": 10_000}}, status="withdrawn")

        assert loaded("prices", with_(srp="120.00"), by=pia).status == Status.LOADED
