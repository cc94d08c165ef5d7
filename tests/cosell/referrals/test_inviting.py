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
from tests.cast import Cast, actor
from tests.cosell.factories import give_role, make_location
from tests.cosell.referrals.made import (
    NOW,
    Seller,
    content,
    do,
    invited,
    made,
    make_other,
    make_seller,
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
        invited(seller, deal, other)
        theirs = of_site(other.site, deal.engagement)
        assert (theirs.direction, theirs.origin, theirs.substatus) == ("incoming", "invited", "received")
        assert (theirs.customer_name, theirs.value, theirs.close_on) == (
            deal.customer_name, deal.value, deal.close_on,
        )  # fmt: skip
        assert (theirs.inviter_name, theirs.location_id) == (seller.site.name, other.location.id)
        assert (theirs.notes, theirs.crm_id, theirs.campaign_id, theirs.vendor_notes) == ("", "", "", "")
        assert theirs.sharing == Sharing.PARTNER_LED
        assert theirs.expires_at == NOW + timedelta(days=14)

    def test_of_a_private_deal_gets_a_private_one(self, cast: Cast, seller: Seller, other: Seller) -> None:
        deal = made(seller, sharing=Sharing.PRIVATE)
        invited(seller, deal, other)
        assert of_site(other.site, deal.engagement).sharing == Sharing.PRIVATE
        with tenancy.scope(actor(cast.deal_desk)):
            assert not Referral.objects.filter(engagement=deal.engagement).exists()
            assert not Invitation.objects.exists()

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


class TestAnInvitation:
    def test_takes_the_customers_consent(self, seller: Seller, other: Seller) -> None:
        deal = made(seller, sharing=Sharing.PRIVATE, consent_share=False)
        with pytest.raises(actions.NotPossible):
            invited(seller, deal, other)
        with tenancy.scope(actor(seller.admin)), pytest.raises(DatabaseError), transaction.atomic():
            Invitation.objects.create(
                referral=deal, site=seller.site, invited_site=other.site, invited_location=other.location,
                help_type="proof", sharing=deal.sharing, created_at=NOW, expires_at=NOW,
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
                " invited_site_id, invited_name, invited_location_id, help_type, notes, sharing, status, substatus,"
                " invited_by_name, created_at, expires_at) VALUES ('abcdefabcdef', 'forged', %s, 'Forged', %s, %s,"
                " 'Forged', %s, 'proof', '', 'private', 'closed', 'won', 'x', now(), now())",
                [seller.site.id, deal.id, other.site.id, other.location.id],
            )
            invitation = Invitation.objects.get()
        assert (invitation.site_name, invitation.invited_name) == (seller.site.name, other.site.name)
        assert (invitation.engagement, invitation.substatus) == (deal.engagement, "received")
