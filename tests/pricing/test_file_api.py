"""Price files, changes, prices and their history over the API: what the pages show, with the same rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from identity import tenancy
from identity.models import Membership, StaffRole, Tool
from identity.privileges import Privilege
from pricing.files.offered import STORE
from pricing.models import PriceBook, PriceDownload
from tests.api.calls import Caller, caller
from tests.cast import Cast, actor
from tests.factories import make_member, make_user

from .priced import EVERY, NOW, make_book, make_edition
from .shelved import downloaded, file_of, make_files

pytestmark = pytest.mark.django_db
FILES, CHANGES = "/api/v1/price-files/", "/api/v1/price-changes/"
PRICES, HISTORY = "/api/v1/prices/", "/api/v1/price-history/"
PARTS = {"D0ABCLL": EVERY, "D1HARLL": EVERY}


@pytest.fixture
def reader(cast: Cast) -> Membership:
    return make_member(cast.site, "Rania Saad", tools=[Tool.PRICE_FILES])


@pytest.fixture
def api(reader: Membership) -> Caller:
    return caller(reader)


@pytest.fixture
def book(cast: Cast) -> PriceBook:
    return make_book()


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


class TestFiles:
    def test_are_listed_with_what_one_needs_to_have_them(self, api: Caller, book: PriceBook) -> None:
        now, later = make_edition(book, "2026-10-01", PARTS), make_edition(book, "2099-12-01", PARTS)
        made = make_files(book, [now, later])
        listed = api.get(FILES, {"window": "current_future", "file_format": "csv"}).json()["results"]
        (found,) = listed
        file = file_of(made, "current_future")
        assert (found["id"], found["sha256"], found["size"]) == (file.public_id, file.sha256, file.size)
        assert [each["effective_on"] for each in found["editions"]] == ["2026-10-01", "2099-12-01"]
        assert found["content"] == f"http://testserver{FILES}{file.public_id}/content/"
        assert api.get(f"{FILES}{file.public_id}/").json() == found
        assert len(api.get(FILES).json()["results"]) == 9
        assert api.get(FILES, {"book": "zzzzzzzzzzzz"}).json()["results"] == []
        assert api.get(FILES, {"window": "yesterday"}).status_code == 400

    def test_with_cost_are_for_whoever_may_see_it(self, cast: Cast, api: Caller, book: PriceBook) -> None:
        made = make_files(book, [make_edition(book, "2026-10-01", PARTS)])
        costly = file_of(made, with_cost=True)
        assert api.get(FILES, {"with_cost": "true"}).json()["results"] == []
        assert api.get(f"{FILES}{costly.public_id}/").status_code == 404
        assert api.get(f"{FILES}{costly.public_id}/content/").status_code == 404
        assert len(caller(cast.primary).get(FILES, {"with_cost": "true"}).json()["results"]) == 9
        narrow = caller(cast.primary, Privilege.PRICE_FILE_VIEW)
        assert narrow.get(FILES, {"with_cost": "true"}).json()["results"] == []

    def test_are_downloaded_in_parts_and_only_when_they_changed(self, api: Caller, book: PriceBook) -> None:
        file = file_of(make_files(book, [make_edition(book, "2026-10-01", PARTS)]))
        path = f"{FILES}{file.public_id}/content/"
        head = api.head(path)
        assert (head.status_code, head["Content-Length"]) == (200, str(file.size))
        first = api.get(path, headers={"Range": "bytes=0-9"})
        rest = api.get(path, headers={"Range": "bytes=10-", "If-Range": first["ETag"]})
        assert body(first) + body(rest) == STORE.path_of(file.stored).read_bytes()
        assert api.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
        with tenancy.as_system():
            noted = list(PriceDownload.objects.order_by("id").values_list("by_key", "complete"))
        assert noted == [(True, False), (True, True)]

    def test_of_anothers_country_are_not_there(self, cast: Cast, api: Caller) -> None:
        theirs = make_book("PL", "PLN", time_zone="Europe/Warsaw")
        file = file_of(make_files(theirs, [make_edition(theirs, "2026-10-01", PARTS)]))
        foreign, missing = (api.get(f"{FILES}{each}/content/") for each in (file.public_id, "zzzzzzzzzzzz"))
        assert foreign.status_code == missing.status_code == 404
        assert foreign.json()["code"] == missing.json()["code"] == "not_found"
        assert api.get(FILES).json()["results"] == []
        assert len(caller(cast.rival, Privilege.PRICE_FILE_VIEW).get(FILES).json()["results"]) == 9

    def test_need_the_tool(self, cast: Cast) -> None:
        for path in (FILES, f"{CHANGES}?book=x", f"{PRICES}?q=d0", f"{HISTORY}D0ABCLL/"):
            assert caller(cast.sales).get(path).status_code == 403

    def test_partners_see_the_books_of_their_country(self, api: Caller, cast: Cast, book: PriceBook) -> None:
        make_book("PL", "PLN", time_zone="Europe/Warsaw")
        listed = api.get("/api/v1/price-books/").json()["results"]
        assert [each["id"] for each in listed] == [book.public_id]
        assert caller(cast.sales).get("/api/v1/price-books/").status_code == 403


class TestChanges:
    def test_are_those_since_the_last_download(self, cast: Cast, api: Caller, book: PriceBook) -> None:
        old = make_edition(book, "2026-10-01", PARTS)
        downloaded(file_of(make_files(book, [old], offered=False)), actor(cast.primary))
        new = make_edition(book, "2026-11-01", {"D0ABCLL": EVERY | {"srp": 10_300}, "D2NEWLL": EVERY})
        make_files(book, [new], built_at=NOW + timedelta(days=1))

        listed = api.get(CHANGES, {"book": book.public_id}).json()["results"]
        assert listed == api.get(CHANGES).json()["results"]
        assert [(each["part_number"], each["kind"]) for each in listed] == [
            ("D0ABCLL", "changed"),
            ("D1HARLL", "removed"),
            ("D2NEWLL", "added"),
        ]
        assert listed[0]["prices"]["srp"] == {"old": "100.00", "new": "103.00", "percent": "3.00"}
        assert "bp_price" not in listed[0]["prices"]
        assert "svp_ed" not in listed[0]["prices"]

        told = api.get(f"{CHANGES}summary/", {"book": book.public_id, "column": "srp"}).json()
        assert (told["since"]["id"], told["until"]["id"]) == (old.public_id, new.public_id)
        assert (told["added"], told["removed"], told["changed"], told["risen"]) == (1, 1, 1, 1)

        rises = {"book": book.public_id, "column": "srp", "order": "rises", "page_size": 1}
        page = api.get(CHANGES, rises).json()
        assert page["results"][0]["part_number"] == "D0ABCLL"
        assert api.get(page["next"].removeprefix("http://testserver")).status_code == 200
        costly = caller(cast.primary).get(CHANGES, {"book": book.public_id}).json()["results"]
        assert costly[0]["prices"]["bp_price"]["old"] == "40.00"

    def test_of_one_edition_are_none(self, api: Caller, book: PriceBook) -> None:
        make_edition(book, "2026-10-01", PARTS)
        assert api.get(CHANGES, {"book": book.public_id}).json()["results"] == []
        assert api.get(f"{CHANGES}summary/", {"book": book.public_id}).json()["since"] is None

    def test_of_anothers_book_are_not_there(self, api: Caller, book: PriceBook) -> None:
        theirs = make_book("PL", "PLN", time_zone="Europe/Warsaw")
        edition = make_edition(theirs, "2026-10-01", PARTS)
        for query in (
            {"book": theirs.public_id},
            {"book": "zzzzzzzzzzzz"},
            {"book": book.public_id, "since": edition.public_id},
            {"book": book.public_id, "until": "zzzzzzzzzzzz"},
        ):
            assert api.get(CHANGES, query).status_code == 404
        assert api.get(CHANGES, {"kind": "nonsense"}).status_code == 400


class TestPrices:
    def test_are_found_by_number_and_words(self, api: Caller, book: PriceBook) -> None:
        make_edition(book, "2026-10-01", PARTS)
        make_edition(book, "2099-12-01", {"D0ABCLL": EVERY | {"srp": 10_300}})
        (found,) = api.get(PRICES, {"q": "d0a"}).json()["results"]
        now, later = found["offers"]
        assert (found["part_number"], now["state"], now["prices"]["srp"]) == ("D0ABCLL", "current", "100.00")
        assert (later["state"], later["prices"]["srp"]) == ("future", "103.00")
        assert set(now["prices"]) == {"srp", "svp_bl", "svp_d", "svp_e", "svp_f", "svp_g", "svp_h"}
        assert len(api.get(PRICES, {"q": "sentinel"}).json()["results"]) == 2
        assert api.get(PRICES, {"q": "sentinel", "book": "zzzzzzzzzzzz"}).json()["results"] == []
        assert api.get(PRICES).status_code == 400

    def test_have_a_history(self, cast: Cast, api: Caller, book: PriceBook) -> None:
        make_edition(book, "2026-10-01", PARTS)
        make_edition(book, "2099-12-01", {"D0ABCLL": EVERY | {"srp": 10_300}})
        (history,) = api.get(f"{HISTORY}D0ABCLL/", {"column": "srp"}).json()
        steps = [(each["state"], each["amount"], each["percent"]) for each in history["steps"]]
        assert steps == [("current", "100.00", None), ("future", "103.00", "3.00")]
        (hidden,) = api.get(f"{HISTORY}D0ABCLL/", {"column": "bp_price"}).json()
        assert hidden["steps"][0]["amount"] == "90.00"  # of their own level instead
        assert api.get(f"{HISTORY}D9ZZZLL/").status_code == 404
        assert caller(cast.rival).get(f"{HISTORY}D0ABCLL/").status_code == 404

    def test_are_for_the_vendors_people_of_any_country(self, cast: Cast, book: PriceBook) -> None:
        make_edition(book, "2026-10-01", PARTS)
        staff = caller(make_user("Yusuf Price", staff_roles=[StaffRole.PRICING]))
        query = {"q": "d0", "country": "EG", "list": "government"}
        (found,) = staff.get(PRICES, query).json()["results"]
        assert set(found["offers"][0]["prices"]) == {"srp", "svp_bl", "svp_gv", "bp_price"}
