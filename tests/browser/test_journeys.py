"""What people come for, from beginning to end: a real browser, and every process of the portal at work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from identity.models import Membership, User
from tests.browser.axe import violations
from tests.browser.conftest import Visitors
from tests.browser.stack import Stack, running_stack
from tests.cast import Cast, make_cast
from tests.conftest import truncate_everything
from tests.deals.factories import make_customer, make_part
from tests.factories import PASSWORD

NEW_PASSWORD = "a long sentence of mine"
PATIENCE = 30_000  # ms; a worker may be busy


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    with django_db_blocker.unblock():
        cast = make_cast()
        make_customer("Oasis Clinics", "EG")
        make_part("D0ABCLL", description="Sentinel Edge, licence and 12 months support")
        yield cast
        truncate_everything()


@pytest.fixture(scope="module")
def stack(people: Cast, tmp_path_factory: Any) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("portal")) as stack:
        yield stack


@pytest.fixture
def travellers(browser: Browser, stack: Stack) -> Iterator[Visitors]:
    travellers = Visitors(browser, stack.url)
    yield travellers
    for context in travellers.contexts:
        context.close()
    assert travellers.errors == []


def address_of(who: Membership | User) -> str:
    return who.email


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/account/login/" not in url)


def at_work(travellers: Visitors, who: Membership | User, **options: Any) -> Page:
    """A browser of their own, in which somebody has signed in."""
    page = travellers.open("/account/login/", **options)
    sign_in(page, address_of(who))
    return page


def read_mail(page: Page, to: str, subject: str | re.Pattern[str]) -> str:
    """Opens somebody's newest mail with this subject in the mailbox page, once it is there; returns its text."""
    link = page.get_by_role("link", name=subject)
    for _ in range(60):
        page.goto(f"/dev/mail/?q={to}")
        if link.count():
            break
        page.wait_for_timeout(500)
    link.first.click()
    return page.locator("pre.mail-text").inner_text()


def is_told(page: Page, words: str) -> None:
    expect(page.locator("[data-toast]", has_text=words)).to_be_visible()


def inbox_shows(page: Page, words: str) -> Locator:
    """The notice that says so in the inbox, as soon as the worker has put it there."""
    notice = page.locator(".inbox li", has_text=words)
    for _ in range(60):
        page.goto("/notifications/")
        if notice.count():
            return notice.first
        page.wait_for_timeout(500)
    expect(notice.first).to_be_visible()
    return notice.first


class TestGettingIn:
    """A1 to A3: make a vendor ID, ask, be let in by the primary contact."""

    NAME, EMAIL = "Layla Noor", "layla.noor@people.example"

    def test_from_nothing_to_the_home_page_of_a_site(self, travellers: Visitors, people: Cast) -> None:
        newcomer = travellers.open("/account/signup/")
        newcomer.get_by_label("Name").fill(self.NAME)
        newcomer.get_by_label("E-mail").fill(self.EMAIL)
        newcomer.get_by_label("Password").fill(NEW_PASSWORD)
        newcomer.get_by_role("button", name="Go on").click()
        newcomer.locator("[name=code]").wait_for()
        assert violations(newcomer) == []

        mail = read_mail(travellers.open("/dev/mail/"), self.EMAIL, re.compile("code", re.IGNORECASE))
        code = re.search(r"\b\d{6}\b", mail)
        assert code is not None
        newcomer.locator("[name=code]").fill(code[0])
        newcomer.locator("[name=code]").press("Enter")

        expect(newcomer.get_by_role("heading", name="Ask for access", level=1)).to_be_visible()
        newcomer.get_by_label("Site number").fill(people.site.number)
        newcomer.get_by_label(re.compile("^No: ")).check()
        newcomer.get_by_label(re.compile("A word to whoever decides")).fill("I join Nadia's team.")
        newcomer.get_by_role("button", name="Send the request").click()
        is_told(newcomer, "Your request was sent.")

        primary = at_work(travellers, people.primary)
        inbox_shows(primary, self.NAME).get_by_role("link").click()
        expect(primary.get_by_text("I join Nadia's team.")).to_be_visible()
        primary.get_by_role("checkbox", name="Deal registration").check()
        primary.get_by_role("button", name="Approve").click()
        is_told(primary, f"{self.NAME} has access now.")

        told = read_mail(travellers.open("/dev/mail/"), self.EMAIL, re.compile("access", re.IGNORECASE))
        assert people.site.name in told
        sign_out(newcomer)
        sign_in(newcomer, self.EMAIL, NEW_PASSWORD)
        expect(newcomer.get_by_role("heading", level=1)).to_contain_text(self.NAME)
        expect(newcomer.get_by_role("banner")).to_contain_text(people.site.name)
        expect(newcomer.get_by_role("link", name="Register a deal").first).to_be_visible()

    def test_who_is_removed_is_out_at_once(self, travellers: Visitors, people: Cast) -> None:
        removed = at_work(travellers, people.newcomer)
        expect(removed.get_by_role("banner")).to_contain_text(people.site.name)
        primary = at_work(travellers, people.primary)
        primary.goto(f"/users/{people.newcomer.public_id}/remove/")
        primary.locator("main form [type=submit]").click()
        is_told(primary, "no longer has access")

        removed.reload()

        expect(removed.get_by_role("heading", name="Ask for access", level=1)).to_be_visible()


def sign_out(page: Page) -> None:
    page.locator(".profile-button").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "/account/" in url)


class TestADeal:
    """B1 to B8: registered step by step, approved, numbered, seen by the distributor, and everybody told."""

    NAME = "Clinics of the delta"

    def test_goes_through(self, travellers: Visitors, people: Cast) -> None:
        seller = at_work(travellers, people.sales)
        register(seller, self.NAME, people)
        reference = seller.locator(".deal-number").inner_text()
        assert reference

        desk = at_work(travellers, people.deal_desk)
        inbox_shows(desk, reference)
        desk.goto("/deals/")
        desk.get_by_role("link", name=self.NAME).click()
        desk.locator("summary", has_text="Approve").click()
        desk.locator("details[open]").get_by_role("button", name="Approve").click()
        is_told(desk, "The deal is approved")

        seller.reload()
        number = seller.locator(".deal-number").inner_text()
        assert re.fullmatch(r"DR-\d{4}-\w{6}-\w", number)
        inbox_shows(seller, number)
        assert number in read_mail(
            travellers.open("/dev/mail/"), address_of(people.sales), re.compile(number)
        )

        distributor = at_work(travellers, people.distributor)
        distributor.goto("/deals/")
        distributor.get_by_role("link", name=self.NAME).click()
        expect(distributor.locator(".deal-number")).to_have_text(number)
        inbox_shows(distributor, number)
        read_mail(travellers.open("/dev/mail/"), address_of(people.distributor), re.compile(number))

        other = at_work(travellers, people.other_distributor)
        other.goto(distributor.url)
        assert other.goto(f"/deals/?q={number}") is not None
        expect(other.get_by_role("link", name=self.NAME)).to_have_count(0)


def register(page: Page, name: str, people: Cast) -> None:
    """The whole wizard, as somebody who types and chooses from what is suggested."""
    page.goto("/deals/register/")
    page.get_by_label(re.compile("No")).first.check()
    page.get_by_role("button", name="Continue").click()

    customer = page.get_by_role("combobox", name="Customer").or_(page.locator("[name=customer_name]")).first
    customer.press_sequentially("Oasis")
    page.get_by_role("option", name=re.compile("Oasis Clinics")).click()
    page.get_by_role("button", name="Continue").click()

    page.locator("[name=contact_name]").fill("Laila Nassar")
    page.locator("[name=contact_email]").fill("laila@oasis.example")
    page.get_by_role("button", name="Continue").click()

    page.locator("[name^=part]").first.press_sequentially("D0ABC")
    page.get_by_role("option", name=re.compile("D0ABCLL")).click()
    page.get_by_role("button", name="Continue").click()

    page.locator("[name=name]").fill(name)
    page.locator("[name=value]").fill("125000")
    page.locator("[name=close_on]").fill((date.today() + timedelta(days=60)).isoformat())
    page.locator("[name=next_steps]").fill("Demonstration next week")
    choose(page, "distributor", people.distributor_site.name)
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("button", name="Register deal")).to_be_visible()
    page.get_by_role("button", name="Register deal").click()
    expect(page.locator(".badge", has_text="Submitted").first).to_be_visible()


def choose(page: Page, field: str, option: str) -> None:
    """From a list, be it the browser's own or one that can be searched."""
    select = page.locator(f"select[name={field}]")
    if select.is_visible():
        select.select_option(label=option)
        return
    page.locator(f"#id_{field}").click()
    page.get_by_role("option", name=re.compile(re.escape(option))).click()
