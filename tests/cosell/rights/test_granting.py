"""Roles are given and taken company-wide or by location, by whom, and what never happens (C2)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts import actions as accounts
from cosell.models import Location, RoleScope
from cosell.rights import granting
from cosell.rights.granting import Wanted, set_roles
from cosell.rights.scopes import roles_of
from identity import tenancy
from identity.models import AuditEvent, Membership, Role, Standing, Tool
from notifications.models import Notice
from tests.cast import Cast, actor, signed_in
from tests.cosell.factories import give_role, make_location
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def cairo(cast: Cast) -> Location:
    return make_location(cast.site, "Cairo")


@pytest.fixture
def luxor(cast: Cast) -> Location:
    return make_location(cast.site, "Luxor")


def grant(by: Membership, member: Membership, wanted: Wanted) -> Membership:
    with tenancy.scope(actor(by)):
        version = Membership.objects.get(id=member.id).version
        return set_roles(member.public_id, wanted, version=version, by=actor(by), now=timezone.now())


def held(member: Membership) -> dict[str, list[str] | None]:
    with tenancy.as_system():
        return {
            one.role.value: None if one.locations is None else [location.name for location in one.locations]
            for one in roles_of(Membership.objects.get(id=member.id))
        }


class TestTheContactsOfASite:
    def test_give_a_role_for_the_company_and_another_for_a_location(
        self, cast: Cast, cairo: Location, luxor: Location
    ) -> None:
        grant(cast.primary, cast.newcomer, {Role.PROFILE_ADMIN: None, Role.REFERRALS_USER: [luxor]})
        assert held(cast.newcomer) == {"referrals_user": ["Luxor"], "profile_admin": None}

    def test_need_no_role_in_deals_themselves_or_nobody_could_begin(self, cast: Cast) -> None:
        assert not actor(cast.primary).roles
        grant(cast.primary, cast.newcomer, {Role.REFERRALS_ADMIN: None})
        assert held(cast.newcomer) == {"referrals_admin": None}

    def test_move_a_role_from_one_location_to_another(
        self, cast: Cast, cairo: Location, luxor: Location
    ) -> None:
        give_role(cast.newcomer, Role.REFERRALS_USER, at=[cairo])
        grant(cast.primary, cast.newcomer, {Role.REFERRALS_USER: [luxor]})
        assert held(cast.newcomer) == {"referrals_user": ["Luxor"]}

    def test_take_a_role_and_its_places_go_with_it(self, cast: Cast, cairo: Location) -> None:
        give_role(cast.newcomer, Role.REFERRALS_USER, at=[cairo])
        grant(cast.primary, cast.newcomer, {})
        assert held(cast.newcomer) == {}
        with tenancy.as_system():
            assert not RoleScope.objects.filter(membership=cast.newcomer).exists()

    def test_raise_not_their_own_rights(self, cast: Cast) -> None:
        with pytest.raises(accounts.NotAllowed):
            grant(cast.primary, cast.primary, {Role.REFERRALS_ADMIN: None})

    def test_of_second_rank_touch_not_the_primary(self, cast: Cast) -> None:
        with pytest.raises(accounts.NotAllowed):
            grant(cast.secondary, cast.primary, {Role.REFERRALS_USER: None})

    def test_of_second_rank_give_nothing_whose_tools_they_lack(self, cast: Cast) -> None:
        grant(cast.secondary, cast.newcomer, {Role.REFERRALS_USER: None})
        with pytest.raises(accounts.NotAllowed):  # comes with business profiles, which they do not have
            grant(cast.secondary, cast.newcomer, {Role.REFERRALS_ADMIN: None})

    def test_tell_both_sides_and_leave_a_trace(self, cast: Cast, cairo: Location) -> None:
        grant(cast.secondary, cast.newcomer, {Role.REFERRALS_USER: [cairo]})
        with tenancy.as_system():
            kinds = set(Notice.objects.values_list("kind", flat=True))
            event = AuditEvent.objects.get(object_id=cast.newcomer.public_id)
        assert kinds == {"cosell.your_roles_changed", "cosell.roles_changed"}
        assert event.detail["places"] == {"referrals_user": ["Cairo"]}

    def test_are_told_when_somebody_was_quicker(self, cast: Cast) -> None:
        grant(cast.primary, cast.newcomer, {Role.REFERRALS_USER: None})
        with tenancy.scope(actor(cast.primary)), pytest.raises(accounts.MemberChanged):
            set_roles(cast.newcomer.public_id, {}, version=1, by=actor(cast.primary), now=timezone.now())

    def test_give_no_role_for_no_location(self, cast: Cast) -> None:
        with pytest.raises(granting.NoLocations):
            grant(cast.primary, cast.newcomer, {Role.REFERRALS_USER: []})

    def test_give_no_role_at_a_closed_location(self, cast: Cast) -> None:
        closed = make_location(cast.site, closed_at=timezone.now())
        with pytest.raises(granting.LocationClosed):
            grant(cast.primary, cast.newcomer, {Role.REFERRALS_USER: [closed]})


class TestAnAccountAdministratorOfSomeLocations:
    @pytest.fixture
    def admin(self, cast: Cast, cairo: Location) -> Membership:
        member = make_member(cast.site, "Adel Admin", tools=[Tool.DEAL_REGISTRATION])
        return give_role(member, Role.ACCOUNT_ADMIN, at=[cairo])

    def test_gives_roles_there(self, cast: Cast, admin: Membership, cairo: Location) -> None:
        grant(admin, cast.newcomer, {Role.REFERRALS_USER: [cairo]})
        assert held(cast.newcomer) == {"referrals_user": ["Cairo"]}

    def test_gives_none_elsewhere_nor_for_the_company(
        self, cast: Cast, admin: Membership, luxor: Location
    ) -> None:
        for places in ([luxor], None):
            with pytest.raises(accounts.NotAllowed):
                grant(admin, cast.newcomer, {Role.REFERRALS_USER: places})

    def test_takes_no_role_that_holds_elsewhere(self, cast: Cast, admin: Membership, luxor: Location) -> None:
        give_role(cast.newcomer, Role.REFERRALS_USER, at=[luxor])
        with pytest.raises(accounts.NotAllowed):
            grant(admin, cast.newcomer, {})

    def test_leaves_what_holds_elsewhere_as_it_is(
        self, cast: Cast, admin: Membership, cairo: Location, luxor: Location
    ) -> None:
        give_role(cast.newcomer, Role.REFERRALS_USER, at=[luxor])
        grant(admin, cast.newcomer, {Role.REFERRALS_USER: [luxor, cairo]})
        assert held(cast.newcomer) == {"referrals_user": ["Cairo", "Luxor"]}

    def test_does_not_get_round_it_on_the_page_of_users(self, cast: Cast, admin: Membership) -> None:
        with tenancy.scope(actor(admin)), pytest.raises(accounts.NotAllowed):
            accounts.grant_privileges(
                cast.newcomer.public_id, version=1, tools=[], roles=[Role.REFERRALS_USER], by=actor(admin),
                now=timezone.now(),
            )  # fmt: skip

    def test_of_the_whole_company_does_give_it_there(self, cast: Cast) -> None:
        admin = give_role(
            make_member(cast.site, "Adel Admin", tools=[Tool.DEAL_REGISTRATION]), Role.ACCOUNT_ADMIN
        )
        with tenancy.scope(actor(admin)):
            accounts.grant_privileges(
                cast.newcomer.public_id, version=1, tools=[], roles=[Role.REFERRALS_USER], by=actor(admin),
                now=timezone.now(),
            )  # fmt: skip
        assert held(cast.newcomer) == {"referrals_user": None}


class TestWhatTheDatabaseHoldsTo:
    def test_the_places_of_a_role_go_when_accounts_takes_it_away(self, cast: Cast, cairo: Location) -> None:
        give_role(cast.sales, Role.REFERRALS_USER, Role.PROFILE_ADMIN, at=[cairo])
        with tenancy.scope(actor(cast.primary)):
            accounts.grant_privileges(
                cast.sales.public_id, version=1, tools=cast.sales.tools, roles=[Role.PROFILE_ADMIN],
                by=actor(cast.primary), now=timezone.now(),
            )  # fmt: skip
        assert held(cast.sales) == {"profile_admin": ["Cairo"]}

    def test_they_go_when_somebody_is_removed(self, cast: Cast, cairo: Location) -> None:
        give_role(cast.sales, Role.REFERRALS_USER, at=[cairo])
        with tenancy.scope(actor(cast.primary)):
            accounts.remove_member(cast.sales.public_id, by=actor(cast.primary), now=timezone.now())
        with tenancy.as_system():
            assert not RoleScope.objects.exists()

    def test_they_go_when_somebody_leaves(self, cast: Cast, cairo: Location) -> None:
        give_role(cast.sales, Role.REFERRALS_USER, at=[cairo])
        with tenancy.scope(actor(cast.sales)):
            accounts.leave_site(cast.sales.public_id, by=actor(cast.sales), now=timezone.now())
        with tenancy.as_system():
            assert not RoleScope.objects.exists()

    def test_nobody_frees_their_own_role_of_its_locations(self, cast: Cast, cairo: Location) -> None:
        give_role(cast.secondary, Role.REFERRALS_ADMIN, at=[cairo])
        with tenancy.scope(actor(cast.secondary)), pytest.raises(IntegrityError, match="own roles"):
            RoleScope.objects.filter(membership=cast.secondary).delete()

    def test_a_role_that_is_not_held_holds_nowhere(self, cast: Cast, cairo: Location) -> None:
        with tenancy.scope(actor(cast.primary)), pytest.raises(IntegrityError, match="not held"):
            RoleScope.objects.create(
                site=cast.site, membership=cast.newcomer, role=Role.REFERRALS_USER, location=cairo
            )


class TestThePages:
    def test_of_a_persons_roles_gives_them_by_location(self, cast: Cast, cairo: Location) -> None:
        form = {
            "version": 1, "referrals_user": "some", "referrals_user_at": [cairo.public_id], "referrals_admin": "no",
            "profile_admin": "all", "account_admin": "no",
        }  # fmt: skip
        answer = signed_in(cast.primary).post(f"/cosell/roles/{cast.newcomer.public_id}/", form)
        assert answer.status_code == 302
        assert held(cast.newcomer) == {"referrals_user": ["Cairo"], "profile_admin": None}
        page = signed_in(cast.primary).get(f"/cosell/roles/{cast.newcomer.public_id}/").content.decode()
        assert "Cairo" in page

    def test_keeps_a_role_whose_controls_are_shut(self, cast: Cast, cairo: Location) -> None:
        give_role(cast.newcomer, Role.REFERRALS_ADMIN)
        form = {"version": 1, "referrals_user": "all"}
        answer = signed_in(cast.secondary).post(f"/cosell/roles/{cast.newcomer.public_id}/", form)
        assert answer.status_code == 302
        assert held(cast.newcomer) == {"referrals_admin": None, "referrals_user": None}

    def test_says_what_is_held_beside_shut_controls_also_when_the_form_comes_back(
        self, cast: Cast, cairo: Location
    ) -> None:
        give_role(cast.newcomer, Role.REFERRALS_ADMIN, at=[cairo])
        shut = {"referrals_admin": "some", "referrals_admin_at": ["nonsense"]}  # sent past the page
        for sent in ({}, shut):
            form = {"version": 1, "referrals_user": "some"} | sent
            answer = signed_in(cast.secondary).post(f"/cosell/roles/{cast.newcomer.public_id}/", form)
            assert answer.status_code == 422
            assert '<span class="badge badge-info">Cairo</span>' in answer.content.decode()

    def test_says_that_a_role_by_location_needs_one(self, cast: Cast) -> None:
        form = {"version": 1, "referrals_user": "some"}
        answer = signed_in(cast.primary).post(f"/cosell/roles/{cast.newcomer.public_id}/", form)
        assert answer.status_code == 422
        assert "Choose at least one location" in answer.content.decode()

    def test_brings_a_stale_form_back_with_what_was_changed(self, cast: Cast) -> None:
        grant(cast.secondary, cast.newcomer, {Role.REFERRALS_USER: None})
        form = {"version": 1, "profile_admin": "all"}
        answer = signed_in(cast.primary).post(f"/cosell/roles/{cast.newcomer.public_id}/", form)
        assert answer.status_code == 409
        assert "Samir Aziz" in answer.content.decode()

    def test_of_everybody_is_filtered_by_role_and_location(
        self, cast: Cast, cairo: Location, luxor: Location
    ) -> None:
        give_role(cast.sales, Role.REFERRALS_USER, at=[cairo])
        give_role(cast.newcomer, Role.REFERRALS_USER)
        browser = signed_in(cast.primary)
        both = browser.get(f"/cosell/roles/?location={cairo.public_id}").content.decode()
        one = browser.get(f"/cosell/roles/?location={luxor.public_id}&role=referrals_user").content.decode()
        assert "Nadia Farouk" in both
        assert "Karim Mansour" in both
        assert "Nadia Farouk" not in one
        assert "Karim Mansour" in one

    def test_are_shut_to_who_grants_nothing(self, cast: Cast) -> None:
        assert signed_in(cast.sales).get("/cosell/roles/").status_code == 403
        assert signed_in(cast.rival).get(f"/cosell/roles/{cast.sales.public_id}/").status_code == 404

    def test_show_an_account_administrator_who_is_no_contact(self, cast: Cast) -> None:
        admin = give_role(make_member(cast.site, "Adel Admin"), Role.ACCOUNT_ADMIN)
        assert admin.standing == Standing.MEMBER
        assert signed_in(admin).get("/cosell/roles/").status_code == 200
