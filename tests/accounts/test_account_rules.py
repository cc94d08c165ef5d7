"""A4: every rule of account management, each with what is allowed beside what is not."""

from __future__ import annotations

import pytest

from accounts import actions
from accounts.models import Invitation
from identity import tenancy
from identity.models import ApiKey, AuditEvent, Membership, Standing, Tool
from identity.privileges import Role
from tests.accounts.asking import again, do
from tests.accounts.mailbox import notices
from tests.cast import Cast, signed_in
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db


def grant(who, member: Membership, tools: list[str], roles: list[str] = [], version: int | None = None):  # noqa: B006
    version = again(member).version if version is None else version
    return do(who, actions.grant_privileges, member.public_id, version=version, tools=tools, roles=roles)


def stand(who, member: Membership, standing: str):
    return do(who, actions.set_standing, member.public_id, standing, version=again(member).version)


def edit(who, member: Membership, **fields: str):
    details = {"name": member.name, "job_title": "", "phone": ""} | fields
    return do(who, actions.edit_member, member.public_id, version=again(member).version, **details)


class TestNobodyRaisesTheirOwnRights:
    def test_not_a_secondary_contact(self, cast: Cast) -> None:
        with pytest.raises(actions.NotAllowed, match="their own rights"):
            grant(
                cast.secondary, cast.secondary, [Tool.REPORTING, Tool.DEAL_REGISTRATION], [Role.ACCOUNT_ADMIN]
            )

    def test_not_even_the_primary_contact(self, cast: Cast) -> None:
        with pytest.raises(actions.NotAllowed, match="their own rights"):
            grant(cast.primary, cast.primary, list(Tool.values), [Role.ACCOUNT_ADMIN])

    def test_not_their_own_standing(self, cast: Cast) -> None:
        with pytest.raises(actions.NotAllowed, match="their own standing"):
            stand(cast.secondary, cast.secondary, Standing.MEMBER)

    def test_somebody_above_them_can(self, cast: Cast) -> None:
        grant(cast.primary, cast.secondary, [Tool.REPORTING], [Role.ACCOUNT_ADMIN])
        assert again(cast.secondary).roles == ["account_admin"]


class TestNobodyGrantsWhatTheyDoNotHold:
    def test_no_tool(self, cast: Cast) -> None:
        with pytest.raises(actions.NotAllowed, match="do not hold"):
            grant(cast.secondary, cast.sales, [Tool.DEAL_REGISTRATION, Tool.ONLINE_ORDERING])

    def test_no_role(self, cast: Cast) -> None:
        with pytest.raises(actions.NotAllowed, match="do not hold"):
            grant(cast.secondary, cast.sales, cast.sales.tools, [Role.PROFILE_ADMIN])

    def test_nor_takes_it_away(self, cast: Cast) -> None:
        ordering = make_member(cast.site, "Omar Order", tools=[Tool.ONLINE_ORDERING])
        with pytest.raises(actions.NotAllowed, match="do not hold"):
            grant(cast.secondary, ordering, [])

    def test_what_they_hold_they_can(self, cast: Cast) -> None:
        grant(cast.secondary, cast.sales, [Tool.DEAL_REGISTRATION, Tool.REPORTING])
        assert again(cast.sales).tools == ["deal_registration", "reporting"]

    def test_the_page_keeps_what_its_shut_boxes_cannot_say(self, cast: Cast) -> None:
        ordering = make_member(cast.site, "Omar Order", tools=[Tool.ONLINE_ORDERING])
        form = {"version": 1, "tools": ["reporting"]}
        response = signed_in(cast.secondary).post(f"/users/{ordering.public_id}/rights/", form)
        assert response.status_code == 302
        assert again(ordering).tools == ["online_ordering", "reporting"]

    def test_the_page_that_comes_back_with_mistakes_shows_them_still_ticked(self, cast: Cast) -> None:
        ordering = make_member(cast.site, "Omar Order", tools=[Tool.ONLINE_ORDERING])
        form = {"version": "x", "tools": ["reporting"]}
        page = signed_in(cast.secondary).post(f"/users/{ordering.public_id}/rights/", form).content.decode()
        box = page[page.index('value="online_ordering"') :]
        assert " checked>" in box[: box.index(">") + 1]

    def test_a_forged_form_is_refused_with_the_reason(self, cast: Cast) -> None:
        form = {"version": 1, "tools": ["online_ordering"]}
        page = signed_in(cast.secondary).post(f"/users/{cast.newcomer.public_id}/rights/", form)
        assert page.status_code == 403
        assert "You cannot give or take what you do not hold yourself" in page.content.decode()
        assert again(cast.newcomer).tools == []


class TestASecondaryCannotTouchThePrimary:
    def test_not_their_rights(self, cast: Cast) -> None:
        with pytest.raises(actions.NotAllowed, match="primary contact"):
            grant(cast.secondary, cast.primary, [])

    def test_not_their_details(self, cast: Cast) -> None:
        with pytest.raises(actions.NotAllowed, match="primary contact"):
            edit(cast.secondary, cast.primary, name="Nobody")

    def test_not_their_standing(self, cast: Cast) -> None:
        with pytest.raises(actions.NotAllowed, match="customer care only"):
            stand(cast.secondary, cast.primary, Standing.MEMBER)

    def test_not_their_place(self, cast: Cast) -> None:
        with pytest.raises(actions.NotAllowed):
            do(cast.secondary, actions.remove_member, cast.primary.public_id)

    def test_a_user_they_can(self, cast: Cast) -> None:
        edit(cast.secondary, cast.sales, job_title="Sales lead")
        do(cast.secondary, actions.remove_member, cast.sales.public_id)
        assert (again(cast.sales).job_title, again(cast.sales).is_active) == ("Sales lead", False)


class TestOnlyThePrimaryManagesSecondaries:
    def test_a_secondary_makes_none(self, cast: Cast) -> None:
        with pytest.raises(actions.NotAllowed, match="Only the primary contact"):
            stand(cast.secondary, cast.sales, Standing.SECONDARY)

    def test_a_secondary_touches_no_other(self, cast: Cast) -> None:
        other = make_member(cast.site, "Other Second", standing=Standing.SECONDARY)
        for attempt in (
            lambda: grant(cast.secondary, other, [Tool.REPORTING]),
            lambda: edit(cast.secondary, other, name="X"),
            lambda: do(cast.secondary, actions.remove_member, other.public_id),
        ):
            with pytest.raises(actions.NotAllowed, match="Only the primary contact"):
                attempt()

    def test_the_primary_makes_and_unmakes_them(self, cast: Cast) -> None:
        stand(cast.primary, cast.sales, Standing.SECONDARY)
        assert again(cast.sales).standing == Standing.SECONDARY
        stand(cast.primary, cast.sales, Standing.MEMBER)
        assert again(cast.sales).standing == Standing.MEMBER

    def test_nobody_makes_a_primary_this_way(self, cast: Cast) -> None:
        with pytest.raises(ValueError, match="change_primary"):
            stand(cast.primary, cast.sales, Standing.PRIMARY)
        page = signed_in(cast.primary).post(
            f"/users/{cast.sales.public_id}/standing/", {"standing": "primary", "version": 1}
        )
        assert page.status_code == 422


class TestTheLastPrimary:
    def test_cannot_be_removed_by_anybody(self, cast: Cast) -> None:
        for who in (cast.secondary, cast.primary):
            with pytest.raises(actions.NotAllowed, match="needs its primary contact"):
                do(who, actions.remove_member, cast.primary.public_id)

    def test_cannot_leave(self, cast: Cast) -> None:
        page = signed_in(cast.primary).post(f"/profile/sites/{cast.primary.public_id}/leave/")
        assert page.status_code == 403
        assert "Customer care can" in page.content.decode()
        assert again(cast.primary).is_active

    def test_can_leave_once_somebody_else_is_primary(self, cast: Cast) -> None:
        do(cast.care, actions.change_primary, cast.site.public_id, cast.sales.public_id, reason="Moved on")
        signed_in(cast.primary).post(f"/profile/sites/{cast.primary.public_id}/leave/")
        assert not again(cast.primary).is_active


class TestUsers:
    @pytest.mark.parametrize("path", ["add/", "requests/", "invitations/"])
    def test_manage_nobody_and_are_told_who_does(self, cast: Cast, path: str) -> None:
        page = signed_in(cast.sales).get(f"/users/{path}")
        assert page.status_code == 403
        text = page.content.decode()
        assert "Amira Haddad" in text
        assert "Samir Aziz" in text

    def test_change_nobody_else(self, cast: Cast) -> None:
        for attempt in (
            lambda: grant(cast.sales, cast.newcomer, [Tool.DEAL_REGISTRATION]),
            lambda: edit(cast.sales, cast.newcomer, name="X"),
            lambda: do(cast.sales, actions.remove_member, cast.newcomer.public_id),
            lambda: do(cast.sales, actions.add_member, "x@new.example", name="X"),
        ):
            with pytest.raises(actions.NotAllowed):
                attempt()

    def test_edit_their_own_details_and_leave(self, cast: Cast) -> None:
        edit(cast.sales, cast.sales, phone="+20 2 555 0100")
        assert again(cast.sales).phone == "+20 2 555 0100"
        signed_in(cast.sales).post(f"/profile/sites/{cast.sales.public_id}/leave/")
        assert not again(cast.sales).is_active


class TestAccountAdministrators:
    @pytest.fixture
    def admin(self, cast: Cast) -> Membership:
        return make_member(
            cast.site, "Adel Admin", tools=[Tool.DEAL_REGISTRATION], roles=[Role.ACCOUNT_ADMIN]
        )

    def test_assign_every_role_also_those_they_do_not_hold(self, cast: Cast, admin: Membership) -> None:
        grant(admin, cast.newcomer, [], list(Role))
        assert again(cast.newcomer).roles == sorted(Role)

    def test_may_be_made_by_the_primary_contact_who_holds_no_role(self, cast: Cast) -> None:
        grant(cast.primary, cast.newcomer, [], [Role.ACCOUNT_ADMIN, Role.REFERRALS_ADMIN])
        assert again(cast.newcomer).roles == ["account_admin", "referrals_admin"]

    def test_give_no_role_to_themselves(self, cast: Cast, admin: Membership) -> None:
        with pytest.raises(actions.NotAllowed, match="their own rights"):
            grant(admin, admin, [], [Role.REFERRALS_ADMIN])

    def test_grant_no_tools(self, cast: Cast, admin: Membership) -> None:
        with pytest.raises(actions.NotAllowed):
            grant(admin, cast.newcomer, [Tool.DEAL_REGISTRATION])

    def test_on_the_page_change_roles_and_keep_the_tools(self, cast: Cast, admin: Membership) -> None:
        form = {"version": 1, "roles": ["referrals_user"]}
        response = signed_in(admin).post(f"/users/{cast.sales.public_id}/rights/", form)
        assert response.status_code == 302
        assert (again(cast.sales).tools, again(cast.sales).roles) == (
            ["deal_registration"],
            ["referrals_user"],
        )

    def test_touch_no_contact_of_the_site(self, cast: Cast, admin: Membership) -> None:
        for contact in (cast.primary, cast.secondary):
            with pytest.raises(actions.NotAllowed):
                grant(admin, contact, contact.tools, [Role.REFERRALS_USER])

    def test_are_found_by_a_filter(self, cast: Cast, admin: Membership) -> None:
        page = signed_in(cast.sales).get("/users/?role=account_admin").content.decode()
        table = page[page.index("<tbody") : page.index("</tbody")]
        assert "Adel Admin" in table
        assert "Amira Haddad" not in table

    def test_are_led_to_where_roles_hold_by_whoever_gives_them(self, cast: Cast) -> None:
        for path in ("/users/", f"/users/{cast.sales.public_id}/"):
            assert "/cosell/roles/" in signed_in(cast.primary).get(path).content.decode()
        assert "/cosell/roles/" not in signed_in(cast.sales).get("/users/").content.decode()


class TestRemoving:
    def test_ends_access_on_the_very_next_request(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        assert browser.get("/users/").status_code == 200
        do(cast.primary, actions.remove_member, cast.sales.public_id)
        assert browser.get("/users/").status_code == 403

    def test_ends_the_persons_keys_for_good(self, cast: Cast) -> None:
        with tenancy.as_system():
            key = ApiKey.objects.create(user=cast.sales.user, site=cast.site, name="k", digest="d" * 64)
        do(cast.primary, actions.remove_member, cast.sales.public_id)
        assert again(key).revoked_at is not None

    def test_ends_invitations_to_and_by_the_person(self, cast: Cast) -> None:
        with tenancy.as_system():
            common = {"site": cast.site, "created_at": "2026-01-01T00:00Z", "expires_at": "2027-01-01T00:00Z"}
            to = Invitation.objects.create(
                email=cast.secondary.email, name="X", digest="a", invited_by=cast.primary, **common
            )
            by = Invitation.objects.create(
                email="y@y.example", name="Y", digest="b", invited_by=cast.secondary, **common
            )
        do(cast.primary, actions.remove_member, cast.secondary.public_id)
        assert (again(to).status, again(by).status) == ("revoked", "revoked")

    def test_is_asked_once_more_and_done_by_post_only(self, cast: Cast) -> None:
        browser = signed_in(cast.primary)
        path = f"/users/{cast.sales.public_id}/remove/"
        assert "Their API keys" in browser.get(path).content.decode()
        assert again(cast.sales).is_active
        assert browser.post(path, {"version": 1}).url == "/users/"
        assert not again(cast.sales).is_active

    def test_a_removed_person_is_shown_as_removed(self, cast: Cast) -> None:
        do(cast.primary, actions.remove_member, cast.sales.public_id)
        browser = signed_in(cast.primary)
        assert "Nadia Farouk" not in browser.get("/users/").content.decode()
        assert "Nadia Farouk" in browser.get("/users/?status=removed").content.decode()
        assert "No longer has access" in browser.get(f"/users/{cast.sales.public_id}/").content.decode()
        assert browser.get(f"/users/{cast.sales.public_id}/remove/").status_code == 404

    def test_takes_a_privilege_away_on_the_next_request_too(self, cast: Cast) -> None:
        browser = signed_in(cast.secondary)
        assert browser.get("/users/requests/").status_code == 200
        stand(cast.primary, cast.secondary, Standing.MEMBER)
        assert browser.get("/users/requests/").status_code == 403


class TestAnotherSitesPeople:
    @pytest.mark.parametrize("path", ["", "remove/"])
    def test_are_not_there(self, cast: Cast, path: str) -> None:
        assert signed_in(cast.primary).get(f"/users/{cast.rival.public_id}/{path}").status_code == 404

    @pytest.mark.parametrize("path", ["edit/", "rights/", "standing/", "remove/"])
    def test_cannot_be_changed(self, cast: Cast, path: str) -> None:
        form = {"version": 1, "name": "X", "standing": "member"}
        assert signed_in(cast.primary).post(f"/users/{cast.rival.public_id}/{path}", form).status_code == 404

    def test_nor_ones_own_place_elsewhere_from_here(self, cast: Cast) -> None:
        elsewhere = make_member(cast.rival_site, "Amira elsewhere", user=cast.primary.user)
        assert signed_in(cast.primary).get(f"/users/{elsewhere.public_id}/").status_code == 404


class TestEveryChange:
    def test_is_audited_with_what_it_was_and_what_it_became(self, cast: Cast) -> None:
        grant(cast.primary, cast.sales, [Tool.REPORTING])
        with tenancy.as_system():
            event = AuditEvent.objects.get(event="membership.privileges_changed")
        assert event.detail["changes"] == {"tools": [["deal_registration"], ["reporting"]]}
        assert (event.user_id, event.object_id) == (cast.primary.user_id, cast.sales.public_id)

    def test_is_shown_in_the_persons_history(self, cast: Cast) -> None:
        grant(cast.primary, cast.sales, [Tool.REPORTING])
        page = signed_in(cast.primary).get(f"/users/{cast.sales.public_id}/").content.decode()
        assert "Tools given: Reporting." in page
        assert "Tools taken: Deal registration." in page

    @pytest.mark.parametrize(
        ("change", "theirs", "primarys"),
        [
            (lambda c: grant(c.secondary, c.sales, []), "member.you_were_changed", "member.changed"),
            (lambda c: edit(c.secondary, c.sales, name="N"), "member.you_were_changed", "member.changed"),
            (
                lambda c: do(c.secondary, actions.remove_member, c.sales.public_id),
                "member.you_were_removed",
                "member.removed",
            ),
        ],
    )
    def test_is_mailed_to_the_person_and_to_the_primary(self, cast: Cast, change, theirs, primarys) -> None:
        change(cast)
        assert notices(theirs)[0]["audiences"] == [
            {"to": "user", "user_id": cast.sales.user_id, "site_id": None}
        ]
        assert notices(primarys)[0]["audiences"] == [{"to": "primary", "site_id": cast.site.id}]

    def test_that_changes_nothing_tells_nobody(self, cast: Cast) -> None:
        grant(cast.primary, cast.sales, cast.sales.tools)
        assert not notices("member.changed")
        assert again(cast.sales).version == 1


class TestAStaleForm:
    def test_is_answered_with_what_changed_meanwhile_and_keeps_the_input(self, cast: Cast) -> None:
        edit(cast.secondary, cast.sales, job_title="Sales lead")
        form = {"version": 1, "name": "Nadia F.", "job_title": "Head of deals", "phone": ""}
        browser = signed_in(cast.primary)
        page = browser.post(f"/users/{cast.sales.public_id}/edit/", form)
        text = page.content.decode()
        assert page.status_code == 409
        assert "Job title: Sales lead (before: –)" in text
        assert 'value="Head of deals"' in text
        assert again(cast.sales).job_title == "Sales lead"

    def test_takes_over_what_one_has_not_touched_oneself(self, cast: Cast) -> None:
        edit(cast.secondary, cast.sales, name="Nadia F.")
        form = {"version": 1, "name": "Nadia Farouk", "job_title": "Head of deals", "phone": ""}
        text = signed_in(cast.primary).post(f"/users/{cast.sales.public_id}/edit/", form).content.decode()
        assert 'value="Nadia F."' in text
        assert 'value="Head of deals"' in text

    def test_of_rights_shows_the_changes_of_both(self, cast: Cast) -> None:
        grant(cast.secondary, cast.sales, [Tool.REPORTING, Tool.DEAL_REGISTRATION])
        form = {"version": 1, "tools": [Tool.DEAL_REGISTRATION, Tool.PRICE_FILES]}
        text = signed_in(cast.primary).post(f"/users/{cast.sales.public_id}/rights/", form).content.decode()
        for tool in ("reporting", "deal_registration", "price_files"):
            assert f'value="{tool}" checked' in text
        assert 'value="online_ordering" checked' not in text

    def test_can_be_sent_again_as_it_came_back(self, cast: Cast) -> None:
        edit(cast.secondary, cast.sales, job_title="Sales lead")
        form = {"version": 1, "name": "Nadia F.", "job_title": "Head of deals", "phone": ""}
        browser = signed_in(cast.primary)
        page = browser.post(f"/users/{cast.sales.public_id}/edit/", form).content.decode()
        assert 'name="version" value="2"' in page
        assert browser.post(f"/users/{cast.sales.public_id}/edit/", form | {"version": 2}).status_code == 302
        assert again(cast.sales).job_title == "Head of deals"

    def test_of_rights_and_of_removal_too(self, cast: Cast) -> None:
        edit(cast.secondary, cast.sales, job_title="Sales lead")
        browser = signed_in(cast.primary)
        for path in ("rights/", "standing/", "remove/"):
            form = {"version": 1, "standing": "secondary"}
            page = browser.post(f"/users/{cast.sales.public_id}/{path}", form)
            assert page.status_code == 409, path
            assert "This was changed meanwhile" in page.content.decode()

    @pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
    def test_a_version_that_is_none_is_refused_without_an_error_page(self, cast: Cast, version: str) -> None:
        browser = signed_in(cast.primary)
        for path in ("edit/", "rights/", "standing/", "remove/"):
            form = {"version": version, "name": "X", "standing": "member"}
            assert browser.post(f"/users/{cast.sales.public_id}/{path}", form).status_code in (409, 422)


class TestOneWhoHasSeveralSites:
    def test_leaves_one_and_keeps_the_other(self, cast: Cast) -> None:
        both = make_member(cast.rival_site, "Nadia elsewhere", user=cast.sales.user)
        signed_in(cast.sales).post(f"/profile/sites/{both.public_id}/leave/")
        assert not again(both).is_active
        assert again(cast.sales).is_active

    def test_cannot_leave_for_somebody_else(self, cast: Cast) -> None:
        path = f"/profile/sites/{cast.sales.public_id}/leave/"
        assert signed_in(cast.newcomer).post(path).status_code == 404
        assert signed_in(make_user("Some Body")).post(path).status_code == 404
        assert again(cast.sales).is_active
