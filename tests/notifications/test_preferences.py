"""People choose what is mailed to them, when, and where to."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from identity import tenancy
from identity.models import User
from notifications import preferences
from notifications.models import Preference
from tests.cast import Cast, actor, signed_in

from .world import AT_ONCE, DAILY, FOR_DEALERS, FOR_STAFF, MANDATORY, mails

pytestmark = pytest.mark.django_db
PAGE = "/notifications/preferences/"


@pytest.fixture(autouse=True)
def no_links_counted_yet(settings: Any) -> None:
    """A part of the cache of this test's own: other workers have people with the same ids."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": str(uuid.uuid4())}}


def shown_to(who: object) -> str:
    response = signed_in(who).get(PAGE)  # type: ignore[arg-type]
    assert response.status_code == 200
    return response.content.decode()


def chosen(user: User) -> dict[str, str]:
    with tenancy.as_system():
        return dict(Preference.objects.filter(user=user).values_list("kind", "choice"))


def everything(browser: Client, **changes: str) -> dict[str, str]:
    """The page's form as it is, with some choices changed."""
    radios = re.findall(r'<input type="radio" [^>]+>', browser.get(PAGE).content.decode())
    on = [radio for radio in radios if " checked" in radio]
    return {attribute(radio, "name"): attribute(radio, "value") for radio in on} | changes


def attribute(tag: str, name: str) -> str:
    (value,) = re.findall(rf' {name}="([^"]*)"', tag)
    return str(value)


class TestThePage:
    def test_offers_the_kinds_that_can_concern_the_reader(self, cast: Cast) -> None:
        sales, newcomer, desk = (shown_to(who) for who in (cast.sales, cast.newcomer, cast.deal_desk))
        assert str(FOR_DEALERS.title) in sales
        assert str(FOR_DEALERS.title) not in newcomer
        assert str(FOR_STAFF.title) not in sales
        assert str(FOR_STAFF.title) in desk

    def test_says_why_a_mandatory_kind_cannot_be_changed(self, cast: Cast) -> None:
        shown = shown_to(cast.sales)
        assert str(MANDATORY.title) in shown
        assert "so it is always mailed at once" in shown
        assert f'name="{MANDATORY.name}"' not in shown

    def test_shows_the_defaults_until_something_is_chosen(self, cast: Cast) -> None:
        form = everything(signed_in(cast.sales))
        assert (form[AT_ONCE.name], form[DAILY.name]) == ("at_once", "daily")


class TestChoosing:
    def test_is_remembered_where_it_differs_from_the_default(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        browser.post(PAGE, everything(browser, **{AT_ONCE.name: "none"}))
        assert chosen(cast.sales.user) == {AT_ONCE.name: "none"}
        browser.post(PAGE, everything(browser, **{AT_ONCE.name: "at_once"}))
        assert chosen(cast.sales.user) == {}

    def test_concerns_nobody_else(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        browser.post(PAGE, everything(browser, **{AT_ONCE.name: "none"}))
        with tenancy.scope(actor(cast.primary)):
            assert not Preference.objects.exists()

    def test_of_what_does_not_exist_is_answered_beside_its_line(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        response = browser.post(PAGE, everything(browser, **{AT_ONCE.name: "hourly"}))
        assert response.status_code == 200
        assert "Select a valid choice. hourly is not" in response.content.decode()
        assert chosen(cast.sales.user) == {}

    def test_of_a_mandatory_or_foreign_kind_changes_nothing(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.sales)):
            preferences.choose({MANDATORY.name: "none", FOR_STAFF.name: "none"}, by=actor(cast.sales))
        assert chosen(cast.sales.user) == {}


class TestThePreferredAddress:
    NEW = "team@nile.example"

    def ask(self, browser: Client, address: str = NEW) -> str:
        response = browser.post(f"{PAGE}address/", {"email": address}, follow=True)
        return response.content.decode()

    def link(self) -> str:
        mail = next(mail for mail in mails() if mail.to == self.NEW)
        return re.sub(r"^https?://[^/]+", "", mail.letter["action"][1])

    def preferred(self, cast: Cast) -> str:
        with tenancy.as_system():
            return User.objects.get(id=cast.sales.user_id).preferred_email

    def test_is_used_once_the_link_sent_there_was_opened(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        assert "Open the link that we sent to team@nile.example." in self.ask(browser)
        assert self.preferred(cast) == ""
        link = self.link()
        assert self.NEW in browser.get(link).content.decode()
        assert self.preferred(cast) == ""  # a mail scanner that opens links changes nothing
        browser.post(link)
        assert self.preferred(cast) == self.NEW

    def test_both_addresses_are_told(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        self.ask(browser)
        assert {mail.to for mail in mails()} == {self.NEW, cast.sales.user.email}
        browser.post(self.link())
        told = [mail.to for mail in mails() if "another address now" in str(mail.letter.get("subject"))]
        assert sorted(told) == sorted([self.NEW, cast.sales.user.email])

    def test_nobody_else_can_use_the_link(self, cast: Cast) -> None:
        self.ask(signed_in(cast.sales))
        assert signed_in(cast.rival).post(self.link()).status_code == 404
        assert self.preferred(cast) == ""

    def test_the_link_works_once(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        self.ask(browser)
        link = self.link()
        browser.post(link)
        response = browser.post(link)
        assert response.status_code == 404
        assert "This link no longer works" in response.content.decode()

    def test_a_forged_link_does_nothing(self, cast: Cast) -> None:
        assert signed_in(cast.sales).post(f"{PAGE}address/confirm/x.y/").status_code == 404

    def test_emptied_gives_way_to_the_address_one_signs_in_with(self, cast: Cast) -> None:
        with tenancy.as_system():
            User.objects.filter(id=cast.sales.user_id).update(preferred_email=self.NEW)
        self.ask(signed_in(cast.sales), "")
        assert self.preferred(cast) == ""
        assert {mail.to for mail in mails()} == {self.NEW, cast.sales.user.email}

    def test_what_is_no_address_is_said_beside_the_field(self, cast: Cast) -> None:
        response = signed_in(cast.sales).post(f"{PAGE}address/", {"email": "not an address"})
        assert response.status_code == 200
        assert "Enter a valid email address." in response.content.decode()
        assert mails() == []

    def test_nobody_can_have_strangers_mailed_without_end(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        for number in range(preferences.LINKS_PER_HOUR):
            self.ask(browser, f"stranger{number}@people.example")
        assert "Several links were sent in the last hour" in self.ask(browser, "stranger9@people.example")
        assert "stranger9@people.example" not in {mail.to for mail in mails()}
