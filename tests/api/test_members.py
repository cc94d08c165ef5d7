"""The people of a site over the API: what the pages can do, with the same rules."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Invitation
from identity import tenancy
from identity.models import AuditEvent, Membership
from identity.privileges import Privilege, Tool
from tests.api.calls import Caller, caller
from tests.cast import Cast
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db

MEMBERS = "/api/v1/members/"


def path(member: Membership, rest: str = "") -> str:
    return f"{MEMBERS}{member.public_id}/{rest}"


def again(member: Membership) -> Membership:
    with tenancy.as_system():
        return Membership.objects.get(id=member.id)


@pytest.fixture
def primary(cast: Cast) -> Caller:
    return caller(cast.primary)


class TestTheList:
    def names(self, api: Caller, **query: str) -> list[str]:
        return [row["name"] for row in api.get(MEMBERS, query).json()["results"]]

    def test_has_the_sites_people_only(self, cast: Cast) -> None:
        everybody = ["Amira Haddad", "Karim Mansour", "Nadia Farouk", "Samir Aziz"]
        assert self.names(caller(cast.newcomer)) == everybody
        assert self.names(caller(cast.rival)) == ["Ewa Zielona"]

    def test_is_without_ones_own_places_elsewhere(self, cast: Cast) -> None:
        make_member(cast.rival_site, "Nadia Elsewhere", user=cast.sales.user)
        assert "Nadia Elsewhere" not in self.names(caller(cast.sales))
        assert "Nadia Elsewhere" in self.names(caller(cast.rival))

    def test_is_narrowed_by_standing_role_tool_and_words(self, cast: Cast, primary: Caller) -> None:
        assert self.names(primary, standing="primary") == ["Amira Haddad"]
        assert self.names(primary, tool="deal_registration", q="AZIZ") == ["Samir Aziz"]
        assert self.names(primary, role="account_admin") == []
        assert primary.get(MEMBERS, {"standing": "boss"}).json()["details"] == {
            "standing": ['"boss" is not a valid choice.']
        }

    def test_shows_the_vendors_people_every_site_and_one(self, cast: Cast) -> None:
        care = caller(cast.care)
        assert len(self.names(care)) == 7
        assert self.names(care, site="7403808") == ["Ewa Zielona"]
        assert care.get(MEMBERS, {"site": "x"}).status_code == 400

    def test_needs_the_privilege(self, cast: Cast) -> None:
        assert caller(cast.sales, Privilege.DEAL_VIEW).get(MEMBERS).status_code == 403
        assert caller(cast.sales, Privilege.MEMBER_VIEW).get(MEMBERS).status_code == 200


class TestAddingSomebody:
    def add(self, api: Caller, email: str = "new@people.example", **more: Any) -> Any:
        return api.send("post", MEMBERS, {"email": email, "name": "Omar Said", **more})

    def test_with_a_vendor_id_is_done_at_once(self, primary: Caller) -> None:
        person = make_user("Omar Said", "omar@people.example")
        answer = self.add(primary, "OMAR@people.example", tools=["deal_registration"])
        assert (answer.status_code, answer.json()["invitation"]) == (201, None)
        assert answer.json()["member"]["tools"] == ["deal_registration"]
        with tenancy.as_system():
            assert Membership.objects.get(user=person).site.number == "7403807"

    def test_without_one_is_an_invitation_that_can_be_sent_again_and_taken_back(
        self, primary: Caller
    ) -> None:
        invitation = self.add(primary).json()["invitation"]
        assert invitation["email"] == "new@people.example"
        listed = primary.get("/api/v1/invitations/").json()["results"]
        assert [each["id"] for each in listed] == [invitation["id"]]
        sent_again = primary.send("post", f"/api/v1/invitations/{invitation['id']}/resend/")
        assert sent_again.status_code == 200
        revoke = f"/api/v1/invitations/{sent_again.json()['id']}/revoke/"
        assert primary.send("post", revoke).status_code == 200
        assert primary.send("post", revoke).json()["code"] == "invitation_ended"
        with tenancy.as_system():
            assert not Invitation.objects.filter(status="open").exists()

    def test_who_is_there_already_is_a_conflict(self, cast: Cast, primary: Caller) -> None:
        answer = self.add(primary, cast.sales.user.email)
        assert (answer.status_code, answer.json()["code"]) == (409, "already_member")

    def test_is_not_for_everybody(self, cast: Cast) -> None:
        answer = self.add(caller(cast.sales))
        assert (answer.status_code, answer.json()["details"]["privilege"]) == (403, "member_manage")

    def test_gives_no_more_than_one_holds(self, cast: Cast) -> None:
        answer = self.add(caller(cast.secondary), tools=[Tool.PRICE_FILES.value])
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
        assert "do not hold yourself" in answer.json()["message"]
        assert self.add(caller(cast.secondary), tools=[Tool.REPORTING.value]).status_code == 201

    def test_gives_no_more_than_the_key_holds(self, cast: Cast) -> None:
        """The key's owner holds the tool, but did not give it to the key."""
        narrow = caller(cast.primary, Privilege.MEMBER_MANAGE)
        assert self.add(narrow, tools=["price_files"]).status_code == 403
        assert self.add(caller(cast.primary), tools=["price_files"]).status_code == 201

    def test_is_done_once_for_one_idempotency_key(self, primary: Caller) -> None:
        body = {"email": "new@people.example", "name": "Omar Said"}
        answers = [primary.send("post", MEMBERS, body, Idempotency_Key="k") for _ in range(2)]
        assert answers[0].content == answers[1].content
        with tenancy.as_system():
            assert Invitation.objects.count() == 1

    def test_lists_what_is_wrong_by_field(self, primary: Caller) -> None:
        answer = self.add(primary, "nobody", tools=["everything"], name="x" * 121)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
        assert set(answer.json()["details"]) == {"email", "name", "tools"}


class TestChangingAMember:
    def test_corrects_details_and_leaves_out_what_is_not_sent(self, cast: Cast, primary: Caller) -> None:
        answer = primary.send("patch", path(cast.sales), {"phone": "+20 2 555 0100"}, If_Match='"1"')
        assert (answer.status_code, answer["ETag"]) == (200, '"2"')
        assert (answer.json()["name"], answer.json()["phone"]) == ("Nadia Farouk", "+20 2 555 0100")
        with tenancy.as_system():
            assert AuditEvent.objects.get(event="membership.edited").detail["key"] == primary.api_key.id

    def test_needs_what_was_read_last(self, cast: Cast, primary: Caller) -> None:
        for rest, method in (("", "patch"), ("rights/", "put"), ("standing/", "put"), ("", "delete")):
            assert primary.send(method, path(cast.sales, rest), {}).status_code == 428
            assert primary.send(method, path(cast.sales, rest), {}, If_Match='"7"').status_code == 412
        assert again(cast.sales).version == 1

    def test_one_may_correct_ones_own_details_but_no_colleagues(self, cast: Cast) -> None:
        api = caller(cast.sales)
        assert api.send("patch", path(cast.sales), {"name": "N. Farouk"}, If_Match="*").status_code == 200
        assert api.send("patch", path(cast.newcomer), {"name": "X"}, If_Match="*").status_code == 403

    def test_sets_exactly_these_rights(self, cast: Cast, primary: Caller) -> None:
        wanted = {"tools": ["reporting"], "roles": ["referrals_user"]}
        answer = primary.send("put", path(cast.sales, "rights/"), wanted, If_Match='"1"')
        assert answer.status_code == 200
        assert (again(cast.sales).tools, again(cast.sales).roles) == (["reporting"], ["referrals_user"])

    def test_nobody_raises_their_own_rights(self, cast: Cast) -> None:
        wanted = {"tools": ["price_files"], "roles": []}
        answer = caller(cast.secondary).send("put", path(cast.secondary, "rights/"), wanted, If_Match="*")
        assert (answer.status_code, answer.json()["message"]) == (403, "Nobody changes their own rights.")

    def test_makes_and_unmakes_secondary_contacts(self, cast: Cast, primary: Caller) -> None:
        for standing in ("secondary", "member"):
            body = {"standing": standing}
            assert primary.send("put", path(cast.sales, "standing/"), body, If_Match="*").status_code == 200
            assert again(cast.sales).standing == standing
        body = {"standing": "primary"}
        assert primary.send("put", path(cast.sales, "standing/"), body, If_Match="*").status_code == 400

    def test_a_secondary_makes_no_other(self, cast: Cast) -> None:
        answer = caller(cast.secondary).send(
            "put", path(cast.sales, "standing/"), {"standing": "secondary"}, If_Match="*"
        )
        assert answer.status_code == 403

    def test_ends_access_at_once_keys_included(self, cast: Cast, primary: Caller) -> None:
        theirs = caller(cast.sales)
        assert theirs.get("/api/v1/me/").status_code == 200
        answer = primary.send("delete", path(cast.sales), If_Match='"1"')
        assert (answer.status_code, answer.content) == (204, b"")
        assert theirs.get("/api/v1/me/").status_code == 401
        assert primary.send("delete", path(cast.sales), If_Match="*").status_code == 404

    def test_a_strangers_member_is_as_one_that_does_not_exist(self, cast: Cast, primary: Caller) -> None:
        for rest, method in (("", "get"), ("", "patch"), ("rights/", "put"), ("", "delete")):
            theirs = primary.send(method, path(cast.rival, rest), {}, If_Match="*")
            missing = primary.send(method, f"{MEMBERS}999999999999/{rest}", {}, If_Match="*")
            assert theirs.status_code == missing.status_code == 404
            assert theirs.content == missing.content
        assert again(cast.rival).version == 1


class TestTheVendorsPeople:
    def test_see_sites_and_find_them_by_number_and_name(self, cast: Cast) -> None:
        care = caller(cast.care)
        found = care.get("/api/v1/sites/", {"q": "7403808"}).json()["results"]
        assert [site["name"] for site in found] == ["Vistula Integrators"]
        assert len(care.get("/api/v1/sites/", {"kind": "distributor"}).json()["results"]) == 2
        assert care.get(f"/api/v1/sites/{cast.site.public_id}/").json()["number"] == "7403807"

    def test_change_a_primary_contact(self, cast: Cast) -> None:
        change = f"/api/v1/sites/{cast.site.public_id}/primary/"
        body = {"member": cast.sales.public_id, "reason": "Amira has left."}
        answer = caller(cast.care).send("post", change, body)
        assert (answer.status_code, answer.json()["standing"]) == (200, "primary")
        assert again(cast.primary).standing == "secondary"
        repeated = caller(cast.care).send("post", change, body)
        assert (repeated.status_code, repeated.json()["code"]) == (409, "already_primary")

    @pytest.mark.parametrize("who", ["primary", "deal_desk"])
    def test_others_do_not(self, cast: Cast, who: str) -> None:
        change = f"/api/v1/sites/{cast.site.public_id}/primary/"
        body = {"member": cast.sales.public_id, "reason": "Because."}
        assert caller(getattr(cast, who)).send("post", change, body).status_code == 403

    def test_partners_see_no_sites(self, cast: Cast, primary: Caller) -> None:
        assert primary.get("/api/v1/sites/").status_code == 403

    def test_removed_people_are_found_by_asking_for_them(self, cast: Cast) -> None:
        with tenancy.as_system():
            Membership.objects.filter(id=cast.sales.id).update(status="removed", removed_at=timezone.now())
        found = caller(cast.care).get(MEMBERS, {"status": "removed"}).json()["results"]
        assert [row["name"] for row in found] == ["Nadia Farouk"]
