"""The page that says who would be mailed, where a mail leads, and the one address for all co-sell mail."""

from __future__ import annotations

import pytest

from cosell.models import CosellAddress, TeamMember
from identity import tenancy
from identity.models import Role
from tests.api.calls import caller
from tests.cast import Cast, signed_in
from tests.cosell.factories import give_role, make_location, make_referral
from tests.cosell.referrals.made import invited, made, make_other, make_seller, make_third, of_site
from tests.notifications.world import mailed

pytestmark = pytest.mark.django_db


def kept() -> CosellAddress:
    with tenancy.as_system():
        return CosellAddress.objects.get()


class TestWhoWouldBeMailed:
    def test_everybody_stands_there_with_the_rule(self, cast: Cast) -> None:
        deal = make_referral(
            cast.site, make_location(cast.site, contact_email="c@nile.example"), team=[cast.sales]
        )
        with tenancy.as_system():
            TeamMember.objects.update(notify=False)
        shown = signed_in(give_role(cast.primary, Role.REFERRALS_ADMIN)).get(
            f"/cosell/told/{deal.public_id}/"
        )
        text = shown.content.decode()
        for words in (
            "Nadia Farouk",
            "c@nile.example",
            "Amira Haddad",
            "is not ticked",
            "Nobody would be mailed",
        ):
            assert words in text

    def test_not_of_a_deal_that_one_does_not_see(self, cast: Cast) -> None:
        deal = make_referral(cast.site)
        for who in (give_role(cast.rival, Role.REFERRALS_ADMIN), give_role(cast.sales, Role.REFERRALS_USER)):
            assert signed_in(who).get(f"/cosell/told/{deal.public_id}/").status_code == 404
        assert signed_in(cast.deal_desk).get(f"/cosell/told/{deal.public_id}/").status_code == 403

    def test_a_mail_leads_each_reader_to_their_own_side(self, cast: Cast) -> None:
        seller, other, third = make_seller(cast), make_other(cast), make_third(cast)
        deal = made(seller)
        path = f"/cosell/told/invitation/{invited(seller, deal, other).public_id}/"
        theirs = of_site(other.site, deal.engagement)
        assert signed_in(seller.admin).get(path).headers["Location"] == f"/cosell/deals/{deal.public_id}/"
        assert signed_in(other.admin).get(path).headers["Location"] == f"/cosell/deals/{theirs.public_id}/"
        assert signed_in(third.admin).get(path).status_code == 404
        assert signed_in(cast.deal_desk).get(path).status_code == 403

    def test_programs_are_told_the_same(self, cast: Cast) -> None:
        deal = make_referral(cast.site, team=[cast.sales])
        program = caller(give_role(cast.primary, Role.REFERRALS_ADMIN))
        path = f"/api/v1/referrals/{deal.public_id}/told/"
        first, second = program.send("get", path).json()
        assert (first["name"], first["mailed"], first["rule"]) == ("Nadia Farouk", True, "team")
        assert (second["name"], second["mailed"], second["dropped"]) == ("Amira Haddad", False, "not_needed")
        assert program.send("get", f"{path}?event=nothing").status_code == 400


class TestTheOneAddress:
    def test_it_is_kept_and_both_addresses_are_told(self, cast: Cast) -> None:
        client = signed_in(give_role(cast.primary, Role.REFERRALS_ADMIN))
        for version, email in enumerate(("first@nile.example", "second@nile.example")):
            typed = {"email": email, "language": "ar", "version": version}
            assert client.post("/cosell/told/address/", typed).status_code == 302
        assert (kept().email, kept().language) == ("second@nile.example", "ar")
        assert mailed() == {"first@nile.example", "second@nile.example"}

    def test_somebody_elses_change_is_not_overwritten(self, cast: Cast) -> None:
        client = signed_in(give_role(cast.primary, Role.REFERRALS_ADMIN))
        client.post("/cosell/told/address/", {"email": "a@nile.example", "language": "en", "version": "0"})
        late = client.post(
            "/cosell/told/address/", {"email": "b@nile.example", "language": "en", "version": "0"}
        )
        assert late.status_code == 409
        assert "b@nile.example" in late.content.decode()
        assert kept().email == "a@nile.example"

    def test_a_user_reads_it_and_is_told_who_can_change_it(self, cast: Cast) -> None:
        client = signed_in(give_role(cast.sales, Role.REFERRALS_USER))
        shown = client.get("/cosell/told/address/")
        assert "can change it" in shown.content.decode()
        refused = client.post("/cosell/told/address/", {"email": "x@nile.example", "language": "en"})
        assert refused.status_code == 403

    def test_an_account_administrator_may_as_well(self, cast: Cast) -> None:
        client = signed_in(give_role(cast.newcomer, Role.ACCOUNT_ADMIN))
        typed = {"email": "deals@nile.example", "language": "en"}
        assert client.post("/cosell/told/address/", typed).status_code == 302

    @pytest.mark.parametrize("role", [Role.ACCOUNT_ADMIN, Role.REFERRALS_ADMIN])
    def test_nobody_of_some_locations_has_the_mail_of_all_others_sent_to_them(
        self, cast: Cast, role: Role
    ) -> None:
        cairo = make_location(cast.site, "Cairo")
        make_location(cast.site, "Luxor")
        client = signed_in(give_role(cast.newcomer, role, at=[cairo]))
        refused = client.post("/cosell/told/address/", {"email": "mine@nile.example", "language": "en"})
        assert refused.status_code == 403
        assert "holds at some locations" in refused.content.decode()
        assert "holds at some locations" in client.get("/cosell/told/address/").content.decode()

    def test_nonsense_is_no_address(self, cast: Cast) -> None:
        client = signed_in(give_role(cast.primary, Role.REFERRALS_ADMIN))
        answer = client.post("/cosell/told/address/", {"email": "nobody", "language": "en"})
        assert answer.status_code == 422

    def test_programs_read_and_keep_it(self, cast: Cast) -> None:
        program, path = (
            caller(give_role(cast.primary, Role.REFERRALS_ADMIN)),
            "/api/v1/cosell-address/current/",
        )
        first = program.get(path)
        assert (first.json()["email"], first.json()["version"], first.headers["ETag"]) == ("", 0, '"0"')
        wanted = {"email": "deals@nile.example", "language": "ar"}
        assert program.send("patch", path, wanted).status_code == 428
        assert program.send("patch", path, wanted, If_Match='"0"').json()["email"] == "deals@nile.example"
        assert program.send("patch", path, {"email": "other@nile.example"}, If_Match='"0"').status_code == 412
        assert program.send("patch", path, {"email": "nobody"}, If_Match='"1"').status_code == 400
        assert (kept().email, kept().language) == ("deals@nile.example", "ar")
        user = caller(give_role(cast.sales, Role.REFERRALS_USER))
        assert user.get(path).json()["email"] == "deals@nile.example"
        assert user.send("patch", path, {"email": ""}, If_Match='"1"').status_code == 403
        assert caller(cast.deal_desk).get(path).status_code == 403
