"""Pictures of setting up: of lines, of what their links lead to, of subscriptions, and of what the vendor keeps.

A link is taken from the demo's mailbox, by whom it was mailed to. Walking along it sends only what keeps nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from provisioning.lines.demo_contacts import BEGUN, CONFIRMED, FIRST_OF_ALL, LATE, REFUSED, SET_UP
from tests.browser.shots import LINK, ROW, Shot, along, send_empty, unfold
from tests.browser.walking import KNOWN, NEW, SERVICES, Fields, asking_for, send, walked

LISTED, FORMS, SUBSCRIBED = "/provisioning/", "/provisioning/forms/", "/subscriptions/"
KEPT = "/settings/provisioning/"
OF = "tr:has-text('{}@') a.row-link"  # a line, by its contact
THERE = "tbody tr:not(:has-text('–')) a.row-link"  # an organisation that something is set up in

LINES = (
    Shot("provisioning:list", "set-up", LISTED),
    Shot("provisioning:list", "set-up-all", f"{LISTED}?show=all"),
    Shot("provisioning:list", "set-up-closed", f"{LISTED}?show=closed"),
    Shot("provisioning:list", "set-up-nothing-found", f"{LISTED}?q=zzzzzz"),
    *(
        Shot("provisioning:line", f"set-up-{name}", f"{LISTED}?show={show}", follow=follow, act=unfold)
        for name, show, follow in (
            ("begun", "open", OF.format(BEGUN)),
            ("failed", "open", OF.format(REFUSED)),
            ("active", "active", OF.format(SET_UP)),
            ("confirmed", "open", OF.format(CONFIRMED)),
            ("ordered", "open", LINK),
            ("over", "closed", OF.format(LATE)),
            ("cancelled", "closed", LINK),
        )
    ),
    Shot("setup_forms:list", "forms", FORMS),
    Shot("setup_forms:list", "forms-complete", f"{FORMS}?show=complete"),
    Shot("setup_forms:form", "form", FORMS, follow=LINK),
    Shot("setup_forms:form", "form-complete", f"{FORMS}?show=complete", follow=LINK),
)
SUBSCRIPTIONS = (
    Shot("subscriptions:list", "subscriptions", SUBSCRIBED),
    Shot("subscriptions:subscription", "subscription", SUBSCRIBED, follow=LINK),
    Shot("organisations:list", "organisations", "/organisations/"),
    Shot("subscriptions:list", "subscriptions-nothing-found", f"{SUBSCRIBED}?q=zzzzzz"),
    *(
        Shot("subscriptions:subscription", f"subscription-{show}", f"{SUBSCRIBED}?show={show}", follow=LINK)
        for show in ("active", "trials", "suspended", "cancelled", "deleted")
    ),
    Shot("subscriptions:delete", "subscription-delete", f"{SUBSCRIBED}?show=cancelled", LINK, then="delete/"),
    Shot("subscriptions:delete", "subscription-kept", f"{SUBSCRIBED}?show=active", LINK, then="delete/"),
    Shot("organisations:list", "organisations-nothing-found", "/organisations/?q=zzzzzz"),
    Shot("organisations:organisation", "organisation", "/organisations/", follow=THERE),
    Shot("organisations:trial", "trial-begin", "/organisations/", follow=THERE, then="trial/"),
    Shot("organisations:trial", "trial-refused", "/organisations/", THERE, then="trial/", act=send_empty),
)
SET_UP_SETTINGS = (
    Shot("setup_settings:parts", "set-up-parts", KEPT),
    Shot("setup_settings:part", "set-up-part", KEPT, follow=ROW),
    Shot("setup_settings:add_part", "set-up-part-add", f"{KEPT}parts/new/"),
    Shot("setup_settings:change_part", "set-up-part-change", KEPT, follow=ROW, then="change/"),
    Shot("setup_settings:add_element", "set-up-element-add", KEPT, follow=ROW, then="elements/"),
    Shot("setup_settings:change_element", "set-up-element", KEPT, follow=ROW, act=along(ROW)),
    Shot("setup_settings:days", "set-up-days", f"{KEPT}days/"),
    Shot("setup_settings:change_days", "set-up-days-change", f"{KEPT}days/change/"),
    Shot("setup_settings:words", "set-up-names", f"{KEPT}words/"),
    Shot("setup_settings:words", "set-up-names-tried", f"{KEPT}words/?name=adm1n"),
)


# ------------------------------------------------------------------------------------------ behind a link


def opened(then: str, act: Callable[[Page], None]) -> Callable[[Page], None]:
    """Opens the link of the mail that one is at, and goes on there."""

    def behind(page: Page) -> None:
        page.goto(str(page.locator("main a[href*='/setup/']").first.get_attribute("href")) + then)
        act(page)

    return behind


def step(
    contact: str, name: str, *steps: Fields, page: str = "start", act: Callable[[Page], None] | None = None
) -> Shot:
    """A page behind the link that this contact was mailed, after those steps."""
    then = {"start": "", "stopped": "stopped/?why=partner"}.get(page, f"{page}/")
    mail = f"/dev/mail/?q={contact}@"
    return Shot(
        f"setup:{page}",
        f"step-{name}",
        mail,
        "main a.task, main .task a",
        act=opened(then, act or walked(*steps)),
    )


#: Nobody has an organisation at this address; the demo's wizard keeps nothing of it.
OTHER = {"email": "someone.new@nowhere.example"}


def meaning_the_first(page: Page) -> None:
    """Of the organisations that may be meant."""
    walked(*KNOWN[:3], OTHER)(page)
    page.locator("#step [name=organisation]").first.check()
    send(page)


def meaning_the_first_indeed(page: Page) -> None:
    meaning_the_first(page)
    send(page, right="yes")


ON_THE_WAY = (
    step(FIRST_OF_ALL, "role"),
    step(FIRST_OF_ALL, "who", *NEW[:1]),
    step(FIRST_OF_ALL, "who-refused", *NEW[:1], {"who": "customer"}),
    step(FIRST_OF_ALL, "partner-new", *NEW[:2]),
    step(FIRST_OF_ALL, "administrator", *NEW[:3]),
    step(FIRST_OF_ALL, "customer-new", *NEW[:3], OTHER),
    step(FIRST_OF_ALL, "confirm-new", *NEW[:3], OTHER, NEW[4]),
    step(BEGUN, "partner-known", *KNOWN[:2]),
    step(BEGUN, "match", *KNOWN[:3], OTHER),
    step(BEGUN, "verify", act=meaning_the_first),
    step(BEGUN, "confirm", act=meaning_the_first_indeed),
    step(CONFIRMED, "ordered", page="ordered"),
    step(CONFIRMED, "bought", page="services"),
    step(CONFIRMED, "calling", *SERVICES[:1], page="services"),
    step(CONFIRMED, "calling-refused", *SERVICES[:1], {"address": "", "sip": "admin"}, page="services"),
    step(CONFIRMED, "meetings", *SERVICES[:2], page="services"),
    step(
        CONFIRMED, "meetings-checked", page="services", act=asking_for("admin", *SERVICES[:2], field="site")
    ),
    step(CONFIRMED, "subdomain", *SERVICES[:3], page="services"),
    step(CONFIRMED, "provision", *SERVICES, page="services"),
    step(REFUSED, "failed", page="progress"),
    step(SET_UP, "active", page="progress"),
    step(SET_UP, "over"),
    step(LATE, "closed"),
    step(BEGUN, "stopped", page="stopped"),
)  # fmt: skip
