"""Price files: what stands in them, for whom they are built, and that nothing half is ever offered."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas
import pytest
from django.utils import timezone

from identity import tenancy
from identity.models import Site
from identity.privileges import Tool
from notifications.models import Notice
from pricing import tasks
from pricing.files import building
from pricing.files.offered import STORE, offered_files, offered_set
from pricing.files.planning import plan_sets
from pricing.models import (
    FileFormat,
    FileSet,
    Part,
    PriceBook,
    PriceEdition,
    PriceFile,
    PriceList,
    Window,
    columns_of,
)
from tests.cast import actor
from tests.factories import make_member, make_site
from tests.pricing.priced import EVERY, NOW, make_book, make_edition, make_parts

pytestmark = pytest.mark.django_db


def planned(book: PriceBook, now: datetime = NOW) -> list[FileSet]:
    with tenancy.as_system():
        return plan_sets(book, now=now)


def built(book: PriceBook, now: datetime = NOW) -> None:
    for file_set in planned(book, now):
        assert building.build_set(file_set.id, now=now)


def offered(book: PriceBook, now: datetime = NOW) -> dict[tuple[str, bool, str, str], PriceFile]:
    """The files offered today, as the system sees them."""
    with tenancy.as_system():
        files = offered_files(book, now)
        return {(each.price_list, each.with_cost, each.window, each.format): each for each in files}


def content(file: PriceFile) -> bytes:
    return STORE.path_of(file.stored).read_bytes()


def rows_of(file: PriceFile) -> list[dict[str, str]]:
    """A CSV file, as a strict reader reads it."""
    text = content(file).decode("utf-8")
    assert text.count("\n") == text.count("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def triples(file: PriceFile) -> list[tuple[str, str, str]]:
    return [(row["part_number"], row["effective_from"], row["srp"]) for row in rows_of(file)]


def live(book: PriceBook) -> list[FileSet]:
    with tenancy.as_system():
        return list(FileSet.objects.filter(book=book, retired_at=None).order_by("valid_on"))


@pytest.fixture
def site(db: None) -> Site:
    return make_site("Nile Systems", country="EG", time_zone="Africa/Cairo")


@pytest.fixture
def book(site: Site) -> PriceBook:
    """Three editions: one that is over, the one in effect, and one announced."""
    book = make_book()
    make_edition(book, "2026-08-01", {"D0ABCLL": EVERY, "D9GONLL": EVERY})
    make_edition(
        book, "2026-11-01", {"D0ABCLL": EVERY | {"srp": 10_500}, "D1NEWLL": EVERY | {"svp_bl": None}}
    )
    make_edition(
        book, "2027-02-01", {"D0ABCLL": EVERY | {"srp": 11_025}, "D1NEWLL": EVERY | {"svp_bl": None}}
    )
    return book


class TestAPriceFile:
    def test_has_the_prices_of_its_window(self, book: PriceBook) -> None:
        built(book)

        files = offered(book)
        rows = {window: triples(files[PriceList.VOLUME, False, window, "csv"]) for window in Window.values}
        now = [
            ("D0ABCLL", "2026-11-01", "105.00"),
            ("D1NEWLL", "2026-11-01", "100.00"),
            ("D9GONLL", "2026-11-01", ""),
        ]
        soon = [("D0ABCLL", "2027-02-01", "110.25"), ("D1NEWLL", "2027-02-01", "100.00")]
        assert rows == {"current": now, "current_future": now + soon, "future": soon}

    def test_says_what_changed_against_the_edition_before(self, book: PriceBook) -> None:
        built(book)

        rows = rows_of(offered(book)[PriceList.VOLUME, False, "current_future", "csv"])
        assert [(r["part_number"], r["price_status"], r["change_code"], r["pct_change"]) for r in rows] == [
            ("D0ABCLL", "current", "U", "5.00"),
            ("D1NEWLL", "current", "N", ""),
            ("D9GONLL", "current", "D", ""),
            ("D0ABCLL", "future", "U", "5.00"),
            ("D1NEWLL", "future", "", ""),
        ]
        assert {(r["effective_from"], r["effective_to"]) for r in rows} == {
            ("2026-11-01", "2027-02-01"),
            ("2027-02-01", ""),
        }

    def test_does_not_tell_of_a_changed_cost_where_cost_is_not_shown(self, site: Site) -> None:
        make_member(site, "Mona Cost", tools=[Tool.PRICE_FILES, Tool.PARTNER_COST])
        book = make_book()
        make_edition(book, "2026-08-01")
        make_edition(book, "2026-11-01", {"D0ABCLL": EVERY | {"bp_price": 1}})
        built(book)

        files = offered(book)
        (plain,) = rows_of(files[PriceList.VOLUME, False, "current", "csv"])
        (with_cost,) = rows_of(files[PriceList.VOLUME, True, "current", "csv"])
        assert (plain["change_code"], "bp_price" in plain) == ("", False)
        assert (with_cost["change_code"], with_cost["bp_price"]) == ("U", "0.01")

    @pytest.mark.parametrize("price_list", PriceList.values)
    def test_has_the_price_columns_of_its_list_and_no_others(self, price_list: str) -> None:
        programme, level = {
            "list": ("express", "BL"), "volume": ("relationship", "D"),
            "academic": ("relationship", "ED"), "government": ("relationship", "GV"),
        }[price_list]  # fmt: skip
        site = make_site("Dar", country="EG", programme=programme, price_level=level)
        make_member(site, "Mona Cost", tools=[Tool.PARTNER_COST])
        book = make_book()
        make_edition(book, "2026-11-01")
        built(book)

        files = offered(book)
        assert {(each[0], each[1]) for each in files} == {(price_list, False), (price_list, True)}
        for with_cost in (False, True):
            (row,) = rows_of(files[price_list, with_cost, "current", "csv"])
            prices = {name for name in row if name in EVERY}
            assert prices == set(columns_of(price_list, with_cost=with_cost))
            assert {Decimal(row[name]) * 100 for name in prices} == {EVERY[name] for name in prices}

    def test_is_the_same_in_every_format_with_real_numbers_and_dates(self, book: PriceBook) -> None:
        built(book)

        files = offered(book)
        key = (PriceList.VOLUME, False, "current_future")
        rows = rows_of(files[(*key, "csv")])
        path = str(STORE.path_of(files[(*key, "parquet")].stored))
        frame = pandas.read_parquet(path)
        query = f"SELECT part_number, srp, effective_from, effective_to FROM read_parquet('{path}')"
        ducks = duckdb.sql(query).fetchall()
        sheet = openpyxl.load_workbook(io.BytesIO(content(files[(*key, "xlsx")]))).active
        head, *cells = sheet.iter_rows(values_only=True)
        assert list(rows[0]) == list(frame.columns) == list(head)
        assert ducks[0] == ("D0ABCLL", Decimal("105.00"), date(2026, 11, 1), date(2027, 2, 1))
        assert frame["srp"][0] == Decimal("105.00")
        first = dict(zip(head, cells[0], strict=True))
        assert (first["srp"], first["part_number"], first["pct_change"]) == (105, "D0ABCLL", 5)
        assert first["effective_from"] == datetime(2026, 11, 1)
        assert len(rows) == len(ducks) == len(cells) == files[(*key, "csv")].rows == 5

    @pytest.mark.parametrize(
        ("currency", "written"), [("JPY", "10000"), ("USD", "100.00"), ("KWD", "10.000")]
    )
    def test_has_as_many_decimals_as_its_currency(self, site: Site, currency: str, written: str) -> None:
        book = make_book("EG", currency)
        make_edition(book, "2026-11-01")
        built(book)

        files = offered(book)
        (row,) = rows_of(files[PriceList.VOLUME, False, "current", "csv"])
        path = STORE.path_of(files[PriceList.VOLUME, False, "current", "parquet"].stored)
        assert row["srp"] == written
        assert str(pandas.read_parquet(path)["srp"][0]) == written

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\u200e＝1"])
    def test_holds_no_formula_in_csv_and_the_text_itself_elsewhere(self, site: Site, text: str) -> None:
        (part,) = make_parts("D0ABCLL")
        with tenancy.as_system():
            Part.objects.filter(id=part.id).update(description=text)
        book = make_book()
        make_edition(book, "2026-11-01", name="=A1")
        built(book)

        files = offered(book)
        (row,) = rows_of(files[PriceList.VOLUME, False, "current", "csv"])
        path = STORE.path_of(files[PriceList.VOLUME, False, "current", "parquet"].stored)
        assert (row["part_description"], row["announcement_no"]) == (f"'{text}", "'=A1")
        assert pandas.read_parquet(path)["part_description"][0] == text

    def test_keeps_quotes_commas_and_other_scripts_and_has_one_line_a_row(self, site: Site) -> None:
        (part,) = make_parts("D0ABCLL")
        with tenancy.as_system():
            Part.objects.filter(id=part.id).update(description='رخصة "نيل", 12\r\nmonths')
        book = make_book()
        make_edition(book, "2026-11-01")
        built(book)

        (row,) = rows_of(offered(book)[PriceList.VOLUME, False, "current", "csv"])
        assert row["part_description"] == 'رخصة "نيل", 12  months'

    def test_says_what_quotes_need_of_a_part_in_every_format(self, book: PriceBook) -> None:
        with tenancy.as_system():
            for number, terms in (
                ("D0ABCLL", {"metric": "vpc", "points": Decimal("4.5"), "term_months": 12}),
            ):
                Part.objects.filter(number=number).update(**terms)
        built(book)
        files = {format: offered(book)[PriceList.VOLUME, False, "current", format] for format in FileFormat}

        plain = next(row for row in rows_of(files[FileFormat.CSV]) if row["part_number"] == "D0ABCLL")
        assert (plain["charge_metric"], plain["term_months"], plain["points"]) == ("vpc", "12", "4.50")
        frame = pandas.read_parquet(STORE.path_of(files[FileFormat.PARQUET].stored)).set_index("part_number")
        assert frame.loc["D0ABCLL", "points"] == Decimal("4.50")
        assert frame.loc["D0ABCLL", "term_months"] == 12
        sheet = openpyxl.load_workbook(io.BytesIO(content(files[FileFormat.XLSX]))).active
        header = [cell.value for cell in sheet[1]]
        written = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "D0ABCLL")
        assert written[header.index("points")] == 4.5

    def test_is_what_its_row_says(self, book: PriceBook) -> None:
        built(book)

        for file in offered(book).values():
            data = content(file)
            assert (len(data), hashlib.sha256(data).hexdigest()) == (file.size, file.sha256)
        names = {file.name for file in offered(book).values()}
        assert "eg-egp-software-volume-current-2026-11-01.csv" in names
        assert len(names) == 9


class TestWhenNothingIsAnnounced:
    def test_there_is_a_file_of_future_prices_with_a_header_alone(self, site: Site) -> None:
        book = make_book()
        make_edition(book, "2026-11-01")
        built(book)

        files = offered(book)
        for format_ in FileFormat.values:
            assert files[PriceList.VOLUME, False, "future", format_].rows == 0
        assert content(files[PriceList.VOLUME, False, "future", "csv"]).startswith(b"part_number,")
        assert pandas.read_parquet(
            STORE.path_of(files[PriceList.VOLUME, False, "future", "parquet"].stored)
        ).empty

    def test_there_is_a_file_of_current_prices_with_a_header_alone_before_the_first_edition(
        self, site: Site
    ) -> None:
        book = make_book()
        make_edition(book, "2027-01-01")
        built(book)

        files = offered(book)
        assert files[PriceList.VOLUME, False, "current", "csv"].rows == 0
        assert files[PriceList.VOLUME, False, "future", "csv"].rows == 1


class TestSetsOfFiles:
    def test_are_made_for_today_and_for_each_day_on_which_prices_change(self, book: PriceBook) -> None:
        built(book)

        assert [(str(each.valid_on), len(each.editions), each.offered) for each in live(book)] == [
            ("2026-11-01", 2, True),
            ("2027-02-01", 1, True),
        ]

    def test_change_at_midnight_of_the_country_without_anything_being_built(self, book: PriceBook) -> None:
        built(book)
        before_midnight = datetime(2027, 1, 31, 21, 59, tzinfo=UTC)  # Cairo is two hours ahead

        with tenancy.as_system():
            assert str(offered_set(book, before_midnight).valid_on) == "2026-11-01"
            assert str(offered_set(book, before_midnight + timedelta(minutes=1)).valid_on) == "2027-02-01"

    def test_of_days_that_are_over_are_retired(self, book: PriceBook) -> None:
        built(book)
        later = datetime(2027, 2, 1, 12, 0, tzinfo=UTC)

        with tenancy.as_system():
            building.retire_replaced(book, now=later)

        assert [str(each.valid_on) for each in live(book)] == ["2027-02-01"]

    def test_planned_again_change_nothing(self, book: PriceBook) -> None:
        built(book)
        ids = [each.id for each in live(book)]

        assert planned(book) == []
        assert [each.id for each in live(book)] == ids

    def test_stay_offered_until_what_replaces_them_is_complete(self, book: PriceBook) -> None:
        built(book)
        old = live(book)
        make_edition(book, "2027-03-01")

        new = planned(book)

        with tenancy.as_system():
            assert offered_set(book, NOW) == old[0]
        assert building.build_set(new[0].id, now=NOW)
        with tenancy.as_system():
            assert offered_set(book, NOW) == new[0]
            assert FileSet.objects.get(id=old[0].id).retired_at == NOW

    def test_tell_the_countrys_sites_once_when_new_prices_can_be_had(self, book: PriceBook) -> None:
        built(book)
        built(book)

        with tenancy.as_system():
            told = Notice.objects.filter(kind="price.edition_published")
            names = sorted(each.context["name"] for each in told)
            assert (
                PriceEdition.objects.filter(announced_at=None).count() == 1
            )  # the one that was over already
        assert names == ["A-261101", "A-270201"]

    def test_are_offered_to_nobody_while_a_file_is_missing(
        self, book: PriceBook, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_member(
            make_site("Dar", country="EG", programme="express"), "Mona Express", tools=[Tool.PRICE_FILES]
        )
        (today, _later) = planned(book)
        build, calls = building._build_variant, []

        def once(*args: Any, **more: Any) -> None:
            calls.append(args)
            if len(calls) == 2:
                raise OSError(28, "No space left on device")
            build(*args, **more)

        monkeypatch.setattr(building, "_build_variant", once)

        assert tasks.build(today.id) is False

        assert offered(book) == {}
        with tenancy.as_system():
            failed = FileSet.objects.get(id=today.id)
            assert (failed.attempts, failed.offered, failed.files.count()) == (1, False, 9)
            assert "No space left" in failed.problem
            assert Notice.objects.filter(kind="price.building_failed").count() == 1
            assert building.sets_to_build(timezone.now()) != [today.id]  # after a while
        assert tasks.build(today.id) is True
        assert len(offered(book)) == 18


class TestWhatIsBuilt:
    def test_is_what_the_countrys_active_sites_are_entitled_to(self, book: PriceBook) -> None:
        make_site("Closed", country="EG", programme="express", is_active=False)
        make_site("Abroad", country="PL", programme="express")
        built(book)

        assert {(each[0], each[1]) for each in offered(book)} == {(PriceList.VOLUME, False)}

    def test_is_completed_when_somebody_becomes_entitled_to_more(self, book: PriceBook, site: Site) -> None:
        built(book)
        reader = actor(make_member(site, "Mona Cost", tools=[Tool.PRICE_FILES, Tool.PARTNER_COST]))
        with tenancy.as_system():
            due = building.sets_to_build(NOW)

        tasks.build_missing()

        assert len(due) == 2
        with tenancy.as_system():
            assert building.sets_to_build(NOW) == []
        with tenancy.scope(reader):
            assert set(PriceFile.objects.values_list("with_cost", flat=True)) == {True, False}

    def test_is_not_built_again_when_it_is_there(self, book: PriceBook) -> None:
        built(book)
        before = {file.stored for file in offered(book).values()}

        tasks.build_missing()
        built(book)

        assert {file.stored for file in offered(book).values()} == before


class TestAReader:
    def test_sees_the_files_of_their_own_list_country_and_privileges(
        self, book: PriceBook, site: Site
    ) -> None:
        plain = actor(make_member(site, "Mona Plain", tools=[Tool.PRICE_FILES]))
        with_cost = actor(make_member(site, "Mona Cost", tools=[Tool.PRICE_FILES, Tool.PARTNER_COST]))
        without = actor(make_member(site, "Mona None", tools=[Tool.PARTNER_COST]))
        express = make_site("Dar", country="EG", programme="express")
        other_list = actor(make_member(express, "Mona Express", tools=[Tool.PRICE_FILES]))
        abroad = actor(make_member(make_site("Wisła", country="PL"), "Ewa", tools=[Tool.PRICE_FILES]))
        built(book)

        def seen(who: Any) -> set[tuple[str, bool]]:
            with tenancy.scope(who):
                return set(offered_files(book, NOW).values_list("price_list", "with_cost"))

        assert seen(plain) == {("volume", False)}
        assert seen(with_cost) == {("volume", False), ("volume", True)}
        assert seen(other_list) == {("list", False)}
        assert seen(without) == seen(abroad) == set()


class TestSweeping:
    def test_forgets_files_without_a_row_and_those_of_sets_long_retired(
        self, book: PriceBook, settings: Any, tmp_path: Path
    ) -> None:
        settings.MEDIA_ROOT = tmp_path
        built(book)
        kept = offered(book)
        (gone,) = [file for key, file in kept.items() if key[2:] == ("current", "csv")]
        orphan = STORE.keep(io.BytesIO(b"of a builder that died"))
        half = STORE.path_of(orphan.name).with_suffix(".part")
        half.write_bytes(b"not even whole")
        yesterday = timezone.now().timestamp() - 2 * 24 * 60 * 60
        for file in STORE._folder().glob("*/*"):
            os.utime(file, (yesterday, yesterday))
        assert building.sweep(NOW) == 1
        assert not STORE.path_of(orphan.name).exists()
        assert not half.exists()
        assert STORE.path_of(gone.stored).exists()
        with tenancy.as_system():
            FileSet.objects.filter(id=gone.file_set_id).update(offered=False, retired_at=NOW)

        building.sweep(NOW + timedelta(days=8))

        assert not STORE.path_of(gone.stored).exists()
