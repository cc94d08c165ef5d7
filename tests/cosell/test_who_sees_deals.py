"""Who sees which co-sell deals (C2): the database decides, by role, location and team."""

from __future__ import annotations

import pytest

from cosell.models import Location, Referral
from cosell.states import Sharing
from identity import tenancy
from identity.models import Membership, Role, User
from tests.cast import Cast, actor
from tests.cosell.factories import give_role, make_location, make_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def cairo(cast: Cast) -> Location:
    return make_location(cast.site, "Cairo")


@pytest.fixture
def luxor(cast: Cast) -> Location:
    return make_location(cast.site, "Luxor")


def seen_by(who: Membership | User) -> set[str]:
    with tenancy.scope(actor(who)):
        return set(Referral.objects.values_list("name", flat=True))


class TestWhatAPartnersPeopleSee:
    def test_a_company_wide_administrator_sees_the_deals_of_every_location(
        self, cast: Cast, cairo: Location, luxor: Location
    ) -> None:
        make_referral(cast.site, cairo, name="in Cairo")
        make_referral(cast.site, luxor, name="in Luxor")
        assert seen_by(give_role(cast.primary, Role.REFERRALS_ADMIN)) == {"in Cairo", "in Luxor"}

    def test_an_administrator_of_a_location_sees_its_deals_alone(
        self, cast: Cast, cairo: Location, luxor: Location
    ) -> None:
        make_referral(cast.site, cairo, name="in Cairo")
        make_referral(cast.site, luxor, name="in Luxor")
        assert seen_by(give_role(cast.primary, Role.REFERRALS_ADMIN, at=[luxor])) == {"in Luxor"}

    def test_a_user_sees_the_deals_on_whose_team_they_are(self, cast: Cast, cairo: Location) -> None:
        make_referral(cast.site, cairo, name="with Nadia", team=[cast.sales])
        make_referral(cast.site, cairo, name="without her", team=[cast.primary])
        assert seen_by(give_role(cast.sales, Role.REFERRALS_USER)) == {"with Nadia"}

    def test_a_user_sees_no_deal_of_a_location_that_is_not_theirs_even_on_its_team(
        self, cast: Cast, cairo: Location, luxor: Location
    ) -> None:
        make_referral(cast.site, cairo, name="with Nadia, in Cairo", team=[cast.sales])
        make_referral(cast.site, luxor, name="with Nadia, in Luxor", team=[cast.sales])
        assert seen_by(give_role(cast.sales, Role.REFERRALS_USER, at=[luxor])) == {"with Nadia, in Luxor"}

    def test_whoever_has_no_role_sees_none_not_even_the_primary_contact(
        self, cast: Cast, cairo: Location
    ) -> None:
        make_referral(cast.site, cairo, team=[cast.primary])
        assert seen_by(cast.primary) == set()

    def test_a_business_profile_administrator_sees_none(self, cast: Cast, cairo: Location) -> None:
        make_referral(cast.site, cairo, team=[cast.sales])
        assert seen_by(give_role(cast.sales, Role.PROFILE_ADMIN, Role.ACCOUNT_ADMIN)) == set()

    def test_a_rival_administrator_sees_their_own_alone(self, cast: Cast, cairo: Location) -> None:
        make_referral(cast.site, cairo, name="ours")
        make_referral(cast.rival_site, name="theirs")
        assert seen_by(give_role(cast.rival, Role.REFERRALS_ADMIN)) == {"theirs"}


class TestWhatTheVendorSees:
    def test_private_deals_are_hidden_from_the_vendor_and_shared_ones_are_not(
        self, cast: Cast, cairo: Location
    ) -> None:
        for sharing in Sharing:
            make_referral(cast.site, cairo, name=sharing, sharing=sharing)
        assert seen_by(cast.deal_desk) == {"partner_led", "cosell"}
