"""What the database holds to, whoever asks: editions that were published stay as they were announced."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.db import IntegrityError, connection, transaction

from identity import tenancy
from pricing.models import EditionStatus, FileSet, Price, PriceBook, PriceEdition
from tests.pricing.priced import NOW, make_book, make_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(db: None) -> PriceBook:
    return make_book()


def run(statement: str, *values: Any) -> None:
    """Said to the database by the system, which may touch every row."""
    with tenancy.as_system(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(rule: str, statement: str, *values: Any) -> bool:
    with pytest.raises(IntegrityError) as error:
        run(statement, *values)
    return bool(error.value.__cause__.diag.constraint_name == rule)


ANOTHER = (
    "INSERT INTO pricing_price (edition_id, part_id, replacement)"
    " SELECT edition_id, part_id + 1, '' FROM pricing_price"
)


class TestAPublishedEdition:
    @pytest.fixture
    def edition(self, book: PriceBook) -> PriceEdition:
        return make_edition(book, "2026-11-01")

    @pytest.mark.parametrize(
        "change",
        ["effective_on = '2026-12-01'", "name = 'Other'", "part_count = 7", "published_at = now()"],
    )
    def test_never_changes(self, edition: PriceEdition, change: str) -> None:
        assert refused("price_edition_published", f"UPDATE pricing_priceedition SET {change}")

    def test_is_never_deleted(self, edition: PriceEdition) -> None:
        assert refused("price_edition_kept", "DELETE FROM pricing_priceedition")

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE pricing_price SET srp = 1",
            "DELETE FROM pricing_price",
            ANOTHER,
        ],
    )
    def test_keeps_its_prices(self, edition: PriceEdition, statement: str) -> None:
        if statement == ANOTHER:
            make_edition(edition.book, "2026-12-01", {"D1NEWLL": {"srp": 1}}, status="draft")
            statement += f" WHERE edition_id = {edition.id}"
        assert refused("price_published", statement)

    def test_takes_no_price_from_a_draft(self, edition: PriceEdition) -> None:
        draft = make_edition(edition.book, "2026-12-01", {"D1NEWLL": {"srp": 1}}, status="draft")

        statement = "UPDATE pricing_price SET edition_id = %s WHERE edition_id = %s"
        assert refused("price_published", statement, edition.id, draft.id)

    def test_is_withdrawn_and_then_never_changes_again(self, edition: PriceEdition) -> None:
        withdraw = "UPDATE pricing_priceedition SET status = 'withdrawn', withdrawn_at = now(), withdrawn_reason = %s"
        assert refused("price_edition_published_at", withdraw, "")
        run(withdraw, "Wrong")

        assert refused("price_edition_withdrawn", "UPDATE pricing_priceedition SET status = 'published'")
        assert refused(
            "price_edition_withdrawn", "UPDATE pricing_priceedition SET withdrawn_reason = 'Other'"
        )
        assert refused("price_published", "UPDATE pricing_price SET srp = 1")

    def test_does_not_become_a_draft_again(self, edition: PriceEdition) -> None:
        statement = "UPDATE pricing_priceedition SET status = 'draft', published_at = NULL"
        assert refused("price_edition_transition", statement)


class TestADraft:
    def test_changes_and_goes(self, book: PriceBook) -> None:
        draft = make_edition(book, "2026-11-01", status="draft")

        run("UPDATE pricing_price SET srp = 1")
        run("UPDATE pricing_priceedition SET name = 'Other', effective_on = '2026-12-01'")
        run("DELETE FROM pricing_price WHERE edition_id = %s", draft.id)
        run("DELETE FROM pricing_priceedition WHERE id = %s", draft.id)

        with tenancy.as_system():
            assert not PriceEdition.objects.exists()

    def test_is_not_withdrawn(self, book: PriceBook) -> None:
        make_edition(book, "2026-11-01", status="draft")

        statement = (
            "UPDATE pricing_priceedition SET status = 'withdrawn', published_at = now(), withdrawn_at = now(),"
            " withdrawn_reason = 'x'"
        )
        assert refused("price_edition_transition", statement)

    def test_has_no_negative_price(self, book: PriceBook) -> None:
        make_edition(book, "2026-11-01", status="draft")

        assert refused("price_not_negative", "UPDATE pricing_price SET svp_h = -1")

    def test_is_the_only_one_of_its_day(self, book: PriceBook) -> None:
        make_edition(book, "2026-11-01", status="draft")
        make_edition(book, "2026-12-01", status="draft")

        statement = "UPDATE pricing_priceedition SET effective_on = '2027-01-01'"
        assert refused("price_edition_one_draft_a_day", statement)

    def test_stays_in_its_book_and_country(self, book: PriceBook) -> None:
        make_edition(book, "2026-11-01", status="draft")
        other = make_book("PL", "PLN")

        assert refused("price_edition_identity", "UPDATE pricing_priceedition SET book_id = %s", other.id)
        with pytest.raises(IntegrityError), tenancy.as_system(), transaction.atomic():
            PriceEdition.objects.create(book=book, country="PL", name="x", effective_on="2027-01-01")


class TestAPriceBook:
    def test_keeps_its_country_currency_and_kind(self, book: PriceBook) -> None:
        for change in ("country = 'PL'", "currency = 'USD'", "kind = 'saas'"):
            assert refused("price_book_stays", f"UPDATE pricing_pricebook SET {change}")
        run("UPDATE pricing_pricebook SET time_zone = 'UTC'")


class TestASetOfFiles:
    @pytest.fixture
    def file_set(self, book: PriceBook) -> FileSet:
        edition = make_edition(book, "2026-11-01")
        with tenancy.as_system():
            return FileSet.objects.create(
                book=book, country="EG", valid_on="2026-11-01", current=edition, editions=[edition.id],
                planned_at=NOW,
            )  # fmt: skip

    def test_is_not_offered_before_it_is_complete(self, file_set: FileSet) -> None:
        assert refused("file_set_offered_complete", "UPDATE pricing_fileset SET offered = true")
        run("UPDATE pricing_fileset SET offered = true, completed_at = now()")

    def test_is_not_offered_again_once_it_is_retired(self, file_set: FileSet) -> None:
        run("UPDATE pricing_fileset SET retired_at = now()")

        statement = "UPDATE pricing_fileset SET retired_at = NULL, offered = true, completed_at = now()"
        assert refused("file_set_stays", statement)

    def test_says_forever_what_stands_in_it(self, file_set: FileSet) -> None:
        assert refused("file_set_stays", "UPDATE pricing_fileset SET editions = '{}'")

    def test_has_files_that_follow_it_and_never_change(self, file_set: FileSet) -> None:
        values = (
            "INSERT INTO pricing_pricefile (public_id, file_set_id, country, offered, price_list, with_cost,"
            " \"window\", format, editions, name, stored, size, sha256, rows, built_at) VALUES ('aaaaaaaaaaaa', %s,"
            " 'EG', false, 'list', false, 'current', 'csv', '{}', 'x', 'x', 1, 'x', 1, now())"
        )
        run(values, file_set.id)
        run("UPDATE pricing_fileset SET offered = true, completed_at = now()")

        with tenancy.as_system():
            assert file_set.files.get().offered
        assert refused("price_file_kept", "UPDATE pricing_pricefile SET sha256 = 'y'")
        assert refused("price_file_kept", "DELETE FROM pricing_pricefile")


class TestEvenTheOwner:
    """Whoever repairs data is told the same: triggers know no exception."""

    @pytest.fixture
    def owner(self, django_db_setup: None) -> Iterator[Any]:
        connected = psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"])
        yield connected
        connected.rollback()
        connected.close()

    def test_changes_no_published_price(self, db: None, owner: Any) -> None:
        with owner.cursor() as cursor:
            cursor.execute(
                "INSERT INTO pricing_pricebook (public_id, country, currency, kind, time_zone, version, created_at)"
                " VALUES ('aaaaaaaaaaaa', 'EG', 'EGP', 'software', 'UTC', 1, now()) RETURNING id"
            )
            book = cursor.fetchone()[0]
            cursor.execute(
                "INSERT INTO pricing_productline (code, name, is_active, version) VALUES ('X', 'X', true, 1)"
                " RETURNING id"
            )
            line = cursor.fetchone()[0]
            cursor.execute(
                "INSERT INTO pricing_part (number, description, line_id, type, is_active, version)"
                " VALUES ('D0ABCLL', 'x', %s, 'licence', true, 1) RETURNING id",
                [line],
            )
            part = cursor.fetchone()[0]
            cursor.execute(
                "INSERT INTO pricing_priceedition (public_id, book_id, country, name, effective_on, status,"
                " created_at, published_by_name, withdrawn_by_name, withdrawn_reason, version) VALUES"
                " ('aaaaaaaaaaaa', %s, 'EG', 'x', '2026-11-01', 'draft', now(), '', '', '', 1) RETURNING id",
                [book],
            )
            edition = cursor.fetchone()[0]
            cursor.execute(
                "INSERT INTO pricing_price (edition_id, part_id, srp, replacement) VALUES (%s, %s, 1, '')",
                [edition, part],
            )
            cursor.execute(
                "UPDATE pricing_priceedition SET status = 'published', published_at = now(), part_count = 1"
            )
            with pytest.raises(psycopg2.IntegrityError, match="never change"):
                cursor.execute("UPDATE pricing_price SET srp = 2")


class TestStatus:
    def test_is_one_of_those_the_database_knows(self) -> None:
        assert set(EditionStatus.values) == {"draft", "published", "withdrawn"}
        assert Price._meta.pk is not None
