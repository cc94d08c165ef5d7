"""The form of a co-sell deal: what it asks, what it says is wrong and where, and that nothing typed is ever lost."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cosell.models import Location, Referral, Solution, VendorReferral
from cosell.states import Sharing
from identity import tenancy
from identity.models import Role
from tests.cast import Cast, signed_in
from tests.cosell.factories import give_role, make_location, make_referral, make_solution
from tests.deals.factories import make_customer

pytestmark = pytest.mark.django_db
NEW = "/cosell/deals/new/"


@pytest.fixture
def cairo(cast: Cast) -> Location:
    return make_location(cast.site, "Cairo")


@pytest.fixture
def solution(cast: Cast) -> Solution:
    return make_solution(cast.site, "Loom Watch")


@pytest.fixture
def amira(cast: Cast, cairo: Location, solution: Solution) -> Client:
    with tenancy.as_system():
        cast.primary.phone = "+20 2 5550 0100"
        cast.primary.save(update_fields=["phone"])
    return signed_in(give_role(cast.primary, Role.REFERRALS_ADMIN))


@pytest.fixture
def typed(cast: Cast, cairo: Location, solution: Solution) -> dict[str, Any]:
    """A co-sell deal that is complete."""
    soon = timezone.localdate() + timedelta(days=40)
    return {
        "name": "Looms for the mill", "location": cairo.public_id, "value": "120,000", "currency": "USD",
        "close_on": soon.isoformat(), "stage": "developed", "customer_name": "Nile Cotton Mills", "country": "EG",
        "address_line1": "7 Mill Road", "city": "Giza", "customer_size": "51-250", "duns": "15-048-3782",
        "sharing": "cosell", "help_type": "proof", "vendor_notes": "They know us.", "contact_first_name": "Laila",
        "contact_last_name": "Nasser", "contact_email": "laila@mill.example", "contact_phone": "+20 2 5550 0199",
        "consent_share": "on", "consent_contact": "on", "consent_sellers": "on", "notes": "40 looms.",
        "team-0-person": cast.primary.public_id, "team-0-notify": "on", "solutions-0-solution": solution.public_id,
        "solutions-0-quantity": "3", "solutions-0-price": "90000",
    }  # fmt: skip


def the_deal() -> Referral:
    with tenancy.as_system():
        return Referral.objects.get()


def send(browser: Client, address: str, typed: dict[str, Any], status: int = 302) -> str:
    answer = browser.post(address, typed)
    assert answer.status_code == status, unescape(answer.content.decode())
    return unescape(answer.content.decode())


class TestANewDeal:
    def test_is_kept_with_its_team_solutions_and_the_vendors_clock(
        self, cast: Cast, amira: Client, typed: dict[str, Any]
    ) -> None:
        send(amira, NEW, typed)
        deal = the_deal()
        assert (deal.name, deal.value, deal.duns, deal.stage) == (
            "Looms for the mill",
            12_000_000,
            "150483782",
            "developed",
        )
        with tenancy.as_system():
            mate, row = deal.team.get(), deal.solutions.get()
            assert VendorReferral.objects.get(referral=deal).substatus == "received"
        assert (mate.membership_id, mate.first_name, mate.last_name) == (cast.primary.id, "Amira", "Haddad")
        assert (row.name, row.quantity, row.price) == ("Loom Watch", 3, 9_000_000)

    def test_is_begun_once_however_often_it_is_sent(self, amira: Client, typed: dict[str, Any]) -> None:
        for _ in range(2):
            send(amira, NEW, typed | {"form_token": "once"})
        the_deal()

    def test_has_people_who_have_no_account(self, amira: Client, typed: dict[str, Any]) -> None:
        more = {
            "team-1-first_name": "Omar", "team-1-last_name": "Sobhi", "team-1-email": "omar@nile.example",
            "team-1-phone": "+20 2 5550 0101",
        }  # fmt: skip
        send(amira, NEW, typed | more)
        with tenancy.as_system():
            assert [(mate.first_name, mate.notify) for mate in the_deal().team.order_by("id")] == [
                ("Amira", True), ("Omar", False),
            ]  # fmt: skip

    def test_needs_no_contact_where_no_help_is_asked_for(self, amira: Client, typed: dict[str, Any]) -> None:
        for name in [name for name in typed if name.startswith(("contact_", "consent_"))]:
            del typed[name]
        send(amira, NEW, typed | {"sharing": "private", "help_type": ""})
        assert the_deal().sharing == Sharing.PRIVATE

    def test_starts_with_whoever_begins_it_and_shares_nothing_by_itself(
        self, cast: Cast, amira: Client
    ) -> None:
        words = unescape(amira.get(NEW).content.decode())
        assert f'<option value="{cast.primary.public_id}" selected>' in words
        assert 'value="+20 2 5550 0100"' in words
        assert not [part for part in words.split("<input") if 'name="sharing"' in part and "checked" in part]

    def test_takes_the_customer_along_from_its_page(self, amira: Client) -> None:
        customer = make_customer("Oasis Hotels")
        words = unescape(amira.get(f"{NEW}?customer={customer.public_id}").content.decode())
        assert f'value="{customer.public_id}"' in words
        assert 'value="Oasis Hotels"' in words

    def test_says_at_each_field_what_is_missing(self, amira: Client) -> None:
        words = send(amira, NEW, {"currency": "USD", "stage": "qualified"}, 422)
        for said in (
            "Give the deal a name.", "Say who the customer is.", "Write the customer's city.",
            "Say what the deal is worth.", "Choose how much the vendor sees.", "Choose at least one solution.",
            "Name at least one person of your company",
        ):  # fmt: skip
            assert said in words, said
        with tenancy.as_system():
            assert not Referral.objects.exists()

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"value": "a lot"}, "This is not an amount."),
            ({"value": "0"}, "more than zero"),
            ({"close_on": "2020-01-01"}, "The expected close date is in the past."),
            ({"close_on": "soon"}, "Enter a valid date."),
            ({"duns": "123"}, "A D-U-N-S number has nine digits."),
            ({"contact_phone": ""}, "give the contact's phone number"),
            ({"consent_sellers": ""}, "say that the customer agreed to that"),
            ({"help_type": ""}, "Say what help you ask the vendor for."),
            ({"team-0-person": "", "team-0-first_name": "Omar"}, "Write the last name."),
            ({"team-1-person": "zzzzzzzzzzzz"}, "Select a valid choice."),
            ({"solutions-0-quantity": "some"}, "Enter a whole number."),
            ({"solutions-0-price": "some"}, "This is not an amount."),
            ({"solutions-0-solution": ""}, "Choose the solution that this is of"),
            ({"currency": "XXX"}, "Select a valid choice."),
            ({"location": "zzzzzzzzzzzz"}, "Select a valid choice."),
        ],
    )
    def test_says_what_is_wrong_and_loses_nothing(
        self, amira: Client, typed: dict[str, Any], changed: dict[str, Any], said: str
    ) -> None:
        words = send(amira, NEW, typed | changed, 422)
        assert said in words
        assert 'value="Looms for the mill"' in words
        assert "40 looms." in words
        with tenancy.as_system():
            assert not Referral.objects.exists()

    def test_calls_nothing_of_the_first_person_and_solution_optional_that_is_needed(
        self, amira: Client
    ) -> None:
        words = amira.get(NEW).content.decode()
        for name, is_needed in (
            ("solutions-0-solution", True),
            ("team-0-email", True),
            ("team-0-job_title", False),
        ):
            label = words.split(f'<label class="label" for="id_{name}">')[1].split("</label>")[0]
            assert ("optional" not in label) is is_needed

    def test_wants_a_solution_that_is_ready_where_help_is_asked_for(
        self, cast: Cast, amira: Client, typed: dict[str, Any]
    ) -> None:
        plain = make_solution(cast.site, "Mill Plan", readiness="not_ready", ready_at=None)
        words = send(amira, NEW, typed | {"solutions-0-solution": plain.public_id}, 422)
        assert "choose at least one" in words
        both = {"solutions-1-solution": plain.public_id}
        send(amira, NEW, typed | both)

    def test_names_nobody_and_nothing_of_another_company(
        self, cast: Cast, amira: Client, typed: dict[str, Any]
    ) -> None:
        for changed in (
            {"team-0-person": cast.rival.public_id},
            {"solutions-0-solution": make_solution(cast.rival_site).public_id},
            {"location": make_location(cast.rival_site).public_id},
        ):
            send(amira, NEW, typed | changed, 422)

    def test_is_for_administrators_of_a_company_that_is_ready(self, cast: Cast, cairo: Location) -> None:
        assert signed_in(give_role(cast.sales, Role.REFERRALS_USER)).get(NEW).status_code == 403
        answer = signed_in(give_role(cast.rival, Role.REFERRALS_ADMIN)).get(NEW)
        assert answer.status_code == 403
        assert "no location" in unescape(answer.content.decode())

    def test_links_the_customer_that_was_suggested_while_it_is_still_that_one(
        self, amira: Client, typed: dict[str, Any]
    ) -> None:
        customer = make_customer("Nile Cotton Mills", country="EG")
        send(amira, NEW, typed | {"customer": customer.public_id})
        assert the_deal().customer_id == customer.id
        send(amira, NEW, typed | {"customer": customer.public_id, "customer_name": "Somebody else"})
        with tenancy.as_system():
            assert Referral.objects.get(customer_name="Somebody else").customer_id is None


class TestSuggestions:
    def test_know_the_address_and_the_number_from_ones_own_earlier_deals(
        self, cast: Cast, cairo: Location, amira: Client
    ) -> None:
        customer = make_customer("Oasis Hotels", country="EG")
        make_referral(cast.rival_site, customer=customer, duns="999999999", city="Lodz")
        make_referral(cast.site, cairo, customer=customer, duns="150483782", city="Siwa")
        (found,) = amira.get("/cosell/deals/customers/?q=oasis").json()
        assert (found["value"], found["label"]) == (customer.public_id, "Oasis Hotels")
        assert "D-U-N-S 150483782" in found["detail"]
        assert (found["fill"]["duns"], found["fill"]["city"], found["fill"]["country"]) == (
            "150483782",
            "Siwa",
            "EG",
        )


class TestAChange:
    @pytest.fixture
    def deal(self, amira: Client, typed: dict[str, Any]) -> Referral:
        send(amira, NEW, typed)
        return the_deal()

    def address(self, deal: Referral) -> str:
        return f"/cosell/deals/{deal.public_id}/edit/"

    def test_shows_what_the_deal_has_and_keeps_what_is_typed(
        self, deal: Referral, amira: Client, typed: dict[str, Any]
    ) -> None:
        words = unescape(amira.get(self.address(deal)).content.decode())
        for shown in (
            'value="120000"',
            'value="150483782"',
            'value="90000"',
            'value="laila@mill.example"',
            "Cairo",
        ):
            assert shown in words
        send(amira, self.address(deal), typed | {"name": "Looms and more", "version": deal.version})
        assert the_deal().name == "Looms and more"

    def test_takes_as_many_of_a_solution_as_a_file_or_a_program_may(
        self, deal: Referral, amira: Client, typed: dict[str, Any]
    ) -> None:
        send(amira, self.address(deal), typed | {"solutions-0-quantity": "5000000", "version": deal.version})
        with tenancy.as_system():
            assert the_deal().solutions.get().quantity == 5_000_000

    def test_never_moves_it_to_another_place_or_deal_type(
        self, cast: Cast, deal: Referral, amira: Client, typed: dict[str, Any]
    ) -> None:
        luxor = make_location(cast.site, "Luxor")
        changed = {"location": luxor.public_id, "sharing": "private", "version": deal.version}
        send(amira, self.address(deal), typed | changed)
        assert (the_deal().location_name, the_deal().sharing) == ("Cairo", Sharing.COSELL)

    def test_made_meanwhile_is_shown_beside_what_was_typed_and_nothing_is_lost(
        self, deal: Referral, amira: Client, typed: dict[str, Any]
    ) -> None:
        send(amira, self.address(deal), typed | {"name": "A colleague's name", "version": deal.version})
        mine = typed | {"name": "My name", "notes": "My long notes", "version": deal.version}
        words = send(amira, self.address(deal), mine, 409)
        assert "Somebody changed this deal since you opened it" in words
        for shown in ("A colleague's name", "My name", "My long notes", "40 looms."):
            assert shown in words
        assert the_deal().name == "A colleague's name"
        assert f'name="version" value="{the_deal().version}"' in words
        send(amira, self.address(deal), mine | {"version": the_deal().version})
        assert the_deal().name == "My name"

    def test_of_a_closed_deal_is_refused_with_the_reason(
        self, cast: Cast, cairo: Location, amira: Client, typed: dict[str, Any]
    ) -> None:
        won = make_referral(cast.site, cairo, substatus="won")
        words = send(amira, self.address(won), typed | {"version": won.version}, 409)
        assert "a closed deal is never changed" in words

    def test_of_the_rivals_deal_is_of_nothing(self, cast: Cast, amira: Client, typed: dict[str, Any]) -> None:
        theirs = make_referral(cast.rival_site)
        assert amira.get(self.address(theirs)).status_code == 404
        assert amira.post(self.address(theirs), typed).status_code == 404
