"""Adding people: at once when they have a vendor ID, else by an invitation that works once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.models import Invitation
from identity import tenancy
from identity.models import Membership, Standing, Tool
from tests.accounts.asking import again, asked, do
from tests.accounts.mailbox import code_for, letters_to, notices
from tests.cast import Cast, signed_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NEW = {"email": "Newman@Nile.example", "name": "Nils Newman", "tools": ["reporting"]}


def invite(cast: Cast, who: Membership | None = None, **extra) -> tuple[Invitation, str]:
    """An open invitation, and the secret that was mailed."""
    form = NEW | {"email": NEW["email"].lower()} | extra
    invitation = do(who or cast.primary, actions.add_member, form.pop("email"), **form, now=timezone.now())
    address = letters_to(invitation.email)[-1].action[1]
    return invitation, address.rstrip("/").rpartition("/")[2]


class TestSomebodyWithAVendorId:
    def test_has_access_at_once_and_is_told(self, cast: Cast) -> None:
        petra = make_user("Petra New", "petra@nile.example")
        browser = signed_in(petra)
        form = {"email": "PETRA@nile.example", "name": "Petra Neumann", "tools": ["reporting"]}
        assert signed_in(cast.primary).post("/users/add/", form).status_code == 302
        assert browser.get("/session/").wsgi_request.actor.site_id == cast.site.id
        assert notices("member.you_were_added")[0]["audiences"][0]["user_id"] == petra.id

    def test_keeps_the_name_the_site_gave_and_not_the_vendor_ids(self, cast: Cast) -> None:
        make_user("Petra Private", "petra@nile.example")
        added = do(cast.primary, actions.add_member, "petra@nile.example", name="Petra Work")
        assert added.name == "Petra Work"

    def test_is_not_added_twice(self, cast: Cast) -> None:
        form = {"email": cast.sales.email, "name": "Nadia"}
        page = signed_in(cast.primary).post("/users/add/", form)
        assert page.status_code == 422
        assert "has access already" in page.content.decode()

    def test_whose_address_is_not_confirmed_gets_an_invitation(self, cast: Cast) -> None:
        make_user("Petra New", "petra@nile.example", verified=False)
        added = do(cast.primary, actions.add_member, "petra@nile.example", name="Petra")
        assert isinstance(added, Invitation)

    def test_who_had_asked_has_their_answer(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        do(cast.primary, actions.add_member, cast.applicant.email, name="Petra")
        assert again(case).status == "approved"


class TestAnInvitation:
    def test_is_mailed_with_a_link_of_which_only_a_hash_is_kept(self, cast: Cast) -> None:
        invitation, secret = invite(cast)
        assert invitation.email == "newman@nile.example"
        assert len(secret) >= 40
        assert secret not in str(again(invitation).__dict__)
        assert again(invitation).digest == actions.digest(secret)

    def test_leads_a_newcomer_through_signing_up_into_the_site(self, cast: Cast, client: Client) -> None:
        _, secret = invite(cast)
        page = client.get(f"/invitations/{secret}/").content.decode()
        assert "Nile Systems" in page
        assert f"/account/signup/?next=/invitations/{secret}/" in page
        sign_up = {"name": "Nils", "email": "newman@nile.example", "password1": "a long enough sentence"}
        client.post(f"/account/signup/?next=/invitations/{secret}/", sign_up)
        code = {"code": code_for("newman@nile.example")}
        assert client.post("/account/confirm-email/", code).url == f"/invitations/{secret}/"
        assert client.post(f"/invitations/{secret}/accept/").url == "/"
        actor = client.get("/session/").wsgi_request.actor
        assert (actor.site_id, actor.standing) == (cast.site.id, "member")

    def test_is_taken_by_somebody_of_another_site_as_well(self, cast: Cast) -> None:
        _, secret = invite(cast, email=cast.rival.email.replace("ewa", "ewa.second"))
        other = make_user("Ewa Second", cast.rival.email.replace("ewa", "ewa.second"))
        member = do(other, actions.accept_invitation, secret, now=timezone.now())
        assert member.site_id == cast.site.id

    def test_works_once(self, cast: Cast) -> None:
        _, secret = invite(cast)
        nils = make_user("Nils", "newman@nile.example")
        do(nils, actions.accept_invitation, secret, now=timezone.now())
        with pytest.raises(actions.InvitationEnded):
            do(nils, actions.accept_invitation, secret, now=timezone.now())
        assert Client().get(f"/invitations/{secret}/").status_code == 410

    def test_expires(self, cast: Cast) -> None:
        _, secret = invite(cast)
        nils = make_user("Nils", "newman@nile.example")
        with pytest.raises(actions.InvitationEnded):
            do(nils, actions.accept_invitation, secret, now=timezone.now() + timedelta(days=15))

    def test_is_for_its_address_only(self, cast: Cast) -> None:
        _, secret = invite(cast)
        page = signed_in(cast.applicant).post(f"/invitations/{secret}/accept/")
        assert page.status_code == 403
        assert "This invitation is for another address" in page.content.decode()
        assert Client().post(f"/invitations/{secret}/accept/").url.startswith("/account/login/")

    def test_can_be_taken_back(self, cast: Cast) -> None:
        invitation, secret = invite(cast)
        signed_in(cast.secondary).post(f"/users/invitations/{invitation.public_id}/revoke/")
        assert Client().get(f"/invitations/{secret}/").status_code == 410

    def test_sent_again_has_a_new_link_and_the_old_one_ends(self, cast: Cast) -> None:
        invitation, old = invite(cast)
        signed_in(cast.primary).post(f"/users/invitations/{invitation.public_id}/resend/")
        new = letters_to(invitation.email)[-1].action[1].rstrip("/").rpartition("/")[2]
        assert Client().get(f"/invitations/{old}/").status_code == 410
        assert Client().get(f"/invitations/{new}/").status_code == 200

    def test_grants_no_more_than_its_sender_may_grant_that_day(self, cast: Cast) -> None:
        _, secret = invite(cast, cast.secondary, tools=[Tool.REPORTING, Tool.DEAL_REGISTRATION])
        do(
            cast.primary, actions.grant_privileges, cast.secondary.public_id,
            version=1, tools=[Tool.REPORTING], roles=[],
        )  # fmt: skip
        member = do(
            make_user("Nils", "newman@nile.example"), actions.accept_invitation, secret, now=timezone.now()
        )
        assert member.tools == ["reporting"]

    def test_ends_when_its_sender_no_longer_manages_users(self, cast: Cast) -> None:
        _, secret = invite(cast, cast.secondary)
        do(cast.primary, actions.set_standing, cast.secondary.public_id, Standing.MEMBER, version=1)
        with pytest.raises(actions.InvitationEnded):
            do(
                make_user("Nils", "newman@nile.example"),
                actions.accept_invitation,
                secret,
                now=timezone.now(),
            )

    def test_that_was_made_up_leads_nowhere(self, client: Client) -> None:
        page = client.get("/invitations/made-up/")
        assert page.status_code == 410

    def test_is_seen_and_managed_by_its_own_site_only(self, cast: Cast) -> None:
        invitation, _ = invite(cast)
        assert "newman@nile.example" in signed_in(cast.primary).get("/users/invitations/").content.decode()
        assert "newman@nile.example" not in signed_in(cast.rival).get("/users/invitations/").content.decode()
        for path in ("revoke", "resend"):
            address = f"/users/invitations/{invitation.public_id}/{path}/"
            assert signed_in(cast.rival).post(address).status_code == 404

    def test_is_limited_to_so_many_a_day(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("accounts.actions.adding.INVITATIONS_A_DAY", 5)  # four members were made today
        invite(cast)
        page = signed_in(cast.primary).post("/users/add/", NEW | {"email": "another@nile.example"})
        assert page.status_code == 422
        assert "as many people as one can add" in page.content.decode()

    def test_does_not_let_the_address_leak_to_other_sites_by_the_referer(
        self, cast: Cast, client: Client
    ) -> None:
        _, secret = invite(cast)
        assert client.get(f"/invitations/{secret}/").headers["Referrer-Policy"] == "same-origin"


class TestTheForm:
    @pytest.mark.parametrize(
        ("bad", "field"),
        [({"email": "nobody"}, "email"), ({"name": ""}, "name"), ({"tools": ["everything"]}, "tools")],
    )
    def test_says_at_the_field_what_is_wrong_and_keeps_the_rest(self, cast: Cast, bad, field: str) -> None:
        page = signed_in(cast.primary).post("/users/add/", NEW | {"job_title": "Kept title"} | bad)
        assert page.status_code == 422
        assert "Kept title" in page.content.decode()

    def test_sent_twice_adds_once(self, cast: Cast) -> None:
        browser = signed_in(cast.primary)
        for _ in range(2):
            assert browser.post("/users/add/", NEW | {"form_token": "t"}).status_code == 302
        with tenancy.as_system():
            assert Invitation.objects.count() == 1
