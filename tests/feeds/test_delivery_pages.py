"""Deliveries as the vendor's people see them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client

from feeds.models import Delivery, Status
from feeds.work import work_on_all
from identity import tenancy
from identity.models import User
from pricing.models import Part
from tests.cast import Cast, signed_in

from .sending import PARTS, SOME_PARTS, again, checked, loaded, make_lines, make_pricing


@pytest.fixture
def pia(db: None) -> User:
    make_lines("FLOW")
    return make_pricing()


@pytest.fixture
def browser(pia: User) -> Client:
    return signed_in(pia)


def upload(
    browser: Client, content: str | bytes, *, feed: str = "parts", name: str = "parts.csv", **more: Any
) -> Any:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    file.name = name
    return browser.post(f"/feeds/kinds/{feed}/", {"file": file, **more})


def latest() -> Delivery:
    with tenancy.as_system():
        return Delivery.objects.order_by("-id").first()


class TestTheWayOfAFileByPage:
    def test_is_uploaded_looked_at_confirmed_and_loaded(self, browser: Client) -> None:
        sent = upload(browser, SOME_PARTS)
        delivery = latest()
        assert sent.status_code == 302
        assert sent.url == f"/feeds/{delivery.public_id}/"
        assert "hx-get" in browser.get(sent.url).content.decode()

        work_on_all()
        page = browser.get(sent.url).content.decode()
        assert "D0AAALL" in page
        assert "Flow Designer" in page
        assert browser.get(f"{sent.url}progress/").headers["HX-Refresh"] == "true"

        seen = again(delivery).fingerprint
        assert browser.post(f"{sent.url}confirm/", {"seen": seen}).status_code == 302
        work_on_all()
        assert "The file was loaded" in browser.get(sent.url).content.decode()
        with tenancy.as_system():
            assert Part.objects.count() == 2

    def test_says_when_nothing_would_change(self, browser: Client, pia: User) -> None:
        loaded("parts", SOME_PARTS, by=pia)

        delivery = checked("parts", SOME_PARTS, by=pia)

        assert "Nothing would change" in browser.get(f"/feeds/{delivery.public_id}/").content.decode()

    def test_lists_each_error_and_gives_them_as_a_file(self, browser: Client, pia: User) -> None:
        bad = PARTS + "D0AAALL,Flow,FLOW,licence,yes\r\nSHORT,=1+1,NONE,weird,maybe\r\n"
        delivery = checked("parts", bad, by=pia)

        page = browser.get(f"/feeds/{delivery.public_id}/").content.decode()
        file = browser.get(f"/feeds/{delivery.public_id}/errors/")

        assert delivery.status == Status.INVALID
        assert "SHORT" in page
        assert "weird" in page
        assert "maybe" in page
        lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
        assert lines[0] == "Row,Column,Value,Rule"
        assert lines[1].startswith("3,Part number,SHORT,")
        assert file.headers["Content-Disposition"] == 'attachment; filename="parts.csv-errors.csv"'

    def test_asks_for_a_tick_before_it_removes_much(self, browser: Client, pia: User) -> None:
        loaded("parts", SOME_PARTS, by=pia)
        delivery = checked(
            "parts", PARTS + "D0AAALL,Flow Designer,FLOW,licence,yes\r\n", by=pia, complete=True
        )
        address = f"/feeds/{delivery.public_id}/"

        untold = browser.post(f"{address}confirm/", {"seen": delivery.fingerprint})
        assert untold.status_code == 422
        assert "Tick this" in untold.content.decode()

        browser.post(f"{address}confirm/", {"seen": delivery.fingerprint, "removal": "on"})
        work_on_all()
        with tenancy.as_system():
            assert not Part.objects.get(number="D0BBBLL").is_active


class TestAHeaderThatIsCalledOtherwise:
    FILE = "Teilenummer;Text;line;type\r\nD0AAALL;Flow Designer;FLOW;licence\r\n"

    def test_is_matched_by_hand_and_remembered(self, browser: Client, pia: User) -> None:
        delivery = checked("parts", self.FILE, by=pia)
        assert delivery.status == Status.NEEDS_MAPPING
        address = f"/feeds/{delivery.public_id}/"
        assert "Teilenummer" in browser.get(address).content.decode()

        columns = {"column_number": "0", "column_description": "1", "column_line": "2", "column_type": "3"}
        answer = browser.post(f"{address}columns/", columns | {"version": delivery.version})
        assert answer.status_code == 302
        work_on_all()
        assert again(delivery).status == Status.READY

        assert checked("parts", self.FILE, by=pia).status == Status.READY

    def test_is_asked_for_again_when_it_is_left_out(self, browser: Client, pia: User) -> None:
        delivery = checked("parts", self.FILE, by=pia)

        answer = browser.post(
            f"/feeds/{delivery.public_id}/columns/",
            {"version": delivery.version, "column_description": "1", "column_line": "1", "column_type": "3"},
        )

        assert answer.status_code == 422
        assert again(delivery).status == Status.NEEDS_MAPPING


class TestWhatIsNoTable:
    @pytest.mark.parametrize("content", [b"", b"MZ\x90\x00" * 100, b"PK\x03\x04 not really a workbook"])
    def test_is_refused_at_the_field(self, browser: Client, content: bytes) -> None:
        answer = upload(browser, content, name="parts.xlsx")

        assert answer.status_code == 422
        assert latest() is None


class TestPeople:
    def test_who_may_not_send_a_feed_are_told_who_may(self, browser: Client) -> None:
        page = browser.get("/feeds/kinds/customers/")
        assert page.status_code == 200
        assert "Channel operations assigns" in page.content.decode()

        answer = upload(browser, "number,name,country\r\n1200417,Lagoon,IT\r\n", feed="customers")
        assert answer.status_code == 403
        assert latest() is None

    def test_partners_have_no_deliveries(self, cast: Cast, pia: User) -> None:
        delivery = checked("parts", SOME_PARTS, by=pia)
        partner = signed_in(cast.primary)

        assert partner.get("/feeds/").status_code == 403
        assert partner.get(f"/feeds/{delivery.public_id}/").status_code == 403
        assert signed_in(pia).get(f"/feeds/{delivery.public_id}/").status_code == 200

    def test_a_feed_nobody_declares_is_not_found(self, browser: Client) -> None:
        assert browser.get("/feeds/kinds/nothing/").status_code == 404
        assert browser.get("/feeds/kinds/parts/").status_code == 200


class TestTheList:
    def test_shows_deliveries_by_feed_and_state(self, browser: Client, pia: User) -> None:
        checked("parts", SOME_PARTS, by=pia, name="first.csv")
        checked("parts", PARTS + "X,,,,\r\n", by=pia, name="second.csv")

        everything = browser.get("/feeds/").content.decode()
        invalid = browser.get("/feeds/?status=invalid").content.decode()

        assert "first.csv" in everything
        assert "second.csv" in everything
        assert "first.csv" not in invalid
        assert "second.csv" in invalid

    def test_what_can_be_sent_has_an_example_that_is_right(self, browser: Client, pia: User) -> None:
        example = browser.get("/feeds/kinds/parts/example/")

        assert example.headers["Content-Type"] == "text/csv; charset=utf-8"
        delivery = checked("parts", example.content, by=pia)
        assert delivery.status == Status.READY, delivery.errors
