"""The pages on which price books are looked after and editions published."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from identity import tenancy
from identity.models import StaffRole, User
from pricing.books import publishing
from pricing.models import PriceBook, PriceDownload, PriceEdition, PriceFile
from tests.cast import Cast, actor, signed_in
from tests.factories import make_member, make_site, make_user
from tests.pricing.priced import EVERY, make_book, make_edition

pytestmark = pytest.mark.django_db

BOOKS = "/settings/prices/"
NEW = {"country": "PL", "currency": "PLN", "kind": "saas", "time_zone": "Europe/Warsaw"}


@pytest.fixture
def pricer(db: None) -> User:
    return make_user("Yusuf Price", staff_roles=[StaffRole.PRICING])


@pytest.fixture
def pricing(pricer: User) -> Client:
    return signed_in(pricer)


@pytest.fixture
def book(db: None) -> PriceBook:
    return make_book()


@pytest.fixture
def draft(book: PriceBook) -> PriceEdition:
    make_edition(book, "2026-11-01")
    return make_edition(
        book,
        "2099-01-01",
        {"D0ABCLL": EVERY | {"srp": 11_000}, "D1NEWLL": EVERY},
        status="draft",
        name="Next",
    )


def now_(edition: PriceEdition) -> PriceEdition:
    with tenancy.as_system():
        return PriceEdition.objects.get(id=edition.id)


class TestPriceBooks:
    def test_are_listed_with_what_is_in_effect_and_announced(self, pricing: Client, book: PriceBook) -> None:
        make_edition(book, "2026-11-01", name="Now")
        make_edition(book, "2099-02-01", name="Soon")

        page = pricing.get(BOOKS).content.decode()

        assert "Egypt" in page
        assert page.index("Now") < page.index("Soon")

    def test_take_as_many_queries_for_three_as_for_one(
        self, pricing: Client, book: PriceBook, django_assert_num_queries: Any
    ) -> None:
        make_edition(book, "2026-11-01")
        pricing.get(BOOKS)
        with CaptureQueriesContext(connection) as one:
            pricing.get(BOOKS)
        for currency in ("USD", "EUR"):
            make_edition(make_book("EG", currency), "2026-11-01")

        with django_assert_num_queries(len(one)):
            pricing.get(BOOKS)

    def test_are_added_by_pricing(self, pricing: Client) -> None:
        response = pricing.post(f"{BOOKS}new/", NEW)

        with tenancy.as_system():
            book = PriceBook.objects.get()
        assert response.headers["location"] == f"{BOOKS}{book.public_id}/"
        assert (book.country, book.currency, book.kind, book.time_zone) == (
            "PL",
            "PLN",
            "saas",
            "Europe/Warsaw",
        )
        assert pricing.get(response.headers["location"]).status_code == 200

    def test_are_not_added_by_the_deal_desk(self, cast: Cast) -> None:
        assert signed_in(cast.deal_desk).get(f"{BOOKS}new/").status_code == 403

    def test_are_there_once(self, pricing: Client) -> None:
        pricing.post(f"{BOOKS}new/", NEW)

        response = pricing.post(f"{BOOKS}new/", NEW)

        assert response.status_code == 422
        assert "There is a price book of this country" in response.content.decode()

    def test_can_judge_dates_in_another_time_zone(self, pricing: Client, book: PriceBook) -> None:
        pricing.post(f"{BOOKS}{book.public_id}/change/", {"version": 1, "time_zone": "UTC"})
        stale = pricing.post(f"{BOOKS}{book.public_id}/change/", {"version": 1, "time_zone": "Asia/Dubai"})

        with tenancy.as_system():
            assert PriceBook.objects.get().time_zone == "UTC"
        assert stale.status_code == 409
        assert "Time zone: Africa/Cairo → UTC." in stale.content.decode()

    def test_are_shown_to_everybody_at_the_vendor_with_a_word_on_who_may_change_them(
        self, cast: Cast, book: PriceBook
    ) -> None:
        page = signed_in(cast.care).get(f"{BOOKS}{book.public_id}/")

        assert page.status_code == 200
        assert "This belongs to another team of the vendor." in page.content.decode()

    def test_are_not_shown_to_partners(self, cast: Cast, book: PriceBook) -> None:
        assert signed_in(cast.primary).get(BOOKS).status_code == 403


class TestADraft:
    def test_is_begun_changed_and_thrown_away(self, pricing: Client, book: PriceBook) -> None:
        begun = pricing.post(
            f"{BOOKS}{book.public_id}/editions/new/", {"name": "2099-A", "effective_on": "2099-01-01"}
        )
        address = begun.headers["location"]
        with tenancy.as_system():
            edition = PriceEdition.objects.get()
        pricing.post(f"{address}change/", {"version": 1, "name": "2099-B", "effective_on": "2099-02-01"})
        changed = now_(edition)
        thrown = pricing.post(f"{address}discard/", {"version": 2})

        assert (changed.name, str(changed.effective_on), changed.version) == ("2099-B", "2099-02-01", 2)
        assert thrown.headers["location"] == f"{BOOKS}{book.public_id}/"
        with tenancy.as_system():
            assert not PriceEdition.objects.exists()

    def test_needs_a_day_of_its_own(self, pricing: Client, book: PriceBook, draft: PriceEdition) -> None:
        response = pricing.post(
            f"{BOOKS}{book.public_id}/editions/new/", {"name": "Other", "effective_on": "2099-01-01"}
        )

        assert response.status_code == 422
        assert "Another edition takes effect on that day" in response.content.decode()

    def test_tells_what_it_changes(self, pricing: Client, draft: PriceEdition) -> None:
        page = pricing.get(f"{BOOKS}editions/{draft.public_id}/").content.decode()

        assert "D0ABCLL" in page
        assert "10.0%" in page

    def test_without_prices_says_why_it_cannot_be_published(self, pricing: Client, book: PriceBook) -> None:
        empty = make_edition(book, "2099-01-01", {}, status="draft")

        page = pricing.get(f"{BOOKS}editions/{empty.public_id}/").content.decode()
        answer = pricing.post(f"{BOOKS}editions/{empty.public_id}/publish/", {"version": 1})

        assert "It has no prices yet." in page
        assert "/feeds/kinds/prices/#send" in page
        assert answer.status_code == 422


class TestPublishing:
    def test_is_asked_once_more_and_then_done(self, pricing: Client, draft: PriceEdition) -> None:
        address = f"{BOOKS}editions/{draft.public_id}/publish/"

        question = pricing.get(address)
        done = pricing.post(address, {"version": draft.version}, follow=True)

        assert "Nothing in it can be changed afterwards" in question.content.decode()
        assert "is published" in done.content.decode()
        assert now_(draft).status == "published"

    def test_is_told_that_somebody_was_quicker(
        self, pricing: Client, pricer: User, draft: PriceEdition
    ) -> None:
        from django.utils import timezone

        address = f"{BOOKS}editions/{draft.public_id}/publish/"
        pricing.get(address)
        with tenancy.scope(actor(pricer)):
            publishing.publish_edition(
                draft.public_id, version=draft.version, by=actor(pricer), now=timezone.now()
            )

        answer = pricing.post(address, {"version": draft.version}, follow=True)

        assert "Somebody else published it meanwhile." in answer.content.decode()

    def test_of_a_day_that_is_over_is_refused(
        self, pricing: Client, draft: PriceEdition, book: PriceBook
    ) -> None:
        late = make_edition(book, "2026-10-01", status="draft")

        answer = pricing.post(f"{BOOKS}editions/{late.public_id}/publish/", {"version": 1})

        assert answer.status_code == 422
        assert "Prices are announced ahead" in answer.content.decode()

    def test_is_not_for_whoever_only_looks_after_products(self, draft: PriceEdition) -> None:
        operations = signed_in(make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))

        assert (
            operations.post(f"{BOOKS}editions/{draft.public_id}/publish/", {"version": 1}).status_code == 403
        )
        assert now_(draft).status == "draft"


class TestWithdrawing:
    def test_needs_a_reason(self, pricing: Client, book: PriceBook) -> None:
        edition = make_edition(book, "2026-11-01")
        address = f"{BOOKS}editions/{edition.public_id}/withdraw/"

        refused = pricing.post(address, {"version": edition.version, "reason": " "})
        done = pricing.post(address, {"version": edition.version, "reason": "A wrong currency"})

        assert refused.status_code == 422
        assert done.status_code == 302
        page = pricing.get(f"{BOOKS}editions/{edition.public_id}/").content.decode()
        assert "A wrong currency" in page

    def test_shows_who_downloaded_it(self, pricing: Client, book: PriceBook) -> None:
        from pricing.files import building
        from pricing.files.planning import plan_sets
        from tests.pricing.priced import NOW

        site = make_site("Nile Systems", country="EG")
        reader = make_member(site, "Mona Reader", tools=["price_files"])
        edition = make_edition(book, "2026-11-01")
        with tenancy.as_system():
            (file_set,) = plan_sets(book, now=NOW)
        building.build_set(file_set.id, now=NOW)
        with tenancy.scope(actor(reader)):
            file = PriceFile.objects.first()
            PriceDownload.objects.create(
                site=site, user=reader.user, user_name="Mona Reader", file=file, book=book, file_name=file.name,
                editions=file.editions, price_list=file.price_list, with_cost=False, window=file.window,
                format=file.format, sha256=file.sha256, bytes=file.size, complete=True,
            )  # fmt: skip

        page = pricing.get(f"{BOOKS}editions/{edition.public_id}/").content.decode()
        listed = pricing.get(f"{BOOKS}editions/{edition.public_id}/downloads/").content.decode()

        assert "1 person downloaded these prices." in page
        assert "Mona Reader" in listed
        assert "Nile Systems" in listed
