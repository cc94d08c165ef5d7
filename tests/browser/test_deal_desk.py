"""The deal desk by keyboard alone; its keys switched off; without scripts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from deals.models import Deal
from deals.states import Status
from identity import tenancy
from tests.browser import axe
from tests.browser.conftest import Visitors
from tests.cast import Cast
from tests.deals.factories import make_deal

pytestmark = [pytest.mark.django_db(transaction=True)]


def stored(deal: Deal) -> Deal:
    with tenancy.as_system():
        return Deal.objects.get(id=deal.id)


def three(cast: Cast) -> list[Deal]:
    """The soonest promise first."""
    now = timezone.now()
    return [
        make_deal(cast, name=name, now=now - timedelta(minutes=9 - number))
        for number, name in enumerate(("First", "Second", "Third"))
    ]


def focused(page: Page, name: str) -> None:
    expect(page.get_by_role("link", name=name, exact=True)).to_be_focused()


class TestByKeyboard:
    def test_rows_are_walked_selected_and_opened(self, cast: Cast, visitors: Visitors) -> None:
        deals = three(cast)
        page = visitors.open("/deals/desk/", cast.deal_desk)
        page.keyboard.press("j")
        focused(page, "First")
        page.keyboard.press("ArrowDown")
        focused(page, "Second")
        page.keyboard.press("x")
        expect(page.get_by_text("Selected: 1")).to_be_visible()
        page.keyboard.press("k")
        focused(page, "First")
        page.keyboard.press("x")
        page.keyboard.press("x")
        expect(page.get_by_text("Selected: 1")).to_be_visible()
        page.get_by_role("button", name="Begin review").click()
        expect(page.get_by_role("heading", name="Done: 1 deal")).to_be_visible()
        assert axe.violations(page) == []
        assert [stored(deal).status for deal in deals] == [
            Status.SUBMITTED,
            Status.UNDER_REVIEW,
            Status.SUBMITTED,
        ]

        page.goto("/deals/desk/")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/deals/{deals[0].public_id}/")

    def test_a_deal_is_decided(self, cast: Cast, visitors: Visitors) -> None:
        deal = make_deal(cast)
        page = visitors.open(f"/deals/{deal.public_id}/", cast.deal_desk)
        page.keyboard.press("t")
        expect(page.get_by_role("button", name="Begin review")).to_be_focused()
        for key, label in (
            ("a", "Message to the partner"),
            ("q", "Your question to the partner"),
            ("r", "What is to be changed?"),
        ):
            page.keyboard.press(key)
            expect(page.get_by_label(label)).to_be_focused()
            page.evaluate("document.activeElement.blur()")
        page.keyboard.press("x")
        expect(
            page.locator("details[data-key=x] select, details[data-key=x] [role=combobox]").first
        ).to_be_focused()
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("r")
        page.keyboard.type("rx? Which entity?")  # in a field, keys are letters
        expect(page.get_by_label("What is to be changed?")).to_have_value("rx? Which entity?")
        expect(page.locator("dialog[open]")).to_have_count(0)
        page.get_by_label("What is to be changed?").press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("The deal is back with the partner.")).to_be_visible()
        assert stored(deal).decision_text == "rx? Which entity?"

    def test_the_keys_are_explained_and_can_be_switched_off(self, cast: Cast, visitors: Visitors) -> None:
        three(cast)
        page = visitors.open("/deals/desk/", cast.deal_desk)
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keys on this page")
        expect(dialog).to_be_visible()
        dialog.get_by_label("Use these keys").uncheck()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        page.keyboard.press("j")
        expect(page.get_by_role("link", name="First", exact=True)).not_to_be_focused()
        page.reload()
        page.keyboard.press("?")
        expect(dialog).to_be_hidden()
        page.get_by_role("button", name="Keys").click()
        dialog.get_by_label("Use these keys").check()
        dialog.get_by_role("button", name="Close").click()
        page.keyboard.press("j")
        focused(page, "First")

    def test_the_search_is_a_key_away(self, cast: Cast, visitors: Visitors) -> None:
        page = visitors.open("/deals/desk/", cast.deal_desk)
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox")).to_be_focused()


class TestClocks:
    def test_go_on_while_the_page_stays_open(self, cast: Cast, visitors: Visitors) -> None:
        deal = make_deal(cast, name="Due")
        now = timezone.now()
        with tenancy.as_system():
            Deal.objects.filter(id=deal.id).update(decision_due_at=now + timedelta(minutes=3))
        page = visitors.context(cast.deal_desk).new_page()
        page.clock.install(time=now)
        page.goto("/deals/desk/")
        clock = page.locator("time[data-left]")
        expect(clock).to_have_text(re.compile("minutes? left|Due when the working day begins"))
        page.clock.fast_forward("10:00")
        expect(clock).to_have_text(re.compile("^late"))
        expect(clock).to_have_class(re.compile("clock-bad"))


class TestWithoutScripts:
    def test_everything_can_be_done(self, cast: Cast, visitors: Visitors) -> None:
        deals = three(cast)
        page = visitors.open("/deals/desk/", cast.deal_desk, java_script_enabled=False)
        expect(page.get_by_role("button", name="Keys")).to_be_hidden()
        page.get_by_label("Select: Third").check()
        page.get_by_role("button", name="Begin review").click()
        expect(page.get_by_role("heading", name="Done: 1 deal")).to_be_visible()
        assert stored(deals[2]).status == Status.UNDER_REVIEW
        page.goto(f"/deals/{deals[0].public_id}/")
        page.locator("summary", has_text="Ask the partner").click()
        page.get_by_label("Your question to the partner").fill("Which one?")
        page.locator("details[open]").get_by_role("button", name="Ask the partner").click()
        expect(page.get_by_text("Asked, and not answered yet")).to_be_visible()
