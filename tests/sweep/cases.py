"""What the sweep tries at each address. An address without a line here fails the sweep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reports.declared import Report, all_reports
from reports.filters import Text
from tests.sweep.addresses import Case
from tests.sweep.cosell import CASES as COSELL
from tests.sweep.shapes import (
    ALL,
    DEAL_READERS,
    NOBODY,
    OUR_PEOPLE,
    PARTNERS,
    READERS,
    SELLERS,
    SIGNED_IN,
    STAFF,
    Post,
    door,
    form,
    listing,
    of,
    of_file,
    of_member,
)

RIVAL_LOGIN: Post = lambda world: {"login": world.people["rival"].email, "password": "wrong"}  # noqa: E731
RIVAL_EMAIL: Post = lambda world: {"email": world.people["rival"].email, "name": "Somebody"}  # noqa: E731
VERSION = {"version": "1"}
REASON = {"text": "For a good reason.", "code": "other", "version": "1"}

AT_THE_DOOR: dict[str, Case] = {
    "account_login": door(frozenset({"anonymous"}), RIVAL_LOGIN),
    "account_logout": door(SIGNED_IN, form()),
    "account_inactive": door(ALL),
    "account_signup": door(frozenset({"anonymous"}), RIVAL_EMAIL),
    "account_email_verification_sent": door(),
    "account_reauthenticate": door(NOBODY, form(password="wrong")),
    "account_email": door(SIGNED_IN, RIVAL_EMAIL),
    "account_change_password": door(SIGNED_IN, form(oldpassword="wrong")),
    "account_set_password": door(),
    "account_reset_password": door(frozenset({"anonymous"}), RIVAL_EMAIL),
    "account_reset_password_done": door(frozenset({"anonymous"})),
    "account_reset_password_from_key": door(frozenset({"anonymous"}), uidb36="1", key="set-password"),
    "account_reset_password_from_key_done": door(frozenset({"anonymous"})),
    "mfa_index": door(SIGNED_IN),
    "mfa_authenticate": door(),
    "mfa_reauthenticate": door(),
    "mfa_activate_totp": door(),
    "mfa_deactivate_totp": door(),
    "mfa_view_recovery_codes": door(),
    "mfa_generate_recovery_codes": door(),
    "mfa_download_recovery_codes": door(),
    "mfa_list_webauthn": door(),
    "mfa_add_webauthn": door(),
    "mfa_login_webauthn": door(),
    "mfa_reauthenticate_webauthn": door(),
    "mfa_edit_webauthn": Case(
        ours=lambda world: {"pk": 1}, theirs=lambda world: {"pk": world.theirs["passkey"].pk}
    ),
    "mfa_remove_webauthn": Case(
        ours=lambda world: {"pk": 1}, theirs=lambda world: {"pk": world.theirs["passkey"].pk}
    ),
    "socialaccount_connections": door(SIGNED_IN),
    "socialaccount_signup": door(),
    "socialaccount_login_cancelled": door(ALL),
    "socialaccount_login_error": door(),
    "openid_connect_login": door(NOBODY, form(), provider_id="nobody"),
    "openid_connect_callback": door(NOBODY, provider_id="nobody"),
}

ACCESS: dict[str, Case] = {
    "accounts:request_access": Case(
        seen_by=PARTNERS | {"applicant"},
        posts=(
            lambda world: {"number": world.theirs["site"].number, "primary": "no"},
            form(number="9999999", primary="no"),
        ),
    ),
    "accounts:queue": listing(frozenset({"care"}), "q={}", "q={}&view=decided"),
    "accounts:case": of("case", frozenset({"primary", "secondary", "care"})),
    "accounts:approve": of("case", NOBODY, form(tools="reporting")),
    "accounts:reject": of("case", NOBODY, form(code="other", text="No.")),
    "accounts:assign": of("case", NOBODY, form(number="7403807")),
    "accounts:request": of("request"),
    "accounts:withdraw": of("request", NOBODY, form()),
    "accounts:users": listing(PARTNERS, "q={}", "q={}&status=removed"),
    "accounts:add": listing(
        frozenset({"primary", "secondary"}), posts=(RIVAL_EMAIL, form(email="new@people.example", name="New"))
    ),
    "accounts:requests": listing(frozenset({"primary", "secondary"}), "view={}"),
    "accounts:invitations": listing(frozenset({"primary", "secondary"})),
    "accounts:revoke_invitation": of("invitation", NOBODY, form()),
    "accounts:resend_invitation": of("invitation", NOBODY, form()),
    "accounts:member": of_member(OUR_PEOPLE),
    "accounts:edit": of_member(NOBODY, form(name="Changed", **VERSION)),
    "accounts:grant": of_member(NOBODY, form(tools="reporting", **VERSION)),
    "accounts:standing": of_member(NOBODY, form(standing="secondary", **VERSION)),
    "accounts:remove": of_member(frozenset({"primary", "secondary"}), form(**VERSION)),
    "accounts:invitation": Case(ours=lambda world: {"secret": "nothing"}),
    "accounts:accept": Case(ours=lambda world: {"secret": "nothing"}, posts=(form(),)),
    "accounts:sites": listing(STAFF, "q={}"),
    "accounts:site": of("site", STAFF),
    "accounts:change_primary": of("site", frozenset({"care"}), form(reason="Asked for.")),
    "accounts:profile": Case(
        seen_by=SIGNED_IN, posts=(form(name="New name", language="ar", time_zone="UTC"),)
    ),
    "accounts:end_sessions": Case(posts=(form(),)),
    "accounts:leave": of_member(NOBODY, form()),
    "accounts:second_factor": Case(),
    "help": Case(seen_by=ALL, posts=(form(name="A", email="a@b.example", subject="x", message="y"),)),
}

TOLD: dict[str, Case] = {
    "notifications:inbox": listing(SIGNED_IN, "show={}"),
    "notifications:read_all": Case(posts=(form(),)),
    "notifications:preferences": Case(seen_by=SIGNED_IN, posts=(form(),)),
    "notifications:address": Case(posts=(form(email="other@people.example"),)),
    "notifications:confirm_address": Case(ours=lambda world: {"token": "nothing"}),
    "notifications:open": of("inbox"),
    "notifications:read_one": of("inbox", NOBODY, form()),
    "notifications:switch": of("inbox", NOBODY, form()),
    # The demo's mailbox is everybody's, and holds no mail of these tests.
    "mailbox": Case(seen_by=ALL),
    "mailbox_mail": Case(ours=lambda world: {"name": "nothing"}),
    "mailbox_html": Case(ours=lambda world: {"name": "nothing"}),
    "mailbox_file": Case(ours=lambda world: {"name": "nothing"}),
}

DEALS: dict[str, Case] = {
    "customers:list": listing(PARTNERS | STAFF, "q={}", "show=all&q={}", "show=all&site=7403808"),
    "customers:export_csv": listing(PARTNERS | STAFF, "q={}", "show=all", "show=all&site=7403808"),
    "customers:export_xlsx": listing(PARTNERS | STAFF, "show=all"),
    "customers:customer": of("customer", OUR_PEOPLE | {"distributor"} | STAFF),
    "customers:suggest": listing(SELLERS, "q={}"),
    "customers:suggest_contact": Case(
        seen_by=SELLERS, ours=lambda world: {"public_id": world.ours["customer"].public_id}, queries=("q={}",)
    ),
    "pricing:suggest": listing(SELLERS, "q={}"),
    "deals:list": listing(
        SELLERS | {"distributor", "other_distributor", "rival", "deal_desk", "operations"},
        "q={}",
        "show=all&q={}",
    ),
    "deals:filters": listing(DEAL_READERS, "q={}", "owner={}"),
    "deals:counts": listing(DEAL_READERS, "q={}", "owner={}"),
    "deals:export_csv": listing(DEAL_READERS, "q={}", "show=all&q={}"),
    "deals:export_xlsx": listing(DEAL_READERS, "show=all&q={}"),
    "deals:desk": listing(frozenset({"deal_desk"}), "q={}", "queue=late&order=first&q={}"),
    "deals:decide_together": Case(
        posts=(lambda world: {"what": "take", "deal": f"{world.theirs['submitted'].public_id}:1"},)
    ),
    "deals:together": Case(),
    "deals:ask": of("submitted", NOBODY, form(**REASON)),
    "deals:register": listing(SELLERS, posts=(form(is_there_one="no"),)),
    "deals:opportunities": listing(SELLERS),
    "deals:new_opportunity": listing(SELLERS, posts=(form(name="Chance"),)),
    "deals:close_opportunity": of("opportunity", NOBODY, form()),
    "deals:rules": listing(DEAL_READERS | {"other_distributor", "rival"}),
    "deals:detail": of("submitted", READERS),
    "deals:edit": of("draft", SELLERS, form(name="Changed", **VERSION), step="details"),
    "deals:autosave": of("draft", NOBODY, form(name="Changed", **VERSION), step="details"),
    "deals:review": of("draft", SELLERS, form(**VERSION)),
    "deals:check": of("draft", NOBODY, form(**VERSION)),
    "deals:discard": of("draft", NOBODY, form()),
    **{
        f"deals:{verb}": of("submitted", NOBODY, form(**REASON))
        for verb in ("take", "approve", "return", "reject", "revoke", "withdraw", "win", "lose", "again")
    },
    "deals:amend": of("approved", SELLERS, form(name="Changed", approve_again="on", **VERSION)),
    **{
        f"deals:{verb}": of("approved", NOBODY, form(**REASON))
        for verb in ("ask_extension", "take_extension_back", "extend", "refuse_extension")
    },
    "deals:appeal": of("rejected", NOBODY, form(**REASON)),
    "deals:viewings": of("submitted", READERS),
    "deals:comment": of("submitted", NOBODY, form(text="A comment.")),
}

OPERATIONS = frozenset({"operations"})
MANAGERS = frozenset({"primary", "secondary"})  # of our site's people
QUOTERS = frozenset({"primary"})  # ours who make quotes
GUIDED = frozenset({"primary", "rival"})  # resellers who are guided
ASKED = {"text_en": "Which one?", "position": "5"}
HOURS = {"time_zone": "UTC", "weekend": ["5"], "opens": "09:00", "closes": "17:00", "version": "1"}
DAY = {"on": "2027-06-14", "name": "Bridge day"}
PART = {"description": "Gangway", "line": "SENTINEL", "type": "licence"}


def of_product(seen_by: frozenset[str], *posts: Post, api: bool = False, **named: str) -> Case:
    """A case for a part or product line: the vendor's, by its number or code."""
    missing = dict.fromkeys(named, "ZZZZZZZ")
    return Case(seen_by=seen_by, ours=lambda world: named, missing=missing, posts=posts, api=api)


PRICE_PARTNERS = frozenset({"primary", "distributor", "rival", "rival_colleague", "other_distributor"})
NEW_BOOK = {"country": "IT", "currency": "EUR", "kind": "saas", "time_zone": "Europe/Rome"}
NEW_EDITION = {"name": "2099-A", "effective_on": "2099-01-01"}
NUMBERS = {"base": "2", "valid_days": "100", "note": "Shorter."}
NAMES = {"base": "2", "label_en": "New name", "active": "on"}

SETTINGS: dict[str, Case] = {
    "identity:settings": Case(seen_by=STAFF),
    "rules:list": listing(STAFF, posts=(form(**NUMBERS),)),
    "rules:minimum_values": listing(STAFF, posts=(form(base="2", EUR="5000"),)),
    "rules:discounts": listing(STAFF, posts=(form(**{"base": "2", "gold.new": "12"}),)),
    "rules:reasons": listing(STAFF),
    "rules:tiers": listing(STAFF),
    "rules:questions": listing(STAFF),
    "rules:partners": listing(STAFF, "q={}", "tier={}"),
    "rules:partner": of("site", STAFF, form(tier="silver", **VERSION)),
    "rules:history": listing(STAFF),
    "rules:version": Case(seen_by=STAFF, ours=lambda world: {"number": 2}),
    "rules:add_entry": Case(
        seen_by=OPERATIONS, ours=lambda world: {"which": "reject"}, posts=(form(**NAMES),)
    ),
    "rules:change_entry": Case(
        seen_by=OPERATIONS,
        ours=lambda world: {"which": "reject", "code": "tender"},
        posts=(form(**NAMES),),
    ),
    "api-rules-list": listing(STAFF, api=True),
    "api-rules-detail": Case(seen_by=STAFF, ours=lambda world: {"number": "2"}, api=True),
    "api-rules-current": listing(
        DEAL_READERS | {"other_distributor", "rival", "care"}, api=True, posts=(form(valid_days=100),)
    ),
    "api-site-tiers-list": listing(STAFF, "q={}", "tier={}", api=True),
    "api-site-tiers-detail": Case(
        seen_by=STAFF,
        ours=lambda world: {"number": world.ours["site"].number},
        theirs=lambda world: {"number": world.theirs["site"].number},
        missing={"number": "9999999"},
        posts=(form(tier="silver"),),
        api=True,
    ),
    "papers:letterhead": Case(seen_by=MANAGERS, posts=(form(version="0", address="1 Way"),)),
    "papers:logo": Case(),
    "papers:pdf": of("quote", QUOTERS | STAFF),
    "papers:pdf#a proposal": of("proposal_quote", QUOTERS),
    "papers:xlsx": of("quote", QUOTERS | STAFF),
    "papers:xlsx#a proposal": of("proposal_quote", QUOTERS),
    "api-quote-papers-pdf": of("quote", QUOTERS | STAFF, api=True),
    "api-quote-papers-xlsx": of("quote", QUOTERS | STAFF, api=True),
    "guide:ask": listing(GUIDED, "kind={}"),
    "guide:suggestion": Case(),
    "guide:quote": Case(posts=(form(part="D0ABCLL"),)),
    "api-guided-selling-list": listing(GUIDED, api=True),
    "api-guided-selling-evaluate": Case(posts=(form(answers={}),), api=True),
    "guide_settings:list": Case(seen_by=STAFF),
    "guide_settings:try": listing(STAFF, "need={}"),
    "guide_settings:add_question": Case(
        seen_by=OPERATIONS, posts=(form(**ASKED, code="new", kind="choice"),)
    ),
    "guide_settings:question": of("guide_question", STAFF),
    "guide_settings:change_question": of("guide_question", OPERATIONS, form(**ASKED, **VERSION)),
    "guide_settings:add_answer": of("guide_question", OPERATIONS, form(**ASKED, code="new")),
    "guide_settings:change_answer": of("guide_answer", OPERATIONS, form(**ASKED, **VERSION)),
    "guide_settings:add_rule": Case(
        seen_by=OPERATIONS, posts=(form(name="New", part="D0ABCLL", reason_en="So"),)
    ),
    "guide_settings:change_rule": of("guide_rule", OPERATIONS, form(name="Other", **VERSION)),
    "guide_settings:retire": of("guide_rule", NOBODY, form(retired="1", **VERSION), what="rules"),
    "calendars:list": Case(seen_by=STAFF),
    "calendars:add": Case(seen_by=OPERATIONS, posts=(form(country="FR", **HOURS),)),
    "calendars:calendar": of("calendar", STAFF),
    "calendars:change": of("calendar", OPERATIONS, form(**HOURS)),
    "calendars:remove": of("calendar", NOBODY, form(**VERSION)),
    "calendars:add_holiday": of("calendar", OPERATIONS, form(**DAY)),
    "calendars:paste": of("calendar", OPERATIONS, form(lines="2027-06-15 Bridge day")),
    "calendars:copy_year": of("calendar", NOBODY, form(year="2028")),
    "calendars:change_holiday": of("holiday", OPERATIONS, form(**DAY, **VERSION)),
    "calendars:remove_holiday": of("holiday", NOBODY, form(**VERSION)),
    "feeds:deliveries": listing(OPERATIONS, "feed={}", "status={}"),
    "feeds:feeds": Case(seen_by=OPERATIONS),
    "feeds:feed": Case(
        seen_by=OPERATIONS,
        ours=lambda world: {"key": "parts"},
        missing={"key": "nothing"},
        posts=(form(), form(complete="on")),
    ),
    "feeds:example": Case(
        seen_by=OPERATIONS, ours=lambda world: {"key": "parts"}, missing={"key": "nothing"}
    ),
    "feeds:delivery": of("delivery", OPERATIONS),
    "feeds:progress": of("delivery", OPERATIONS),
    "feeds:match_columns": of("delivery", NOBODY, form(**VERSION)),
    "feeds:read_again": of("delivery", NOBODY, form(encoding="utf-8", **VERSION)),
    "feeds:confirm": of("delivery", NOBODY, form(seen="another")),
    "feeds:cancel": of("delivery", NOBODY, form()),
    "feeds:errors": of("invalid_delivery", OPERATIONS),
    "feeds:original": of("delivery", OPERATIONS),
    "api-feeds-list": Case(seen_by=OPERATIONS, api=True),
    "api-feeds-detail": Case(
        seen_by=OPERATIONS, ours=lambda world: {"key": "parts"}, missing={"key": "nothing"}, api=True
    ),
    "api-deliveries-list": listing(
        OPERATIONS, "feed={}", "status={}", "status=ready", api=True, posts=(form(feed="parts"),)
    ),
    "api-deliveries-detail": of("delivery", OPERATIONS, api=True),
    "api-deliveries-errors": of("invalid_delivery", OPERATIONS, api=True),
    "api-deliveries-error-file": of("invalid_delivery", OPERATIONS, api=True),
    "api-deliveries-columns": of("delivery", NOBODY, form(mapping={}), api=True),
    "api-deliveries-confirm": of("delivery", NOBODY, form(summary_id="another"), api=True),
    "api-deliveries-cancel": of("delivery", NOBODY, form(), api=True),
    "rates:list": listing(STAFF, "currency={}", "day={}"),
    "api-exchange-rates-list": listing(STAFF, "currency={}", "currency=EUR", "day={}", api=True),
    "prices:books": Case(seen_by=STAFF),
    "prices:add_book": Case(seen_by=OPERATIONS, posts=(form(**NEW_BOOK),)),
    "prices:book": of("price_book", STAFF),
    "prices:change_book": of("price_book", NOBODY, form(time_zone="UTC", **VERSION)),
    "prices:begin_edition": of("price_book", OPERATIONS, form(**NEW_EDITION)),
    "prices:edition": of("price_edition", STAFF),
    "prices:edition#draft": of("price_draft", STAFF),
    "prices:edition#withdrawn": of("withdrawn_edition", STAFF),
    "prices:change_edition": of("price_draft", NOBODY, form(**NEW_EDITION, **VERSION)),
    "prices:discard_edition": of("price_draft", NOBODY, form(**VERSION)),
    "prices:publish_edition": of("price_draft", OPERATIONS, form(**VERSION)),
    "prices:withdraw_edition": of("price_edition", OPERATIONS, form(reason="Wrong.", version="2")),
    "prices:downloads": of("price_edition", STAFF),
    "products:parts": listing(STAFF, "q={}", "line={}", "state={}"),
    "products:add_part": Case(seen_by=OPERATIONS, posts=(form(number="D9ZZZLL", **PART),)),
    "products:part": of_product(STAFF, number="D0ABCLL"),
    "products:change_part": of_product(NOBODY, form(**PART, **VERSION), number="D0ABCLL"),
    "products:retire_part": of_product(NOBODY, form(**VERSION), number="D0ABCLL"),
    "products:bring_part_back": of_product(NOBODY, form(**VERSION), number="D0ABCLL"),
    "products:lines": Case(seen_by=STAFF),
    "products:add_line": Case(seen_by=OPERATIONS, posts=(form(code="GANGWAY", name="Gangway"),)),
    "products:line": of_product(STAFF, code="SENTINEL"),
    "products:change_line": of_product(NOBODY, form(name="Sentry", **VERSION), code="SENTINEL"),
    "products:retire_line": of_product(NOBODY, form(**VERSION), code="SENTINEL"),
    "products:bring_line_back": of_product(NOBODY, form(**VERSION), code="SENTINEL"),
    "api-calendars-list": listing(
        STAFF, api=True, posts=(form(country="FR", time_zone="UTC", weekend=["sunday"]),)
    ),
    "api-calendars-detail": of("calendar", STAFF, api=True),
    "api-calendars-holidays": of(
        "calendar", STAFF, form(holidays=[{"date": "2027-06-14", "name": "Bridge day"}]), api=True
    ),
    "api-calendars-copy-year": of("calendar", NOBODY, form(year=2028), api=True),
    "api-holidays-detail": of("holiday", STAFF, api=True),
    "api-parts-catalogue": listing(STAFF, "q={}", "line={}", api=True),
    "api-parts-detail": of_product(SELLERS | {"rival"} | STAFF, api=True, number="D0ABCLL"),
    "api-parts-retire": of_product(NOBODY, form(), api=True, number="D0ABCLL"),
    "api-parts-bring-back": of_product(NOBODY, form(), api=True, number="D0ABCLL"),
    "api-price-books-list": Case(seen_by=STAFF | PRICE_PARTNERS, api=True, posts=(form(**NEW_BOOK),)),
    "api-price-books-detail": of("price_book", STAFF | {"primary", "distributor"}, api=True),
    "api-price-books-files": of("price_book", STAFF, api=True),
    "api-price-editions-list": listing(
        STAFF, "book={}", api=True, posts=(form(book="x", announcement_no="x", effective_on="2099-01-01"),)
    ),
    "api-price-editions-detail": of("price_edition", STAFF, api=True),
    "api-price-editions-changes": of("price_edition", STAFF, api=True),
    "api-price-editions-downloads": of("price_edition", STAFF, api=True),
    "api-price-editions-discard": of("price_draft", NOBODY, form(), api=True),
    "api-price-editions-publish": of("price_draft", NOBODY, form(), api=True),
    "api-price-editions-withdraw": of("price_edition", NOBODY, form(reason="Wrong."), api=True),
    "api-product-lines-list": listing(STAFF, api=True, posts=(form(code="GANGWAY", name="Gangway"),)),
    "api-product-lines-detail": of_product(STAFF, api=True, code="SENTINEL"),
    "api-product-lines-retire": of_product(NOBODY, form(), api=True, code="SENTINEL"),
    "api-product-lines-bring-back": of_product(NOBODY, form(), api=True, code="SENTINEL"),
}

API: dict[str, Case] = {
    "deals:proposals": listing(frozenset({"distributor", "other_distributor"})),
    "deals:propose": listing(
        frozenset({"distributor", "other_distributor"}),
        posts=(
            lambda world: {"reseller_number": world.theirs["site"].number, "customer_name": "X"},
            form(reseller_number="9999999", customer_name="X"),
        ),
    ),
    "deals:proposal": of("proposal", frozenset({"distributor"})),
    "deals:take_back_proposal": of("proposal", NOBODY, form()),
    "deals:decline": of("draft_of_proposal", NOBODY, form(text="No.")),
    "api-proposals-list": listing(
        frozenset({"distributor", "other_distributor"}),
        api=True,
        posts=(lambda world: {"reseller": world.theirs["site"].number, "name": "X"},),
    ),
    "api-proposals-detail": of("proposal", frozenset({"distributor"}), api=True),
    "api-proposals-take-back": of("proposal", NOBODY, form(), api=True),
    "api-deals-decline": of("draft_of_proposal", NOBODY, form(text="No."), api=True),
    "deals:attach": of("submitted", NOBODY, form(for_distributor="on")),
    "deals:download": of_file(READERS),
    "deals:detach": of_file(NOBODY, form(), name="private_file"),
    "api-deals-attachments": of("submitted", READERS, form(), api=True),
    "api-deals-attachment": of_file(READERS, api=True),
    "api-deals-list": listing(SELLERS | {"distributor", "rival", "deal_desk"}, "q={}", "status={}", api=True),
    "api-deals-detail": of("submitted", READERS, api=True),
    "api-deals-events": of("submitted", READERS, form(), api=True),
    "api-deals-candidates": of("submitted", frozenset({"deal_desk"}), api=True),
    "api-deals-verdict": of("draft", NOBODY, form(), api=True),
    "api-deals-amend": of("approved", NOBODY, form(stage="proposed"), api=True),
    **{
        f"api-deals-{verb}": of("approved", NOBODY, form(text="For a good reason."), api=True)
        for verb in ("ask-extension", "extend", "refuse-extension")
    },
    "api-deals-take-extension-back": of("approved", NOBODY, form(), api=True),
    "api-deals-appeal": of("rejected", NOBODY, form(text="For a good reason."), api=True),
    "api-deals-viewings": of("submitted", READERS, api=True),
    "api-deals-ask": of("submitted", NOBODY, form(text="Which?"), api=True),
    "api-deals-together": Case(
        posts=(
            lambda world: {
                "what": "take",
                "deals": [{"id": world.theirs["submitted"].public_id, "version": 1}],
            },
        ),
        api=True,
    ),
    **{
        f"api-deals-{verb}": of("submitted", NOBODY, form(**REASON), api=True)
        for verb in (
            "take",
            "approve",
            "return",
            "reject",
            "revoke",
            "withdraw",
            "win",
            "lose",
            "again",
            "comment",
            "submit",
        )
    },
    "api-opportunities-list": listing(SELLERS, api=True, posts=(form(name="Chance"),)),
    "api-opportunities-close": of("opportunity", NOBODY, form(), api=True),
    "api-customers-list": listing(NOBODY, "q={}", api=True),
    "api-customers-detail": of("customer", OUR_PEOPLE | {"distributor"} | STAFF, api=True),
    "api-contacts-list": listing(SELLERS, "q={}", api=True),
    "api-relationships-list": listing(PARTNERS | STAFF, "q={}", "site=7403808", api=True),
    "api-parts-list": listing(NOBODY, "q={}", api=True),
    "api-members-list": listing(PARTNERS, "q={}", api=True, posts=(RIVAL_EMAIL,)),
    "api-members-detail": of_member(OUR_PEOPLE, api=True),
    "api-members-rights": of_member(NOBODY, form(tools=["reporting"]), api=True),
    "api-members-standing": of_member(NOBODY, form(standing="secondary"), api=True),
    "api-invitations-list": listing(frozenset({"primary", "secondary"}), api=True),
    "api-invitations-resend": of("invitation", NOBODY, form(), api=True),
    "api-invitations-revoke": of("invitation", NOBODY, form(), api=True),
    "api-access-requests-list": listing(frozenset({"primary", "secondary", "care"}), "q={}", api=True),
    "api-access-requests-detail": of("case", frozenset({"primary", "secondary", "care"}), api=True),
    "api-access-requests-approve": of("case", NOBODY, form(tools=["reporting"]), api=True),
    "api-access-requests-assign": of("case", NOBODY, form(number="7403807"), api=True),
    "api-access-requests-reject": of("case", NOBODY, form(code="other", text="No."), api=True),
    "api-sites-list": listing(STAFF, "q={}", api=True),
    "api-sites-detail": of("site", STAFF, api=True),
    "api-sites-primary": of("site", NOBODY, form(reason="Asked for."), api=True),
    "api-notifications-list": listing(PARTNERS | STAFF, api=True),
    "api-notifications-read-all": Case(posts=(form(),), api=True),
    "api-notifications-read": of("inbox", NOBODY, form(), api=True),
}

VIEWS: dict[str, Case] = {
    "reports:views": listing(PARTNERS | STAFF),
    "reports:save": Case(posts=(form(listing="deals", name="New", query="show=all"),)),
    "reports:change": of("view", NOBODY, form(name="Changed", **VERSION)),
    "reports:delete": of("view", NOBODY, form()),
    "reports:default": of("view", NOBODY, form(on="1")),
    "api-views-list": listing(
        PARTNERS | STAFF, "list={}", api=True, posts=(form(list="deals", name="New", query="show=all"),)
    ),
    "api-views-detail": of("view", SELLERS, api=True),
}

SCHEDULED = {
    "source": "deals", "level": "list", "query": "show=all", "name": "Sent", "every": "day", "hour": "8",
    "format": "csv", "to_owner": "on",
}  # fmt: skip
SENT = {**SCHEDULED, "hour": 8, "to_owner": True}
OF_RIVAL: Post = lambda world: SCHEDULED | {"colleagues": [world.people["rival"].pk]}  # noqa: E731
OF_RIVAL_API: Post = lambda world: SENT | {"colleagues": [world.people["rival"].public_id]}  # noqa: E731
SALES = frozenset({"sales"})
FILES: dict[str, Case] = {
    "exports:list": listing(PARTNERS | STAFF),
    "exports:detail": of("export", SALES),
    "exports:download": of("export", SALES),
    "exports:cancel": of("export", NOBODY, form()),
    "exports:again": of("export", NOBODY, form()),
    "schedules:list": listing(PARTNERS | STAFF),
    "schedules:add": Case(queries=("source=deals&level=list&query={}",), posts=(form(**SCHEDULED), OF_RIVAL)),
    "schedules:change": of("schedule", SALES, form(**SCHEDULED, **VERSION)),
    **{f"schedules:{verb}": of("schedule", NOBODY, form()) for verb in ("send", "pause", "resume", "delete")},
    "api-exports-list": listing(
        PARTNERS | STAFF,
        api=True,
        posts=(form(source="deals", level="list", query="show=all", format="csv"),),
    ),
    "api-exports-detail": of("export", SALES, api=True),
    "api-exports-file": of("export", SALES, api=True),
    "api-exports-cancel": of("export", NOBODY, form(), api=True),
    "api-schedules-list": listing(PARTNERS | STAFF, api=True, posts=(form(**SENT), OF_RIVAL_API)),
    "api-schedules-detail": of("schedule", SALES, api=True),
    **{
        f"api-schedules-{verb}": of("schedule", NOBODY, form(), api=True)
        for verb in ("send", "pause", "resume")
    },
    **{
        f"exports:new#{format}": Case(
            seen_by=DEAL_READERS,
            ours=lambda world, format=format: {"source": "deals", "level": "list", "format": format},
            queries=("show=all&q={}",),
        )
        for format in ("csv", "xlsx", "parquet")
    },
}

# Who may open each report; of one that is not here, it is tried that nobody is shown what is not theirs.
REPORT_READERS = frozenset({"primary", "rival", "distributor", "other_distributor"}) | STAFF
REPORTS_OPEN_TO = {
    "deal-pipeline": REPORT_READERS - {"care"} | {"rival_colleague"},
    "won-and-lost": REPORT_READERS - {"care"} | {"rival_colleague"},
    "access-audit": REPORT_READERS - {"deal_desk"},
    "price-file-downloads": REPORT_READERS - {"care", "deal_desk"} | {"rival_colleague"},
    **dict.fromkeys(
        (
            "end-customers", "order-history", "order-lines", "saas-fulfilment", "saas-data-elements",
            "renewal-items", "committed-term-items", "renewals-180-days", "inventory", "suppressed-overage",
            "subscription-updates", "renewal-price-notifications",
        ),
        REPORT_READERS | {"rival_colleague"},
    ),
}  # fmt: skip


def of_report(report: Report) -> Iterator[tuple[str, Case]]:
    """The cases of a declared report, of tomorrow's as well: both levels, every grouping, every typed filter.

    Pages are searched in detail, the API in sums, and of the files one, since all of them ask the same way.
    """
    seen_by, kwargs = REPORTS_OPEN_TO.get(report.key, NOBODY), {"key": report.key}
    typed = [each.name for each in report.filters if isinstance(each, Text)]
    detailed, summed = ([f"level={level}&{name}={{}}" for name in typed] for level in ("detail", "summary"))
    groupings = report.summary.groupings if report.summary else ()
    ways = ["level=detail", *(f"level=summary&by={each.name}" for each in groupings)]
    shown = ",".join(column.name for column in report.detail.columns)
    page = Case(
        seen_by=seen_by,
        ours=lambda world: kwargs,
        queries=(*detailed, *ways, f"level=detail&columns={shown}"),
    )
    told = Case(seen_by=seen_by, ours=lambda world: kwargs, queries=(*summed, *ways), api=True)
    totals = replace(page, queries=tuple(detailed))
    yield f"report:page#{report.key}", page
    yield f"report:totals#{report.key}", totals
    for level, format in (("detail", "csv"), ("summary", "csv"), ("detail", "parquet")):
        file = {"source": report.key, "level": level, "format": format}
        yield (
            f"exports:new#{report.key}-{level}-{format}",
            Case(
                seen_by=seen_by if level == "detail" or report.summary else NOBODY,
                ours=lambda world, file=file: file,
                queries=tuple(f"{name}={{}}" for name in typed)
                if (level, format) == ("detail", "csv")
                else (),
            ),
        )
    yield f"api-reports-detail#{report.key}", replace(told, queries=())
    yield f"api-reports-rows#{report.key}", told
    yield f"api-reports-totals#{report.key}", replace(told, queries=tuple(summed))


REPORTS: dict[str, Case] = {
    "report:list": Case(seen_by=REPORT_READERS | {"rival_colleague"}),
    "api-reports-list": Case(seen_by=REPORT_READERS | {"rival_colleague"}, api=True),
    **{name: case for report in all_reports() for name, case in of_report(report)},
}

PRICE_READERS = PRICE_PARTNERS | {"operations"}
OUR_PRICE_READERS = frozenset({"primary", "distributor"})  # who may see partner cost, too
PRICES_ASKED = (
    "q={}",
    "book={}",
    "since={}",
    "until={}",
    "line={}",
    "kind=added",
    "order=rises",
    "column=bp_price",
)
PRICE_FILES: dict[str, Case] = {
    "price_files:list": listing(PRICE_READERS, "country={}", "country=PL&list=government"),
    "price_files:download": of("price_file", OUR_PRICE_READERS),
    "price_files:changes": listing(PRICE_READERS, *PRICES_ASKED),
    **{
        f"price_files:change_file#{format}": Case(
            seen_by=PRICE_READERS, ours=lambda world, format=format: {"format": format}, queries=PRICES_ASKED
        )
        for format in ("csv", "xlsx")
    },
    "price_files:search": listing(PRICE_READERS, "q={}", "q=d0&book={}", "q=d0", "q=d0&country=PL"),
    "price_files:part": Case(
        seen_by=PRICE_READERS,
        ours=lambda world: {"number": "D0ABCLL"},
        missing={"number": "D9ZZZLL"},
        queries=("column=bp_price", "column={}"),
    ),
    "api-price-files-list": listing(PRICE_READERS, "book={}", "with_cost=true", api=True),
    "api-price-files-detail": of("price_file", OUR_PRICE_READERS, api=True),
    "api-price-files-content": of("price_file", OUR_PRICE_READERS, api=True),
    "api-price-changes-list": listing(PRICE_READERS, *PRICES_ASKED, api=True),
    "api-price-changes-summary": listing(PRICE_READERS, *PRICES_ASKED, api=True),
    "api-prices-list": listing(NOBODY, "q={}", "q=d0", "q=d0&book={}", api=True),
    "api-price-history-detail": Case(
        seen_by=PRICE_READERS - {"operations"},
        ours=lambda world: {"number": "D0ABCLL"},
        missing={"number": "D9ZZZLL"},
        queries=("column=bp_price", "country={}"),
        api=True,
    ),
}

# Whoever has the tool for it sees their own site's; the distributor on ours sees ours.
RENEWAL_READERS = REPORT_READERS | {"rival_colleague"}
OUR_RENEWAL_READERS = frozenset({"primary", "distributor"}) | STAFF
RENEWALS_ASKED = (
    "q={}", "agreement={}", "site={}", "quote={}", "customer={}", "assigned={}", "show=all&q={}", "show=lost",
    "show=snoozed", "partner=7403808", "show=all&partner=7403808",
)  # fmt: skip
NOTED = {
    "note": "Changed",
    "colleague": "",
    "to": "",
    "until": "2027-06-01",
    "reason": "budget",
    "version": "1",
}
SELECTED: Post = lambda w: {"item": f"{w.theirs['renewal_item'].public_id}:1", "what": "quote"}  # noqa: E731
PUT_OFF: Post = lambda w: SELECTED(w) | {"what": "snooze", "until": "2027-06-01"}  # noqa: E731
ASSIGNED: Post = lambda w: {  # noqa: E731
    "item": f"{w.ours['renewal_item'].public_id}:1", "what": "assign", "colleague": w.people["rival"].public_id,
}  # fmt: skip
RENEWALS: dict[str, Case] = {
    "renewals:list": listing(RENEWAL_READERS, *RENEWALS_ASKED),
    "renewals:filters": listing(RENEWAL_READERS, "q={}", "assigned={}"),
    "renewals:totals": listing(RENEWAL_READERS, *RENEWALS_ASKED),
    "renewals:export_csv": listing(RENEWAL_READERS, *RENEWALS_ASKED),
    "renewals:export_xlsx": listing(RENEWAL_READERS, "show=all"),
    "renewals:together": Case(posts=(SELECTED, PUT_OFF, ASSIGNED)),
    "renewals:item": of("renewal_item", OUR_RENEWAL_READERS),
    **{
        f"renewals:{verb}": of("renewal_item", NOBODY, form(**NOTED))
        for verb in ("note", "assign", "snooze", "lose", "back")
    },
    "renewals:calendar": Case(seen_by=RENEWAL_READERS),
    "renewals:calendar_make": Case(posts=(form(with_names="on"),)),
    "renewals:calendar_made": Case(seen_by=RENEWAL_READERS),
    "renewals:calendar_end": Case(posts=(form(),)),
    # Whoever has the address has the calendar, with or without a session: it is of what is its owner's to do, nothing.
    "renewals:calendar_feed": Case(
        seen_by=ALL,
        ours=lambda world: {"secret": world.ours["calendar_secret"]},
        missing={"secret": "nothing"},
    ),
    "renewals:calendar_feed#ended": Case(
        ours=lambda world: {"secret": world.ours["ended_secret"]}, missing={"secret": "nothing"}
    ),
    "api-renewals-list": listing(RENEWAL_READERS, *RENEWALS_ASKED, api=True),
    "api-renewals-detail": of("renewal_item", OUR_RENEWAL_READERS, api=True),
    **{
        f"api-renewals-{verb}": of("renewal_item", NOBODY, form(**sent), api=True)
        for verb, sent in {
            "note": {"note": "Changed"},
            "assign": {"to": "me"},
            "snooze": {"until": "2027-06-01"},
            "lose": {"reason": "budget"},
            "bring-back": {},
        }.items()
    },
}

ORDERS_ASKED = ("q={}", "customer={}", "show=placed&q={}", "here=1")
OTHER_PROPOSAL: Post = lambda w: {"other": w.theirs["proposal_quote"].public_id}  # noqa: E731
OF_RIVAL: Post = lambda w: {  # noqa: E731
    "customer": w.theirs["customer"].public_id, "customer_site": w.theirs["customer_site"].site_number,
    "lines": [{"part_number": "D0ABCLL"}],
}  # fmt: skip
ALL_MAKERS = QUOTERS | {"rival"}
QUOTES: dict[str, Case] = {
    "quotes:list": listing(ALL_MAKERS | STAFF, "q={}", "customer={}", "show=open&q={}", "mine=1"),
    "quotes:counts": listing(ALL_MAKERS | STAFF, "q={}", "customer={}"),
    "quotes:new": listing(
        ALL_MAKERS,
        "customer={}",
        "deal={}",
        posts=(form(parts="D0ABCLL 2"), lambda w: {"deal_number": w.theirs["approved"].number}),
    ),
    "quotes:quote": of("quote", QUOTERS | STAFF),
    "quotes:quote#a proposal": of("proposal_quote", QUOTERS),
    "quotes:edit": of("proposal_quote", QUOTERS, form(currency="EUR", **VERSION)),
    "quotes:open": of("proposal_quote", QUOTERS, form(valid_until="2027-06-01", **VERSION)),
    "quotes:order": of("quote", QUOTERS, form(**VERSION)),
    "quotes:lines": of("proposal_quote", NOBODY, form(do="coterm", **VERSION)),
    "quotes:add": of("proposal_quote", NOBODY, form(parts="D0ABCLL 2")),
    "quotes:reprice": of("proposal_quote", NOBODY, form()),
    "quotes:split": of("proposal_quote", NOBODY, form()),
    "quotes:merge": of("proposal_quote", NOBODY, OTHER_PROPOSAL),
    "quotes:discard": of("proposal_quote", NOBODY, form()),
    "quotes:revise": of("quote", NOBODY, form()),
    "quotes:close": of("quote", NOBODY, form(reason="No budget.")),
    "orders:list": listing(RENEWAL_READERS, *ORDERS_ASKED),
    "orders:counts": listing(RENEWAL_READERS, *ORDERS_ASKED),
    "orders:place": listing(
        ALL_MAKERS,
        posts=(
            form(parts="D0ABCLL 2"),
            lambda w: {
                "step": "review",
                "rows": "1",
                "part-0": "D0ABCLL",
                "quantity-0": "1",
                "do": "place",
                "customer_name": "Somebody",
                "customer_country": "EG",
                "customer_site": w.theirs["customer_site"].site_number,
                "deal_number": w.theirs["approved"].number,
            },
        ),
    ),
    "orders:order": of("placed_order", OUR_RENEWAL_READERS),
    "orders:order#of the vendor's systems": of("order", NOBODY),
    "orders:cancel": of("placed_order", NOBODY, form()),
    "orders:accept": of("placed_order", NOBODY, form()),
    "orders:reject": of("placed_order", NOBODY, form(text="No.")),
    "api-quotes-list": listing(
        ALL_MAKERS | STAFF, "q={}", "customer={}", "number={}", "status=open", api=True, posts=(OF_RIVAL,)
    ),
    "api-quotes-detail": of("quote", QUOTERS | STAFF, form(title="Changed"), api=True),
    **{
        f"api-quotes-{verb}": of(kind, NOBODY, sent, api=True)
        for verb, kind, sent in (
            ("add", "proposal_quote", form(lines=[{"part_number": "D0ABCLL"}])),
            ("lines", "proposal_quote", form(lines=[])),
            ("coterm", "proposal_quote", form()),
            ("reprice", "proposal_quote", form()),
            ("split", "proposal_quote", form()),
            ("merge", "proposal_quote", lambda w: {"quotes": [w.theirs["proposal_quote"].public_id]}),
            ("open", "proposal_quote", form()),
            ("revise", "quote", form()),
            ("close", "quote", form(reason="No budget.")),
            ("order", "quote", form()),
        )
    },
    "api-orders-list": listing(RENEWAL_READERS, *ORDERS_ASKED, api=True, posts=(OF_RIVAL,)),
    "api-orders-detail": of("placed_order", OUR_RENEWAL_READERS, api=True),
    **{
        f"api-orders-{verb}": of("placed_order", NOBODY, form(**sent), api=True)
        for verb, sent in (("cancel", {}), ("accept", {}), ("reject", {"text": "No."}))
    },
}

SUBSCRIPTIONS_ASKED = (
    "q={}",
    "customer={}",
    "organisation={}",
    "show=active&q={}",
    "service=calling",
    "ends=30",
)
ORDERERS = frozenset({"primary", "operations"})  # of ours, who change what was set up
SUBSCRIPTIONS: dict[str, Case] = {
    "subscriptions:list": listing(RENEWAL_READERS, *SUBSCRIPTIONS_ASKED),
    "subscriptions:subscription": of("subscription", OUR_RENEWAL_READERS),
    "subscriptions:delete": of("subscription", ORDERERS, form(number="SUB-1", **VERSION)),
    **{
        f"subscriptions:{verb}": of("subscription", NOBODY, form(**VERSION), name=verb)
        for verb in ("suspend", "resume", "cancel", "restore", "extend")
    },
    "organisations:list": listing(RENEWAL_READERS, "q={}", "customer={}"),
    "organisations:organisation": of("organisation", frozenset({"primary"}) | STAFF),
    "organisations:trial": of("organisation", frozenset({"primary"}), form(part="D0ABCLL", quantity="1")),
    "api-subscriptions-list": listing(
        RENEWAL_READERS,
        *("q={}", "customer={}", "organisation={}", "status=active", "service=calling", "ends=30"),
        api=True,
        posts=(lambda w: {"organisation": w.theirs["organisation"].public_id, "part_number": "D0ABCLL"},),
    ),
    "api-subscriptions-detail": of("subscription", OUR_RENEWAL_READERS, api=True),
    **{
        f"api-subscriptions-{verb}": of("subscription", NOBODY, form(**sent), api=True)
        for verb, sent in (
            ("suspend", {}),
            ("resume", {}),
            ("cancel", {}),
            ("restore", {}),
            ("extend", {}),
            ("delete", {"number": "SUB-1"}),
        )
    },
    "api-organisations-list": listing(RENEWAL_READERS, "q={}", "customer={}", api=True),
    "api-organisations-detail": of("organisation", frozenset({"primary"}) | STAFF, api=True),
}

SETUP_CONTACT = {"email": "other@oasis.example", "language": "en"}
SET_UP = {
    "administrator_email": "boss@oasis.example",
    "new_organisation": {"name": "Oasis", "country": "EG", "address": "2 Palm Street, Giza"},
    "services": {
        "calling": {
            "country": "EG", "address": "2 Palm Street, Giza", "time_zone": "Africa/Cairo", "languages": ["ar"],
            "sip": "oasis-voice",
        },
        "meetings": {"site": "oasis-meet", "time_zone": "Africa/Cairo"},
        "organisation": {"subdomain": "oasis"},
    },
    "agreed": True,
}  # fmt: skip
SETUP_START = {"start_on": "2027-06-01", "time_zone": "Europe/Rome"}
SETUP_LINES: dict[str, Case] = {
    "provisioning:list": listing(RENEWAL_READERS, "q={}", "order={}", "show=all&q={}", "show=call"),
    "provisioning:counts": listing(RENEWAL_READERS, "q={}", "order={}"),
    "provisioning:line": of("setup_line", OUR_RENEWAL_READERS),
    "provisioning:contact": of("setup_line", NOBODY, form(all_lines="on", **SETUP_CONTACT)),
    "provisioning:start": of("setup_line", NOBODY, form(**SETUP_START)),
    "provisioning:resend": of("setup_line", NOBODY, form()),
    "provisioning:reopen": of("setup_line", NOBODY, form(**SETUP_START)),
    "provisioning:begin": of("setup_line", NOBODY, form()),
    "provisioning:again": of("setup_line", NOBODY, form()),
    "provisioning:called": of("setup_line", NOBODY, form()),
    "api-setup-lines-list": listing(RENEWAL_READERS, "q={}", "order={}", "status=ordered", api=True),
    "api-setup-lines-detail": of("setup_line", OUR_RENEWAL_READERS, api=True),
    "api-setup-lines-progress": of("setup_line", OUR_RENEWAL_READERS, api=True),
    **{
        f"api-setup-lines-{verb}": of("setup_line", NOBODY, form(**sent), api=True)
        for verb, sent in (
            ("contact", {"email": "other@oasis.example", "all_lines": True}),
            ("start", SETUP_START),
            ("resend", {}),
            ("again", {}),
            ("reopen", SETUP_START),
            ("called", {}),
        )
    },
    "api-setup-lines-set-up": of(
        "setup_line", NOBODY, form(**SET_UP), form(**SET_UP, validate_only=True), api=True
    ),
    "api-setup-lines-organisations": replace(
        of("setup_line", NOBODY, api=True), queries=("administrator_email={}@oasis.example",)
    ),
}

SETUP_DAYS = {
    "call_after_days": "2", "flex_days": "7", "other_days": "30", "chase_days": "3", "restore_days": "30",
    "trial_days": "30", "version": "1",
}  # fmt: skip
SETUP_KEPT: dict[str, Case] = {
    "setup_forms:list": listing(RENEWAL_READERS, "show=all", "show=complete", "show=left"),
    "setup_forms:form": of("setup_line", OUR_RENEWAL_READERS),
    "setup_forms:fill": of("setup_line", NOBODY, form(version="0")),
    "api-provisioning-forms-list": listing(RENEWAL_READERS, "order={}", "show=complete", api=True),
    "api-provisioning-forms-detail": of("setup_line", OUR_RENEWAL_READERS, api=True),
    "setup_settings:parts": Case(seen_by=STAFF),
    "setup_settings:days": Case(seen_by=STAFF),
    "setup_settings:words": listing(STAFF, "name={}"),
    "setup_settings:change_days": Case(seen_by=OPERATIONS, posts=(form(**SETUP_DAYS),)),
    "setup_settings:add_words": Case(posts=(form(words="gadzooks", use="reserved"),)),
    "setup_settings:remove_word": of("name_word", NOBODY, form()),
    "setup_settings:add_part": Case(
        seen_by=OPERATIONS, posts=(form(part="D0ABCLL", family="A-WX", services="calling"),)
    ),
    "setup_settings:part": of_product(STAFF, number="D0ABCLL"),
    "setup_settings:change_part": of_product(
        OPERATIONS, form(family="A-WX", services="calling", **VERSION), number="D0ABCLL"
    ),
    "setup_settings:remove_part": of_product(NOBODY, form(**VERSION), number="D0ABCLL"),
    "setup_settings:add_element": of_product(
        OPERATIONS, form(name="Other", kind="text", position="1"), number="D0ABCLL"
    ),
    "setup_settings:change_element": of("part_element", OPERATIONS, form(position="2", **VERSION)),
    "setup_settings:retire_element": of("part_element", NOBODY, form(retired="1", **VERSION)),
    "api-setup-parts-list": listing(
        STAFF, api=True, posts=(form(part="D0ABCLL", family="A-WX", services=["calling"]),)
    ),
    "api-setup-parts-detail": of_product(STAFF, api=True, part="D0ABCLL"),
    "api-setup-parts-elements": of_product(STAFF, form(name="Other", kind="text"), api=True, part="D0ABCLL"),
    "api-setup-elements-detail": of("part_element", STAFF, api=True),
    "api-setup-elements-retire": of("part_element", NOBODY, form(), api=True),
    "api-setup-elements-bring-back": of("part_element", NOBODY, form(), api=True),
    "api-setup-rules-current": Case(seen_by=STAFF, api=True),
    "api-name-words-list": listing(
        STAFF, "q={}", "use=reserved&q={}", api=True, posts=(form(words=["gadzooks"], use="reserved"),)
    ),
    "api-name-words-detail": of("name_word", NOBODY, api=True),
}

# Whoever has no link; what each link shows is swept by who holds which, in test_links.py.
WIZARD: dict[str, Case] = {
    f"setup:{page}": Case(
        ours=lambda w: {"secret": "no-such-secret"}, posts=(form(step="role", role="partner"),)
    )
    for page in ("start", "stopped", "ordered", "services", "progress")
}

CASES: dict[str, Case] = {
    **COSELL,
    **WIZARD,
    **SETUP_KEPT,
    **SETUP_LINES,
    **SUBSCRIPTIONS,
    **QUOTES,
    **RENEWALS,
    **REPORTS,
    **PRICE_FILES,
    "home": Case(seen_by=PARTNERS | STAFF),
    "parts": Case(seen_by=ALL),
    "parts_suggestions": Case(seen_by=ALL),
    "identity:session": Case(seen_by=SIGNED_IN),
    "identity:switch_site": Case(posts=(lambda w: {"membership": w.people["rival"].public_id},)),
    "identity:choose_language": Case(posts=(lambda w: {"language": "ar", "next": "/"},)),
    "identity:keys": Case(seen_by=PARTNERS | STAFF),
    "identity:make_key": Case(
        seen_by=PARTNERS | STAFF,
        posts=(lambda w: {"name": "Warehouse", "privileges": ["inbox_read"], "expires": "30"},),
    ),
    "identity:key_made": Case(
        seen_by=frozenset({"primary"}),
        ours=lambda w: {"public_id": w.ours["key"].public_id},
        theirs=lambda w: {"public_id": w.theirs["key"].public_id},
    ),
    "identity:revoke_key": Case(
        ours=lambda w: {"public_id": w.ours["key"].public_id},
        theirs=lambda w: {"public_id": w.theirs["key"].public_id},
        posts=(lambda w: {},),
    ),
    "api-schema": Case(seen_by=ALL, api=True, same_for_all=True),
    "api-reference": Case(seen_by=ALL, same_for_all=True),
    "api-reference-resource": Case(ours=lambda w: {"tag": "deals"}, seen_by=ALL, same_for_all=True),
    "api-unknown": Case(ours=lambda w: {"rest": "nowhere/"}, api=True, same_for_all=True),
    "api-me": Case(seen_by=PARTNERS | STAFF, api=True),
    **AT_THE_DOOR,
    **ACCESS,
    **TOLD,
    **DEALS,
    **VIEWS,
    **FILES,
    **SETTINGS,
    **API,
}
