"""Messy and hostile files, the whole way: what readers find out, deliveries act on."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook

from feeds import actions
from feeds.models import Delivery, Status
from feeds.work import work_on_all
from identity import tenancy
from identity.models import User
from pricing.models import ExchangeRate, Part
from tests.api.calls import caller
from tests.cast import actor, signed_in

from .sending import SOME_PARTS, again, checked, loaded, make_lines, make_pricing


@pytest.fixture
def pia(db: None) -> User:
    make_lines("FLOW")
    return make_pricing()


class TestEncodingsAndShapes:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
    def test_all_say_the_same(self, pia: User, encoding: str) -> None:
        content = "number;description;line;type\r\nD0AAALL;Café „Größe“;FLOW;licence\r\n"

        loaded("parts", content.encode(encoding), by=pia)

        with tenancy.as_system():
            assert Part.objects.get(number="D0AAALL").description == "Café „Größe“"

    def test_titles_above_the_header_are_counted_but_not_read(self, pia: User) -> None:
        content = "Parts of autumn,,,\r\n,,,\r\n" + SOME_PARTS + "SHORT,x,FLOW,licence,yes\r\n"

        delivery = checked("parts", content, by=pia)

        assert delivery.header_row == 3
        assert [error["row"] for error in delivery.errors] == [6]

    def test_a_workbook_is_a_file_like_any_other(self, pia: User) -> None:
        book = Workbook()
        for line in SOME_PARTS.splitlines():
            book.active.append(line.split(","))
        file = io.BytesIO()
        book.save(file)

        delivery = loaded("parts", file.getvalue(), by=pia, name="parts.xlsx")

        assert (delivery.status, delivery.facts["format"]) == (Status.LOADED, "xlsx")

    def test_another_sheet_is_read_when_it_is_chosen(self, pia: User) -> None:
        book = Workbook()
        book.active.title = "First"
        second = book.create_sheet("Second")
        for number, sheet in (("D0AAALL", book.active), ("D0BBBLL", second)):
            sheet.append(["number", "description", "line", "type"])
            sheet.append([number, "Flow", "FLOW", "licence"])
        file = io.BytesIO()
        book.save(file)
        delivery = checked("parts", file.getvalue(), by=pia, name="parts.xlsx")

        with tenancy.scope(actor(pia)):
            actions.read_again(
                delivery,
                sheet="Second",
                encoding="",
                version=delivery.version,
                by=actor(pia),
                now=timezone.now(),
            )
        work_on_all()

        assert again(delivery).summary["samples"][0]["label"] == "D0BBBLL"


class TestDatesThatCouldBeTwo:
    FILE = "currency,day,rate\r\nEUR,05/03/2026,0.92\r\nPLN,06/03/2026,3.96\r\n"

    def test_are_asked_about_once(self, pia: User) -> None:
        delivery = checked("exchange-rates", self.FILE, by=pia)
        assert delivery.status == Status.NEEDS_MAPPING
        assert [(asked["column"], asked["about"]) for asked in delivery.questions] == [("day", "order")]

        browser = signed_in(pia)
        fields: dict[str, Any] = {"column_currency": 0, "column_day": 1, "column_rate": 2, "order_day": "mdy"}
        address = f"/feeds/{delivery.public_id}/columns/"
        assert browser.post(address, {**fields, "version": delivery.version}).status_code == 302
        work_on_all()
        ready = again(delivery)
        assert ready.status == Status.READY
        assert ready.summary["samples"][0]["label"] == "EUR 2026-05-03"

        with tenancy.as_system():
            assert not ExchangeRate.objects.exists()
        assert checked("exchange-rates", self.FILE, by=pia).status == Status.READY


def bomb() -> bytes:
    """A workbook whose sheet unpacks to a thousand times its size."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * 200_000_000)
    return file.getvalue()


class TestHostileFiles:
    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(bomb, id="a zip bomb"),
            pytest.param(lambda: b"number" + b",x" * 1_000_000 + b"\r\n", id="a million columns"),
            pytest.param(lambda: b"%PDF-1.7 " + b"x" * 100, id="a PDF"),
            pytest.param(lambda: b"\0" * 1000, id="zeros"),
        ],
    )
    def test_are_refused_by_page_and_by_program(self, pia: User, content: Any) -> None:
        made = content()
        for client, path in ((signed_in(pia), "/feeds/kinds/parts/"), (caller(pia), "/api/v1/deliveries/")):
            file = io.BytesIO(made)
            file.name = "parts.xlsx"
            answer = client.post(path, {"feed": "parts", "file": file})
            assert answer.status_code == 422, path
        with tenancy.as_system():
            assert not Delivery.objects.exists()

    @pytest.mark.parametrize("path", ["/feeds/kinds/parts/", "/api/v1/deliveries/"])
    def test_are_not_even_read_when_they_are_too_large(self, pia: User, path: str) -> None:
        client: Client = caller(pia) if path.startswith("/api/") else signed_in(pia)

        answer = client.generic(
            "POST", path, b"x" * 17_000_000, "multipart/form-data; boundary=x", CONTENT_LENGTH=str(10**10)
        )

        assert answer.status_code == 413

    def test_formulas_are_text_in_the_error_file(self, pia: User) -> None:
        content = "number,description,line,type\r\n=1+1,x,FLOW,licence\r\n+cmd|x,y,FLOW,licence\r\n"
        delivery = checked("parts", content, by=pia)

        file = signed_in(pia).get(f"/feeds/{delivery.public_id}/errors/")

        lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()[1:]
        assert lines
        assert all(line.split(",")[2].startswith("'") for line in lines)
