"""The shell and its parts in a real browser: forms that lose nothing, refusals that explain."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.axe import violations
from tests.browser.conftest import Visitors
from tests.cast import Cast

PARTS = "parts"
WIDE = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
SMALL = ViewportSize(width=360, height=740)


def form(page: Page) -> Locator:
    return page.locator("form[data-lossless=sample]")


def field(page: Page, name: str) -> Locator:
    return form(page).locator(f"[name={name}]")


def fill_completely(page: Page, name: str = "Harbour cranes") -> None:
    field(page, "name").fill(name)
    field(page, "email").fill("chief@customer.example")
    field(page, "customer").fill("Harbourlight Clinics")
    field(page, "kind").first.check()
    field(page, "products").first.check()
    field(page, "agreed").check()


def wait_for_draft(page: Page, text: str) -> None:
    page.wait_for_function(
        "text => [localStorage, sessionStorage].some(store => JSON.stringify(store).includes(text))", arg=text
    )


def drafts(page: Page) -> str:
    return str(page.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"))


def send(page: Page) -> None:
    form(page).get_by_role("button", name="Register deal").click()


def toast(page: Page) -> Locator:
    return page.locator("[data-toast]")


class TestEveryPart:
    @pytest.mark.parametrize("language", ["en", "ar"])
    def test_can_be_used_by_everybody(self, visitors: Visitors, cast: Cast, language: str) -> None:
        page = visitors.open(PARTS, cast.newcomer, locale=language)
        assert page.locator("html").get_attribute("lang") == language

        for size in (WIDE, PHONE):
            page.set_viewport_size(size)
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme)
                assert violations(page) == []

    def test_can_be_used_by_everybody_when_a_form_is_refused(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.newcomer)
        send(page)
        expect(page.locator("[data-form-errors]")).to_be_focused()

        assert violations(page) == []

    def test_can_be_used_by_everybody_at_the_door(self, visitors: Visitors) -> None:
        page = visitors.open(reverse(PARTS) + "?door=1")

        assert violations(page) == []

    @pytest.mark.parametrize("language", ["en", "ar", "pl"])
    def test_fits_a_small_phone(self, visitors: Visitors, language: str) -> None:
        page = visitors.open(PARTS, viewport=SMALL, locale=language)

        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond == 0

    def test_has_targets_large_enough_for_a_finger(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.newcomer, viewport=PHONE)

        small = page.evaluate(
            """() => [...document.querySelectorAll(
                    "main .button:not(.button-small), .topbar :is(a, button, summary)")]
                .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
                .map(e => e.outerHTML.slice(0, 80))"""
        )
        assert small == []


class TestWhatIsTyped:
    def test_is_there_again_after_a_reload(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        field(page, "name").fill("Harbour cranes")
        field(page, "kind").last.check()
        field(page, "products").first.check()
        wait_for_draft(page, "Harbour cranes")

        page.reload()

        expect(page.get_by_text("We kept what you typed.")).to_be_visible()
        expect(field(page, "name")).to_have_value("Harbour cranes")
        expect(field(page, "kind").last).to_be_checked()
        expect(field(page, "products").first).to_be_checked()

    def test_can_be_discarded(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        field(page, "name").fill("Harbour cranes")
        wait_for_draft(page, "Harbour cranes")
        page.reload()

        page.get_by_role("button", name="Discard it").click()

        expect(field(page, "name")).to_have_value("")
        page.reload()
        expect(field(page, "name")).to_have_value("")

    def test_is_there_after_the_server_refused_it(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        field(page, "name").fill("Harbour cranes")
        send(page)
        expect(page.locator("[data-form-errors]")).to_be_visible()

        page.goto(reverse(PARTS))

        expect(field(page, "name")).to_have_value("Harbour cranes")

    def test_is_the_newest_when_a_refused_form_is_reloaded(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        field(page, "name").fill("Harbour cranes")
        send(page)
        expect(page.locator("[data-form-errors]")).to_be_visible()
        field(page, "name").fill("Canal barges")
        wait_for_draft(page, "Canal barges")

        page.reload()

        expect(field(page, "name")).to_have_value("Canal barges")

    def test_is_there_after_the_server_broke(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        fill_completely(page)
        page.route("**/dev/parts/", lambda route: route.fulfill(status=500, body="<p>broken</p>"))
        send(page)
        page.get_by_text("broken").wait_for()
        page.unroute("**/dev/parts/")

        page.go_back()
        page.reload()

        expect(field(page, "name")).to_have_value("Harbour cranes")

    def test_is_there_after_the_page_came_back_without_a_word(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        fill_completely(page)
        body = page.request.get(reverse(PARTS)).text()
        page.route("**/dev/parts/", lambda route: route.fulfill(body=body, content_type="text/html"))
        with page.expect_navigation():
            send(page)
        page.unroute("**/dev/parts/")

        page.reload()

        expect(field(page, "name")).to_have_value("Harbour cranes")

    def test_is_forgotten_once_the_server_has_it(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        fill_completely(page)
        send(page)
        expect(toast(page)).to_contain_text("Received: Harbour cranes")

        page.reload()

        expect(field(page, "name")).to_have_value("")
        assert "Harbour cranes" not in drafts(page)

    def test_is_another_person_s_on_their_pages(self, visitors: Visitors, cast: Cast) -> None:
        context = visitors.context(cast.sales)
        page = context.new_page()
        page.goto(reverse(PARTS))
        field(page, "name").fill("Harbour cranes")
        wait_for_draft(page, "Harbour cranes")

        visitors.sign_in(context, cast.rival)
        page.reload()

        expect(field(page, "name")).to_have_value("")
        visitors.sign_in(context, cast.sales)
        page.reload()
        expect(field(page, "name")).to_have_value("Harbour cranes")

    def test_is_not_left_behind_on_signing_out(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        field(page, "name").fill("Harbour cranes")
        wait_for_draft(page, "Harbour cranes")

        page.locator("summary", has_text="You").click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_load_state()

        assert "Harbour cranes" not in drafts(page)

    def test_is_kept_for_this_tab_only_when_nobody_is_signed_in(self, visitors: Visitors) -> None:
        page = visitors.open(PARTS)
        field(page, "name").fill("Harbour cranes")
        wait_for_draft(page, "Harbour cranes")

        assert "Harbour cranes" not in page.evaluate("JSON.stringify(localStorage)")

    def test_never_includes_secrets_and_seals(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        page.evaluate(
            "document.querySelector('[data-lossless]').insertAdjacentHTML('beforeend',"
            " '<input type=password name=pw><input name=code autocomplete=one-time-code>')"
        )
        field(page, "pw").fill("hunter2hunter2")
        field(page, "code").fill("314159")
        field(page, "name").fill("Harbour cranes")
        wait_for_draft(page, "Harbour cranes")

        kept = drafts(page)
        assert "hunter2" not in kept
        assert "314159" not in kept
        assert "csrfmiddlewaretoken" not in kept
        assert "form_token" not in kept


class TestAnEndedSession:
    def test_can_be_renewed_beside_the_form_which_is_then_sent(self, visitors: Visitors, cast: Cast) -> None:
        context = visitors.context(cast.sales)
        page = context.new_page()
        page.goto(reverse(PARTS))
        fill_completely(page)
        visitors.sign_out(context)

        send(page)
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Your session has ended")
        expect(dialog.get_by_role("link")).to_have_attribute("target", "_blank")
        assert violations(page) == []
        dialog.get_by_role("button", name="Go on").click()
        expect(dialog).to_contain_text("You are not signed in yet.")
        visitors.sign_in(context, cast.sales)
        dialog.get_by_role("button", name="Go on").click()

        expect(toast(page)).to_contain_text("Received: Harbour cranes")

    def test_of_somebody_else_does_not_send_it(self, visitors: Visitors, cast: Cast) -> None:
        context = visitors.context(cast.sales)
        page = context.new_page()
        page.goto(reverse(PARTS))
        fill_completely(page)
        visitors.sign_in(context, cast.rival)

        send(page)

        expect(page.get_by_role("dialog")).to_contain_text("Somebody else is signed in now.")

    def test_can_be_left_for_later(self, visitors: Visitors, cast: Cast) -> None:
        context = visitors.context(cast.sales)
        page = context.new_page()
        page.goto(reverse(PARTS))
        fill_completely(page)
        visitors.sign_out(context)

        send(page)
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()

        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(field(page, "name")).to_have_value("Harbour cranes")
        expect(form(page).get_by_role("button", name="Register deal")).to_be_visible()

    def test_when_the_portal_is_out_of_reach_says_so_and_keeps_everything(
        self, visitors: Visitors, cast: Cast
    ) -> None:
        page = visitors.open(PARTS, cast.sales)
        fill_completely(page)
        page.route("**/session/", lambda route: route.abort())

        send(page)

        expect(toast(page)).to_contain_text("The portal cannot be reached.")
        expect(form(page).get_by_role("button", name="Register deal")).to_be_visible()


class TestSending:
    def test_twice_in_a_row_sends_once(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        fill_completely(page)
        sent = []
        page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

        form(page).get_by_role("button", name="Register deal").dblclick()
        expect(toast(page)).to_be_visible()

        assert len(sent) == 1

    def test_what_hurts_asks_first(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        sent = []
        page.on(
            "request", lambda request: sent.append(request.post_data) if request.method == "POST" else None
        )
        danger = page.get_by_role("button", name="Ask first")

        danger.click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Remove this person?")
        expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        assert sent == []

        danger.click()
        with page.expect_navigation():
            dialog.get_by_role("button", name="Ask first").click()
        assert "remove=1" in (sent[0] or "")


class TestARefusal:
    REASON = "has not been granted to you"

    def test_is_explained_to_the_keyboard_and_closed_by_escape(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        shut = page.locator("main [data-refused] button").first
        reason = page.locator("main .refusal").first
        expect(reason).to_be_hidden()

        shut.focus()
        expect(reason).to_be_visible()
        expect(reason).to_contain_text(self.REASON)
        expect(reason).to_contain_text("can grant it")
        page.keyboard.press("Escape")

        expect(reason).to_be_hidden()

    def test_is_explained_to_the_mouse(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)

        page.locator("main [data-refused] button").first.hover()

        expect(page.locator("main .refusal").first).to_be_visible()

    def test_is_explained_to_a_finger_and_stays_inside_the_window(
        self, visitors: Visitors, cast: Cast
    ) -> None:
        page = visitors.open(PARTS, cast.sales, viewport=SMALL, has_touch=True)

        page.locator("main [data-refused] button").first.tap(force=True)

        box = page.locator("main .refusal").first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= SMALL["width"]

    def test_is_explained_to_screen_readers(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)

        expect(page.locator("main [data-refused] button").first).to_have_accessible_description(
            re.compile(self.REASON)
        )

    def test_does_nothing_when_pressed(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        before = page.url

        page.locator("main [data-refused] button").first.focus()
        page.keyboard.press("Enter")

        assert page.url == before


class TestSearchAsYouType:
    def test_suggests_and_is_chosen_from_by_keyboard(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        customer = page.get_by_role("combobox", name="Customer").first

        customer.press_sequentially("har")
        options = page.get_by_role("option")
        expect(options).to_have_count(2)
        expect(customer).to_have_attribute("aria-expanded", "true")
        customer.press("ArrowDown")
        customer.press("ArrowDown")
        expect(options.last).to_have_attribute("aria-selected", "true")
        assert violations(page) == []
        customer.press("Enter")

        expect(customer).to_have_value("Harbourlight Clinics")
        expect(customer).to_have_attribute("aria-expanded", "false")

    def test_takes_what_is_not_among_the_suggestions(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        customer = page.get_by_role("combobox", name="Customer").first

        customer.press_sequentially("Brand new company")

        expect(page.get_by_role("option", name="Nothing found")).to_be_visible()
        customer.press("Escape")
        expect(customer).to_have_value("Brand new company")

    def test_filters_a_long_list_whatever_the_accents(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        distributor = page.get_by_role("combobox", name="Distributor").first

        distributor.click()
        distributor.press_sequentially("vistula")
        page.get_by_role("option", name="Vistula Dystrybucja").click()

        assert field(page, "distributor").input_value() == "d2"

    def test_comes_back_with_a_draft(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)
        distributor = page.get_by_role("combobox", name="Distributor").first
        distributor.click()
        page.get_by_role("option", name="Meridian Supply").click()
        wait_for_draft(page, '\\"d1\\"')

        page.reload()

        expect(page.get_by_role("combobox", name="Distributor").first).to_have_value("Meridian Supply")


class TestTheShell:
    def test_lets_the_keyboard_skip_to_the_content(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales)

        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")

        expect(page.locator("main")).to_be_focused()

    def test_remembers_the_appearance(self, visitors: Visitors) -> None:
        page = visitors.open(reverse(PARTS) + "?door=1")

        page.get_by_role("radio", name="Dark").check(force=True)
        page.reload()

        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        expect(page.get_by_role("radio", name="Dark")).to_be_checked()

    def test_speaks_the_language_that_is_chosen(self, visitors: Visitors) -> None:
        page = visitors.open(reverse(PARTS) + "?door=1")

        page.locator("summary", has_text="Language").click()
        page.get_by_role("button", name="العربية").first.click()

        expect(page.locator("html")).to_have_attribute("lang", "ar")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")

    def test_has_its_navigation_in_a_drawer_on_a_phone(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales, viewport=PHONE)
        navigation = page.locator("#navigation")
        expect(navigation).to_be_hidden()

        page.get_by_role("button", name="Menu").click()
        expect(navigation).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")

        expect(navigation).to_be_hidden()


class TestWithoutJavaScript:
    def test_refusals_menus_drawer_and_forms_work(self, visitors: Visitors, cast: Cast) -> None:
        page = visitors.open(PARTS, cast.sales, viewport=PHONE, java_script_enabled=False)

        page.locator("main [data-refused] button").first.focus()
        expect(page.locator("main .refusal").first).to_be_visible()
        page.get_by_role("button", name="Menu").click()
        expect(page.locator("#navigation")).to_be_visible()
        page.get_by_role("button", name="Close the menu").click()
        fill_completely(page)
        send(page)

        expect(page.get_by_text("Received: Harbour cranes")).to_be_visible()
