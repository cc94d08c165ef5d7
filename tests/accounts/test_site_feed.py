"""Sites as the vendor's partner system sends them: what is added, what never changes, and what a closed site means."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from feeds.models import Delivery, Status
from identity import tenancy
from identity.access import PrivilegeMissing
from identity.keys import make_key
from identity.models import AuditEvent, Site, User
from identity.privileges import Privilege
from tests.cast import Cast, actor, signed_in
from tests.factories import make_member, make_site
from tests.feeds.sending import checked, loaded, make_operations, make_pricing

HEADER = "number,name,kind,country,programme,price_level,agreement_number,agreement_role,time_zone,web_domain,active"
NILE = (
    "7403807,Nile Systems,reseller,EG,relationship,E,A200,originating,Africa/Cairo,nile-systems.example,yes"
)


def file(*rows: str) -> str:
    return "\r\n".join([HEADER, *rows]) + "\r\n"


def sites() -> dict[str, Site]:
    with tenancy.as_system():
        return {site.number: site for site in Site.objects.all()}


def codes(delivery: Delivery) -> set[tuple[int, str, str]]:
    return {(flaw["row"], flaw["column"], flaw["code"]) for flaw in delivery.errors}


@pytest.fixture
def otto(db: None) -> User:
    return make_operations()


class TestAFileOfSites:
    def test_opens_new_ones(self, otto: User) -> None:
        delivery = loaded("sites", file(NILE), by=otto)

        assert delivery.status == Status.LOADED, delivery.errors
        nile = sites()["7403807"]
        assert (nile.name, nile.kind, nile.country, nile.programme) == (
            "Nile Systems",
            "reseller",
            "EG",
            "relationship",
        )
        assert (nile.price_level, nile.agreement_number, nile.agreement_role) == ("E", "A200", "originating")
        assert (nile.time_zone, nile.web_domain, nile.is_active) == (
            "Africa/Cairo",
            "nile-systems.example",
            True,
        )
        assert len(nile.public_id) == 12
        with tenancy.as_system():
            event = AuditEvent.objects.get(event="site.opened", object_id=str(nile.id))
        assert (event.site_id, event.user_id) == (nile.id, otto.id)

    def test_changes_what_differs_and_says_so(self, otto: User) -> None:
        loaded("sites", file(NILE), by=otto)

        delivery = loaded("sites", file(NILE.replace(",E,", ",F,")), by=otto)

        assert (delivery.summary["added"], delivery.summary["changed"]) == (0, 1)
        assert sites()["7403807"].price_level == "F"
        with tenancy.as_system():
            assert AuditEvent.objects.get(event="site.changed").detail["changes"] == {
                "price_level": ["E", "F"]
            }

    def test_changes_nothing_when_it_comes_again(self, otto: User) -> None:
        loaded("sites", file(NILE), by=otto)

        assert checked("sites", file(NILE), by=otto).status == Status.UNCHANGED

    def test_is_not_for_other_teams(self, otto: User) -> None:
        with pytest.raises(PrivilegeMissing):
            checked("sites", file(NILE), by=make_pricing())

        assert checked("sites", file(NILE), by=otto).status == Status.READY

    def test_is_not_for_partners(self, cast: Cast, otto: User) -> None:
        with pytest.raises(PrivilegeMissing):
            checked("sites", file(NILE), by=actor(cast.primary))

    def test_takes_zeros_back_and_zones_in_any_spelling(self, otto: User) -> None:
        loaded(
            "sites", file(NILE.replace("7403807", "9100").replace("Africa/Cairo", "africa/cairo")), by=otto
        )

        assert sites()["0009100"].time_zone == "Africa/Cairo"


class TestWhatCannotBe:
    @pytest.mark.parametrize(
        ("row", "column", "code"),
        [
            (NILE.replace("Africa/Cairo", "Nile/Delta"), "time_zone", "zone"),
            (NILE.replace("relationship", "express"), "price_level", "express_level"),
            (NILE.replace("A200", ""), "agreement_role", "no_agreement"),
            (NILE.replace("nile-systems.example", "https://nile"), "web_domain", "pattern"),
        ],
    )
    def test_is_told_at_its_row_and_column(self, otto: User, row: str, column: str, code: str) -> None:
        delivery = checked("sites", file(row), by=otto)

        assert delivery.status == Status.INVALID
        assert codes(delivery) == {(2, column, code)}

    def test_express_sites_have_the_level_bl(self, otto: User) -> None:
        express = NILE.replace("relationship,E", "express,BL")

        assert loaded("sites", file(express), by=otto).status == Status.LOADED

    def test_the_kind_never_changes(self, cast: Cast, otto: User) -> None:
        row = "7403807,Nile Systems,distributor,EG,relationship,BL,,,,,"
        delivery = checked("sites", file(row), by=otto)

        assert codes(delivery) == {(2, "kind", "kind_changed")}
        with pytest.raises(IntegrityError), transaction.atomic(), tenancy.as_system():
            Site.objects.filter(id=cast.site.id).update(kind="distributor")

    def test_but_all_else_does(self, cast: Cast, otto: User) -> None:
        loaded("sites", file("7403807,Nile & Sons,reseller,SA,relationship,BL,,,,,"), by=otto)

        assert (sites()["7403807"].name, sites()["7403807"].country) == ("Nile & Sons", "SA")


class TestAnAgreement:
    SECOND = "7403808,Vistula,reseller,PL,relationship,E,A200,originating,,,"

    def test_has_one_originating_site_in_a_file(self, otto: User) -> None:
        delivery = checked("sites", file(NILE, self.SECOND), by=otto)

        assert codes(delivery) == {
            (2, "agreement_role", "another_originates"),
            (3, "agreement_role", "another_originates"),
        }
        assert "7403808" in delivery.errors[0]["rule"]["en"]

    def test_and_among_those_that_are_there(self, otto: User) -> None:
        loaded("sites", file(NILE), by=otto)

        delivery = checked("sites", file(self.SECOND), by=otto)

        assert codes(delivery) == {(2, "agreement_role", "another_originates")}
        assert "7403807" in delivery.errors[0]["rule"]["en"]

    def test_which_another_can_become(self, otto: User) -> None:
        loaded("sites", file(NILE), by=otto)

        loaded("sites", file(NILE.replace("originating", "additional"), self.SECOND), by=otto)

        assert {number: site.agreement_role for number, site in sites().items()} == {
            "7403807": "additional",
            "7403808": "originating",
        }


class TestASiteThatACompleteFileLacks:
    def test_is_closed_and_kept(self, otto: User) -> None:
        make_site("Gone Systems", number="7403899")
        delivery = loaded("sites", file(NILE), by=otto, complete=True, ticked=True)

        assert delivery.summary["removed"] == 1
        assert sites()["7403899"].is_active is False
        with tenancy.as_system():
            assert AuditEvent.objects.filter(
                event="site.closed", object_id=str(sites()["7403899"].id)
            ).exists()

    def test_is_left_alone_by_a_file_that_is_not_complete(self, otto: User) -> None:
        make_site("Still Systems", number="7403899")
        loaded("sites", file(NILE), by=otto)

        assert sites()["7403899"].is_active is True

    def test_opens_again_with_a_row(self, otto: User) -> None:
        loaded("sites", file(NILE), by=otto)
        loaded("sites", file(NILE.replace(",yes", ",no")), by=otto)
        assert sites()["7403807"].is_active is False

        loaded("sites", file(NILE), by=otto)

        assert sites()["7403807"].is_active is True
        with tenancy.as_system():
            assert AuditEvent.objects.filter(event="site.opened_again").count() == 1


class TestPeopleOfAClosedSite:
    """What is tried is the same before and after, so that it is the closing that makes the difference."""

    def close(self, otto: User, site: Site, active: str = "no") -> None:
        row = f"{site.number},{site.name},{site.kind},{site.country},relationship,BL,,,Africa/Cairo,,{active}"
        assert loaded("sites", file(row), by=otto).status == Status.LOADED

    def test_do_not_get_in(self, cast: Cast, otto: User) -> None:
        browser = signed_in(cast.primary)
        assert browser.get("/deals/").status_code == 200

        self.close(otto, cast.site)

        assert browser.get("/deals/").status_code == 403
        assert browser.get("/customers/").status_code == 403

    def test_but_once_it_is_open_again(self, cast: Cast, otto: User) -> None:
        browser = signed_in(cast.primary)
        self.close(otto, cast.site)
        self.close(otto, cast.site, "yes")

        assert browser.get("/deals/").status_code == 200

    def test_work_on_for_another_site_of_theirs(self, cast: Cast, otto: User) -> None:
        make_member(cast.rival_site, "Amira Haddad", user=cast.primary.user)
        browser = signed_in(cast.primary)
        self.close(otto, cast.site)

        page = browser.get("/customers/")

        assert page.status_code == 200
        assert page.wsgi_request.actor.site_id == cast.rival_site.id

    def test_have_keys_that_open_nothing(self, cast: Cast, otto: User, client: Any) -> None:
        by = actor(cast.primary)
        with tenancy.scope(by):
            _key, secret = make_key(
                "deals", [Privilege.DEAL_VIEW], expires_at=None, by=by, now=timezone.now()
            )
        headers = {"authorization": f"Bearer {secret}"}
        assert client.get("/api/v1/deals/", headers=headers).status_code == 200

        self.close(otto, cast.site)

        assert client.get("/api/v1/deals/", headers=headers).status_code == 401
