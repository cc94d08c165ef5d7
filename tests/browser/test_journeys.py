"""What people come for, from beginning to end: a real browser, and every process of the portal at work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from accounts import actions as access
from accounts.models import Invitation
from deals.models import Opportunity
from identity import tenancy
from identity.models import Membership, Role, Session, Tool, User
from tests.browser.axe import violations
from tests.browser.conftest import Visitors
from tests.browser.stack import Stack, running_stack
from tests.cast import Cast, actor, make_cast
from tests.conftest import truncate_everything
from tests.cosell.factories import give_role, make_location, make_solution
from tests.deals.factories import make_customer, make_part
from tests.factories import PASSWORD, make_user

NEW_PASSWORD = "a long sentence of mine"


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    with django_db_blocker.unblock():
        cast = make_cast()
        make_customer("Oasis Clinics", "EG")
        make_part("D0ABCLL", description="Sentinel Edge, licence and 12 months support")
        give_role(cast.primary, Role.REFERRALS_ADMIN)
        make_location(cast.site, "Cairo")
        make_solution(cast.site, "Delta Care")
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


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/account/login/")
    sign_in_here(page, email, password)


def sign_in_here(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/account/login/" not in url)


def at_work(travellers: Visitors, who: Membership | User, **options: Any) -> Page:
    """A browser of their own, in which somebody has signed in."""
    page = travellers.open("/account/login/", **options)
    sign_in(page, who.email)
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
    assert violations(page) == []
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

    def test_an_invitation_is_accepted_with_a_click(self, travellers: Visitors, people: Cast) -> None:
        by, address, secret = actor(people.primary), "omar@people.example", "the-secret-of-a-mail"
        with tenancy.scope(by):
            access.add_member(address, name="Omar Said", tools=[Tool.REPORTING], by=by, now=timezone.now())
        with tenancy.as_system():  # its real secret is in the mail only
            Invitation.objects.filter(email=address).update(digest=access.digest(secret))
        invited = at_work(travellers, make_user("Omar Said", address))
        invited.goto(f"/invitations/{secret}/")

        invited.get_by_role("button", name="Accept").click()

        is_told(invited, f"Welcome to {people.site.name}")


def sign_out(page: Page) -> None:
    page.goto("/")
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
        assert number in read_mail(travellers.open("/dev/mail/"), people.sales.email, re.compile(number))

        distributor = at_work(travellers, people.distributor)
        distributor.goto("/deals/")
        distributor.get_by_role("link", name=self.NAME).click()
        expect(distributor.locator(".deal-number")).to_have_text(number)
        inbox_shows(distributor, number)
        read_mail(travellers.open("/dev/mail/"), people.distributor.email, re.compile(number))

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


class TestWhatIsTyped:
    """A request for access, written with interruptions."""

    def test_survives_a_reload_a_mistake_and_the_end_of_the_session(
        self, travellers: Visitors, people: Cast
    ) -> None:
        context = travellers.context()
        page = context.new_page()
        sign_in(page, people.applicant.email)
        page.goto("/access/")
        word = page.get_by_label(re.compile("A word to whoever decides"))
        word.fill("Nadia Farouk knows me.")
        page.wait_for_function(
            "() => Object.values(localStorage).some(kept => kept.includes('Nadia Farouk'))"
        )

        page.reload()
        expect(word).to_have_value("Nadia Farouk knows me.")

        page.get_by_label("Site number").fill("not a number")
        page.get_by_label(re.compile("^No: ")).check()
        page.get_by_role("button", name="Send the request").click()
        expect(page.locator("[data-form-errors]")).to_be_focused()
        expect(page.get_by_text(re.compile("A site number has up to seven digits"))).not_to_have_count(0)
        expect(word).to_have_value("Nadia Farouk knows me.")

        page.get_by_label("Site number").fill(people.rival_site.number)
        end_session(people.applicant)
        page.get_by_role("button", name="Send the request").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Your session has ended")
        with context.expect_page() as opened:
            dialog.get_by_role("link").click()
        beside = opened.value
        sign_in_here(beside, people.applicant.email)
        beside.close()
        dialog.get_by_role("button", name="Go on").click()

        is_told(page, "Your request was sent.")
        expect(page.get_by_role("main")).to_contain_text(people.rival_site.number)

    def test_is_sent_once_however_often_the_button_is_pressed(
        self, travellers: Visitors, people: Cast
    ) -> None:
        page = at_work(travellers, people.sales)
        page.goto("/deals/opportunities/new/")
        page.locator("[name=name]").fill("Pressed twice")
        page.locator("form[data-lossless] button").first.dblclick()
        page.wait_for_url("**/deals/opportunities/")

        expect(page.get_by_role("link", name=re.compile("Pressed twice"))).to_have_count(1)
        with tenancy.as_system():
            assert Opportunity.objects.filter(name="Pressed twice").count() == 1


def end_session(person: User) -> None:
    """As when it runs out, or is ended from another browser."""
    with tenancy.as_system():
        Session.objects.filter(user_id=person.id).delete()


class TestTheKeyboardAlone:
    def test_leads_from_the_door_to_a_registered_interest(self, travellers: Visitors, people: Cast) -> None:
        page = travellers.open("/account/login/")
        to(page, "E-mail")
        page.keyboard.type(people.sales.email)
        to(page, "Password")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/account/login/" not in url)

        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        to(page, "Opportunity manager")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Opportunity manager", level=1)).to_be_visible()
        to(page, "Opportunities")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Opportunities", level=1)).to_be_visible()
        page.goto("/deals/opportunities/new/")
        page.locator("[name=name]").focus()
        page.keyboard.type("By keyboard")
        page.keyboard.press("Enter")
        page.wait_for_url("**/deals/opportunities/")

        expect(page.get_by_role("link", name=re.compile("By keyboard"))).to_be_visible()

    def test_opens_and_closes_the_menus(self, travellers: Visitors, people: Cast) -> None:
        page = at_work(travellers, people.sales)

        reach(page, page.locator(".profile-button"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        page.keyboard.press("Escape")

        expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
        expect(page.locator(".profile-button")).to_be_focused()

    def test_reaches_what_is_shut_and_learns_why(self, travellers: Visitors, people: Cast) -> None:
        page = at_work(travellers, people.secondary)
        page.goto(f"/users/{people.primary.public_id}/")
        shut = page.locator("main [data-refused] [aria-disabled=true]").first

        reach(page, shut)

        reason = page.locator(".refusal:popover-open")
        expect(reason).to_be_visible()
        expect(shut).to_have_accessible_description(re.compile(re.escape(reason.inner_text().split(".")[0])))
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(f"/users/{people.primary.public_id}/$"))


def to(page: Page, name: str) -> None:
    """Tab until what has this name has the focus."""
    reach(
        page, page.get_by_label(name, exact=True).or_(page.get_by_role("link", name=name, exact=True)).first
    )


def reach(page: Page, target: Locator) -> None:
    for _ in range(80):
        if target.evaluate("one => one === document.activeElement || one.contains(document.activeElement)"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by the Tab key.")


class TestTheLanguage:
    def test_is_changed_at_the_top_and_turns_the_page_around(
        self, travellers: Visitors, people: Cast
    ) -> None:
        page = at_work(travellers, people.rival)
        navigation, content = page.locator("#navigation"), page.locator("main")
        assert left(navigation) < left(content)

        page.locator(".language-menu > summary").click()
        page.locator(".language-menu").get_by_role("button", name="العربية").click()

        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        assert left(navigation) > left(content)
        page.goto("/deals/")
        expect(page.locator("html")).to_have_attribute("lang", "ar")
        elsewhere = at_work(travellers, people.rival)
        expect(elsewhere.locator("html")).to_have_attribute("lang", "ar")


def left(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["x"]


class TestAPasskey:
    def test_is_added_and_signs_in_alone(self, travellers: Visitors, people: Cast) -> None:
        page = at_work(travellers, people.secondary)
        with_a_fingerprint_reader(page)
        page.goto("/account/2fa/passkeys/add/")
        page.get_by_label("Password").fill(PASSWORD)
        page.locator("main button").first.click()
        page.get_by_label("Name").fill("Laptop")
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Add the passkey").click()
        page.wait_for_url(lambda url: "/passkeys/add/" not in url)
        page.goto("/account/2fa/passkeys/")
        expect(page.get_by_text("Laptop")).to_be_visible()
        sign_out(page)

        page.goto("/account/login/")
        page.get_by_role("button", name="Sign in with a passkey").click()

        expect(page.get_by_role("heading", level=1)).to_contain_text(people.secondary.name)


def with_a_fingerprint_reader(page: Page) -> None:
    """A device with a passkey store of its own, whose owner always agrees."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": device})


class TestSellingTogether:
    """C4 to C8: a deal is begun, the vendor's help is asked for and given, the seller is known, the deal is won."""

    NAME = "Payroll for the mills"

    def test_from_the_first_idea_until_it_is_won(self, travellers: Visitors, people: Cast) -> None:
        partner = at_work(travellers, people.primary)
        partner.goto("/cosell/deals/")
        partner.get_by_role("link", name="New deal").first.click()
        self._fill_in(partner)
        partner.get_by_role("button", name="Begin the deal").click()
        # Without the customer's consent nothing is shared; what was typed is still there.
        expect(partner.locator("[data-form-errors]")).to_be_visible()
        expect(partner.locator("[name=name]")).to_have_value(self.NAME)
        assert violations(partner) == []
        for consent in ("share", "contact", "sellers"):
            partner.locator(f"[name=consent_{consent}]").check()
        partner.get_by_role("button", name="Begin the deal").click()
        expect(partner.get_by_role("heading", name=self.NAME, level=1)).to_be_visible()
        expect(partner.locator("main")).not_to_contain_text("sam.seller@vendor.example")
        deal = partner.url

        desk = at_work(travellers, people.deal_desk)
        inbox_shows(desk, "Nile Cotton Mills").get_by_role("link").first.click()
        desk.locator("summary", has_text="Accept").click()
        accepting = desk.locator("details[open]")
        accepting.locator("[name=seller]").select_option("")
        accepting.locator("[name=seller_name]").fill("Sam Seller")
        accepting.locator("[name=seller_email]").fill("sam.seller@vendor.example")
        accepting.get_by_role("button", name="Accept the deal").click()
        expect(desk.locator("main")).to_contain_text("Sam Seller")

        mail = read_mail(
            travellers.open("/dev/mail/"), people.primary.email, re.compile("vendor helps with the deal")
        )
        assert self.NAME in mail
        assert "sam.seller" not in mail  # whom to speak to stands behind the door
        partner.goto(deal)
        expect(partner.locator("main")).to_contain_text("sam.seller@vendor.example")
        won = partner.locator("aside, main").get_by_role("button", name="Close as won", exact=True)
        won.click()
        partner.locator("dialog[open]").get_by_role("button", name="Close as won").click()
        expect(partner.locator("main")).to_contain_text("never changed")

    def _fill_in(self, page: Page) -> None:
        for name, value in {
            "name": self.NAME,
            "value": "120,000",
            "customer_name": "Nile Cotton Mills",
            "address_line1": "7 Mill Road",
            "city": "Giza",
            "contact_first_name": "Mona",
            "contact_last_name": "Adly",
            "contact_email": "mona@mills.example",
            "contact_phone": "+20 2 5550 0140",
        }.items():
            page.locator(f"[name={name}]").fill(value)
        page.locator("[name=close_on]").fill((date.today() + timedelta(days=60)).isoformat())
        page.locator("[name=currency]").select_option("USD")
        page.locator("[name=solutions-0-solution]").select_option(label="Delta Care")
        page.locator("[name=sharing][value=cosell]").check()
        page.locator("[name=help_type]").select_option("workload")
        page.locator("[name=team-0-phone]").fill("+20 2 5550 0141")
