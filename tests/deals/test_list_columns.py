"""Which columns the opportunity manager shows to whom: on the page, in files and in the API alike."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deals.columns import COLUMNS, SHOWN_FIRST, columns_for, columns_shown
from deals.listing import LONG, ROW
from deals.states import Status
from identity import tenancy
from identity.models import AuditEvent
from reports import files
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import make_deal

pytestmark = pytest.mark.django_db
SECRETS = {
    "competitors": "Rival Vendor Inc",
    "next_steps": "Meet the secret sponsor",
    "engineer_name": "Engineer Erika",
}
EVERY = ",".join(column.name for column in COLUMNS)


@pytest.fixture
def deal(cast: Cast) -> Any:
    return make_deal(cast, Status.APPROVED, name="=Deal", **SECRETS)


def page_of(who: Any, query: str = "") -> str:
    answer = signed_in(who).get(f"/deals/?{query}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def head_of(page: str) -> list[str]:
    cells = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page)
    return [re.sub(r"<[^>]*>", "", cell) for cell in cells]


def body_of(who: Any, format: str, query: str = "") -> bytes:
    answer = signed_in(who).get(f"/deals/export.{format}?{query}")
    assert answer.status_code == 200, answer
    return b"".join(answer.streaming_content)


def csv_of(who: Any, query: str = "") -> list[dict[str, str]]:
    text = body_of(who, "csv", query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def sheet_of(who: Any, query: str = "") -> Iterator[tuple[Any, ...]]:
    return openpyxl.load_workbook(io.BytesIO(body_of(who, "xlsx", query))).active.iter_rows(values_only=True)


class TestColumns:
    def test_are_those_of_the_reader_until_they_choose(self, cast: Cast, deal: Any) -> None:
        for who, party in (
            (cast.sales, "Distributor"),
            (cast.distributor, "Partner"),
            (cast.deal_desk, "Partner"),
        ):
            head = head_of(page_of(who, "show=all"))
            assert sorted(head) == sorted(
                ["Deal", "Customer", "Products", "Value", "Status", "Close date", party, "Last change"]
            )

    def test_can_be_chosen_and_the_deal_itself_is_always_there(self, cast: Cast, deal: Any) -> None:
        assert head_of(page_of(cast.sales, "columns=number,expires")) == [
            "Registration number",
            "Deal",
            "Expires",
        ]

    def test_all_of_them_are_shown(self, cast: Cast, deal: Any) -> None:
        for who in (cast.sales, cast.distributor, cast.deal_desk):
            page = page_of(who, f"show=all&columns={EVERY}")
            columns = columns_for(actor(who))
            assert head_of(page) == [str(column.label) for column in columns]
            cells = re.findall(r"<t[dh] (?:data-label|scope=\"row\")", page)
            assert len(cells) == len(columns)  # each has its cell in the template
            assert ("Meet the secret sponsor" in page) == (who is not cast.distributor)

    def test_of_what_is_long_are_read_only_where_they_are_shown(self, cast: Cast, deal: Any) -> None:
        with CaptureQueriesContext(connection) as asked:
            page_of(cast.sales)
        assert not any('"next_steps"' in query["sql"] for query in asked)

    def test_leave_nothing_out_that_the_page_reads(self) -> None:
        fields = {"expires_at": "expiring_at", "close_on": "closing_on"}
        sources = {fields.get(column.source, column.source) for column in COLUMNS}
        assert sources <= {*ROW, *LONG}

    def test_first_shown_are_there(self, cast: Cast) -> None:
        for who in (cast.sales, cast.distributor, cast.deal_desk):
            kind = actor(who).kind
            assert len(columns_shown("", actor(who))) == len(SHOWN_FIRST[kind].split(","))


class TestADistributor:
    """Is not told what partner and vendor tell each other, whichever way it asks."""

    @pytest.mark.parametrize("query", ["", f"columns={EVERY}"])
    def test_finds_no_trace_on_the_page_or_in_a_file(self, cast: Cast, deal: Any, query: str) -> None:
        page = page_of(cast.distributor, query)
        text = body_of(cast.distributor, "csv", query).decode()
        sheet = str(list(sheet_of(cast.distributor, query)))
        for found in (page, text, sheet):
            assert "=Deal" in found
            assert "Nadia Farouk" in found or query == ""
            assert not [secret for secret in (*SECRETS.values(), "Dana Desk") if secret in found]

    def test_finds_no_trace_on_the_deals_own_page(self, cast: Cast, deal: Any) -> None:
        for who, told in ((cast.distributor, False), (cast.sales, True), (cast.deal_desk, True)):
            page = signed_in(who).get(f"/deals/{deal.public_id}/").content.decode()
            assert "=Deal" in page
            assert [secret in page for secret in SECRETS.values()] == [told] * 3

    def test_finds_no_trace_in_the_api(self, cast: Cast, deal: Any) -> None:
        for address in ("/api/v1/deals/", f"/api/v1/deals/{deal.public_id}/"):
            for who, hidden in ((cast.distributor, True), (cast.sales, False), (cast.deal_desk, False)):
                text = caller(who).get(address).content.decode()
                assert "=Deal" in text
                assert [secret in text for secret in SECRETS.values()] == [not hidden] * 3


class TestAFile:
    def test_has_every_column_with_the_deals_in_typed_cells(self, cast: Cast, deal: Any) -> None:
        header, row = sheet_of(cast.sales)
        found = dict(zip(header, row, strict=True))
        assert found["Deal"] == "=Deal"
        assert found["Value"] == deal.value / 100
        assert found["Currency"] == deal.currency
        assert found["Close date"].date() == deal.close_on
        assert found["Submitted (time in UTC)"].date() == deal.submitted_at.date()
        assert found["Country"] == "Egypt"
        assert found["Status"] == "Approved"
        assert found["Next steps"] == SECRETS["next_steps"]

    def test_of_csv_neutralises_what_looks_like_a_formula(self, cast: Cast, deal: Any) -> None:
        [row] = csv_of(cast.sales)
        assert row["Deal"] == "'=Deal"
        assert row["Registration number"] == deal.number
        assert row["Value"] == "125000.00"

    def test_has_the_columns_that_were_chosen(self, cast: Cast, deal: Any) -> None:
        assert list(csv_of(cast.sales, "columns=value,number")[0]) == [
            *("Registration number", "Deal", "Value", "Currency")
        ]

    def test_has_what_the_list_shows_on_all_its_pages_in_its_order(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("identity.paging.page.__kwdefaults__", {"size": 1, "param": "cursor"})
        for name in "abc":
            make_deal(cast, name=name)
        make_deal(cast, Status.WON, name="won")
        assert [row["Deal"] for row in csv_of(cast.sales, "show=waiting")] == ["c", "b", "a"]
        assert [row["Deal"] for row in csv_of(cast.sales, "show=waiting&order=oldest&q=b")] == ["b"]
        assert csv_of(cast.rival) == []

    def test_speaks_the_readers_language(self, cast: Cast, deal: Any) -> None:
        cast.sales.user.language = "ar"
        with tenancy.as_system():
            cast.sales.user.save()
        sheet = openpyxl.load_workbook(io.BytesIO(body_of(cast.sales, "xlsx"))).active
        assert sheet.sheet_view.rightToLeft
        assert "Deal" not in [cell.value for cell in sheet[1]]

    def test_is_a_download_that_nobody_keeps(self, cast: Cast, deal: Any) -> None:
        for format in ("csv", "xlsx"):
            answer = signed_in(cast.sales).get(f"/deals/export.{format}")
            assert re.fullmatch(
                rf'attachment; filename="deals-[\d-]+\.{format}"', answer["Content-Disposition"]
            )
            assert answer["Cache-Control"] == "private, no-store"
            b"".join(answer.streaming_content)

    def test_is_refused_to_those_without_the_privilege(self, cast: Cast) -> None:
        for who in (cast.newcomer, cast.care, cast.applicant):
            assert signed_in(who).get("/deals/export.csv").status_code == 403

    def test_that_is_big_is_made_in_the_background(self, cast: Cast, deal: Any, settings: Any) -> None:
        settings.EXPORT_STREAM_ROWS = 1
        assert len(csv_of(cast.sales)) == 1
        make_deal(cast)
        browser = signed_in(cast.sales)
        answer = browser.get("/deals/export.csv?show=waiting&q=Edge")
        assert answer.status_code == 200  # one of the two is filtered away
        answer = browser.get("/deals/export.csv?show=all", follow=True)
        assert answer.redirect_chain[0][0].startswith("/reports/exports/")
        assert "You can leave this page" in answer.content.decode()


class TestADownload:
    def events(self) -> list[tuple[str, dict[str, Any]]]:
        with tenancy.as_system():
            found = AuditEvent.objects.filter(object_type="list").order_by("id")
            return list(found.values_list("event", "detail"))

    def test_is_audited_with_what_was_asked_for_and_how_many_rows_went_out(
        self, cast: Cast, deal: Any
    ) -> None:
        csv_of(cast.sales, "show=approved&columns=number&cursor=&country=EG")
        (begun, what), (done, how) = self.events()
        assert (begun, done) == ("list.download_begun", "list.downloaded")
        assert what == {
            "format": "csv",
            "level": "list",
            "filters": "show=approved&country=EG&columns=number",
            "columns": ["number", "name"],
        }
        assert how == {**what, "rows": 1, "whole": True}

    @pytest.mark.django_db(transaction=True)
    def test_that_breaks_off_is_audited_as_far_as_it_went(self, cast: Cast) -> None:
        make_deal(cast)
        answer = signed_in(cast.sales).get("/deals/export.csv")
        next(iter(answer.streaming_content))
        answer.close()
        assert self.events()[-1][0] == "list.downloaded"
        assert self.events()[-1][1]["whole"] is False

    @pytest.mark.django_db(transaction=True)
    def test_sees_no_more_after_the_request_than_in_it(self, cast: Cast) -> None:
        """Outside of any test's transaction, as in production: the generator opens a scope of its own."""
        make_deal(cast, name="Ours")
        make_deal(cast, name="Theirs", by=cast.rival)
        answer = signed_in(cast.sales).get("/deals/export.csv")
        assert not connection.in_atomic_block
        body = b"".join(answer.streaming_content)
        assert b"Ours" in body
        assert b"Theirs" not in body
        assert not connection.in_atomic_block
        assert len(self.events()) == 2

    @pytest.mark.django_db(transaction=True)
    def test_reads_by_a_cursor_on_the_server(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        assert settings.DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"]
        monkeypatch.setattr(files, "AT_A_TIME", 2)
        for _ in range(5):
            make_deal(cast)
        answer = signed_in(cast.sales).get("/deals/export.xlsx")
        asked: list[str] = []
        original = connection.chunked_cursor

        def watched() -> Any:
            asked.append("cursor")
            return original()

        monkeypatch.setattr(connection, "chunked_cursor", watched)
        assert b"".join(answer.streaming_content).startswith(b"PK")
        assert asked == ["cursor"]
