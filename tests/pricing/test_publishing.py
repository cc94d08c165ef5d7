"""Announcing an edition and taking it back: the rules, and two people at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection

from identity import tenancy
from identity.access import PrivilegeMissing
from identity.actors import Actor
from identity.models import AuditEvent, StaffRole
from identity.privileges import Tool
from notifications.models import Notice
from pricing.books import publishing
from pricing.files import building
from pricing.files.offered import offered_set
from pricing.models import EditionStatus, FileSet, Price, PriceBook, PriceDownload, PriceEdition, PriceFile
from tests.cast import actor
from tests.factories import make_member, make_site, make_user
from tests.pricing.priced import NOW, make_book, make_edition

pytestmark = pytest.mark.django_db


def pricer(name: str = "Yusuf Price") -> Actor:
    return actor(make_user(name, staff_roles=[StaffRole.PRICING]))


@pytest.fixture
def by(db: None) -> Actor:
    return pricer()


@pytest.fixture
def book(db: None) -> PriceBook:
    return make_book()


def publish(edition: PriceEdition, by: Actor, now: datetime = NOW) -> PriceEdition:
    with tenancy.scope(by):
        return publishing.publish_edition(edition.public_id, version=edition.version, by=by, now=now)


def withdraw(edition: PriceEdition, by: Actor, reason: str = "A wrong currency") -> PriceEdition:
    with tenancy.scope(by):
        found = PriceEdition.objects.get(id=edition.id)
        return publishing.withdraw_edition(
            edition.public_id, reason=reason, version=found.version, by=by, now=NOW
        )


def sets(book: PriceBook) -> list[FileSet]:
    with tenancy.as_system():
        return list(FileSet.objects.filter(book=book).order_by("id"))


class TestPublishing:
    def test_announces_the_edition_and_plans_its_files(self, by: Actor, book: PriceBook) -> None:
        draft = make_edition(book, "2027-02-01", status="draft")

        edition = publish(draft, by)

        assert (edition.status, edition.part_count, edition.published_by_name) == (
            "published",
            1,
            "Yusuf Price",
        )
        assert [each.editions for each in sets(book)] == [[edition.id], [edition.id]]
        with tenancy.as_system():
            event = AuditEvent.objects.get(event="price_edition.published")
        assert (event.object_id, event.user_id) == (edition.public_id, by.user_id)

    def test_needs_the_privilege(self, book: PriceBook) -> None:
        draft = make_edition(book, "2027-02-01", status="draft")

        with pytest.raises(PrivilegeMissing):
            publish(draft, actor(make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])))

    def test_needs_prices(self, by: Actor, book: PriceBook) -> None:
        with pytest.raises(publishing.NoPrices):
            publish(make_edition(book, "2027-02-01", {}, status="draft"), by)

    def test_is_refused_when_the_draft_changed_since_it_was_seen(self, by: Actor, book: PriceBook) -> None:
        draft = make_edition(book, "2027-02-01", status="draft")
        with tenancy.scope(by):
            publishing.change_edition(draft.public_id, {"name": "Other"}, version=1, by=by, now=NOW)

        with pytest.raises(publishing.EditionChanged):
            publish(draft, by)

    def test_is_done_once(self, by: Actor, book: PriceBook) -> None:
        draft = make_edition(book, "2027-02-01", status="draft")
        publish(draft, by)

        with pytest.raises(publishing.NotADraft):
            publish(draft, by)


class TestTheDay:
    @pytest.mark.parametrize("day", ["2026-11-22", "2026-11-23", "2027-02-01"])
    def test_is_today_or_later(self, by: Actor, book: PriceBook, day: str) -> None:
        make_edition(book, "2026-11-01")

        assert publish(make_edition(book, day, status="draft"), by).status == "published"

    @pytest.mark.parametrize("day", ["2026-11-21", "2026-11-02", "2026-10-01"])
    def test_is_not_over(self, by: Actor, book: PriceBook, day: str) -> None:
        make_edition(book, "2026-11-01")

        with pytest.raises(publishing.DayPassed) as error:
            publish(make_edition(book, day, status="draft"), by)
        assert error.value.today == date(2026, 11, 22)

    def test_is_judged_in_the_country(self, by: Actor) -> None:
        book = make_book("NZ", "NZD", time_zone="Pacific/Auckland")
        make_edition(book, "2026-10-01")
        evening = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # the 23rd in Auckland

        with pytest.raises(publishing.DayPassed):
            publish(make_edition(book, "2026-11-22", status="draft"), by, evening)
        assert publish(make_edition(book, "2026-11-23", status="draft"), by, evening).part_count == 1

    def test_of_a_books_first_edition_may_be_over(self, by: Actor, book: PriceBook) -> None:
        assert publish(make_edition(book, "2026-10-01", status="draft"), by).status == "published"

    def test_of_a_withdrawn_edition_may_be_taken_by_its_replacement(self, by: Actor, book: PriceBook) -> None:
        make_edition(book, "2026-08-01")
        wrong = make_edition(book, "2026-11-01")
        withdraw(wrong, by)

        right = publish(make_edition(book, "2026-11-01", status="draft"), by)

        with tenancy.as_system():
            from pricing.files.offered import in_force

            assert in_force(book, date(2026, 11, 22)).current == right

    def test_belongs_to_one_published_edition(self, by: Actor, book: PriceBook) -> None:
        make_edition(book, "2027-02-01")

        with pytest.raises(publishing.DayTaken):
            publish(make_edition(book, "2027-02-01", status="draft"), by)

    def test_may_lie_before_one_that_is_announced_already(self, by: Actor, book: PriceBook) -> None:
        later = make_edition(book, "2027-05-01")

        earlier = publish(make_edition(book, "2027-02-01", status="draft"), by)

        assert [earlier.id, later.id] in [each.editions for each in sets(book)]


class TestWithdrawing:
    @pytest.fixture
    def downloaded(self, by: Actor, book: PriceBook) -> Any:
        """An edition whose file somebody has, and that person."""
        site = make_site("Nile Systems", country="EG")
        reader = make_member(site, "Mona Reader", tools=[Tool.PRICE_FILES])
        make_member(site, "Omar Other", tools=[Tool.PRICE_FILES])
        old = make_edition(book, "2026-08-01")
        wrong = publish(make_edition(book, "2026-11-22", status="draft"), by)
        for each in sets(book):
            building.build_set(each.id, now=NOW)
        with tenancy.scope(actor(reader)):
            file = PriceFile.objects.filter(window="current", format="csv").get()
            PriceDownload.objects.create(
                site=site, user=reader.user, user_name="Mona Reader", file=file, book=book, file_name=file.name,
                editions=file.editions, price_list=file.price_list, with_cost=False, window=file.window,
                format=file.format, sha256=file.sha256, bytes=file.size, complete=True,
            )  # fmt: skip
        return wrong, old, reader

    def test_stops_offering_it_at_once(self, by: Actor, book: PriceBook, downloaded: Any) -> None:
        wrong, _old, reader = downloaded
        with tenancy.scope(actor(reader)):
            assert PriceFile.objects.exists()

        withdraw(wrong, by)

        with tenancy.scope(actor(reader)):
            assert not PriceFile.objects.exists()
            assert offered_set(book, NOW) is None

    def test_brings_back_what_was_in_effect_before(self, by: Actor, book: PriceBook, downloaded: Any) -> None:
        wrong, old, reader = downloaded
        withdraw(wrong, by)

        building.build_set(sets(book)[-1].id, now=NOW)

        with tenancy.scope(actor(reader)):
            assert {tuple(each.editions) for each in PriceFile.objects.exclude(window="future")} == {
                (old.id,)
            }

    def test_tells_everybody_who_has_a_file_with_its_prices_and_nobody_else(
        self, by: Actor, book: PriceBook, downloaded: Any
    ) -> None:
        wrong, _old, reader = downloaded

        withdraw(wrong, by)

        with tenancy.as_system():
            notice = Notice.objects.get(kind="price.edition_withdrawn")
        assert [each["user_id"] for each in notice.audiences] == [reader.user_id]
        assert notice.context["reason"] == "A wrong currency"

    def test_needs_a_reason(self, by: Actor, book: PriceBook) -> None:
        edition = make_edition(book, "2026-11-01")

        with pytest.raises(ValueError, match="reason"):
            withdraw(edition, by, "  ")

    def test_is_for_good_and_of_published_ones_only(self, by: Actor, book: PriceBook) -> None:
        edition = make_edition(book, "2026-11-01")
        withdraw(edition, by)

        with pytest.raises(publishing.NotPublished):
            withdraw(edition, by)
        with pytest.raises(publishing.NotPublished):
            withdraw(make_edition(book, "2027-01-01", status="draft"), by)

    def test_needs_the_privilege(self, book: PriceBook) -> None:
        with pytest.raises(PrivilegeMissing):
            withdraw(
                make_edition(book, "2026-11-01"),
                actor(make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])),
            )


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What came of several deeds that begin together, each on a connection of its own; an error is a result, too."""
    barrier, results = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place: int, deed: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            results[place] = deed()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_who_publish_the_same_edition_are_one_and_one_who_is_told(self) -> None:
        book = make_book()
        make_site("Nile Systems", country="EG")
        draft = make_edition(book, "2027-02-01", status="draft")
        first, second = pricer("Yusuf Price"), pricer("Pia Price")

        results = at_once(lambda: publish(draft, first), lambda: publish(draft, second))

        assert {type(result) for result in results} == {PriceEdition, publishing.NotADraft}
        assert len(sets(book)) == 2

    def test_who_publish_different_editions_of_a_book_end_with_files_of_both(self) -> None:
        book = make_book()
        make_site("Nile Systems", country="EG")
        drafts = [make_edition(book, day, status="draft") for day in ("2027-02-01", "2027-05-01")]
        people = [pricer("Yusuf Price"), pricer("Pia Price")]

        results = at_once(
            *(lambda d=draft, p=person: publish(d, p) for draft, person in zip(drafts, people, strict=True))
        )

        assert [result.status for result in results] == ["published", "published"]
        with tenancy.as_system():
            live = FileSet.objects.filter(retired_at=None).order_by("valid_on")
            assert [each.editions for each in live] == [
                [drafts[0].id, drafts[1].id],
                [drafts[0].id, drafts[1].id],
                [drafts[1].id],
            ]

    def test_publishing_waits_for_whoever_is_writing_prices(self) -> None:
        book = make_book()
        draft = make_edition(
            book, "2027-02-01", {"D0ABCLL": {"srp": 1}, "D1NEWLL": {"srp": 1}}, status="draft"
        )
        by, writing, written = pricer(), threading.Event(), threading.Event()

        def write() -> None:
            with tenancy.as_system():
                Price.objects.filter(edition=draft).update(srp=2)
                PriceEdition.objects.select_for_update().get(id=draft.id)
                writing.set()
                assert not written.wait(0.5)

        def announce() -> PriceEdition:
            writing.wait()
            found = publish(draft, by)
            written.set()
            return found

        results = at_once(write, announce)

        assert results[0] is None
        assert results[1].status == EditionStatus.PUBLISHED
        with tenancy.as_system():
            assert set(Price.objects.values_list("srp", flat=True)) == {2}
