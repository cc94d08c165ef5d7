"""Price books and editions over the API: what the pages can do, with the same rules."""

from __future__ import annotations

import pytest

from identity.models import StaffRole, User
from pricing.models import PriceBook
from tests.api.calls import Caller, caller
from tests.cast import Cast
from tests.factories import make_user
from tests.pricing.priced import EVERY, make_book, make_edition

pytestmark = pytest.mark.django_db

BOOKS = "/api/v1/price-books/"
EDITIONS = "/api/v1/price-editions/"
NEW = {"country": "PL", "currency": "PLN", "kind": "saas", "time_zone": "Europe/Warsaw"}


@pytest.fixture
def pricer(db: None) -> User:
    return make_user("Yusuf Price", staff_roles=[StaffRole.PRICING])


@pytest.fixture
def api(pricer: User) -> Caller:
    return caller(pricer)


@pytest.fixture
def book(db: None) -> PriceBook:
    return make_book()


class TestPriceBooks:
    def test_are_added_once_and_changed_as_they_were_seen(self, api: Caller) -> None:
        made = api.send("post", BOOKS, NEW)
        path = made.headers["Location"].removeprefix("http://testserver")

        changed = api.send("patch", path, {"time_zone": "UTC"}, If_Match=made.headers["ETag"])

        assert (made.status_code, changed.json()["time_zone"]) == (201, "UTC")
        assert api.send("patch", path, {"time_zone": "UTC"}, If_Match=made.headers["ETag"]).status_code == 412
        assert api.send("post", BOOKS, NEW).json()["code"] == "book_taken"
        assert api.send("post", BOOKS, NEW | {"country": "ZZ"}).status_code == 400
        assert [each["id"] for each in api.get(BOOKS).json()["results"]] == [made.json()["id"]]

    def test_tell_how_far_their_files_are(self, api: Caller, book: PriceBook) -> None:
        edition = make_edition(book, "2099-01-01", status="draft")
        api.send("post", f"{EDITIONS}{edition.public_id}/publish/", {}, If_Match='"1"')

        (files,) = api.get(f"{BOOKS}{book.public_id}/files/").json()[:1]

        assert (files["valid_on"], files["state"], files["built"]) == (None, "building", 0)

    def test_are_kept_by_the_vendors_people_and_read_by_partners_with_price_files(
        self, cast: Cast, book: PriceBook
    ) -> None:
        read = caller(cast.primary).get(BOOKS)
        assert (read.status_code, {each["country"] for each in read.json()["results"]}) == (
            200,
            {book.country} & {cast.site.country},
        )
        assert caller(cast.newcomer).get(BOOKS).status_code == 403
        assert caller(cast.primary).send("post", BOOKS, NEW).status_code == 403
        assert caller(cast.primary).get(EDITIONS).status_code == 403
        assert caller(cast.deal_desk).get(BOOKS).status_code == 200
        assert caller(cast.deal_desk).send("post", BOOKS, NEW).status_code == 403


class TestPriceEditions:
    def test_are_begun_changed_and_thrown_away(self, api: Caller, book: PriceBook) -> None:
        new = {"book": book.public_id, "announcement_no": "2099-A", "effective_on": "2099-01-01"}
        made = api.send("post", EDITIONS, new)
        path = made.headers["Location"].removeprefix("http://testserver")

        changed = api.send("patch", path, {"announcement_no": "2099-B"}, If_Match=made.headers["ETag"])
        early = api.send("post", f"{path}publish/", {}, If_Match=changed.headers["ETag"])
        blind = api.send("post", f"{path}discard/", {})
        gone = api.send("post", f"{path}discard/", {}, If_Match=changed.headers["ETag"])

        assert changed.json()["announcement_no"] == "2099-B"
        assert (early.status_code, early.json()["code"]) == (409, "no_prices")
        assert (blind.status_code, gone.status_code) == (428, 204)
        assert api.get(path).status_code == 404

    def test_are_published_and_withdrawn(self, api: Caller, book: PriceBook) -> None:
        make_edition(book, "2026-11-01")
        edition = make_edition(book, "2099-01-01", {"D0ABCLL": EVERY | {"srp": 11_000}}, status="draft")
        path = f"{EDITIONS}{edition.public_id}/"

        changes = api.get(f"{path}changes/").json()
        published = api.send("post", f"{path}publish/", {}, If_Match='"1"')
        again = api.send("post", f"{path}publish/", {}, If_Match=published.headers["ETag"])
        unsaid = api.send("post", f"{path}withdraw/", {"reason": ""}, If_Match=published.headers["ETag"])
        withdrawn = api.send(
            "post", f"{path}withdraw/", {"reason": "Wrong"}, If_Match=published.headers["ETag"]
        )

        assert (changes["changed"], changes["average_percent"]) == (1, "10.0")
        assert (published.json()["status"], published.json()["parts"]) == ("published", 1)
        assert again.json()["code"] == "not_a_draft"
        assert unsaid.status_code == 400
        assert (withdrawn.json()["status"], withdrawn.json()["withdrawn_reason"]) == ("withdrawn", "Wrong")
        assert api.get(f"{path}downloads/").json()["results"] == []
        listed = api.get(EDITIONS, {"book": book.public_id, "status": "withdrawn"}).json()["results"]
        assert [each["id"] for each in listed] == [edition.public_id]

    def test_of_a_day_that_is_over_are_refused_with_todays_date(self, api: Caller, book: PriceBook) -> None:
        make_edition(book, "2026-11-01")
        late = make_edition(book, "2026-10-01", status="draft")

        answer = api.send("post", f"{EDITIONS}{late.public_id}/publish/", {}, If_Match='"1"')

        assert (answer.status_code, answer.json()["code"]) == (409, "day_passed")

    def test_are_not_published_by_whoever_only_looks(self, cast: Cast, book: PriceBook) -> None:
        edition = make_edition(book, "2099-01-01", status="draft")

        answer = caller(cast.deal_desk).send(
            "post", f"{EDITIONS}{edition.public_id}/publish/", {}, If_Match='"1"'
        )

        assert answer.status_code == 403
