"""What the vendor and other partners cannot find out about a deal that is not theirs to see, by any way around it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection

from cosell.models import Invitation, Referral
from cosell.referrals import actions
from cosell.states import Sharing
from identity import tenancy
from identity.models import AuditEvent, Membership, User
from tests.api.calls import caller
from tests.cast import Cast, actor
from tests.cosell.factories import make_referral
from tests.cosell.referrals.made import (
    Seller,
    do,
    invited,
    made,
    make_other,
    make_seller,
    of_site,
    stored,
    teammate,
)
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(cast: Cast) -> Seller:
    return make_seller(cast)


def trail_of(deal: Referral, reader: Membership | User) -> list[AuditEvent]:
    with tenancy.scope(actor(reader)):
        return list(AuditEvent.objects.filter(object_id=deal.public_id).order_by("id"))


class TestTheTrailOfAPrivateDeal:
    def test_is_the_partners_to_read_and_not_the_vendors(self, cast: Cast, seller: Seller) -> None:
        deal, other = made(seller, sharing=Sharing.PRIVATE), make_other(cast)
        invited(seller, deal, other)
        do(seller.admin, actions.set_stage, deal, "proposed", version=None)
        assert [event.event for event in trail_of(deal, seller.admin)] == [
            "referral.made", "referral.invited", "referral.stage",
        ]  # fmt: skip
        assert trail_of(deal, cast.deal_desk) == []

    def test_begins_for_the_vendor_on_the_day_on_which_it_is_shared(self, cast: Cast, seller: Seller) -> None:
        deal = made(seller, sharing=Sharing.PRIVATE)
        do(seller.admin, actions.upgrade, deal, Sharing.PARTNER_LED, version=None, consent_share=True)
        assert [event.event for event in trail_of(deal, cast.deal_desk)] == ["referral.upgraded"]
        assert [event.event for event in trail_of(deal, seller.admin)] == [
            "referral.made",
            "referral.upgraded",
        ]


class TestWhatPassesBetweenPartners:
    def test_is_nothing_for_the_vendor_also_once_one_of_them_shares_its_deal(
        self, cast: Cast, seller: Seller
    ) -> None:
        """The invited partner's own deal is private still: neither that it has one, nor how it stands, nor why."""
        deal, other = made(seller, sharing=Sharing.PRIVATE), make_other(cast)
        invited(seller, deal, other)
        do(seller.admin, actions.upgrade, deal, Sharing.PARTNER_LED, version=None, consent_share=True)
        path = f"/api/v1/referrals/{deal.public_id}/"
        for place in (path, "/api/v1/referrals/"):
            shown = caller(cast.deal_desk).send("get", place).content.decode()
            assert deal.name in shown
            assert other.site.name not in shown
            assert "Spindles, please." not in shown
        assert caller(seller.admin).send("get", path).json()["invitations"][0]["partner"] == other.site.name

    def test_names_no_inviter_whose_own_deal_is_private(self, cast: Cast, seller: Seller) -> None:
        deal, other = made(seller, sharing=Sharing.PRIVATE), make_other(cast)
        invited(seller, deal, other)
        theirs = of_site(other.site, deal.engagement)
        do(other.admin, actions.accept, theirs, version=None)
        with tenancy.as_system():
            Referral.objects.filter(id=theirs.id).update(sharing=Sharing.PARTNER_LED)
        answer = caller(cast.deal_desk).send("get", f"/api/v1/referrals/{theirs.public_id}/")
        assert answer.status_code == 200
        for name in (seller.site.name, seller.admin.name):
            assert name not in answer.content.decode()
        told = caller(other.admin).send("get", f"/api/v1/referrals/{theirs.public_id}/").json()
        assert (told["inviter"], told["invited_with"]) == (seller.site.name, "Spindles, please.")


class TestWhatTheDatabaseAnswers:
    def test_nothing_about_the_state_of_others_deals(self, cast: Cast, seller: Seller) -> None:
        mine, theirs = made(seller), make_referral(cast.rival_site)
        with tenancy.scope(actor(seller.admin)), connection.cursor() as cursor:
            cursor.execute("SELECT cosell_status_held(%s), cosell_status_held(%s)", [mine.id, theirs.id])
            assert cursor.fetchone() == ("active", None)

    def test_the_vendor_nothing_about_invitations(self, cast: Cast, seller: Seller) -> None:
        invited(seller, made(seller), make_other(cast))
        with pytest.raises(DatabaseError, match="permission denied"), tenancy.scope(actor(cast.deal_desk)):
            Invitation.objects.exists()
        with tenancy.scope(actor(seller.admin)):
            assert Invitation.objects.exists()

    def test_no_partner_about_the_vendors_sides(self, seller: Seller) -> None:
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            tenancy.scope(actor(seller.admin)),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT cosell_vendor_side_held(1)")


def test_a_teammate_with_an_address_of_their_own_still_sees_the_deal_that_a_program_changed(
    cast: Cast, seller: Seller
) -> None:
    deal = made(seller, team=(teammate(seller.admin, email="amira.field@nile.example"),))
    program, path = caller(seller.admin), f"/api/v1/referrals/{deal.public_id}/"
    answer = program.send("patch", path, {"notes": "Two shifts."}, If_Match=f'"{deal.version}"')
    assert answer.status_code == 200, answer.content
    assert (stored(deal).notes, stored(deal).team_user_ids) == ("Two shifts.", [seller.admin.user_id])


def test_somebody_of_two_companies_is_a_teammate_at_the_one_they_work_for(cast: Cast, seller: Seller) -> None:
    make_member(cast.rival_site, seller.admin.name, user=seller.admin.user)
    deal = made(seller)
    program, path = caller(seller.admin), f"/api/v1/referrals/{deal.public_id}/"
    mate = {
        "first_name": "Amira",
        "last_name": "Haddad",
        "email": seller.admin.email,
        "phone": "+20 2 5550 0101",
    }
    answer = program.send("patch", path, {"team": [mate]}, If_Match=f'"{deal.version}"')
    assert answer.status_code == 200, answer.content
    assert answer.json()["team"][0]["is_user"] is True
    assert stored(deal).team_user_ids == [seller.admin.user_id]
