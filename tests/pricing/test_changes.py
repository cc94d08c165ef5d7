"""What changed between two editions: on the page, as files, within what the reader may see."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from identity import tenancy
from identity.models import Membership, StaffRole, Tool, User
from pricing.files.changes import NO_PERCENTAGE, Asked, Percentage, Rise, changes, percentage
from pricing.files.price_history import percent
from pricing.models import PriceBook, PriceEdition
from tests.cast import Cast, actor, signed_in
from tests.factories import make_member, make_user

from .priced import EVERY, NOW, make_book, make_edition
from .shelved import downloaded, file_of, make_files

pytestmark = pytest.mark.django_db
PAGE = "/prices/changes/"
BEFORE = {
    "D0AAALL": EVERY,
    "D0BBBLL": EVERY,
    "D0CCCLL": EVERY,
    "D0DDDLL": EVERY,
    "D0EEELL": EVERY | {"svp_bl": 0},
}
AFTER = {
    "D0AAALL": EVERY,  # as it was
    "D0CCCLL": EVERY | {"srp": 10_300, "svp_bl": 9_500},
    "D0DDDLL": EVERY | {"svp_bl": 8_100},
    "D0EEELL": EVERY,
    "D0FFFLL": EVERY,
}


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def reader(cast: Cast) -> Membership:
    """Ours with price files, and without partner cost; at level BL."""
    return make_member(cast.site, "Rania Saad", tools=[Tool.PRICE_FILES])


@pytest.fixture
def book(cast: Cast) -> PriceBook:
    return make_book()


@pytest.fixture
def editions(book: PriceBook) -> tuple[PriceEdition, PriceEdition]:
    return (
        make_edition(book, "2026-10-01", BEFORE, name="A-OLD"),
        make_edition(book, "2026-11-01", AFTER, name="A-NEW"),
    )


def rows(who: Membership, editions: tuple[PriceEdition, ...], column: str = "svp_bl", **more: str) -> Any:
    with tenancy.scope(actor(who)):
        found = changes(Asked(*editions, column, **more)).order_by("part__number")
        return list(found.values_list("part__number", "kind", f"old_{column}", f"new_{column}", "rise"))


class TestTheDifference:
    def test_is_what_came_what_went_and_what_costs_something_else(
        self, reader: Membership, editions: tuple[PriceEdition, PriceEdition]
    ) -> None:
        assert rows(reader, editions) == [
            ("D0BBBLL", "removed", 9_000, None, NO_PERCENTAGE),
            ("D0CCCLL", "changed", 9_000, 9_500, 556),
            ("D0DDDLL", "changed", 9_000, 8_100, -1_000),
            ("D0EEELL", "changed", 0, 9_000, NO_PERCENTAGE),  # of nothing, nothing is a per cent
            ("D0FFFLL", "added", None, 9_000, NO_PERCENTAGE),
        ]

    def test_backwards_is_the_opposite(
        self, reader: Membership, editions: tuple[PriceEdition, PriceEdition]
    ) -> None:
        kinds = {number: kind for number, kind, *_ in rows(reader, editions[::-1])}
        assert (kinds["D0BBBLL"], kinds["D0FFFLL"]) == ("added", "removed")

    def test_is_nothing_between_an_edition_and_itself(
        self, reader: Membership, editions: tuple[PriceEdition, PriceEdition]
    ) -> None:
        assert rows(reader, (editions[0], editions[0])) == []

    def test_is_found_by_number_words_line_and_kind(
        self, reader: Membership, editions: tuple[PriceEdition, PriceEdition]
    ) -> None:
        def numbers(**more: str) -> list[str]:
            return [number for number, *_ in rows(reader, editions, **more)]

        assert numbers(q="d0c") == ["D0CCCLL"]
        assert numbers(q="part d0eee") == ["D0EEELL"]
        assert numbers(q="sentinel", kind="added") == ["D0FFFLL"]
        assert numbers(line="NOTHING") == []
        assert len(numbers(line="SENTINEL")) == 5

    def test_in_what_the_reader_may_not_see_is_none(
        self, cast: Cast, book: PriceBook, reader: Membership
    ) -> None:
        hidden = EVERY | {"svp_ed": 1, "svp_gv": 1, "bp_price": 1}
        pair = (
            make_edition(book, "2026-10-01", {"D0AAALL": EVERY}),
            make_edition(book, "2026-11-01", {"D0AAALL": hidden}),
        )
        assert rows(reader, pair) == []
        assert rows(cast.primary, pair, "bp_price") == [("D0AAALL", "changed", 4_000, 1, -9_998)]

    def test_of_another_country_is_nothing(
        self, cast: Cast, editions: tuple[PriceEdition, PriceEdition]
    ) -> None:
        assert rows(cast.rival, editions) == []

    def test_to_a_withdrawn_edition_tells_none_of_its_prices(
        self, reader: Membership, book: PriceBook, editions: tuple[PriceEdition, PriceEdition]
    ) -> None:
        wrong = make_edition(book, "2026-12-01", AFTER, status="withdrawn")
        assert {kind for _, kind, *_ in rows(reader, (editions[1], wrong))} == {"removed"}


class TestPercentages:
    """Two decimals, halves away from zero; none of nothing."""

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            (10_000, 10_300, "3.00"),
            (3, 4, "33.33"),
            (3, 2, "-33.33"),
            (80_000, 80_001, "0.00"),
            (20_000, 20_001, "0.01"),  # 0.005
            (20_000, 19_999, "-0.01"),
            (100, 0, "-100.00"),
            (0, 100, None),
            (0, 0, None),
            (None, 100, None),
            (100, None, None),
        ],
    )
    def test_are_rounded_alike_everywhere(
        self, old: int | None, new: int | None, expected: str | None
    ) -> None:
        exact = None if expected is None else Decimal(expected)
        assert percent(old, new) == exact
        assert by_the_database(old, new) == (exact, exact)

    @given(old=st.integers(1, 10**9), new=st.integers(0, 10**9))
    def test_in_python_are_decimals_own(self, old: int, new: int) -> None:
        exact = (Decimal(new - old) * 100 / old).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert percent(old, new) == exact

    def test_beyond_all_measure_break_nothing(self) -> None:
        assert by_the_database(1, 2**62)[0] is not None


def by_the_database(old: int | None, new: int | None) -> tuple[Decimal | None, Decimal | None]:
    """The same by the page's expression and by the files'."""
    values = {"old": "x.o", "new": "x.n", "otherwise": NO_PERCENTAGE}
    with tenancy.door(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {Rise.template % values}, {Percentage.template % values}"
            " FROM (VALUES (%s::bigint, %s::bigint)) AS x (o, n)",
            [old, new],
        )
        rise, exact = cursor.fetchone()
    return percentage(rise), exact


class TestThePage:
    def test_begins_with_the_sites_last_download(
        self, cast: Cast, reader: Membership, book: PriceBook, editions: tuple[PriceEdition, PriceEdition]
    ) -> None:
        old, new = editions
        downloaded(file_of(make_files(book, [old], offered=False)), actor(cast.primary))
        make_files(book, [new], built_at=NOW + timedelta(days=1))

        shown = text(signed_in(reader).get(PAGE, {"book": book.public_id}))

        assert "Your site downloaded last on 22 November 2026" in shown
        assert f'<option value="{old.public_id}" selected>A-OLD, from 1 Oct 2026, downloaded' in shown
        assert f'<option value="{new.public_id}" selected>A-NEW, from 1 Nov 2026' in shown
        assert "D0CCCLL" in shown
        assert "\u2066+5.56%\u2069" in shown
        assert "and 1 other price" in shown
        assert "D0AAALL" not in shown
        assert "-10%" in shown or "-10.00%" in shown or "\u221210.00%" in shown

    def test_says_so_when_the_newest_is_there_already(
        self, cast: Cast, reader: Membership, book: PriceBook, editions: tuple[PriceEdition, PriceEdition]
    ) -> None:
        downloaded(file_of(make_files(book, [editions[1]])), actor(cast.primary))
        shown = text(signed_in(reader).get(PAGE, {"book": book.public_id}))
        assert "You have the newest prices" in shown

    def test_of_one_edition_has_nothing_to_compare(self, reader: Membership, book: PriceBook) -> None:
        make_edition(book, "2026-10-01", BEFORE)
        browser = signed_in(reader)
        assert "nothing to compare yet" in text(browser.get(PAGE, {"book": book.public_id}))
        assert browser.get(f"{PAGE}csv/", {"book": book.public_id}).status_code == 404

    def test_compares_any_two(
        self, reader: Membership, book: PriceBook, editions: tuple[PriceEdition, PriceEdition]
    ) -> None:
        old, new = editions
        query = {"book": book.public_id, "since": new.public_id, "until": old.public_id, "kind": "added"}
        shown = text(signed_in(reader).get(PAGE, query))
        assert "D0BBBLL" in shown
        assert "D0FFFLL" not in shown

    def test_puts_the_biggest_rises_first(
        self, reader: Membership, book: PriceBook, editions: tuple[PriceEdition, PriceEdition]
    ) -> None:
        def order(name: str) -> list[str]:
            query = {"book": book.public_id, "since": editions[0].public_id, "order": name}
            page = signed_in(reader).get(PAGE, query)
            return numbers_shown(page)

        assert order("rises")[:2] == ["D0CCCLL", "D0DDDLL"]
        assert order("falls")[:2] == ["D0DDDLL", "D0CCCLL"]
        assert order("nonsense") == sorted(order("rises"))

    def test_goes_on_page_by_page(self, reader: Membership, book: PriceBook) -> None:
        many = {f"D{number:04}LL": EVERY for number in range(120)}
        make_edition(book, "2026-10-01", many)
        make_edition(
            book, "2026-11-01", {number: EVERY | {"svp_bl": 9_000 + at} for at, number in enumerate(many)}
        )
        first = make_edition(book, "2026-09-01", {"D0AAALL": EVERY})
        browser = signed_in(reader)
        for order in ("number", "rises", "falls"):
            address: str | None = f"{PAGE}?book={book.public_id}&order={order}&since={first.public_id}"
            seen: list[str] = []
            while address:
                page = browser.get(address)
                seen += numbers_shown(page)
                address = next_page(page)
            assert sorted(seen) == sorted([*many, "D0AAALL"])
            assert len(seen) == 121

    def test_leaves_cost_out_without_the_privilege(
        self, cast: Cast, reader: Membership, book: PriceBook, editions: tuple[PriceEdition, PriceEdition]
    ) -> None:
        query = {"book": book.public_id, "since": editions[0].public_id, "column": "bp_price"}
        assert "artner cost" not in text(signed_in(reader).get(PAGE, query))
        assert "Partner cost" in text(signed_in(cast.primary).get(PAGE, query))

    @pytest.mark.parametrize("what", ["book", "since", "until"])
    def test_of_anothers_is_a_404_as_of_what_there_is_not(
        self, reader: Membership, book: PriceBook, editions: tuple[PriceEdition, PriceEdition], what: str
    ) -> None:
        theirs = make_book("PL", "PLN", time_zone="Europe/Warsaw")
        edition = make_edition(theirs, "2026-10-01", BEFORE)
        foreign = theirs.public_id if what == "book" else edition.public_id
        for value in (foreign, "zzzzzzzzzzzz"):
            query = {"book": book.public_id, what: value}
            for path in (PAGE, f"{PAGE}csv/"):
                assert signed_in(reader).get(path, query).status_code == 404

    def test_is_for_the_vendors_people_too(
        self, cast: Cast, book: PriceBook, editions: tuple[PriceEdition, PriceEdition]
    ) -> None:
        staff: User = make_user("Yusuf Price", staff_roles=[StaffRole.PRICING])
        query = {"book": book.public_id, "since": editions[0].public_id, "list": "government"}
        shown = text(signed_in(staff).get(PAGE, query))
        assert "Government price" in shown
        assert "D0FFFLL" in shown

    def test_costs_the_same_with_three_changes_and_with_fifty(
        self, reader: Membership, book: PriceBook
    ) -> None:
        first = make_edition(book, "2026-10-01", {"D0AAALL": EVERY})
        make_edition(book, "2026-11-01", {f"D{number:04}LL": EVERY for number in range(2)})
        many = make_edition(book, "2026-12-01", {f"D{number:04}LL": EVERY for number in range(60)})
        browser = signed_in(reader)

        def queries(until: PriceEdition | None) -> int:
            query = {"book": book.public_id, "since": first.public_id}
            with CaptureQueriesContext(connection) as seen:
                browser.get(PAGE, query | ({"until": until.public_id} if until else {}))
            return len(seen)

        queries(many)
        assert queries(many) == queries(None)


def numbers_shown(page: Any) -> list[str]:
    return re.findall(r"/prices/parts/(\w+)/", page.content.decode())


def next_page(page: Any) -> str | None:
    found = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
    return html.unescape(found[1]) if found else None


class TestFiles:
    def test_csv_has_every_price_of_the_list(
        self, cast: Cast, reader: Membership, book: PriceBook, editions: tuple[PriceEdition, PriceEdition]
    ) -> None:
        query = {"book": book.public_id, "since": editions[0].public_id}
        response = signed_in(reader).get(f"{PAGE}csv/", query)
        sheet = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))

        assert [row["Part number"] for row in sheet] == [
            "D0BBBLL",
            "D0CCCLL",
            "D0DDDLL",
            "D0EEELL",
            "D0FFFLL",
        ]
        changed = sheet[1]
        assert changed["Change"] == "Changed"
        assert changed["Suggested retail price, before"] == "100.00"
        assert changed["Suggested retail price, now"] == "103.00"
        assert changed["Suggested retail price, change in per cent"] == "3.00"
        assert changed["Price at level BL, change in per cent"] == "5.56"
        assert not any("cost" in name or "cademic" in name for name in changed)

    def test_xlsx_has_numbers(
        self, cast: Cast, book: PriceBook, editions: tuple[PriceEdition, PriceEdition]
    ) -> None:
        query = {"book": book.public_id, "since": editions[0].public_id, "kind": "changed", "q": "d0ccc"}
        response = signed_in(cast.primary).get(f"{PAGE}xlsx/", query)
        sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
        head, row = ([cell.value for cell in line] for line in sheet.iter_rows(max_row=2))
        found = dict(zip(head, row, strict=True))
        assert found["Suggested retail price, now"] == 103
        assert found["Price at level BL, change in per cent"] == 5.56
        assert found["Partner cost, before"] == 40
        assert sheet.max_row == 2
