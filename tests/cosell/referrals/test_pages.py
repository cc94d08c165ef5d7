"""The page of a co-sell deal: both sides with their clocks, and each deed with what stands against it."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cosell.models import Invitation, Location, Referral, Seller, VendorReferral
from cosell.states import Direction, Sharing, Substatus
from identity import tenancy
from identity.models import Role
from tests.cast import Cast, signed_in
from tests.cosell.factories import (
    answer_for_vendor,
    give_role,
    make_location,
    make_profile,
    make_referral,
    make_solution,
)

pytestmark = pytest.mark.django_db
CONTACT = {
    "contact_first_name": "Laila", "contact_last_name": "Nasser", "contact_phone": "+20 2 5550 0199",
    "contact_email": "laila@mill.example",
}  # fmt: skip


@pytest.fixture
def cairo(cast: Cast) -> Location:
    return make_location(cast.site, "Cairo")


@pytest.fixture
def amira(cast: Cast) -> Client:
    return signed_in(give_role(cast.primary, Role.REFERRALS_ADMIN))


@pytest.fixture
def received(cast: Cast, cairo: Location) -> Referral:
    """A deal that came from the vendor and waits for an answer."""
    return make_referral(
        cast.site, cairo, direction=Direction.INCOMING, origin="vendor", substatus=Substatus.RECEIVED,
        expires_at=timezone.now() + timedelta(days=5, hours=3), remind_at=None,
    )  # fmt: skip


def page(browser: Client, deal: Referral, status: int = 200) -> str:
    answer = browser.get(f"/cosell/deals/{deal.public_id}/")
    assert answer.status_code == status
    return unescape(answer.content.decode())


def post(browser: Client, deal: Referral, name: str, **sent: Any) -> Any:
    return browser.post(f"/cosell/deals/{deal.public_id}/{name}/", {"version": deal.version, **sent})


def now_of(deal: Referral) -> Referral:
    with tenancy.as_system():
        return Referral.objects.get(id=deal.id)


class TestWhatItShows:
    def test_is_the_deal_with_its_customer_team_solutions_and_number(
        self, cast: Cast, cairo: Location, amira: Client
    ) -> None:
        deal = make_referral(
            cast.site, cairo, name="Looms", team=[cast.sales], solutions=[make_solution(cast.site, "Loom Watch")],
            notes="40 looms.", duns="150483782", **CONTACT,
        )  # fmt: skip
        words = page(amira, deal)
        for shown in (
            "Looms", "Nile Cotton Mills", "Nadia Farouk", "Loom Watch", "40 looms.", "150483782", "Laila Nasser",
            deal.public_id, deal.engagement, "Qualified, 20%", "Cairo", "Egypt",
        ):  # fmt: skip
            assert shown in words, shown

    def test_is_404_for_whoever_does_not_see_the_deal(
        self, cast: Cast, cairo: Location, amira: Client
    ) -> None:
        page(amira, make_referral(cast.rival_site), 404)
        deal = make_referral(cast.site, cairo, team=[cast.primary])
        page(signed_in(give_role(cast.sales, Role.REFERRALS_USER)), deal, 404)
        page(signed_in(cast.newcomer), deal, 403)
        page(signed_in(cast.deal_desk), deal, 403)

    def test_has_the_clock_of_ones_own_answer(self, amira: Client, received: Referral) -> None:
        words = page(amira, received)
        assert "Answer by" in words
        assert "5 days left" in words

    def test_has_the_clock_of_the_vendors_answer_and_then_the_seller(
        self, cast: Cast, cairo: Location, amira: Client
    ) -> None:
        deal = make_referral(cast.site, cairo)
        with tenancy.as_system():
            vendor = VendorReferral.objects.get(referral=deal)
            Seller.objects.create(
                site=cast.site, vendor_referral=vendor, name="Selma Seller", email="selma@vendor.example"
            )
        words = page(amira, deal)
        assert "The vendor answers by" in words
        assert "Selma Seller" not in words
        answer_for_vendor(deal, Substatus.ACCEPTED)
        words = page(amira, deal)
        assert "The vendor works on it with you." in words
        assert "Selma Seller" in words

    def test_says_why_the_vendor_declined_or_that_no_reason_is_given(
        self, cast: Cast, cairo: Location, amira: Client
    ) -> None:
        deal = make_referral(cast.site, cairo)
        answer_for_vendor(deal, Substatus.DECLINED, reason="no_seller", value_usd=12_000_000)
        assert "No seller looks after this customer." in page(amira, deal)
        small = make_referral(cast.site, cairo, value=100_000)
        answer_for_vendor(small, Substatus.DECLINED, value_usd=100_000)
        assert "The vendor gives no reason for deals that are worth less" in page(amira, small)

    def test_tells_what_happened(self, amira: Client, received: Referral) -> None:
        post(amira, received, "accept")
        post(amira, now_of(received), "stage", stage="proposed")
        words = page(amira, received)
        assert "Accepted by your company" in words
        assert "The sales stage is now: Proposed." in words


class TestDeeds:
    def test_that_are_not_possible_are_shown_shut_with_the_reason(
        self, cast: Cast, cairo: Location, amira: Client, received: Referral
    ) -> None:
        words = page(amira, received)
        assert (
            words.count("The deal waits for your company's answer.") >= 6
        )  # edit, stage, win, lose, upgrade, invite
        won = page(amira, make_referral(cast.site, cairo, substatus=Substatus.WON))
        assert won.count("a closed deal is never changed") >= 7
        private = make_referral(cast.site, cairo, sharing=Sharing.PRIVATE, consent_share=False)
        assert "The customer has not agreed that the deal is shared with others." in page(amira, private)

    def test_accept(self, amira: Client, received: Referral) -> None:
        assert post(amira, received, "accept").status_code == 302
        assert now_of(received).substatus == Substatus.ACCEPTED

    def test_accept_and_say_who_works_on_it(self, cast: Cast, amira: Client, received: Referral) -> None:
        words = page(amira, received)
        assert (
            f'<option value="{cast.primary.public_id}" selected>' in words
        )  # whoever accepts, unless said otherwise
        sent = {
            "person": cast.sales.public_id,
            "phone": "+20 2 5550 0107",
            "notify": "on",
            "crm_id": "CRM-77",
        }
        assert post(amira, received, "accept", **sent).status_code == 302
        deal = now_of(received)
        assert (deal.team_user_ids, deal.crm_id) == ([cast.sales.user_id], "CRM-77")

    def test_accept_says_what_lacks_of_a_person_and_keeps_what_was_typed(
        self, amira: Client, received: Referral
    ) -> None:
        answer = post(amira, received, "accept", first_name="Omar", crm_id="CRM-77")
        words = unescape(answer.content.decode())
        assert answer.status_code == 422
        assert "Write the e-mail address." in words
        assert 'value="Omar"' in words
        assert 'value="CRM-77"' in words
        assert now_of(received).substatus == Substatus.RECEIVED

    def test_decline_for_a_reason(self, amira: Client, received: Referral) -> None:
        assert post(amira, received, "decline").status_code == 422
        answer = post(amira, received, "decline", reason="other")
        assert "Say what the reason is." in unescape(answer.content.decode())
        assert post(amira, received, "decline", reason="budget", text="Next year.").status_code == 302
        assert (now_of(received).substatus, now_of(received).reason_text) == (
            Substatus.DECLINED,
            "Next year.",
        )
        assert "Next year." in page(amira, received)

    @pytest.mark.parametrize(
        ("name", "sent", "column", "value"),
        [
            ("stage", {"stage": "negotiated"}, "stage", "negotiated"),
            ("win", {}, "substatus", "won"),
            ("lose", {"reason": "timeline"}, "substatus", "lost"),
        ],
    )
    def test_stage_win_and_lose(
        self,
        cast: Cast,
        cairo: Location,
        amira: Client,
        name: str,
        sent: dict[str, str],
        column: str,
        value: str,
    ) -> None:
        deal = make_referral(cast.site, cairo)
        assert post(amira, deal, name, **sent).status_code == 302
        assert getattr(now_of(deal), column) == value

    def test_upgrade_asks_for_consent_contact_and_help_and_starts_the_vendors_clock(
        self, cast: Cast, cairo: Location, amira: Client
    ) -> None:
        ready = make_solution(cast.site)
        deal = make_referral(
            cast.site, cairo, sharing=Sharing.PRIVATE, team=[cast.primary], solutions=[ready], consent_share=False,
            consent_contact=False, consent_sellers=False,
        )  # fmt: skip
        words = page(amira, deal)
        assert "This cannot be taken back" in words
        answer = post(amira, deal, "upgrade", to="cosell", vendor_notes="What I typed")
        assert answer.status_code == 422
        said = unescape(answer.content.decode())
        for text in ("Say what help you ask the vendor for.", "give the contact's e-mail", "What I typed"):
            assert text in said
        consents = {"consent_share": "on", "consent_contact": "on", "consent_sellers": "on"}
        answer = post(amira, deal, "upgrade", to="cosell", help_type="proof", **CONTACT, **consents)
        assert answer.status_code == 302
        assert now_of(deal).sharing == Sharing.COSELL
        assert "The vendor answers by" in page(amira, deal)

    def test_recreate_after_the_vendor_declined(self, cast: Cast, cairo: Location, amira: Client) -> None:
        make_solution(cast.site)
        deal = make_referral(cast.site, cairo, team=[cast.primary], solutions=[make_solution(cast.site)])
        assert "This one was not." in page(amira, deal)
        answer_for_vendor(deal, Substatus.DECLINED)
        answer = post(amira, deal, "recreate")
        assert answer.status_code == 302
        with tenancy.as_system():
            again = Referral.objects.get(recreated_from=deal)
        assert answer["Location"] == f"/cosell/deals/{again.public_id}/"
        assert "This deal was made anew" in page(amira, deal)
        assert "It was made anew from an earlier deal" in page(amira, again)

    def test_done_by_somebody_else_meanwhile_are_shown_as_they_are_now(
        self, cast: Cast, cairo: Location, amira: Client
    ) -> None:
        deal = make_referral(cast.site, cairo)
        post(amira, deal, "stage", stage="proposed")
        answer = post(amira, deal, "lose", reason="budget", text="What I typed")
        assert answer.status_code == 409
        words = unescape(answer.content.decode())
        assert "Somebody changed this deal since you opened it." in words
        assert "What I typed" in words
        assert now_of(deal).substatus == Substatus.ACCEPTED

    def test_on_the_rivals_deal_are_of_nothing(self, cast: Cast, amira: Client) -> None:
        theirs = make_referral(cast.rival_site)
        for name in (
            "accept",
            "decline",
            "win",
            "lose",
            "stage",
            "upgrade",
            "recreate",
            "favourite",
            "invite",
        ):
            assert post(amira, theirs, name, on="1", reason="budget", stage="proposed").status_code == 404, (
                name
            )
        assert now_of(theirs).substatus == Substatus.ACCEPTED

    def test_are_no_gets(self, cast: Cast, cairo: Location, amira: Client) -> None:
        deal = make_referral(cast.site, cairo)
        for name in ("accept", "decline", "win", "lose", "stage", "upgrade", "recreate", "favourite"):
            assert amira.get(f"/cosell/deals/{deal.public_id}/{name}/").status_code == 405, name


class TestInviting:
    def test_finds_partners_by_their_profiles_and_asks_one(
        self, cast: Cast, cairo: Location, amira: Client
    ) -> None:
        profile = make_profile(cast.rival_site)
        deal = make_referral(cast.site, cairo)
        address = f"/cosell/deals/{deal.public_id}/invite/"
        for query, there in (
            ("", True),
            ("?q=vistula", True),
            ("?country=PL", True),
            ("?q=nobody", False),
            ("?country=BR", False),
        ):
            words = unescape(amira.get(address + query).content.decode())
            assert (f"?partner={profile.public_id}" in words) is there, query
            assert ("No partner fits" in words) is not there
        form = unescape(amira.get(f"{address}?partner={profile.public_id}").content.decode())
        assert "Invite ⁨Vistula Integrators⁩" in form or "Vistula Integrators" in form
        assert post(amira, deal, "invite", partner=profile.public_id).status_code == 422
        sent = {
            "partner": profile.public_id,
            "location": "1",
            "help_type": "architecture",
            "notes": "Please help.",
        }
        assert post(amira, deal, "invite", **sent).status_code == 302
        with tenancy.as_system():
            invitation = Invitation.objects.get(referral=deal)
        assert (invitation.invited_site_id, invitation.notes) == (cast.rival_site.id, "Please help.")
        words = page(amira, deal)
        assert "Vistula Integrators" in words
        again = unescape(amira.get(address).content.decode())
        assert "This partner is part of the deal already." in again

    def test_shows_the_invited_partner_who_asks_for_what(
        self, cast: Cast, cairo: Location, amira: Client
    ) -> None:
        profile = make_profile(cast.rival_site)
        deal = make_referral(cast.site, cairo)
        sent = {
            "partner": profile.public_id,
            "location": "1",
            "help_type": "architecture",
            "notes": "Please help.",
        }
        post(amira, deal, "invite", **sent)
        ewa = signed_in(give_role(cast.rival, Role.REFERRALS_ADMIN))
        with tenancy.as_system():
            theirs = Referral.objects.get(site=cast.rival_site)
        words = page(ewa, theirs)
        assert "Please help." in words
        assert "Nile Systems" in words

    def test_is_shut_where_the_customer_has_not_agreed(
        self, cast: Cast, cairo: Location, amira: Client
    ) -> None:
        deal = make_referral(cast.site, cairo, sharing=Sharing.PRIVATE, consent_share=False)
        answer = amira.get(f"/cosell/deals/{deal.public_id}/invite/")
        assert answer.status_code == 409
        assert "The customer has not agreed" in unescape(answer.content.decode())
