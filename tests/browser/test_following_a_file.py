"""Files that take their time, down and up: their pages tell how far they are by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from identity import tenancy
from identity.models import Role
from reports import exporting
from reports.models import Export
from tests.browser.conftest import Visitors
from tests.cast import Cast
from tests.cosell.bulk.sending import csv_of, row, send, work
from tests.cosell.factories import give_role, make_location, make_solution
from tests.deals.factories import make_deal
from tests.factories import make_member, make_site

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def everything_is_big(settings: Any) -> None:
    settings.EXPORT_STREAM_ROWS = 0


def test_is_asked_for_followed_and_downloaded(cast: Cast, visitors: Visitors, tmp_path: Path) -> None:
    make_deal(cast, name="Ours")
    page = visitors.open("/deals/?show=all", cast.sales)
    page.get_by_text("Download", exact=True).click()
    page.get_by_role("link", name="Comma-separated (CSV)").click()
    expect(page.get_by_text("It is begun in a moment")).to_be_visible()
    with tenancy.as_system():
        Export.objects.update(status="running", rows_done=400, rows_expected=1000)
    expect(page.get_by_text("400 of about 1,000 rows")).to_be_visible()  # nobody loaded the page again
    with tenancy.as_system():
        Export.objects.update(status="waiting")
    exporting.make_due()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download", exact=True).click()
    download.value.save_as(tmp_path / "deals.csv")
    assert "Ours" in (tmp_path / "deals.csv").read_text("utf-8-sig")


def test_is_cancelled_without_scripts_as_well(cast: Cast, visitors: Visitors) -> None:
    make_deal(cast)
    page = visitors.open("/deals/export.xlsx?show=all", cast.sales, java_script_enabled=False)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("You cancelled it")).to_be_visible()
    with tenancy.as_system():
        assert Export.objects.get().status == "cancelled"


def test_of_deals_is_followed_until_everything_on_its_page_says_that_it_is_done(visitors: Visitors) -> None:
    site = make_site("Delta Files", country="EG", time_zone="Africa/Cairo")
    make_location(site, "Tanta")
    make_solution(site, "Nile Payroll")
    admin = give_role(make_member(site, "Salma Aziz"), Role.REFERRALS_ADMIN)
    upload = send(admin, csv_of([row(deal_name="Payroll for the mills")]))
    page = visitors.open(f"/cosell/deals/file/sent/{upload.public_id}/", admin.user)
    expect(page.get_by_text("It is being worked on")).to_be_visible()
    expect(page.get_by_role("complementary").get_by_text("Waiting")).to_be_visible()
    work()
    expect(page.get_by_text("Every row is done")).to_be_visible()
    expect(page.get_by_role("complementary").get_by_text("Waiting")).to_have_count(0)
