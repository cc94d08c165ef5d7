"""What would stand against setting a line up like this: nothing is changed, and the vendor's system is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from identity import tenancy
from provisioning.backends import remote
from provisioning.models import (
    NameKind,
    Organisation,
)
from tests.api.calls import Caller, caller
from tests.cast import Cast
from tests.provisioning.activating.made import work
from tests.provisioning.backends.vendor import TOKEN, Vendor, error, slow, vendor_running
from tests.provisioning.made import make_organisation

from .programs import (
    looked_up,
    make_customers,
    make_partner,
    new_line,
    set_up,
    there_is,
)
from .test_services import CALLING, taken
from .told import mails_to
from .walking import ADMINISTRATOR, Walker

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(cast: Cast) -> Caller:
    return caller(cast.primary)


class TestValidatingOnly:
    def test_finds_nothing_and_changes_nothing(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        before = there_is()
        answer = set_up(line, program, validate_only=True, agreed=None)
        assert (answer.status_code, answer.json()) == (200, {"problems": []})
        assert there_is() == before
        assert mails_to("cloud@nile.example") == []
        assert set_up(line, program).status_code == 202

    def test_finds_what_our_forms_do(self, cast: Cast, program: Caller) -> None:
        taken(NameKind.SUBDOMAIN, "oasis")
        line = new_line(cast)
        found = set_up(line, program, validate_only=True, services__calling__sip="-a").json()["problems"]
        assert [(one["field"], one["code"]) for one in found] == [
            ("services.calling.sip", "hyphen"),
            ("services.organisation.subdomain", "taken"),
        ]
        assert found[0]["message"] == "A name neither begins nor ends with a hyphen."

    def test_finds_nothing_against_names_that_it_has_after_it_failed(
        self, cast: Cast, program: Caller
    ) -> None:
        line = new_line(cast)
        set_up(line, program)
        taken(NameKind.SIP, "oasis-voice")
        work()
        before = there_is()
        at = {"services": {"calling": CALLING | {"sip": "oasis-phone"}}, "validate_only": True}
        assert set_up(line, program, at).json() == {"problems": []}
        assert there_is() == before
        found = set_up(line, program, {"validate_only": True}).json()["problems"]
        assert [(one["service"], one["code"]) for one in found] == [("calling", "sip_taken")]

    def test_finds_nothing_against_what_is_under_way(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        set_up(line, program)
        assert set_up(line, program, {"validate_only": True}).json() == {"problems": []}


@pytest.fixture
def vendor(settings: Any) -> Any:
    with vendor_running() as running:
        settings.PROVISIONING_BACKEND, settings.PROVISIONING_TOKEN = running.url, TOKEN
        yield running


class TestAskingTheVendor:
    def test_says_what_would_be_asked_for(self, cast: Cast, program: Caller, vendor: Vendor) -> None:
        line = new_line(cast)
        assert set_up(line, program, validate_only=True).json() == {"problems": []}
        (asked,) = vendor.asked
        assert (asked.method, asked.path, asked.key) == ("POST", "/v1/customers/validate", "")
        assert (asked.body["provisioningId"], asked.body["subdomain"]) == (line.public_id, "oasis")
        assert asked.body["customerInfo"]["name"] == "Oasis Hotels"
        assert [package["name"] for package in asked.body["packages"]] == line.services
        set_up(line, program)
        work()
        different = {"externalId"}  # what is only validated is made by nobody
        wanted = vendor.creations()[1].body
        assert {name for name in wanted if wanted[name] != asked.body[name]} == different

    def test_knows_an_organisation_that_the_vendor_has(
        self, cast: Cast, program: Caller, vendor: Vendor
    ) -> None:
        line = new_line(cast)
        # The customer administers it alone, so that the partner does not see what the vendor calls it.
        customers = make_customers(cast, line, administrator_email=ADMINISTRATOR, external_id="org-9")
        with tenancy.as_system():
            Organisation.objects.filter(id=customers.id).update(administered_by=None)
        named = {"organisation": customers.public_id, "new_organisation": None}
        answer = set_up(line, program, **named, validate_only=True)
        assert vendor.asked[0].body["organizationId"] == "org-9"
        assert "org-9" not in answer.content.decode()

    def test_tells_what_it_has_against_it_in_our_words(
        self, cast: Cast, program: Caller, vendor: Vendor
    ) -> None:
        line = new_line(cast)
        before = there_is()
        told = [
            {"code": "sip_taken", "message": "E-411", "package": "calling"},
            {"code": "denied", "message": "E-7"},
        ]
        vendor.misbehave(error(422, {"errors": told}))
        found = set_up(line, program, validate_only=True).json()["problems"]
        assert [(one["service"], one["code"], one["message"]) for one in found] == [
            ("calling", "sip_taken", "Somebody else has taken the SIP subdomain meanwhile."),
            ("", "denied", "The vendor's system turned down what was entered."),
        ]
        assert there_is() == before

    def test_is_left_out_where_our_rules_are_not_kept(
        self, cast: Cast, program: Caller, vendor: Vendor
    ) -> None:
        line = new_line(cast)
        found = set_up(line, program, validate_only=True, services__calling__sip="-a").json()["problems"]
        assert len(found) == 1
        assert vendor.asked == []

    @pytest.mark.parametrize(
        ("deed", "code"),
        [(error(503), "busy"), (error(404), "away"), (slow(1), "slow"), (error(401), "untrusted")],
    )
    def test_says_that_it_could_not_be_asked(
        self, cast: Cast, program: Caller, vendor: Vendor, deed: Callable[..., bool], code: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(remote, "AWAITED", (1, 0.3, 0.5))
        vendor.misbehave(deed)
        answer = set_up(new_line(cast), program, validate_only=True)
        assert answer.status_code == 200
        (found,) = answer.json()["problems"]
        assert found["code"] == code
        assert "could not be asked" in found["message"]


class TestOrganisations:
    def test_are_ones_own_and_those_that_may_be_meant(self, cast: Cast, program: Caller) -> None:
        partner, line = make_partner(cast), new_line(cast)
        similar = make_organisation(
            line.customer_name,
            customer_id=line.customer_id,
            administered_by=cast.site,
            administrator_email="a@x.example",
        )
        make_organisation(line.customer_name, administered_by=cast.rival_site)  # none of ours
        before = there_is()
        answer = looked_up(line, program)
        assert answer.status_code == 200
        assert answer.json()["partner_organisation"]["id"] == partner.public_id
        (found,) = answer.json()["organisations"]
        assert (found["id"], found["of_administrator"]) == (similar.public_id, False)
        assert there_is() == before

    def test_are_the_administrators_alone_where_they_have_one(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        make_organisation(
            line.customer_name,
            customer_id=line.customer_id,
            administered_by=cast.site,
            administrator_email="a@x.example",
        )
        customers = make_customers(cast, line, administrator_email=ADMINISTRATOR)
        answer = looked_up(line, program).json()
        assert answer["partner_organisation"] is None
        assert [(one["id"], one["of_administrator"]) for one in answer["organisations"]] == [
            (customers.public_id, True)
        ]

    def test_are_not_looked_for_without_an_address(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        for email in ("", "nobody"):
            answer = looked_up(line, program, email)
            assert answer.status_code == 400
            assert answer.json()["details"].keys() == {"administrator_email"}
        assert looked_up(line, program).status_code == 200

    def test_leave_a_link_that_was_mailed_as_it_is(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        walker = Walker(line)
        looked_up(line, program)
        assert walker.open().status_code == 200
