"""Registering a deal in a real browser: suggestions, a draft saved while typing, two tabs, and without scripts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from deals.models import Deal
from deals.states import Status
from identity import tenancy
from tests.browser.conftest import Visitors
from tests.cast import Cast
from tests.deals.factories import make_customer, make_draft, make_part

pytestmark = [pytest.mark.django_db(transaction=True)]

SAVED = "Draft saved"


def only_deal() -> Deal:
    with tenancy.as_system():
        return Deal.objects.get()


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def in_two_months() -> str:
    return (timezone.now() + timedelta(days=60)).date().isoformat()


def fill_details(page: Page) -> None:
    page.get_by_label("Deal name").fill("New branches")
    page.get_by_label("Value").fill("12,500")
    page.get_by_label("Expected close date").fill(in_two_months())
    page.get_by_label("Next steps").fill("A pilot at two sites")


class TestWithScripts:
    def test_from_the_first_question_to_the_reference(self, cast: Cast, visitors: Visitors) -> None:
        make_customer("Zakłady Łąka Sp. z o.o.", country="PL", tax_id="PL77")
        make_part("D0ABCLL", description="Sentinel Edge, licence")
        page = visitors.open("/deals/register/", cast.sales)
        page.get_by_label("No. I start with the customer.").check()
        go_on(page)

        page.get_by_role("combobox", name="Company").press_sequentially("zaklady l")
        page.get_by_role("option", name=re.compile("Łąka")).click()
        expect(page.get_by_label("Tax id")).to_have_value("PL77")
        expect(page.get_by_role("combobox", name="Country")).to_have_value("Poland")
        go_on(page)

        page.get_by_role("combobox", name="Name").fill("Laila Nassar")
        page.get_by_label("E-mail").fill("laila@laka.example")
        go_on(page)

        page.get_by_role("combobox", name="Part number").first.press_sequentially("sentinel")
        page.get_by_role("option", name=re.compile("D0ABCLL")).click()
        page.get_by_label("Quantity").first.fill("25")
        go_on(page)

        fill_details(page)
        page.get_by_label("Distributor").select_option(label="Delta Distribution")
        go_on(page)

        expect(page.get_by_text("D0ABCLL")).to_be_visible()
        page.get_by_role("button", name="Register deal").click()
        expect(page.get_by_text(re.compile(r"registered under \S*S-"))).to_be_visible()
        deal = only_deal()
        assert (deal.status, deal.customer_name) == (Status.SUBMITTED, "Zakłady Łąka Sp. z o.o.")
        assert (deal.value, deal.product_summary) == (12500_00, "D0ABCLL")

    def test_what_is_typed_is_saved_meanwhile_and_there_after_a_reload(
        self, cast: Cast, visitors: Visitors
    ) -> None:
        draft = make_draft(cast.sales, empty=True)
        page = visitors.open(f"/deals/{draft.public_id}/edit/details/", cast.sales)
        page.get_by_label("Deal name").press_sequentially("New br")
        page.get_by_label("Value").press_sequentially("about ten thousand")
        expect(page.get_by_text(SAVED)).to_be_visible()
        assert only_deal().name == "New br"
        page.reload()
        expect(page.get_by_label("Deal name")).to_have_value("New br")
        expect(page.get_by_label("Value")).to_have_value("about ten thousand")

        elsewhere = visitors.open(f"/deals/{draft.public_id}/edit/details/", cast.sales)
        expect(elsewhere.get_by_label("Deal name")).to_have_value("New br")
        expect(elsewhere.get_by_label("Value")).to_have_value("about ten thousand")

    def test_going_on_at_once_after_typing_is_no_conflict_with_oneself(
        self, cast: Cast, visitors: Visitors
    ) -> None:
        draft = make_draft(cast.sales, empty=True)
        page = visitors.open(f"/deals/{draft.public_id}/edit/contact/", cast.sales)
        page.get_by_label("Name", exact=True).press_sequentially("Laila")
        page.get_by_label("Phone").press_sequentially("12345")
        page.wait_for_timeout(950)  # just as the save in the background begins
        go_on(page)
        expect(page.get_by_role("heading", name="What is it about?")).to_be_visible()
        page.go_back()
        expect(page.get_by_label("Name", exact=True)).to_have_value("Laila")
        page.get_by_label("Name", exact=True).fill("Laila Nassar")
        go_on(page)
        expect(page.get_by_role("heading", name="What is it about?")).to_be_visible()
        assert only_deal().contact_name == "Laila Nassar"

    def test_a_second_tab_is_told_and_loses_nothing(self, cast: Cast, visitors: Visitors) -> None:
        draft = make_draft(cast.sales, empty=True)
        address = f"/deals/{draft.public_id}/edit/contact/"
        first = visitors.open(address, cast.sales)
        second = first.context.new_page()
        second.goto(address)
        first.get_by_label("Name", exact=True).press_sequentially("First")
        expect(first.get_by_text(SAVED)).to_be_visible()
        second.get_by_label("Name", exact=True).press_sequentially("Second")
        second.get_by_label("Phone").press_sequentially("12345")
        expect(second.get_by_role("alert")).to_contain_text("changed meanwhile")
        assert only_deal().contact_name == "First"
        go_on(second)
        expect(second.get_by_text("What you typed is still below")).to_be_visible()
        expect(second.get_by_label("Name", exact=True)).to_have_value("Second")
        go_on(second)
        expect(second.get_by_role("heading", name="What is it about?")).to_be_visible()
        assert only_deal().contact_name == "Second"


class TestWithoutScripts:
    def test_from_the_first_question_to_the_reference(self, cast: Cast, visitors: Visitors) -> None:
        make_part("D0ABCLL")
        known = make_customer("Zakłady Łąka Sp. z o.o.", country="PL")
        page = visitors.open("/deals/register/", cast.sales, java_script_enabled=False)
        page.get_by_label("No. I start with the customer.").check()
        go_on(page)
        page.get_by_label("Company").fill("ZAKLADY LAKA")
        page.get_by_label("Country").select_option("PL")
        go_on(page)
        page.get_by_label(re.compile("Łąka")).check()  # is it one of these?
        go_on(page)
        page.get_by_label("Name", exact=True).fill("Laila Nassar")
        page.get_by_label("Phone").fill("+20 2 1234567")
        go_on(page)
        page.get_by_label("Part number").first.fill("d0abcll")
        go_on(page)
        fill_details(page)
        go_on(page)
        expect(page.get_by_text("No distributor is named")).to_be_visible()
        page.get_by_role("button", name="Register deal").click()
        expect(page.get_by_text(re.compile(r"registered under \S*S-"))).to_be_visible()
        deal = only_deal()
        assert (deal.status, deal.customer_id) == (Status.SUBMITTED, known.id)
