"""Whoever has no role reads who can give one, and asks them by one click (C1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cosell.rights import access
from identity import tenancy
from identity.access import PrivilegeMissing
from identity.models import Membership, Role, Standing, Tool
from notifications.models import Notice
from tests.cast import Cast, actor, signed_in
from tests.cosell.factories import give_role, make_location
from tests.factories import make_member

pytestmark = pytest.mark.django_db


def givers(who: Membership) -> list[str]:
    with tenancy.scope(actor(who)):
        return [giver.name for giver in access.givers_for(actor(who))]


class TestWhoCanGiveARole:
    def test_is_the_primary_contact_then_the_secondary_ones_then_account_administrators(
        self, cast: Cast
    ) -> None:
        admin = make_member(cast.site, "Adel Admin", tools=[Tool.DEAL_REGISTRATION])
        give_role(admin, Role.ACCOUNT_ADMIN)
        assert givers(cast.newcomer) == ["Amira Haddad", "Samir Aziz", "Adel Admin"]

    def test_is_an_account_administrator_who_holds_nothing_else(self, cast: Cast) -> None:
        give_role(make_member(cast.site, "Adel Admin"), Role.ACCOUNT_ADMIN)
        assert "Adel Admin" in givers(cast.newcomer)

    def test_is_no_secondary_contact_who_lacks_what_the_role_has(self, cast: Cast) -> None:
        make_member(cast.site, "Sara Second", standing=Standing.SECONDARY)
        assert "Sara Second" not in givers(cast.newcomer)

    def test_is_not_oneself_nor_somebody_below(self, cast: Cast) -> None:
        assert givers(cast.secondary) == ["Amira Haddad"]
        assert givers(cast.primary) == []

    def test_is_of_ones_own_site(self, cast: Cast) -> None:
        assert "Ewa Zielona" not in givers(cast.newcomer)


class TestThePage:
    def test_without_a_role_names_who_can_give_one(self, cast: Cast) -> None:
        page = signed_in(cast.newcomer).get("/cosell/").content.decode()
        assert "Amira Haddad" in page
        assert "Samir Aziz" in page
        assert "Ask them for a role" in page

    def test_asks_them_by_one_click(self, cast: Cast) -> None:
        assert signed_in(cast.newcomer).post("/cosell/ask/").status_code == 302
        with tenancy.as_system():
            notice = Notice.objects.get(kind="cosell.access_asked")
        assert [audience["user_id"] for audience in notice.audiences] == [
            cast.primary.user_id,
            cast.secondary.user_id,
        ]
        assert notice.href == f"/cosell/roles/{cast.newcomer.public_id}/"

    def test_asks_at_most_once_a_day(self, cast: Cast) -> None:
        by, now = actor(cast.newcomer), timezone.now()
        with tenancy.scope(by):
            access.ask_for_access(by=by, now=now)
            with pytest.raises(PrivilegeMissing) as refused:
                access.ask_for_access(by=by, now=now + timedelta(hours=23))
            assert refused.value.refusal == access.ASKED
            access.ask_for_access(by=by, now=now + timedelta(hours=25))
        with tenancy.as_system():
            assert Notice.objects.filter(kind="cosell.access_asked").count() == 2

    def test_shows_when_one_has_asked(self, cast: Cast) -> None:
        browser = signed_in(cast.newcomer)
        browser.post("/cosell/ask/")
        assert "You have asked within the last day already." in browser.get("/cosell/").content.decode()

    def test_shows_a_primary_contact_the_way_to_customer_care(self, cast: Cast) -> None:
        page = signed_in(cast.rival).get("/cosell/").content.decode()
        assert "Customer care" in page
        assert 'href="/help/"' in page

    def test_with_roles_says_which_where_and_what_they_allow(self, cast: Cast) -> None:
        give_role(cast.sales, Role.REFERRALS_USER, at=[make_location(cast.site, "Luxor")])
        page = signed_in(cast.sales).get("/cosell/").content.decode()
        assert "Luxor" in page
        assert "on whose team they are" in page
        assert "Ask them for a role" not in page

    def test_is_for_the_vendors_people_as_well(self, cast: Cast) -> None:
        assert "Answer deals for the vendor" in signed_in(cast.deal_desk).get("/cosell/").content.decode()

    def test_is_not_for_whoever_belongs_to_no_site(self, cast: Cast) -> None:
        assert signed_in(cast.applicant).get("/cosell/").status_code == 403

    def test_is_one_click_away_from_a_page_of_deals_that_is_shut(self, cast: Cast) -> None:
        answer = signed_in(cast.newcomer).get("/cosell/solutions/")
        assert answer.status_code == 403
        assert 'href="/cosell/"' in answer.content.decode().partition("<main")[2]
