"""Generating notes in a deal's form: what is shown before, what comes, and that nothing typed is ever lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Locator, Page, expect

from cosell.models import NotesDraft
from identity import tenancy
from identity.models import Role
from tests.browser.axe import violations
from tests.browser.conftest import Visitors
from tests.cast import Cast
from tests.cosell.factories import give_role, make_location, make_solution
from tests.cosell.notes.endpoint import Endpoint, Handler, answering, endpoint_running, saying

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    cache.clear()


@pytest.fixture
def endpoint(settings: Any) -> Iterator[Endpoint]:
    with endpoint_running() as running:
        settings.COSELL_NOTES_URL, settings.COSELL_NOTES_MODEL = running.url, "small-writer"
        yield running


@pytest.fixture
def form(cast: Cast, visitors: Visitors) -> Page:
    """The form of a new deal, with the five facts in it."""
    make_location(cast.site, "Cairo")
    make_solution(cast.site, "Delta Care")
    page = visitors.open("/cosell/deals/new/", give_role(cast.primary, Role.REFERRALS_ADMIN))
    page.locator("[name=customer_name]").fill("Nile Cotton Mills")
    page.locator("[name=value]").fill("120,000")
    page.evaluate(
        """() => {
            const choose = (name, value) => {
                const control = document.querySelector(`[name="${name}"]`);
                control.value = value ?? [...control.options].at(-1).value;
                control.dispatchEvent(new Event("change", { bubbles: true }));
            };
            choose("currency", "USD"); choose("country", "EG"); choose("solutions-0-solution");
        }"""
    )
    return page


def button(page: Page, name: str) -> Locator:
    return page.locator("[data-notes]").get_by_role("button", name=name, exact=True)


def notes(page: Page) -> Locator:
    return page.locator("[name=notes]")


def rows() -> list[NotesDraft]:
    with tenancy.as_system():
        return list(NotesDraft.objects.order_by("id"))


def test_a_draft_goes_into_the_notes_when_its_reader_says_so(form: Page) -> None:
    button(form, "Generate notes").click()
    expect(form.locator("[data-notes-text]")).to_contain_text("Nile Cotton Mills")
    expect(notes(form)).to_have_value("")
    expect(form.locator("[data-notes-list]")).to_contain_text("Delta Care")
    button(form, "Use this draft").click()
    expect(notes(form)).to_have_value(re.compile("Nile Cotton Mills"))
    expect(notes(form)).to_be_focused()


def test_what_was_typed_is_added_to_or_replaced_and_comes_back(form: Page) -> None:
    notes(form).fill("My own words")
    button(form, "Generate notes").click()
    button(form, "Add it below what I wrote").click()
    expect(notes(form)).to_have_value(re.compile(r"^My own words\n\n.+Nile Cotton Mills", re.S))
    button(form, "Put back what I wrote").click()
    expect(notes(form)).to_have_value("My own words")
    button(form, "Replace what I wrote").click()
    expect(notes(form)).not_to_have_value(re.compile("My own words"))
    button(form, "Put back what I wrote").click()
    button(form, "Discard it").click()
    expect(notes(form)).to_have_value("My own words")


def test_whoever_is_missing_a_fact_is_told_which(form: Page) -> None:
    form.locator("[name=value]").fill("")
    button(form, "Generate notes").click()
    expect(form.locator("[data-notes-missing]")).to_contain_text("value")
    form.locator("[data-notes-missing] a").first.click()
    expect(form.locator("[name=value]")).to_be_focused()


def test_before_anything_leaves_its_reader_is_shown_it_and_asked(endpoint: Endpoint, form: Page) -> None:
    endpoint.deed = saying("Nile Cotton Mills may like Delta Care.")
    button(form, "Generate notes").click()
    send = button(form, "Send these five facts")
    expect(send).to_be_focused()
    expect(form.locator("[data-notes-list]")).to_be_visible()
    for fact in ("120,000", "Delta Care", "Nile Cotton Mills", "Nile Systems", "Egypt"):
        expect(form.locator("[data-notes-list]")).to_contain_text(fact)
    expect(form.locator("[data-notes-ask]")).to_contain_text("127.0.0.1")
    assert violations(form) == []
    assert endpoint.asked == []
    button(form, "Send nothing").click()
    assert endpoint.asked == []
    button(form, "Generate notes").click()
    send.click()
    expect(form.locator("[data-notes-text]")).to_have_text("Nile Cotton Mills may like Delta Care.")
    assert len(endpoint.asked) == 1


def test_a_failure_says_why_and_the_ways_on(endpoint: Endpoint, form: Page) -> None:
    endpoint.deed = answering(503)
    notes(form).fill("My own words")
    button(form, "Generate notes").click()
    button(form, "Send these five facts").click()
    expect(form.locator("[data-notes-reason]")).to_contain_text("too much to do")
    expect(button(form, "Try again")).to_be_focused()
    expect(notes(form)).to_have_value("My own words")
    assert violations(form) == []
    endpoint.deed = saying("It works now.")
    button(form, "Try again").click()
    expect(form.locator("[data-notes-text]")).to_have_text("It works now.")


def test_one_that_takes_long_can_be_cancelled(endpoint: Endpoint, form: Page) -> None:
    def deed(handler: Handler) -> None:
        handler.begin()
        handler.say("It begins. ")
        for _ in range(200):
            handler.wait(0.05)
            handler.say("And on. ")

    endpoint.deed = deed
    button(form, "Generate notes").click()
    button(form, "Send these five facts").click()
    expect(form.locator("[data-notes-text]")).to_contain_text("It begins.")
    form.locator("[data-notes-running] [data-notes-cancel]").click()
    expect(form.locator("[data-notes-status]")).to_contain_text("as they were")
    expect(notes(form)).to_have_value("")
    assert endpoint.given_up.wait(10)


def test_an_opinion_is_given_right_there(form: Page) -> None:
    button(form, "Generate notes").click()
    form.get_by_role("button", name="No", exact=True).click()
    expect(form.locator("[data-notes-status]")).to_contain_text("Thank you")
    form.get_by_label("What was good, or missing?").fill("Too long")
    form.get_by_label("What was good, or missing?").press("Enter")
    expect(form).to_have_url(re.compile("/cosell/deals/new/"))
    expect(button(form, "Send the comment")).to_be_visible()
    form.wait_for_timeout(500)
    assert [(row.feeling, row.comment, row.outcome) for row in rows()] == [("bad", "Too long", "made")]


def test_without_scripts_there_is_a_sentence_and_no_button(cast: Cast, visitors: Visitors) -> None:
    make_location(cast.site, "Cairo")
    make_solution(cast.site, "Delta Care")
    member = give_role(cast.primary, Role.REFERRALS_ADMIN)
    page = visitors.open("/cosell/deals/new/", member, java_script_enabled=False)
    # This browser shows nothing of it: it switches scripts off behind its own back.
    assert "only where scripts run" in (page.locator("noscript").text_content() or "")
    expect(page.get_by_role("button", name="Generate notes")).to_have_count(0)
