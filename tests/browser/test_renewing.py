"""From what is about to lapse to the order that keeps it, in a real browser."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from identity import tenancy
from identity.models import Tool
from orders.models import Order
from renewals.models import RenewalItem
from tests.browser.conftest import Visitors
from tests.cast import Cast
from tests.customers.held import make_customer_site, make_item, relate
from tests.deals.factories import make_customer
from tests.orders.made import RENEWAL, sell

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def items(cast: Cast) -> list[RenewalItem]:
    """Two renewals of ten, due in four and in twenty days."""
    sold, customer = sell(), make_customer("Cairo Cement")
    relate(cast.site, customer)
    held = make_customer_site(customer, reseller=cast.site)
    found = []
    for days in (4, 20):
        end = timezone.localdate() + timedelta(days=days)
        dates = {
            "current_start": end - timedelta(days=364), "current_end": end, "new_start": end + timedelta(days=1),
            "new_end": end + timedelta(days=365),
        }  # fmt: skip
        found.append(
            make_item(held, end, reseller=cast.site, part=sold[RENEWAL], part_number=RENEWAL, **dates)
        )
    return found


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def make_quote(page: Page, *items: RenewalItem) -> None:
    """Tick them on the worklist, and make a quote of them."""
    for item in items:
        page.locator(f'input[name="item"][value^="{item.public_id}"]').check()
    press(page, "Make a quote")
    expect(page.get_by_role("heading", name=re.compile("^Proposal Q-"))).to_be_visible()


class TestTheMorning:
    def test_from_the_worklist_to_the_order(
        self, cast: Cast, visitors: Visitors, items: list[RenewalItem], tmp_path: Path
    ) -> None:
        page = visitors.open("/renewals/?show=180", cast.primary)
        expect(page.get_by_text("Selected: 0")).to_be_visible()
        make_quote(page, *items)

        fewer = page.get_by_label(f"Quantity of {RENEWAL}").first
        fewer.fill("8")
        press(page, "Save the lines")
        why = page.get_by_label(f"Why fewer of {RENEWAL}", exact=True).first
        expect(why).to_be_visible()  # refused without a reason, and unfolded
        expect(fewer).to_have_value("8")
        why.select_option(label="Fewer users")
        press(page, "Save the lines")
        expect(page.get_by_text("This could not be saved yet")).to_have_count(0)
        expect(page.get_by_label(f"Quantity of {RENEWAL}").first).to_have_value("8")

        page.get_by_role("link", name="Open as a quote").click()
        press(page, "Open as a quote")
        expect(page.get_by_role("heading", name=re.compile("^Quote Q-"))).to_be_visible()
        total = page.get_by_text(re.compile(r"€3,240\.00")).first  # 18 of 200, at level D
        expect(total).to_be_visible()

        with page.expect_download() as fetched:
            page.get_by_label("Language").select_option("ar")
            press(page, "PDF")
        paper = tmp_path / "quote.pdf"
        fetched.value.save_as(paper)
        assert paper.read_bytes().startswith(b"%PDF")

        page.get_by_role("link", name="Order", exact=True).click()
        page.get_by_label(f"How many of {RENEWAL}").last.fill("4")
        page.get_by_label("Purchase order").fill("PO-77")
        press(page, "Place order")
        expect(page.get_by_role("heading", name=re.compile("P-"))).to_be_visible()
        with tenancy.as_system():
            order = Order.objects.get()
            became = {item.public_id: item.status for item in RenewalItem.objects.all()}
        assert (order.po_number, order.total) == ("PO-77", 12 * 180_00)
        assert [became[item.public_id] for item in items] == ["ordered", "ordered_in_part"]

    def test_what_two_people_do_at_once_is_told_to_the_second(
        self, cast: Cast, visitors: Visitors, items: list[RenewalItem]
    ) -> None:
        with tenancy.as_system():
            cast.secondary.tools = [*cast.secondary.tools, Tool.PROPOSAL_QUOTE_ORDER]
            cast.secondary.save()
        page = visitors.open("/renewals/?show=180", cast.primary)
        make_quote(page, items[0])
        colleague = visitors.open(urlsplit(page.url).path, cast.secondary)
        colleague.get_by_label(f"Quantity of {RENEWAL}").fill("12")
        press(colleague, "Save the lines")
        expect(colleague.get_by_label(f"Quantity of {RENEWAL}")).to_have_value("12")

        page.get_by_label(f"Quantity of {RENEWAL}").fill("15")
        press(page, "Save the lines")
        expect(page.get_by_text(re.compile(cast.secondary.user.name)).first).to_be_visible()
        expect(page.get_by_label(f"Quantity of {RENEWAL}")).to_have_value("15")  # what was typed is kept
