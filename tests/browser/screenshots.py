"""Pictures of every page of the running demo: `bin/screenshots [--dark] [words in a picture's name …]`.

They go to VAR_DIR/screenshots/<language>-<width>/<role>-<page>.png; those that the README shows also to
docs/screenshots/, unless only some pictures are asked for. Looking changes nothing in the demo: its people see the
portal in their browser's language.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.cosell import shots
from tests.browser.flags import FLAGS
from tests.browser.setting_up_pictures import LINES, ON_THE_WAY, SET_UP_SETTINGS, SUBSCRIPTIONS
from tests.browser.shots import LINK, ROW, Shot, along, send_empty, unfold

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("en", "ar")
WIDTHS = {1280: 900, 390: 844}
# For the README: the picture's name, whose page (the how-manieth account of the role), in which language, which page.
README = (
    ("home", "reseller_sales", 2, "en", "home"),
    ("deal", "reseller_sales", 2, "en", "deal-waiting"),
    ("queue", "staff_deal_desk", 0, "en", "desk"),
    ("home-arabic", "reseller_sales", 0, "ar", "home"),
    ("renewals", "reseller_primary", 2, "en", "renewals"),
    ("quote", "reseller_primary", 2, "en", "quote-open"),
    ("price-files", "reseller_sales", 2, "en", "price-files"),
    ("report-arabic", "reseller_sales", 0, "ar", "report"),
    ("set-up", "reseller_primary", 2, "en", "set-up-active"),
    ("set-up-step", "guest", 0, "en", "step-who"),
    ("subscriptions", "reseller_primary", 2, "en", "subscriptions"),
    ("co-sell", "reseller_primary", 2, "en", "cosell-deals"),
    ("partners", "anonymous", 0, "en", "directory"),
)


def open_menu(selector: str) -> Callable[[Page], None]:
    return lambda page: page.locator(f"{selector} > summary").click()


def open_day_off(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main a[href*='/settings/calendars/holidays/']").first.click()


DEAL = ROW
IN_MAIN = "main a[href^='{}']"
TO = "main a[href$='/{}/']"
BOOKS = "/settings/prices/"
IN_EFFECT = "main tr:nth-child(3) a.row-link"  # of a book's editions, after a draft and an announced one
STATES = ("draft", "waiting", "returned", "approved", "closed")

EVERYBODY = (
    Shot("home", "home", "/"),
    Shot("home", "profile-menu", "/", act=open_menu("details:has(> .profile-button)")),
    Shot("notifications:inbox", "inbox", "/notifications/"),
    Shot("notifications:preferences", "preferences", "/notifications/preferences/"),
    Shot("accounts:profile", "profile", "/profile/"),
    Shot("help", "help", "/help/"),
    Shot("identity:keys", "keys", "/keys/"),
    Shot("identity:make_key", "key-new", "/keys/new/"),
    Shot("mfa_index", "security", "/account/2fa/"),
    Shot("account_email", "addresses", "/account/email/"),
    Shot("account_change_password", "password", "/account/password/change/"),
    Shot("mfa_list_webauthn", "passkeys", "/account/2fa/passkeys/"),
    Shot("account_reauthenticate", "prove-again", "/account/reauthenticate/"),
    Shot("mfa_activate_totp", "authenticator-app", "/account/2fa/totp/activate/"),
    Shot("mfa_add_webauthn", "passkey-new", "/account/2fa/passkeys/add/"),
    Shot("socialaccount_connections", "company-accounts", "/account/company/"),
    Shot("account_logout", "sign-out", "/account/logout/"),
)
ITEM = LINK
QUOTES = (
    Shot("quotes:list", "quotes", "/quotes/"),
    Shot("quotes:list", "quotes-nothing-found", "/quotes/?q=zzzzzz"),
    *(
        Shot("quotes:quote", f"quote-{show}", f"/quotes/?show={show}", follow=LINK, act=unfold)
        for show in ("proposal", "open", "ordered", "over")
    ),
    Shot("quotes:new", "quote-new", "/quotes/new/"),
    Shot("quotes:edit", "quote-edit", "/quotes/?show=proposal", follow=LINK, then="edit/"),
    Shot("quotes:open", "quote-open-it", "/quotes/?show=proposal", follow=LINK, then="open/"),
    Shot("quotes:order", "quote-order", "/quotes/?show=open", follow=LINK, then="order/"),
    Shot("orders:list", "orders", "/orders/"),
    Shot("orders:order", "order", "/orders/?here=1", follow=LINK),
    Shot("orders:place", "order-place", "/orders/place/?parts=D0ABCLL+2"),
)
RENEWALS = (
    Shot("renewals:list", "renewals", "/renewals/"),
    Shot("renewals:list", "renewals-overdue", "/renewals/?show=overdue"),
    Shot("renewals:list", "renewals-nothing-found", "/renewals/?q=zzzzzz"),
    Shot("renewals:totals", "renewals-totals", "/renewals/totals/"),
    Shot("renewals:filters", "renewals-filters", "/renewals/filters/"),
    Shot("renewals:item", "renewal", "/renewals/", follow=ITEM),
    Shot("renewals:item", "renewal-unfolded", "/renewals/?show=180", follow=ITEM, act=unfold),
    Shot("renewals:calendar", "renewals-calendar", "/renewals/calendar/"),
    Shot("renewals:calendar_made", "renewals-calendar-made", "/renewals/calendar/made/"),
)
DEALS = (
    Shot("deals:list", "deals", "/deals/"),
    *(Shot("deals:list", f"deals-{state}", f"/deals/?show={state}") for state in STATES),
    Shot("deals:list", "deals-nothing-found", "/deals/?q=zzzzzz"),
    Shot(
        "deals:list",
        "deals-narrowed",
        "/deals/?show=all&status=approved&status=won&currency=EUR&value_from=1",
    ),
    Shot(
        "deals:list",
        "deals-columns",
        "/deals/?show=all&columns=number,customer,country,products,value,stage,status,expires,close,distributor,owner",
    ),
    Shot("deals:filters", "deals-filters", "/deals/filters/"),
    Shot("reports:views", "views", "/views/"),
    Shot("customers:list", "customers", "/customers/"),
    Shot("customers:customer", "customer", "/customers/", follow=ROW),
    Shot("report:list", "reports", "/reports/"),
    Shot("price_files:list", "price-files", "/prices/"),
    Shot("price_files:changes", "price-changes", "/prices/changes/?order=rises"),
    Shot("price_files:search", "price-search", "/prices/search/?q=licence"),
    Shot("price_files:part", "price-history", "/prices/search/?q=licence", follow="a.row-link"),
    Shot("report:page", "report", "/reports/deal-pipeline/"),
    Shot("report:page", "report-detail", "/reports/deal-pipeline/?level=detail"),
    Shot("report:page", "report-lost", "/reports/won-and-lost/?level=summary&by=reason", act=unfold),
    Shot("report:totals", "report-totals", "/reports/deal-pipeline/totals/"),
    *(Shot("deals:detail", f"deal-{state}", f"/deals/?show={state}", follow=DEAL) for state in STATES),
    Shot("deals:detail", "deal-unfolded", "/deals/?show=waiting", follow=DEAL, act=unfold),
)
DESK = (
    Shot("deals:desk", "desk", "/deals/desk/"),
    Shot("deals:desk", "desk-late", "/deals/desk/?queue=late"),
    Shot("deals:detail", "desk-deal", "/deals/desk/", follow=DEAL),
    Shot("deals:detail", "desk-deal-notes", "/deals/desk/", follow=DEAL, then="?timeline=internal"),
)
REPORTED = (
    Shot("report:list", "reports", "/reports/"),
    Shot("report:page", "report-180-days", "/reports/renewals-180-days/"),
    *(
        Shot("report:page", f"report-{key}", f"/reports/{key}/?level=detail")
        for key in (
            "end-customers", "order-history", "order-lines", "saas-fulfilment", "saas-data-elements",
            "renewal-items", "committed-term-items", "inventory", "suppressed-overage", "subscription-updates",
            "renewal-price-notifications",
        )
    ),
    Shot("exports:list", "files", "/reports/exports/"),
    Shot("exports:detail", "file", "/reports/exports/", follow=ROW),
    Shot("schedules:list", "schedules", "/reports/schedules/"),
    Shot("schedules:add", "schedule-add", "/reports/schedules/add/?source=deals&level=list&query=show%3Dall"),
    Shot("schedules:change", "schedule-change", "/reports/schedules/", follow="main a[href$='/change/']"),
)  # fmt: skip
WIZARD = (
    Shot("deals:register", "register", "/deals/register/"),
    Shot("deals:register", "register-refused", "/deals/register/", act=send_empty),
    *(
        Shot("deals:edit", f"register-{step}", "/deals/?show=draft", follow=DEAL, then=f"edit/{step}/")
        for step in ("customer", "contact", "products", "details")
    ),
    *(
        Shot("deals:edit", f"returned-{step}", "/deals/?show=returned", follow=DEAL, then=f"edit/{step}/")
        for step in ("details",)
    ),
    Shot("deals:rules", "how-it-works", "/deals/rules/"),
    Shot("deals:review", "register-review", "/deals/?show=draft", follow=DEAL, then="review/"),
    Shot("deals:opportunities", "opportunities", "/deals/opportunities/"),
    Shot("deals:new_opportunity", "opportunity-new", "/deals/opportunities/new/"),
    Shot("deals:amend", "deal-amend", "/deals/?show=approved", follow=DEAL, then="amend/"),
    Shot("deals:viewings", "deal-viewings", "/deals/?show=approved", follow=DEAL, then="viewings/"),
)
PROPOSING = (
    Shot("deals:proposals", "proposals", "/deals/proposals/"),
    Shot("deals:propose", "propose", "/deals/proposals/new/"),
    Shot("deals:propose", "propose-refused", "/deals/proposals/new/", act=send_empty),
    Shot(
        "deals:proposal",
        "proposal",
        "/deals/proposals/",
        follow=IN_MAIN.format("/deals/proposals/") + ":not(.button)",
    ),
)
MANAGING = (
    Shot("guide:ask", "guided-selling", "/guided-selling/"),
    Shot("guide:ask", "guided-selling-number", "/guided-selling/?goal=protect&where=service"),
    Shot(
        "guide:suggestion",
        "guided-selling-suggestion",
        "/guided-selling/suggestion/?goal=protect&where=service&users=120&extras=mail",
    ),
    Shot("papers:letterhead", "letterhead", "/quotes/letterhead/"),
    Shot("accounts:users", "users", "/users/"),
    Shot("accounts:users", "users-removed", "/users/?status=removed"),
    Shot("accounts:member", "member", "/users/", follow="main tbody tr:nth-child(2) a, main tbody tr a"),
    Shot(
        "accounts:remove", "member-remove", "/users/?standing=member", follow="main tbody a", then="remove/"
    ),
    Shot("accounts:add", "member-add", "/users/add/"),
    Shot("accounts:add", "member-add-refused", "/users/add/", act=send_empty),
    Shot("accounts:requests", "requests", "/users/requests/"),
    Shot("accounts:requests", "requests-decided", "/users/requests/?view=decided"),
    Shot("accounts:case", "request", "/users/requests/", follow=IN_MAIN.format("/access/cases/")),
    Shot("accounts:invitations", "invitations", "/users/invitations/"),
    Shot("accounts:request_access", "request-access", "/access/"),
    Shot("accounts:request", "request-of-mine", "/access/", follow=IN_MAIN.format("/access/")),
)
CARE = (
    Shot("accounts:queue", "queue", "/access/queue/"),
    *(
        Shot("accounts:queue", f"queue-{view}", f"/access/queue/?view={view}")
        for view in ("overdue", "not_found", "sites", "decided")
    ),
    Shot("accounts:case", "case", "/access/queue/", follow=IN_MAIN.format("/access/cases/")),
    Shot(
        "accounts:case",
        "case-decided",
        "/access/queue/?view=decided",
        follow=IN_MAIN.format("/access/cases/"),
    ),
    Shot(
        "accounts:case",
        "case-not-found",
        "/access/queue/?view=not_found",
        follow=IN_MAIN.format("/access/cases/"),
    ),
    Shot("accounts:sites", "sites", "/sites/"),
    Shot("accounts:site", "site", "/sites/", follow=IN_MAIN.format("/sites/")),
    Shot(
        "accounts:change_primary",
        "site-primary",
        "/sites/",
        follow=IN_MAIN.format("/sites/"),
        then="primary/",
    ),
)
SETTINGS = (
    Shot("identity:settings", "settings", "/settings/"),
    Shot("rules:list", "rules", "/settings/rules/"),
    Shot("rules:minimum_values", "minimum-values", "/settings/rules/minimum-values/"),
    Shot("rules:discounts", "discounts", "/settings/rules/discounts/"),
    Shot("rules:reasons", "reasons", "/settings/rules/reasons/"),
    Shot("rules:add_entry", "reason-add", "/settings/rules/reject/new/"),
    Shot("rules:change_entry", "reason-change", "/settings/rules/reasons/", follow="a.row-link"),
    Shot("rules:tiers", "tiers", "/settings/rules/tiers/"),
    Shot("rules:questions", "questions", "/settings/rules/questions/"),
    Shot("rules:history", "rules-history", "/settings/rules/history/"),
    Shot("rules:version", "rules-version", "/settings/rules/history/1/"),
    Shot("rules:partners", "partners-tiers", "/settings/rules/partners/"),
    Shot("rules:partner", "partner-tier", "/settings/rules/partners/", follow="a.row-link"),
    Shot("guide_settings:list", "guide", "/settings/guide/"),
    Shot("guide_settings:question", "guide-question", "/settings/guide/", follow="a.row-link"),
    Shot(
        "guide_settings:change_question",
        "guide-question-change",
        "/settings/guide/",
        "a.row-link",
        then="change/",
    ),
    Shot("guide_settings:add_question", "guide-question-add", "/settings/guide/questions/new/"),
    Shot("guide_settings:add_answer", "guide-answer-add", "/settings/guide/", "a.row-link", then="answers/"),
    Shot(
        "guide_settings:change_answer",
        "guide-answer-change",
        "/settings/guide/",
        "a.row-link",
        act=lambda page: page.locator("main a[href*='/answers/'][href$='/change/']").first.click(),
    ),
    Shot("guide_settings:add_rule", "guide-rule-add", "/settings/guide/rules/new/"),
    Shot("guide_settings:change_rule", "guide-rule", "/settings/guide/", "main a.row-link[href*='/rules/']"),
    Shot("guide_settings:try", "guide-try", "/settings/guide/try/"),
    Shot("calendars:list", "calendars", "/settings/calendars/"),
    Shot("calendars:calendar", "calendar", "/settings/calendars/", follow="tr:nth-child(4) a.row-link"),
    Shot("calendars:add", "calendar-add", "/settings/calendars/new/"),
    Shot("calendars:change", "calendar-change", "/settings/calendars/", follow="a.row-link", then="change/"),
    Shot(
        "calendars:add_holiday", "day-off-add", "/settings/calendars/", follow="a.row-link", then="holidays/"
    ),
    Shot(
        "calendars:change_holiday", "day-off-change", "/settings/calendars/", "a.row-link", act=open_day_off
    ),
    Shot("calendars:paste", "days-off-paste", "/settings/calendars/", follow="a.row-link", then="paste/"),
    Shot("feeds:deliveries", "deliveries", "/feeds/"),
    Shot("feeds:feeds", "feeds", "/feeds/kinds/"),
    Shot("feeds:feed", "feed", "/feeds/kinds/parts/"),
    Shot("feeds:delivery", "delivery-ready", "/feeds/?status=ready", follow="a.row-link"),
    Shot("feeds:delivery", "delivery-invalid", "/feeds/?status=invalid", follow="a.row-link"),
    Shot("feeds:delivery", "delivery-asking", "/feeds/?status=needs_mapping", follow="a.row-link"),
    Shot("feeds:delivery", "delivery-loaded", "/feeds/?status=loaded", follow="a.row-link"),
    Shot("rates:list", "rates", "/settings/rates/"),
    Shot("products:parts", "products", "/settings/products/"),
    Shot("products:part", "product", "/settings/products/", follow="a.row-link"),
    Shot("products:add_part", "product-add", "/settings/products/new/"),
    Shot("products:lines", "product-lines", "/settings/products/lines/"),
    Shot("products:line", "product-line", "/settings/products/lines/", follow="a.row-link"),
    Shot("products:add_line", "product-line-add", "/settings/products/lines/new/"),
)
PRICING = (
    Shot("prices:books", "price-books", BOOKS),
    Shot("prices:add_book", "price-book-add", "/settings/prices/new/"),
    Shot("prices:book", "price-book", BOOKS, follow=ROW),
    Shot("prices:begin_edition", "edition-begin", BOOKS, follow=ROW, then="editions/new/"),
    Shot("prices:edition", "edition", BOOKS, follow=ROW, act=along(IN_EFFECT)),
    Shot(
        "prices:downloads",
        "edition-downloads",
        BOOKS,
        follow=ROW,
        act=along(IN_EFFECT, TO.format("downloads")),
    ),
    Shot(
        "prices:withdraw_edition",
        "edition-withdraw",
        BOOKS,
        follow=ROW,
        act=along(IN_EFFECT, TO.format("withdraw")),
    ),
    Shot("prices:edition", "edition-draft", BOOKS, follow=ROW, act=along(ROW)),
    Shot(
        "prices:publish_edition", "edition-publish", BOOKS, follow=ROW, act=along(ROW, TO.format("publish"))
    ),
)
DOOR = (
    Shot("account_login", "sign-in", "/account/login/"),
    Shot("account_signup", "sign-up", "/account/signup/"),
    Shot("account_reset_password", "forgotten", "/account/password/reset/"),
    Shot("account_reset_password_done", "forgotten-sent", "/account/password/reset/done/"),
    Shot("account_reset_password_from_key", "forgotten-broken", "/account/password/reset/key/0-x/"),
    Shot("account_reset_password_from_key_done", "forgotten-done", "/account/password/reset/key/done/"),
    Shot("account_inactive", "switched-off", "/account/inactive/"),
    Shot("socialaccount_login_cancelled", "provider-cancelled", "/account/company/cancelled/"),
    Shot("socialaccount_login_error", "provider-error", "/account/company/error/"),
    Shot("accounts:invitation", "invitation-ended", "/invitations/nonsense/"),
    Shot("help", "help", "/help/"),
    Shot("mailbox", "mailbox", "/dev/mail/"),
    Shot("mailbox_mail", "mail", "/dev/mail/", follow="main a.task, main .task a"),
    Shot("parts", "parts", "/dev/parts/"),
    Shot("api-reference", "api-reference", "/api-reference/"),
    Shot("api-reference-resource", "api-reference-deals", "/api-reference/deals/", act=unfold),
    Shot("", "not-found", "/nowhere/"),
)
NO_ENTRY = (Shot("", "not-found", "/nowhere/"), Shot("", "forbidden", "/access/queue/"))

SHOTS: dict[str, tuple[Shot, ...]] = {
    "anonymous": DOOR,
    "guest": ON_THE_WAY,
    "reseller_primary": (
        *(*EVERYBODY, *MANAGING, *QUOTES, *RENEWALS, *DEALS[:1], *REPORTED, *WIZARD[:1]),
        *(*LINES, *SUBSCRIPTIONS),
    ),
    "reseller_sales": (*EVERYBODY[:4], *RENEWALS[:1], *DEALS, *WIZARD, *MANAGING[:1], *NO_ENTRY),
    "distributor": (*EVERYBODY[:3], *DEALS, *PROPOSING, *MANAGING[:1], *LINES[:1], *SUBSCRIPTIONS[:1]),
    "staff_deal_desk": (*EVERYBODY[:4], *DESK, *QUOTES[:1], *RENEWALS[:1], *DEALS, *NO_ENTRY),
    "staff_customer_care": (*EVERYBODY[:3], *CARE),
    "staff_pricing": (*EVERYBODY[:1], *PRICING),
    "staff_channel_operations": (
        *(*EVERYBODY[:1], *DEALS[:1], *CARE[5:7], *SETTINGS, *SET_UP_SETTINGS),
        *(*LINES[:8], *SUBSCRIPTIONS[:3]),
    ),
}
SHOTS = {role: (*of_role, *shots(role)) for role, of_role in SHOTS.items()}


class Photographer:
    """Somebody's browser, and where its pictures go."""

    def __init__(self, page: Page, url: str, directory: Path) -> None:
        self.page, self.url, self.directory = page, url, directory
        self.taken = 0
        self.password = ""

    def sign_in(self, account: dict[str, str]) -> None:
        self.password = account["password"]
        self.page.goto(f"{self.url}/account/login/")
        self.page.locator("[name=login]").fill(account["email"])
        self.page.locator("[name=password]").fill(account["password"])
        self.page.locator("[name=password]").press("Enter")
        self.page.wait_for_url(lambda url: "/account/login/" not in url)

    def take(self, shot: Shot, role: str, language: str) -> None:
        """The same page in both widths: as far as it goes, at most three screens."""
        if not self.go(shot):
            print(f"  {role}-{shot.name}: nothing to show in this demo", file=sys.stderr)
            return
        for width, height in WIDTHS.items():
            self.page.set_viewport_size({"width": width, "height": height})
            path = self.directory / f"{language}-{width}" / f"{role}-{shot.name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            depth = min(self.page.evaluate("document.documentElement.scrollHeight"), 4 * height)
            self.page.set_viewport_size({"width": width, "height": max(depth, height)})
            self.page.wait_for_timeout(50)
            self.page.screenshot(path=path, animations="disabled")
            self.taken += 1

    def go(self, shot: Shot) -> bool:
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.page.goto(self.url + shot.path)
        if "/account/reauthenticate/" in self.page.url and shot.address != "account_reauthenticate":
            self.page.locator("[name=password]").fill(self.password)
            self.page.locator("[name=password]").press("Enter")
            self.page.wait_for_url(self.url + shot.path)
        if shot.follow:
            link = self.page.locator(shot.follow).first
            if not link.count():
                return False
            self.page.goto(self.url + str(link.get_attribute("href")))
        if shot.then:
            self.page.goto(self.page.url.partition("?")[0] + shot.then)
        if shot.act:
            shot.act(self.page)
        self.page.evaluate("document.fonts.ready.then(() => true)")
        return True


@contextmanager
def photographer(
    browser: Browser, demo: Demo, role: str, language: str, *, scheme: str = "light", which: int = 0
) -> Iterator[Photographer]:
    options: dict[str, Any] = {"locale": language, "color_scheme": scheme, "reduced_motion": "reduce"}
    context = browser.new_context(**options)
    one = Photographer(context.new_page(), demo.url, demo.directory)
    if role == "guest":  # whose link has a language of its own
        context.add_cookies([{"name": "portway_language", "value": language, "url": demo.url}])
    elif role != "anonymous":
        one.sign_in(demo.account(role, which))
    yield one
    context.close()


class Demo:
    """The running demo, as bin/run describes it."""

    def __init__(self, var: Path) -> None:
        path = var / "demo.json"
        if not path.exists():
            sys.exit(f"There is no {path}: start bin/run in another window first.")
        described = json.loads(path.read_text())
        self.url, self.accounts = described["url"], described["accounts"]
        try:
            urllib.request.urlopen(f"{self.url}/healthz/ready", timeout=10).close()
        except OSError:
            sys.exit(f"Nothing answers at {self.url}: start bin/run in another window first.")
        self.directory = var / "screenshots"

    def account(self, role: str, which: int) -> dict[str, str]:
        return [account for account in self.accounts if account["role"] == role][which]


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="bin/screenshots", description=__doc__)
    parser.add_argument(
        "words", nargs="*", help="only pictures whose names (role-page) have one of these words"
    )
    parser.add_argument("--dark", action="store_true", help="in the dark appearance")
    options = parser.parse_args(arguments)
    demo = Demo(Path(os.environ.get("VAR_DIR", ROOT / "var")))
    began, taken = time.monotonic(), 0
    with sync_playwright() as playwright:
        chromium = os.environ.get("PORTAL_CHROMIUM")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for role, shots in SHOTS.items():
            wanted = [shot for shot in shots if is_wanted(f"{role}-{shot.name}", options.words)]
            if not wanted:
                continue
            before = taken
            for language in LANGUAGES:
                scheme = "dark" if options.dark else "light"
                with photographer(browser, demo, role, language, scheme=scheme) as one:
                    for shot in wanted:
                        one.take(shot, role, language)
                    taken += one.taken
            print(f"  {role}: {taken - before} pictures", flush=True)
        if not options.words and not options.dark:
            for_the_readme(browser, demo)
        browser.close()
    print(f"{taken} pictures in {demo.directory} ({time.monotonic() - began:.0f} s)")


def is_wanted(name: str, words: list[str]) -> bool:
    return not words or any(word in name for word in words)


def for_the_readme(browser: Browser, demo: Demo) -> None:
    """One screen each, at the top of the page."""
    directory = ROOT / "docs" / "screenshots"
    directory.mkdir(parents=True, exist_ok=True)
    for name, role, which, language, page in README:
        shot = next(shot for shot in SHOTS[role] if shot.name == page)
        with photographer(browser, demo, role, language, which=which) as one:
            one.go(shot)
            one.page.screenshot(path=directory / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    main(sys.argv[1:])
