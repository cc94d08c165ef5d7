"""Every page of the portal, for whom, and in which states it is looked at.

An address without an entry here, in PAGES or in NO_PAGES, fails tests/browser/test_accessibility.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from deals.columns import COLUMNS as ALL_COLUMNS
from deals.states import Status
from tests.browser.cosell import NO_PAGES as NOT_OF_COSELL
from tests.browser.cosell import PAGES as COSELL_PAGES
from tests.browser.exhibition import Exhibition
from tests.browser.states import (
    State,
    asked,
    deal,
    member,
    menu,
    pasting_nonsense,
    pressed,
    refused,
    refused_by,
    seen_by,
    signing_in,
    signing_up,
    site,
    taking_nothing,
    thing,
    unfolded,
)
from tests.browser.walking import BY_ADDRESS, KNOWN, NEW, OWN, SERVICES, asking_for, walked

# ------------------------------------------------------------------------------------------------ the pages

PARTNERS = ("primary", "secondary", "sales", "newcomer", "distributor", "beginner", "traveller")
STAFF = ("deal_desk", "care", "operations")

SHELL: dict[str, tuple[State, ...]] = {
    "home": (
        *seen_by(*PARTNERS, *STAFF),
        State("traveller", "sites", act=menu(".site-menu")),
        State("primary", "profile menu", act=menu("details:has(> .profile-button)")),
        State("primary", "languages", act=menu(".language-menu"), only="wide"),
        State("primary", "menu", act=pressed("Menu", "#navigation:popover-open"), only="phone"),
    ),
    "help": (
        *seen_by("anonymous", "sales", "deal_desk"),
        State("sales", "refused", act=refused("form[data-lossless]")),
    ),
    "parts": (State("primary"), State("anonymous", "door", query="?door=1")),
    "mailbox": seen_by("anonymous"),
}

DOOR: dict[str, tuple[State, ...]] = {
    "account_login": (
        *seen_by("anonymous"),
        State("anonymous", "refused", act=refused("form[data-lossless], main form:has([name=login])")),
        State("anonymous", "wrong password", act=signing_in("nobody@people.example")),
    ),
    "account_logout": seen_by("sales"),
    "account_inactive": seen_by("anonymous"),
    "account_signup": (
        *seen_by("anonymous"),
        State("anonymous", "refused", act=refused("main form:has([name=password1])")),
        State("anonymous", "code asked for", act=signing_up),
    ),
    "account_reset_password": (
        *seen_by("anonymous"),
        State("anonymous", "refused", act=refused("main form:has([name=email])")),
    ),
    "account_reset_password_done": seen_by("anonymous"),
    "account_reset_password_from_key": (
        State("anonymous", "link of the mail", leading_to=lambda shown: shown.things["reset"], led_on=True),
        State("anonymous", "broken link", leading_to=lambda shown: {"uidb36": "zz", "key": "no-key"}),
    ),
    "account_reset_password_from_key_done": seen_by("anonymous"),
    "account_reauthenticate": seen_by("sales"),
    "account_email": (
        *seen_by("sales"),
        State("sales", "refused", act=refused("main form:has([type=email])")),
    ),
    "account_change_password": (
        *seen_by("sales"),
        State("sales", "refused", act=refused("main form:has([type=password])")),
    ),
    "account_set_password": seen_by("passwordless"),
    "mfa_index": seen_by("sales", "secondary"),
    "mfa_reauthenticate": seen_by("secondary"),
    "mfa_activate_totp": (
        *seen_by("sales"),
        State("sales", "refused", act=refused("main form:has([name=code])")),
    ),
    "mfa_deactivate_totp": seen_by("secondary"),
    "mfa_view_recovery_codes": seen_by("secondary"),
    "mfa_generate_recovery_codes": seen_by("secondary"),
    "mfa_list_webauthn": seen_by("sales", "secondary"),
    "mfa_add_webauthn": seen_by("sales"),
    "mfa_edit_webauthn": (State("secondary", leading_to=thing("passkey", "pk", "pk")),),
    "mfa_remove_webauthn": (State("secondary", leading_to=thing("passkey", "pk", "pk")),),
    "socialaccount_connections": seen_by("sales"),
    "socialaccount_login_cancelled": seen_by("anonymous"),
    "socialaccount_login_error": seen_by("anonymous", status=401),
}

KEYS: dict[str, tuple[State, ...]] = {
    "api-reference": (*seen_by("anonymous", "primary"),),
    "api-reference-resource": (
        State("anonymous", "parts", leading_to=lambda shown: {"tag": "parts"}),
        State(
            "primary",
            "price-files unfolded",
            leading_to=lambda shown: {"tag": "price-files"},
            act=unfolded,
        ),
        State(  # the longest of all takes half a minute for each look
            "primary",
            "deals unfolded",
            leading_to=lambda shown: {"tag": "deals"},
            act=unfolded,
            only="wide",
        ),
    ),
    "identity:keys": (
        *seen_by("primary", "beginner", "deal_desk"),
        State("primary", "asked before revoking", act=pressed("Revoke")),
    ),
    "identity:make_key": (
        *seen_by("primary", "newcomer", "deal_desk"),
        State("primary", "refused", act=refused("form[data-lossless]")),
    ),
    "identity:key_made": (State("primary", "seen before", leading_to=thing("key")),),
}

NOTIFICATIONS: dict[str, tuple[State, ...]] = {
    "notifications:inbox": (
        *seen_by("primary", "beginner", "deal_desk", "applicant"),
        State("beginner", "nothing unread", query="?show=unread"),
    ),
    "notifications:preferences": (
        *seen_by("primary", "distributor", "deal_desk", "stranger"),
        State("primary", "unfolded", act=unfolded),
    ),
    "notifications:confirm_address": (
        State("sales", leading_to=lambda shown: {"token": shown.things["address_token"]}),
        State("sales", "broken link", leading_to=lambda shown: {"token": "broken"}, status=404),
    ),
    "notifications:open": (State("traveller", "at the other site", leading_to=thing("elsewhere")),),
}

ACCESS: dict[str, tuple[State, ...]] = {
    "accounts:request_access": (
        *seen_by("stranger", "applicant", "sales"),
        State("stranger", "refused", act=refused("form[data-lossless]")),
    ),
    "accounts:request": tuple(
        State("applicant", each, leading_to=asked(each)) for each in ("waiting", "rejected", "withdrawn")
    ),
    "accounts:queue": (
        *seen_by("care"),
        *(
            State("care", view, query=f"?view={view}")
            for view in ("overdue", "not_found", "sites", "decided")
        ),
        State("care", "nothing found", query="?q=zzzzzz"),
    ),
    "accounts:requests": (
        *seen_by("primary", "secondary", "beginner"),
        State("primary", "decided", query="?view=decided"),
    ),
    "accounts:case": (
        State("primary", "waiting", leading_to=asked("waiting")),
        State("secondary", "waiting", leading_to=asked("waiting")),
        State("primary", "unfolded", leading_to=asked("waiting"), act=unfolded),
        State("primary", "approved", leading_to=asked("approved")),
        *(
            State("care", each, leading_to=asked(each))
            for each in ("late", "authorisation", "unknown", "rejected")
        ),
        State("care", "unfolded", leading_to=asked("authorisation"), act=unfolded),
    ),
    "accounts:users": (
        *seen_by("primary", "secondary", "newcomer", "beginner"),
        State("primary", "removed", query="?status=removed"),
        State("primary", "nothing found", query="?q=zzzzzz"),
    ),
    "accounts:add": (
        *seen_by("primary", "secondary"),
        State("primary", "refused", act=refused("form[data-lossless]")),
    ),
    "accounts:invitations": seen_by("primary", "beginner"),
    "accounts:invitation": (
        State("anonymous", leading_to=lambda shown: shown.things["invitation"]),
        State("stranger", "of another", leading_to=lambda shown: shown.things["invitation"]),
        State("anonymous", "ended", leading_to=lambda shown: {"secret": "nonsense"}, status=410),
    ),
    "accounts:member": (
        State("primary", "a user", leading_to=member("sales")),
        State("primary", "oneself", leading_to=member("primary")),
        State("secondary", "the primary", leading_to=member("primary")),
        State("newcomer", "a colleague", leading_to=member("sales")),
        State("primary", "removed", leading_to=member("former")),
        State("primary", "unfolded", leading_to=member("sales"), act=unfolded),
    ),
    "accounts:remove": (State("primary", leading_to=member("newcomer")),),
    "accounts:sites": (*seen_by("care", "deal_desk"), State("care", "nothing found", query="?q=zzzzzz")),
    "accounts:site": (
        State("care", leading_to=site("site")),
        State("deal_desk", leading_to=site("site")),
        State("care", "of a distributor", leading_to=site("distributor_site")),
    ),
    "accounts:change_primary": (
        State("care", leading_to=site("site")),
        State("care", "refused", leading_to=site("site"), act=refused("form[data-lossless]")),
    ),
    "accounts:profile": (
        *seen_by("sales", "traveller", "applicant", "deal_desk"),
        State("sales", "refused", act=refused("form[data-lossless]")),
    ),
}


def report(key: str) -> Callable[[Exhibition], dict[str, Any]]:
    return lambda shown: {"key": key}


def contact_refused(page: Page) -> None:
    """Changes the contact of a line to nobody."""
    page.locator("details.deed:has([name=email]) > summary").click()
    page.locator("details.deed [name=email]").fill("nobody at all")
    with page.expect_navigation():
        page.locator("details.deed:has([name=email]) [type=submit]").click()
    expect(page.locator("[data-form-errors]").first).to_be_visible()


def choosing(parts: str) -> Callable[[Page], None]:
    """On from the page on which parts are chosen to the one on which the order is looked through."""

    def act(page: Page) -> None:
        page.locator("[name=parts]").fill(parts)
        with page.expect_navigation():
            page.locator("form[data-lossless] [type=submit]").last.click()
        page.locator("[name=basket]").wait_for(state="attached")

    return act


def placing_nothing(page: Page) -> None:
    """Places an order that says neither for whom nor how many."""
    choosing("D0ABCLL 2\nD0NOPRC 1")(page)
    page.locator("[name=quantity-0]").fill("0")
    with page.expect_navigation():
        page.locator("[name=do][value=place]").click()
    expect(page.locator("[data-form-errors]").first).to_be_visible()


QUOTES: dict[str, tuple[State, ...]] = {
    "quotes:list": (
        *seen_by("primary", "deal_desk", "beginner"),
        *(State("primary", show, query=f"?show={show}") for show in ("proposal", "open", "expiring", "over")),
        State("primary", "nothing found", query="?q=zzzzzz"),
    ),
    "quotes:new": (
        State("primary", query="?parts=D0ABCLL+2"),
        State("primary", "refused", act=refused_by("parts", "D0ABCLL 0\nnothing at all\nD0NONAM 1")),
    ),
    "quotes:quote": (
        State("primary", leading_to=thing("proposal quote")),
        State("primary", "unfolded", leading_to=thing("mergeable quote"), act=unfolded),
        State("primary", "empty", leading_to=thing("empty quote")),
        *(
            State("primary", name, leading_to=thing(f"{name} quote"), act=unfolded)
            for name in ("open", "in part", "closed")
        ),
        State("deal_desk", leading_to=thing("open quote")),
    ),
    "quotes:edit": (
        State("primary", leading_to=thing("proposal quote")),
        State(
            "primary", "refused", leading_to=thing("proposal quote"), act=refused_by("deal_number", "DR-1")
        ),
    ),
    "quotes:open": (
        State("primary", leading_to=thing("proposal quote")),
        State("primary", "refused", leading_to=thing("proposal quote"), act=refused("form[data-lossless]")),
    ),
    "quotes:order": (State("primary", leading_to=thing("in part quote")),),
    "orders:list": (
        *seen_by("primary", "distributor", "deal_desk", "operations", "beginner"),
        State("primary", "nothing found", query="?q=zzzzzz"),
    ),
    "orders:order": (
        State("primary", leading_to=thing("placed order")),
        State("primary", "rejected", leading_to=thing("rejected order")),
        State("distributor", leading_to=thing("placed order")),
        State("operations", leading_to=thing("placed order"), act=unfolded),
    ),
    "orders:place": (
        *seen_by("primary"),
        State("primary", "refused", act=refused("form[data-lossless]")),
        State("primary", "looked through", act=choosing("D0ABCLL 60")),
        State("primary", "looked through and refused", act=placing_nothing),
    ),
}


def of_flex(who: str, name: str = "", **more: Any) -> State:
    """A settings page of the part whose lines are shown."""
    return State(who, name, leading_to=lambda shown: {"number": "S0FLEXA"}, **more)


REFUSED = refused("form[data-lossless]")
SETUP_KEPT: dict[str, tuple[State, ...]] = {
    "setup_forms:list": (
        *seen_by("primary", "distributor", "operations"),
        State("primary", "all", query="?show=all"),
    ),
    "setup_forms:form": (
        State("primary", leading_to=thing("ordered line")),
        State("primary", "over", leading_to=thing("cancelled line")),
        State("operations", leading_to=thing("ordered line")),
    ),
    "setup_settings:parts": seen_by("operations", "deal_desk"),
    "setup_settings:days": seen_by("operations", "deal_desk"),
    "setup_settings:words": (
        *seen_by("operations", "deal_desk"),
        State("operations", "a name tried", query="?name=adm1n"),
    ),
    "setup_settings:change_days": seen_by("operations"),
    "setup_settings:add_part": (*seen_by("operations"), State("operations", "refused", act=REFUSED)),
    "setup_settings:part": (of_flex("operations"), of_flex("deal_desk")),
    "setup_settings:change_part": (of_flex("operations"),),
    "setup_settings:add_element": (of_flex("operations"), of_flex("operations", "refused", act=REFUSED)),
    "setup_settings:change_element": (State("operations", leading_to=thing("element")),),
}

SETUP_LINES: dict[str, tuple[State, ...]] = {
    "provisioning:list": (
        *seen_by("primary", "distributor", "operations"),
        State("primary", "closed", query="?show=closed"),
        State("operations", "to call", query="?show=call"),
        State("primary", "nothing found", query="?q=zzzzzz"),
    ),
    "provisioning:line": (
        *(
            State("primary", name, leading_to=thing(name), act=unfolded)
            for name in (
                "ordered line",
                "line to call about",
                "line that is confirmed",
                "closed line",
                "cancelled line",
                "waiting line",
                "reviewed line",
                "wrong line",
                "failed line",
                "active line",
            )
        ),
        State("primary", "refused", leading_to=thing("ordered line"), act=contact_refused),
        State("distributor", leading_to=thing("line to call about")),
        State("operations", leading_to=thing("line to call about"), act=unfolded),
        State("operations", "failed line", leading_to=thing("failed line")),
    ),
}


def behind(
    link: str, name: str, *steps: dict[str, str], act: Callable[[Page], None] | None = None, **more: Any
) -> State:
    """A page behind a link, after those steps were filled in."""
    return State(
        "guest",
        name,
        leading_to=lambda shown: shown.things[f"{link} link"],
        act=act or walked(*steps),
        **more,
    )


#: Each step of both ways once, and each once with what is wrong with it.
SETTING_UP: dict[str, tuple[State, ...]] = {
    "setup:start": (
        behind("new", "role"),
        behind("new", "role refused", {}),
        behind("new", "who", *NEW[:1]),
        behind("new", "who refused", *NEW[:1], {"who": "customer"}),
        behind("new", "new partner", *NEW[:2]),
        behind("new", "new partner refused", *NEW[:2], {"name": "", "email": ""}),
        behind("new", "administrator", *NEW[:3]),
        behind("new", "administrator refused", *NEW[:3], {"email": NEW[2]["email"]}),
        behind("new", "new organisation", *NEW[:4]),
        behind("new", "new organisation refused", *NEW[:4], {"name": "", "address": ""}),
        behind("new", "confirmation", *NEW),
        behind("new", "languages", act=menu(".language-menu")),
        behind("known", "known partner", *KNOWN[:2]),
        behind("known", "similar organisations", *KNOWN),
        behind("known", "similar organisations refused", *KNOWN, {}),
        behind("known", "organisation of the administrator", *BY_ADDRESS[:-1]),
        behind("known", "confirmation of what there is", *BY_ADDRESS),
        behind("customer's", "customer's administrator"),
        behind("customer's", "customer's confirmation", *OWN),
        *(behind(link, f"over, {link}", status=410) for link in ("revoked", "expired", "given up")),
        *(behind(link, f"over, {link}", status=410) for link in ("called off", "active")),
    ),
    "setup:stopped": (
        behind("new", "partner", query="?why=partner"),
        behind("new", "customer", query="?why=customer"),
    ),
    "setup:ordered": (behind("confirmed", ""),),
    "setup:services": (
        behind("confirmed", "bought"),
        behind("confirmed", "calling", *SERVICES[:1]),
        behind("confirmed", "calling refused", *SERVICES[:1], {"address": "", "sip": "admin"}),
        behind("confirmed", "meetings", *SERVICES[:2]),
        behind("confirmed", "free", act=asking_for("meadow-meet", *SERVICES[:2], field="site")),
        behind("confirmed", "not free", act=asking_for("admin", *SERVICES[:2], field="site")),
        behind("confirmed", "subdomain", *SERVICES[:3]),
        behind("confirmed", "provision", *SERVICES),
        behind("confirmed", "provision refused", *SERVICES, {}),
        behind("wrong", "put right"),
    ),
    "setup:progress": tuple(
        behind(link, link) for link in ("waiting", "reviewed", "wrong", "failed", "active")
    ),
}

SUBSCRIPTIONS: dict[str, tuple[State, ...]] = {
    "subscriptions:list": (
        *seen_by("primary", "distributor", "operations"),
        *(State("primary", show, query=f"?show={show}") for show in ("trials", "cancelled", "deleted")),
        State("primary", "expiring", query="?ends=30&service=calling"),
        State("primary", "of one customer", query="?customer=abcdefghijkl"),
        State("primary", "nothing found", query="?q=zzzzzz"),
    ),
    "subscriptions:subscription": (
        *(
            State("primary", name, leading_to=thing(f"{name} subscription"))
            for name in ("active", "suspended", "cancelled", "deleted", "trial", "over", "customer's own")
        ),
        State("operations", leading_to=thing("active subscription")),
    ),
    "subscriptions:delete": (
        State("primary", leading_to=thing("trial subscription")),
        State("primary", "not now", leading_to=thing("active subscription")),
    ),
    "organisations:list": (
        *seen_by("primary", "operations"),
        State("primary", "nothing found", query="?q=zzzzzz"),
    ),
    "organisations:organisation": (
        *(State(who, leading_to=thing("organisation")) for who in ("primary", "operations")),
    ),
    "organisations:trial": (
        State("primary", leading_to=thing("organisation")),
        State("primary", "refused", leading_to=thing("organisation"), act=refused("form[data-lossless]")),
    ),
}

RENEWALS: dict[str, tuple[State, ...]] = {
    "renewals:list": (
        *seen_by("primary", "secondary", "distributor", "deal_desk", "beginner"),
        *(State("primary", show, query=f"?show={show}") for show in ("overdue", "snoozed", "lost", "all")),
        State("primary", "nothing found", query="?q=zzzzzz"),
        State(
            "primary",
            "narrowed",
            query="?show=0-30&currency=EUR&kind=support&assigned=nobody&due_to=2099-01-01",
        ),
        State("primary", "views", act=menu(".views-menu")),
        State("primary", "downloads", act=menu(".downloads-menu")),
        State("primary", "assigning", act=menu(".selection details:nth-of-type(1)")),
    ),
    "renewals:filters": (
        *seen_by("primary", "deal_desk"),
        State("primary", "refused", query="?due_from=soon&currency=XXX"),
    ),
    "renewals:totals": seen_by("primary", "deal_desk"),
    "renewals:item": (
        *(
            State("primary", name, leading_to=thing(f"{name} renewal"))
            for name in ("overdue", "open", "committed", "saas", "put off", "lost", "settled")
        ),
        *(State(who, leading_to=thing("open renewal")) for who in ("secondary", "distributor", "deal_desk")),
        State("primary", "unfolded", leading_to=thing("open renewal"), act=unfolded),
        State(
            "primary",
            "refused",
            leading_to=thing("committed renewal"),
            act=refused("form[data-lossless=renewal-snooze]"),
        ),
    ),
    "renewals:calendar": seen_by("primary", "secondary", "deal_desk"),
    "renewals:calendar_made": seen_by("primary"),
}

OF_CUSTOMERS = (
    "end-customers", "order-history", "order-lines", "saas-fulfilment", "saas-data-elements", "renewal-items",
    "committed-term-items", "renewals-180-days", "inventory", "suppressed-overage", "subscription-updates",
    "renewal-price-notifications",
)  # fmt: skip
STEPS = ("customer", "contact", "products", "details")
COLUMNS = ",".join(column.name for column in ALL_COLUMNS)
NARROWED = (
    "status=submitted&status=approved&country=EG&currency=EGP&value_from=1&submitted_from=2026-01-01&owner=me"
)
DEALS: dict[str, tuple[State, ...]] = {
    "customers:list": (
        *seen_by("sales", "distributor", "deal_desk", "traveller"),
        State("sales", "all of them", query="?show=all"),
        State("sales", "nothing found", query="?q=zzzzzz"),
        State("sales", "downloads", act=menu(".downloads-menu")),
    ),
    "customers:customer": (
        *(
            State(who, leading_to=thing("known customer"))
            for who in ("primary", "newcomer", "distributor", "deal_desk")
        ),
        State("primary", "with cloud services", leading_to=thing("cloud customer")),
    ),
    "deals:list": (
        *seen_by("sales", "distributor", "deal_desk", "beginner", "operations"),
        *(State("sales", show, query=f"?show={show}") for show in ("draft", "approved", "closed")),
        State("sales", "nothing found", query="?q=zzzzzz"),
        State("sales", "narrowed", query=f"?show=all&{NARROWED}"),
        *(State(who, "every column", query=f"?show=all&columns={COLUMNS}") for who in ("sales", "deal_desk")),
        State("sales", "views", query="?show=all", act=menu(".views-menu")),
        State("primary", "no views yet", act=menu(".views-menu")),
        State("sales", "downloads", act=menu(".downloads-menu")),
    ),
    "deals:filters": (
        *seen_by("sales", "distributor", "deal_desk"),
        State("sales", "refused", query="?value_from=a+lot&currency=EUR&close_to=soon"),
    ),
    "reports:views": (
        *seen_by("sales", "primary", "deal_desk"),
        State("sales", "unfolded", act=unfolded),
        State("sales", "asked before deleting", act=pressed("Delete")),
    ),
    "exports:list": seen_by("sales", "deal_desk"),
    "exports:detail": tuple(
        State("sales", name, leading_to=thing(f"{name} file"))
        for name in ("csv", "xlsx", "waiting", "running", "cancelled", "failed")
    ),
    "schedules:list": seen_by("sales", "deal_desk"),
    "schedules:add": (
        *seen_by("sales", "deal_desk", query="?source=deals&level=list&query=show%3Dall"),
        State("sales", "refused", query="?source=deals&level=list", act=refused()),
    ),
    "schedules:change": (State("sales", leading_to=thing("active schedule")),),
    "report:list": seen_by("traveller", "secondary", "deal_desk", "operations"),
    "report:page": (
        *(State(who, leading_to=report("deal-pipeline")) for who in ("primary", "deal_desk", "beginner")),
        *(
            State("primary", f"{key} {query}", leading_to=report(key), query=f"?{query}")
            for key, query in (
                ("deal-pipeline", "level=detail"),
                ("deal-pipeline", "level=summary&by=line&figure=value-EGP"),
                ("won-and-lost", "level=summary&by=reason"),
                ("won-and-lost", "level=detail&status=lost&currency=EGP&closed_from=2026-01-01"),
                ("access-audit", "level=detail"),
                ("access-audit", "level=summary"),
                ("renewals-180-days", "level=summary"),
                *((key, "level=detail") for key in OF_CUSTOMERS),
            )
        ),
        State("primary", "unfolded of 180 days", leading_to=report("renewals-180-days"), act=unfolded),
        State("operations", "of sites", leading_to=report("access-audit"), query="?level=summary&by=site"),
        State("primary", "unfolded", leading_to=report("deal-pipeline"), query="?level=detail", act=unfolded),
        State("primary", "nothing fits", leading_to=report("deal-pipeline"), query="?level=detail&q=zzzzzz"),
        State(
            "primary",
            "refused",
            leading_to=report("deal-pipeline"),
            query="?close_from=soon&value_from=a+lot&currency=EUR&colour=red",
            status=422,
        ),
    ),
    "report:totals": (State("primary", leading_to=report("deal-pipeline")),),
    "deals:detail": (
        *(State("sales", status, leading_to=deal(status)) for status in [*Status, "empty", "overdue"]),
        *(
            State(who, status, leading_to=deal(status))
            for who in ("deal_desk", "distributor")
            for status in (Status.SUBMITTED, Status.UNDER_REVIEW, Status.APPROVED, Status.REJECTED)
        ),
        State("deal_desk", "unfolded", leading_to=deal(Status.SUBMITTED), act=unfolded),
        State("sales", "unfolded", leading_to=deal(Status.APPROVED), act=unfolded),
        *(
            State(who, which, leading_to=deal(which))
            for who in ("sales", "deal_desk")
            for which in ("expiring", "extending", "amended", "appeal", "appealed")
        ),
        State("sales", "unfolded to extend", leading_to=deal("expiring"), act=unfolded),
        State("deal_desk", "unfolded to extend", leading_to=deal("extending"), act=unfolded),
        State("sales", "unfolded to appeal", leading_to=deal(Status.REJECTED), act=unfolded),
        *(State(who, "asked", leading_to=deal("asked")) for who in ("sales", "deal_desk", "distributor")),
        State("deal_desk", "contested", leading_to=deal("contested")),
        State("deal_desk", "internal notes", leading_to=deal("asked"), query="?timeline=internal"),
        State("deal_desk", "keys", leading_to=deal("asked"), act=pressed("Keys")),
        State(
            "deal_desk",
            "asked before rejecting",
            leading_to=deal(Status.UNDER_REVIEW),
            act=refused("form[action$='/return/']"),
        ),
    ),
    "deals:amend": (
        State("sales", leading_to=deal("expiring")),
        State("sales", "while an extension waits", leading_to=deal("extending")),
        State("sales", "refused", leading_to=deal("expiring"), act=refused("form[data-lossless]")),
    ),
    "deals:viewings": (
        State("sales", leading_to=deal("expiring")),
        State("distributor", leading_to=deal("expiring")),
        State("deal_desk", "nobody", leading_to=deal("amended")),
    ),
    "deals:desk": (
        *seen_by("deal_desk"),
        *(State("deal_desk", each, query=f"?queue={each}") for each in ("late", "extensions", "mine")),
        State("deal_desk", "first come", query="?order=first"),
        State("deal_desk", "nothing found", query="?q=zzzzzz"),
        State("deal_desk", "keys", act=pressed("Keys")),
        State("deal_desk", "asked before approving", act=pressed("Approve what is safe")),
    ),
    "deals:proposals": seen_by("distributor"),
    "deals:propose": (State("distributor"), State("distributor", "refused", act=refused())),
    "deals:proposal": tuple(
        State("distributor", name, leading_to=thing(f"proposal_{name}")) for name in ("waiting", "declined")
    ),
    "deals:register": (
        *seen_by("sales", "beginner"),
        State("sales", "refused", act=refused("form[data-lossless]")),
    ),
    "deals:edit": (
        *(
            State("sales", f"{step} {which}", leading_to=deal(which, step=step))
            for step in STEPS
            for which in ("empty", "draft")
        ),
        *(
            State(
                "sales",
                f"{step} refused",
                leading_to=deal("empty", step=step),
                act=refused("form[data-lossless]"),
            )
            for step in STEPS
        ),
        State("sales", "returned", leading_to=deal(Status.RETURNED, step="customer")),
        State(
            "sales",
            "asked before discarding",
            leading_to=deal("draft", step="customer"),
            act=pressed("Discard draft"),
        ),
    ),
    "deals:review": (
        State("sales", "complete", leading_to=deal(Status.DRAFT)),
        State("sales", "checked", leading_to=deal("checked")),
        State("sales", "incomplete", leading_to=deal("empty")),
        State("sales", "proposed by a distributor", leading_to=deal("proposed"), act=unfolded),
    ),
    "deals:rules": seen_by("sales", "distributor", "deal_desk"),
    "deals:opportunities": seen_by("sales", "beginner"),
    "deals:new_opportunity": (
        *seen_by("sales"),
        State("sales", "refused", act=refused("form[data-lossless]")),
    ),
}

SETTINGS: dict[str, tuple[State, ...]] = {
    "identity:settings": seen_by("operations", "deal_desk"),
    "rules:list": (
        *seen_by("operations", "deal_desk"),
        State("operations", "refused", act=refused("form[data-lossless]")),
    ),
    "rules:minimum_values": (
        *seen_by("operations", "deal_desk"),
        State("operations", "refused", act=refused_by("EUR", "a lot")),
    ),
    "rules:discounts": (
        *seen_by("operations", "deal_desk"),
        State("operations", "refused", act=refused("form[data-lossless]")),
    ),
    "rules:reasons": seen_by("operations", "deal_desk"),
    "rules:questions": seen_by("operations"),
    "rules:tiers": seen_by("operations", "deal_desk"),
    "rules:add_entry": (
        State("operations", "reason", leading_to=lambda shown: {"which": "reject"}),
        State(
            "operations",
            "tier refused",
            leading_to=lambda shown: {"which": "tier"},
            act=refused("form[data-lossless]"),
        ),
    ),
    "rules:change_entry": (
        State("operations", leading_to=lambda shown: {"which": "reject", "code": "bad_fit"}),
        State("operations", "built in", leading_to=lambda shown: {"which": "lost", "code": "spam"}),
    ),
    "rules:partners": (
        *seen_by("operations", "deal_desk"),
        State("operations", "nothing found", query="?q=zzzzzz"),
    ),
    "rules:partner": (
        *(State(who, leading_to=site("site")) for who in ("operations", "deal_desk")),
        State("operations", "asked before setting", leading_to=site("site"), act=pressed("Set the tier")),
    ),
    "rules:history": seen_by("operations"),
    "rules:version": (
        State("operations", leading_to=lambda shown: {"number": 3}),
        State("deal_desk", "the first", leading_to=lambda shown: {"number": 1}),
    ),
    "guide:ask": (
        *seen_by("primary"),
        State("primary", "how many", query="?need=edge"),
        State("primary", "not so many", query="?need=edge&seats=0", status=422),
        State("primary", "nothing chosen", query="?need=", status=422),
        State("primary", "any of several", query="?need=edge&seats=25"),
    ),
    "guide:suggestion": (
        State("primary", query="?need=edge&seats=25&extras="),
        State("primary", "nothing taken", query="?need=edge&seats=25&extras=", act=taking_nothing),
    ),
    "guide_settings:list": seen_by("operations", "deal_desk"),
    "guide_settings:try": (
        *seen_by("operations"),
        State("deal_desk", "to the end", query="?need=edge&seats=25&extras=support"),
    ),
    "guide_settings:add_question": (
        *seen_by("operations"),
        State("operations", "refused", act=refused("form[data-lossless]")),
    ),
    "guide_settings:question": (
        State("operations", leading_to=thing("guide_question")),
        State("deal_desk", leading_to=thing("guide_question")),
        State("operations", "a number", leading_to=thing("guide_number")),
    ),
    "guide_settings:change_question": (State("operations", leading_to=thing("guide_question")),),
    "guide_settings:add_answer": (State("operations", leading_to=thing("guide_question")),),
    "guide_settings:change_answer": (State("operations", leading_to=thing("guide_answer")),),
    "guide_settings:add_rule": (
        *seen_by("operations"),
        State("operations", "refused", act=refused("form[data-lossless]")),
    ),
    "guide_settings:change_rule": (State("operations", leading_to=thing("guide_rule")),),
    "papers:letterhead": (
        *seen_by("primary"),
        State("primary", "refused", act=refused_by("address", "1\n2\n3\n4\n5\n6\n7")),
    ),
    "calendars:list": seen_by("operations", "deal_desk"),
    "calendars:calendar": (
        State("operations", leading_to=thing("calendar")),
        State("operations", "of all others", leading_to=thing("default_calendar")),
        State("operations", "a year without days", leading_to=thing("calendar"), query="?year=2029"),
        State("deal_desk", leading_to=thing("calendar")),
        State("operations", "asked before removing", leading_to=thing("calendar"), act=pressed("Remove")),
    ),
    "calendars:add": (
        *seen_by("operations"),
        State("operations", "refused", act=refused("form[data-lossless]")),
    ),
    "calendars:change": (State("operations", leading_to=thing("calendar")),),
    "calendars:add_holiday": (
        State("operations", leading_to=thing("calendar")),
        State("operations", "refused", leading_to=thing("calendar"), act=refused("form[data-lossless]")),
    ),
    "calendars:change_holiday": (State("operations", leading_to=thing("holiday")),),
    "calendars:paste": (
        State("operations", leading_to=thing("calendar")),
        State("operations", "refused", leading_to=thing("calendar"), act=pasting_nonsense),
    ),
    "feeds:deliveries": (
        *seen_by("operations"),
        State("operations", "nothing matches", query="?status=failed"),
    ),
    "feeds:feeds": seen_by("operations", "pricing"),
    "feeds:feed": (
        *(State(who, leading_to=lambda shown: {"key": "customers"}) for who in ("operations", "pricing")),
        State(
            "operations",
            "refused",
            leading_to=lambda shown: {"key": "sites"},
            act=refused("form[data-lossless]"),
        ),
    ),
    "feeds:delivery": (
        State("operations", "ready", leading_to=thing("delivery_ready")),
        State("operations", "removing", leading_to=thing("delivery_removing")),
        State("operations", "invalid", leading_to=thing("delivery_invalid")),
        State("operations", "asking", leading_to=thing("delivery_asking")),
        State("operations", "at work", leading_to=thing("delivery_at_work")),
    ),
    "rates:list": (
        *seen_by("operations", "pricing"),
        State("operations", "nothing matches", query="?currency=XYZ"),
    ),
    "prices:books": seen_by("pricing", "deal_desk"),
    "prices:add_book": (
        *seen_by("pricing"),
        State("pricing", "refused", act=refused("form[data-lossless]")),
    ),
    "prices:book": (
        *(State(who, leading_to=thing("price_book")) for who in ("pricing", "deal_desk")),
        State("pricing", "without editions", leading_to=thing("empty_book")),
    ),
    "prices:begin_edition": (
        State("pricing", leading_to=thing("price_book")),
        State("pricing", "refused", leading_to=thing("price_book"), act=refused("form[data-lossless]")),
    ),
    "prices:edition": (
        *(
            State(who, name, leading_to=thing(name))
            for who in ("pricing", "deal_desk")
            for name in ("price_edition", "price_draft", "empty_draft", "withdrawn_edition")
        ),
        State("pricing", "refused", leading_to=thing("price_draft"), act=refused("form[data-lossless]")),
    ),
    "prices:publish_edition": (State("pricing", leading_to=thing("price_draft")),),
    "prices:withdraw_edition": (
        State("pricing", leading_to=thing("price_edition")),
        State("pricing", "refused", leading_to=thing("price_edition"), act=refused("form[data-lossless]")),
    ),
    "price_files:list": (
        *seen_by("primary", "quoting", "beginner", "pricing"),
        State("primary", "checksums", act=unfolded),
        State("pricing", "of the government", query="?country=EG&list=government"),
    ),
    "price_files:changes": (
        *seen_by("primary", "quoting", "pricing"),
        State("primary", "biggest rises first", query="?column=srp&order=rises&kind=changed"),
        State("primary", "nothing found", query="?q=zzzzzz"),
    ),
    "price_files:search": (
        State("primary"),
        State("primary", "found", query="?q=d"),
        State("pricing", "found", query="?q=d&country=EG"),
        State("primary", "nothing found", query="?q=zzzzzz"),
    ),
    "price_files:part": (
        State("primary", leading_to=lambda shown: {"number": "D0ABCLL"}, query="?column=srp"),
        State("pricing", leading_to=lambda shown: {"number": "D0ABCLL"}, query="?country=EG&column=bp_price"),
    ),
    "prices:downloads": (
        State("pricing", leading_to=thing("price_edition")),
        State("pricing", "none", leading_to=thing("first_edition")),
    ),
    "products:parts": (
        *seen_by("operations", "deal_desk"),
        State("operations", "nothing found", query="?q=zzzzzz"),
    ),
    "products:part": (
        *(
            State(who, number, leading_to=lambda shown, number=number: {"number": number})
            for who in ("operations", "deal_desk")
            for number in ("D0ABCLL", "D0OLDLL")
        ),
        State(
            "operations",
            "refused",
            leading_to=lambda shown: {"number": "D0ABCLL"},
            act=refused("form[data-lossless]"),
        ),
    ),
    "products:add_part": (
        *seen_by("operations"),
        State("operations", "refused", act=refused("form[data-lossless]")),
    ),
    "products:lines": seen_by("operations", "deal_desk"),
    "products:line": tuple(
        State(who, code, leading_to=lambda shown, code=code: {"code": code})
        for who in ("operations", "deal_desk")
        for code in ("SENTINEL", "HARBOUR")
    ),
    "products:add_line": (
        *seen_by("operations"),
        State("operations", "refused", act=refused("form[data-lossless]")),
    ),
}

PAGES = (
    SHELL
    | DOOR
    | KEYS
    | NOTIFICATIONS
    | ACCESS
    | QUOTES
    | RENEWALS
    | SETUP_KEPT
    | SETUP_LINES
    | SETTING_UP
    | SUBSCRIPTIONS
    | DEALS
    | SETTINGS
    | COSELL_PAGES
)

#: Refusals: who may not, and what is not there.
REFUSALS: dict[str, tuple[str, str, int]] = {
    "403 with whom to ask": ("newcomer", "/deals/", 403),
    "403 of staff": ("deal_desk", "/access/queue/", 403),
    "403 of an applicant": ("stranger", "/deals/", 403),
    "404": ("sales", "/nowhere/", 404),
    "404 at the door": ("anonymous", "/nowhere/", 404),
    "405": ("sales", "/sites/switch/", 405),
    "400": ("sales", "/deals/?q=%ff", 400),
}

_JSON = "JSON for scripts"
_POST = "POST only"
_ON_THE_WAY = "looked at by the journeys"

NO_PAGES: dict[str, str] = {
    **NOT_OF_COSELL,
    **dict.fromkeys(
        [
            f"quotes:{verb}"
            for verb in ("lines", "add", "reprice", "split", "merge", "discard", "revise", "close")
        ],
        _POST,
    ),
    **dict.fromkeys(("orders:cancel", "orders:accept", "orders:reject"), _POST),
    **dict.fromkeys(
        [f"subscriptions:{verb}" for verb in ("suspend", "resume", "cancel", "restore", "extend")], _POST
    ),
    **dict.fromkeys(
        [
            f"provisioning:{verb}"
            for verb in ("contact", "start", "resend", "reopen", "called", "begin", "again")
        ],
        _POST,
    ),
    **dict.fromkeys(
        [f"setup_settings:{verb}" for verb in ("add_words", "remove_word", "remove_part", "retire_element")],
        _POST,
    ),
    "setup_forms:fill": _POST,
    **dict.fromkeys(("quotes:counts", "orders:counts", "provisioning:counts"), "asked for by the list"),
    **dict.fromkeys([f"renewals:{verb}" for verb in ("note", "assign", "snooze", "lose", "back")], _POST),
    **dict.fromkeys(("renewals:together", "renewals:calendar_make", "renewals:calendar_end"), _POST),
    **dict.fromkeys(("renewals:export_csv", "renewals:export_xlsx", "renewals:calendar_feed"), "a file"),
    "identity:session": _JSON,
    "parts_suggestions": _JSON,
    "customers:suggest": _JSON,
    "customers:suggest_contact": _JSON,
    "pricing:suggest": _JSON,
    "papers:logo": "a picture",
    **dict.fromkeys(("papers:pdf", "papers:xlsx"), "a file"),
    **dict.fromkeys(("guide:quote", "guide_settings:retire"), "POST only"),
    "feeds:example": "a file",
    "feeds:errors": "a file",
    "feeds:original": "a file",
    "feeds:progress": "a piece of the delivery's page",
    **dict.fromkeys(
        ("feeds:match_columns", "feeds:read_again", "feeds:confirm", "feeds:cancel"), "POST only"
    ),
    "mfa_login_webauthn": _JSON,
    "identity:switch_site": _POST,
    "identity:choose_language": _POST,
    "identity:revoke_key": _POST,
    "notifications:read_all": _POST,
    "notifications:address": _POST,
    "notifications:read_one": _POST,
    "notifications:switch": _POST,
    "accounts:approve": _POST,
    "accounts:reject": _POST,
    "accounts:assign": _POST,
    "accounts:withdraw": _POST,
    "accounts:revoke_invitation": _POST,
    "accounts:resend_invitation": _POST,
    "accounts:edit": _POST,
    "accounts:grant": _POST,
    "accounts:standing": _POST,
    "accounts:accept": _POST,
    "accounts:end_sessions": _POST,
    "accounts:leave": _POST,
    "deals:autosave": _POST,
    "deals:check": _POST,
    "deals:discard": _POST,
    "deals:take": _POST,
    "deals:ask": _POST,
    "deals:decide_together": _POST,
    "deals:together": _ON_THE_WAY,
    "deals:approve": _POST,
    "deals:return": _POST,
    "deals:reject": _POST,
    "deals:revoke": _POST,
    "deals:withdraw": _POST,
    "deals:win": _POST,
    "deals:lose": _POST,
    "deals:comment": _POST,
    "deals:again": _POST,
    "deals:ask_extension": _POST,
    "deals:take_extension_back": _POST,
    "deals:extend": _POST,
    "deals:refuse_extension": _POST,
    "deals:appeal": _POST,
    "deals:close_opportunity": _POST,
    "deals:take_back_proposal": _POST,
    "deals:decline": _POST,
    "deals:attach": _POST,
    "deals:detach": _POST,
    "deals:download": "a file",
    "deals:counts": "asked for by the list",
    **dict.fromkeys(("deals:export_csv", "deals:export_xlsx"), "a file"),
    **dict.fromkeys(("customers:export_csv", "customers:export_xlsx"), "a file"),
    **dict.fromkeys(("exports:cancel", "exports:again"), _POST),
    **dict.fromkeys([f"schedules:{verb}" for verb in ("send", "pause", "resume", "delete")], _POST),
    **dict.fromkeys(("exports:new", "exports:download"), "a file"),
    **dict.fromkeys(("reports:save", "reports:change", "reports:delete", "reports:default"), _POST),
    **dict.fromkeys(("calendars:remove", "calendars:remove_holiday", "calendars:copy_year"), _POST),
    **dict.fromkeys(("prices:change_book", "prices:change_edition", "prices:discard_edition"), _POST),
    **dict.fromkeys(("price_files:download", "price_files:change_file"), "a file"),
    **dict.fromkeys(("products:change_part", "products:retire_part", "products:bring_part_back"), _POST),
    **dict.fromkeys(("products:change_line", "products:retire_line", "products:bring_line_back"), _POST),
    "mfa_download_recovery_codes": "a file",
    "mailbox_file": "a file",
    "account_email_verification_sent": _ON_THE_WAY,
    "mfa_authenticate": _ON_THE_WAY,
    "mfa_reauthenticate_webauthn": _ON_THE_WAY,
    "accounts:second_factor": _ON_THE_WAY,
    "mailbox_mail": _ON_THE_WAY,
    "mailbox_html": _ON_THE_WAY,
    "openid_connect_login": "only with an identity provider",
    "openid_connect_callback": "only with an identity provider",
    "socialaccount_signup": "only with an identity provider",
}
