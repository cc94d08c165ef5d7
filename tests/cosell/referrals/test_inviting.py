"""A partner invites another: what each sees of the other's, and what neither can touch."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from cosell.models import Invitation, Referral, TeamMember
from cosell.referrals import actions
from cosell.referrals.content import content_of
from cosell.states import Sharing, Substatus
from identity import tenancy
from identity.models import Role
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.cosell.factories import give_role, make_location, make_profile
from tests.cosell.referrals.made import (
    NOW,
    Seller,
    content,
    do,
    invited,
    made,
    make_other,
    make_seller,
    make_third,
    of_site,
    stored,
    succeeds,
    teammate,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(cast: Cast) -> Seller:
    return make_seller(cast)


@pytest.fixture
def other(cast: Cast) -> Seller:
    return make_other(cast)


class TestTheInvitedPartner:
    def test_gets_a_deal_of_its_own_with_what_may_be_shared(self, seller: Seller, other: Seller) -> None:
        deal = made(
            seller, notes="Ours alone", crm_id="CRM-1", campaign_id="C-1", vendor_notes="For the vendor"
        )
        invitation = invited(seller, deal, other)
        theirs = of_site(other.site, deal.engagement)
        assert (theirs.direction, theirs.origin, theirs.substatus) == ("incoming", "invited", "received")
        assert (theirs.customer_name, theirs.value, theirs.close_on) == (
            deal.customer_name, deal.value, deal.close_on,
        )  # fmt: skip
        assert (theirs.invitation_id, theirs.location_id) == (invitation.id, other.location.id)
        assert (theirs.notes, theirs.crm_id, theirs.campaign_id, theirs.vendor_notes) == ("", "", "", "")
        assert theirs.sharing == Sharing.PARTNER_LED
        assert theirs.expires_at == NOW + timedelta(days=14)

    def test_of_a_private_deal_gets_a_private_one(self, cast: Cast, seller: Seller, other: Seller) -> None:
        deal = made(seller, sharing=Sharing.PRIVATE)
        invited(seller, deal, other)
        assert of_site(other.site, deal.engagement).sharing == Sharing.PRIVATE
        with tenancy.scope(actor(cast.deal_desk)):
            assert not Referral.objects.filter(engagement=deal.engagement).exists()

    def test_is_told_nothing_of_the_contact_who_did_not_agree_to_be_contacted(
        self, seller: Seller, other: Seller
    ) -> None:
        deal = made(seller, sharing=Sharing.PARTNER_LED, consent_contact=False)
        invited(seller, deal, other)
        theirs = of_site(other.site, deal.engagement)
        assert (theirs.contact_first_name, theirs.contact_email, theirs.contact_phone) == ("", "", "")

    def test_sees_the_invitation_and_nothing_of_the_inviters_deal(
        self, seller: Seller, other: Seller
    ) -> None:
        deal = made(seller)
        invited(seller, deal, other)
        with tenancy.scope(actor(other.admin)):
            assert Invitation.objects.get().notes == "Spindles, please."
            assert set(Referral.objects.values_list("site_id", flat=True)) == {other.site.id}
            assert not TeamMember.objects.exists()

    def test_asks_the_vendor_itself(self, seller: Seller, other: Seller) -> None:
        deal = made(seller)
        invited(seller, deal, other)
        theirs = of_site(other.site, deal.engagement)
        do(other.admin, actions.accept, theirs, version=1)
        with tenancy.as_system():
            wanted = replace(
                content_of(theirs), team=(teammate(other.admin),), solutions=content(other).solutions
            )
        do(other.admin, actions.edit_deal, theirs, wanted, version=2)
        do(other.admin, actions.upgrade, theirs, Sharing.COSELL, help_type="proof", version=3)
        with tenancy.as_system():
            assert stored(theirs).vendor_side.site_id == other.site.id


class TestTheInviter:
    def test_sees_the_answer_and_nothing_else(self, seller: Seller, other: Seller) -> None:
        deal = made(seller)
        invited(seller, deal, other)
        theirs = of_site(other.site, deal.engagement)
        do(other.admin, actions.accept, theirs, version=1)
        with tenancy.scope(actor(seller.admin)):
            assert Invitation.objects.get().substatus == Substatus.ACCEPTED
            assert set(Referral.objects.values_list("site_id", flat=True)) == {seller.site.id}
        do(other.admin, actions.lose, theirs, reason="budget", version=2)
        with tenancy.scope(actor(seller.admin)):
            assert (Invitation.objects.get().status, Invitation.objects.get().substatus) == ("closed", "lost")

    def test_cannot_change_the_invited_partners_value_or_date(self, seller: Seller, other: Seller) -> None:
        deal = made(seller)
        invited(seller, deal, other)
        theirs = of_site(other.site, deal.engagement)
        for change in ("value = 1", "close_on = '2030-01-01'"):
            sql = f"UPDATE cosell_referral SET {change} WHERE id = %s"
            assert not succeeds(actor(seller.admin), sql, theirs.id)
            assert succeeds(actor(other.admin), sql, theirs.id)
        with pytest.raises(Referral.DoesNotExist):
            do(seller.admin, actions.edit_deal, theirs, content(seller), version=None)

    def test_changes_nothing_of_the_invited_ones_by_changing_its_own(
        self, seller: Seller, other: Seller
    ) -> None:
        deal = made(seller)
        invited(seller, deal, other)
        do(seller.admin, actions.edit_deal, deal, content(seller, value=1), version=1)
        assert of_site(other.site, deal.engagement).value == deal.value

    def test_cannot_write_the_answer_or_anything_else_of_the_invitation(
        self, seller: Seller, other: Seller
    ) -> None:
        invitation = invited(seller, made(seller), other)
        sql = "UPDATE cosell_invitation SET status = 'active', substatus = 'accepted' WHERE id = %s"
        assert not succeeds(actor(seller.admin), sql, invitation.id)
        assert not succeeds(actor(other.admin), sql, invitation.id)
        for who in (actor(seller.admin), actor(other.admin)):
            assert not succeeds(who, "DELETE FROM cosell_invitation WHERE id = %s", invitation.id)

    def test_whose_deal_is_closed_keeps_the_invitation_as_it_was_then(
        self, seller: Seller, other: Seller
    ) -> None:
        deal = made(seller)
        invited(seller, deal, other)
        do(seller.admin, actions.win, deal, version=1)
        do(other.admin, actions.accept, of_site(other.site, deal.engagement), version=1)
        with tenancy.scope(actor(seller.admin)):
            assert Invitation.objects.get().substatus == Substatus.RECEIVED

    def test_shares_its_own_deal_further_without_the_invited_one(self, seller: Seller, other: Seller) -> None:
        deal = made(seller, sharing=Sharing.PRIVATE)
        invited(seller, deal, other)
        do(seller.admin, actions.upgrade, deal, Sharing.COSELL, version=1)
        assert of_site(other.site, deal.engagement).sharing == Sharing.PRIVATE


class TestAPartnerWhomSeveralInvite:
    """None of them learns that another did: an invitation is made as always, and answered on its own."""

    @pytest.fixture
    def third(self, cast: Cast) -> Seller:
        return make_third(cast)

    @pytest.fixture
    def deals(self, seller: Seller, other: Seller, third: Seller) -> tuple[Referral, Referral]:
        """The seller's, into which both others are invited; and that of the other one, which it has accepted."""
        deal = made(seller)
        invited(seller, deal, other)
        invited(seller, deal, third)
        theirs = of_site(other.site, deal.engagement)
        return deal, do(other.admin, actions.accept, theirs, version=1)

    @staticmethod
    def made_by(invitation: Invitation) -> Referral:
        with tenancy.as_system():
            return Referral.objects.get(invitation=invitation)

    @staticmethod
    def seen_by(partner: Seller) -> dict[str, str]:
        with tenancy.scope(actor(partner.admin)):
            found = Invitation.objects.filter(site=partner.site)
            return {each.invited_name: each.substatus for each in found}

    def test_has_a_deal_for_each_of_them_in_the_same_engagement(
        self, deals: tuple[Referral, Referral], seller: Seller, other: Seller, third: Seller
    ) -> None:
        invited(other, deals[1], third)
        with tenancy.scope(actor(third.admin)):
            found = Referral.objects.filter(engagement=deals[0].engagement).select_related("invitation")
            inviters = [each.invitation.site_name for each in found.order_by("id") if each.invitation]
        assert inviters == [seller.site.name, other.site.name]

    def test_answers_each_of_them_on_its_own(
        self, deals: tuple[Referral, Referral], seller: Seller, other: Seller, third: Seller
    ) -> None:
        do(third.admin, actions.accept, of_site(third.site, deals[0].engagement), version=1)
        again = invited(other, deals[1], third)
        assert (again.status, again.substatus) == ("new", "received")
        assert again.expires_at == NOW + timedelta(days=14)
        do(third.admin, actions.decline, self.made_by(again), reason="timeline", version=1)
        assert self.seen_by(other)[third.site.name] == "declined"
        assert self.seen_by(seller)[third.site.name] == "accepted"

    def test_is_offered_and_invited_by_page_like_any_other(
        self, deals: tuple[Referral, Referral], other: Seller, third: Seller
    ) -> None:
        profile = make_profile(third.site, locations=[third.location])
        path = f"/cosell/deals/{deals[1].public_id}/invite/"
        client = signed_in(other.admin)
        offered = client.get(f"{path}?q={third.site.name.split()[0]}").content.decode()
        assert third.site.name in offered
        assert "This partner is part of the deal already." not in offered
        first = of_site(third.site, deals[0].engagement)
        sent = {"partner": profile.public_id, "location": "1", "help_type": "proof", "notes": ""}
        assert client.post(path, sent).status_code == 302
        page = signed_in(third.admin).get(f"/cosell/deals/{first.public_id}/").content.decode()
        assert "Your other deals of the same engagement" in page

    def test_is_invited_by_program_with_the_same_answer_as_anybody(
        self, deals: tuple[Referral, Referral], other: Seller, third: Seller
    ) -> None:
        profile = make_profile(third.site, locations=[third.location])
        body = {"profile": profile.public_id, "help_type": "proof"}
        found = [
            caller(other.admin).send("post", f"/api/v1/referrals/{deal.public_id}/invite/", body)
            for deal in (deals[1], made(other))
        ]
        assert [answer.status_code for answer in found] == [201, 201]
        moments = {"created_at": "", "expires_at": ""}
        into_the_same, into_another = (answer.json() | moments for answer in found)
        assert into_the_same == into_another

    def test_is_invited_by_each_of_them_once(
        self, deals: tuple[Referral, Referral], other: Seller, third: Seller
    ) -> None:
        invited(other, deals[1], third)
        with pytest.raises(actions.NotPossible):
            invited(other, deals[1], third)
        assert not succeeds(
            actor(other.admin),
            "INSERT INTO cosell_invitation (public_id, engagement, site_id, site_name, referral_id, invited_site_id,"
            " invited_name, invited_location_id, help_type, notes, status, substatus, invited_by_name, created_at,"
            " expires_at) VALUES ('abcdefabcdef', '', %s, '', %s, %s, '', %s, 'proof', '', 'new', 'received', 'x',"
            " now(), now())",
            other.site.id, deals[1].id, third.site.id, third.location.id,
        )  # fmt: skip

    def test_may_invite_a_partner_of_whom_they_cannot_know_that_it_began_the_deal(
        self, seller: Seller, other: Seller, third: Seller
    ) -> None:
        deal = made(seller)
        invited(seller, deal, other)
        theirs = do(other.admin, actions.accept, of_site(other.site, deal.engagement), version=1)
        last = self.made_by(invited(other, theirs, third))
        do(third.admin, actions.accept, last, version=1)
        back = self.made_by(invited(third, last, seller))
        assert (back.site_id, back.direction, back.substatus) == (seller.site.id, "incoming", "received")


class TestAnInvitation:
    def test_takes_the_customers_consent(self, seller: Seller, other: Seller) -> None:
        deal = made(seller, sharing=Sharing.PRIVATE, consent_share=False)
        with pytest.raises(actions.NotPossible):
            invited(seller, deal, other)
        with tenancy.scope(actor(seller.admin)), pytest.raises(DatabaseError), transaction.atomic():
            Invitation.objects.create(
                referral=deal, site=seller.site, invited_site=other.site, invited_location=other.location,
                help_type="proof", created_at=NOW, expires_at=NOW,
            )  # fmt: skip

    def test_goes_to_a_partner_once(self, seller: Seller, other: Seller) -> None:
        deal = made(seller)
        invited(seller, deal, other)
        with pytest.raises(actions.NotPossible):
            invited(seller, deal, other)

    def test_does_not_go_back_to_whoever_invited(self, seller: Seller, other: Seller) -> None:
        deal = made(seller)
        invited(seller, deal, other)
        theirs = of_site(other.site, deal.engagement)
        do(other.admin, actions.accept, theirs, version=1)
        with pytest.raises(actions.NotPossible):
            invited(other, theirs, seller)

    def test_is_not_made_by_a_user_for_a_deal_on_whose_team_they_are_not(
        self, cast: Cast, seller: Seller, other: Seller
    ) -> None:
        user = give_role(cast.sales, Role.REFERRALS_USER)
        with pytest.raises(Referral.DoesNotExist):
            invited(seller, made(seller), other, by=user)

    def test_goes_to_no_location_that_is_closed_or_another_partners(
        self, cast: Cast, seller: Seller, other: Seller
    ) -> None:
        deal = made(seller)
        closed = make_location(other.site, closed_at=NOW)
        for location in (closed, make_location(cast.distributor_site)):
            with pytest.raises(actions.BadContent):
                invited(seller, deal, replace(other, location=location))

    def test_names_are_the_databases_own(self, seller: Seller, other: Seller) -> None:
        deal = made(seller)
        with tenancy.scope(actor(seller.admin)), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO cosell_invitation (public_id, engagement, site_id, site_name, referral_id,"
                " invited_site_id, invited_name, invited_location_id, help_type, notes, status, substatus,"
                " invited_by_name, created_at, expires_at) VALUES ('abcdefabcdef', 'forged', %s, 'Forged', %s, %s,"
                " 'Forged', %s, 'proof', '', 'closed', 'won', 'x', now(), now())",
                [seller.site.id, deal.id, other.site.id, other.location.id],
            )
            invitation = Invitation.objects.get()
        assert (invitation.site_name, invitation.invited_name) == (seller.site.name, other.site.name)
        assert (invitation.engagement, invitation.substatus) == (deal.engagement, "received")
