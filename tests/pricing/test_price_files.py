"""Partners find the files of their country and price list, download them, and are told of newer ones."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from identity import tenancy
from identity.models import AuditEvent, Membership, Site, StaffRole, Tool, User
from identity.worklist import tasks_for
from pricing.files.offered import STORE
from pricing.files.shelf import books_of, shelves
from pricing.models import PriceDownload, PriceEdition
from tests.cast import Cast, actor, signed_in
from tests.factories import make_member, make_user

from .priced import EVERY, NOW, make_book, make_edition
from .shelved import downloaded, file_of, make_files

pytestmark = pytest.mark.django_db
LIST = "/prices/"
PARTS = {"D0ABCLL": EVERY, "D1HARLL": EVERY}


def address(file: Any) -> str:
    return reverse("price_files:download", args=[file.public_id])


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def status(who: Membership | User, file: Any) -> int:
    """What asking for a file is answered with; what is sent is read to its end."""
    response = signed_in(who).get(address(file))
    if response.streaming:
        body(response)
    return response.status_code


@pytest.fixture
def reader(cast: Cast) -> Membership:
    """Ours with price files, and without partner cost."""
    return make_member(cast.site, "Rania Saad", tools=[Tool.PRICE_FILES])


@pytest.fixture
def staff(cast: Cast) -> User:
    return make_user("Yusuf Price", staff_roles=[StaffRole.PRICING])


def downloads() -> list[PriceDownload]:
    with tenancy.as_system():
        return list(PriceDownload.objects.order_by("id"))


class TestTheShelf:
    def test_has_the_books_of_the_sites_country_with_window_format_size_and_checksum(
        self, cast: Cast, reader: Membership
    ) -> None:
        book = make_book()
        now, later = make_edition(book, "2026-10-01", PARTS), make_edition(book, "2099-12-01", PARTS)
        made = make_files(book, [now, later])
        make_book("PL", "PLN", time_zone="Europe/Warsaw")

        shown = text(signed_in(reader).get(LIST))

        assert "Software · <bdi>EGP</bdi>" in shown
        assert "PLN" not in shown
        for window in ("current", "current_future", "future"):
            for format in ("csv", "xlsx", "parquet"):
                file = file_of(made, window, format)
                assert address(file) in shown
                assert file.sha256 in shown
        assert "since 1 Oct 2026" in shown
        assert "from 1 Dec 2099" in shown
        assert "Dates begin at midnight in <bdi>Africa/Cairo</bdi>" in shown

    def test_offers_cost_to_whoever_may_see_it_and_to_nobody_else(
        self, cast: Cast, reader: Membership
    ) -> None:
        book = make_book()
        made = make_files(book, [make_edition(book, "2026-10-01", PARTS)])
        plain, costly = file_of(made), file_of(made, with_cost=True)

        shown = text(signed_in(reader).get(LIST))
        assert address(plain) in shown
        assert address(costly) not in shown
        assert status(reader, costly) == 404

        shown = text(signed_in(cast.primary).get(LIST))
        assert address(costly) in shown
        assert status(cast.primary, costly) == 200

    @pytest.mark.parametrize("tool", [Tool.PROPOSAL_QUOTE_ORDER, Tool.ONLINE_ORDERING, Tool.GUIDED_SELLING])
    def test_is_shut_to_whoever_may_only_quote_or_order(self, cast: Cast, tool: Tool) -> None:
        book = make_book()
        made = make_files(book, [make_edition(book, "2026-10-01", PARTS)])
        seller = make_member(cast.site, "Sami Seller", tools=[tool])

        for address_ in (
            LIST,
            f"{LIST}changes/",
            f"{LIST}search/",
            f"{LIST}parts/D0ABCLL/",
            address(file_of(made)),
        ):
            assert signed_in(seller).get(address_).status_code == 403, address_

    def test_says_that_files_are_being_built(self, cast: Cast, reader: Membership) -> None:
        book = make_book()
        first = make_edition(book, "2026-10-01", PARTS)
        make_files(book, [first])
        make_edition(book, "2099-12-01", PARTS, name="A-NEW")

        shown = text(signed_in(reader).get(LIST))

        assert "The files of edition A-NEW are being built" in shown
        assert "The files below are complete without it" in shown

    def test_of_a_book_without_prices_says_so(self, cast: Cast, reader: Membership) -> None:
        make_book()
        assert "No prices yet" in text(signed_in(reader).get(LIST))

    def test_of_a_country_without_books_says_so(self, cast: Cast, reader: Membership) -> None:
        assert "There is no price book here yet" in text(signed_in(reader).get(LIST))

    def test_lets_the_vendors_people_choose_country_and_price_list(self, cast: Cast, staff: User) -> None:
        egypt, poland = make_book(), make_book("PL", "PLN", time_zone="Europe/Warsaw")
        made = make_files(poland, [make_edition(poland, "2026-10-01", PARTS)], lists=["volume", "academic"])
        make_files(egypt, [make_edition(egypt, "2026-10-01", PARTS)])

        academic = file_of(made, price_list="academic", with_cost=True)
        shown = text(signed_in(staff).get(LIST, {"country": "PL", "list": "academic"}))
        assert address(academic) in shown
        assert status(staff, academic) == 200
        assert "EGP" in text(signed_in(staff).get(LIST, {"country": "XX", "list": "nonsense"}))

    def test_shows_cost_to_those_of_the_vendors_people_only_who_may_see_it(
        self, cast: Cast, staff: User
    ) -> None:
        book = make_book()
        made = make_files(book, [make_edition(book, "2026-10-01", PARTS)])
        operations = make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])
        plain, costly = file_of(made), file_of(made, with_cost=True)
        assert [status(operations, each) for each in (plain, costly)] == [200, 404]
        assert [status(staff, each) for each in (plain, costly)] == [200, 200]

    def test_needs_the_tool(self, cast: Cast) -> None:
        make_book()
        refused = signed_in(cast.sales).get(LIST)
        assert refused.status_code == 403
        assert "Price files" in text(refused)

    def test_costs_the_same_with_one_book_and_with_three(self, cast: Cast, reader: Membership) -> None:
        def queries() -> int:
            browser = signed_in(reader)
            browser.get(LIST)
            with CaptureQueriesContext(
                connection,
            ) as seen:
                assert browser.get(LIST).status_code == 200
            return len(seen)

        def fill(book: Any) -> None:
            wrong = make_edition(book, "2026-09-01", PARTS)
            downloaded(file_of(make_files(book, [wrong], offered=False)), actor(cast.primary))
            withdraw(wrong)
            make_files(book, [make_edition(book, "2026-10-01", PARTS)])

        fill(make_book())
        one = queries()
        fill(make_book(currency="USD"))
        fill(make_book(kind="saas"))
        assert queries() == one


def withdraw(edition: PriceEdition) -> None:
    with tenancy.as_system():
        PriceEdition.objects.filter(id=edition.id).update(
            status="withdrawn", withdrawn_at=NOW + timedelta(days=1), withdrawn_reason="The list was doubled."
        )


class TestADownload:
    def test_is_the_file_and_is_written_down(self, cast: Cast, reader: Membership) -> None:
        book = make_book()
        file = file_of(make_files(book, [make_edition(book, "2026-10-01", PARTS)]))

        response = signed_in(reader).get(address(file))

        assert body(response) == STORE.path_of(file.stored).read_bytes()
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Disposition"] == f'attachment; filename="{file.name}"'
        (noted,) = downloads()
        assert (noted.site_id, noted.user_id, noted.user_name) == (cast.site.id, reader.user_id, "Rania Saad")
        assert (noted.file_id, noted.sha256, noted.bytes) == (file.id, file.sha256, file.size)
        assert (noted.complete, noted.first_byte, noted.editions) == (True, 0, file.editions)
        with tenancy.as_system():
            event = AuditEvent.objects.get(event="price_file.downloaded")
        assert (event.object_id, event.site_id) == (file.public_id, cast.site.id)

    def test_broken_off_is_gone_on_with(self, cast: Cast, reader: Membership) -> None:
        book = make_book()
        file = file_of(make_files(book, [make_edition(book, "2026-10-01", PARTS)]))
        content = STORE.path_of(file.stored).read_bytes()
        browser = signed_in(reader)

        first = browser.get(address(file), headers={"Range": "bytes=0-99"})
        rest = browser.get(address(file), headers={"Range": "bytes=100-", "If-Range": first["ETag"]})

        assert (first.status_code, rest.status_code) == (206, 206)
        assert body(first) + body(rest) == content
        assert [(each.first_byte, each.bytes, each.complete) for each in downloads()] == [
            (0, 100, False),
            (100, file.size - 100, True),
        ]

    def test_of_what_one_has_is_answered_without_it_and_not_counted(
        self, cast: Cast, reader: Membership
    ) -> None:
        book = make_book()
        file = file_of(make_files(book, [make_edition(book, "2026-10-01", PARTS)]))
        browser = signed_in(reader)
        assert browser.get(address(file), headers={"If-None-Match": f'"{file.sha256}"'}).status_code == 304
        assert browser.head(address(file)).status_code == 200
        assert browser.get(address(file), headers={"Range": "bytes=999999-"}).status_code == 416
        assert downloads() == []

    @pytest.mark.parametrize(
        "what", ["another country's", "another list's", "retired", "of a day to come", "missing"]
    )
    def test_of_a_file_that_is_not_ours_is_a_404_like_any_other(
        self, cast: Cast, reader: Membership, what: str
    ) -> None:
        ours, theirs = make_book(), make_book("PL", "PLN", time_zone="Europe/Warsaw")
        edition = make_edition(ours, "2026-10-01", PARTS)
        wanted = {
            "another country's": lambda: file_of(
                make_files(theirs, [make_edition(theirs, "2026-10-01", PARTS)])
            ),
            "another list's": lambda: file_of(
                make_files(ours, [edition], lists=["academic"]), price_list="academic"
            ),
            "retired": lambda: file_of(make_files(ours, [edition], offered=False, retired_at=NOW)),
            "of a day to come": lambda: file_of(make_files(ours, [edition], valid_on="2099-01-01")),
            "missing": lambda: None,
        }[what]()
        browser = signed_in(reader)
        missing = browser.get("/prices/files/zzzzzzzzzzzz/")
        refused = browser.get(address(wanted)) if wanted else missing
        assert (refused.status_code, without_tokens(refused)) == (404, without_tokens(missing))
        assert downloads() == []

    def test_is_the_rivals_own(self, cast: Cast, reader: Membership) -> None:
        theirs = make_book("PL", "PLN", time_zone="Europe/Warsaw")
        file = file_of(make_files(theirs, [make_edition(theirs, "2026-10-01", PARTS)]))
        assert status(cast.rival, file) == 200
        assert status(reader, file) == 404

    def test_by_the_vendors_people_is_nobodys_sites(self, cast: Cast, staff: User) -> None:
        book = make_book()
        file = file_of(make_files(book, [make_edition(book, "2026-10-01", PARTS)]))
        assert status(staff, file) == 200
        assert [(each.site_id, each.user_id) for each in downloads()] == [(None, staff.id)]


def without_tokens(response: Any, path: str = r"/prices/files/\w+/") -> str:
    """A page without what differs from one answer to the next."""
    page = re.sub(path, "", response.content.decode())
    return re.sub(r'(value|content|id|for|aria-\w+)="[^"]*"|%2Fprices%2F[\w%]+|[0-9a-f]{8,}', "", page)


class TestWhatIsNew:
    def home(self, browser: Client) -> str:
        return text(browser.get("/"))

    def test_is_told_once_there_are_newer_prices_than_the_site_has(
        self, cast: Cast, reader: Membership
    ) -> None:
        book = make_book()
        first = make_edition(book, "2026-10-01", PARTS)
        old = make_files(book, [first])
        browser = signed_in(reader)
        assert "newer prices" not in text(browser.get(LIST))
        downloaded(file_of(old), actor(cast.primary))  # a colleague
        assert "newer prices" not in text(browser.get(LIST)) + self.home(browser)

        with tenancy.as_system():
            type(old).objects.filter(id=old.id).update(offered=False, retired_at=timezone.now())
        second = make_edition(book, "2099-12-01", PARTS, name="A-NEXT")
        new = make_files(book, [first, second], built_at=NOW + timedelta(days=1))

        shown = text(browser.get(LIST))
        assert "There are newer prices than those your site downloaded last" in shown
        assert "A-NEXT" in shown
        assert "There are newer prices: Software, EGP" in self.home(browser)

        downloaded(file_of(new, "current_future"), actor(reader), at=NOW + timedelta(days=2))
        assert "newer prices" not in text(browser.get(LIST)) + self.home(browser)

    def test_is_not_told_to_whoever_has_no_price_files(self, cast: Cast) -> None:
        book = make_book()
        first = make_edition(book, "2026-10-01", PARTS)
        downloaded(file_of(make_files(book, [first], offered=False)), actor(cast.primary))
        make_files(book, [make_edition(book, "2026-11-01", PARTS)], built_at=NOW + timedelta(days=1))
        for who, told in ((cast.sales, False), (cast.primary, True)):
            with tenancy.scope(actor(who)):
                titles = [task.title for task in tasks_for(actor(who), now=timezone.now())]
            assert any("newer prices" in title for title in titles) is told

    def test_names_what_was_withdrawn_until_something_else_is_downloaded(
        self, cast: Cast, reader: Membership
    ) -> None:
        book = make_book()
        wrong = make_edition(book, "2026-10-01", PARTS, name="A-WRONG")
        old = make_files(book, [wrong], offered=False)
        downloaded(file_of(old), actor(cast.primary))
        withdraw(wrong)
        right = make_files(
            book, [make_edition(book, "2026-10-01", PARTS, name="A-RIGHT")], built_at=NOW + timedelta(days=1)
        )

        shown = text(signed_in(reader).get(LIST))
        assert "Edition A-WRONG was withdrawn" in shown
        assert "The list was doubled." in shown
        assert "Do not quote from it any more" in shown
        assert "A-WRONG" in self.home(signed_in(reader))
        assert status(reader, file_of(old)) == 404
        assert "A-WRONG" not in text(signed_in(cast.rival).get(LIST))

        downloaded(file_of(right), actor(reader), at=NOW + timedelta(days=2))
        assert "A-WRONG" not in text(signed_in(reader).get(LIST))

    def test_of_a_withdrawn_edition_nobody_took_says_nothing(self, cast: Cast, reader: Membership) -> None:
        book = make_book()
        withdraw(make_edition(book, "2026-10-01", PARTS, name="A-WRONG"))
        assert "A-WRONG" not in text(signed_in(reader).get(LIST))

    def test_is_judged_in_the_countrys_time_zone(self, cast: Cast) -> None:
        """Seven in the morning of the 1st in Auckland is still the last of the month in Cairo."""
        book = make_book(time_zone="Pacific/Auckland")
        make_edition(book, "2026-11-01", PARTS)
        later = make_edition(book, "2026-12-01", PARTS)
        who = actor(cast.primary)
        with tenancy.scope(who):
            eve = timezone.datetime.fromisoformat("2026-11-30T10:59:59+00:00")
            (before,) = shelves(books_of("EG"), by=who, now=eve)
            (after,) = shelves(books_of("EG"), by=who, now=eve + timedelta(seconds=1))
        assert (before.current == later, after.current == later) == (False, True)


class TestTheSiteItself:
    def test_decides_the_price_list(self, cast: Cast, reader: Membership) -> None:
        book = make_book()
        made = make_files(
            book, [make_edition(book, "2026-10-01", PARTS)], lists=["volume", "list", "academic"]
        )
        for change, name in (
            ({"programme": "express"}, "list"),
            ({"programme": "relationship", "price_level": "ED"}, "academic"),
            ({"programme": "relationship", "price_level": "G"}, "volume"),
        ):
            with tenancy.as_system():
                Site.objects.filter(id=cast.site.id).update(**change)
            shown = text(signed_in(reader).get(LIST))
            for price_list in ("volume", "list", "academic"):
                assert (address(file_of(made, price_list=price_list)) in shown) is (price_list == name)
